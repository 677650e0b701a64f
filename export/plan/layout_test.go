package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/crate"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/shape"
)

// packageNames are the packages of a plan.
func packageNames(p *job.Plan) []string {
	var list []string
	for _, k := range p.Packages {
		list = append(list, k.Name)
	}
	return list
}

func TestGroupsByCollectionThenProject(t *testing.T) {
	l := newLab()
	sp := l.space("LAB")
	for p := range 2 {
		pr := l.project(sp, fmt.Sprintf("P%d", p))
		for c := range 2 {
			co := l.collection(pr, fmt.Sprintf("E%d", c), "")
			for o := range 2 {
				l.dataSet(l.object(co, fmt.Sprintf("S%d_%d", o, c), ""), "", map[string][]byte{"original/a": make([]byte, 400)})
			}
		}
	}
	docs := []string{"metadata.zip", "README.md", "ro-crate-metadata.json"}
	for _, tt := range []struct {
		limit int
		part  int64
		want  []string
	}{
		{8, 0, []string{"P0-01.zip", "P0-02.zip", "P1-01.zip", "P1-02.zip"}},
		{10, 500, []string{"P0-01.zip", "P0-02.zip", "P1-01.zip", "P1-02.zip"}}, // split it would be eight, seven fit
		{6, 0, []string{"P0-01.zip", "P1-01.zip"}},
		{6, 500, []string{"P0-01.zip", "P1-01.zip"}},
	} {
		p := planner(l)
		p.Limits.Files = tt.limit
		req := wanted(t, l, "space:LAB")
		req.Layout, req.PartSize = shape.LayoutPerDataSet, tt.part
		s, pl := plan(t, p, req)
		if got := packageNames(pl); !slices.Equal(got, append(slices.Clone(tt.want), docs...)) {
			t.Errorf("limit %d, part %d: %v", tt.limit, tt.part, got)
		}
		// A group holds one collection or one project.
		holders := map[string]map[string]bool{}
		s.Files("", func(r fetch.File) error {
			parts := strings.Split(r.Entry, "/")
			holder := strings.Join(parts[:3], "/")
			if len(tt.want) == 2 {
				holder = strings.Join(parts[:2], "/")
			}
			if holders[r.Package] == nil {
				holders[r.Package] = map[string]bool{}
			}
			holders[r.Package][holder] = true
			return nil
		})
		for name, h := range holders {
			if len(h) != 1 {
				t.Errorf("limit %d: %s holds %v", tt.limit, name, h)
			}
		}
	}
}

func TestAutoChoosesByCountAndSize(t *testing.T) {
	r := &planning{Planner: &Planner{}, req: job.Request{Layout: shape.LayoutAuto}}
	for _, tt := range []struct {
		files, limit int
		bytes        int64
		want         shape.Layout
	}{
		{0, 100, 0, shape.LayoutFiles},
		{50, 100, 40e9, shape.LayoutFiles},
		{51, 100, 2e9 - 1, shape.LayoutSingle},
		{51, 100, 2e9, shape.LayoutPerDataSet},
		{50, 52, 1e9, shape.LayoutSingle},
		{50, 0, 1e9, shape.LayoutFiles},
	} {
		r.Limits.Files = tt.limit
		if got := r.chooseLayout(tt.files, tt.files, tt.bytes); got != tt.want {
			t.Errorf("%d files, %d bytes, limit %d: %s", tt.files, tt.bytes, tt.limit, got)
		}
	}
}

func TestELNHasOneRootFolder(t *testing.T) {
	l := seeded(6)
	req := wanted(t, l, "space:LAB0")
	req.Crate = "eln"
	s, p := plan(t, planner(l), req)
	if !slices.Equal(packageNames(p), []string{"content.eln", "README.md"}) || p.Layout != shape.LayoutSingle {
		t.Fatalf("%v", packageNames(p))
	}
	for name := range unpack(t, s, pull(t, s, l, "10.5281/zenodo.1")) {
		if !strings.HasPrefix(name, "content/") && name != names.Readme {
			t.Errorf("%s is outside", name)
		}
	}
	req.Layout = shape.LayoutFiles
	if _, err := planner(l).Plan(t.Context(), req, t.TempDir()); err == nil {
		t.Error("eln in separate files")
	}
}

func TestMetadataOnly(t *testing.T) {
	l := seeded(7)
	req := wanted(t, l, "space:LAB0")
	req.MetadataOnly = true
	s, p := plan(t, planner(l), req)
	if p.Files != 0 || p.DataSets != 0 || len(p.Omitted) != 0 ||
		!slices.Equal(packageNames(p), []string{"metadata.zip", "README.md", "ro-crate-metadata.json"}) {
		t.Errorf("%+v", p)
	}
	for ds, n := range l.lists {
		t.Errorf("%s was listed %d times", ds, n)
	}
	pull(t, s, l, "")
}

func TestWhatReviewShows(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "Growth")
	co.Properties = map[string][]string{"NOTES": {"write to jane@lab.example"}}
	l.types[openbis.KindCollection] = map[string]openbis.EntityType{"DEFAULT_EXPERIMENT": {Code: "DEFAULT_EXPERIMENT",
		Properties: []openbis.Assignment{{Code: "NOTES", Label: "Notes", DataType: "MULTILINE_VARCHAR"}}}}
	long := "original/" + strings.Repeat("long/", 60) + "x"
	ds := l.dataSet(co, "", map[string][]byte{"original/a": []byte("a"), long: []byte("b")})
	p := planner(l)
	p.PublishedBefore = func(context.Context) (map[string]string, error) {
		return map[string]string{ds.PermID: "10.5281/zenodo.7"}, nil
	}
	_, pl := plan(t, p, wanted(t, l, "space:LAB"))
	if len(pl.LongPaths) != 1 || len(pl.Published) != 1 || pl.Published[0].DOI != "10.5281/zenodo.7" || pl.Collected != "2025-03-01" {
		t.Errorf("%+v", pl)
	}
	if !slices.ContainsFunc(pl.Findings, func(f crate.Finding) bool { return f.Kind == "e-mail" && strings.Contains(f.Where, "Notes") }) {
		t.Errorf("findings: %+v", pl.Findings)
	}
	if len(pl.Roots) != 1 || pl.Roots[0].Code != "LAB" || pl.Entities != 4 {
		t.Errorf("%d entities, roots %v", pl.Entities, pl.Roots)
	}
}

// What no importer of .eln opens is refused with what would help.
func TestELNLimits(t *testing.T) {
	for _, c := range []struct {
		members int
		bytes   int64
		want    string
	}{
		{maxELNMembers, maxELNBytes, ""},
		{maxELNMembers + 1, 0, "the .eln would have 10,001 files and folders, other ELNs import up to 10,000"},
		{10, 5_000_000_000, "the .eln would have 5.0 GB, other ELNs import up to 4.3 GB"},
	} {
		err := fitsELN(c.members, c.bytes)
		if (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%d members, %d bytes: %v, want %q", c.members, c.bytes, err, c.want)
		}
		var l *LimitError
		if c.want != "" && (!errors.As(err, &l) || !strings.Contains(l.Hint, "ro-crate") || !errors.Is(err, ErrLimit)) {
			t.Errorf("%d members: no way on in %v", c.members, err)
		}
	}
}

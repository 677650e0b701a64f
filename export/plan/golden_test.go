package plan

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
)

var updateGoldens = flag.Bool("update-plans", false, "write testdata/plans.golden anew")

// planList is what a plan takes, where it places it and what it leaves out:
// all that comes from the walk and from the file listings, nothing of what
// pages look like.
func planList(t *testing.T, s *snapshot.Snapshot, url string) []string {
	t.Helper()
	var list []string
	add := func(format string, args ...any) {
		list = append(list, strings.ReplaceAll(fmt.Sprintf(format, args...), url, "https://openbis.example"))
	}
	p := s.Plan()
	for _, r := range p.Roots {
		add("root %s %s", r.Kind, r.PermID)
	}
	for _, o := range p.Omitted {
		add("omitted %s %s %s %s: %s", o.Entity.Kind, o.Entity.PermID, o.File, o.Reason, o.Message)
	}
	add("unarchive %v, collected %s, long %v", p.Unarchive, p.Collected, p.LongPaths)
	err := s.Lines(func(l *snapshot.EntityLine) error {
		l.Pages, l.Above, l.Total = nil, nil, 0 // what pages are made from
		b, err := json.Marshal(l)
		if err != nil {
			return err
		}
		var e map[string]any // sorted keys, as the golden was written
		if err := json.Unmarshal(b, &e); err != nil {
			return err
		}
		if b, err = json.Marshal(e); err != nil {
			return err
		}
		add("entity %s", b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Files("", func(r fetch.File) error {
		add("file %s %s %q %d %08x %t %q %s", r.Package, r.DataSet, r.Path, r.Size, r.CRC, r.HasCRC, r.Entry, r.Store.URL)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestPlansStayTheSame holds what plans take against what they took before
// openBIS was asked in pages. -update-plans writes the golden anew; say why in
// the commit.
func TestPlansStayTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("a lab of 5,000 entities")
	}
	const golden = "testdata/plans.golden"
	all := func(spaces ...string) (rules []selection.Rule) {
		for _, s := range spaces {
			rules = append(rules, selection.Rule{Mode: selection.All, Kind: openbis.KindSpace, PermID: s, Label: s})
		}
		return rules
	}
	got := map[string]string{}
	for lab, content := range map[string]func() *labdata.Lab{
		"demo":     labdata.DemoLab,
		"made up":  func() *labdata.Lab { return labdata.MadeUp(labdata.Size{Objects: 4200, DataSets: 800, Files: 3}) },
		"made few": func() *labdata.Lab { return labdata.MadeUp(labdata.Size{Objects: 300, DataSets: 200, Files: 3}) },
	} {
		l := content()
		srv := openbistest.Start(t, openbistest.Options{Lab: l})
		c, err := openbis.New(openbis.Options{URL: srv.URL, HTTP: http.DefaultClient, AllowStore: func(openbis.DataStore) bool { return true }})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
			t.Fatal(err)
		}
		rule := func(m selection.Mode, k openbis.Kind, identifier string) selection.Rule {
			id := l.PermID(identifier)
			if id == "" {
				t.Fatalf("%s has no %s", lab, identifier)
			}
			return selection.Rule{Mode: m, Kind: k, PermID: id, Label: identifier}
		}
		requests := map[string]job.Request{}
		add := func(name string, change func(*job.Request), rules ...selection.Rule) {
			req := job.Request{Layout: shape.LayoutSingle, Pages: []shape.Format{"txt"}, Selection: selection.Selection{Rules: rules},
				Metadata: record.Metadata{Title: "Everything", Creators: []record.Agent{{Family: "Doe", Given: "Jane"}}}}
			if change != nil {
				change(&req)
			}
			requests[lab+": "+name] = req
		}
		switch lab {
		case "demo":
			spaces, err := c.Spaces(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, s := range spaces {
				codes = append(codes, s.Code)
			}
			add("everything", nil, all(codes...)...)
		default:
			add("everything", nil, all("LAB0", "LAB1", "LAB2", "LAB3")...)
			var some, objects []selection.Rule
			for i := 0; i < 40; i++ {
				for _, place := range []string{"/LAB0/P0", "/LAB0/P1", "/LAB1/P2", "/LAB2/P3"} {
					if id := l.PermID(fmt.Sprintf("%s/OBJ%d", place, i)); id != "" {
						objects = append(objects, selection.Rule{Mode: selection.All, Kind: openbis.KindObject, PermID: id, Label: ""})
						some = append(some, selection.Rule{Mode: selection.Exclude, Kind: openbis.KindObject, PermID: id, Label: ""})
					}
				}
			}
			some = append(some, rule(selection.All, openbis.KindSpace, "/LAB0"), rule(selection.Exclude, openbis.KindProject, "/LAB0/P2"),
				rule(selection.Exclude, openbis.KindCollection, "/LAB0/P1/C1"), rule(selection.Only, openbis.KindCollection, "/LAB1/P0/C0"),
				rule(selection.All, openbis.KindProject, "/LAB1/P1"), rule(selection.All, openbis.KindCollection, "/LAB2/P0/C2"))
			add("with exclusions", nil, some...)
			add("with relatives", func(r *job.Request) {
				r.WithParents, r.WithChildren, r.WithReferences, r.OtherSpaces = true, true, true, true
			}, objects...)
			add("single objects", nil, objects...)
			add("metadata only", func(r *job.Request) { r.MetadataOnly = true }, rule(selection.All, openbis.KindProject, "/LAB3/P0"))
			add("unarchive", func(r *job.Request) { r.Unarchive = true }, rule(selection.All, openbis.KindSpace, "/LAB3"))
		}
		for name, req := range requests {
			s, p := plan(t, demoPlanner(c), req)
			list := planList(t, s, srv.URL)
			got[name] = fmt.Sprintf(
				"%s: %d entities, %d data sets, %d files, %d left out, %x",
				name,
				p.Entities,
				p.DataSets,
				p.Files,
				len(p.Omitted),
				sha256.Sum256([]byte(strings.Join(list, "\n"))),
			)
			if dir := os.Getenv("PLAN_LISTS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+".txt"), []byte(strings.Join(list, "\n")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(got)) {
		lines = append(lines, got[name])
	}
	if *updateGoldens {
		if err := os.WriteFile(golden, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(b)), "\n")
	for i := range max(len(want), len(lines)) {
		switch {
		case i >= len(lines):
			t.Errorf("missing: %s", want[i])
		case i >= len(want):
			t.Errorf("new: %s", lines[i])
		case want[i] != lines[i]:
			t.Errorf("was %s\nis  %s", want[i], lines[i])
		}
	}
}

package plan

import (
	"math"
	"slices"
	"strings"
	"testing"

	"zenobis/crate"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/record"
)

// TestEveryTextThatIsSentIsLookedAt: each place alone gives a finding.
func TestEveryTextThatIsSentIsLookedAt(t *testing.T) {
	const private = "see internal.lab.example"
	for name, put := range map[string]func(l *lab, req *job.Request, co, ob, ds *openbis.Entity){
		"title":       func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) { req.Metadata.Title = private },
		"description": func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) { req.Metadata.Description = private },
		"notes":       func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) { req.Metadata.Notes = private },
		"keywords":    func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) { req.Metadata.Keywords = []string{private} },
		"version":     func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) { req.Metadata.Version = private },
		"related works": func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) {
			req.Metadata.Related = []record.Related{{Identifier: private}}
		},
		"affiliation": func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) {
			req.Metadata.Creators[0].Affiliations = []record.Affiliation{{Name: private}}
		},
		"funding": func(_ *lab, req *job.Request, _, _, _ *openbis.Entity) {
			req.Metadata.Funding = []record.Grant{{FunderName: "Fund", AwardTitle: private}}
		},
		"type": func(l *lab, _ *job.Request, _, _, _ *openbis.Entity) {
			l.types[openbis.KindObject] = map[string]openbis.EntityType{"EXPERIMENTAL_STEP": {Kind: openbis.KindObject,
				Code: "EXPERIMENTAL_STEP", Description: private}}
		},
		"vocabulary": func(l *lab, _ *job.Request, _, _, _ *openbis.Entity) {
			l.types[openbis.KindObject] = map[string]openbis.EntityType{"EXPERIMENTAL_STEP": {Kind: openbis.KindObject,
				Code: "EXPERIMENTAL_STEP", Properties: []openbis.Assignment{{Code: "SERVER", Label: "Server", DataType: "CONTROLLEDVOCABULARY",
					Vocabulary: "SERVERS", TermTexts: map[string]string{"A": private}}}}}
		},
		"a link in rich text": func(l *lab, _ *job.Request, _, ob, _ *openbis.Entity) {
			l.types[openbis.KindObject] = map[string]openbis.EntityType{"EXPERIMENTAL_STEP": {Kind: openbis.KindObject,
				Code: "EXPERIMENTAL_STEP", Properties: []openbis.Assignment{{Code: "NOTES", Label: "Notes", DataType: "MULTILINE_VARCHAR",
					Widget: "Word Processor"}}}}
			ob.Properties = map[string][]string{"NOTES": {`<p>see <a href="https://internal.lab.example/openbis/#x">here</a></p>`}}
		},
		"entity's name":   func(_ *lab, _ *job.Request, _, ob, _ *openbis.Entity) { ob.Name = private },
		"holder's name":   func(_ *lab, _ *job.Request, co, _, _ *openbis.Entity) { co.Name = private },
		"data set's name": func(_ *lab, _ *job.Request, _, _, ds *openbis.Entity) { ds.Name = private },
		"tag":             func(_ *lab, _ *job.Request, _, ob, _ *openbis.Entity) { ob.Tags = []string{private} },
		"linked data":     func(_ *lab, _ *job.Request, _, _, ds *openbis.Entity) { ds.Data.LinkedTo = []string{private} },
		"file name": func(l *lab, _ *job.Request, _, _, ds *openbis.Entity) {
			l.files[ds.PermID][0].Path = "original/from internal.lab.example.txt"
		},
		"folder name": func(l *lab, _ *job.Request, _, _, ds *openbis.Entity) {
			l.files[ds.PermID][0].Path = "original/internal.lab.example/a.txt"
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab()
			co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
			ob := l.object(co, "S", "")
			ds := l.dataSet(ob, "", map[string][]byte{"original/a.txt": []byte("x")})
			req := wanted(t, l, "object:/LAB/P/S")
			req.Metadata = record.Metadata{Title: "Title", Creators: []record.Agent{{Family: "Doe", Given: "Jane"}}}
			put(l, &req, co, ob, ds)
			p := planner(l)
			p.Known = []string{"lab.example"}
			_, got := plan(t, p, req)
			if !slices.ContainsFunc(got.Findings, func(f crate.Finding) bool {
				return f.Kind == "host" && strings.Contains(f.Sample, "internal.lab.example")
			}) {
				t.Errorf("found %v", got.Findings)
			}
		})
	}
}

// TestAbsurdLengths end the plan before their sums overflow.
func TestAbsurdLengths(t *testing.T) {
	for name, sizes := range map[string][]int64{
		"one":           {math.MaxInt64},
		"two":           {math.MaxInt64 / 2, math.MaxInt64/2 + 2},
		"many":          {1 << 59, 1 << 59, 1},
		"negative":      {-1},
		"in two's form": {math.MinInt64},
	} {
		l := newLab()
		co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
		for _, size := range sizes {
			ds := l.dataSet(co, "", map[string][]byte{"original/a.txt": []byte("x")})
			l.files[ds.PermID][0].Size = size
		}
		p := planner(l)
		p.Limits.Bytes = 0
		if pl, err := p.Plan(t.Context(), wanted(t, l, "collection:/LAB/P/E"), t.TempDir()); err == nil {
			t.Errorf("%s: planned with %d bytes", name, pl.Bytes)
		}
	}
	// As much as is believed is planned, and refused for what it is.
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", map[string][]byte{"original/a.txt": []byte("x")})
	l.files[ds.PermID][0].Size = mostBytes
	pl, err := planner(l).Plan(t.Context(), wanted(t, l, "collection:/LAB/P/E"), t.TempDir())
	if err == nil || pl == nil || pl.Bytes < mostBytes {
		t.Errorf("%v, %v", pl, err)
	}
}

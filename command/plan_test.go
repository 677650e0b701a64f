package command

import (
	"bytes"
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/openbis"
)

// The plan for people holds every list that the review of the front ends shows, in
// the same words and without keys; a selection can be made of what is left out.
func TestThePlanForPeopleIsWhole(t *testing.T) {
	data := openbis.Ref{Kind: openbis.KindDataSet, PermID: "20261125-7", Code: "D7", Name: "raw"}
	p := &export.Plan{
		Findings:  []export.Finding{{Kind: "e-mail address", Sample: "j…@lab", Where: "D7"}},
		Removed:   []export.VersionFile{{Name: "old.zip", Bytes: 5_000}},
		Omitted:   []export.Omission{{Entity: data, File: "a.csv", Reason: "archived", Message: "it is in the archive"}},
		Unarchive: []string{"20261125-8"}, Published: []export.Published{{Entity: data, DOI: "10.5281/zenodo.1"}},
		Notes: []string{"a note"}, Gaps: []string{"a gap"}, LongPaths: []string{"a/long/path"},
	}
	for range 21 {
		p.Notes = append(p.Notes, "a note")
	}
	var out bytes.Buffer
	r := &invocation{out: &printer{Out: &out, Err: &out}}
	r.showPlan("job1", p, true)
	said := out.String()
	sections := flow.PlanLists(p, func(export.Omission) string { return "" })
	if len(sections) != 8 {
		t.Errorf("%d lists", len(sections))
	}
	for _, s := range sections {
		if strings.Count(said, "\n"+s.Title+":\n  ") != 1 {
			t.Errorf("%q is not said", s.Title)
		}
	}
	for _, want := range []string{"  20261125-7/a.csv (archived): it is in the archive\n", "  old.zip, 5.0 kB\n", "  and 2 more\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if strings.Contains(said, "a accepts") || strings.Contains(said, "; u ") || t.Failed() {
		t.Error(said)
	}
}

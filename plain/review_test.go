package plain

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/zenodo"
)

// What was published before is summed up until it is asked for, and a slip has
// neither the plan made nor the review said again. e does what the review says.
func TestPlainReviewIsSaidOnce(t *testing.T) {
	f := flowtest.New()
	f.JobList = []export.Job{{ID: "old", Title: "Earlier one", State: export.StateDraft, RecordID: "1"}}
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		f.JobList[0].Request.Selection = r.Selection
		p := &export.Plan{Packages: []export.Package{{Name: "content.zip", Bytes: 10}}, Bytes: 10}
		for _, name := range []string{"One", "Two", "Three", "Four", "Five"} {
			p.Published = append(p.Published, export.Published{Entity: openbis.Ref{Code: name}, DOI: "10.5281/zenodo.1"})
		}
		return p, nil
	}
	out, _ := converse(t, f, []string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue",
		"nonsense", "help", "layout nothing", "list", "back", "", "continue", "e", "", "quit", "yes"}, nil)
	for want, times := range map[string]int{
		"Planning...": 3, "- Three: 10.5281": 4, "- Four: 10.5281": 1, "and 2 more: list says them": 3,
		"There is no such layout. Take one of these: ": 1, "e shows it": 4, "resume N, look N": 1,
		"e: the exports before": 1, "Not understood: nonsense": 1,
	} {
		if n := strings.Count(out, want); n != times {
			t.Errorf("%q is said %d times, not %d", want, n, times)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// A planning that waits for a server says so, once and not at each try.
func TestPlainSaysWhatPlanningWaitsFor(t *testing.T) {
	f := flowtest.New()
	plan := f.OnPlan
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		for try := range 9 {
			why := fmt.Sprintf("list the files: HTTP status 502; try %d failed, the last is made at 12:00:00", try)
			f.Waits.Store(&why)
			time.Sleep(2 * time.Second)
		}
		f.Waits.Store(nil)
		return plan(r)
	}
	out, _ := converse(t, f, []string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue", "quit", "yes"}, nil)
	if n := strings.Count(out, "Waiting: list the files: HTTP status 502"); n != 1 {
		t.Errorf("said %d times:\n%s", n, out)
	}
}

// What the server refuses leads back to its field, which names the line.
func TestPlainLeadsToWhatTheServerRefuses(t *testing.T) {
	out, _ := converse(t, flowtest.New(), []string{
		"", "", "secret", "select 1", "continue", "Mass loss",
		"creators", "drop 1", "Doe, Jane", "Roe, Richard", "", "continue", "start", later, "",
	}, func(f *flowtest.Fake) {
		f.Run.Finish(failure.RefusedMetadata("no", []zenodo.FieldError{
			{Field: "metadata.creators.1.person_or_org.family_name", Messages: []string{"Family name cannot be blank."}},
		}, nil))
	})
	if _, after, _ := strings.Cut(out, "Zenodo refuses the metadata. Creator 2, name:"); !strings.Contains(after, "creator 2: Family name") {
		t.Errorf("not led there:\n%s", out)
	}
}

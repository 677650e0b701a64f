package plain

import (
	"slices"
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/flow/flowtest"
)

// TestPlainOpenDraft: a draft that is in the way can be shown and chosen, and one
// that is left over deleted, here as on the screens.
func TestPlainOpenDraft(t *testing.T) {
	f := flowtest.New()
	f.HasBrowser = true
	f.Left = []export.Orphan{{Draft: "17", Title: "Half an upload", URL: "https://sandbox.zenodo.org/uploads/17", Files: 2}}
	job := export.Job{ID: "old", Title: "Earlier one", State: export.StatePublished, RecordID: "1", DOI: "10.5281/zenodo.1"}
	f.JobList = []export.Job{job}
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		if r.IntoDraft == "18" && r.NewVersionOf == "10.5281/zenodo.1" {
			return &export.Plan{Packages: []export.Package{{Name: "content.zip", Bytes: 10}}, Bytes: 10}, nil
		}
		return nil, &failure.Error{Kind: failure.DraftOpen, What: "a draft of a new version is open already: 18, “Mine”", Draft: "18",
			URL: "https://sandbox.zenodo.org/uploads/18", Do: "--into-draft 18"}
	}
	out, _ := converse(t, f, []string{"", "", "secret", "exports", "delete 1", "no", "delete 1", "yes", "version 1", "", "continue",
		"yes", "start", "b", "i", "start"}, func(f *flowtest.Fake) { f.Run.Finish(nil) })
	for _, want := range []string{"1 draft left over", "left over 1  \"Half an upload\"", "another computer",
		"A new version of 10.5281/zenodo.1", "is open already: 18", "i adds this export to it", "Opened in your browser.",
		"Its files are added to the draft 18", "Exporting."} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if !slices.Contains(f.Opened, "https://sandbox.zenodo.org/uploads/18") || !slices.Contains(f.Dropped, "17") || len(f.Started) != 1 {
		t.Errorf("opened %q, deleted %q, started %q\n%s", f.Opened, f.Dropped, f.Started, out)
	}
	if strings.Contains(out, "--into-draft") {
		t.Error("it names a flag")
	}
}

// TestPlainNamesEarlierExports of the same selection at the review.
func TestPlainNamesEarlierExports(t *testing.T) {
	f := flowtest.New()
	out, _ := converse(t, f, []string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue", "quit"}, nil)
	if strings.Contains(out, "exported before") {
		t.Fatal("there was none")
	}
	was := f.Planned[len(f.Planned)-1].Selection
	f = flowtest.New()
	f.JobList = []export.Job{{ID: "old", Title: "Earlier one", State: export.StateDraft, RecordID: "1", URL: "https://sandbox.zenodo.org/uploads/1"}}
	f.JobList[0].Request.Selection = was
	out, _ = converse(t, f, []string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue", "quit"}, nil)
	if !strings.Contains(out, "The same selection was exported before, 1 time") || !strings.Contains(out, "Earlier one") {
		t.Errorf("not named:\n%s", out)
	}
}

package ui

import (
	"slices"
	"testing"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/flow/flowtest"
)

// openElsewhere is a plan that an open draft is in the way of, unless it is chosen.
func openElsewhere(r export.Request) (*export.Plan, error) {
	if r.IntoDraft == "17" {
		return &export.Plan{Packages: []export.Package{{Name: "content.zip", Bytes: 10}}, Bytes: 10}, nil
	}
	return nil, &failure.Error{Kind: failure.DraftOpen, What: "a draft of a new version is open already: 17, “Mine”", Draft: "17",
		URL: "https://sandbox.zenodo.org/uploads/17", Do: "--into-draft 17"}
}

func TestAnOpenDraftCanBeShownOrChosen(t *testing.T) {
	f := flowtest.New()
	f.OnPlan, f.HasBrowser = openElsewhere, true
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.shows("draft of a new version is open already: 17", "b shows it", "i adds this export to it")
		d.hides("--into-draft")
		d.keys("enter")
		if len(f.Started) > 0 {
			t.Fatal("it was started")
		}
		d.keys("b")
		if !slices.Equal(f.Opened, []string{"https://sandbox.zenodo.org/uploads/17"}) {
			t.Errorf("opened %q", f.Opened)
		}
		d.keys("i")
		d.shows("added to the draft 17", "is open already: what is there")
		if r := d.a.flow.Request(); r.IntoDraft != "17" {
			t.Errorf("request %+v", r)
		}
		d.keys("i")
		d.shows("is open already: 17")
		d.keys("i enter")
		if len(f.Started) != 1 {
			t.Errorf("started %q", f.Started)
		}
	})
}

func TestLeftOverDraftsAreOffered(t *testing.T) {
	f := flowtest.New()
	f.HasBrowser = true
	f.Left = []export.Orphan{{Draft: "17", Title: "Half an upload", URL: "https://sandbox.zenodo.org/uploads/17", Files: 2}}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("e")
		d.shows("1 draft left over", "l lists them")
		d.keys("l")
		d.shows("Half an upload", "2 files")
		d.keys("enter")
		d.shows("Delete this draft?", "another computer")
		d.keys("enter") // the safe answer
		if len(f.Dropped) > 0 {
			t.Fatalf("deleted %q", f.Dropped)
		}
		d.keys("l enter b")
		if len(f.Opened) != 1 {
			t.Errorf("opened %q", f.Opened)
		}
		d.keys("l enter d")
		d.settle()
		if !slices.Equal(f.Dropped, []string{"17"}) {
			t.Errorf("deleted %q", f.Dropped)
		}
		d.hides("left over")
	})
}

package ui

import (
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
)

func TestAdviceNamesKeysOfTheScreens(t *testing.T) {
	for advice, want := range map[string]string{
		"Finish that export, or discard it (zenobis discard 20260102-kbm3ei2o).": "Finish that export, or discard it (d in Exports).",
		"zenobis resume 20260102-kbm3ei2o goes on where it stopped":              "enter in Exports goes on where it stopped",
		"zenobis sync does it":              "s in Exports does it",
		"zenobis jobs lists the exports":    "ctrl+x lists the exports",
		"another zenobis works on this one": "another zenobis works on this one",
	} {
		if got := byKey(advice); got != want {
			t.Errorf("%q became %q", advice, got)
		}
	}
}

func TestASwitchIsSaid(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.toReview()
		d.keys("u")
		d.shows("Switched on: bring archived data back first.")
		d.keys("u")
		d.shows("Switched off: bring archived data back first.")
	})
}

func TestLeavingConnectSaysTheSameByEitherKey(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("ctrl+c")
		d.shows("Leave zenobis?", "What you selected and typed is kept")
		d.keys("esc")
		d.run(d.a.backTo(atConnect))
		d.settle()
		d.keys("esc")
		d.shows("Leave zenobis?", "What you selected and typed is kept")
	})
}

func TestTheListOfExportsFollows(t *testing.T) {
	f := flowtest.New()
	one := export.Job{ID: "one", Title: "Plates", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/1"}
	two := one
	two.ID, two.Request.Metadata.Version = "two", "2.0"
	f.JobList = []export.Job{two, one}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.run(d.a.showDraft(one, false))
		d.settle()
		d.keys("e")
		d.shows("Plates · version 2.0")
		if j, _ := d.a.screens[atExports].(*exportsScreen).current(); j.ID != "one" {
			t.Errorf("the cursor is on %q", j.ID)
		}
		f.Mu.Lock()
		f.JobList[1].State = export.StateRegistered
		f.Mu.Unlock()
		d.wait(2 * time.Second)
		d.hides("recorded in openBIS")
		d.wait(2 * rereads)
		d.shows("recorded in openBIS")
	})
}

package ui

import (
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
)

// Who describes the next export while one runs begins with nothing of that one,
// and keeps what was typed when it ends.
func TestTheNextIsDescribedWhileOneRuns(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.a.flow.Description.Put("record_version", "2.0")
		d.keys("m enter b enter")
		d.shows("▸4 Describe◂")
		d.hides("Mass loss of coated plates", "2.0", "needed")
		d.write("Typed while ")
		f.Run.Finish(nil)
		d.settle()
		d.shows("Typed while", "is ready")
		d.write("running")
		d.shows("Typed while running")
		if got := d.a.flow.Description.Title; got != "Typed while running" {
			t.Errorf("the title is %q", got)
		}
		d.keys("enter")
		d.hides("needed")
		d.shows("▸5 Review◂", "Typed while running")
	})
}

// The form of a new export complains of nothing before something was typed, also
// where the one before had been complained of.
func TestANewFormComplainsOfNothing(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter enter")
		d.shows("needed")
		d.write("Mass loss")
		d.keys("enter")
		d.keys("enter")
		f.Run.Finish(nil)
		d.settle()
		d.keys("n enter")
		d.shows("▸4 Describe◂")
		d.hides("needed")
	})
}

// A field that is refused after one has looked around is mended where it stands.
func TestARefusalIsMendedAfterLookingAround(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter b")
		f.Run.Finish(refusedCreator())
		d.settle()
		d.hides("another person")
		d.a.at = atExport
		d.keys("d")
		d.shows("▸4 Describe◂", "Mass loss of coated plates", "creator 1: is of another person")
	})
}

// Who paused an export and looks around finds it paused, and is told so.
func TestAPauseStaysInTheBackground(t *testing.T) {
	for _, way := range []string{"b", "esc b"} {
		f := flowtest.New()
		drive(t, f, 80, 24, func(d *driver) {
			d.toReview()
			d.keys("enter p " + way)
			d.shows("▸3 Browse◂", "paused at 43 %")
			if !f.Run.Paused {
				t.Errorf("%s lifted the pause", way)
			}
			d.keys("enter")
			d.shows("▸4 Describe◂", "paused at 43 %")
		})
	}
}

// Wherever an export is prepared one sees that it becomes a new version, and a key
// takes that back; so does clearing the selection.
func TestANewVersionIsSeenAndTakenBack(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		f := flowtest.New()
		drive(t, f, size[0], size[1], func(d *driver) {
			d.pick()
			job := export.Job{ID: "old", Title: "Earlier one", State: export.StatePublished, RecordID: "1", DOI: "10.5281/zenodo.1"}
			job.Request.Selection = d.a.flow.Selection()
			f.JobList = []export.Job{job}
			const seen = "▲ This becomes"
			d.keys("e v")
			d.shows("Describe", seen)
			d.keys("esc")
			d.shows("Browse", seen, "ctrl+n")
			d.keys("ctrl+n")
			d.hides(seen)
			if d.a.flow.Switches.NewVersionOf != "" {
				t.Error("not taken back")
			}
			d.keys("e v esc")
			d.wait(time.Second)
			d.keys("X c")
			d.hides(seen)
			if d.a.flow.Switches.NewVersionOf != "" || d.a.flow.Description.Title != "" {
				t.Errorf("left of it: %q, %q", d.a.flow.Switches.NewVersionOf, d.a.flow.Description.Title)
			}
		})
	}
}

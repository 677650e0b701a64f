package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
)

// A question about an export that runs follows it, and ends with it, however it ends;
// what is typed for it meanwhile presses no key of the screen behind.
func TestAQuestionEndsWithItsExport(t *testing.T) {
	for _, key := range []string{"esc", "ctrl+c"} {
		for _, ends := range []error{nil, errors.New("the connection broke"), context.Canceled} {
			f := flowtest.New()
			drive(t, f, 80, 24, func(d *driver) {
				d.toReview()
				d.keys("enter " + key)
				d.shows("export is running", "1 of 2 files arrived")
				f.Run.Mu.Lock()
				f.Run.P.Packages[1].Done = true
				f.Run.Mu.Unlock()
				d.wait(time.Second)
				d.shows("export is running", "2 of 2 files")
				f.Run.Finish(ends)
				d.settle()
				d.hides("export is running", "arrived whole and will")
				d.shows("The export has ended meanwhile.")
				at, opened := d.a.at, len(f.Opened)
				d.keys("b")
				if d.a.at != at || len(f.Opened) != opened {
					t.Errorf("%s, %v: a key for the question went on to %v", key, ends, d.a.at)
				}
				d.wait(time.Second)
				d.keys("e")
				d.shows("Exports")
			})
		}
	}
}

// Another export that begins by itself is not what was asked about.
func TestAQuestionIsOfOneExport(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter b enter")
		d.write("The next one")
		d.keys("enter")
		d.wait(time.Second)
		d.keys("enter")
		d.run(d.a.goTo(atExport))
		d.settle()
		d.keys("esc")
		d.shows("The export is running")
		f.Run.Finish(nil)
		d.settle()
		d.hides("The export is running")
		d.shows("The next one")
	})
}

// What is to be discarded may have become something else before the answer.
func TestDiscardingAsksAboutTheStateThatIs(t *testing.T) {
	f := flowtest.New()
	job := export.Job{ID: "one", Title: "Plates", State: export.StateDraft, RecordID: "1", URL: "https://sandbox.zenodo.org/uploads/1"}
	f.JobList = []export.Job{job}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("ctrl+x d")
		d.wait(2 * rereads)
		d.shows("Discard this export?")
		f.Mu.Lock()
		f.JobList[0].State = export.StatePublished
		f.Mu.Unlock()
		d.wait(2 * rereads)
		d.hides("Discard this export?")
		d.shows("Its state has changed")
	})
}

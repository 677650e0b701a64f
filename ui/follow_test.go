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

// Of what was discarded, here or on its page, no screen offers an address or a DOI, and
// it is not discarded again.
func TestNothingIsOfferedOfWhatWasDiscarded(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {40, 12}} {
		f := flowtest.New()
		gone := export.Job{
			ID: "one", Title: "Plates", State: export.StateDiscarded, RecordID: "417", URL: "https://sandbox.zenodo.org/uploads/417",
			DOI: "10.5072/zenodo.417", Reason: "it was discarded at Zenodo",
		}
		f.JobList = []export.Job{gone}
		drive(t, f, size[0], size[1], func(d *driver) {
			d.login()
			d.keys("ctrl+x")
			d.shows("Plates", "discarded")
			d.hides("uploads/417", "zenodo.417", "d discard", "c copy")
			d.keys("d")
			d.shows("It is discarded already.")
			d.hides("Discard this export?")
			d.keys("enter")
			d.shows("This export was discarded", "it was discarded at Zenodo")
			d.hides("uploads/417", "zenodo.417", "publish it there", "reserved", "c copy", "b browser", "QR code", "Cite")
			d.keys("c b d C")
			if len(f.Copied)+len(f.Opened) > 0 {
				t.Errorf("copied %q, opened %q", f.Copied, f.Opened)
			}
		})
	}
}

func TestAPublishedRecordIsNotAskedToBeDiscarded(t *testing.T) {
	f := flowtest.New()
	f.JobList = []export.Job{{ID: "one", Title: "Plates", State: export.StatePublished, RecordID: "1", DOI: "10.5072/zenodo.1"}}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("ctrl+x d")
		d.shows("It is published, and zenobis never")
		d.hides("Discard this export?")
	})
}

// A message that tells a state goes when that has changed, whoever sees the change
// first; and all screens show the same state.
func TestAStateIsToldOnlyWhileItIs(t *testing.T) {
	f := flowtest.New()
	job := export.Job{ID: "one", Title: "Plates", State: export.StateDraft, RecordID: "1", URL: "https://sandbox.zenodo.org/uploads/1"}
	f.JobList = []export.Job{job}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.run(d.a.showDraft(job, false))
		d.settle()
		d.a.sayState("Looked: ", job)
		d.shows("Looked: draft: not public yet.")
		job.State = export.StatePublished
		f.Mu.Lock()
		f.JobList[0] = job
		f.Mu.Unlock()
		f.Changes <- job
		d.settle()
		d.hides("not public yet")
		d.shows("published, not yet recorded")
		d.keys("e")
		d.a.sayState("", job)
		d.shows("✓ published, not yet recorded")
		f.Mu.Lock()
		f.JobList[0].State = export.StateDiscarded
		f.Mu.Unlock()
		d.wait(2 * rereads)
		d.hides("not yet recorded")
		d.shows("discarded")
		d.keys("esc")
		d.shows("This export was discarded")
		d.hides("not yet recorded")
	})
}

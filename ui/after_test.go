package ui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/zenodo"
)

func TestExportsQueue(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter b")
		d.shows("▸3 Browse◂", "Mass loss", "43 %")
		first := f.Run
		d.keys("down down space enter")
		d.write("The second")
		d.keys("enter")
		d.wait(time.Second)
		d.shows("▸5 Review◂")
		d.keys("enter")
		d.shows("starts automatically", "▸3 Browse◂")
		if len(f.Started) != 1 {
			t.Fatalf("started %q", f.Started)
		}
		d.keys("ctrl+x esc")
		first.Finish(nil)
		d.settle()
		if len(f.Started) != 2 {
			t.Fatalf("the second did not start: %q", f.Started)
		}
		d.shows("is ready")
		f.Run.Finish(nil)
		d.settle()
	})
}

func TestANextVersionTakesEverythingOver(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		job := export.Job{ID: "old", Title: "Earlier one", State: export.StatePublished, RecordID: "1", DOI: "10.5281/zenodo.1"}
		job.Request.Selection = d.a.flow.Selection()
		job.Request.Metadata.Title, job.Request.Metadata.License = "Earlier one", "cc0-1.0"
		f.JobList = []export.Job{job}
		d.a.flow.Tree.Clear()
		d.keys("e v")
		d.shows("▸4 Describe◂", "Earlier one", "new version of 10.5281/zenodo.1")
		r := d.a.flow.Request()
		if r.NewVersionOf != "10.5281/zenodo.1" || r.Metadata.License != "cc0-1.0" || len(r.Selection.Rules) != 1 {
			t.Errorf("request %+v", r)
		}
	})
}

func TestTheSameToAnotherZenodo(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		job := export.Job{ID: "old", Title: "Rehearsed", State: export.StateDraft, RecordID: "1", DOI: "10.5072/zenodo.1"}
		job.Request.Selection = d.a.flow.Selection()
		job.Request.Metadata.Title = "Rehearsed"
		f.JobList = []export.Job{job}
		d.keys("e R")
		d.shows("The same to another Zenodo", "zenodo.org")
		d.keys("enter")
		d.settle()
		d.shows("■ zenodo.org: real", "▸3 Browse◂")
		d.keys("enter")
		d.shows("Rehearsed")
	})
}

func TestExportsAreSortedAndFiltered(t *testing.T) {
	f := flowtest.New()
	f.JobList = flowtest.Jobs()
	drive(t, f, 100, 24, func(d *driver) {
		d.keys("ctrl+x f")
		d.shows("Export number 3", "drafts and reviews")
		d.hides("Export number 0")
		d.keys("f f f S S S")
		list := d.a.flow.Earlier.List()
		if list[0].Plan.Bytes < list[1].Plan.Bytes || d.a.flow.Earlier.Show != flow.ShowAll {
			t.Errorf("not the largest first: %v", list[0].Title)
		}
	})
}

func refusedCreator() error {
	return &failure.Error{Kind: failure.Invalid, What: "Zenodo refused the metadata",
		Fields: []zenodo.FieldError{{Field: "creators.0.orcid", Messages: []string{"is of another person"}}}}
}

func TestWhatTheServerRefusesLeadsToItsField(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter")
		f.Run.Finish(refusedCreator())
		d.settle()
		d.keys("d")
		d.shows("▸4 Describe◂", "creator 1: is of another person")
		d.keys("enter ctrl+k")
		d.write("Doe, Jane")
		d.keys("esc")
		d.hides("another person")
	})
}

func TestADraftCopiesAddressDOIAndCitation(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		f.JobList = []export.Job{{
			ID: "job1", Title: "Mass loss of coated plates", State: export.StateDraft, RecordID: "417",
			URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417",
		}}
		d.keys("enter")
		f.Run.Finish(nil)
		d.settle()
		for key, want := range map[string]string{"c": "https://sandbox.zenodo.org/uploads/417", "d": "10.5072/zenodo.417",
			"C": "https://doi.org/10.5072/zenodo.417"} {
			d.keys(key)
			if !strings.Contains(d.clip, want) {
				t.Errorf("%s copied %q", key, d.clip)
			}
		}
	})
}

// A selection is counted again when an export has brought data back, without a key.
func TestWhatCameBackIsCountedAtOnce(t *testing.T) {
	f := flowtest.New()
	plan := f.OnPlan
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		p, err := plan(r)
		p.Unarchive = []string{"D1A"}
		return p, err
	}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("space")
		d.wait(time.Second)
		counted := regexp.MustCompile(`(?m)^ *(\d+ objects · \d+ data sets)`)
		before := counted.FindString(d.frame())
		if before == "" {
			t.Fatalf("nothing is counted:\n%s", d.frame())
		}
		d.keys("enter")
		d.write("Back")
		d.keys("enter")
		d.wait(time.Second)
		d.keys("enter")
		f.Run.Finish(nil)
		d.settle()
		d.keys("esc")
		d.wait(time.Second)
		d.shows("▸3 Browse◂")
		if after := counted.FindString(d.frame()); after != before {
			t.Errorf("before %q, after\n%s", before, d.frame())
		}
	})
}

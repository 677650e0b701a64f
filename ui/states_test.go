package ui

import (
	"os"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/session"
	"zenobis/zenodo"
)

// states are the screens while something is waited for, and where it went wrong.
var states = []way{
	{"done-left-out", func(d *driver) {
		d.toReview()
		d.f.JobList = []export.Job{{
			ID: "job1", Title: "Mass loss of coated plates", State: export.StateDraft, RecordID: "417",
			URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417",
			Plan: &export.Plan{Omitted: []export.Omission{
				{Entity: flowtest.Ref(openbis.KindDataSet, "20250303142337658-616", "", "", ""), Reason: "link"},
				{Entity: flowtest.Ref(openbis.KindDataSet, "20250303142337658-617", "", "", ""), File: "original/run2.csv", Reason: "corrupt"},
			}},
		}}
		d.keys("enter")
		d.f.Run.Finish(nil)
		d.settle()
	}},
	{"token-checking", func(d *driver) {
		d.f.Hold["token"] = make(chan struct{})
		d.login()
		d.wait(3 * time.Second)
	}},
	{"token-refused", func(d *driver) {
		d.f.OnToken = func() (string, error) { return "", session.ErrNoToken }
		d.login()
		d.write("wrong")
		d.keys("enter")
	}},
	{"search-waiting", func(d *driver) {
		d.login()
		d.f.Hold["find"] = make(chan struct{})
		d.keys("s")
		d.write("mass loss")
		d.keys("enter")
		d.wait(3 * time.Second)
	}},
	{"search-empty", func(d *driver) {
		d.login()
		d.keys("s")
		d.write("mass loss")
		d.keys("enter")
	}},
	{"search-wrong", func(d *driver) {
		d.login()
		d.keys("s")
		d.write("from:yesterday")
		d.keys("enter")
	}},
	{"preview-loading", func(d *driver) {
		d.login()
		d.f.Hold["get"] = make(chan struct{})
		d.keys("down p")
		d.wait(time.Second)
	}},
	{"preview-failed", func(d *driver) {
		d.login()
		d.f.Fail["get"] = openbis.ErrUnreachable
		d.keys("down p")
		d.wait(time.Second)
	}},
	{"session-ended", func(d *driver) {
		d.f.Fail["JDOE/projects"] = openbis.ErrSession
		d.login()
		d.keys("right")
	}},
	{"review-failed", func(d *driver) {
		d.f.OnPlan = func(export.Request) (*export.Plan, error) { return nil, openbis.ErrUnreachable }
		d.toReview()
	}},
	{"export-waiting", func(d *driver) {
		d.toReview()
		d.keys("enter")
		d.f.Run.P.Waiting = "Zenodo allows 100 requests a minute; going on in 12 s"
		d.wait(time.Second)
	}},
	{"export-paused", func(d *driver) {
		d.toReview()
		d.keys("enter p")
		d.wait(time.Second)
	}},
	{"export-stop", func(d *driver) {
		d.toReview()
		d.keys("enter esc")
	}},
	{"done-unreachable", func(d *driver) {
		d.toReview()
		d.f.JobList = []export.Job{{
			ID: "job1", Title: "Mass loss of coated plates", State: export.StateDraft, RecordID: "417",
			URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417", Reason: zenodo.ErrUnavailable.Error(),
		}}
		d.keys("enter")
		d.f.Run.Finish(nil)
		d.settle()
	}},
	{"exports-loading", func(d *driver) {
		d.f.Hold["jobs"] = make(chan struct{})
		d.keys("ctrl+x")
		d.wait(3 * time.Second)
	}},
	{"exports-failed", func(d *driver) {
		d.f.Fail["jobs"] = os.ErrPermission
		d.keys("ctrl+x")
	}},
	{"tray-wrong", func(d *driver) {
		d.pick()
		d.keys("T l enter")
	}},
}

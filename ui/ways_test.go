package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/session"
	"zenobis/zenodo"
)

// way leads to a screen.
type way struct {
	name string
	go_  func(d *driver)
}

// ways lead to each screen.
var ways = []way{
	{"connect", func(d *driver) {}},
	{"token", func(d *driver) {
		d.f.OnToken = func() (string, error) { return "", session.ErrNoToken }
		d.login()
		d.write("wrong-token-wrong-token")
		d.wait(2 * time.Second)
	}},
	{"browse", func(d *driver) {
		d.pick()
		d.keys("right down right")
		d.wait(time.Second)
	}},
	{"describe", func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Mass loss")
	}},
	{"editor", func(d *driver) {
		d.pick()
		d.keys("enter down enter")
		d.write("x")
	}},
	{"licence", func(d *driver) {
		d.pick()
		d.keys("enter down down down enter down")
	}},
	{"review", func(d *driver) { d.toReview() }},
	{"export", func(d *driver) {
		d.toReview()
		d.keys("enter")
		d.wait(time.Second)
	}},
	{"done", func(d *driver) {
		d.toReview()
		d.f.JobList = []export.Job{{
			ID: "job1", Title: "Mass loss of coated plates", State: export.StateDraft, RecordID: "417",
			URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417",
		}}
		d.keys("enter")
		d.f.Run.Finish(nil)
		d.settle()
	}},
	{"exports", func(d *driver) {
		d.f.JobList = flowtest.Jobs()
		d.keys("ctrl+x")
	}},
	{"help", func(d *driver) {
		d.pick()
		d.keys("?")
	}},
	{"question", func(d *driver) {
		d.toReview()
		d.keys("enter")
		d.f.Run.EventsC <- export.Question{Message: "run2.csv has another checksum than openBIS says.",
			Hint: "Three tries, three times the same."}
		d.settle()
	}},
	{"connect-refused", func(d *driver) {
		d.f.OnConnect = func(session.Login) error { return openbis.ErrLogin }
		d.login()
	}},
	{"connect-waiting", func(d *driver) {
		d.f.BlockConnect = make(chan struct{})
		d.login()
		d.wait(3 * time.Second)
	}},
	{"token-empty", func(d *driver) {
		d.f.OnToken = func() (string, error) { return "", session.ErrNoToken }
		d.login()
	}},
	{"browse-start", func(d *driver) { d.login() }},
	{"browse-empty", func(d *driver) {
		d.f.SpaceList = nil
		d.login()
	}},
	{"browse-loading", func(d *driver) {
		d.login()
		d.f.Block = make(chan struct{})
		d.keys("right")
		d.wait(3 * time.Second)
	}},
	{"browse-failed", func(d *driver) {
		d.f.Fail["JDOE/projects"] = openbis.ErrUnreachable
		d.login()
		d.keys("right")
	}},
	{"browse-search", func(d *driver) {
		d.f.Found = d.f.Kids["C1/objects"]
		d.login()
		d.keys("s")
		d.write("type:EXPERIMENTAL_STEP mass")
		d.keys("enter down")
		d.wait(time.Second)
	}},
	{"browse-filter", func(d *driver) {
		d.pick()
		d.keys("/")
		d.write("measure")
	}},
	{"browse-range", func(d *driver) {
		d.pick()
		d.keys("v down down")
	}},
	{"browse-marks", func(d *driver) {
		d.pick()
		d.keys("down down o up up left space down down space")
		d.wait(time.Second)
	}},
	{"preview", func(d *driver) {
		d.pick()
		d.keys("p")
		d.wait(time.Second)
		d.keys("n")
	}},
	{"tray", func(d *driver) {
		d.pick()
		d.keys("T")
	}},
	{"tray-empty", func(d *driver) {
		d.login()
		d.keys("T")
	}},
	{"describe-loading", func(d *driver) {
		d.pick()
		d.f.BlockDefaults = make(chan struct{})
		d.keys("enter")
		d.wait(3 * time.Second)
	}},
	{"describe-wrong", func(d *driver) {
		d.pick()
		d.keys("enter enter")
	}},
	{"description", func(d *driver) {
		d.pick()
		d.keys("enter down down enter end")
		d.send(tea.PasteMsg{Content: "\n\n- raw\n- **fits**"})
	}},
	{"review-planning", func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Mass loss")
		d.f.BlockPlan = make(chan struct{})
		d.keys("enter")
		d.wait(3 * time.Second)
	}},
	{"review-too-large", func(d *driver) {
		plan := d.f.OnPlan
		d.f.OnPlan = func(r export.Request) (*export.Plan, error) {
			p, _ := plan(r)
			p.Findings = []export.Finding{{Kind: "e-mail", Where: "Measurement 1, Notes", Sample: "jane@lab.example"}}
			return p, &export.LimitError{What: "bytes", Have: 60e9, Max: 50e9, Hint: "Raise the quota in your account."}
		}
		d.toReview()
	}},
	{"export-failed", func(d *driver) {
		d.toReview()
		d.keys("enter")
		d.f.Run.Finish(zenodo.ErrUnavailable)
		d.settle()
	}},
	{"done-registered", func(d *driver) {
		d.toReview()
		job := export.Job{
			ID: "job1", Title: "Mass loss of coated plates", State: export.StateRegistered, RecordID: "417", Confirmed: true,
			URL: "https://sandbox.zenodo.org/records/417", DOI: "10.5072/zenodo.417", Objects: []string{"20261125-7"},
		}
		job.Request.Metadata.Creators = []record.Agent{{Family: "Doe", Given: "Jane"}}
		d.f.JobList = []export.Job{job}
		d.keys("enter")
		d.f.Run.Finish(nil)
		d.settle()
	}},
	{"exports-empty", func(d *driver) { d.keys("ctrl+x") }},
	{"background", func(d *driver) {
		d.toReview()
		d.keys("enter b")
	}},
	{"leave", func(d *driver) {
		d.pick()
		d.keys("ctrl+c")
	}},
}

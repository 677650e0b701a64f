package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/session"
)

// ways lead to each screen.
var ways = []struct {
	name string
	go_  func(d *driver)
}{
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
		d.f.Run.EventsC <- export.Question{Message: "run2.csv has another checksum than openBIS says.", Hint: "Three tries, three times the same."}
		d.settle()
	}},
}

func TestFrames(t *testing.T) {
	for _, s := range []struct{ w, h int }{{40, 12}, {80, 24}, {200, 50}} {
		for _, way := range ways {
			t.Run(fmt.Sprintf("%s_%dx%d", way.name, s.w, s.h), func(t *testing.T) {
				frame := ""
				drive(t, flowtest.New(), s.w, s.h, func(d *driver) {
					way.go_(d)
					frame = d.frame()
				})
				golden.RequireEqual(t, frame)
			})
		}
	}
}

// Every screen keeps to the size it gets, down to the smallest.
func TestEverySize(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			drive(t, flowtest.New(), 80, 24, func(d *driver) {
				way.go_(d)
				for _, s := range [][2]int{{20, 5}, {20, 8}, {21, 16}, {59, 15}, {72, 16}, {300, 100}, {19, 5}, {1, 1}, {40, 12}} {
					d.send(windowSize(s[0], s[1]))
				}
			})
		})
	}
}

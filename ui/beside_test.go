package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/session"
)

// What was kept is offered in the tree, not over the field for a token, whose
// letters and pastes would answer it.
func TestTheOfferWaitsForTheTree(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Kept title")
		d.a.flow.Leave(t.Context(), false, d.a.now())
	})
	if f.KeptFiles[flow.UnfinishedFile] == nil {
		t.Fatal("nothing was kept")
	}
	f.OnToken = func() (string, error) { return "", session.ErrNoToken }
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.wait(time.Second)
		d.shows("▸2 Token◂")
		d.hides("Go on where you stopped?")
		d.write("ng")
		d.send(tea.PasteMsg{Content: strings.TrimPrefix(f.Good, "ng")})
		if got := d.a.screens[atToken].(*tokenScreen).field.Value(); got != "ng"+strings.TrimPrefix(f.Good, "ng") {
			t.Errorf("the field holds %q", got)
		}
		d.keys("ctrl+r")
		d.a.screens[atToken].(*tokenScreen).field.SetValue(f.Good)
		d.keys("enter")
		d.wait(time.Second)
		d.shows("▸3 Browse◂", "Go on where you stopped?", "Kept title")
		d.keys("g enter")
		d.wait(time.Second)
		d.shows("▸4 Describe◂", "Kept title")
	})
}

// A dialog that opens by itself over a field takes nothing that is typed into it,
// until tab turns to the dialog; then nothing of it gets into the field.
func TestADialogLeavesAFieldItsLetters(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		f := flowtest.New()
		drive(t, f, size[0], size[1], func(d *driver) {
			d.pick()
			d.keys("enter")
			d.write("Mass ")
			d.a.askRenewal(nil)
			d.shows("session has ended")
			d.wait(time.Second)
			d.write("loss ")
			d.send(tea.PasteMsg{Content: "now"})
			if got := d.a.flow.Description.Title; got != "Mass loss now" {
				t.Errorf("the title is %q", got)
			}
			if got := d.a.top().input.Value(); got != "" {
				t.Errorf("the dialog took %q", got)
			}
			d.shows("tab turns")
			d.keys("tab")
			d.hides("tab turns")
			d.write("secret")
			d.keys("enter")
			if d.a.flow.Description.Title != "Mass loss now" || f.Renewed != 1 || d.a.top() != nil {
				t.Errorf("%q, renewed %d times", d.a.flow.Description.Title, f.Renewed)
			}
		})
	}
}

// Who leaves the field types no letter into the dialog at once.
func TestADialogWaitsAfterTyping(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		answered := ""
		d.a.interrupt(&dialog{title: "Which?", keep: true, choices: []choice{{"n", "no", func() tea.Cmd { answered = "n"; return nil }}}})
		d.wait(time.Second)
		d.write("n")
		d.keys("down n")
		if answered != "" || d.a.flow.Description.Title != "n" {
			t.Errorf("answered %q", answered)
		}
		d.wait(time.Second)
		d.keys("n")
		if answered != "n" {
			t.Error("not answered")
		}
	})
}

// Letters that come steadily, as of one who types on after logging in, don't
// answer what opened among them, however long they go on.
func TestADialogWaitsForAPause(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Kept title")
		d.a.flow.Leave(t.Context(), false, d.a.now())
	})
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		for range 20 {
			d.keys("n")
			d.wait(150 * time.Millisecond)
		}
		d.shows("Go on where you stopped?", "Kept title")
		d.wait(time.Second)
		d.keys("down up g")
		d.hides("Go on where you stopped?")
		if d.a.flow.Description.Title != "Kept title" {
			t.Errorf("the title is %q", d.a.flow.Description.Title)
		}
	})
}

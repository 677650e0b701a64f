package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/session"
)

// A question and its answers are whole on a small screen, however long a file's name
// is; the driver looks at the dialogs of all tests likewise.
func TestTheQuestionIsWhole(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}} {
		f := flowtest.New()
		drive(t, f, size[0], size[1], func(d *driver) {
			d.toReview()
			d.keys("enter")
			d.wait(time.Second)
			const message = "The file original/plate 3/scan_0000017.csv of data set 20250303142337658-616 can't be had: " +
				"3 tries gave the checksum 1a2b3c4d, openBIS has 5e6f7a8b. Leave it out?"
			f.Run.EventsC <- export.Question{Message: message}
			d.settle()
			shown := strings.Join(strings.Fields(d.frame()), " ")
			for _, want := range []string{"? " + message + " x leaves it out and lists it as missing, n stops here (resumable)",
				"x leave out n stop"} {
				if !strings.Contains(shown, want) {
					t.Errorf("at %v not whole: %q in\n%s", size, want, d.frame())
				}
			}
		})
	}
}

// A token that was refused is not what the next one is added to: nobody can see it.
func TestARefusedTokenLeavesAnEmptyField(t *testing.T) {
	for name, paste := range map[string]bool{"enter": false, "a paste after a pause": true} {
		f := flowtest.New()
		f.OnToken = func() (string, error) { return "", session.ErrNoToken }
		drive(t, f, 80, 24, func(d *driver) {
			d.login()
			d.write("wrong-token-wrong-token")
			if paste {
				d.wait(2 * time.Second) // Zenodo is asked
				d.shows("refused the token", "***")
				d.send(tea.PasteMsg{Content: f.Good})
				d.wait(2 * time.Second)
			} else {
				d.keys("enter")
				d.shows("refused the token")
				d.write(f.Good)
			}
			d.keys("enter")
			d.wait(time.Second)
			d.shows("▸3 Browse◂")
			if t.Failed() {
				t.Log(name)
			}
		})
	}
}

package ui

import (
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
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
				"x leave it out", "n stop here"} {
				if !strings.Contains(shown, want) {
					t.Errorf("at %v not whole: %q in\n%s", size, want, d.frame())
				}
			}
		})
	}
}

package ui

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/session"
)

// TestRandomKeys presses keys without a plan: nothing panics, every frame has
// its size, and nothing is discarded or started by esc or enter alone.
func TestRandomKeys(t *testing.T) {
	names := []string{
		"enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pgdown", "pgup", "space",
		"backspace", "f1", "?", "a", "b", "c", "d", "e", "f", "g", "h", "k", "l", "m", "n", "o", "p", "r", "s", "u", "x", "y",
		"/", "[", "]", "Q", "X", "G", "ctrl+x", "ctrl+f", "ctrl+s", "ctrl+l", "ctrl+r", "1",
	}
	sizes := [][2]int{{80, 24}, {40, 12}, {20, 5}, {200, 50}, {10, 3}}
	seeds := uint64(12)
	if testing.Short() {
		seeds = 4 // one of each beginning
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			f := flowtest.New()
			f.JobList = flowtest.Jobs()
			f.Person.Groups = session.Groups{
				{Name: "GENERAL", Mine: true, Publications: session.Visible},
				{Name: "CHEM", Mine: true, Publications: session.Visible},
			}
			drive(t, f, 80, 24, func(d *driver) {
				rnd := rand.New(rand.NewPCG(seed, 7))
				switch seed % 4 {
				case 1:
					d.login()
				case 2:
					d.pick()
				case 3:
					d.toReview()
				}
				for range 400 {
					d.keys(names[rnd.IntN(len(names))])
					switch rnd.IntN(40) {
					case 0:
						s := sizes[rnd.IntN(len(sizes))]
						d.send(windowSize(s[0], s[1]))
					case 1:
						d.wait(time.Second)
					case 2:
						if f.Run != nil && !f.Run.Closed {
							f.Run.EventsC <- export.Question{Message: "a file is broken"}
							d.settle()
						}
					case 3:
						if f.Run != nil {
							f.Run.Finish(nil)
							d.settle()
						}
					}
				}
			})
		})
	}
}

package ui

import (
	"fmt"
	"image/color"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"zenobis/flow/flowtest"
	"zenobis/ui/cells"
)

func TestFrames(t *testing.T) {
	for _, s := range []struct{ w, h int }{{40, 12}, {80, 24}, {200, 50}} {
		if testing.Short() && s.w > 80 {
			break // a large one costs as much as the others
		}
		for _, way := range slices.Concat(ways, states) {
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
	for _, way := range slices.Concat(ways, states) {
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

// TestASCIIFrames and TestColours are the main screens where there is only
// ASCII, and with their styles on a dark and on a light background.
func TestASCIIFrames(t *testing.T) {
	for _, way := range ways {
		if !onTheWay(way.name) {
			continue
		}
		t.Run(way.name, func(t *testing.T) {
			f := flowtest.New()
			frame := ""
			o := options{backend: f, env: func(k string) string { return map[string]string{"LC_ALL": "C"}[k] }}
			driveWith(t, o, f, 80, 24, func(d *driver) {
				way.go_(d)
				frame = d.frame()
			})
			if !cells.IsASCII(frame) {
				t.Errorf("not ASCII:\n%s", frame)
			}
			golden.RequireEqual(t, frame)
		})
	}
}

func TestColours(t *testing.T) {
	for name, bg := range map[string]color.Color{"dark": color.Black, "light": color.White} {
		for _, way := range ways {
			if !onTheWay(way.name) {
				continue
			}
			t.Run(way.name+"_"+name, func(t *testing.T) {
				frame := ""
				drive(t, flowtest.New(), 80, 24, func(d *driver) {
					d.send(tea.ColorProfileMsg{Profile: colorprofile.ANSI256})
					d.send(tea.BackgroundColorMsg{Color: bg})
					way.go_(d)
					frame = d.a.View().Content
				})
				golden.RequireEqual(t, frame+"\n")
			})
		}
	}
}

// onTheWay are the screens of the way.
func onTheWay(name string) bool {
	return slices.Contains([]string{"connect", "token", "browse", "describe", "review", "export", "done", "exports", "help"}, name)
}

package ui

import (
	"slices"
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
)

// bottom is the line of keys.
func (d *driver) bottom() string {
	lines := strings.Split(strings.TrimRight(d.frame(), "\n"), "\n")
	return lines[len(lines)-1]
}

// Wherever one is, at whatever size, the line of keys tells how to leave and how to see
// all keys; and while a question is open, the keys of the question.
func TestTheWayOutIsAlwaysShown(t *testing.T) {
	for _, w := range slices.Concat(ways, states) {
		for _, size := range [][2]int{{80, 24}, {40, 12}} {
			t.Run(w.name, func(t *testing.T) {
				drive(t, flowtest.New(), size[0], size[1], func(d *driver) {
					w.go_(d)
					if f, ok := d.a.cur().(filler); ok && f.whole(size[0], size[1]) != nil {
						return // it says so itself
					}
					line, way := d.bottom(), ""
					for _, h := range d.a.hints() {
						if strings.HasPrefix(h.Key, "esc") {
							way = h.Key + " " + h.Desc
						}
					}
					if strings.Contains(line, "╯") {
						return // a long text covers it, and says so itself
					}
					if q := d.a.top(); q != nil && !d.a.beside(q) && !strings.Contains(line, "esc ") {
						t.Errorf("%dx%d: a question, and no way out of it: %q", size[0], size[1], line)
					} else if q == nil && (!strings.Contains(line, way) || !strings.HasSuffix(line, "keys")) {
						t.Errorf("%dx%d: not shown: %q, or all keys, in %q", size[0], size[1], way, line)
					}
				})
			})
		}
	}
}

// What can't be started is not offered to be started; the key says why, whole.
func TestStartIsOfferedOnlyWhereItStarts(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		f := flowtest.New()
		f.OnPlan = func(export.Request) (*export.Plan, error) { return nil, openbis.ErrUnreachable }
		drive(t, f, size[0], size[1], func(d *driver) {
			d.toReview()
			d.shows("This can't be sent as it is.")
			if line := d.bottom(); strings.Contains(line, "start") {
				t.Errorf("offered: %q", line)
			}
		})
		f = flowtest.New()
		drive(t, f, size[0], size[1], func(d *driver) {
			d.toReview()
			if line := d.bottom(); !strings.Contains(line, "enter start") {
				t.Errorf("not offered: %q", line)
			}
			f.BlockPlan = make(chan struct{})
			d.keys("m")
			if line := d.bottom(); strings.Contains(line, "start") {
				t.Errorf("offered while it is planned: %q", line)
			}
			close(f.BlockPlan)
			d.settle()
			d.keys("l")
			if line := d.bottom(); strings.Contains(line, "start") || !strings.Contains(line, "enter choose") {
				t.Errorf("the keys behind a question: %q", line)
			}
		})
	}
}

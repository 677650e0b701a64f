package ui

import (
	"testing"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want panes
	}{
		{19, 5, panes{w: 19, h: 5, left: 19, tooSmall: true}},
		{20, 4, panes{w: 20, h: 4, left: 20, tooSmall: true}},
		{20, 5, panes{w: 20, h: 5, left: 20, body: 4}},
		{40, 12, panes{w: 40, h: 12, left: 40, header: 1, help: true, body: 9}},
		{80, 24, panes{w: 80, h: 24, left: 45, right: 32, header: 3, rule: true, help: true, body: 18}},
		{200, 50, panes{w: 200, h: 50, left: 117, right: 80, header: 3, rule: true, help: true, body: 44}},
	} {
		if got := split(c.w, c.h); got != c.want {
			t.Errorf("split(%d, %d) = %+v, want %+v", c.w, c.h, got, c.want)
		}
	}
	for w := range 260 {
		for h := range 90 {
			f := split(w, h)
			sum := f.header + f.body + 1
			for _, b := range []bool{f.rule, f.help} {
				if b {
					sum++
				}
			}
			if !f.tooSmall && (sum != h || f.body < 1 || f.right > 0 && f.left+3+f.right != w) {
				t.Fatalf("split(%d, %d) = %+v", w, h, f)
			}
		}
	}
}

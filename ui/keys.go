package ui

import (
	"strings"

	"zenobis/ui/cells"
)

// hint is one key and what it does, for the bottom line and the help.
type hint struct{ key, does string }

// helpLine fits as many hints as there is room for, the most important first and
// the way to all of them last.
func (a *app) helpLine(hints []hint, w int) string {
	var b strings.Builder
	used := 0
	last := 0 // the way to all keys always has its room
	if n := len(hints); n > 0 {
		last = cells.Width(hints[n-1].key) + cells.Width(hints[n-1].does) + 3
	}
	for i, h := range hints {
		n := cells.Width(h.key) + 1 + cells.Width(h.does)
		if used > 0 {
			n += 2
		}
		if i < len(hints)-1 && used+n+last > w || used+n > w {
			continue
		}
		if used > 0 {
			b.WriteString("  ")
		}
		b.WriteString(a.th.accent.Render(h.key) + " " + a.th.dim.Render(h.does))
		used += n
	}
	return b.String()
}

// helpDialog lists every key of the screen and those that work everywhere.
func (a *app) helpDialog() *dialog {
	var b strings.Builder
	for _, h := range append(a.cur().hints(), everywhere...) {
		b.WriteString(cells.Pad(h.key, 11) + " " + h.does + "\n")
	}
	if more := a.cur().legend(); more != "" {
		b.WriteString("\n" + more)
	}
	return &dialog{title: "Keys", text: strings.TrimRight(b.String(), "\n"), keep: true}
}

var everywhere = []hint{
	{"ctrl+x", "exports started earlier"},
	{"esc", "back a step; what was typed stays"},
	{"? or F1", "these keys"},
	{"ctrl+l", "draw the screen anew"},
	{"ctrl+c", "leave; asks while an export runs"},
}

package ui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/ui/cells"
)

// panes says which lines of the screen are for what. It is computed once per
// size, by a pure function.
type panes struct {
	w, h     int
	tooSmall bool
	header   int // lines above the body: 0, 1 (short) or 3 (name, steps, rule)
	rule     bool
	help     bool
	body     int // lines of the body
	left     int // cells of the left pane
	right    int // cells of the preview beside it; 0 where there is none
}

const (
	minWidth, minHeight = 20, 5
	// textWidth caps running text: longer lines are hard to read.
	textWidth = 100
)

func split(w, h int) panes {
	f := panes{w: w, h: h, left: w}
	if w < minWidth || h < minHeight {
		f.tooSmall = true
		return f
	}
	switch {
	case h >= 16:
		f.header, f.rule, f.help = 3, true, true
	case h >= 8:
		f.header, f.help = 1, true
	}
	f.body = h - f.header - 1
	if f.rule {
		f.body--
	}
	if f.help {
		f.body--
	}
	if w >= 72 && h >= 16 {
		f.right = min(w*2/5, textWidth)
		f.left = w - f.right - 3 // a rule with a blank at each side
	}
	return f
}

// scroller is how far a text is scrolled that may be longer than the screen.
type scroller struct {
	top  int
	over bool // there is more than fits, as of the last frame
}

// window is what of the lines fits into h, with a sign at the edge where there
// is more. A line that has no room for the sign stays whole.
func (s *scroller) window(a *app, lines []string, w, h int) []string {
	s.over = len(lines) > h
	if !s.over || h <= 0 {
		s.top = 0
		return lines
	}
	s.top = max(min(s.top, len(lines)-h), 0)
	return a.edges(lines, s.top, w, h)
}

// edges is a part of the lines, with a sign at its ends where there is more.
func (a *app) edges(lines []string, top, w, h int) []string {
	out := append([]string(nil), lines[top:top+h]...)
	mark := func(i int, sign string) {
		sign = a.named(sign)
		if cells.Width(out[i])+cells.Width(sign) < w {
			out[i] = cells.Spread(out[i], a.th.Dim.Render(sign), w)
		}
	}
	if top > 0 {
		mark(0, "↑")
	}
	if top+h < len(lines) {
		mark(h-1, "↓")
	}
	return out
}

// actions are the keys that scroll, while there is something to scroll.
func (s *scroller) actions() []action {
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			s.top = max(s.top+n, 0)
			return nil
		}
	}
	return []action{
		on("down j", "↑↓", "scroll", by(1)).when(s.over),
		on("up k", "", "", by(-1)).when(s.over),
		on("pgdown space", "", "", by(8)).when(s.over),
		on("pgup", "", "", by(-8)).when(s.over),
	}
}

// labelled is a field behind its label. Where the text goes on to the left of what is
// shown, a sign stands in the label's last blank.
func labelled(label string, in *textinput.Model) string {
	view, text := in.View(), in.Value()
	if in.EchoMode == textinput.EchoNormal && cells.Width(text) > in.Width() {
		shown := strings.TrimRight(cells.Plain(view), " ")
		whole := strings.TrimRight(text, " ") == shown
		if !whole && (!strings.HasPrefix(text, shown) || in.Position() > in.Width()) {
			label = strings.TrimSuffix(label, " ") + "…"
		}
	}
	return label + view
}

package ui

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

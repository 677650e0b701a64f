package tree

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// filter is what the tree is reduced to while a text is looked for.
type filter struct {
	text    string // in lower case
	opened  map[ID]bool
	rows    []ID // nil before the first ones were found
	matches int
	at      ID // up to here the nodes were looked at
	done    bool
}

// What the filter found at a node.
const (
	hit   uint8 = 1 << iota // it matches
	above                   // something below it does
)

// filterAtOnce is how many nodes Filter looks at without coming back.
const filterAtOnce = 20_000

// Filter shows only the loaded rows whose label or code holds the text, with
// what is above them. An empty text shows the tree as it was before. It is
// false where the tree is too large to be looked through at once: FilterMore
// goes on, and until it is done the rows stay as they were.
func (t *Tree) Filter(text string) (done bool) {
	text = strings.ToLower(text)
	if text == "" {
		t.filter = nil
		t.SetCursor(t.cur)
		return true
	}
	f := &filter{text: text, opened: make(map[ID]bool)}
	if old := t.filter; old != nil {
		f.opened, f.rows, f.matches = old.opened, old.rows, old.matches
	}
	t.filter = f
	if len(t.nodes) > filterAtOnce {
		return false
	}
	for !t.FilterMore(len(t.nodes)) {
	}
	return true
}

// FilterMore looks at some more nodes; true once all have been looked at and the
// rows show what was found.
func (t *Tree) FilterMore(count int) (done bool) {
	f := t.filter
	if f == nil || f.done {
		return true
	}
	if int(f.at) < len(t.nodes) {
		t.match(count)
		return false
	}
	t.showMatches()
	t.SetCursor(t.cur)
	return true
}

// Filtering returns the text that is filtered by, in lower case, and how many
// rows match. Done is false while not all nodes have been looked at.
func (t *Tree) Filtering() (text string, matches int, done bool) {
	if t.filter == nil {
		return "", 0, true
	}
	return t.filter.text, t.filter.matches, t.filter.done
}

// Matches reports whether a row itself holds the text that is filtered by.
func (t *Tree) Matches(id ID) bool {
	return t.filter != nil && t.filter.done && t.nodes[id].filter&hit != 0
}

// NextMatch moves the cursor to the next row that matches, or the one before;
// after the last comes the first. False where there is none.
func (t *Tree) NextMatch(back bool) bool {
	rows := t.shown()
	step := 1
	if back {
		step = len(rows) - 1
	}
	for i, at := 0, t.curRow; i < len(rows); i++ {
		at = (at + step) % len(rows)
		if t.Matches(rows[at]) {
			t.cur, t.curRow = rows[at], at
			return true
		}
	}
	return false
}

// Reveal ends the filter and unfolds everything above a node, so that it is
// shown in its place, with the cursor on it.
func (t *Tree) Reveal(id ID) {
	t.filter = nil
	for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
		t.nodes[a].flags |= open
		if t.nodes[a].flags&hidden != 0 {
			t.showHidden = true
		}
	}
	if t.nodes[id].flags&hidden != 0 {
		t.showHidden = true
	}
	t.rebuild()
	t.SetCursor(id)
}

// match looks at the next nodes: in the order of their numbers parents come
// before their children, so that what is above a hit is known already.
func (t *Tree) match(count int) {
	f := t.filter
	ascii := isASCII(f.text)
	end := min(int(f.at)+count, len(t.nodes))
	for id := int(f.at); id < end; id++ {
		n := &t.nodes[id]
		n.filter = 0
		switch n.kind {
		case 0, kindMore, kindSection:
			continue
		}
		text := n.text
		switch n.kind {
		case kindFile, kindFolder:
			text = text[strings.LastIndexByte(text, '/')+1:]
		default:
			text = text[:int(n.label)+int(n.code)]
		}
		if ascii && !containsFold(text, f.text) || !ascii && !strings.Contains(strings.ToLower(text), f.text) {
			continue
		}
		n.filter |= hit
		for a := n.parent; a != 0 && t.nodes[a].filter&above == 0; a = t.nodes[a].parent {
			t.nodes[a].filter |= above
		}
	}
	f.at = ID(end)
}

// rematch shows what was found as the tree is now. Only what came in since is
// looked at: a node keeps its name.
func (t *Tree) rematch() {
	if f := t.filter; f != nil && f.done {
		t.match(len(t.nodes))
		t.showMatches()
	}
}

// showMatches makes the rows of what was found.
func (t *Tree) showMatches() {
	f := t.filter
	f.rows, f.matches, f.done = slices.Grow(f.rows[:0], 1), 0, true // not nil, whatever is found
	t.filterBelow(t.found, false)
	for _, s := range t.sections {
		t.filterBelow(s, false)
	}
}

// filterBelow appends a node and what is below it, as far as it matches or was
// unfolded by hand.
func (t *Tree) filterBelow(id ID, shown bool) {
	n := &t.nodes[id]
	f := t.filter
	if n.flags&hidden != 0 && !t.showHidden || n.filter == 0 && !shown {
		return
	}
	f.rows = append(f.rows, id)
	if n.filter&hit != 0 {
		f.matches++
	}
	n.flags &^= filterOpen
	if n.filter&above != 0 {
		n.flags |= filterOpen
	}
	if n.filter&above == 0 && !f.opened[id] {
		return
	}
	for c := t.below(id).first; c != 0; c = t.nodes[c].next {
		t.filterBelow(c, f.opened[id])
	}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// containsFold is strings.Contains whatever the case of the letters; part is
// ASCII in lower case.
func containsFold(s, part string) bool {
	first := part[0]
	for i := 0; i+len(part) <= len(s); i++ {
		if lower(s[i]) != first {
			continue
		}
		j := 1
		for j < len(part) && lower(s[i+j]) == part[j] {
			j++
		}
		if j == len(part) {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

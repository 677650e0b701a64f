package tree

import "strings"

// Filter shows only the loaded rows whose label or code holds the text, with
// what is above them, and returns how many match. An empty text shows the tree
// as it was before.
func (t *Tree) Filter(text string) int {
	t.filter = strings.ToLower(text)
	if t.filter == "" {
		t.filtered, t.filterOpen, t.matches = nil, nil, 0
		t.SetCursor(t.cur)
		return 0
	}
	if t.filterOpen == nil {
		t.filterOpen = make(map[ID]bool)
	}
	t.refilter()
	t.SetCursor(t.cur)
	return t.matches
}

// Filtering returns the text that is filtered by, in lower case, and how many
// rows match.
func (t *Tree) Filtering() (string, int) { return t.filter, t.matches }

// Reveal ends the filter and unfolds everything above the cursor, so that the
// row that was found is shown in its place.
func (t *Tree) Reveal() {
	id := t.cur
	t.filter, t.filtered, t.filterOpen, t.matches = "", nil, nil, 0
	for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
		t.nodes[a].open = true
	}
	t.rebuild()
	t.SetCursor(id)
}

func (t *Tree) refilter() {
	t.matches = 0
	t.filtered = t.filtered[:0]
	if t.filtered == nil {
		t.filtered = []ID{}
	}
	t.filterBelow(t.found, false)
	for _, s := range t.sections {
		t.filterBelow(s, false)
	}
}

// filterBelow appends a node if it or something below it matches, or if it was
// unfolded by hand. A node is appended before its fate is known and taken back:
// that keeps the walk to one pass.
func (t *Tree) filterBelow(id ID, shown bool) bool {
	n := &t.nodes[id]
	if n.item.Hidden && !t.hidden {
		return false
	}
	at := len(t.filtered)
	t.filtered = append(t.filtered, id)
	hit := n.item.Kind != Section && n.item.Kind != More && strings.Contains(n.low, t.filter)
	if hit {
		t.matches++
	}
	hit = hit || shown
	n.filterOpen = false
	for c := n.first; c != 0; c = t.nodes[c].next {
		if t.filterBelow(c, t.filterOpen[id]) {
			hit, n.filterOpen = true, true
		}
	}
	if !hit {
		t.filtered = t.filtered[:at]
	}
	return hit
}

package tree

import "slices"

// Rows returns the rows to be drawn, from one on and at most count of them.
func (t *Tree) Rows(from, count int) []ID {
	rows := t.shown()
	from = min(max(from, 0), len(rows))
	return rows[from:min(from+max(count, 0), len(rows))]
}

// RowCount is how many rows there are.
func (t *Tree) RowCount() int { return len(t.shown()) }

func (t *Tree) shown() []ID {
	if t.filter != nil && t.filter.rows != nil {
		return t.filter.rows
	}
	return t.rows
}

// rebuild makes the rows anew, for changes that are not local.
func (t *Tree) rebuild() {
	t.rebuildRows()
	t.rematch()
	t.SetCursor(t.cur)
}

// rebuildRows makes those of the unfiltered tree.
func (t *Tree) rebuildRows() {
	t.rows = t.rows[:0]
	if t.below(t.found).first != 0 {
		t.rows = t.appendBelow(append(t.rows, t.found), t.found)
	}
	for _, s := range t.sections {
		at := len(t.rows)
		t.rows = t.appendBelow(append(t.rows, s), s)
		if len(t.rows) == at+1 { // nothing in it
			t.rows = t.rows[:at]
		}
	}
}

// appendBelow appends the rows below an unfolded node.
func (t *Tree) appendBelow(rows []ID, id ID) []ID {
	for c := t.below(id).first; c != 0; c = t.nodes[c].next {
		n := &t.nodes[c]
		if n.flags&hidden != 0 && !t.showHidden {
			continue
		}
		rows = append(rows, c)
		if n.flags&open != 0 && n.branch != 0 {
			rows = t.appendBelow(rows, c)
		}
	}
	return rows
}

// rowOf finds a node among rows; near is where it probably is.
func rowOf(rows []ID, id ID, near int) int {
	if near >= 0 && near < len(rows) && rows[near] == id {
		return near
	}
	return slices.Index(rows, id)
}

// belowEnd is the index after the last row that is below the row at.
func (t *Tree) belowEnd(rows []ID, at int) int {
	d := t.nodes[rows[at]].depth
	end := at + 1
	for end < len(rows) && t.nodes[rows[end]].depth > d {
		end++
	}
	return end
}

// resplice brings the rows below a node up to date after a page came in.
func (t *Tree) resplice(id ID) {
	if at := rowOf(t.rows, id, t.curRow); at >= 0 && t.nodes[id].flags&open != 0 {
		t.spliced = t.appendBelow(t.spliced[:0], id)
		t.rows = slices.Replace(t.rows, at+1, t.belowEnd(t.rows, at), t.spliced...)
	}
	t.rematch()
	t.SetCursor(t.cur)
}

// Unfold shows what is below a node; false if it was unfolded or has nothing.
// The caller loads what is not there.
func (t *Tree) Unfold(id ID) bool {
	if !t.Foldable(id) || t.Open(id) {
		return false
	}
	if n := &t.nodes[id]; n.kind == kindFolder && n.state != Loaded {
		t.fill(id)
		t.nodes[id].state = Loaded
	}
	if t.filter != nil {
		t.filter.opened[id] = true
		t.rematch()
		t.SetCursor(t.cur)
		return true
	}
	t.nodes[id].flags |= open
	t.resplice(id)
	return true
}

// Fold hides what is below a node. What is below stays unfolded in itself.
func (t *Tree) Fold(id ID) bool {
	if t.nodes[id].kind == kindSection || !t.Open(id) {
		return false
	}
	if t.filter != nil {
		if !t.filter.opened[id] {
			return false
		}
		delete(t.filter.opened, id)
		t.rematch()
		t.SetCursor(t.cur)
		return true
	}
	if at := rowOf(t.rows, id, t.curRow); at >= 0 {
		t.rows = slices.Delete(t.rows, at+1, t.belowEnd(t.rows, at))
	}
	t.nodes[id].flags &^= open
	t.SetCursor(t.cur)
	return true
}

// ShowHidden shows or hides the rows that the ELN hides.
func (t *Tree) ShowHidden(show bool) {
	if t.showHidden != show {
		t.showHidden = show
		t.rebuild()
	}
}

// Hidden reports whether hidden rows are shown.
func (t *Tree) Hidden() bool { return t.showHidden }

// Cursor returns the node under the cursor and its row; 0 and -1 in an empty tree.
func (t *Tree) Cursor() (ID, int) {
	rows := t.shown()
	if len(rows) == 0 {
		return 0, -1
	}
	return t.cur, t.curRow
}

// SetCursor puts the cursor on a node, or on the nearest one above it that is shown.
func (t *Tree) SetCursor(id ID) {
	rows := t.shown()
	for a := id; a != 0; a = t.nodes[a].parent {
		if t.nodes[a].kind == kindSection {
			break
		}
		if at := rowOf(rows, a, t.curRow); at >= 0 {
			t.cur, t.curRow = a, at
			return
		}
	}
	t.land(t.curRow, 1)
}

// Move moves the cursor by rows, over the headings.
func (t *Tree) Move(by int) {
	dir := 1
	if by < 0 {
		dir = -1
	}
	t.land(t.curRow+by, dir)
}

// land puts the cursor on a row, or on the nearest that is no heading.
func (t *Tree) land(row, dir int) {
	rows := t.shown()
	if len(rows) == 0 {
		t.curRow = 0
		return
	}
	row = min(max(row, 0), len(rows)-1)
	for _, d := range []int{dir, -dir} {
		for at := row; at >= 0 && at < len(rows); at += d {
			if t.nodes[rows[at]].kind != kindSection {
				t.cur, t.curRow = rows[at], at
				return
			}
		}
	}
	t.cur, t.curRow = rows[row], row
}

// EachChild calls yield for the loaded children of a node, hidden ones only if
// hidden rows are shown.
func (t *Tree) EachChild(id ID, yield func(ID)) {
	for c := t.below(id).first; c != 0; c = t.nodes[c].next {
		if t.nodes[c].flags&hidden == 0 || t.showHidden {
			yield(c)
		}
	}
}

// EachBelow calls yield for everything loaded below a node, the node left out.
func (t *Tree) EachBelow(id ID, yield func(ID)) {
	for c := t.below(id).first; c != 0; c = t.nodes[c].next {
		yield(c)
		t.EachBelow(c, yield)
	}
}

// EachFound calls yield for the answers of a search.
func (t *Tree) EachFound(yield func(ID)) {
	for c := t.below(t.found).first; c != 0; c = t.nodes[c].next {
		yield(c)
	}
}

// IsFound reports whether a row is an answer of a search.
func (t *Tree) IsFound(id ID) bool { return t.nodes[id].parent == t.found }

// RowOf is the row of a node among those that are shown, -1 if it is not.
func (t *Tree) RowOf(id ID) int { return slices.Index(t.shown(), id) }

// Selectable reports whether a row can be selected.
func (t *Tree) Selectable(id ID) bool {
	switch t.nodes[id].kind {
	case kindMore, kindSection, 0:
		return false
	}
	return true
}

// Unsorted reports whether not all children of a node are loaded, so that they
// stand in the server's order.
func (t *Tree) Unsorted(id ID) bool { return t.nodes[id].state != Loaded || t.hasMore(id) }

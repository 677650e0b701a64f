package tree

import "zenobis/openbis"

// AddSpaces puts the spaces below their sections, in the order given but with
// the home space first. Called again it adds the spaces that are new.
func (t *Tree) AddSpaces(items []Item, home string) {
	for pass := range 2 {
		for _, it := range items {
			if (it.Code == home && home != "") != (pass == 0) {
				continue
			}
			if _, ok := t.Find(it.Key); ok {
				continue
			}
			p, hidden := openbis.SectionOf(it.Code)
			it.Hidden = it.Hidden || hidden
			t.place(t.sections[p], it)
		}
	}
	t.settle()
	t.rebuild()
}

// SetFound shows the answers of a search in a section of their own, on top;
// none takes the section away. What was selected there stays selected.
func (t *Tree) SetFound(items []Item) {
	kept := t.chosenBelow(t.found, nil)
	for id := t.below(t.found).first; id != 0; id = t.nodes[id].next {
		t.forget(id)
	}
	for _, it := range kept {
		t.putAside(it)
	}
	b := t.branchOf(t.found)
	b.first, b.last, b.kids, b.inc, b.exc = 0, 0, 0, 0, 0
	for _, it := range items {
		t.place(t.found, it)
	}
	if t.filter != nil {
		t.filter.at = 0 // what was found may be gone: everything is looked at again
	}
	t.settle()
	t.rebuild()
	if first := t.below(t.found).first; first != 0 {
		t.SetCursor(first)
	} else {
		t.SetCursor(t.cur)
	}
}

// forget takes a found node and what was loaded below it out of the lists.
func (t *Tree) forget(id ID) {
	for c := t.below(id).first; c != 0; c = t.nodes[c].next {
		t.forget(c)
	}
	delete(t.above, id)
	k := t.nodes[id].key()
	if !ruled(k.Kind) {
		return
	}
	if r := t.rules[k]; r != nil {
		t.countRule(r, r.first, -1)
		defer func() {
			t.strange[k], r.first = true, t.byKey.get(t, k)
			t.countRule(r, r.first, 1)
		}()
	}
	t.unpair(id)
	t.nodes[id].twin, t.nodes[id].mode, t.nodes[id].kind = 0, 0, 0
}

// HasFound reports whether answers of a search are shown.
func (t *Tree) HasFound() bool { return t.below(t.found).first != 0 }

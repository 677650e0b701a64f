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
	for id := t.nodes[t.found].first; id != 0; id = t.nodes[id].next {
		t.forget(id)
	}
	f := &t.nodes[t.found]
	f.first, f.last, f.kids, f.sub, f.inc, f.exc = 0, 0, 0, count{}, 0, 0
	for _, it := range items {
		t.place(t.found, it)
	}
	t.settle()
	t.rebuild()
	if first := t.nodes[t.found].first; first != 0 {
		t.SetCursor(first)
	} else {
		t.SetCursor(t.cur)
	}
}

// forget takes a found node and what was loaded below it out of the lists.
func (t *Tree) forget(id ID) {
	for c := t.nodes[id].first; c != 0; c = t.nodes[c].next {
		t.forget(c)
	}
	k := t.nodes[id].item.Key
	if !ruled(k.Kind) {
		return
	}
	if r := t.rules[k]; r != nil {
		t.countRule(k, r.mode, -1)
		defer func() { t.countRule(k, r.mode, 1) }()
	}
	if t.byKey[k] == id {
		if next := t.nodes[id].twin; next != 0 {
			t.byKey[k] = next
		} else {
			delete(t.byKey, k)
		}
	} else {
		for a := t.byKey[k]; a != 0; a = t.nodes[a].twin {
			if t.nodes[a].twin == id {
				t.nodes[a].twin = t.nodes[id].twin
				break
			}
		}
	}
	t.nodes[id].twin, t.nodes[id].rule = 0, ""
}

// HasFound reports whether answers of a search are shown.
func (t *Tree) HasFound() bool { return t.nodes[t.found].first != 0 }

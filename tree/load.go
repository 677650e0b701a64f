package tree

import "zenobis/openbis"

// Begin notes that a page of children is being loaded and returns where it
// starts. The generation goes back with the answer. It is false where there is
// nothing to load or a load is under way.
func (t *Tree) Begin(id ID) (gen uint32, at Cursor, ok bool) {
	n := &t.nodes[id]
	if n.item.Kind == More {
		id, n = n.parent, &t.nodes[n.parent]
	}
	if n.state == Loading || n.item.Leaf || n.item.Kind == File || (n.state == Loaded && !t.hasMore(id)) {
		return 0, Cursor{}, false
	}
	n.state, n.err = Loading, ""
	n.gen++
	return n.gen, n.cursor, true
}

// Add puts a page below a node. With more, a row at the end stands for what
// follows at next. Total is how many children there are, -1 if unknown. It is
// false for the answer of a load that was given up.
func (t *Tree) Add(id ID, gen uint32, items []Item, next Cursor, more bool, total int) bool {
	n := &t.nodes[id]
	if n.state != Loading || n.gen != gen {
		return false
	}
	t.dropMore(id)
	for _, it := range items {
		t.place(id, it)
	}
	if more {
		before := t.nodes[id].last
		m := t.attach(id, Item{Key: Key{Kind: More}, Leaf: true})
		t.nodes[m].state, t.nodes[m].twin = Loaded, before
	}
	n = &t.nodes[id]
	n.state, n.cursor, n.total = Loaded, next, total
	t.recount(id)
	t.resplice(id)
	t.settle()
	return true
}

// Fail notes why a load failed.
func (t *Tree) Fail(id ID, gen uint32, why string) bool {
	n := &t.nodes[id]
	if n.state != Loading || n.gen != gen {
		return false
	}
	n.state, n.err = Failed, why
	return true
}

// Cancel gives a load up: its answer will be dropped.
func (t *Tree) Cancel(id ID) {
	n := &t.nodes[id]
	if n.state != Loading {
		return
	}
	n.gen++
	n.state = Unloaded
	if n.first != 0 {
		n.state = Loaded
	}
}

func (t *Tree) hasMore(id ID) bool {
	last := t.nodes[id].last
	return last != 0 && t.nodes[last].item.Kind == More
}

// dropMore takes the row for further pages away; it is always the last child.
func (t *Tree) dropMore(id ID) {
	if !t.hasMore(id) {
		return
	}
	n := &t.nodes[id]
	more := n.last
	prev := t.nodes[more].twin // a row for pages has no twins: it keeps the row before
	if prev == 0 {
		n.first, n.last = 0, 0
	} else {
		t.nodes[prev].next, n.last = 0, prev
	}
	if t.cur == more {
		t.cur = id
		if prev != 0 {
			t.cur = prev
		}
	}
}

// ruled reports whether rules can name a kind. Files are chosen within their
// data set and may be a million: they are in no map.
func ruled(k openbis.Kind) bool { return k != File && k != More && k != Section }

// place attaches a node and takes note of its entity.
func (t *Tree) place(parent ID, it Item) ID {
	id := t.attach(parent, it)
	n := &t.nodes[id]
	if ruled(it.Kind) {
		r := t.rules[it.Key]
		if r != nil {
			t.countRule(it.Key, r.mode, -1) // as it was counted without this node
		}
		if first := t.byKey[it.Key]; first == 0 {
			t.byKey[it.Key] = id
		} else {
			// A found node must not count for the one in its place.
			n.second = parent == t.found || t.real(first) != 0
			n.twin, t.nodes[first].twin = t.nodes[first].twin, id
		}
		if r != nil {
			n.rule = r.mode
			t.countRule(it.Key, r.mode, 1)
		}
		if t.files[it.PermID] != nil && it.Kind == openbis.KindDataSet {
			n.exc++
			t.countBelow(id, 0, 1)
		}
	}
	n.own = t.weigh(id)
	n.sub = n.own
	if parent == t.found {
		return id
	}
	for a := parent; a != 0; a = t.nodes[a].parent {
		t.nodes[a].sub.add(n.own, 1)
	}
	return id
}

// weigh is what a node adds to its ancestors by itself.
func (t *Tree) weigh(id ID) count {
	n := &t.nodes[id]
	if n.second {
		return count{}
	}
	var c count
	switch n.item.Kind {
	case openbis.KindObject:
		c.objects = 1
	case openbis.KindDataSet:
		if n.item.LeftOut != "" {
			c.leftOut = 1
			return c
		}
		c.dataSets = 1
		if n.item.Size >= 0 {
			c.bytes = n.item.Size
		} else {
			c.unsized = 1
		}
		c.files = n.kids
		if n.state != Loaded || t.hasMore(id) {
			c.unlisted = 1
			if n.total > 0 {
				c.files, c.unlisted = n.total, 0
			}
		}
		return c
	}
	if t.isPending(id) {
		c.pending = 1
	}
	return c
}

// isPending reports whether entities below a node may not be loaded.
func (t *Tree) isPending(id ID) bool {
	n := &t.nodes[id]
	switch n.item.Kind {
	case File, More, Section, openbis.KindDataSet:
		return false
	}
	return !n.item.Leaf && (n.kids == 0 && n.state != Loaded || t.hasMore(id))
}

// recount weighs a node again after a page came in.
func (t *Tree) recount(id ID) {
	own := t.weigh(id)
	old := t.nodes[id].own
	if own == old {
		return
	}
	t.nodes[id].own = own
	for a := id; a != 0; a = t.nodes[a].parent {
		if a == t.found {
			break
		}
		t.nodes[a].sub.add(old, -1)
		t.nodes[a].sub.add(own, 1)
	}
}

// real is the first node of an entity that stands in its place, from id on.
func (t *Tree) real(id ID) ID {
	for ; id != 0; id = t.nodes[id].twin {
		if !t.inFound(id) {
			return id
		}
	}
	return 0
}

// inFound reports whether a node is an answer of a search or below one.
func (t *Tree) inFound(id ID) bool {
	for a := id; a != 0; a = t.nodes[a].parent {
		if a == t.found {
			return true
		}
	}
	return false
}

// settle notes that the numbers may have changed.
func (t *Tree) settle() { t.version++ }

package tree

import (
	"zenobis/openbis"
)

// Begin notes that a page of children is being loaded and returns where it
// starts. The generation goes back with the answer. It is false where there is
// nothing to load or a load is under way.
func (t *Tree) Begin(id ID) (gen uint32, at Cursor, ok bool) {
	n := &t.nodes[id]
	if n.kind == kindMore {
		id, n = n.parent, &t.nodes[n.parent]
	}
	if n.state == Loading || n.flags&leaf != 0 || n.kind == kindFile || n.kind == kindFolder || n.state == Loaded && !t.hasMore(id) {
		return 0, Cursor{}, false
	}
	b := t.branchOf(id)
	n.state, b.err = Loading, ""
	b.gen++
	return b.gen, b.cursor, true
}

// Add puts a page below a node. With more, a row at the end stands for what
// follows at next. Total is how many children there are, -1 if unknown. It is
// false for the answer of a load that was given up.
func (t *Tree) Add(id ID, gen uint32, items []Item, next Cursor, more bool, total int) bool {
	if t.nodes[id].state != Loading || t.below(id).gen != gen {
		return false
	}
	t.dropMore(id)
	early := t.below(id).first != 0
	for _, it := range items {
		if early && t.isChild(id, it.Key) {
			continue // it was put there before its page came
		}
		t.place(id, it)
	}
	if more {
		t.addMore(id)
	}
	b := t.branchOf(id)
	t.nodes[id].state, b.cursor, b.total = Loaded, next, int32(total)
	switch {
	case more:
	case b.kids > sortAtOnce && t.Sorted():
		t.late = append(t.late, id)
	default:
		t.sortChildren(id)
	}
	t.recount(id)
	t.resplice(id)
	t.settle()
	return true
}

// isChild reports whether an entity stands below a node already.
func (t *Tree) isChild(parent ID, k Key) bool {
	for id := t.byKey.get(t, k); id != 0; id = t.nodes[id].twin {
		if t.nodes[id].parent == parent {
			return true
		}
	}
	return false
}

// Fail notes why a load failed.
func (t *Tree) Fail(id ID, gen uint32, why string) bool {
	n := &t.nodes[id]
	if n.state != Loading || t.below(id).gen != gen {
		return false
	}
	n.state, t.branchOf(id).err = Failed, why
	return true
}

// Cancel gives a load up: its answer will be dropped.
func (t *Tree) Cancel(id ID) {
	n := &t.nodes[id]
	if n.state != Loading {
		return
	}
	b := t.branchOf(id)
	b.gen++
	n.state = Unloaded
	if b.first != 0 {
		n.state = Loaded
	}
}

// Insert puts an entity below a node before its page has been loaded, as the
// way to something that was asked for by name. The pages that follow do not
// show it twice.
func (t *Tree) Insert(parent ID, it Item) ID {
	for id := t.byKey.get(t, it.Key); id != 0; id = t.nodes[id].twin {
		if t.nodes[id].parent == parent {
			return id
		}
	}
	had := t.hasMore(parent)
	t.dropMore(parent)
	id := t.place(parent, it)
	if n := &t.nodes[parent]; had || n.state != Loaded {
		if n.state == Unloaded {
			n.state = Loaded
		}
		t.addMore(parent)
	}
	t.recount(parent)
	t.resplice(parent)
	t.settle()
	return id
}

func (t *Tree) addMore(id ID) {
	before := t.below(id).last
	m := t.attach(id, Item{Key: Key{Kind: More}, Leaf: true})
	t.nodes[m].state, t.nodes[m].twin = Loaded, before
}

func (t *Tree) hasMore(id ID) bool {
	last := t.below(id).last
	return last != 0 && t.nodes[last].kind == kindMore
}

// dropMore takes the row for further pages away; it is always the last child.
func (t *Tree) dropMore(id ID) {
	if !t.hasMore(id) {
		return
	}
	b := t.branchOf(id)
	more := b.last
	prev := t.nodes[more].twin // a row for pages has no twins: it keeps the row before
	if prev == 0 {
		b.first, b.last = 0, 0
	} else {
		t.nodes[prev].next, b.last = 0, prev
	}
	if t.cur == more {
		t.cur = id
		if prev != 0 {
			t.cur = prev
		}
	}
}

// ruled reports whether rules can name a kind. Files are chosen within their
// data set and may be a million: they are in no index.
func ruled(k openbis.Kind) bool { return k != File && k != Folder && k != More && k != Section }

// place attaches a node and takes note of its entity.
func (t *Tree) place(parent ID, it Item) ID {
	id := t.attach(parent, it)
	if ruled(it.Kind) {
		r := t.rules[it.Key]
		if r != nil {
			t.countRule(r, r.first, -1) // as it was counted without this node
			if it.Above != nil && t.outside(parent) {
				r.above = it.Above
			}
		}
		t.pair(id, t.byKey.get(t, it.Key))
		if r != nil {
			t.nodes[id].mode = modeIndex(r.mode)
			r.first = t.byKey.get(t, it.Key)
			t.countRule(r, r.first, 1)
		}
		if it.Kind == openbis.KindDataSet && t.choices[it.PermID] != nil {
			t.countBelow(id, 0, 1)
		}
	}
	if own := t.own(id); own != (count{}) {
		for a := parent; a != 0; a = t.nodes[a].parent {
			t.branchOf(a).sub.add(own, 1)
		}
	}
	return id
}

// own is what a node adds to its ancestors by itself.
func (t *Tree) own(id ID) count {
	n := &t.nodes[id]
	if n.flags&second != 0 {
		return count{}
	}
	var c count
	switch n.kind {
	case kindObject:
		c.objects = 1
	case kindDataSet:
		if n.why != 0 {
			return count{leftOut: 1}
		}
		c.dataSets, c.bytes = 1, n.size
		if n.size < 0 {
			c.bytes, c.unsized = 0, 1
		}
		l := t.listing[n.permID()]
		if l != nil {
			c.files = int32(len(l.files))
		}
		if (l == nil || !l.complete) && n.flags&leaf == 0 {
			c.unlisted = 1
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
	switch n.kind {
	case kindFile, kindFolder, kindMore, kindSection, kindDataSet, 0:
		return false
	}
	return n.flags&leaf == 0 && (t.below(id).kids == 0 && n.state != Loaded || t.hasMore(id))
}

// recount weighs a node again after something came in below it.
func (t *Tree) recount(id ID) {
	b := t.branchOf(id)
	now, old := t.own(id), b.own
	if now == old {
		return
	}
	b.own = now
	for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
		sub := &t.branchOf(a).sub
		sub.add(old, -1)
		sub.add(now, 1)
	}
}

// inFound reports whether a node does not stand in its place: it is an answer
// of a search, or known only because of a rule on it, or below one of these.
func (t *Tree) inFound(id ID) bool {
	for a := id; a != 0; a = t.nodes[a].parent {
		if t.outside(a) {
			return true
		}
	}
	return false
}

// settle notes that the numbers may have changed.
func (t *Tree) settle() { t.version++ }

// chose notes that the selection changed; the tally knows of it already.
func (t *Tree) chose() {
	if t.counted == t.version {
		t.counted++
	}
	t.version++
}

package tree

import "slices"

// An entity may be shown by several nodes: an object with two parents, an answer
// of a search. They follow each other by twin. The first of them counts for all,
// the others are marked as second. It stands in its place, as soon as one does.

// pair puts a new node among those of the same entity, of which first is the
// first, 0 if there is none.
func (t *Tree) pair(id, first ID) {
	switch {
	case first == 0:
		t.byKey.set(t, id)
	case t.real(first) != 0 || t.inFound(id):
		if t.nodes[first].twin == 0 {
			t.twins = append(t.twins, first)
		}
		t.nodes[id].flags |= second
		t.nodes[id].twin, t.nodes[first].twin = t.nodes[first].twin, id
	default:
		t.nodes[id].twin = first
		t.lead(id, first)
		t.countAs(first, second)
	}
}

// unpair takes a node out from those of its entity.
func (t *Tree) unpair(id ID) {
	n := &t.nodes[id]
	first := t.byKey.get(t, n.key())
	if first == id {
		if n.twin != 0 {
			t.lead(n.twin, id)
			t.countAs(n.twin, 0)
		}
		first = n.twin
	} else {
		before := first
		for t.nodes[before].twin != id {
			before = t.nodes[before].twin
		}
		t.nodes[before].twin = n.twin
	}
	if t.nodes[first].twin == 0 {
		t.twins = slices.DeleteFunc(t.twins, func(tw ID) bool { return tw == first })
	}
}

// lead makes a node the first of its entity in the place of another one.
func (t *Tree) lead(id, before ID) {
	t.byKey.set(t, id)
	if at := slices.Index(t.twins, before); at >= 0 {
		t.twins[at] = id
	} else {
		t.twins = append(t.twins, id)
	}
}

// countAs says whether a node counts; flag is second or 0.
func (t *Tree) countAs(id ID, flag uint8) {
	t.branchOf(id) // what it counted for until now
	t.nodes[id].flags = t.nodes[id].flags&^second | flag
	t.recount(id)
}

// real is the first node of an entity if it stands in its place, else 0.
func (t *Tree) real(first ID) ID {
	if t.inFound(first) {
		return 0
	}
	return first
}

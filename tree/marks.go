package tree

import (
	"iter"
	"slices"

	"zenobis/selection"
)

// Mark is how an entity stands to the selection. It is the same wherever the
// entity is shown: in its places in the tree, in the filter, in search results.
type Mark uint8

// The marks.
const (
	None     Mark = iota // never chosen
	Self                 // only this
	Partly               // part of it
	Full                 // it with everything below
	Excluded             // taken out of something that is selected
)

// modes by their index in a node.
var modes = [...]selection.Mode{"", selection.All, selection.Only, selection.Exclude}

func modeIndex(m selection.Mode) uint8 { return uint8(max(slices.Index(modes[:], m), 0)) }

// Mark returns a node's mark in time proportional to its depth.
func (t *Tree) Mark(id ID) Mark {
	n := &t.nodes[id]
	switch n.kind {
	case kindSection, kindMore, 0:
		return None
	case kindFile, kindFolder:
		return t.fileMark(id)
	}
	b := t.below(id)
	inc, exc := b.inc, b.exc
	h := t.hintOf(n)
	inc, exc = inc+h.inc, exc+h.exc
	inc += t.lentTo(id)
	whole := Full
	if exc > 0 || n.kind == kindDataSet && t.choices[n.permID()] != nil {
		whole = Partly
	}
	above := t.coveredAbove(id)
	self, below := modes[n.mode].Over(above)
	switch {
	case below, self && n.kind == kindDataSet: // of a data set there is nothing below it to leave out
		return whole
	case inc > 0:
		return Partly
	case self:
		return Self
	case modes[n.mode] == selection.Exclude && above, modes[n.mode] == "" && t.excludedAbove(id):
		return Excluded
	}
	return None
}

// lentTo counts the entities below a node that are taken only because of
// another place at which they stand.
func (t *Tree) lentTo(id ID) int32 {
	if len(t.twins) == 0 || len(t.rules) == 0 {
		return 0
	}
	if t.lents != t.version {
		t.lent, t.lents = make(map[ID]int32), t.version
		for _, first := range t.twins {
			if !t.selected(first) {
				continue
			}
			for tw := first; tw != 0; tw = t.nodes[tw].twin {
				if t.nodes[tw].mode != 0 || t.inFound(tw) || t.coveredHere(tw) {
					continue
				}
				for a := t.nodes[tw].parent; a != 0; a = t.nodes[a].parent {
					t.lent[a]++
				}
			}
		}
	}
	return t.lent[id]
}

// From returns the node whose rule decides about an entity: itself, or one
// above it. 0 where none does, or where it is not loaded.
func (t *Tree) From(id ID) ID {
	for a := id; a != 0; a, _ = t.holder(a) {
		if m := modes[t.nodes[a].mode]; m != "" && (a == id || m != selection.Only) {
			return a
		}
	}
	return 0
}

// selected reports whether an entity itself belongs to the selection.
func (t *Tree) selected(id ID) bool {
	self, _ := modes[t.nodes[id].mode].Over(t.coveredAbove(id))
	return self
}

// covered reports whether what is below an entity belongs to the selection, by
// the rule on it or above it.
func (t *Tree) covered(id ID) bool {
	_, below := modes[t.nodes[id].mode].Over(t.coveredAbove(id))
	return below
}

// coveredAbove reports whether a rule above an entity takes it, at whichever of
// its places: an object with two parents belongs to both.
func (t *Tree) coveredAbove(id ID) bool {
	if len(t.rules) == 0 {
		return false
	}
	if t.coveredHere(id) {
		return true
	}
	if n := &t.nodes[id]; n.kind == kindMore || n.twin == 0 && n.flags&second == 0 {
		return false
	}
	for tw := t.byKey.get(t, t.nodes[id].key()); tw != 0; tw = t.nodes[tw].twin {
		if tw != id && t.coveredHere(tw) {
			return true
		}
	}
	return false
}

// coveredHere is coveredAbove at one place; what holds the place may be covered
// at another one.
func (t *Tree) coveredHere(id ID) bool {
	up, keys := t.holder(id)
	if up == 0 {
		return selection.Nearest("", t.modesOf(keys))
	}
	switch m := modes[t.nodes[up].mode]; m {
	case selection.All, selection.Exclude:
		_, below := m.Over(false)
		return below
	default:
		_, below := m.Over(t.coveredAbove(up))
		return below
	}
}

// coveredAt is coveredAbove along one place and nothing else.
func (t *Tree) coveredAt(id ID) bool { return selection.Nearest("", t.rulesAbove(id)) }

// excludedAbove reports whether what holds an entity, at one of its places, was
// taken out of something that is selected.
func (t *Tree) excludedAbove(id ID) bool {
	if len(t.rules) < 2 {
		return false
	}
	if n := &t.nodes[id]; n.twin == 0 && n.flags&second == 0 {
		return selection.TakenOut(t.rulesAbove(id))
	}
	for tw := t.byKey.get(t, t.nodes[id].key()); tw != 0; tw = t.nodes[tw].twin {
		if selection.TakenOut(t.rulesAbove(tw)) {
			return true
		}
	}
	return false
}

// holder is the node that holds another one. What is outside of its place
// stands for that where it is loaded; where not, the keys above it are known.
func (t *Tree) holder(id ID) (ID, []Key) {
	n := &t.nodes[id]
	if !t.outside(n.parent) {
		return n.parent, nil
	}
	if real := t.real(t.byKey.get(t, n.key())); real != 0 {
		return t.nodes[real].parent, nil
	}
	return 0, t.above[id]
}

// rulesAbove yields the rules on what holds a node, nearest first.
func (t *Tree) rulesAbove(id ID) iter.Seq[selection.Mode] {
	return func(yield func(selection.Mode) bool) {
		for {
			up, keys := t.holder(id)
			if up == 0 {
				t.modesOf(keys)(yield)
				return
			}
			if !yield(modes[t.nodes[up].mode]) {
				return
			}
			id = up
		}
	}
}

// modesOf yields the rules on entities of which only the keys are known, and
// from the first that is loaded on those of its place.
func (t *Tree) modesOf(keys []Key) iter.Seq[selection.Mode] {
	return func(yield func(selection.Mode) bool) {
		for _, k := range keys {
			if real := t.real(t.byKey.get(t, k)); real != 0 {
				for a := real; a != 0; a = t.nodes[a].parent {
					if !yield(modes[t.nodes[a].mode]) {
						return
					}
				}
				return
			}
			if r := t.rules[k]; r != nil && !yield(r.mode) {
				return
			}
		}
	}
}

// Takes reports whether an entity itself belongs to the selection.
func (t *Tree) Takes(id ID) bool { return t.selected(id) }

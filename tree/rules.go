package tree

import (
	"cmp"
	"iter"
	"slices"

	"zenobis/openbis"
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

type rule struct {
	mode  selection.Mode
	label string
	above []Key // where no node of the entity stands in its place
	seq   int
}

// hint counts rules whose entities are known to be below one but not loaded there.
type hint struct{ inc, exc int32 }

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
	if t.lent == nil || t.lents != t.version {
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
		return t.excludedHere(id)
	}
	for tw := t.byKey.get(t, t.nodes[id].key()); tw != 0; tw = t.nodes[tw].twin {
		if t.excludedHere(tw) {
			return true
		}
	}
	return false
}

func (t *Tree) excludedHere(id ID) bool {
	out := false
	for m := range t.rulesAbove(id) {
		switch {
		case m == selection.Exclude:
			out = true
		case m == selection.All:
			return out
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

// Toggle selects a node with everything below it, loaded or not, or takes it
// away again: a marked node loses its mark, below another marked one it becomes
// an exclusion, anything else becomes fully marked. It is false where a file
// can't be taken out (see ToggleFile).
func (t *Tree) Toggle(id ID) bool {
	n := &t.nodes[id]
	switch n.kind {
	case kindSection, kindMore, 0:
		return true
	}
	t.remember()
	if n.kind == kindFile || n.kind == kindFolder {
		return t.toggleFile(id)
	}
	t.setWhole(id, t.Mark(id) != Full)
	return true
}

// Take selects a node with everything below it, or takes it away, whatever it
// was before.
func (t *Tree) Take(id ID, take bool) {
	n := &t.nodes[id]
	switch n.kind {
	case kindSection, kindMore, 0:
	case kindFile, kindFolder:
		if (t.fileMark(id) == Full) != take {
			t.toggleFile(id)
		}
	default:
		if (t.Mark(id) == Full) != take {
			t.setWhole(id, take)
		}
	}
}

// TakeAll takes nodes with everything below them, or takes them away, as one
// change that can be taken back.
func (t *Tree) TakeAll(ids []ID, take bool) {
	t.remember()
	t.TakeMore(ids, take)
}

// TakeMore is TakeAll as a part of the change before.
func (t *Tree) TakeMore(ids []ID, take bool) {
	for _, id := range ids {
		t.Take(id, take)
	}
}

// setWhole takes an entity with everything below it, or none of it.
func (t *Tree) setWhole(id ID, take bool) {
	above := t.coveredAbove(id)
	t.clearBelow(id)
	switch {
	case take == above:
		t.set(id, "")
	case take:
		t.set(id, selection.All)
	default:
		t.set(id, selection.Exclude)
	}
}

// ToggleOnly selects the entity alone. It is false, and nothing happens, where
// a mark above takes the entity already.
func (t *Tree) ToggleOnly(id ID) bool {
	n := &t.nodes[id]
	switch {
	case !ruled(kinds[n.kind]):
		return false
	case modes[n.mode] == selection.Only:
		t.remember()
		t.set(id, "")
		return true
	case t.coveredAbove(id):
		return false
	}
	t.remember()
	if n.mode != 0 {
		t.clearBelow(id)
	}
	t.set(id, selection.Only)
	return true
}

// Clear takes every mark away.
func (t *Tree) Clear() {
	t.remember()
	t.clear()
}

func (t *Tree) clear() {
	for k := range t.rules {
		t.setKey(k, "", "", nil)
	}
	for ds := range t.choices {
		t.dropFiles(ds)
	}
	t.settle()
}

// Drop takes one rule of the selection away.
func (t *Tree) Drop(k Key) {
	t.remember()
	if k.Kind == openbis.KindDataSet {
		t.dropFiles(k.PermID)
	}
	t.setKey(k, "", "", nil)
	t.settle()
}

func (t *Tree) set(id ID, m selection.Mode) {
	it := t.Item(id)
	t.setKey(it.Key, m, cmp.Or(it.Identifier, it.Label), t.keysAbove(id))
	t.settle()
}

// setKey changes the rule of an entity; "" takes it away.
func (t *Tree) setKey(k Key, m selection.Mode, label string, above []Key) {
	if old := t.rules[k]; old != nil {
		t.countRule(k, old.mode, -1)
		delete(t.rules, k)
	}
	if m != "" {
		t.seq++
		if above == nil {
			above = aboveOf(k, label)
		}
		t.rules[k] = &rule{mode: m, label: label, above: above, seq: t.seq}
		t.countRule(k, m, 1)
	}
	for id := t.byKey.get(t, k); id != 0; id = t.nodes[id].twin {
		t.nodes[id].mode = modeIndex(m)
	}
	if k.Kind == openbis.KindDataSet && m == selection.Exclude {
		t.dropFiles(k.PermID)
	}
}

// countRule notes a rule with everything above its entity, wherever it is shown.
func (t *Tree) countRule(k Key, m selection.Mode, sign int32) {
	inc, exc := sign, int32(0)
	if m == selection.Exclude {
		inc, exc = 0, sign
	}
	placed := false
	for id := t.byKey.get(t, k); id != 0; id = t.nodes[id].twin {
		t.countBelow(id, inc, exc)
		placed = placed || !t.inFound(id)
	}
	if placed {
		return
	}
	for _, a := range t.rules[k].above {
		h := t.hints[a]
		if h == nil {
			h = &hint{}
			t.hints[a] = h
		}
		h.inc, h.exc = h.inc+inc, h.exc+exc
		if *h == (hint{}) {
			delete(t.hints, a)
		}
	}
}

func (t *Tree) countBelow(id ID, inc, exc int32) {
	for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
		b := t.branchOf(a)
		b.inc += inc
		b.exc += exc
	}
}

// clearBelow drops the rules of everything below a node, and the choice of
// files of the node itself.
func (t *Tree) clearBelow(id ID) {
	key := t.nodes[id].key()
	if key.Kind == openbis.KindDataSet {
		t.dropFiles(key.PermID)
		return
	}
	nothing := true
	for tw := t.byKey.get(t, key); tw != 0; tw = t.nodes[tw].twin {
		b := t.below(tw)
		nothing = nothing && b.inc == 0 && b.exc == 0
	}
	if nothing && t.hintOf(&t.nodes[id]) == (hint{}) {
		return
	}
	for k, r := range t.rules {
		if k != key && (t.isBelow(k, r.above, key) || slices.Contains(r.above, t.nodes[id].pathKey())) {
			t.setKey(k, "", "", nil)
		}
	}
	for ds := range t.choices {
		if t.isBelow(Key{Kind: openbis.KindDataSet, PermID: ds}, nil, key) {
			t.dropFiles(ds)
		}
	}
}

// isBelow reports whether an entity stands below another one, as far as is known.
func (t *Tree) isBelow(k Key, above []Key, top Key) bool {
	for id := t.byKey.get(t, k); id != 0; id = t.nodes[id].twin {
		for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
			if n := &t.nodes[a]; kinds[n.kind] == top.Kind && n.permID() == top.PermID {
				return true
			}
		}
	}
	return slices.Contains(above, top)
}

// Rules returns the selection in the order in which it was made.
func (t *Tree) Rules() []selection.Rule {
	type numbered struct {
		selection.Rule
		seq int
	}
	all := make([]numbered, 0, len(t.rules))
	for k, r := range t.rules {
		all = append(all, numbered{selection.Rule{Mode: r.mode, Kind: k.Kind, PermID: k.PermID, Label: r.label}, r.seq})
	}
	slices.SortFunc(all, func(a, b numbered) int { return cmp.Compare(a.seq, b.seq) })
	out := make([]selection.Rule, len(all))
	for i, r := range all {
		out[i] = r.Rule
	}
	return out
}

// Selection is what was chosen, in the form that is kept and resolved.
func (t *Tree) Selection() selection.Selection {
	return selection.Selection{Rules: t.Rules(), Files: t.fileRules()}
}

// Restore replaces the selection, loaded or not.
func (t *Tree) Restore(s selection.Selection) {
	t.remember()
	t.restore(s)
}

func (t *Tree) restore(s selection.Selection) {
	above := make(map[Key][]Key, len(t.rules))
	for k, r := range t.rules {
		above[k] = r.above
	}
	t.clear()
	for _, r := range s.Rules {
		k := Key{Kind: r.Kind, PermID: r.PermID}
		t.setKey(k, r.Mode, r.Label, above[k])
	}
	for _, f := range s.Files {
		t.addGlob(f.DataSet, f.Glob)
	}
	t.settle()
}

// undoMost is how many changes of the selection can be taken back.
const undoMost = 100

// remember keeps the selection as it is, to come back to it.
func (t *Tree) remember() {
	if len(t.undone) == undoMost {
		t.undone = slices.Delete(t.undone, 0, 1)
	}
	t.undone = append(t.undone, t.Selection())
}

// Undo takes the last change of the selection back; false if there is none.
func (t *Tree) Undo() bool {
	now := t.Selection()
	for len(t.undone) > 0 {
		last := t.undone[len(t.undone)-1]
		t.undone = t.undone[:len(t.undone)-1]
		if !slices.Equal(last.Rules, now.Rules) || !slices.Equal(last.Files, now.Files) {
			t.restore(last)
			return true
		}
	}
	return false
}

// Empty reports whether nothing is selected.
func (t *Tree) Empty() bool {
	for _, r := range t.rules {
		if r.mode != selection.Exclude {
			return false
		}
	}
	return true
}

// Takes reports whether an entity itself belongs to the selection.
func (t *Tree) Takes(id ID) bool { return t.selected(id) }

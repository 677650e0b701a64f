package tree

import (
	"cmp"
	"slices"

	"zenobis/openbis"
	"zenobis/selection"
)

type rule struct {
	key   Key
	mode  selection.Mode
	label string
	above []Key // where no node of the entity stands in its place
	seq   int
	first ID   // node of its entity, 0 where that is not loaded
	dead  bool // taken away; still in the list
}

// hint counts rules whose entities are known to be below one but not loaded there.
type hint struct{ inc, exc int32 }

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
	return t.take(id, t.Mark(id) != Full)
}

func (t *Tree) take(id ID, take bool) bool {
	switch t.nodes[id].kind {
	case kindFile, kindFolder:
		return t.takeFile(id, take)
	}
	t.setWhole(id, take)
	return true
}

// Take selects a node with everything below it, or takes it away, whatever it
// was before. It is false where Toggle is.
func (t *Tree) Take(id ID, take bool) bool {
	switch m := t.Mark(id); {
	case !t.Selectable(id), take && m == Full, !take && (m == None || m == Excluded):
		return true
	}
	return t.take(id, take)
}

// TakeAll takes nodes with everything below them, or takes them away, as one
// change that can be taken back. It is false where one of them could not be.
func (t *Tree) TakeAll(ids []ID, take bool) bool {
	t.remember()
	return t.TakeMore(ids, take)
}

// TakeMore is TakeAll as a part of the change before.
func (t *Tree) TakeMore(ids []ID, take bool) bool {
	if len(ids) > countAnew {
		t.stale = true
	}
	all := true
	for _, id := range ids {
		all = t.Take(id, take) && all
	}
	return all
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
	t.stale = true
	for k := range t.rules {
		t.setRule(k, nil)
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
	t.setRule(k, nil)
	t.chose()
}

func (t *Tree) set(id ID, m selection.Mode) {
	n := &t.nodes[id]
	t.setKey(n.key(), m, cmp.Or(n.identifier(), n.labelText()), t.keysAbove(id))
	t.chose()
}

// setKey changes the rule of an entity; "" takes it away.
func (t *Tree) setKey(k Key, m selection.Mode, label string, above []Key) {
	var r *rule
	if m != "" {
		t.seq++
		r = &rule{key: k, mode: m, label: label, above: above, seq: t.seq}
	}
	t.setRule(k, r)
}

// setRule puts a rule in the place of that of an entity; nil is none.
func (t *Tree) setRule(k Key, r *rule) {
	old := t.rules[k]
	if old == nil && r == nil {
		return
	}
	t.note(step{key: k, rule: old})
	first := t.byKey.get(t, k)
	counted := t.uncount(k, old, first)
	if old != nil {
		t.countRule(old, first, -1)
		old.dead = true
		t.dead++
		delete(t.rules, k)
		delete(t.strange, k)
	}
	var mode uint8
	if r != nil {
		if r.dead { // one that comes back: the dead one is still in the list
			back := *r
			back.dead = false
			r = &back
		}
		if n := len(t.ordered); n > 0 && t.ordered[n-1].seq > r.seq {
			t.disorder = true
		}
		r.first = first
		t.ordered = append(t.ordered, r)
		t.rules[k] = r
		if first == 0 {
			t.strange[k] = true
		}
		t.countRule(r, first, 1)
		mode = modeIndex(r.mode)
	}
	for id := first; id != 0; id = t.nodes[id].twin {
		t.nodes[id].mode = mode
	}
	if counted {
		t.countIn(r)
	}
}

// inOrder are the rules in the order in which they were made.
func (t *Tree) inOrder() []*rule {
	if t.dead > 0 {
		t.ordered = slices.DeleteFunc(t.ordered, func(r *rule) bool { return r.dead })
		t.dead = 0
	}
	if t.disorder {
		slices.SortFunc(t.ordered, func(a, b *rule) int { return cmp.Compare(a.seq, b.seq) })
		t.disorder = false
	}
	return t.ordered
}

// countRule notes a rule with everything above its entity, wherever it is shown.
func (t *Tree) countRule(r *rule, first ID, sign int32) {
	inc, exc := sign, int32(0)
	if r.mode == selection.Exclude {
		inc, exc = 0, sign
	}
	placed := false
	for id := first; id != 0; id = t.nodes[id].twin {
		t.countBelow(id, inc, exc)
		placed = placed || !t.inFound(id)
	}
	if placed {
		return
	}
	if r.above == nil {
		r.above = aboveOf(r.key, r.label)
	}
	for _, a := range r.above {
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
			t.setRule(k, nil)
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
	all := t.inOrder()
	out := make([]selection.Rule, len(all))
	for i, r := range all {
		out[i] = r.words()
	}
	return out
}

// RuleCount is how many rules the selection has, those that take something out
// among them.
func (t *Tree) RuleCount() int { return len(t.rules) }

// RuleAt is one of Rules.
func (t *Tree) RuleAt(i int) selection.Rule { return t.inOrder()[i].words() }

func (r *rule) words() selection.Rule {
	return selection.Rule{Mode: r.mode, Kind: r.key.Kind, PermID: r.key.PermID, Label: r.label}
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
		holders := above[k]
		if id, ok := t.Find(k); ok {
			holders = t.keysAbove(id) // more than the label tells
		}
		t.setKey(k, r.Mode, r.Label, holders)
	}
	for _, f := range s.Files {
		t.addGlob(f.DataSet, f.Glob)
	}
	t.settle()
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

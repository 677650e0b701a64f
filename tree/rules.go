package tree

import (
	"cmp"
	"slices"

	"zenobis/openbis"
	"zenobis/selection"
)

type rule struct {
	mode  selection.Mode
	label string
	above []Key // where no node of the entity stands in its place
	seq   int
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

package tree

import (
	"cmp"
	"slices"
)

// Mode is what a rule says of an entity. The nearest rule above an entity that
// is not Only decides whether it belongs to the selection.
type Mode string

// The modes.
const (
	All     Mode = "all"     // it and everything below, at export time
	Only    Mode = "only"    // itself; says nothing about what is below
	Exclude Mode = "exclude" // neither it nor anything below
)

// Rule is one rule of a selection.
type Rule struct {
	Mode   Mode
	Kind   Kind
	PermID string
	Label  string
}

// FileRule says that of a data set only one file of several is wanted.
type FileRule struct {
	DataSet string
	Path    string
}

// Mark is how a node stands to the selection.
type Mark uint8

// The marks.
const (
	None   Mark = iota // ☐
	Self               // ◉ only this
	Partly             // ▣ part of it
	Full               // ☑ all below
)

type rule struct {
	mode  Mode
	label string
	above []Key // where no node of the entity stands in its place
	seq   int
}

// hint counts rules whose entities are known to be below one but not loaded there.
type hint struct{ inc, exc int }

// Mark returns a node's mark in time proportional to its depth.
func (t *Tree) Mark(id ID) Mark {
	n := &t.nodes[id]
	switch n.item.Kind {
	case Section, More:
		return None
	case File:
		ds := t.nodes[n.parent].item.PermID
		if set := t.files[ds]; set != nil {
			if _, ok := set[n.item.PermID]; !ok {
				return None
			}
		}
		if t.selected(n.parent) {
			return Full
		}
		return None
	}
	inc, exc := n.inc, n.exc
	if h := t.hints[n.item.Key]; h != nil {
		inc, exc = inc+h.inc, exc+h.exc
	}
	switch {
	case t.covered(id):
		if exc > 0 {
			return Partly
		}
		return Full
	case n.rule == Only && n.item.Kind == DataSet:
		if exc > 0 {
			return Partly
		}
		return Full
	case inc > 0:
		return Partly
	case n.rule == Only:
		return Self
	}
	return None
}

// selected reports whether an entity itself belongs to the selection.
func (t *Tree) selected(id ID) bool { return t.nodes[id].rule == Only || t.covered(id) }

// covered reports whether the nearest deciding rule, at a node or above, takes it.
func (t *Tree) covered(id ID) bool {
	for a := id; a != 0; a = t.nodes[a].parent {
		n := &t.nodes[a]
		switch n.rule {
		case All:
			return true
		case Exclude:
			return false
		}
		if n.parent == t.found {
			if real := t.real(t.byKey[n.item.Key]); real != 0 {
				return t.covered(t.nodes[real].parent)
			}
			return t.coveredBy(n.item.Above)
		}
	}
	return false
}

// coveredBy is covered for an entity of which only the keys above are known.
func (t *Tree) coveredBy(above []Key) bool {
	for _, k := range above {
		if real := t.real(t.byKey[k]); real != 0 {
			return t.covered(real)
		}
		if r := t.rules[k]; r != nil && r.mode != Only {
			return r.mode == All
		}
	}
	return false
}

// coveredAbove leaves a node's own rule out.
func (t *Tree) coveredAbove(id ID) bool {
	n := &t.nodes[id]
	own := n.rule
	n.rule = ""
	covered := t.covered(id)
	n.rule = own
	return covered
}

// Toggle selects a node with everything below it, loaded or not, or takes it
// away again: a marked node loses its mark, below another marked one it becomes
// an exclusion, anything else becomes fully marked.
func (t *Tree) Toggle(id ID) {
	n := &t.nodes[id]
	switch n.item.Kind {
	case Section, More:
		return
	case File:
		return // see ToggleFile
	}
	m := t.Mark(id)
	above := t.coveredAbove(id)
	t.clearBelow(id)
	switch {
	case m == Full && above:
		t.set(id, Exclude)
	case m == Full, above:
		t.set(id, "")
	default:
		t.set(id, All)
	}
}

// ToggleOnly selects the entity alone. It is false, and nothing happens, where
// a mark above takes the entity already.
func (t *Tree) ToggleOnly(id ID) bool {
	n := &t.nodes[id]
	switch {
	case !ruled(n.item.Kind):
		return false
	case n.rule == Only:
		t.set(id, "")
		return true
	case t.coveredAbove(id):
		return false
	}
	if n.rule != "" {
		t.clearBelow(id)
	}
	t.set(id, Only)
	return true
}

// Clear takes every mark away.
func (t *Tree) Clear() {
	for k := range t.rules {
		t.setKey(k, "", "", nil)
	}
	for ds := range t.files {
		t.dropFiles(ds)
	}
	t.settle()
}

func (t *Tree) set(id ID, m Mode) {
	it := &t.nodes[id].item
	var above []Key
	if t.inFound(id) {
		above = it.Above
		if t.nodes[id].parent != t.found {
			for a := t.nodes[id].parent; a != t.found; a = t.nodes[a].parent {
				above = append(above, t.nodes[a].item.Key)
				if t.nodes[a].parent == t.found {
					above = append(above, t.nodes[a].item.Above...)
				}
			}
		}
	}
	label := it.Identifier
	if label == "" {
		label = it.Label
	}
	t.setKey(it.Key, m, label, above)
	t.settle()
}

// setKey changes the rule of an entity; "" takes it away.
func (t *Tree) setKey(k Key, m Mode, label string, above []Key) {
	if old := t.rules[k]; old != nil {
		t.countRule(k, old.mode, -1)
		delete(t.rules, k)
	}
	if m != "" {
		t.seq++
		t.rules[k] = &rule{mode: m, label: label, above: above, seq: t.seq}
		t.countRule(k, m, 1)
	}
	for id := t.byKey[k]; id != 0; id = t.nodes[id].twin {
		t.nodes[id].rule = m
	}
	if k.Kind == DataSet && t.files[k.PermID] != nil && m == Exclude {
		t.dropFiles(k.PermID)
	}
}

// countRule notes a rule with everything above its entity, wherever it is shown.
func (t *Tree) countRule(k Key, m Mode, sign int) {
	inc, exc := sign, 0
	if m == Exclude {
		inc, exc = 0, sign
	}
	placed := false
	for id := t.byKey[k]; id != 0; id = t.nodes[id].twin {
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

func (t *Tree) countBelow(id ID, inc, exc int) {
	for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
		t.nodes[a].inc += inc
		t.nodes[a].exc += exc
	}
}

// clearBelow drops the rules of everything below a node, and the choice of
// files of the node itself.
func (t *Tree) clearBelow(id ID) {
	n := &t.nodes[id]
	key := n.item.Key
	if key.Kind == DataSet {
		t.dropFiles(key.PermID)
		return
	}
	if n.inc == 0 && n.exc == 0 && t.hints[key] == nil {
		return
	}
	for k, r := range t.rules {
		if k != key && t.below(k, r.above, key) {
			t.setKey(k, "", "", nil)
		}
	}
	for ds := range t.files {
		if t.below(Key{DataSet, ds}, nil, key) {
			t.dropFiles(ds)
		}
	}
}

// below reports whether an entity stands below another one, as far as is known.
func (t *Tree) below(k Key, above []Key, top Key) bool {
	for id := t.byKey[k]; id != 0; id = t.nodes[id].twin {
		for a := t.nodes[id].parent; a != 0; a = t.nodes[a].parent {
			if t.nodes[a].item.Key == top {
				return true
			}
		}
	}
	return slices.Contains(above, top)
}

// Rules returns the selection in the order in which it was made.
func (t *Tree) Rules() []Rule {
	type numbered struct {
		Rule
		seq int
	}
	all := make([]numbered, 0, len(t.rules))
	for k, r := range t.rules {
		all = append(all, numbered{Rule{r.mode, k.Kind, k.PermID, r.label}, r.seq})
	}
	slices.SortFunc(all, func(a, b numbered) int { return cmp.Compare(a.seq, b.seq) })
	out := make([]Rule, len(all))
	for i, r := range all {
		out[i] = r.Rule
	}
	return out
}

// Restore replaces the selection, loaded or not.
func (t *Tree) Restore(rules []Rule, files []FileRule) {
	t.Clear()
	for _, r := range rules {
		t.setKey(Key{r.Kind, r.PermID}, r.Mode, r.Label, nil)
	}
	for _, f := range files {
		t.addFile(f.DataSet, f.Path, -1)
	}
	t.settle()
}

// Empty reports whether nothing is selected.
func (t *Tree) Empty() bool {
	for _, r := range t.rules {
		if r.mode != Exclude {
			return false
		}
	}
	return true
}

package tree

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"zenobis/openbis"
	"zenobis/selection"
)

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
	mode  selection.Mode
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
	case n.rule == selection.Only && n.item.Kind == openbis.KindDataSet:
		if exc > 0 {
			return Partly
		}
		return Full
	case inc > 0:
		return Partly
	case n.rule == selection.Only:
		return Self
	}
	return None
}

// selected reports whether an entity itself belongs to the selection.
func (t *Tree) selected(id ID) bool {
	n := &t.nodes[id]
	return selection.Nearest(n.rule, t.rulesFrom(id))
}

// covered reports whether the nearest deciding rule, at a node or above, takes
// what is below it.
func (t *Tree) covered(id ID) bool { return selection.Nearest("", t.rulesFrom(id)) }

// rulesFrom yields the rules on a node and on what holds it, nearest first. A
// found item stands in its place in the tree where that is loaded.
func (t *Tree) rulesFrom(id ID) iter.Seq[selection.Mode] {
	return func(yield func(selection.Mode) bool) {
		for a := id; a != 0; {
			n := &t.nodes[a]
			if !yield(n.rule) {
				return
			}
			if n.parent != t.found || n.parent == 0 {
				a = n.parent
				continue
			}
			if real := t.real(t.byKey[n.item.Key]); real != 0 {
				a = t.nodes[real].parent
				continue
			}
			a = 0
			for _, k := range n.item.Above {
				if real := t.real(t.byKey[k]); real != 0 {
					a = real
					break
				}
				if r := t.rules[k]; r != nil && !yield(r.mode) {
					return
				}
			}
		}
	}
}

// coveredAbove leaves a node's own rule out.
func (t *Tree) coveredAbove(id ID) bool {
	own := true
	return selection.Nearest("", func(yield func(selection.Mode) bool) {
		for m := range t.rulesFrom(id) {
			if !own && !yield(m) {
				return
			}
			own = false
		}
	})
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
		t.set(id, selection.Exclude)
	case m == Full, above:
		t.set(id, "")
	default:
		t.set(id, selection.All)
	}
}

// ToggleOnly selects the entity alone. It is false, and nothing happens, where
// a mark above takes the entity already.
func (t *Tree) ToggleOnly(id ID) bool {
	n := &t.nodes[id]
	switch {
	case !ruled(n.item.Kind):
		return false
	case n.rule == selection.Only:
		t.set(id, "")
		return true
	case t.coveredAbove(id):
		return false
	}
	if n.rule != "" {
		t.clearBelow(id)
	}
	t.set(id, selection.Only)
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

func (t *Tree) set(id ID, m selection.Mode) {
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
func (t *Tree) setKey(k Key, m selection.Mode, label string, above []Key) {
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
	if k.Kind == openbis.KindDataSet && t.files[k.PermID] != nil && m == selection.Exclude {
		t.dropFiles(k.PermID)
	}
}

// countRule notes a rule with everything above its entity, wherever it is shown.
func (t *Tree) countRule(k Key, m selection.Mode, sign int) {
	inc, exc := sign, 0
	if m == selection.Exclude {
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
	if key.Kind == openbis.KindDataSet {
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
		if t.below(Key{Kind: openbis.KindDataSet, PermID: ds}, nil, key) {
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
	s := selection.Selection{Rules: t.Rules()}
	for _, f := range t.Files() {
		s.Files = append(s.Files, selection.FileRule{DataSet: f.DataSet, Glob: selection.EscapeGlob(f.Path)})
	}
	return s
}

// Restore replaces the selection, loaded or not.
func (t *Tree) Restore(s selection.Selection) {
	t.Clear()
	for _, r := range s.Rules {
		t.setKey(Key{Kind: r.Kind, PermID: r.PermID}, r.Mode, r.Label, nil)
	}
	for _, f := range s.Files {
		t.addFile(f.DataSet, unescape(f.Glob), -1)
	}
	t.settle()
}

// unescape is the path that a pattern of selection.EscapeGlob names.
func unescape(glob string) string {
	return strings.NewReplacer(`\\`, `\`, `\*`, "*", `\?`, "?", `\[`, "[").Replace(strings.TrimPrefix(glob, "/"))
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

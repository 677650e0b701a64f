package plan

import (
	"fmt"
	"testing"

	"zenobis/export/job"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/tree"
)

// house is a lab of every kind of entity, each below one other.
type house struct {
	lab   *lab
	all   []openbis.Ref
	above map[selection.Key]selection.Key
}

func newHouse() *house {
	h := &house{lab: newLab(), above: map[selection.Key]selection.Key{}}
	add := func(e, above *openbis.Entity) *openbis.Entity {
		h.all = append(h.all, e.Ref)
		if above != nil {
			h.above[selection.KeyOf(e.Ref)] = selection.KeyOf(above.Ref)
		}
		return e
	}
	l := h.lab
	s := add(l.space("LAB"), nil)
	for i := range 2 {
		p := add(l.project(s, fmt.Sprint("P", i)), s)
		for k := range 2 {
			c := add(l.collection(p, fmt.Sprint("C", i, k), ""), p)
			add(l.dataSet(c, "", map[string][]byte{"a": nil}), c)
			o := add(l.object(c, fmt.Sprint("O", i, k), ""), c)
			add(l.dataSet(o, "", map[string][]byte{"a": nil}), o)
			child := l.object(c, fmt.Sprint("CHILD", i, k), "")
			l.parent(child, o)
			add(child, o)
			add(l.dataSet(child, "", map[string][]byte{"a": nil}), child)
		}
	}
	return h
}

// walked is what the plan takes.
func (h *house) walked(t *testing.T, rules []selection.Rule, apart int) map[selection.Key]bool {
	t.Helper()
	taken := map[selection.Key]bool{}
	idx := newIndex()
	w := &walker{
		cat: h.lab, req: job.Request{Selection: selection.Selection{Rules: rules}}, idx: idx, rules: selection.NewRules(rules), apart: apart,
		omit: func(o omission.Entry) { t.Errorf("left out: %+v", o) },
	}
	w.emit = func(e *openbis.Entity) error {
		taken[selection.KeyOf(e.Ref)] = true
		idx.add(item{key: keyOf(e.Ref)}, "", key{})
		return nil
	}
	if _, err := w.walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	return taken
}

// drawn is what the tree takes.
func (h *house) drawn(rules []selection.Rule) map[selection.Key]bool {
	tr := tree.New(nil)
	below := map[selection.Key][]tree.Item{}
	var spaces []tree.Item
	for _, r := range h.all {
		it := tree.Item{Key: selection.KeyOf(r), Label: r.Code, Size: -1, Leaf: r.Kind == openbis.KindDataSet}
		if up, ok := h.above[it.Key]; ok {
			below[up] = append(below[up], it)
		} else {
			spaces = append(spaces, it)
		}
	}
	tr.AddSpaces(spaces, "")
	for _, r := range h.all {
		if id, ok := tr.Find(selection.KeyOf(r)); ok && len(below[selection.KeyOf(r)]) > 0 {
			gen, _, _ := tr.Begin(id)
			tr.Add(id, gen, below[selection.KeyOf(r)], tree.Cursor{}, false, len(below[selection.KeyOf(r)]))
		}
	}
	tr.Restore(selection.Selection{Rules: rules})
	taken := map[selection.Key]bool{}
	for _, r := range h.all {
		if id, ok := tr.Find(selection.KeyOf(r)); ok && tr.Takes(id) {
			taken[selection.KeyOf(r)] = true
		}
	}
	return taken
}

// decided is what the nearest rule says.
func (h *house) decided(rules []selection.Rule) map[selection.Key]bool {
	taken := map[selection.Key]bool{}
	on := selection.NewRules(rules)
	for _, r := range h.all {
		k := selection.KeyOf(r)
		above := func(yield func(selection.Mode) bool) {
			for up, ok := h.above[k]; ok && yield(on[up]); up, ok = h.above[up] {
			}
		}
		if selection.Nearest(on[k], above) {
			taken[k] = true
		}
	}
	return taken
}

func (h *house) check(t *testing.T, rules []selection.Rule) {
	t.Helper()
	want, walked, together, drawn := h.decided(rules), h.walked(t, rules, fewApart), h.walked(t, rules, 0), h.drawn(rules)
	for _, r := range h.all {
		k := selection.KeyOf(r)
		if together[k] != walked[k] {
			t.Errorf("%s %s: %v where all is asked for together, %v one by one; rules %v", r.Kind, r.Code, together[k], walked[k], rules)
		}
		if walked[k] != want[k] || drawn[k] != want[k] {
			t.Errorf("%s %s: by the nearest rule %v, in the plan %v, in the tree %v; rules %v", r.Kind, r.Code, want[k], walked[k], drawn[k], rules)
		}
	}
}

// rules makes rules out of bytes, one on each entity at most.
func (h *house) rules(in []byte) []selection.Rule {
	var rules []selection.Rule
	seen := map[selection.Key]bool{}
	for i := 0; i+1 < len(in) && len(rules) < 12; i += 2 {
		r := h.all[int(in[i])%len(h.all)]
		k := selection.KeyOf(r)
		if seen[k] {
			continue
		}
		seen[k] = true
		mode := []selection.Mode{selection.All, selection.Only, selection.Exclude}[in[i+1]%3]
		rules = append(rules, selection.Rule{Mode: mode, Kind: k.Kind, PermID: k.PermID, Label: r.Code})
	}
	return rules
}

// TestTreeAndPlanTakeTheSame: the nearest rule decides in both.
func TestTreeAndPlanTakeTheSame(t *testing.T) {
	h := newHouse()
	for _, in := range [][]byte{
		{}, {0, 0}, {0, 1}, {0, 2}, // the space: all, only, not
		{0, 0, 1, 2},             // all but a project
		{0, 0, 1, 2, 2, 0},       // all but a project, of which one collection all the same
		{0, 0, 1, 2, 4, 1},       // and an object alone
		{2, 0, 4, 2},             // a collection without an object and what hangs below it
		{2, 0, 4, 2, 6, 0},       // and the object below it again
		{1, 1, 3, 0, 4, 1},       // a project alone, a data set, an object alone
		{0, 1, 2, 0, 6, 2, 7, 1}, // a data set of an excluded object
	} {
		h.check(t, h.rules(in))
	}
}

func FuzzTreeAndPlan(f *testing.F) {
	h := newHouse()
	f.Add([]byte{0, 0, 1, 2, 2, 0, 6, 1})
	f.Fuzz(func(t *testing.T, in []byte) { h.check(t, h.rules(in)) })
}

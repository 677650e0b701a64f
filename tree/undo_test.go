package tree

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

// Whatever was changed, taking it back step by step goes through the selections
// that were there, and the numbers are those of counting everything again.
func TestUndoGoesBackThroughEverySelection(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		tr, ids := lab(t)
		if seed%2 == 0 {
			tr.Know(key(openbis.KindCollection, "C1"), Known{Objects: 9, DataSets: 4, Seen: 4, Bytes: 77})
		}
		if seed%3 == 0 { // known, but not in its place
			elsewhere := item(openbis.KindObject, "elsewhere")
			elsewhere.Above = []Key{key(openbis.KindCollection, "C1"), key(openbis.KindProject, "P"), key(openbis.KindSpace, "LAB")}
			tr.Learn([]Key{elsewhere.Key}, []Item{elsewhere})
		}
		names := make([]string, 0, len(ids))
		for n := range ids {
			names = append(names, n)
		}
		slices.Sort(names)
		pick := func() ID { return ids[names[r.IntN(len(names))]] }
		said := func() string { return fmt.Sprint(tr.Selection()) }
		check := func(what string) {
			t.Helper()
			got := tr.Totals()
			tr.stale = true
			if want := tr.Totals(); got != want {
				t.Fatalf("seed %d, %s: counted %+v, is %+v in %v", seed, what, got, want, said())
			}
		}
		before := []string{said()}
		for range 12 {
			what := r.IntN(8)
			switch what {
			case 0, 1, 2:
				tr.Toggle(pick())
			case 3:
				tr.ToggleOnly(pick())
			case 4:
				tr.TakeAll([]ID{pick(), pick(), pick()}, r.IntN(2) == 0)
			case 5:
				if rules := tr.Rules(); len(rules) > 0 {
					x := rules[r.IntN(len(rules))]
					tr.Drop(Key{Kind: x.Kind, PermID: x.PermID})
				}
			case 6:
				tr.Restore(selection.Selection{Rules: []selection.Rule{
					{Mode: selection.All, Kind: openbis.KindCollection, PermID: "C1", Label: "/S/P/C1"},
					{Mode: selection.All, Kind: openbis.KindObject, PermID: "o1", Label: "/S/P/O1"},
					{Mode: selection.Exclude, Kind: openbis.KindObject, PermID: "elsewhere", Label: "/S/P/O9"},
				}})
			case 7:
				tr.Clear()
			}
			check(fmt.Sprint("action ", what))
			if now := said(); now != before[len(before)-1] {
				before = append(before, now)
			}
		}
		for len(before) > 1 {
			before = before[:len(before)-1]
			if !tr.Undo() {
				t.Fatalf("seed %d: nothing to undo, %d changes left", seed, len(before))
			}
			check("undo")
			if got := said(); !sameSelection(got, before[len(before)-1]) {
				t.Fatalf("seed %d, %d changes left:\ngot  %s\nwant %s", seed, len(before)-1, got, before[len(before)-1])
			}
		}
	}
}

// TestUndoInSteps is undo, and what was never begun has no end.
func TestUndoInSteps(t *testing.T) {
	tr, ids := lab(t)
	if tr.BeginUndo() || tr.Undoing() || tr.UndoLeft() != 0 {
		t.Error("there is something to be undone")
	}
	tr.TakeMore([]ID{ids["o3"]}, true) // a part of no change
	tr.TakeAll([]ID{ids["o1"], ids["o2"], ids["a"]}, true)
	tr.TakeMore([]ID{ids["o1a"]}, false)
	all := fmt.Sprint(tr.Selection())
	if !tr.BeginUndo() || !tr.Undoing() {
		t.Fatal("nothing is undone")
	}
	for left := tr.UndoLeft(); left > 0; left-- {
		if tr.UndoLeft() != left {
			t.Fatalf("%d steps are left, want %d", tr.UndoLeft(), left)
		}
		done, other := tr.UndoMore(1)
		if done != (left == 1) || other != done || tr.Undoing() == done {
			t.Errorf("with %d left: done %v, other %v, undoing %v", left, done, other, tr.Undoing())
		}
	}
	if r := tr.Rules(); len(r) != 1 || r[0].PermID != "o3" || fmt.Sprint(tr.Selection()) == all {
		t.Errorf("left: %v", r)
	}
	// No more changes than that are kept.
	for range undoMost + 5 {
		tr.Toggle(ids["C1"])
	}
	n := 0
	for tr.Undo() {
		n++
	}
	if n != undoMost {
		t.Errorf("%d changes were undone", n)
	}
	tr.Toggle(ids["MATERIALS"])
	tr.Toggle(tr.sections[0]) // does nothing
	if !tr.Undo() || tr.Mark(ids["MATERIALS"]) != None {
		t.Error("the last change is not undone")
	}
}

// TestEmpty: what only takes out selects nothing.
func TestEmpty(t *testing.T) {
	tr, ids := lab(t)
	rule := func(m selection.Mode) {
		tr.Restore(selection.Selection{Rules: []selection.Rule{{Mode: m, Kind: openbis.KindObject, PermID: "o1"}}})
	}
	for mode, want := range map[selection.Mode]bool{selection.All: false, selection.Only: false, selection.Exclude: true} {
		if rule(mode); tr.Empty() != want || tr.RuleCount() != 1 || tr.RuleAt(0).Mode != mode {
			t.Errorf("%s alone: empty %v", mode, tr.Empty())
		}
	}
	if tr.Clear(); !tr.Empty() || tr.Takes(ids["o1"]) {
		t.Error("cleared and not empty")
	}
}

func sameSelection(a, b string) bool { return a == b }

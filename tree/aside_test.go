package tree

import (
	"fmt"
	"slices"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

// away is a selection whose entities are nowhere in the tree: a project and a
// collection, less an object of it.
func away() (selection.Selection, []Item) {
	project, c9, o9 := key(openbis.KindProject, "p-9"), key(openbis.KindCollection, "c-9"), key(openbis.KindObject, "o-9")
	space := key(openbis.KindSpace, "LAB")
	return selection.Selection{Rules: []selection.Rule{
			{Mode: selection.All, Kind: openbis.KindCollection, PermID: "c-9", Label: "/LAB/Q/C9"},
			{Mode: selection.Exclude, Kind: openbis.KindObject, PermID: "o-9", Label: "/LAB/Q/O9"},
		}}, []Item{
			{Key: c9, Label: "Heat shock", Identifier: "/LAB/Q/C9", Size: -1, Above: []Key{project, space}},
			{Key: o9, Label: "Western blots", Identifier: "/LAB/Q/O9", Size: -1, Above: []Key{c9, project, space}},
		}
}

func TestRulesWhosePlaceIsNotLoaded(t *testing.T) {
	tr, ids := lab(t)
	sel, items := away()
	tr.Restore(sel)
	// The paths of the rules tell their space and their project.
	if m := tr.Mark(ids["LAB"]); m != Partly {
		t.Errorf("the space is marked %d", m)
	}
	asked := tr.Unplaced()
	if got := tr.Totals(); len(asked) != 2 || !got.AtLeast || got.Rules != 1 {
		t.Fatalf("asks for %v, totals %+v", asked, got)
	}
	tr.Learn(asked, items)
	if more := tr.Unplaced(); len(more) != 0 {
		t.Errorf("asks again for %v", more)
	}
	if n := tr.RowCount(); n != func() int { other, _ := lab(t); return other.RowCount() }() {
		t.Errorf("%d rows: what is only known is shown", n)
	}
	// What is below is counted as for every other rule.
	if u := tr.Uncounted(); len(u) != 1 {
		t.Errorf("to be counted: %v", u)
	}
	tr.Know(key(openbis.KindCollection, "c-9"), Known{Objects: 12, DataSets: 4, Seen: 4, Bytes: 900})
	if ids := tr.Pending(9); len(ids) != 1 || tr.Item(ids[0]).PermID != "o-9" {
		t.Fatalf("next to load is %v", ids)
	}
	load(tr, key(openbis.KindObject, "o-9"), sized("d9", 300))
	if got := tr.Totals(); got.Objects != 11 || got.DataSets != 3 || got.Bytes != 600 || got.AtLeast {
		t.Errorf("totals %+v", got)
	}
	// Then their place is loaded, from the top.
	tr.Insert(ids["LAB"], Item{Key: key(openbis.KindProject, "p-9"), Label: "Q", Identifier: "/LAB/Q", Size: -1})
	load(tr, key(openbis.KindProject, "p-9"), Item{Key: items[0].Key, Label: "Heat shock", Identifier: "/LAB/Q/C9", Size: -1})
	for _, k := range []Key{key(openbis.KindSpace, "LAB"), key(openbis.KindProject, "p-9"), items[0].Key} {
		if id, ok := tr.Find(k); !ok || tr.Mark(id) != Partly {
			t.Errorf("%s is marked %d, an object is taken out of it", k.PermID, tr.Mark(id))
		}
	}
	load(tr, items[0].Key, Item{Key: items[1].Key, Label: "Western blots", Identifier: "/LAB/Q/O9", Size: -1})
	at, _ := tr.Find(items[1].Key)
	if tr.inFound(at) || tr.Mark(at) != Excluded {
		t.Errorf("in its place the object is marked %d", tr.Mark(at))
	}
	top, _ := tr.Find(items[0].Key)
	tr.Toggle(top)
	tr.Toggle(top)
	if len(tr.Rules()) != 0 || tr.Mark(ids["LAB"]) != None || len(tr.hints) != 0 {
		t.Errorf("left over: %v, hints %v", tr.Rules(), tr.hints)
	}
}

// A project marks what is below it by the path of a rule alone, until more is known.
func TestPathsOfRulesAreTakenAwayWithThem(t *testing.T) {
	tr, ids := lab(t)
	tr.Insert(ids["LAB"], Item{Key: key(openbis.KindProject, "p-9"), Label: "Q", Identifier: "/LAB/Q", Size: -1})
	sel, _ := away()
	tr.Restore(sel)
	q, _ := tr.Find(key(openbis.KindProject, "p-9"))
	if tr.Mark(q) != Partly || tr.Mark(ids["P"]) != None {
		t.Errorf("marks %d and %d", tr.Mark(q), tr.Mark(ids["P"]))
	}
	tr.Toggle(q)
	if r := tr.Rules(); len(r) != 1 || r[0].PermID != "p-9" || tr.Mark(q) != Full {
		t.Errorf("rules %v, mark %d", r, tr.Mark(q))
	}
}

func TestFoundSelectionStaysCounted(t *testing.T) {
	tr, ids := lab(t)
	_, items := away()
	tr.SetFound(items)
	tr.Toggle(tr.Rows(1, 1)[0]) // the collection
	tr.Know(items[0].Key, Known{Objects: 12, DataSets: 4, Seen: 4, Bytes: 900})
	tr.Toggle(ids["o3"])
	load(tr, key(openbis.KindObject, "o3"))
	before := tr.Totals()
	marks := fmt.Sprint(tr.Mark(ids["LAB"]), tr.Mark(ids["C2"]))
	if before.Objects != 13 || before.AtLeast {
		t.Fatalf("totals %+v", before)
	}
	for range 2 {
		tr.SetFound(nil)
		if got := tr.Totals(); got != before {
			t.Errorf("without the results %+v, with them %+v", got, before)
		}
		if now := fmt.Sprint(tr.Mark(ids["LAB"]), tr.Mark(ids["C2"])); now != marks {
			t.Errorf("marks %s, before %s", now, marks)
		}
		if id, ok := tr.Find(items[0].Key); !ok || tr.Item(id).Label != "Heat shock" {
			t.Error("its name is gone")
		}
		tr.SetFound(items)
		if got := tr.Totals(); got != before {
			t.Errorf("found again %+v, before %+v", got, before)
		}
	}
	for _, r := range tr.Rules() {
		tr.Drop(Key{Kind: r.Kind, PermID: r.PermID})
	}
	if tr.Mark(ids["LAB"]) != None || tr.Mark(ids["C2"]) != None || len(tr.hints) != 0 {
		t.Errorf("nothing is selected: marks %d and %d, hints %v", tr.Mark(ids["LAB"]), tr.Mark(ids["C2"]), tr.hints)
	}
}

// TestAboveOf reads the path in a rule's label.
func TestAboveOf(t *testing.T) {
	space, project := key(openbis.KindSpace, "LAB"), key(openbis.KindProject, "/LAB/P")
	for _, c := range []struct {
		kind  openbis.Kind
		label string
		want  []Key
	}{
		{openbis.KindObject, "/LAB/O1", []Key{space}},
		{openbis.KindObject, "/LAB/P/O1", []Key{project, space}},
		{openbis.KindObject, "/LAB/P/C1/O1", []Key{project, space}},
		{openbis.KindCollection, "/LAB/P/C1", []Key{project, space}},
		{openbis.KindProject, "/LAB/P", []Key{space}},
		{openbis.KindSpace, "/LAB/P/C1", nil},
		{openbis.KindDataSet, "/LAB/P/C1", nil},
		{openbis.KindObject, "/LAB", nil},
		{openbis.KindObject, "LAB/P/O1", nil},
		{openbis.KindObject, "a name", nil},
		{openbis.KindObject, "", nil},
	} {
		if got := aboveOf(key(c.kind, "1-1"), c.label); !slices.Equal(got, c.want) {
			t.Errorf("%s %q: %v, want %v", c.kind, c.label, got, c.want)
		}
	}
}

// TestOnlyWhatWasChosenIsKept of what a search found.
func TestOnlyWhatWasChosenIsKept(t *testing.T) {
	tr, _ := lab(t)
	chosen, other := key(openbis.KindObject, "o-77"), key(openbis.KindObject, "o-78")
	set, plain := key(openbis.KindDataSet, "d-77"), key(openbis.KindDataSet, "d-78")
	tr.SetFound([]Item{{Key: chosen, Label: "A", Size: -1}, {Key: other, Label: "B", Size: -1}, {Key: set, Label: "C", Size: -1},
		{Key: plain, Label: "D", Size: -1}})
	find := func(k Key) ID { id, _ := tr.Find(k); return id }
	tr.Toggle(find(chosen))
	tr.Restore(selection.Selection{Rules: tr.Rules(), Files: []selection.FileRule{{DataSet: "d-77", Glob: "*.csv"}}})
	tr.SetFound(nil)
	for k, want := range map[Key]bool{chosen: true, other: false, set: true, plain: false} {
		if got := tr.byKey.get(tr, k) != 0; got != want {
			t.Errorf("%v is kept: %v", k, got)
		}
	}
}

package tree

import (
	"fmt"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

// everywhere are the nodes of an entity.
func (t *Tree) everywhere(k Key) (ids []ID) {
	for id := t.byKey.get(t, k); id != 0; id = t.nodes[id].twin {
		ids = append(ids, id)
	}
	return ids
}

// TestFoundAndAtTwoPlaces: an entity that a search found, before or after it came in
// at two places of the tree, is counted once, and marked at all of them.
func TestFoundAndAtTwoPlaces(t *testing.T) {
	shared := item(openbis.KindObject, "shared")
	shared.Leaf = true
	found := shared
	found.Above = []Key{key(openbis.KindObject, "o2"), key(openbis.KindCollection, "C1"), key(openbis.KindProject, "P")}
	search := func(tr *Tree) { tr.SetFound([]Item{found, item(openbis.KindObject, "o3")}) }
	leave := func(tr *Tree) { tr.SetFound(nil) }
	first := func(tr *Tree) { load(tr, key(openbis.KindObject, "o2"), shared) }
	second := func(tr *Tree) { load(tr, key(openbis.KindObject, "o3"), shared) }
	third := func(tr *Tree) { load(tr, key(openbis.KindObject, "o1a"), shared) }
	for name, steps := range map[string][]func(*Tree){
		"found first":           {search, first, second},
		"found first, and left": {search, first, second, third, leave},
		"found between":         {first, search, second, leave},
		"found last":            {first, second, search},
		"found last, and left":  {first, second, third, search, leave},
		"found twice":           {first, second, search, leave, search, third, leave},
		"never found":           {first, second, third},
	} {
		for _, take := range []string{"shared", "o2", "o3", "C1", "C2", "P"} {
			for _, before := range []bool{true, false} { // of the steps
				tr, ids := lab(t)
				toggle := func() {
					if take != "shared" {
						tr.Toggle(ids[take])
					} else if id, ok := tr.Find(shared.Key); ok {
						tr.Toggle(id)
					}
				}
				if before {
					toggle()
				}
				for _, step := range steps {
					step(tr)
				}
				if !before {
					toggle()
				}
				if before && take == "shared" {
					continue // there was nothing to take
				}
				what := fmt.Sprintf("%s, %s taken, before it %v", name, take, before)
				checkAgainstModel(t, tr)
				want := 0
				for _, id := range tr.everywhere(shared.Key) {
					if tr.Mark(id) != Full {
						t.Errorf("%s: a place is marked %d", what, tr.Mark(id))
					}
					if tr.inFound(id) {
						continue
					}
					want++
					if up := tr.Parent(id); tr.Mark(up) == None {
						t.Errorf("%s: what holds it is not marked", what)
					}
				}
				if least := 2; want < least {
					t.Errorf("%s: it stands at %d places", what, want)
				}
				if take == "shared" {
					if got := tr.Totals(); got.Objects != 1 || got.AtLeast {
						t.Errorf("%s: totals %+v", what, got)
					}
				}
				toggle()
				if got := tr.Totals(); got != (Totals{}) {
					t.Errorf("%s: taken away: totals %+v", what, got)
				}
				for _, n := range []string{"LAB", "P", "C1", "C2", "o1", "o2", "o3"} {
					if tr.Mark(ids[n]) != None {
						t.Errorf("%s: taken away, %s is marked %d", what, n, tr.Mark(ids[n]))
					}
				}
			}
		}
	}
}

// TestTheCursorGoesToWhatWasFound.
func TestTheCursorGoesToWhatWasFound(t *testing.T) {
	tr, ids := lab(t)
	tr.SetCursor(ids["MATERIALS"])
	tr.SetFound([]Item{item(openbis.KindObject, "far"), item(openbis.KindObject, "o1")})
	if tr.under() != "far" || !tr.HasFound() {
		t.Errorf("the cursor is on %s", tr.under())
	}
	var got []string
	tr.EachFound(func(id ID) { got = append(got, tr.Item(id).Label) })
	if fmt.Sprint(got) != "[far o1]" {
		t.Errorf("found %v", got)
	}
	tr.SetCursor(ids["MATERIALS"])
	tr.SetFound(nil)
	if tr.under() != "MATERIALS" || tr.HasFound() {
		t.Errorf("without results the cursor is on %s", tr.under())
	}
}

// TestTotalsOfKnownAndUnknownSets says of each number whether it is all.
func TestTotalsOfKnownAndUnknownSets(t *testing.T) {
	empty := sized("zero", 0)
	leaf := item(openbis.KindDataSet, "nothing")
	leaf.Size = 0
	unsized := sized("unsized", -1)
	link := sized("link", 7)
	link.LeftOut = "link"
	for name, c := range map[string]struct {
		take Item
		want Totals
	}{
		"of size zero":      {empty, Totals{Rules: 1, DataSets: 1, FilesAtLeast: true}},
		"without files":     {leaf, Totals{Rules: 1, DataSets: 1}},
		"of unknown size":   {unsized, Totals{Rules: 1, DataSets: 1, BytesAtLeast: true, FilesAtLeast: true}},
		"can't be exported": {link, Totals{Rules: 1, LeftOut: 1}},
		"listed":            {sized("d1", 600), Totals{Rules: 1, DataSets: 1, Files: 3, Bytes: 600}},
		"an object": {item(openbis.KindObject, "o9"), Totals{Rules: 1, Objects: 1, AtLeast: true, BytesAtLeast: true,
			FilesAtLeast: true}},
		"an object all known": {item(openbis.KindObject, "o3"), Totals{Rules: 1, Objects: 1}},
	} {
		tr, ids := lab(t)
		load(tr, key(openbis.KindObject, "o3"))
		load(tr, key(openbis.KindObject, "o2"), empty, leaf, unsized, link, item(openbis.KindObject, "o9"))
		id, _ := tr.Find(c.take.Key)
		weigh := func(m selection.Mode) (Totals, bool) {
			return tr.Weight(selection.Rule{Mode: m, Kind: c.take.Kind, PermID: c.take.PermID})
		}
		alone := c.want
		alone.Rules = 0
		if got, known := weigh(selection.All); got != alone || !known {
			t.Errorf("%s: it weighs %+v, want %+v", name, got, alone)
		}
		tr.Toggle(id)
		if got := tr.Totals(); got != c.want {
			t.Errorf("%s: totals %+v, want %+v", name, got, c.want)
		}
		tr.Toggle(id)
		tr.Toggle(ids["P"])
		if got, known := weigh(selection.All); got != (Totals{}) || !known {
			t.Errorf("%s: below a mark it weighs %+v more", name, got)
		}
		if got, known := weigh(selection.Exclude); got != alone || !known {
			t.Errorf("%s: taken out it weighs %+v, want %+v", name, got, alone)
		}
	}
	tr, _ := lab(t)
	if _, known := tr.Weight(selection.Rule{Mode: selection.All, Kind: openbis.KindObject, PermID: "none"}); known {
		t.Error("what is not loaded has a weight")
	}
	// What takes nothing may be unknown.
	for _, c := range []struct {
		mode selection.Mode
		want bool
	}{{selection.All, true}, {selection.Exclude, false}, {selection.Only, false}} {
		tr.Restore(selection.Selection{Rules: []selection.Rule{{Mode: c.mode, Kind: openbis.KindObject, PermID: "none"}}})
		if got := tr.Totals(); got.AtLeast != c.want {
			t.Errorf("%s of what is not loaded: %+v", c.mode, got)
		}
	}
}

// TestOneSpaceIsKnownAndAnotherNot: the numbers of the first are still openBIS' own.
func TestOneSpaceIsKnownAndAnotherNot(t *testing.T) {
	for _, mode := range []string{"all", "only"} {
		tr, ids := lab(t)
		load(tr, key(openbis.KindSpace, "HOME"), item(openbis.KindProject, "H1"), item(openbis.KindProject, "H2"))
		h1, _ := tr.Find(key(openbis.KindProject, "H1"))
		load(tr, key(openbis.KindProject, "H1"), item(openbis.KindCollection, "HC"))
		tr.Toggle(ids["LAB"])
		tr.Toggle(ids["HOME"])
		tr.Know(key(openbis.KindSpace, "LAB"), Known{Objects: 100, DataSets: 20, Seen: 20, Bytes: 5000})
		tr.Know(key(openbis.KindSpace, "HOME"), Known{Objects: 7, DataSets: 1, Seen: 1, Bytes: 9})
		want := Totals{Rules: 2, Objects: 107, DataSets: 21, Bytes: 5009, Files: 3, FilesAtLeast: true}
		if got := tr.Totals(); got != want {
			t.Errorf("totals %+v, want %+v", got, want)
		}
		if mode == "only" {
			continue
		}
		tr.Toggle(h1) // how much it holds was not asked for yet
		want = Totals{Rules: 2, Objects: 100, DataSets: 20, Bytes: 5000, Files: 3, AtLeast: true, BytesAtLeast: true, FilesAtLeast: true}
		if got := tr.Totals(); got != want {
			t.Errorf("less a project: totals %+v, want %+v", got, want)
		}
		w, _ := tr.Weight(selection.Rule{Mode: selection.All, Kind: openbis.KindSpace, PermID: "LAB"})
		if w.Objects != 100 || w.DataSets != 20 || w.AtLeast || w.BytesAtLeast || !w.FilesAtLeast {
			t.Errorf("the space weighs %+v", w)
		}
		tr.Know(key(openbis.KindProject, "H1"), Known{Objects: 3, DataSets: 1, Seen: 0})
		w, _ = tr.Weight(selection.Rule{Mode: selection.Exclude, Kind: openbis.KindProject, PermID: "H1"})
		if w.Objects != 3 || w.DataSets != 1 || w.AtLeast || !w.BytesAtLeast {
			t.Errorf("the project weighs %+v", w)
		}
	}
}

// TestNumbersAreNeverOld, whatever is learnt or chosen in between.
func TestNumbersAreNeverOld(t *testing.T) {
	tr, ids := lab(t)
	inside := func(want Inside) {
		t.Helper()
		if got, known := tr.Inside(ids["C1"]); got != want || !known {
			t.Errorf("%+v inside, want %+v", got, want)
		}
	}
	learn := func() { tr.Know(key(openbis.KindSpace, "HOME"), Known{}) }
	inside(Inside{All: 3})
	learn()
	tr.Toggle(ids["o2"])
	inside(Inside{Whole: 1, All: 3})
	tr.Toggle(ids["o1a"])
	learn()
	inside(Inside{Whole: 1, Part: 1, All: 3})
	learn()
	tr.ToggleOnly(ids["o1"])
	inside(Inside{Whole: 1, Part: 1, All: 3})
	tr.Toggle(ids["C1"])
	tr.Toggle(ids["d1"])
	inside(Inside{Whole: 2, All: 3})
	tr.Toggle(ids["d1"])
	tr.Toggle(ids["C1"])
	tr.ToggleOnly(ids["o2"])
	inside(Inside{Part: 1, All: 3})
	load(tr, key(openbis.KindObject, "o2")) // nothing is below it
	inside(Inside{Whole: 1, All: 3})
	tr.Clear()
	tr.Toggle(ids["a"]) // one of its files
	inside(Inside{Part: 1, All: 3})
	tr.Clear()
	tr.Toggle(ids["C1"])
	tr.Toggle(ids["d1"])
	if _, known := tr.Inside(ids["HOME"]); known {
		t.Error("what is in a space that is not loaded is known")
	}
	whole := ""
	tr.Siblings(ids["C1"], func(id ID, all bool) { whole += fmt.Sprint(tr.Item(id).Label, " ", all, " ") })
	if whole != "o1 true o2 true d1 false " {
		t.Errorf("its rows are %s", whole)
	}
}

// TestBelowARowOfASearch an entity counts as in its place, whichever came first.
func TestBelowARowOfASearch(t *testing.T) {
	shared, other := item(openbis.KindObject, "shared"), item(openbis.KindObject, "other")
	shared.Leaf, other.Leaf = true, true
	far := Item{Key: key(openbis.KindCollection, "C9"), Label: "far", Size: -1, Above: []Key{key(openbis.KindSpace, "HOME")}}
	for _, searchFirst := range []bool{true, false} {
		tr, ids := lab(t)
		search := func() {
			tr.SetFound([]Item{far})
			load(tr, far.Key, shared, other)
		}
		place := func() { load(tr, key(openbis.KindObject, "o3"), shared) }
		if searchFirst {
			search()
			place()
		} else {
			place()
			search()
		}
		total := func(want int) {
			t.Helper()
			if got := tr.Totals(); got.Objects != want || got.AtLeast {
				t.Errorf("search first %v: totals %+v, want %d objects", searchFirst, got, want)
			}
		}
		c9, _ := tr.Find(far.Key)
		tr.Toggle(c9)
		total(2)
		tr.Toggle(ids["o3"])
		total(3)
		tr.SetFound(nil) // it stays chosen, though what is below it is not loaded any more
		if tr.Mark(ids["HOME"]) != Partly {
			t.Errorf("its space is marked %d", tr.Mark(ids["HOME"]))
		}
		tr.SetFound([]Item{far})
		load(tr, far.Key, shared, other)
		total(3)
		tr.Toggle(ids["o3"])
		total(2)
		for _, id := range tr.everywhere(shared.Key) {
			if tr.Mark(id) != Full {
				t.Errorf("search first %v: a place is marked %d", searchFirst, tr.Mark(id))
			}
		}
		c9, _ = tr.Find(far.Key)
		if tr.Toggle(c9); len(tr.Rules()) != 0 {
			t.Errorf("left: %v", tr.Rules())
		}
		total(0)
	}
}

// TestNodesOfOneSearchShareAnEntity that stands nowhere else.
func TestNodesOfOneSearchShareAnEntity(t *testing.T) {
	x, g := item(openbis.KindObject, "x"), item(openbis.KindObject, "g")
	x.Leaf = true
	for _, chosen := range []bool{false, true} {
		tr, _ := lab(t)
		if chosen { // then it is kept aside, with what is below it
			tr.Restore(selection.Selection{Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindObject, PermID: "g"}}})
			tr.Learn(tr.Unplaced(), []Item{g})
			load(tr, g.Key, x)
			tr.SetFound([]Item{x})
		} else {
			tr.SetFound([]Item{g, x})
			load(tr, g.Key, x)
		}
		if n := len(tr.everywhere(x.Key)); n != 2 {
			t.Fatalf("chosen %v: it is at %d places", chosen, n)
		}
		want := tr.Totals()
		tr.SetFound(nil)
		id, ok := tr.Find(x.Key)
		if ok != chosen {
			t.Fatalf("chosen %v: it is there: %v", chosen, ok)
		}
		if got := tr.Totals(); got != want || chosen && got.Objects != 2 {
			t.Errorf("chosen %v: totals %+v, before %+v", chosen, got, want)
		}
		if chosen {
			tr.Toggle(id)
			if got := tr.Totals(); got.Objects != 1 || tr.Mark(id) != Excluded {
				t.Errorf("without it: totals %+v, it is marked %d", got, tr.Mark(id))
			}
		}
	}
}

package tree

import (
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

// TestPending are the objects to be loaded together, or one thing that is not
// loaded to its end.
func TestPending(t *testing.T) {
	tr, ids := lab(t)
	next := func(limit int, want string) {
		t.Helper()
		var got []string
		for _, id := range tr.Pending(limit) {
			got = append(got, tr.Item(id).PermID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("at most %d: %q, want %q", limit, got, want)
		}
	}
	next(9, "")
	tr.Toggle(ids["P"])
	next(9, "") // openBIS is asked first
	tr.Know(key(openbis.KindProject, "P"), Known{Failed: true})
	next(9, "o1a o2 o3")
	next(3, "o1a o2 o3")
	next(2, "o1a o2")
	next(1, "o1a")
	gen, _, _ := tr.Begin(ids["o2"])
	next(9, "o1a o3") // that is on its way
	tr.Fail(ids["o2"], gen, "no network")
	next(9, "o1a o3") // that is not asked for again
	gen, _, _ = tr.Begin(ids["o2"])
	tr.Add(ids["o2"], gen, []Item{sized("d5", 1)}, Cursor{From: 1}, true, 2)
	next(9, "o1a") // of the next one the rest is to be loaded
	load(tr, key(openbis.KindObject, "o1a"))
	next(9, "o2")
	gen, _, _ = tr.Begin(ids["o2"])
	tr.Add(ids["o2"], gen, nil, Cursor{}, false, 1)
	next(9, "o3")
	tr.Toggle(ids["C2"])
	next(9, "")
	tr.Toggle(ids["C2"])
	tr.ToggleOnly(ids["o3"]) // taken already: nothing happens
	next(9, "o3")
	tr.Clear()
	tr.ToggleOnly(ids["o3"])
	next(9, "")
	tr.Toggle(ids["o3"])
	next(9, "o3")
}

// TestFilesOfAListCut are as many as were chosen.
func TestFilesOfAListCut(t *testing.T) {
	tr, ids := lab(t)
	load(tr, key(openbis.KindObject, "o2"), sized("cut", 100))
	id, _ := tr.Find(key(openbis.KindDataSet, "cut"))
	gen, _, _ := tr.Begin(id)
	tr.AddFiles(id, gen, []FileEntry{{"a", 1}, {"b", 2}}, false)
	tr.Toggle(tr.below(id).first)
	if got := tr.Totals(); got != (Totals{Rules: 1, DataSets: 1, Files: 1, Bytes: 1}) {
		t.Errorf("one of them: %+v", got)
	}
	tr.Toggle(ids["o2"])
	if got := tr.Totals(); got != (Totals{Rules: 1, Objects: 1, DataSets: 1, Files: 2, Bytes: 100, FilesAtLeast: true}) {
		t.Errorf("all of it: %+v", got)
	}
}

// TestWhatIsAsideIsFoundAgain when an answer of a search goes that came before it.
func TestWhatIsAsideIsFoundAgain(t *testing.T) {
	x, g := item(openbis.KindObject, "x"), item(openbis.KindObject, "g")
	x.Leaf = true
	tr, _ := lab(t)
	tr.Restore(selection.Selection{Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindObject, PermID: "g"}}})
	tr.Learn(tr.Unplaced(), []Item{g})
	tr.SetFound([]Item{x})
	load(tr, g.Key, x)
	tr.SetFound(nil)
	id, ok := tr.Find(x.Key)
	if got := tr.Totals(); !ok || got.Objects != 2 {
		t.Fatalf("found %v, totals %+v", ok, got)
	}
	if tr.Toggle(id); tr.Mark(id) != Excluded || tr.Totals().Objects != 1 {
		t.Errorf("taken out it is marked %d, totals %+v", tr.Mark(id), tr.Totals())
	}
}

// TestSiblingsOfWhatIsElsewhere: rules whose entities are not loaded mark, too.
func TestSiblingsOfWhatIsElsewhere(t *testing.T) {
	tr, ids := lab(t)
	tr.Restore(selection.Selection{Rules: []selection.Rule{
		{Mode: selection.All, Kind: openbis.KindSpace, PermID: "LAB"},
		{Mode: selection.Exclude, Kind: openbis.KindObject, PermID: "far", Label: "/LAB/P/far"},
	}})
	tr.Learn(tr.Unplaced(), []Item{{Key: key(openbis.KindObject, "far"), Label: "far", Size: -1,
		Above: []Key{key(openbis.KindCollection, "C2"), key(openbis.KindProject, "P"), key(openbis.KindSpace, "LAB")}}})
	got := ""
	tr.Siblings(ids["P"], func(id ID, whole bool) {
		if whole {
			got += tr.Item(id).Label + " "
		}
	})
	if in, _ := tr.Inside(ids["P"]); got != "C1 " || in != (Inside{Whole: 1, Part: 1, All: 2}) {
		t.Errorf("whole are %q, inside %+v", got, in)
	}
}

package tree

import (
	"fmt"
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

func (t *Tree) under() string { id, _ := t.Cursor(); return t.Item(id).Label }

// TestMovingGoesOverHeadings in both directions, and stops at the ends.
func TestMovingGoesOverHeadings(t *testing.T) {
	tr, ids := lab(t) // LAB NOTEBOOK: HOME, LAB; INVENTORY: MATERIALS; STOCK: STOCK_CATALOG
	for _, c := range []struct {
		from string
		by   int
		want string
	}{
		{"HOME", 1, "LAB"}, {"HOME", 0, "HOME"}, {"HOME", -1, "HOME"}, {"HOME", -99, "HOME"}, {"HOME", 2, "MATERIALS"},
		{"LAB", 1, "MATERIALS"}, {"LAB", -1, "HOME"}, {"LAB", 3, "STOCK_CATALOG"}, {"LAB", 99, "STOCK_CATALOG"},
		{"MATERIALS", -1, "LAB"}, {"MATERIALS", 1, "STOCK_CATALOG"}, {"STOCK_CATALOG", 1, "STOCK_CATALOG"},
		{"STOCK_CATALOG", -1, "MATERIALS"}, {"STOCK_CATALOG", -6, "HOME"},
	} {
		tr.SetCursor(ids[c.from])
		tr.Move(c.by)
		if got := tr.under(); got != c.want {
			t.Errorf("from %s by %d: %s, want %s", c.from, c.by, got, c.want)
		}
		if id, row := tr.Cursor(); tr.RowOf(id) != row {
			t.Errorf("from %s by %d: it is in row %d, not %d", c.from, c.by, tr.RowOf(id), row)
		}
	}
	if row := tr.RowOf(ids["P"]); row != -1 {
		t.Errorf("what is not shown is in row %d", row)
	}
}

func TestFoldingLeavesWhatFollows(t *testing.T) {
	tr, ids := lab(t)
	folded := labels(tr)
	want := strings.Replace(folded, "| LAB|", "| LAB|  P|   C1|   C2|", 1)
	tr.Unfold(ids["P"]) // while it is not shown
	tr.Unfold(ids["LAB"])
	if got := labels(tr); got != want {
		t.Errorf("unfolded: %s, want %s", got, want)
	}
	if tr.Unfold(ids["LAB"]) || tr.Fold(tr.sections[0]) {
		t.Error("what is unfolded was unfolded again, or a heading folded")
	}
	tr.SetCursor(ids["C2"])
	if !tr.Fold(ids["LAB"]) || labels(tr) != folded || tr.under() != "LAB" {
		t.Errorf("folded: %s, on %s", labels(tr), tr.under())
	}
	if tr.Fold(ids["LAB"]) {
		t.Error("folded twice")
	}
	tr.Unfold(ids["LAB"])
	if got := labels(tr); got != want {
		t.Errorf("unfolded again: %s, want %s", got, want)
	}
}

// TestFoldingInAFilter shows what does not match, and only there.
func TestFoldingInAFilter(t *testing.T) {
	tr, ids := lab(t)
	tr.Filter("c1")
	found := labels(tr)
	if found != "LAB NOTEBOOK| LAB|  P|   C1" || tr.Fold(ids["P"]) {
		t.Errorf("found: %s", found)
	}
	if !tr.Open(ids["P"]) || tr.Open(ids["C1"]) {
		t.Errorf("open: P %v, C1 %v", tr.Open(ids["P"]), tr.Open(ids["C1"]))
	}
	if !tr.Unfold(ids["C1"]) || labels(tr) != found+"|    o1|    o2|    d1" {
		t.Errorf("unfolded: %s", labels(tr))
	}
	if !tr.Open(ids["C1"]) || !tr.Fold(ids["C1"]) || labels(tr) != found || tr.Open(ids["C1"]) {
		t.Errorf("folded: %s", labels(tr))
	}
	tr.Filter("")
	if tr.Open(ids["C1"]) {
		t.Error("it is unfolded without the filter too")
	}
}

func TestHiddenRows(t *testing.T) {
	tr, ids := lab(t)
	shown := tr.RowCount()
	tr.ShowHidden(true)
	settings := ids["ELN_SETTINGS"]
	load(tr, key(openbis.KindSpace, "ELN_SETTINGS"), item(openbis.KindProject, "kept"))
	kept, _ := tr.Find(key(openbis.KindProject, "kept"))
	tr.Move(99)
	tr.SetCursor(settings)
	tr.ShowHidden(false)
	if id, row := tr.Cursor(); tr.RowCount() != shown || tr.RowOf(id) != row || row < 0 || id == settings {
		t.Errorf("%d rows, the cursor is on %s", tr.RowCount(), tr.under())
	}
	// Children that are hidden are told only when they are shown.
	secret := item(openbis.KindCollection, "secret")
	secret.Hidden = true
	load(tr, key(openbis.KindSpace, "MATERIALS"), secret, item(openbis.KindCollection, "open"))
	told := func() (n int) { tr.EachChild(ids["MATERIALS"], func(ID) { n++ }); return n }
	if told() != 1 {
		t.Errorf("%d children", told())
	}
	hiddenID, _ := tr.Find(secret.Key)
	for name, c := range map[string]struct {
		id     ID
		hidden bool
	}{"open": {ids["o1a"], false}, "hidden": {hiddenID, true}, "below a hidden one": {kept, true}} {
		tr.ShowHidden(false)
		tr.Reveal(c.id)
		if tr.Hidden() != c.hidden || tr.RowOf(c.id) < 0 {
			t.Errorf("%s: revealed in row %d, hidden ones shown: %v", name, tr.RowOf(c.id), tr.Hidden())
		}
	}
	if tr.ShowHidden(true); told() != 2 {
		t.Errorf("%d children with the hidden one", told())
	}
}

// TestWhatAFilterFinds: labels and codes, whatever the case of their letters.
func TestWhatAFilterFinds(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	named := func(code, name string) Item {
		it := item(openbis.KindObject, code)
		it.Label = name
		return it
	}
	load(tr, key(openbis.KindSpace, "S"), named("EXP7", "Über Zellen"), named("EXP8", "AZ@[`{az"), named("EXP9", "aab"), sized("data", 1))
	loadFiles(tr, "data", file("raw/EXP7.csv", 1), file("raw/b.txt", 2))
	for text, want := range map[string]string{
		"über": "Über Zellen", "Ü": "Über Zellen", "ZELLEN": "Über Zellen", "exp7": "Über Zellen, EXP7.csv", "EXP8": "AZ@[`{az",
		"az@": "AZ@[`{az", "@[": "AZ@[`{az", "`{A": "AZ@[`{az", "`[": "", "@{": "", "ab": "aab", "aaab": "", "abc": "",
		"b":    "Über Zellen, aab, b.txt",
		"raw/": "", "raw": "raw/", "lab": "", "s": "S, EXP7.csv",
	} {
		if !tr.Filter(text) {
			t.Fatalf("%q is not looked for at once", text)
		}
		var got []string
		for _, id := range tr.Rows(0, tr.RowCount()) {
			if tr.Matches(id) {
				got = append(got, tr.Item(id).Label)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
		if _, n, _ := tr.Filtering(); n != len(got) {
			t.Errorf("%q: %d rows match, it says %d", text, len(got), n)
		}
	}
}

// TestNextMatch goes round in both directions.
func TestNextMatch(t *testing.T) {
	tr, ids := lab(t)
	tr.Filter("o1")
	tr.SetCursor(ids["o1"])
	for _, c := range []struct {
		back bool
		want string
	}{{false, "o1a"}, {false, "o1"}, {true, "o1a"}, {true, "o1"}} {
		if !tr.NextMatch(c.back) || tr.under() != c.want {
			t.Errorf("back %v leads to %s, want %s", c.back, tr.under(), c.want)
		}
		if id, row := tr.Cursor(); tr.RowOf(id) != row {
			t.Errorf("%s is in row %d, not %d", c.want, tr.RowOf(id), row)
		}
	}
	tr.Filter("o2")
	if !tr.NextMatch(false) || tr.under() != "o2" || !tr.NextMatch(true) || tr.under() != "o2" {
		t.Errorf("the only match is not found: %s", tr.under())
	}
	tr.Filter("")
	if tr.NextMatch(false) || tr.NextMatch(true) {
		t.Error("a match without a filter")
	}
}

// TestLoads: an answer belongs to one load, and the first that is under way.
func TestLoads(t *testing.T) {
	tr, ids := lab(t)
	home := ids["HOME"]
	old, _, _ := tr.Begin(home)
	tr.Cancel(home)
	gen, _, ok := tr.Begin(home)
	if !ok || tr.Add(home, old, nil, Cursor{}, false, 0) || tr.Fail(home, old, "late") {
		t.Error("the answer of a cancelled load was taken for the next one's")
	}
	// What is put there meanwhile leaves the load under way.
	tr.Insert(home, item(openbis.KindProject, "p0"))
	if s, _ := tr.State(home); s != Loading {
		t.Errorf("with a row put there it is in state %d", s)
	}
	if !tr.Add(home, gen, []Item{item(openbis.KindProject, "p1")}, Cursor{From: 1}, true, 3) {
		t.Error("its answer was not taken")
	}
	// A load that failed or was given up keeps the rows before.
	gen, _, _ = tr.Begin(home)
	tr.Fail(home, gen, "no network")
	tr.Insert(home, item(openbis.KindProject, "p2"))
	if s, why := tr.State(home); s != Failed || why != "no network" {
		t.Errorf("it is in state %d: %s", s, why)
	}
	gen, at, ok := tr.Begin(home)
	tr.Cancel(home)
	if s, why := tr.State(home); !ok || at != (Cursor{From: 1}) || s != Loaded || why != "" {
		t.Errorf("given up it is in state %d: %s, at %v", s, why, at)
	}
	if tr.Add(home, gen, nil, Cursor{}, false, 0) {
		t.Error("the answer of what was given up was taken")
	}
	if loaded, total := tr.Children(home); loaded != 3 || total != 3 || !tr.Unsorted(home) {
		t.Errorf("%d of %d children", loaded, total)
	}
	gen, _, _ = tr.Begin(home)
	if !tr.Add(home, gen, nil, Cursor{}, false, 3) || tr.Unsorted(home) {
		t.Error("with all its pages it is unsorted")
	}
	if _, _, ok := tr.Begin(home); ok {
		t.Error("loaded again")
	}
	// Nothing is loaded below what has nothing below it.
	materials := tr.Insert(ids["MATERIALS"], item(openbis.KindDataSet, "leaf"))
	if s, _ := tr.State(ids["MATERIALS"]); s != Loaded {
		t.Errorf("the row above the first is in state %d", s)
	}
	if _, _, ok := tr.Begin(materials); ok || tr.Foldable(materials) {
		t.Error("something may be below a leaf")
	}
	if s, _ := tr.State(ids["STOCK_CATALOG"]); s != Unloaded {
		t.Errorf("what was never loaded is in state %d", s)
	}
	tr.Cancel(ids["STOCK_CATALOG"])
	if s, _ := tr.State(ids["STOCK_CATALOG"]); s != Unloaded {
		t.Errorf("given up before it began it is in state %d", s)
	}
}

// TestAroundANode: its path, what holds it, what is below it, and words beside it.
func TestAroundANode(t *testing.T) {
	if id, row := New(nil).Cursor(); id != 0 || row != -1 {
		t.Errorf("in an empty tree the cursor is on %d in row %d", id, row)
	}
	empty := New(nil)
	empty.Move(1)
	empty.Rows(-3, -1)
	tr, ids := lab(t)
	if got := strings.Join(tr.Path(ids["o1a"]), " > "); got != "LAB NOTEBOOK > LAB > P > C1 > o1 > o1a" {
		t.Errorf("its path is %s", got)
	}
	for kind, want := range map[openbis.Kind]ID{
		openbis.KindObject: ids["o1a"], openbis.KindCollection: ids["C1"], openbis.KindSpace: ids["LAB"], openbis.KindDataSet: 0,
	} {
		if got := tr.Holder(ids["o1a"], kind); got != want {
			t.Errorf("the %s that holds it is %d, want %d", kind, got, want)
		}
	}
	var below []string
	tr.EachBelow(ids["C1"], func(id ID) { below = append(below, tr.Item(id).Label) })
	if got := strings.Join(below, " "); got != "o1 o1a d2 o2 d1 a b c" {
		t.Errorf("below it: %s", got)
	}
	if n := tr.Len(); n != 17 {
		t.Errorf("%d nodes", n)
	}
	if loaded, total := tr.Children(ids["HOME"]); loaded != 0 || total != -1 {
		t.Errorf("%d of %d children of what is not loaded", loaded, total)
	}
	gen, _, _ := tr.Begin(ids["HOME"]) // of which nothing has come yet
	if loaded, total := tr.Children(ids["HOME"]); loaded != 0 || total != -1 || gen == 0 {
		t.Errorf("%d of %d children of what is being loaded", loaded, total)
	}
	for what, want := range map[ID]bool{ids["o1"]: true, ids["a"]: true, tr.sections[0]: false, 0: false} {
		if tr.Selectable(what) != want {
			t.Errorf("%s can be selected: %v", tr.Item(what).Label, !want)
		}
	}
	if told := tr.Told(ids["o1"]); told != "" {
		t.Errorf("told of it before anything was: %q", told)
	}
	tr.Tell(map[string]string{"o1": "published", "a": "no file is meant", "": "nothing is meant", "LAB NOTEBOOK": "no heading is meant"})
	tr.Tell(map[string]string{"o3": "new", "badged": "old"})
	badged := item(openbis.KindObject, "badged")
	badged.Badge = "frozen"
	load(tr, key(openbis.KindObject, "o3"), badged)
	for name, want := range map[string]string{"o1": "published", "o2": "", "o3": "new", "badged": "frozen, old", "a": ""} {
		id, ok := tr.Find(key(openbis.KindObject, name))
		if !ok {
			id = ids[name]
		}
		if got := tr.Item(id).Badge; got != want {
			t.Errorf("beside %s stands %q, want %q", name, got, want)
		}
	}
	if tr.Told(0) != "" || tr.Told(tr.sections[0]) != "" {
		t.Error("a heading was told something")
	}
}

// TestWeighingAtOnce, before anything but the spaces is there.
func TestWeighingAtOnce(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	if w, known := tr.Weight(selection.Rule{Mode: selection.All, Kind: openbis.KindSpace, PermID: "S"}); !known || !w.AtLeast {
		t.Errorf("it weighs %+v, %v", w, known)
	}
}

// TestChildrenThatCameMeanwhile are sorted with the others.
func TestChildrenThatCameMeanwhile(t *testing.T) {
	tr, ids := lab(t)
	s := tr.Order(openbis.KindObject, ByName)
	s.Sort()
	tr.Insert(ids["C1"], item(openbis.KindObject, "o0"))
	tr.Insert(ids["C1"], item(openbis.KindObject, "o11"))
	tr.Arrange(s)
	var got []string
	tr.EachChild(ids["C1"], func(id ID) { got = append(got, tr.Item(id).Label) })
	if fmt.Sprint(got) != "[o0 o1 o2 o11 d1]" {
		t.Errorf("the order is %v", got)
	}
}

// TestArrangingInSteps sorts as all at once does.
func TestArrangingInSteps(t *testing.T) {
	for _, step := range []int{1, 3, 1 << 20} {
		for _, filter := range []string{"", "x"} {
			tr := New(nil)
			tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
			load(tr, key(openbis.KindSpace, "S"), item(openbis.KindProject, "B"), item(openbis.KindProject, "A"))
			named := func(code, name, typ string) Item {
				it := item(openbis.KindObject, code)
				it.Label, it.Type = name, typ
				return it
			}
			for _, p := range []string{"A", "B"} {
				load(tr, key(openbis.KindProject, p), named(p+"3", "x", "T"), named(p+"1", "x", "T"), named(p+"2", "w x", "T"))
				id, _ := tr.Find(key(openbis.KindProject, p))
				tr.Reveal(tr.below(id).first)
			}
			tr.Filter(filter)
			codes := func() string {
				var out []string
				for _, id := range tr.Rows(0, tr.RowCount()) {
					if it := tr.Item(id); it.Kind == openbis.KindObject {
						out = append(out, it.Code)
					}
				}
				return strings.Join(out, " ")
			}
			for _, c := range []struct {
				order Order
				want  string
			}{
				{ByName, "B2 B1 B3 A2 A1 A3"}, {ByType, "B2 B3 B1 A2 A3 A1"}, {ByCode, "B1 B2 B3 A1 A2 A3"}, {ByServer, "B3 B1 B2 A3 A1 A2"},
			} {
				before := codes()
				s := tr.Order(openbis.KindObject, c.order)
				if s.Count() != 6 {
					t.Errorf("%s: %d rows are to be sorted", c.order, s.Count())
				}
				s.Sort()
				steps := 0
				for !tr.ArrangeMore(s, step) {
					if steps++; steps > 50 {
						t.Fatal("it never ends")
					}
					if now := codes(); filter == "" && now != before {
						t.Errorf("%s: on the way the rows are %s", c.order, now)
					}
				}
				if got := codes(); got != c.want {
					t.Errorf("%s, %d at once, filter %q: %s, want %s", c.order, step, filter, got, c.want)
				}
				if tr.Sorted() != (c.order != ByServer) {
					t.Errorf("%s: sorted %v", c.order, tr.Sorted())
				}
			}
			old := tr.Order(openbis.KindObject, ByName)
			tr.SetOrder(openbis.KindObject, ByCode)
			if old.Sort(); !tr.ArrangeMore(old, step) || codes() != "B1 B2 B3 A1 A2 A3" {
				t.Errorf("an older order was shown: %s", codes())
			}
		}
	}
}

// TestManyChildrenAreSortedLater, as soon as somebody asks for it.
func TestManyChildrenAreSortedLater(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S"), item(openbis.KindSpace, "T")}, "")
	tr.SetOrder(openbis.KindObject, ByCode)
	for space, n := range map[string]int{"S": sortAtOnce, "T": sortAtOnce + 1} {
		var items []Item
		for i := range n {
			items = append(items, item(openbis.KindObject, fmt.Sprint(space, n-i)))
		}
		load(tr, key(openbis.KindSpace, space), items...)
		id, _ := tr.Find(key(openbis.KindSpace, space))
		first := func() string { return tr.Item(tr.below(id).first).Code }
		late := tr.Late()
		if (late != nil) != (n > sortAtOnce) {
			t.Fatalf("%d children are late: %v", n, late != nil)
		}
		if late != nil {
			if late.Count() != n || first() == space+"1" {
				t.Errorf("%d rows are late, the first is %s", late.Count(), first())
			}
			late.Sort()
			tr.Arrange(late)
		}
		if first() != space+"1" || tr.Late() != nil {
			t.Errorf("the first is %s", first())
		}
	}
}

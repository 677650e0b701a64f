package tree

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/selection"
)

func labels(tr *Tree) string {
	var out []string
	for _, id := range tr.Rows(0, tr.RowCount()) {
		it := tr.Item(id)
		out = append(out, strings.Repeat(" ", tr.Depth(id))+it.Label)
	}
	return strings.Join(out, "|")
}

func TestChildrenAreSortedOnceAllAreThere(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	s, _ := tr.Find(key(openbis.KindSpace, "S"))
	tr.Unfold(s)
	named := func(code, name, typ string, day int) Item {
		it := item(openbis.KindObject, code)
		it.Label, it.Type, it.Date = name, typ, time.Date(2025, 1, day, 0, 0, 0, 0, time.UTC)
		return it
	}
	tr.SetOrder(openbis.KindObject, ByName)
	gen, _, _ := tr.Begin(s)
	tr.Add(s, gen, []Item{named("E2", "beta 10", "B", 1), named("E10", "beta 9", "A", 2)}, Cursor{From: 2}, true, -1)
	if got := labels(tr); got != "LAB NOTEBOOK| S|  beta 10|  beta 9|  " || !tr.Unsorted(s) || !tr.Sorted() {
		t.Errorf("before all are there: %s", got)
	}
	gen, _, _ = tr.Begin(s)
	sized := sized("D", 5)
	tr.Add(s, gen, []Item{named("E1", "alpha", "C", 3), sized}, Cursor{}, false, -1)
	for order, want := range map[Order]string{
		ByServer: "beta 10|  beta 9|  alpha|  D", ByName: "alpha|  beta 9|  beta 10|  D", ByCode: "alpha|  beta 10|  beta 9|  D",
		ByDate: "alpha|  beta 9|  beta 10|  D", ByType: "beta 9|  beta 10|  alpha|  D",
	} {
		tr.SetOrder(openbis.KindObject, order)
		if got := labels(tr); got != "LAB NOTEBOOK| S|  "+want {
			t.Errorf("%s: %s", order, got)
		}
		if tr.OrderOf(openbis.KindObject) != order {
			t.Errorf("%s is not kept", order)
		}
	}
	if o := ByType.Next(); o != ByServer {
		t.Errorf("after the last comes %s", o)
	}
}

func TestInsertedRowsAreNotShownTwice(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	s, _ := tr.Find(key(openbis.KindSpace, "S"))
	far := tr.Insert(s, item(openbis.KindProject, "P9"))
	below := tr.Insert(far, item(openbis.KindCollection, "C1"))
	tr.Reveal(below)
	if got := labels(tr); got != "LAB NOTEBOOK| S|  P9|   C1|   |  " {
		t.Errorf("on the way: %s", got)
	}
	if cur, _ := tr.Cursor(); cur != below {
		t.Error("the cursor is not there")
	}
	if tr.Insert(s, item(openbis.KindProject, "P9")) != far {
		t.Error("inserted twice")
	}
	tr.Toggle(s)
	if tot := tr.Totals(); !tot.AtLeast {
		t.Error("what is not loaded is not counted as missing")
	}
	gen, at, ok := tr.Begin(s)
	if !ok || at != (Cursor{}) {
		t.Fatal("its first page can't be loaded", at)
	}
	tr.Add(s, gen, []Item{item(openbis.KindProject, "P1"), item(openbis.KindProject, "P9")}, Cursor{}, false, 2)
	if got := labels(tr); got != "LAB NOTEBOOK| S|  P9|   C1|   |  P1" {
		t.Errorf("loaded: %s", got)
	}
	if loaded, _ := tr.Children(s); loaded != 2 {
		t.Errorf("%d children", loaded)
	}
	checkAgainstModel(t, tr)
}

func TestFilesAreFolders(t *testing.T) {
	tr := New(strings.ToUpper)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	load(tr, key(openbis.KindSpace, "S"), sized("d", 100))
	loadFiles(tr, "d", file("o/b10", 1), file("o/b9", 2), file("o/x/1", 4), file("o/x/2", 8), file("o/x.y", 16), file("o/x/z/3", 32))
	ds, _ := tr.Find(key(openbis.KindDataSet, "d"))
	s, _ := tr.Find(key(openbis.KindSpace, "S"))
	tr.Unfold(s)
	tr.Unfold(ds)
	if got := labels(tr); got != "LAB NOTEBOOK| S|  d|   O/|    X/|    B9|    B10|    X.Y" {
		t.Fatalf("shown: %s", got)
	}
	rows := tr.Rows(0, 99)
	top, x, b9 := rows[3], rows[4], rows[5]
	if n, known := tr.CountFiles(x); n != 3 || !known || tr.Item(x).Size != 44 {
		t.Errorf("the folder has %d files, %d bytes", n, tr.Item(x).Size)
	}
	tr.Unfold(x)
	rule := func() string {
		var out []string
		for _, f := range tr.Selection().Files {
			out = append(out, f.Glob)
		}
		return strings.Join(out, " ")
	}
	tr.Toggle(x)
	if rule() != "o/x/**" || tr.Mark(x) != Full || tr.Mark(top) != Partly || tr.Mark(ds) != Partly || tr.Mark(b9) != None {
		t.Errorf("a folder: %q %d %d %d %d", rule(), tr.Mark(x), tr.Mark(top), tr.Mark(ds), tr.Mark(b9))
	}
	if tot := tr.Totals(); tot.Files != 3 || tot.Bytes != 44 {
		t.Errorf("a folder weighs %+v", tot)
	}
	one := tr.Rows(tr.RowOf(x)+1, 3)
	tr.Toggle(one[1]) // a file in it, taken out
	if rule() != "o/x/2 o/x/z/3" && rule() != "o/x/1 o/x/z/3" || tr.Mark(x) != Partly {
		t.Errorf("a file less: %q", rule())
	}
	tr.Toggle(top)
	if rule() != "" || tr.Mark(ds) != Full {
		t.Errorf("everything: %q, %d", rule(), tr.Mark(ds))
	}
	tr.Toggle(top)
	if !tr.Empty() {
		t.Errorf("nothing left: %v", tr.Rules())
	}
	for tr.Undo() {
	}
	if !tr.Empty() || tr.Undo() {
		t.Error("the beginning is not empty")
	}
}

func TestACutListOfFilesIsNotChosenFrom(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	load(tr, key(openbis.KindSpace, "S"), sized("d", 100))
	ds, _ := tr.Find(key(openbis.KindDataSet, "d"))
	gen, _, _ := tr.Begin(ds)
	tr.AddFiles(ds, gen, []FileEntry{{"a/1", 1}, {"a/2", 2}, {"b", 3}}, false)
	s, _ := tr.Find(key(openbis.KindSpace, "S"))
	tr.Unfold(s)
	tr.Unfold(ds)
	rows := tr.Rows(3, 9)
	if tr.Toggle(rows[0]) {
		t.Error("a folder of which not all files are known was chosen")
	}
	if tr.TakeAll(rows[:2], true) || tr.Mark(rows[0]) != None || tr.Mark(rows[1]) != Full || !tr.TakeAll(rows[1:2], false) {
		t.Error("of a folder and a file, more or less than the file was chosen")
	}
	if !tr.Toggle(rows[1]) || tr.Mark(ds) != Partly {
		t.Error("a single file can't be chosen")
	}
	tr.Clear()
	tr.Toggle(ds)
	if tr.Toggle(rows[1]) || tr.Mark(ds) != Full {
		t.Error("a file was taken out of what is not known")
	}
	tr.Toggle(ds)
	if tot := tr.Totals(); tot.Rules != 0 {
		t.Errorf("left: %+v", tot)
	}
}

func TestALargeTreeIsFilteredInSteps(t *testing.T) {
	tr := big(t)
	if tr.Filter("c500/5") {
		t.Fatal("at once")
	}
	before := tr.RowCount()
	if text, _, done := tr.Filtering(); done || text != "c500/5" {
		t.Error("done before it has begun")
	}
	steps := 0
	for !tr.FilterMore(30_000) {
		if steps++; tr.RowCount() != before {
			t.Fatal("the rows changed on the way")
		}
	}
	if tr.Filter("c500/5"); tr.NextMatch(false) || tr.NextMatch(true) {
		t.Error("a match before it was looked for")
	}
	for !tr.FilterMore(50_000) {
	}
	if _, n, done := tr.Filtering(); n != 11 || !done || steps < 2 {
		t.Errorf("%d matches, done %v, after %d steps", n, done, steps)
	}
	cur, _ := tr.Cursor()
	if !tr.NextMatch(false) {
		t.Fatal("no next match")
	}
	next, _ := tr.Cursor()
	if next == cur || !tr.Matches(next) {
		t.Error("the next match is none")
	}
	tr.NextMatch(true)
	tr.NextMatch(false)
	if again, _ := tr.Cursor(); again != next {
		t.Error("back and forth leads elsewhere")
	}
	tr.Filter("Ünknown")
	for !tr.FilterMore(1 << 20) {
	}
	if tr.NextMatch(false) {
		t.Error("a match of nothing")
	}
	tr.Filter("")
	if tr.RowCount() != before || tr.Matches(next) {
		t.Error("not as it was")
	}
}

func TestTheKeysOfManyEntitiesAreFound(t *testing.T) {
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	var items []Item
	for i := range 3000 {
		items = append(items, item(openbis.KindObject, fmt.Sprint("o", i)), item(openbis.KindCollection, fmt.Sprint("o", i)))
	}
	load(tr, key(openbis.KindSpace, "S"), items...)
	for i := range 3000 {
		for _, k := range []openbis.Kind{openbis.KindObject, openbis.KindCollection} {
			if id, ok := tr.Find(key(k, fmt.Sprint("o", i))); !ok || tr.Kind(id) != k || tr.Key(id).PermID != fmt.Sprint("o", i) {
				t.Fatalf("%s o%d is %v %v", k, i, tr.Key(id), ok)
			}
		}
	}
	if _, ok := tr.Find(key(openbis.KindObject, "none")); ok {
		t.Error("found what is not there")
	}
	for range 5 { // found rows come and go
		tr.SetFound([]Item{item(openbis.KindObject, "far"), item(openbis.KindObject, "o1")})
		if id, ok := tr.Find(key(openbis.KindObject, "far")); !ok || !tr.IsFound(id) {
			t.Fatal("a found row is not found")
		}
		tr.SetFound(nil)
		if _, ok := tr.Find(key(openbis.KindObject, "far")); ok {
			t.Fatal("a row that went is found")
		}
	}
}

func TestRowsKeepTheirTexts(t *testing.T) {
	at := time.Date(2025, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, it := range []Item{
		{Key: key(openbis.KindSpace, "LAB"), Label: "Lab", Code: "LAB", Identifier: "/LAB", Size: -1},
		{Key: key(openbis.KindObject, "2025-1"), Label: "EXP1", Code: "EXP1", Identifier: "/LAB/P/EXP1", Type: "STEP", Size: -1, Date: at,
			Badge: "frozen"},
		{Key: key(openbis.KindDataSet, "2025-2"), Label: "raw", Code: "RAW", Identifier: "2025-2", Size: 7, LeftOut: "link", Leaf: true,
			Data: openbis.DataStore{Code: "DSS1"}},
		{Key: key(openbis.KindObject, ""), Label: "", Code: "", Size: 0},
		{Key: key(openbis.KindObject, "far"), Label: "Far", Size: -1, Above: []Key{key(openbis.KindSpace, "F")}},
		{Key: key(openbis.KindObject, "no-code"), Label: "No code", Identifier: "no-code", Hidden: true, Size: 1},
		{Key: key(openbis.KindObject, strings.Repeat("x", 300)), Label: "xx" + strings.Repeat("ö", 40000), Code: "c", Identifier: "i", Size: -1},
	} {
		tr := New(nil)
		tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
		load(tr, key(openbis.KindSpace, "S"), it)
		id, ok := tr.Find(it.Key)
		got := tr.Item(id)
		want := it
		want.Date = got.Date
		if len(it.Label) > 1<<16 {
			want.Label = it.Label[:1<<16-2] // to a whole letter
		}
		if !ok || !got.Date.Equal(it.Date) || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %.200v\nwant %.200v", fmt.Sprint(got), fmt.Sprint(want))
		}
	}
}

func TestManyRowsAreOneChange(t *testing.T) {
	tr, ids := lab(t)
	tr.TakeAll([]ID{ids["o1"], ids["o2"], ids["d1"]}, true)
	if got := tr.marks(ids, "C1 o1 o2 d1 C2"); got != "pxxx-" {
		t.Errorf("marks %s", got)
	}
	if in, known := tr.Inside(ids["C1"]); in != (Inside{Whole: 3, All: 3}) || !known {
		t.Errorf("%+v inside, known %v", in, known)
	}
	tr.TakeAll([]ID{ids["o1"]}, false)
	if in, _ := tr.Inside(ids["C1"]); in != (Inside{Whole: 2, All: 3}) {
		t.Errorf("%+v inside", in)
	}
	tr.Drop(key(openbis.KindObject, "o2"))
	if got := tr.marks(ids, "o1 o2 d1"); got != "--x" {
		t.Errorf("after dropping a rule: %s", got)
	}
	w, known := tr.Weight(selection.Rule{Mode: selection.All, Kind: openbis.KindDataSet, PermID: "d1"})
	if !known || w.DataSets != 1 || w.Bytes != 600 || w.Files != 3 {
		t.Errorf("the rule weighs %+v, %v", w, known)
	}
	for range 3 {
		if !tr.Undo() {
			t.Fatal("not undone")
		}
	}
	if !tr.Empty() {
		t.Error("not everything is undone")
	}
	if from := tr.From(ids["d2"]); from != 0 {
		t.Error("nothing decides, and yet", from)
	}
	tr.Toggle(ids["P"])
	if tr.From(ids["d2"]) != ids["P"] || tr.From(ids["P"]) != ids["P"] {
		t.Error("the project decides")
	}
}

func TestOneEntityWithTwoParentsIsOneTruth(t *testing.T) {
	tr, ids := lab(t)
	load(tr, key(openbis.KindObject, "o2"), item(openbis.KindObject, "o1a")) // a second parent
	tr.Toggle(ids["o2"])
	second := tr.below(ids["o2"]).first
	if tr.Mark(second) != Full || tr.Mark(ids["o1a"]) != Full || tr.Mark(ids["o1"]) != Partly {
		t.Errorf("marks %d %d, its other parent %d", tr.Mark(second), tr.Mark(ids["o1a"]), tr.Mark(ids["o1"]))
	}
	if n := tr.Totals().Objects; n != 2 {
		t.Errorf("%d objects", n)
	}
	checkAgainstModel(t, tr)
	tr.Toggle(ids["o1a"])
	if tr.Mark(second) != Excluded || tr.Mark(ids["o1a"]) != Excluded || tr.Mark(ids["o1"]) != None {
		t.Errorf("taken out: %d %d %d", tr.Mark(second), tr.Mark(ids["o1a"]), tr.Mark(ids["o1"]))
	}
	checkAgainstModel(t, tr)
}

// TestWhatIsAboveEitherPlace counts, whichever of them is looked at.
func TestWhatIsAboveEitherPlace(t *testing.T) {
	two := func(t *testing.T) (*Tree, map[string]ID, ID) {
		tr, ids := lab(t)
		load(tr, key(openbis.KindObject, "o3"), item(openbis.KindObject, "o1a")) // of another collection
		return tr, ids, tr.below(ids["o3"]).first
	}
	for _, from := range []string{"o1", "o3"} {
		tr, ids, other := two(t)
		tr.Toggle(ids[from])
		if tr.Mark(ids["o1a"]) != Full || tr.Mark(other) != Full {
			t.Errorf("%s is taken: %d, %d", from, tr.Mark(ids["o1a"]), tr.Mark(other))
		}
		checkAgainstModel(t, tr)
	}
	// Taken out with what holds it at one place, and nothing takes it at the other.
	for _, c := range [][2]string{{"C1", "o1"}, {"C2", "o3"}} {
		tr, ids, other := two(t)
		tr.Toggle(ids[c[0]])
		tr.Toggle(ids[c[1]])
		if tr.Mark(ids["o1a"]) != Excluded || tr.Mark(other) != Excluded {
			t.Errorf("%s without %s: %d, %d", c[0], c[1], tr.Mark(ids["o1a"]), tr.Mark(other))
		}
		checkAgainstModel(t, tr)
	}
}

// TestFromIsTheRuleThatDecides, for a row of a search as well.
func TestFromIsTheRuleThatDecides(t *testing.T) {
	tr, ids := lab(t)
	tr.ToggleOnly(ids["o1"])
	if tr.From(ids["o1"]) != ids["o1"] || tr.From(ids["o1a"]) != 0 {
		t.Errorf("only this: by %d, below it by %d", tr.From(ids["o1"]), tr.From(ids["o1a"]))
	}
	tr.Toggle(ids["P"])
	tr.ToggleOnly(ids["o1"])
	if tr.From(ids["o1a"]) != ids["P"] {
		t.Errorf("below the project by %d", tr.From(ids["o1a"]))
	}
	tr.SetFound([]Item{item(openbis.KindObject, "o3")})
	found := tr.below(tr.found).first
	if tr.From(found) != ids["P"] {
		t.Errorf("as a row of a search by %d, want %d", tr.From(found), ids["P"])
	}
}

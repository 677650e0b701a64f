package tree

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

// lab is a small tree: LAB > P > C1 (o1 > o1a; o2; d1 with three files), C2 (o3).
func lab(t testing.TB) (*Tree, map[string]ID) {
	t.Helper()
	tr := New(nil)
	tr.AddSpaces([]Item{
		item(openbis.KindSpace, "MATERIALS"), item(openbis.KindSpace, "LAB"), item(openbis.KindSpace, "STOCK_CATALOG"),
		item(openbis.KindSpace, "ELN_SETTINGS"), item(openbis.KindSpace, "HOME"),
	}, "HOME")
	load(tr, key(openbis.KindSpace, "LAB"), item(openbis.KindProject, "P"))
	load(tr, key(openbis.KindProject, "P"), item(openbis.KindCollection, "C1"), item(openbis.KindCollection, "C2"))
	load(tr, key(openbis.KindCollection, "C1"), item(openbis.KindObject, "o1"), item(openbis.KindObject, "o2"), sized("d1", 600))
	load(tr, key(openbis.KindCollection, "C2"), item(openbis.KindObject, "o3"))
	load(tr, key(openbis.KindObject, "o1"), item(openbis.KindObject, "o1a"), sized("d2", 50))
	loadFiles(tr, "d1", file("a", 100), file("b", 200), file("c", 300))
	ids := make(map[string]ID)
	for id := range tr.nodes {
		ids[tr.Item(ID(id)).PermID] = ID(id)
	}
	return tr, ids
}

func key(k openbis.Kind, id string) Key { return Key{Kind: k, PermID: id} }
func item(k openbis.Kind, id string) Item {
	return Item{Key: key(k, id), Label: id, Code: id, Leaf: k == openbis.KindDataSet, Size: -1}
}
func sized(id string, n int64) Item {
	return Item{Key: key(openbis.KindDataSet, id), Label: id, Code: id, Size: n}
}
func file(path string, n int64) FileEntry { return FileEntry{path, n} }

func loadFiles(tr *Tree, ds string, files ...FileEntry) {
	id, _ := tr.Find(key(openbis.KindDataSet, ds))
	gen, _, ok := tr.Begin(id)
	if !ok || !tr.AddFiles(id, gen, files, true) {
		panic("not loaded " + ds)
	}
}

func load(tr *Tree, k Key, items ...Item) {
	id, ok := tr.Find(k)
	if !ok {
		panic("no node " + k.PermID)
	}
	gen, _, ok := tr.Begin(id)
	if !ok || !tr.Add(id, gen, items, Cursor{}, false, len(items)) {
		panic("not loaded " + k.PermID)
	}
}

func (t *Tree) marks(ids map[string]ID, names string) string {
	var b strings.Builder
	for _, n := range strings.Fields(names) {
		b.WriteString([]string{"-", "o", "p", "x", "e"}[t.Mark(ids[n])])
	}
	return b.String()
}

func TestMarks(t *testing.T) {
	const names = "LAB P C1 o1 o1a d2 o2 d1 a b c C2 o3"
	for _, c := range []struct{ name, do, want, rules string }{
		{"nothing", "", "-------------", ""},
		{"a folder takes everything below", "P", "pxxxxxxxxxxxx", "all P"},
		{"twice is nothing", "P P", "-------------", ""},
		{"a leaf makes what is above partial", "o1a", "ppppx--------", "all o1a"},
		{"taking away below excludes", "P o1", "pppeeexxxxxxx", "all P, exclude o1"},
		{"what is far below an exclusion", "P C1", "ppeeeeeeeeexx", "all P, exclude C1"},
		{"and again takes it back", "P o1 o1", "pxxxxxxxxxxxx", "all P"},
		{"below an exclusion the nearest decides", "P o1 o1a", "ppppxexxxxxxx", "all P, exclude o1, all o1a"},
		{"partial becomes full", "P o1 C1", "pxxxxxxxxxxxx", "all P"},
		{"partial without a mark above becomes full", "o1a C1", "ppxxxxxxxxx--", "all C1"},
		{"an excluded branch with something inside becomes full", "P o1 o1a o1", "pxxxxxxxxxxxx", "all P"},
		{"only this", "o:C1", "ppo----------", "only C1"},
		{"only this, twice", "o:C1 o:C1", "-------------", ""},
		{"only this says nothing of what is below", "o1 o:C1", "pppxxx-------", "all o1, only C1"},
		{"only below a full mark is refused", "P o:o1", "pxxxxxxxxxxxx", "all P"},
		{"only after all keeps the entity alone", "o1 o:o1", "pppo---------", "only o1"},
		{"space on only this is full", "o:o1 o1", "pppxxx-------", "all o1"},
		{"only on a data set is all of it", "o:d1", "ppp----xxxx--", "only d1"},
		{"a file", "a", "ppp----px----", "all d1, file a"},
		{"two files", "a c", "ppp----px-x--", "all d1, file a, file c"},
		{"all files are the data set", "a b c", "ppp----xxxx--", "all d1"},
		{"a file less", "d1 b", "ppp----px-x--", "all d1, file a, file c"},
		{"no file left", "a a", "-------------", ""},
		{"a file less below a mark", "P b", "pppxxxxpx-xxx", "all P, file a, file c"},
		{"a file less, and again", "P b b", "pxxxxxxxxxxxx", "all P"},
		{"no file left below a mark", "P a b c", "pppxxxxeeeexx", "all P, exclude d1"},
		{"a file of an excluded data set", "P d1 a", "pppxxxxpx--xx", "all P, file a"},
		{"the data set again takes all its files", "a d1", "ppp----xxxx--", "all d1"},
		{"full again drops the choice of files", "P b P", "pxxxxxxxxxxxx", "all P"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr, ids := lab(t)
			for _, step := range strings.Fields(c.do) {
				if name, ok := strings.CutPrefix(step, "o:"); ok {
					tr.ToggleOnly(ids[name])
				} else {
					tr.Toggle(ids[step])
				}
			}
			if got := tr.marks(ids, names); got != c.want {
				t.Errorf("marks of %s\n got %s\nwant %s", names, got, c.want)
			}
			var rules []string
			for _, r := range tr.Rules() {
				rules = append(rules, string(r.Mode)+" "+r.PermID)
			}
			for _, f := range tr.Selection().Files {
				rules = append(rules, "file "+strings.TrimPrefix(f.Glob, "/"))
			}
			if got := strings.Join(rules, ", "); got != c.rules {
				t.Errorf("rules %q, want %q", got, c.rules)
			}
			checkAgainstModel(t, tr)
		})
	}
}

// checkAgainstModel compares marks and totals with what a walk over every node
// says: an entity is taken if it is at any of its places.
func checkAgainstModel(t *testing.T, tr *Tree) {
	t.Helper()
	rules := selection.NewRules(tr.Rules())
	filter, err := selection.NewFileFilter(tr.Selection().Files)
	if err != nil {
		t.Fatal(err)
	}
	places := make(map[Key][]ID)
	each := func(f func(id ID)) {
		var walk func(id ID)
		walk = func(id ID) {
			f(id)
			for c := tr.below(id).first; c != 0; c = tr.nodes[c].next {
				walk(c)
			}
		}
		for _, s := range tr.sections {
			walk(s)
		}
	}
	each(func(id ID) {
		k := tr.Key(id)
		if k.Kind == File || k.Kind == Folder {
			k.PermID = tr.Key(tr.dataSetOf(id)).PermID + "\n" + k.PermID
		}
		places[k] = append(places[k], id)
	})
	var self, below func(id ID) bool
	above := func(id ID) bool {
		for _, tw := range places[tr.Key(id)] {
			if up := tr.Parent(tw); up != 0 && below(up) {
				return true
			}
		}
		return false
	}
	below = func(id ID) bool { _, b := rules[tr.Key(id)].Over(above(id)); return b }
	self = func(id ID) bool { s, _ := rules[tr.Key(id)].Over(above(id)); return s }
	taken := func(id ID) bool {
		switch k := tr.Key(id); k.Kind {
		case File:
			ds := tr.dataSetOf(id)
			return self(ds) && filter.Wants(tr.Key(ds).PermID, k.PermID)
		case Section, More, Folder:
			return false
		}
		return self(id)
	}
	var want Totals
	for k, ids := range places {
		id := ids[0]
		if !taken(id) {
			continue
		}
		switch k.Kind {
		case openbis.KindObject:
			want.Objects++
		case openbis.KindDataSet:
			want.DataSets++
			_, some := filter[k.PermID]
			if !some {
				want.Bytes += max(tr.Item(id).Size, 0)
			}
			if l := tr.listing[k.PermID]; l != nil {
				for _, f := range l.files {
					if filter.Wants(k.PermID, f.Path) {
						want.Files++
						if some {
							want.Bytes += f.Size
						}
					}
				}
			}
		}
	}
	got := tr.Totals()
	want.Rules, want.AtLeast, want.BytesAtLeast, want.FilesAtLeast, want.LeftOut = got.Rules, got.AtLeast, got.BytesAtLeast,
		got.FilesAtLeast, got.LeftOut
	if got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
	for i, first := range tr.twins {
		if tr.byKey.get(tr, tr.Key(first)) != first || tr.nodes[first].twin == 0 || slices.Contains(tr.twins[:i], first) {
			t.Errorf("%v is no first of several, or twice", tr.Key(first))
		}
	}
	each(func(id ID) {
		if k := tr.Kind(id); k == Section || !ruled(k) {
			return
		}
		for c := tr.below(id).first; c != 0; c = tr.nodes[c].next {
			slow, fast := tr.Mark(c), tr.markBelow(c, tr.covered(id))
			if slow == Excluded {
				slow = None
			}
			if fast == Excluded {
				fast = None
			}
			if slow != fast {
				t.Errorf("%v is marked %d, with its siblings %d", tr.Key(c), slow, fast)
			}
		}
	})
	each(func(id ID) {
		switch tr.Kind(id) {
		case Section, More, Folder:
			return
		}
		in, all := 0, 0
		var count func(id ID)
		count = func(id ID) {
			switch tr.Kind(id) {
			case More, Folder:
			default:
				all++
				if taken(id) {
					in++
				}
			}
			for c := tr.below(id).first; c != 0; c = tr.nodes[c].next {
				count(c)
			}
		}
		count(id)
		k := tr.Key(id)
		switch m := tr.Mark(id); {
		case m == Full && in != all, m == None && in != 0, m == Excluded && in != 0, m == Self && (in != 1 || !taken(id)):
			t.Errorf("%s %s is marked %d although %d of %d are taken", k.Kind, k.PermID, m, in, all)
		case m == Partly && in == 0:
			t.Errorf("%s %s is marked partial although nothing is taken", k.Kind, k.PermID)
		}
		for _, tw := range places[k] {
			if ruled(k.Kind) && tr.Mark(tw) != tr.Mark(id) && tr.below(tw).inc == tr.below(id).inc && tr.below(tw).exc == tr.below(id).exc {
				t.Errorf("%s %s is marked %d and %d", k.Kind, k.PermID, tr.Mark(id), tr.Mark(tw))
			}
		}
	})
}

func TestSections(t *testing.T) {
	tr, _ := lab(t)
	var got []string
	for _, id := range tr.Rows(0, 99) {
		got = append(got, tr.Item(id).Label)
	}
	want := []string{"LAB NOTEBOOK", "HOME", "LAB", "INVENTORY", "MATERIALS", "STOCK", "STOCK_CATALOG"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	tr.ShowHidden(true)
	if n := tr.RowCount(); n != len(want)+1 {
		t.Errorf("with hidden spaces %d rows", n)
	}
	for code, want := range map[string]string{
		"GRP_METHODS": "INVENTORY false", "GRP_STOCK_ORDERS": "STOCK false", "NAGIOS": "LAB NOTEBOOK true",
		"GRP_STORAGE": "INVENTORY true", "JDOE": "LAB NOTEBOOK false", "PUBLICATIONS": "INVENTORY false",
	} {
		if p, hidden := openbis.SectionOf(code); fmt.Sprint(p, hidden) != want {
			t.Errorf("PartOf(%s) = %s %v, want %s", code, p, hidden, want)
		}
	}
}

func TestPagesAndFailures(t *testing.T) {
	tr, ids := lab(t)
	id := ids["HOME"]
	tr.SetCursor(id)
	tr.Unfold(id)
	gen, at, ok := tr.Begin(id)
	if !ok || at != (Cursor{}) {
		t.Fatal("first page")
	}
	if _, _, again := tr.Begin(id); again {
		t.Error("two loads at once")
	}
	if !tr.Fail(id, gen, "no network") {
		t.Error("failure not taken")
	}
	if s, why := tr.State(id); s != Failed || why != "no network" {
		t.Error(s, why)
	}
	gen2, _, ok := tr.Begin(id)
	if !ok {
		t.Fatal("no second try")
	}
	if tr.Add(id, gen, []Item{item(openbis.KindProject, "late")}, Cursor{}, false, 1) {
		t.Error("late answer taken")
	}
	tr.Add(id, gen2, []Item{item(openbis.KindProject, "p1"), item(openbis.KindProject, "p2")}, Cursor{0, 2}, true, 3)
	rows := tr.Rows(2, 3)
	if len(rows) != 3 || tr.Item(rows[2]).Kind != More {
		t.Fatalf("no row for more: %v", rows)
	}
	tr.Toggle(id)
	if !tr.Totals().AtLeast {
		t.Error("a page is missing: at least")
	}
	tr.SetCursor(rows[2])
	gen, at, ok = tr.Begin(rows[2])
	if !ok || at != (Cursor{0, 2}) {
		t.Fatal("second page", at)
	}
	tr.Add(id, gen, []Item{item(openbis.KindProject, "p3")}, Cursor{1, 0}, false, 3)
	if loaded, total := tr.Children(id); loaded != 3 || total != 3 || tr.hasMore(id) {
		t.Error("second page not taken", loaded, total)
	}
	if cur, _ := tr.Cursor(); tr.Item(cur).Label != "p2" {
		t.Error("cursor lost: ", tr.Item(cur).Label)
	}
}

func TestCancelledLoadIsDropped(t *testing.T) {
	tr, ids := lab(t)
	gen, _, _ := tr.Begin(ids["HOME"])
	tr.Cancel(ids["HOME"])
	if tr.Add(ids["HOME"], gen, nil, Cursor{}, false, 0) {
		t.Error("answer of a cancelled load taken")
	}
	if _, _, ok := tr.Begin(ids["HOME"]); !ok {
		t.Error("can't be loaded again")
	}
}

func TestFilter(t *testing.T) {
	tr, ids := lab(t)
	tr.Unfold(ids["LAB"])
	before := slices.Clone(tr.Rows(0, 99))
	tr.Filter("O1")
	if _, n, done := tr.Filtering(); n != 2 || !done {
		t.Errorf("%d matches, done %v", n, done)
	}
	var got []string
	for _, id := range tr.Rows(0, 99) {
		got = append(got, tr.Item(id).Label)
	}
	if want := []string{"LAB NOTEBOOK", "LAB", "P", "C1", "o1", "o1a"}; !slices.Equal(got, want) {
		t.Errorf("got %q want %q", got, want)
	}
	tr.Filter("")
	if !slices.Equal(before, tr.Rows(0, 99)) {
		t.Error("what was unfolded is not restored")
	}
	tr.Filter("o1a")
	tr.SetCursor(ids["o1a"])
	tr.Reveal(ids["o1a"])
	if cur, row := tr.Cursor(); cur != ids["o1a"] || tr.Rows(row, 1)[0] != cur {
		t.Error("the found row is not revealed")
	}
}

func TestFoundItems(t *testing.T) {
	tr, ids := lab(t)
	above := []Key{key(openbis.KindProject, "P"), key(openbis.KindSpace, "LAB")}
	far := Item{Key: key(openbis.KindCollection, "C9"), Label: "far", Above: above}
	tr.SetFound([]Item{far, item(openbis.KindObject, "o3")})
	rows := tr.Rows(0, 3)
	tr.Toggle(rows[1])
	if m := tr.Mark(ids["P"]); m != Partly {
		t.Errorf("project of a found collection is marked %d", m)
	}
	tr.Toggle(rows[2])
	if m := tr.Mark(ids["o3"]); m != Full {
		t.Errorf("the found object in its place is marked %d", m)
	}
	tr.SetFound(nil)
	if m := tr.Mark(ids["P"]); m != Partly || len(tr.Rules()) != 2 {
		t.Error("the selection went with the search")
	}
	tr.Toggle(ids["P"])
	if r := tr.Rules(); len(r) != 1 || r[0].PermID != "P" {
		t.Errorf("rules %v", r)
	}
	tr.SetFound([]Item{far})
	id := tr.Rows(1, 1)[0]
	if tr.Mark(id) != Full {
		t.Error("below a full project")
	}
	tr.Toggle(id)
	if tr.Mark(id) != Excluded || tr.Mark(ids["P"]) != Partly {
		t.Error("not excluded")
	}
}

func TestTwinsCountOnce(t *testing.T) {
	tr, ids := lab(t)
	load(tr, key(openbis.KindObject, "o2"), item(openbis.KindObject, "o1a")) // a second parent
	tr.Toggle(ids["C1"])
	if n := tr.Totals().Objects; n != 3 {
		t.Errorf("%d objects, want 3", n)
	}
	checkAgainstModel(t, tr)
	tr.Toggle(ids["o1a"])
	if tr.Mark(ids["o2"]) != Partly {
		t.Error("the exclusion is not seen above the second place")
	}
}

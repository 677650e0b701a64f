package tree

import (
	"strings"
	"testing"

	"zenobis/omission"
	"zenobis/openbis"
)

// Totals of what is not loaded come from openBIS, and never say more than there is.
func TestKnownTotals(t *testing.T) {
	lab9 := Known{Objects: 100_000, DataSets: 2_000}
	for _, c := range []struct {
		name  string
		do    string
		known map[string]Known // by space, project or collection
		want  Totals
		ask   string // what is not counted yet
	}{
		{"asked for", "LAB", nil, Totals{Rules: 1, Objects: 4, DataSets: 2, Files: 3, Bytes: 650, AtLeast: true, BytesAtLeast: true,
			FilesAtLeast: true}, "LAB"},
		{"counted", "LAB", map[string]Known{"LAB": lab9}, Totals{Rules: 1, Objects: 100_000, DataSets: 2_000, Files: 3, BytesAtLeast: true,
			FilesAtLeast: true}, "LAB"},
		{"bytes arrive", "LAB", map[string]Known{"LAB": {Objects: 9, DataSets: 5, Seen: 3, Bytes: 700, LeftOut: 1}},
			Totals{Rules: 1, Objects: 9, DataSets: 4, Files: 3, Bytes: 700, LeftOut: 1, BytesAtLeast: true, FilesAtLeast: true}, "LAB"},
		{"all bytes", "LAB", map[string]Known{"LAB": {Objects: 9, DataSets: 5, Seen: 5, Bytes: 900}},
			Totals{Rules: 1, Objects: 9, DataSets: 5, Files: 3, Bytes: 900, FilesAtLeast: true}, ""},
		{"less a collection", "LAB C1", map[string]Known{"LAB": {Objects: 9, DataSets: 5, Seen: 5, Bytes: 900}, "C1": {Objects: 4,
			DataSets: 2, Seen: 2, Bytes: 650}},
			Totals{Rules: 1, Objects: 5, DataSets: 3, Bytes: 250, FilesAtLeast: true}, ""},
		{"less a collection that is not counted", "LAB C1", map[string]Known{"LAB": {Objects: 9, DataSets: 5, Seen: 5, Bytes: 900}},
			Totals{Rules: 1, Objects: 1, AtLeast: true, BytesAtLeast: true, FilesAtLeast: true}, "C1"},
		{"less a loaded object", "LAB o1", map[string]Known{"LAB": {Objects: 9, DataSets: 5, Seen: 5, Bytes: 900}},
			// o1a is not loaded to its end, so the whole is not used.
			Totals{Rules: 1, Objects: 2, DataSets: 1, Files: 3, Bytes: 600, AtLeast: true, BytesAtLeast: true, FilesAtLeast: true}, ""},
		{"less a data set", "LAB d1", map[string]Known{"LAB": {Objects: 9, DataSets: 5, Seen: 5, Bytes: 900}},
			Totals{Rules: 1, Objects: 9, DataSets: 4, Bytes: 300, FilesAtLeast: true}, ""},
		{"refused", "LAB", map[string]Known{"LAB": {Failed: true}}, Totals{Rules: 1, Objects: 4, DataSets: 2, Files: 3, Bytes: 650,
			AtLeast: true, BytesAtLeast: true, FilesAtLeast: true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr, ids := lab(t)
			kinds := map[string]openbis.Kind{"LAB": openbis.KindSpace, "P": openbis.KindProject, "C1": openbis.KindCollection}
			for _, name := range strings.Fields(c.do) {
				tr.Toggle(ids[name])
			}
			for name, w := range c.known {
				tr.Know(key(kinds[name], name), w)
			}
			if got := tr.Totals(); got != c.want {
				t.Errorf("totals %+v, want %+v", got, c.want)
			}
			var ask string
			for k := range tr.Uncounted() {
				ask += k.PermID
			}
			if ask != c.ask {
				t.Errorf("asks for %q, want %q", ask, c.ask)
			}
		})
	}
}

// Rows below something that openBIS counts are not loaded for counting, but for
// what is taken out of it.
func TestPendingBelowKnown(t *testing.T) {
	tr, ids := lab(t)
	tr.Toggle(ids["LAB"])
	if ids := tr.Pending(9); len(ids) > 0 {
		t.Errorf("%s would be loaded", tr.Item(ids[0]).PermID)
	}
	tr.Know(key(openbis.KindSpace, "LAB"), Known{Objects: 9, DataSets: 5})
	tr.Toggle(ids["o1"])
	if ids := tr.Pending(9); len(ids) != 1 || tr.Item(ids[0]).PermID != "o1a" {
		t.Errorf("pending %v, want o1a", ids)
	}
	load(tr, key(openbis.KindObject, "o1a"))
	if len(tr.Pending(9)) > 0 {
		t.Error("still something to load")
	}
	if got := tr.Totals(); got.AtLeast || got.Objects != 7 || got.DataSets != 4 {
		t.Errorf("totals %+v", got)
	}
}

// An archived data set that came back is counted as data, and nothing that was
// counted before it stays beside what is counted after it.
func TestReturnedFromTheArchive(t *testing.T) {
	tr, ids := lab(t)
	away := sized("d3", 40)
	away.LeftOut = omission.Archived
	load(tr, key(openbis.KindObject, "o2"), away)
	tr.Toggle(ids["C1"])
	tr.Know(key(openbis.KindCollection, "C1"), Known{Objects: 3, DataSets: 3, Seen: 3, Bytes: 650, LeftOut: 1})
	if got := tr.Totals(); got.DataSets != 2 || got.LeftOut != 1 {
		t.Fatalf("before: %+v", got)
	}
	tr.Returned([]string{"d3", "d1", "of no row"})
	if got := tr.Totals(); got.DataSets != 3 || got.LeftOut != 0 || got.Bytes != 690 {
		t.Errorf("after: %+v", got)
	}
	if _, asks := tr.Uncounted()[key(openbis.KindCollection, "C1")]; !asks {
		t.Error("the collection is not counted again")
	}
	id, _ := tr.Find(key(openbis.KindDataSet, "d3"))
	if why := tr.Item(id).LeftOut; why != "" {
		t.Errorf("the row still says %s", why)
	}
}

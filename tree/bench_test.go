package tree

import (
	"fmt"
	"testing"

	"zenobis/openbis"
)

// big has 100,000 loaded rows, all unfolded: 1,000 collections of 100 objects.
func big(tb testing.TB) *Tree {
	tb.Helper()
	tr := New(nil)
	tr.AddSpaces([]Item{item(openbis.KindSpace, "S")}, "")
	var projects []Item
	for c := range 1000 {
		projects = append(projects, item(openbis.KindCollection, fmt.Sprint("C", c)))
	}
	load(tr, key(openbis.KindSpace, "S"), item(openbis.KindProject, "P"))
	load(tr, key(openbis.KindProject, "P"), projects...)
	for _, c := range projects {
		var objects []Item
		for o := range 100 {
			objects = append(objects, item(openbis.KindObject, fmt.Sprint(c.PermID, "/", o)))
		}
		load(tr, c.Key, objects...)
	}
	for id := range tr.nodes {
		tr.nodes[id].flags |= open
	}
	tr.rebuild()
	return tr
}

func BenchmarkFold(b *testing.B) {
	tr := big(b)
	id, _ := tr.Find(key(openbis.KindProject, "P"))
	for b.Loop() {
		tr.Fold(id)
		tr.Unfold(id)
	}
}

func BenchmarkToggle(b *testing.B) {
	tr := big(b)
	id, _ := tr.Find(key(openbis.KindObject, "C500/50"))
	for b.Loop() {
		tr.Toggle(id)
		tr.Totals()
	}
}

func BenchmarkFilter(b *testing.B) {
	tr := big(b)
	for b.Loop() {
		tr.Filter("c500/5")
	}
}

func BenchmarkMove(b *testing.B) {
	tr := big(b)
	for b.Loop() {
		tr.Move(49_000)
		tr.Move(-49_000)
		for _, id := range tr.Rows(50_000, 50) {
			tr.Mark(id)
		}
	}
}

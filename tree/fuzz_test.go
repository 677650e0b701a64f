package tree

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"zenobis/openbis"
)

// FuzzRules does whatever people may do to a tree that grows meanwhile.
func FuzzRules(f *testing.F) {
	f.Add(uint64(1), []byte{1, 2, 3, 40, 250})
	f.Add(uint64(7), []byte{9, 9, 30, 31, 32, 33, 128, 200})
	f.Fuzz(func(t *testing.T, seed uint64, ops []byte) {
		if len(ops) > 60 {
			return
		}
		rnd := rand.New(rand.NewPCG(seed, 1))
		tr := New(nil)
		tr.AddSpaces([]Item{item(openbis.KindSpace, "A"), item(openbis.KindSpace, "B"), item(openbis.KindSpace, "X_MATERIALS")}, "")
		n := 0
		grow := func() {
			id := ID(1 + rnd.IntN(len(tr.nodes)-1))
			if tr.inFound(id) { // the model knows the places alone
				return
			}
			gen, at, ok := tr.Begin(id)
			if !ok {
				return
			}
			if k := tr.Kind(id); k == More {
				id = tr.Parent(id)
			}
			var items []Item
			for range rnd.IntN(4) {
				n++
				switch kind := tr.Kind(id); kind {
				case openbis.KindSpace:
					items = append(items, item(openbis.KindProject, fmt.Sprint(n)))
				case openbis.KindProject:
					items = append(items, item(openbis.KindCollection, fmt.Sprint(n)))
				default:
					if rnd.IntN(4) == 0 { // an object with several parents
						shared := item(openbis.KindObject, fmt.Sprint("shared", rnd.IntN(4)))
						shared.Leaf = true
						if !slices.ContainsFunc(items, func(it Item) bool { return it.Key == shared.Key }) && !tr.isChild(id, shared.Key) {
							items = append(items, shared)
						}
					} else if rnd.IntN(2) == 0 {
						items = append(items, item(openbis.KindObject, fmt.Sprint(n)))
					} else {
						items = append(items, sized(fmt.Sprint(n), 1000))
					}
				}
			}
			if tr.Kind(id) == openbis.KindDataSet {
				tr.AddFiles(id, gen, []FileEntry{{"a/1", 1}, {"a/2", 2}, {"a/b/3", 3}, {"b.txt", 4}}, true)
				return
			}
			tr.Add(id, gen, items, Cursor{at.Phase, at.From + len(items)}, rnd.IntN(3) == 0, -1)
		}
		for _, op := range ops {
			id := ID(int(op)%(len(tr.nodes)-1) + 1)
			switch rnd.IntN(8) {
			case 0, 1:
				before := tr.Mark(id)
				tr.Toggle(id)
				if after := tr.Mark(id); ruled(tr.Kind(id)) && tr.Kind(id) != "" && (before == Full) == (after == Full) {
					t.Fatalf("%d became %d", before, after)
				}
			case 2:
				tr.ToggleOnly(id)
			case 3:
				tr.Unfold(id)
			case 4:
				tr.Fold(id)
			case 5:
				tr.Move(int(op) - 100)
			case 6:
				var answers []Item
				for range rnd.IntN(4) {
					k := tr.Key(ID(1 + rnd.IntN(len(tr.nodes)-1)))
					if again := func(it Item) bool { return it.Key == k }; ruled(k.Kind) && k.Kind != "" && !slices.ContainsFunc(answers, again) {
						answers = append(answers, item(k.Kind, k.PermID))
					}
				}
				tr.SetFound(answers)
			default:
				grow()
				grow()
			}
			got := slices.Clone(tr.rows)
			tr.rebuild()
			if !slices.Equal(got, tr.rows) {
				t.Fatalf("rows %v, rebuilt %v", got, tr.rows)
			}
		}
		if len(tr.choices) == 0 { // sizes of files and data sets are made up
			checkAgainstModel(t, tr)
		}
		again := New(nil)
		again.Restore(tr.Selection())
		if !slices.Equal(again.Rules(), tr.Rules()) || !slices.Equal(again.Selection().Files, tr.Selection().Files) {
			t.Fatal("not restored")
		}
	})
}

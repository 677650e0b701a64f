package tree

import (
	"cmp"
	"slices"

	"zenobis/openbis"
	"zenobis/selection"
)

// ToggleFile takes one file of a data set into the selection or out of it. It
// is false, and nothing happens, where a file would be taken out of a data set
// that is not listed to its end: what is left could not be said.
func (t *Tree) ToggleFile(id ID) bool {
	n := &t.nodes[id]
	if n.item.Kind != File {
		return false
	}
	dsID, ds, path := n.parent, t.nodes[n.parent].item.PermID, n.item.PermID
	set, was := t.files[ds], t.selected(n.parent)
	switch {
	case was && set == nil: // all but this one
		if t.nodes[dsID].state != Loaded || t.hasMore(dsID) {
			return false
		}
		for c := t.nodes[dsID].first; c != 0; c = t.nodes[c].next {
			if c != id {
				t.addFile(ds, t.nodes[c].item.PermID, t.nodes[c].item.Size)
			}
		}
		if t.files[ds] == nil { // it was the only one
			t.unselect(dsID)
		}
	case was:
		if _, in := set[path]; !in {
			set[path] = n.item.Size
			if len(set) == t.nodes[dsID].kids && t.nodes[dsID].state == Loaded && !t.hasMore(dsID) {
				t.dropFiles(ds)
			}
			break
		}
		delete(set, path)
		if len(set) == 0 {
			t.dropFiles(ds)
			t.unselect(dsID)
		}
	default:
		t.dropFiles(ds)
		above := t.coveredAbove(dsID)
		if above {
			t.set(dsID, "")
		} else {
			t.set(dsID, selection.All)
		}
		if t.nodes[dsID].kids > 1 || t.nodes[dsID].state != Loaded || t.hasMore(dsID) {
			t.addFile(ds, path, n.item.Size)
		}
	}
	t.settle()
	return true
}

// unselect takes a data set out of the selection.
func (t *Tree) unselect(ds ID) {
	if t.coveredAbove(ds) {
		t.set(ds, selection.Exclude)
	} else {
		t.set(ds, "")
	}
}

// addFile notes a chosen file; the first one makes everything above partial.
func (t *Tree) addFile(ds, path string, size int64) {
	if t.files[ds] == nil {
		t.files[ds] = make(map[string]int64)
		t.countFiles(ds, 1)
	}
	t.files[ds][path] = size
}

func (t *Tree) dropFiles(ds string) {
	if t.files[ds] != nil {
		delete(t.files, ds)
		t.countFiles(ds, -1)
	}
}

// countFiles counts a choice of files as something taken away, in the data set
// and above it.
func (t *Tree) countFiles(ds string, sign int) {
	for id := t.byKey[Key{Kind: openbis.KindDataSet, PermID: ds}]; id != 0; id = t.nodes[id].twin {
		t.nodes[id].exc += sign
		t.countBelow(id, 0, sign)
	}
}

// Files returns the chosen files of the data sets of which only some are wanted.
func (t *Tree) Files() []FileRule {
	var out []FileRule
	for ds, set := range t.files {
		for path := range set {
			out = append(out, FileRule{ds, path})
		}
	}
	slices.SortFunc(out, func(a, b FileRule) int {
		return cmp.Or(cmp.Compare(a.DataSet, b.DataSet), cmp.Compare(a.Path, b.Path))
	})
	return out
}

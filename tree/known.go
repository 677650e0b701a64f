package tree

import (
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/selection"
)

// Known is what openBIS says of everything below a space, a project or a
// collection, without listing it.
type Known struct {
	Objects  int
	DataSets int
	Seen     int   // data sets that were looked at: with all of them, what follows is exact
	Bytes    int64 // of these
	LeftOut  int   // of these: can't be exported
	Unsized  int   // of these: of unknown size
	// Failed: openBIS did not say it; the rows below are loaded instead.
	Failed bool
}

// Know takes note of what is below an entity.
func (t *Tree) Know(k Key, w Known) {
	if t.known == nil {
		t.known = map[Key]Known{}
	}
	t.known[k] = w
	t.settle()
}

// Asked reports whether openBIS was asked about an entity already.
func (t *Tree) Asked(k Key) bool {
	_, ok := t.known[k]
	return ok
}

// Returned notes that archived data sets are back, by their permIds: they count as
// data from now on. What was counted before would not fit to what is counted after
// it, so that is asked for again.
func (t *Tree) Returned(dataSets []string) {
	for _, permID := range dataSets {
		k := Key{Kind: openbis.KindDataSet, PermID: permID}
		for id := t.byKey.get(t, k); id != 0; id = t.nodes[id].twin {
			if t.reasons.get(uint16(t.nodes[id].why)) == omission.Archived {
				t.branchOf(id) // what it weighed so far
				t.nodes[id].why = 0
				t.recount(id)
			}
		}
	}
	t.known = nil
	t.settle()
}

// knowable reports whether openBIS can say what is below a kind without listing it.
func knowable(k openbis.Kind) bool {
	return k == openbis.KindSpace || k == openbis.KindProject || k == openbis.KindCollection
}

// Uncounted lists the entities whose rules change the selection and of which
// openBIS has not said yet what is below them; seen is what is known so far.
func (t *Tree) Uncounted() map[Key]Known {
	out := map[Key]Known{}
	for _, r := range t.inOrder() {
		k := r.key
		if !knowable(k.Kind) {
			continue
		}
		w, asked := t.known[k]
		if w.Failed || asked && w.Seen >= w.DataSets || r.mode == selection.Only {
			continue
		}
		if r.first != 0 && t.coveredAt(r.first) != (r.mode == selection.All) {
			out[k] = w
		}
	}
	return out
}

// weigher decides of which rules the numbers come from openBIS: where something
// is taken out of an entity of which only parts are loaded, the numbers of the
// whole would be too high.
type weigher struct {
	t     *Tree
	exact map[ID]bool // by the topmost rule
	alone bool        // the rule that is weighed is alone: what openBIS knows of it is exact

	parent ID // of the last node that was looked at
	above  bool
}

// coveredAt is the tree's, which is the same for all children of a node.
func (w *weigher) coveredAt(id ID) bool {
	p := w.t.nodes[id].parent
	if w.t.outside(p) {
		return w.t.coveredAt(id)
	}
	if p != w.parent {
		w.parent, w.above = p, w.t.coveredAt(id)
	}
	return w.above
}

func (t *Tree) weigher() *weigher {
	w := &weigher{t: t, exact: map[ID]bool{}}
	if len(t.known) == 0 {
		return w
	}
	for _, r := range t.inOrder() {
		if r.first == 0 {
			continue
		}
		top := t.topmost(r.first)
		if have, seen := w.exact[top]; !seen || have {
			w.exact[top] = r.mode == selection.Only || t.isExact(r.key, r.first)
		}
	}
	return w
}

// topmost is the highest node at or above one that has a rule.
func (t *Tree) topmost(id ID) ID {
	top := id
	for a := range t.up(id) {
		if m := modes[t.nodes[a].mode]; m == selection.All || m == selection.Exclude {
			top = a
		}
	}
	return top
}

// isExact reports whether what is below a node is known or loaded completely.
func (t *Tree) isExact(k Key, id ID) bool {
	if w, ok := t.known[k]; ok && !w.Failed {
		return true
	}
	return t.below(id).sub.pending == 0 && !t.isPending(id)
}

func (w *weigher) isExact(id ID) bool { return w.alone || w.exact[w.t.topmost(id)] }

// sub is what stands below a node: by openBIS' word, or as far as it is loaded.
func (w *weigher) sub(k Key, id ID) count {
	loaded := w.t.below(id).sub
	known, ok := w.t.known[k]
	if !ok || known.Failed || !w.isExact(id) {
		return loaded
	}
	return count{
		objects: int32(known.Objects), dataSets: int32(known.DataSets - known.LeftOut), leftOut: int32(known.LeftOut), bytes: known.Bytes,
		unsized: int32(known.Unsized + known.DataSets - known.Seen), files: loaded.files, unlisted: int32(known.DataSets),
	}
}

// own is a node by itself; where everything below it is known, nothing is pending.
func (w *weigher) own(k Key, id ID) count {
	own := w.t.own(id)
	if known, ok := w.t.known[k]; ok && !known.Failed && w.isExact(id) {
		own.pending = 0
	}
	return own
}

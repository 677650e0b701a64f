package tree

import (
	"zenobis/openbis"
	"zenobis/selection"
)

// Totals say what a selection weighs, as far as it is loaded.
type Totals struct {
	Rules    int // rules that take something
	Objects  int
	DataSets int
	Files    int   // of the data sets whose files are listed
	Bytes    int64 // of data sets
	LeftOut  int   // data sets that can't be exported
	// AtLeast: something below a selected entity is not loaded, or a size is
	// unknown, so that there may be more of everything.
	AtLeast bool
	// FilesAtLeast: also the files of some data set are not listed.
	FilesAtLeast bool
}

// Totals adds the selection up: each rule that changes what the rule above it
// says adds or takes away everything that is below it.
func (t *Tree) Totals() Totals {
	if t.counted == t.version {
		return t.totals
	}
	var sum count
	var out Totals
	for k, r := range t.rules {
		if r.mode != selection.Exclude {
			out.Rules++
		}
		id, ok := t.Find(k)
		if !ok {
			out.AtLeast = out.AtLeast || r.mode == selection.All
			continue
		}
		for tw := id; tw != 0; tw = t.nodes[tw].twin { // the one that counts
			if !t.nodes[tw].second && !t.inFound(tw) {
				id = tw
				break
			}
		}
		above := t.coveredAbove(id)
		switch {
		case r.mode == selection.All && !above:
			sum.add(t.nodes[id].sub, 1)
			sum.add(t.chosen(k), 1)
		case r.mode == selection.Exclude && above:
			sum.add(t.nodes[id].sub, -1)
		case r.mode == selection.Only && !above:
			own := t.nodes[id].own
			own.pending = 0
			sum.add(own, 1)
			sum.add(t.chosen(k), 1)
		}
	}
	for ds := range t.files { // data sets that a rule further up takes
		k := Key{Kind: openbis.KindDataSet, PermID: ds}
		if r := t.rules[k]; r == nil {
			if id, ok := t.Find(k); ok && t.covered(id) {
				sum.add(t.chosen(k), 1)
			}
		}
	}
	out.Objects, out.DataSets, out.Files = sum.objects, sum.dataSets, sum.files
	out.Bytes, out.LeftOut = sum.bytes, sum.leftOut
	out.AtLeast = out.AtLeast || sum.pending > 0 || sum.unsized > 0
	out.FilesAtLeast = out.AtLeast || sum.unlisted > 0
	t.totals, t.counted = out, t.version
	return out
}

// chosen is the difference that a choice of files makes to its data set.
func (t *Tree) chosen(k Key) count {
	set := t.files[k.PermID]
	if k.Kind != openbis.KindDataSet || set == nil {
		return count{}
	}
	id, ok := t.Find(k)
	if !ok {
		return count{}
	}
	own := t.nodes[id].own
	d := count{files: len(set) - own.files, bytes: -own.bytes, unlisted: -own.unlisted, unsized: -own.unsized}
	for _, size := range set {
		if size < 0 {
			d.unsized = 1
			continue
		}
		d.bytes += size
	}
	return d
}

// NextPending returns a node below the selection whose children are not loaded,
// so that a caller who counts in the background knows what to load next.
func (t *Tree) NextPending() (ID, bool) {
	for k, r := range t.rules {
		if r.mode != selection.All {
			continue
		}
		id, ok := t.Find(k)
		if !ok || t.nodes[id].sub.pending == 0 {
			continue
		}
		if found := t.pendingBelow(id); found != 0 {
			return found, true
		}
	}
	return 0, false
}

// pendingBelow walks down along the nodes that have something pending below.
func (t *Tree) pendingBelow(id ID) ID {
	n := &t.nodes[id]
	if n.rule == selection.Exclude || n.sub.pending == 0 {
		return 0
	}
	if t.isPending(id) && n.state != Loading && n.state != Failed {
		return id
	}
	for c := n.first; c != 0; c = t.nodes[c].next {
		if found := t.pendingBelow(c); found != 0 {
			return found
		}
	}
	return 0
}

package tree

import (
	"zenobis/openbis"
	"zenobis/selection"
)

// count is what nodes weigh.
type count struct {
	objects, dataSets, files int32
	pending                  int32 // nodes with children that are not loaded
	unsized                  int32 // data sets of unknown size
	unlisted                 int32 // data sets whose files are not listed
	leftOut                  int32 // data sets that can't be exported
	bytes                    int64
}

func (c *count) add(d count, sign int32) {
	c.objects += sign * d.objects
	c.dataSets += sign * d.dataSets
	c.files += sign * d.files
	c.pending += sign * d.pending
	c.unsized += sign * d.unsized
	c.unlisted += sign * d.unlisted
	c.leftOut += sign * d.leftOut
	c.bytes += int64(sign) * d.bytes
}

// Totals say what a selection weighs, as far as it is loaded.
type Totals struct {
	Rules    int // rules that take something
	Objects  int
	DataSets int
	Files    int   // of the data sets whose files are listed
	Bytes    int64 // of data sets
	LeftOut  int   // data sets that can't be exported
	// AtLeast: something below a selected entity is neither loaded nor known, so
	// that there may be more of everything.
	AtLeast bool
	// BytesAtLeast: also the size of some data set is not known, or not yet.
	BytesAtLeast bool
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
	w := t.weigher()
	for k, r := range t.rules {
		if r.mode != selection.Exclude {
			out.Rules++
		}
		c, known := w.weightOf(k, r.mode)
		out.AtLeast = out.AtLeast || !known && r.mode == selection.All
		sum.add(c, 1)
	}
	for ds := range t.choices { // data sets that a rule further up takes
		k := Key{Kind: openbis.KindDataSet, PermID: ds}
		if t.rules[k] == nil {
			if id, ok := t.Find(k); ok && t.coveredAbove(id) {
				sum.add(t.chosen(k), 1)
			}
		}
	}
	sum.add(t.elsewhere(), 1)
	out.Objects, out.DataSets, out.Files = int(sum.objects), int(sum.dataSets), int(sum.files)
	out.Bytes, out.LeftOut = sum.bytes, max(0, int(sum.leftOut))
	out.AtLeast = out.AtLeast || sum.pending > 0
	out.BytesAtLeast = out.AtLeast || sum.unsized > 0
	out.FilesAtLeast = out.AtLeast || sum.unlisted > 0
	t.totals, t.counted = out, t.version
	return out
}

// Weight is what a rule adds to the selection, or takes away, as far as it is
// loaded. It is false where the entity is not loaded.
func (t *Tree) Weight(r selection.Rule) (Totals, bool) {
	c, known := t.weigher().weightOf(Key{Kind: r.Kind, PermID: r.PermID}, r.Mode)
	atLeast := c.pending != 0
	if c.objects < 0 || c.dataSets < 0 || c.bytes < 0 {
		var minus count
		minus.add(c, -1)
		c = minus
	}
	return Totals{
		Objects: int(c.objects), DataSets: int(c.dataSets), Files: int(c.files), Bytes: c.bytes, LeftOut: int(c.leftOut),
		AtLeast: atLeast, BytesAtLeast: atLeast || c.unsized != 0, FilesAtLeast: atLeast || c.unlisted != 0,
	}, known
}

// weightOf is the difference that a rule makes.
func (w weigher) weightOf(k Key, m selection.Mode) (c count, known bool) {
	t := w.t
	id, ok := t.Find(k)
	if !ok {
		return c, false
	}
	id = t.counting(id)
	above := t.coveredAt(id)
	switch {
	case m == selection.All && !above:
		c.add(w.own(k, id), 1)
		c.add(w.sub(k, id), 1)
		c.add(t.chosen(k), 1)
	case m == selection.Exclude && above:
		c.add(w.own(k, id), -1)
		c.add(w.sub(k, id), -1)
	case m == selection.Only && !above:
		c = t.own(id)
		c.pending = 0
		c.add(t.chosen(k), 1)
	}
	return c, true
}

// elsewhere are the entities below a place that is not taken, that are taken at
// another place of what holds them: an object with two parents of which one is
// selected.
func (t *Tree) elsewhere() (c count) {
	for _, first := range t.twins {
		if !t.coveredAbove(first) {
			continue
		}
		for tw := first; tw != 0; tw = t.nodes[tw].twin {
			if !t.inFound(tw) && !t.coveredAt(tw) {
				t.addUncounted(tw, &c)
			}
		}
	}
	return c
}

// addUncounted adds what is taken at a node and below it, though no rule along
// its place says so. What has a rule of its own is counted with that.
func (t *Tree) addUncounted(id ID, c *count) {
	n := &t.nodes[id]
	switch modes[n.mode] {
	case selection.All, selection.Exclude:
		return
	case "":
		own := t.own(id)
		own.pending = 0
		c.add(own, 1)
	}
	for k := t.below(id).first; k != 0; k = t.nodes[k].next {
		t.addUncounted(k, c)
	}
}

// chosen is the difference that a choice of files makes to its data set.
func (t *Tree) chosen(k Key) count {
	ch := t.choices[k.PermID]
	if k.Kind != openbis.KindDataSet || ch == nil {
		return count{}
	}
	id, ok := t.Find(k)
	if !ok {
		return count{}
	}
	own := t.own(id)
	d := count{files: -own.files, bytes: -own.bytes, unlisted: -own.unlisted, unsized: -own.unsized}
	if l := t.listing[k.PermID]; l != nil {
		d.files += int32(ch.n)
		d.bytes += ch.bytes
	} else {
		d.unsized++
	}
	return d
}

// NextPending returns a node below the selection whose children are not loaded,
// so that a caller who counts in the background knows what to load next.
func (t *Tree) NextPending() (ID, bool) {
	for k, r := range t.rules {
		id, ok := t.Find(k)
		if !ok || r.mode == selection.Only || t.coveredAt(t.counting(id)) == (r.mode == selection.All) {
			continue
		}
		if w, asked := t.known[k]; knowable(k.Kind) && !(asked && w.Failed) {
			continue // openBIS says what is below it
		}
		if r.mode == selection.Exclude && !t.knownAbove(id) {
			continue // what is taken out was never counted
		}
		if found := t.pendingBelow(id, true); found != 0 {
			return found, true
		}
	}
	return 0, false
}

// knownAbove reports whether a node is below one of which openBIS said what it holds.
func (t *Tree) knownAbove(id ID) bool {
	if len(t.known) == 0 {
		return false
	}
	for a := range t.up(id) {
		if w, ok := t.known[t.nodes[a].key()]; ok && !w.Failed && a != id {
			return true
		}
	}
	return false
}

// pendingBelow walks down along the nodes that have something pending below.
func (t *Tree) pendingBelow(id ID, top bool) ID {
	n := &t.nodes[id]
	if modes[n.mode] == selection.Exclude && !top {
		return 0
	}
	if t.isPending(id) && n.state != Loading && n.state != Failed {
		return id
	}
	b := t.below(id)
	if b.sub.pending == 0 {
		return 0
	}
	for c := b.first; c != 0; c = t.nodes[c].next {
		if found := t.pendingBelow(c, false); found != 0 {
			return found
		}
	}
	return 0
}

// insideOf is how many of a node's children have something selected in them.
type insideOf struct{ some, all int }

// Inside says of a partly marked node in how many of its children something is
// selected, as soon as all of them are loaded.
func (t *Tree) Inside(id ID) (some, all int, known bool) {
	n := &t.nodes[id]
	if n.state != Loaded || t.hasMore(id) || n.kind == kindSection {
		return 0, 0, false
	}
	if t.insides != t.version || t.inside == nil {
		t.inside, t.insides = make(map[ID]insideOf), t.version
	}
	in, ok := t.inside[id]
	if !ok {
		for c := t.below(id).first; c != 0; c = t.nodes[c].next {
			in.all++
			switch t.Mark(c) {
			case None, Excluded:
			default:
				in.some++
			}
		}
		t.inside[id] = in
	}
	return in.some, in.all, true
}

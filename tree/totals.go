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

// tally is the selection added up.
type tally struct {
	sum     count
	rules   int // that take something
	unknown int // of these: their entities are not loaded
}

// Totals adds the selection up: each rule that changes what the rule above it
// says adds or takes away everything that is below it. A rule that changes for
// itself is counted when it does; the others after the next look.
func (t *Tree) Totals() Totals {
	if t.counted != t.version || t.stale {
		t.addUp()
	}
	sum := t.tally.sum
	out := Totals{
		Rules: t.tally.rules, Objects: int(sum.objects), DataSets: int(sum.dataSets), Files: int(sum.files),
		Bytes: sum.bytes, LeftOut: max(0, int(sum.leftOut)),
	}
	out.AtLeast = t.tally.unknown > 0 || sum.pending > 0
	out.BytesAtLeast = out.AtLeast || sum.unsized > 0
	out.FilesAtLeast = out.AtLeast || sum.unlisted > 0
	return out
}

// addUp counts the selection from the beginning.
func (t *Tree) addUp() {
	t.tally, t.counted, t.stale = tally{}, t.version, false
	w := t.weigher()
	for _, r := range t.inOrder() {
		t.tally.add(w, r, 1)
	}
	for ds := range t.choices { // data sets that a rule further up takes
		k := Key{Kind: openbis.KindDataSet, PermID: ds}
		if t.rules[k] == nil {
			if id, ok := t.Find(k); ok && t.coveredAbove(id) {
				t.tally.sum.add(t.chosen(k), 1)
			}
		}
	}
	t.tally.sum.add(t.elsewhere(), 1)
}

func (s *tally) add(w *weigher, r *rule, sign int32) {
	c, known := w.weightOf(r.key, r.first, r.mode)
	s.sum.add(c, sign)
	if r.mode != selection.Exclude {
		s.rules += int(sign)
	}
	if !known && r.mode == selection.All {
		s.unknown += int(sign)
	}
}

// countAnew is how many rules may change at once before it is quicker to count
// everything again.
const countAnew = 500

// uncount takes a rule that is about to change out of the tally. Where other
// numbers hang on it, it is false, and everything is counted again later.
func (t *Tree) uncount(k Key, old *rule, first ID) bool {
	if t.stale || t.counted != t.version {
		return false
	}
	if !t.alone(k, first) {
		t.stale = true
		return false
	}
	if old != nil {
		t.tally.add(&weigher{t: t, alone: true}, old, -1)
	}
	return true
}

// countIn is the other half of uncount, once the rule has changed.
func (t *Tree) countIn(r *rule) {
	if r != nil {
		t.tally.add(&weigher{t: t, alone: true}, r, 1)
	}
}

// alone reports whether a rule on an entity changes no number but its own.
func (t *Tree) alone(k Key, first ID) bool {
	if first == 0 || len(t.twins) > 0 || t.inFound(first) || t.choices[k.PermID] != nil {
		return false
	}
	b := t.below(first)
	if b.inc != 0 || b.exc != 0 || t.hintOf(&t.nodes[first]) != (hint{}) {
		return false
	}
	return len(t.known) == 0 || t.topmost(first) == first
}

// Weight is what a rule adds to the selection, or takes away, as far as it is
// loaded. It is false where the entity is not loaded.
func (t *Tree) Weight(r selection.Rule) (Totals, bool) {
	k := Key{Kind: r.Kind, PermID: r.PermID}
	c, known := t.weighing().weightOf(k, t.byKey.get(t, k), r.Mode)
	atLeast := c.pending != 0
	if r.Mode == selection.Exclude {
		var minus count
		minus.add(c, -1)
		c = minus
	}
	return Totals{
		Objects: int(c.objects), DataSets: int(c.dataSets), Files: int(c.files), Bytes: c.bytes, LeftOut: int(c.leftOut),
		AtLeast: atLeast, BytesAtLeast: atLeast || c.unsized != 0, FilesAtLeast: atLeast || c.unlisted != 0,
	}, known
}

// weighing is the weigher as of now.
func (t *Tree) weighing() *weigher {
	if t.weighed != t.version {
		t.weigh, t.weighed = t.weigher(), t.version
	}
	return t.weigh
}

// weightOf is the difference that a rule makes.
func (w *weigher) weightOf(k Key, id ID, m selection.Mode) (c count, known bool) {
	t := w.t
	if id == 0 {
		return c, false
	}
	above := w.coveredAt(id)
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
	if k.Kind != openbis.KindDataSet || t.choices[k.PermID] == nil {
		return count{}
	}
	ch := t.choices[k.PermID]
	id, ok := t.Find(k)
	if !ok {
		return count{}
	}
	own := t.own(id)
	d := count{files: -own.files, bytes: -own.bytes, unlisted: -own.unlisted, unsized: -own.unsized}
	if t.listing[k.PermID] != nil {
		d.files += int32(ch.n)
		d.bytes += ch.bytes
	}
	if len(ch.globs) > 0 { // there may be more that fit
		d.unsized++
		d.unlisted++
	}
	return d
}

// Pending returns nodes below the selection whose children are not loaded, so that a
// caller who counts in the background knows what to load next: several objects of
// which nothing is loaded yet, which can be asked for together, at most limit of them;
// or one of anything else. None where all is loaded or known.
func (t *Tree) Pending(limit int) []ID {
	p := pending{t: t, limit: limit}
	for _, r := range t.ordered {
		k := r.key
		if r.dead {
			continue
		}
		id := r.first
		if id == 0 || r.mode == selection.Only || t.coveredAt(id) == (r.mode == selection.All) {
			continue
		}
		if w, asked := t.known[k]; knowable(k.Kind) && !(asked && w.Failed) {
			continue // openBIS says what is below it
		}
		if r.mode == selection.Exclude && !t.knownAbove(id) {
			continue // what is taken out was never counted
		}
		if p.below(id, true) {
			break
		}
	}
	return p.found
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

// pending collects what is to be loaded.
type pending struct {
	t     *Tree
	limit int
	found []ID
}

// below walks down along the nodes that have something pending below, until there is
// enough.
func (p *pending) below(id ID, top bool) (enough bool) {
	t, n := p.t, &p.t.nodes[id]
	if modes[n.mode] == selection.Exclude && !top {
		return false
	}
	if t.isPending(id) && n.state != Loading && n.state != Failed {
		together := n.kind == kindObject && n.state == Unloaded && !t.hasMore(id)
		if together || len(p.found) == 0 {
			p.found = append(p.found, id)
		}
		return !together || len(p.found) >= p.limit
	}
	b := t.below(id)
	if b.sub.pending == 0 {
		return false
	}
	for c := b.first; c != 0; c = t.nodes[c].next {
		if p.below(c, false) {
			return true
		}
	}
	return false
}

// Inside says what of a node's children is selected.
type Inside struct {
	Whole int // with everything below them
	Part  int // part of what is in them, or only themselves
	All   int
}

// Inside says of a partly marked node in how many of its children something is
// selected, as soon as all of them are loaded.
func (t *Tree) Inside(id ID) (in Inside, known bool) {
	n := &t.nodes[id]
	if n.state != Loaded || t.hasMore(id) || n.kind == kindSection {
		return in, false
	}
	if t.insides != t.version {
		t.inside, t.insides = make(map[ID]Inside), t.version
	}
	in, ok := t.inside[id]
	if !ok {
		covered := t.covered(id)
		for c := t.below(id).first; c != 0; c = t.nodes[c].next {
			in.All++
			switch m := t.markBelow(c, covered); {
			case m == None || m == Excluded:
			case m == Full || m == Self && t.nothingBelow(c):
				in.Whole++
			default:
				in.Part++
			}
		}
		t.inside[id] = in
	}
	return in, true
}

// markBelow is Mark for a child of a node of which is known whether it is
// covered, for when there are many of them. It tells no difference between None
// and Excluded.
func (t *Tree) markBelow(c ID, covered bool) Mark {
	n := &t.nodes[c]
	if n.twin != 0 || n.flags&second != 0 || n.kind >= kindDataSet || len(t.hints) > 0 {
		return t.Mark(c)
	}
	b := t.below(c)
	self, below := modes[n.mode].Over(covered)
	switch {
	case below && b.exc == 0:
		return Full
	case below, b.inc+t.lentTo(c) > 0:
		return Partly
	case self:
		return Self
	}
	return None
}

func (t *Tree) nothingBelow(id ID) bool {
	n := &t.nodes[id]
	return n.flags&leaf != 0 || n.state == Loaded && t.below(id).first == 0
}

// Siblings calls yield for the loaded children of a node as EachChild does, and
// says of each whether all of it is selected.
func (t *Tree) Siblings(parent ID, yield func(id ID, whole bool)) {
	covered := t.covered(parent)
	t.EachChild(parent, func(c ID) { yield(c, t.markBelow(c, covered) == Full) })
}

package plan

import (
	"cmp"
	"hash/maphash"
	"iter"
	"path"
	"slices"
	"strings"

	"zenobis/dense"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/openbis"
)

// rank orders the kinds: what holds something comes before what it holds.
var rank = map[openbis.Kind]uint8{
	openbis.KindSpace: 0, openbis.KindProject: 1, openbis.KindCollection: 2,
	openbis.KindObject: 3, openbis.KindDataSet: 4,
}

// byRank is rank the other way round.
var byRank = [...]openbis.Kind{
	openbis.KindSpace, openbis.KindProject, openbis.KindCollection, openbis.KindObject, openbis.KindDataSet,
}

// key names an entity in memory: its rank and its permId (spaces: the code).
type key struct {
	rank   uint8
	permID string
}

func keyOf(r openbis.Ref) key {
	if r.Kind == openbis.KindSpace {
		return key{rank[r.Kind], spaceCode(r)}
	}
	return key{rank[r.Kind], r.PermID}
}

// spaceCode is a space's code, which is its permId as well.
func spaceCode(r openbis.Ref) string { return cmp.Or(r.Code, r.PermID) }

// item is what is kept of an entity in memory while planning; its content is in
// the spool. There may be 100,000 of them, so it is kept small.
type item struct {
	key
	part   string // its place in the tree, behind that of what holds it where nested
	bytes  int64
	at     packed // in the spool
	pages  packed // of its list of pages, in the spool
	parent int32  // index of the key of what holds it, -1 for none
	above  int32  // index of that among the ordered items, -1 for none
	files  int32
	total  int32    // files in openBIS
	in     bool     // part of the export; else only there for its place
	walked bool     // what is below was gone through
	paged  bool     // it has pages
	within bool     // the pages lie in the folder and are named like it, as entries of an .eln are
	nested bool     // its place lies in that of what holds it
	lines  relation // relations that were followed from it
}

// packed is a span without the blank bytes between items.
type packed struct{ hi, lo, n uint32 }

func pack32(s snapshot.Span) packed {
	return packed{uint32(uint64(s.Off) >> 32), uint32(s.Off), uint32(s.Len)}
}

func (p packed) span() snapshot.Span {
	return snapshot.Span{Off: int64(uint64(p.hi)<<32 | uint64(p.lo)), Len: int32(p.n)}
}

// index holds the items of a plan.
type index struct {
	items   dense.List[item]
	byKey   dense.Table
	parents []key // of the items, each once
	parent  dense.Table
	seed    maphash.Seed
	texts   dense.Texts

	idents dense.Texts
	ident  []string         // identifiers by item, for the order; permId where empty; nil once sorted
	named  map[int32]string // those of what holds others, once sorted
}

func newIndex() *index { return &index{seed: maphash.MakeSeed(), named: map[int32]string{}} }

func (x *index) len() int { return x.items.Len() }

func (x *index) at(i int32) *item { return x.items.At(i) }

// all yields the items with their index.
func (x *index) all() iter.Seq2[int32, *item] { return x.items.All() }

// folder is an item's place in the tree; the pages have the same path.
func (x *index) folder(it *item) string {
	if !it.nested {
		return it.part
	}
	return x.folder(x.at(it.above)) + "/" + it.part
}

// settle gives an item its place in the tree.
func (x *index) settle(it *item, folder string) {
	if it.above >= 0 {
		if part, in := strings.CutPrefix(folder, x.folder(x.at(it.above))+"/"); in {
			it.part, it.nested = x.texts.Keep(part), true
			return
		}
	}
	it.part, it.nested = x.texts.Keep(folder), false
}

// page is where the pages are, without extension; "" if there are none.
func (x *index) page(it *item) string {
	if !it.paged {
		return ""
	}
	folder := x.folder(it)
	if it.within {
		return folder + "/" + path.Base(folder)
	}
	return folder
}

func (x *index) hash(k key) uint64 { return maphash.Comparable(x.seed, k) }

// number finds the index of an item.
func (x *index) number(k key) (int32, bool) {
	return x.byKey.Find(x.hash(k), func(i int32) bool { return x.at(i).key == k })
}

func (x *index) find(k key) (*item, bool) {
	i, ok := x.number(k)
	if !ok {
		return nil, false
	}
	return x.at(i), true
}

func (x *index) has(k key) bool { _, ok := x.number(k); return ok }

// add adds an item below what holds it; the zero key for nothing. ident is its
// identifier, "" for its permId.
func (x *index) add(it item, ident string, holder key) {
	it.above, it.parent = -1, -1
	it.permID = x.texts.Keep(it.permID)
	if holder != (key{}) {
		h := x.hash(holder)
		i, ok := x.parent.Find(h, func(i int32) bool { return x.parents[i] == holder })
		if !ok {
			i = int32(len(x.parents))
			holder.permID = x.texts.Keep(holder.permID)
			x.parents = append(x.parents, holder)
			x.parent.Add(h, i, func(i int32) uint64 { return x.hash(x.parents[i]) })
		}
		it.parent = i
	}
	i := x.items.Add(it)
	x.ident = append(x.ident, x.idents.Keep(ident))
	if old, ok := x.number(it.key); ok { // the newest is found
		x.byKey.Replace(x.hash(it.key), old, i)
		return
	}
	x.byKey.Add(x.hash(it.key), i, x.hashOf)
}

func (x *index) hashOf(i int32) uint64 { return x.hash(x.at(i).key) }

// identOf is the identifier of an item before they are sorted.
func (x *index) identOf(i int32) string {
	if x.ident[i] != "" {
		return x.ident[i]
	}
	return x.at(i).permID
}

// holder finds what holds an item.
func (x *index) holder(i int32) (int32, bool) {
	it := x.at(i)
	if it.parent < 0 {
		return -1, false
	}
	up, ok := x.number(x.parents[it.parent])
	return up, ok && up != i
}

// sort puts the items into the order of the package: by kind and identifier;
// data sets by what holds them first, so that those of a project and of a
// collection stand together.
func (x *index) sort() {
	// chain tells project, collection and object of a data set.
	chain := func(i int32) (c [3]string) {
		for i, ok := x.holder(i); ok; i, ok = x.holder(i) {
			switch byRank[x.at(i).rank] {
			case openbis.KindObject:
				c[2] = x.identOf(i)
			case openbis.KindCollection:
				c[1] = x.identOf(i)
			case openbis.KindProject:
				c[0] = x.identOf(i)
			case openbis.KindSpace:
				c[0] = cmp.Or(c[0], x.identOf(i))
			}
		}
		return c
	}
	order := make([]int32, x.len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := x.at(i), x.at(j)
		if c := cmp.Compare(a.rank, b.rank); c != 0 {
			return c
		}
		if byRank[a.rank] == openbis.KindDataSet {
			ca, cb := chain(i), chain(j)
			if c := slices.CompareFunc(ca[:], cb[:], names.Natural); c != 0 {
				return c
			}
		}
		return cmp.Or(names.Natural(x.identOf(i), x.identOf(j)), cmp.Compare(a.permID, b.permID))
	})
	for now, before := range order {
		if x.at(before).rank < rank[openbis.KindObject] {
			x.named[int32(now)] = strings.Clone(x.identOf(before))
		}
	}
	x.ident, x.idents = nil, dense.Texts{}
	x.permute(order)
	for i, it := range x.all() {
		if at, ok := x.holder(i); ok {
			it.above = at
		}
	}
}

// permute puts the items into an order, in place: a second list of 100,000 would
// be the largest thing in memory.
func (x *index) permute(order []int32) {
	for start := range int32(len(order)) {
		if order[start] < 0 {
			continue
		}
		first, at := *x.at(start), start
		for {
			from := order[at]
			order[at] = -1
			if from == start {
				*x.at(at) = first
				break
			}
			*x.at(at) = *x.at(from)
			at = from
		}
	}
	x.byKey = dense.Table{}
	for i, it := range x.all() {
		h := x.hash(it.key)
		if old, ok := x.number(it.key); ok {
			x.byKey.Replace(h, old, i)
			continue
		}
		x.byKey.Add(h, i, x.hashOf)
	}
}

// ancestor returns the nearest item of a kind that holds it, itself included.
func (x *index) ancestor(i int32, kind openbis.Kind) (int32, bool) {
	for i >= 0 {
		if byRank[x.at(i).rank] == kind {
			return i, true
		}
		i = x.at(i).above
	}
	return -1, false
}

package plan

import (
	"cmp"
	"path"
	"slices"

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
	ident  string // identifier, for the order; only of what holds others once it is sorted
	folder string // place in the tree; the pages have the same path
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

// page is where the pages are, without extension; "" if there are none.
func (it *item) page() string {
	switch {
	case it.within:
		return it.folder + "/" + path.Base(it.folder)
	case it.paged:
		return it.folder
	}
	return ""
}

// index holds the items of a plan.
type index struct {
	items   []item
	byKey   map[key]int32
	parents []key // of the items, each once
	parent  map[key]int32
}

func newIndex() *index { return &index{byKey: map[key]int32{}, parent: map[key]int32{}} }

func (x *index) find(k key) (*item, bool) {
	i, ok := x.byKey[k]
	if !ok {
		return nil, false
	}
	return &x.items[i], true
}

func (x *index) has(k key) bool { _, ok := x.byKey[k]; return ok }

// add adds an item below what holds it; the zero key for nothing.
func (x *index) add(it item, holder key) {
	it.above, it.parent = -1, -1
	if holder != (key{}) {
		i, ok := x.parent[holder]
		if !ok {
			i = int32(len(x.parents))
			x.parents = append(x.parents, holder)
			x.parent[holder] = i
		}
		it.parent = i
	}
	x.byKey[it.key] = int32(len(x.items))
	x.items = append(x.items, it)
}

// holder finds what holds an item.
func (x *index) holder(it *item) (int32, bool) {
	if it.parent < 0 {
		return -1, false
	}
	i, ok := x.byKey[x.parents[it.parent]]
	return i, ok && &x.items[i] != it
}

// sort puts the items into the order of the package: by kind and identifier;
// data sets by what holds them first, so that those of a project and of a
// collection stand together.
func (x *index) sort() {
	up := func(it *item) *item {
		i, ok := x.holder(it)
		if !ok {
			return nil
		}
		return &x.items[i]
	}
	// chain tells project, collection and object of a data set.
	chain := func(it *item) (c [3]string) {
		for p := up(it); p != nil; p = up(p) {
			switch byRank[p.rank] {
			case openbis.KindObject:
				c[2] = p.ident
			case openbis.KindCollection:
				c[1] = p.ident
			case openbis.KindProject:
				c[0] = p.ident
			case openbis.KindSpace:
				c[0] = cmp.Or(c[0], p.ident)
			}
		}
		return c
	}
	order := make([]int32, len(x.items))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := &x.items[i], &x.items[j]
		if c := cmp.Compare(a.rank, b.rank); c != 0 {
			return c
		}
		if byRank[a.rank] == openbis.KindDataSet {
			ca, cb := chain(a), chain(b)
			if c := slices.CompareFunc(ca[:], cb[:], names.Natural); c != 0 {
				return c
			}
		}
		return cmp.Or(names.Natural(a.ident, b.ident), cmp.Compare(a.permID, b.permID))
	})
	x.permute(order)
	for i := range x.items {
		it := &x.items[i]
		if at, ok := x.holder(it); ok {
			it.above = at
		}
		if it.rank >= rank[openbis.KindObject] {
			it.ident = ""
		}
	}
}

// permute puts the items into an order, in place: a second list of 100,000 would
// be the largest thing in memory.
func (x *index) permute(order []int32) {
	for start := range order {
		if order[start] < 0 {
			continue
		}
		first, at := x.items[start], start
		for {
			from := int(order[at])
			order[at] = -1
			if from == start {
				x.items[at] = first
				break
			}
			x.items[at] = x.items[from]
			at = from
		}
	}
	for i := range x.items {
		x.byKey[x.items[i].key] = int32(i)
	}
}

// ancestor returns the nearest item of a kind that holds it, itself included.
func (x *index) ancestor(i int32, kind openbis.Kind) (int32, bool) {
	for i >= 0 {
		if byRank[x.items[i].rank] == kind {
			return i, true
		}
		i = x.items[i].above
	}
	return -1, false
}

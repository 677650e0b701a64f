package export

import (
	"cmp"
	"slices"

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
// the spool. There may be 100,000 of them.
type item struct {
	key
	ident  string // identifier, for the order
	parent key    // what holds it
	above  int32  // index of parent among the ordered items, -1 for none
	at     span   // in the spool
	pages  span   // of its list of pages, in the spool
	folder string // place in the tree; the page has the same path
	page   string

	in      bool     // part of the export; else only there for its place
	walked  bool     // what is below was gone through
	lines   relation // relations that were followed from it
	files   int32
	total   int32 // files in openBIS
	bytes   int64
	omitted string // reason why its data is not sent
}

// index holds the items of a plan.
type index struct {
	items  []item
	byKey  map[key]int32
	shared map[string]string // one copy of strings that repeat
}

func newIndex() *index { return &index{byKey: map[key]int32{}, shared: map[string]string{}} }

func (x *index) find(k key) (*item, bool) {
	i, ok := x.byKey[k]
	if !ok {
		return nil, false
	}
	return &x.items[i], true
}

func (x *index) has(k key) bool { _, ok := x.byKey[k]; return ok }

func (x *index) share(k key) key {
	s, ok := x.shared[k.permID]
	if !ok {
		s = k.permID
		x.shared[s] = s
	}
	return key{k.rank, s}
}

func (x *index) add(it item) {
	it.above = -1
	it.parent = x.share(it.parent)
	x.byKey[it.key] = int32(len(x.items))
	x.items = append(x.items, it)
}

// sort puts the items into the order of the package: by kind and identifier;
// data sets by what holds them first, so that those of a project and of a
// collection stand together.
func (x *index) sort() {
	up := func(it *item) *item {
		p, ok := x.find(it.parent)
		if !ok || p == it {
			return nil
		}
		return p
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
			if c := slices.Compare(ca[:], cb[:]); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.ident, b.ident), cmp.Compare(a.permID, b.permID))
	})
	x.permute(order)
	for i := range x.items {
		if at, ok := x.byKey[x.items[i].parent]; ok && int(at) != i {
			x.items[i].above = at
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

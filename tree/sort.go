package tree

import (
	"cmp"
	"maps"
	"slices"

	"zenobis/names"
	"zenobis/openbis"
)

// Order is an order of children.
type Order uint8

// The orders. The server's is that of the ELN's menu.
const (
	ByServer Order = iota
	ByName         // natural: EXP2 before EXP10
	ByCode
	ByDate // the newest first
	ByType
	orders // how many there are
)

// String names an order.
func (o Order) String() string {
	return [...]string{"as in the ELN", "by name", "by code", "by date", "by type"}[o]
}

// Next is the order after this one, and the first after the last.
func (o Order) Next() Order { return (o + 1) % orders }

// OrderOf is the order in which entities of a kind are shown.
func (t *Tree) OrderOf(k openbis.Kind) Order { return t.orders[k] }

// SetOrder changes the order of the entities of a kind, wherever all children
// are loaded; until then the server's order stays.
func (t *Tree) SetOrder(k openbis.Kind, o Order) {
	s := t.Order(k, o)
	s.Sort()
	t.Arrange(s)
}

// Order takes note of a new order of the entities of a kind and says what is to
// be sorted for it. The rows stay as they are until that is arranged.
func (t *Tree) Order(k openbis.Kind, o Order) *Sorting {
	t.orders[k], t.late = o, nil
	s := t.sorting()
	for id := range t.nodes {
		if t.nodes[id].branch != 0 {
			s.add(t, ID(id))
		}
	}
	return s
}

// Sorting is children that are to be sorted, copied from the tree as far as that
// needs: Sort may run beside it.
type Sorting struct {
	orders  map[openbis.Kind]Order
	parents []ID
	kids    [][]sortRow
	count   int
	shown   int // parents whose children stand as sorted
	rebuilt bool
}

// sortRow is what a child is sorted by: first by one text, then by the other.
type sortRow struct {
	one, other string
	date       uint32
	id         ID
	kind       uint8
}

func (t *Tree) sorting() *Sorting { return &Sorting{orders: maps.Clone(t.orders)} }

// Count is how many rows are to be sorted.
func (s *Sorting) Count() int { return s.count }

// add takes the children of a node, if they are all there and stand, or are to
// stand, in another order than the server's.
func (s *Sorting) add(t *Tree, id ID) {
	b := t.below(id)
	if b.first == 0 || t.hasMore(id) || t.nodes[id].state != Loaded {
		return
	}
	switch t.nodes[id].kind {
	case 0, kindDataSet, kindFolder, kindSection:
		return
	}
	kids := make([]sortRow, 0, b.kids)
	sorted := false
	for c := b.first; c != 0; c = t.nodes[c].next {
		n := &t.nodes[c]
		o := t.orders[kinds[n.kind]]
		sorted = sorted || o != ByServer
		row := sortRow{id: c, kind: n.kind}
		switch o {
		case ByName:
			row.one, row.other = n.labelText(), n.codeText()
		case ByCode:
			row.one = n.codeText()
		case ByDate:
			row.date = n.date
		case ByType:
			row.one, row.other = t.types.get(n.typ), n.labelText()
		}
		kids = append(kids, row)
	}
	if !sorted && b.order == ByServer {
		return
	}
	s.parents, s.kids, s.count = append(s.parents, id), append(s.kids, kids), s.count+len(kids)
}

// Sort sorts what was added, those of a kind among themselves.
func (s *Sorting) Sort() {
	for _, kids := range s.kids {
		slices.SortFunc(kids, compareRows)
	}
}

// Arrange shows children in the order into which they were sorted.
func (t *Tree) Arrange(s *Sorting) {
	for !t.ArrangeMore(s, s.count) {
	}
}

// ArrangeMore puts some more rows in order, and at the end shows them; true when
// that is done. What has other children meanwhile is sorted again.
func (t *Tree) ArrangeMore(s *Sorting, count int) (done bool) {
	if !maps.Equal(s.orders, t.orders) {
		return true // there is a newer one
	}
	switch {
	case s.shown < len(s.parents):
	case t.filter != nil && !s.rebuilt: // what the filter shows is made of these
		t.rebuildRows()
		s.rebuilt = true
		return false
	case s.rebuilt:
		t.rematch()
		t.SetCursor(t.cur)
		return true
	default:
		t.rebuild()
		return true
	}
	for ; s.shown < len(s.parents) && count > 0; s.shown++ {
		id, kids := s.parents[s.shown], s.kids[s.shown]
		count -= len(kids)
		switch {
		case t.nodes[id].kind == 0: // an answer of a search that is gone
		case int(t.below(id).kids) != len(kids) || t.hasMore(id):
			t.sortChildren(id)
		default:
			t.arrange(id, kids)
		}
	}
	return false
}

func (t *Tree) arrange(id ID, kids []sortRow) {
	b := t.branchOf(id)
	b.first, b.last, b.order = kids[0].id, kids[len(kids)-1].id, ByServer
	for i, c := range kids {
		if t.orders[kinds[c.kind]] != ByServer {
			b.order = ByName
		}
		t.nodes[c.id].next = 0
		if i > 0 {
			t.nodes[kids[i-1].id].next = c.id
		}
	}
}

// sortChildren puts the children of a node into their order at once.
func (t *Tree) sortChildren(id ID) {
	s := t.sorting()
	s.add(t, id)
	s.Sort()
	for i := range s.kids {
		t.arrange(s.parents[i], s.kids[i])
	}
}

// sortAtOnce is how many children are sorted as soon as the last of them came
// in; more of them are for Late.
const sortAtOnce = 5_000

// Late is what came in since the last order and is too much to be sorted at
// once; nil if nothing did.
func (t *Tree) Late() *Sorting {
	if len(t.late) == 0 {
		return nil
	}
	s := t.sorting()
	for _, id := range t.late {
		s.add(t, id)
	}
	t.late = nil
	return s
}

// compareRows orders two children. Nodes are numbered as the server told of them.
func compareRows(a, b sortRow) int {
	if c := cmp.Compare(a.kind, b.kind); c != 0 {
		return c
	}
	if c := cmp.Compare(b.date, a.date); c != 0 {
		return c
	}
	if a.one != b.one {
		if c := names.Natural(a.one, b.one); c != 0 {
			return c
		}
	}
	if a.other != b.other {
		if c := names.Natural(a.other, b.other); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.id, b.id)
}

// Sorted reports whether some kind is shown in another order than the server's.
func (t *Tree) Sorted() bool {
	for _, o := range t.orders {
		if o != ByServer {
			return true
		}
	}
	return false
}

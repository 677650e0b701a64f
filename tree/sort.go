package tree

import (
	"cmp"
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
	t.orders[k] = o
	for id := range t.nodes {
		if t.nodes[id].branch == 0 || t.nodes[id].kind == kindSection || id == 0 {
			continue
		}
		t.sortChildren(ID(id))
	}
	t.rebuild()
}

// sortChildren puts the children of a node into their order, those of a kind
// among themselves, once all are there.
func (t *Tree) sortChildren(id ID) {
	b := t.below(id)
	if b.first == 0 || t.hasMore(id) || t.nodes[id].state != Loaded {
		return
	}
	switch t.nodes[id].kind {
	case kindDataSet, kindFolder:
		return
	}
	kids := make([]ID, 0, b.kids)
	sorted := false
	for c := b.first; c != 0; c = t.nodes[c].next {
		kids = append(kids, c)
		sorted = sorted || t.orders[kinds[t.nodes[c].kind]] != ByServer
	}
	if !sorted && b.order == ByServer {
		return
	}
	slices.SortStableFunc(kids, t.compare)
	b = t.branchOf(id)
	b.first, b.last, b.order = kids[0], kids[len(kids)-1], ByServer
	if sorted {
		b.order = ByName
	}
	for i, c := range kids {
		t.nodes[c].next = 0
		if i > 0 {
			t.nodes[kids[i-1]].next = c
		}
	}
}

// compare orders two children. Nodes are numbered as the server told of them.
func (t *Tree) compare(a, b ID) int {
	x, y := &t.nodes[a], &t.nodes[b]
	if x.kind != y.kind {
		return cmp.Compare(x.kind, y.kind)
	}
	var c int
	switch t.orders[kinds[x.kind]] {
	case ByName:
		c = cmp.Or(names.Natural(x.labelText(), y.labelText()), names.Natural(x.codeText(), y.codeText()))
	case ByCode:
		c = names.Natural(x.codeText(), y.codeText())
	case ByDate:
		c = cmp.Compare(y.date, x.date)
	case ByType:
		c = cmp.Or(names.Natural(t.types.get(x.typ), t.types.get(y.typ)), names.Natural(x.labelText(), y.labelText()))
	}
	return cmp.Or(c, cmp.Compare(a, b))
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

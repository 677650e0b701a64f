package tree

import (
	"hash/maphash"
	"slices"

	"zenobis/openbis"
)

// kinds by their index in a node.
var kinds = [...]openbis.Kind{
	"", openbis.KindSpace, openbis.KindProject, openbis.KindCollection, openbis.KindObject, openbis.KindDataSet, Folder, File, More, Section,
}

const (
	kindObject  = 4
	kindDataSet = 5
	kindFolder  = 6
	kindFile    = 7
	kindMore    = 8
	kindSection = 9
)

func kindIndex(k openbis.Kind) uint8 { return uint8(max(slices.Index(kinds[:], k), 0)) }

// pool keeps what many nodes share once. Index 0 is the zero value.
type pool[T comparable] struct {
	list  []T
	index map[T]uint16
}

func (p *pool[T]) put(v T) uint16 {
	var zero T
	if v == zero {
		return 0
	}
	if i, ok := p.index[v]; ok {
		return i
	}
	if p.index == nil {
		p.index, p.list = make(map[T]uint16), make([]T, 1)
	}
	if len(p.list) == 1<<16 { // more than there are types and data stores
		return 0
	}
	i := uint16(len(p.list))
	p.list, p.index[v] = append(p.list, v), i
	return i
}

func (p *pool[T]) get(i uint16) (v T) {
	if i == 0 {
		return v
	}
	return p.list[i]
}

// index finds the first node of an entity by its key: open addressing over the
// nodes themselves, four bytes a place.
type index struct {
	seed  maphash.Seed
	slots []ID // 0 is free; a node that was forgotten leaves its place to the next
	used  int
}

func (x *index) hash(kind uint8, permID string) uint64 {
	return maphash.String(x.seed, permID) + uint64(kind)*0x9e3779b97f4a7c15
}

// find returns the slot of a key, or where it would be put.
func (x *index) find(t *Tree, kind uint8, permID string) (at int, there bool) {
	mask := uint64(len(x.slots) - 1)
	free := -1
	for i := x.hash(kind, permID) & mask; ; i = (i + 1) & mask {
		id := x.slots[i]
		if n := &t.nodes[id]; n.kind != 0 {
			if n.kind == kind && n.permID() == permID {
				return int(i), true
			}
			continue
		}
		if free < 0 {
			free = int(i)
		}
		if id == 0 {
			return free, false
		}
	}
}

func (x *index) get(t *Tree, k Key) ID {
	if len(x.slots) == 0 {
		return 0
	}
	if at, ok := x.find(t, kindIndex(k.Kind), k.PermID); ok {
		return x.slots[at]
	}
	return 0
}

// set makes a node the first of its entity; its key stays the same.
func (x *index) set(t *Tree, id ID) {
	if x.used*4 >= len(x.slots)*3 {
		x.grow(t)
	}
	n := &t.nodes[id]
	at, there := x.find(t, n.kind, n.permID())
	if !there && x.slots[at] == 0 {
		x.used++
	}
	x.slots[at] = id
}

func (x *index) grow(t *Tree) {
	if len(x.slots) == 0 {
		x.seed = maphash.MakeSeed()
	}
	old := x.slots
	live := 0
	for _, id := range old {
		if t.nodes[id].kind != 0 {
			live++
		}
	}
	size := 256
	for size*3 < live*4*2 {
		size *= 2
	}
	x.slots, x.used = make([]ID, size), live
	for _, id := range old {
		if n := &t.nodes[id]; n.kind != 0 {
			at, _ := x.find(t, n.kind, n.permID())
			x.slots[at] = id
		}
	}
}

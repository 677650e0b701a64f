// Package tree is the browsable tree as data: nodes that load their children
// page by page, expansion, selection rules, a filter and the rows to be drawn.
// It knows no terminal and no network.
//
// Nodes live in an arena and are named by their index, so that a hundred
// thousand of them cost the garbage collector one slice. Whatever happens on a
// key press costs the depth of the tree or the rows on the screen, not its size.
package tree

import (
	"strings"

	"zenobis/openbis"
	"zenobis/selection"
)

// ID names a node for as long as its tree lives. 0 is the invisible root.
type ID int32

// What a node stands for where that is no entity of openBIS.
const (
	Section openbis.Kind = "section"
	File    openbis.Kind = "file"
	More    openbis.Kind = "more" // stands for the pages that are not loaded yet
)

// Key names an entity, however many nodes show it; of files PermID is the path
// in their data set.
type Key = selection.Key

// Item is what a node shows. Texts are clean single lines.
type Item struct {
	Key
	Label      string
	Code       string // beside the label; "" where it says the same
	Type       string
	Identifier string // how a rule on it is called
	Size       int64  // bytes of data sets and files; -1 unknown
	Hidden     bool   // shown only when hidden rows are
	Leaf       bool   // has nothing below it
	// LeftOut says why it can't be exported ("link", "archived"); "" if it can.
	LeftOut string
	// Above are the entities that are known to hold it, nearest first. selection.Only
	// needed for found items, whose place in the tree may not be loaded.
	Above []Key
	// Data is the caller's own.
	Data any
}

// State says how much of a node's children is there.
type State uint8

// The states. A node that is Loading or Failed may hold earlier pages.
const (
	Unloaded State = iota
	Loading
	Loaded
	Failed
)

// Cursor is where the next page starts. What the numbers mean is the caller's:
// Phase counts the listings a node is made of, From the place in one of them.
type Cursor struct{ Phase, From int }

// count is what a node weighs together with everything loaded below it.
type count struct {
	objects, dataSets, files int
	bytes                    int64
	pending                  int // nodes with children that are not loaded
	unsized                  int // data sets of unknown size
	unlisted                 int // data sets whose files are not listed
	leftOut                  int // data sets that can't be exported
}

func (c *count) add(d count, sign int) {
	c.objects += sign * d.objects
	c.dataSets += sign * d.dataSets
	c.files += sign * d.files
	c.bytes += int64(sign) * d.bytes
	c.pending += sign * d.pending
	c.unsized += sign * d.unsized
	c.unlisted += sign * d.unlisted
	c.leftOut += sign * d.leftOut
}

type node struct {
	item                      Item
	low                       string // label and code in lower case, for the filter
	parent, first, last, next ID     // 0 is none
	twin                      ID     // the next node of the same entity
	gen                       uint32 // of the last load; answers of an older one are dropped
	state                     State
	open                      bool
	filterOpen                bool           // the filter shows something below
	second                    bool           // another node counts for this entity
	rule                      selection.Mode // of the entity, kept here as well to draw fast
	depth                     uint16
	kids                      int // loaded children
	total                     int // children there are, as far as the server told; -1 unknown
	cursor                    Cursor
	err                       string
	own, sub                  count
	inc, exc                  int // rules below that add and that take away
}

// Tree is the whole. The zero value is not usable; call New. It is not safe for
// concurrent use: it belongs to the event loop.
type Tree struct {
	nodes    []node
	byKey    map[Key]ID // first node of an entity; more follow by twin
	sections [openbis.Sections]ID
	found    ID

	rules map[Key]*rule
	seq   int // of rules, so that a selection keeps its order
	hints map[Key]*hint
	files map[string]map[string]int64 // by data set: the chosen paths with their sizes

	rows       []ID // of the unfiltered tree
	cur        ID
	curRow     int
	hidden     bool // hidden rows are shown
	filter     string
	filtered   []ID // nil while there is no filter
	filterOpen map[ID]bool
	matches    int

	version int // of the selection and of what is loaded below it
	totals  Totals
	counted int // version that totals belongs to
}

// New returns a tree with the ELN's empty sections.
func New() *Tree {
	t := &Tree{
		nodes:   make([]node, 1, 1024),
		byKey:   make(map[Key]ID),
		rules:   make(map[Key]*rule),
		hints:   make(map[Key]*hint),
		files:   make(map[string]map[string]int64),
		counted: -1,
	}
	for s := openbis.LabNotebook; s < openbis.Sections; s++ {
		t.sections[s] = t.addSection(s.String())
	}
	t.found = t.addSection("SEARCH RESULTS")
	t.rebuild()
	return t
}

func (t *Tree) addSection(label string) ID {
	id := t.attach(0, Item{Key: Key{Kind: Section, PermID: label}, Label: label})
	n := &t.nodes[id]
	n.state, n.open, n.depth = Loaded, true, 0
	return id
}

// attach puts a new node at the end of its parent's children.
func (t *Tree) attach(parent ID, it Item) ID {
	id := ID(len(t.nodes))
	n := node{item: it, parent: parent, total: -1}
	if parent != 0 {
		n.depth = t.nodes[parent].depth + 1
	}
	if it.Kind != More {
		n.low = strings.ToLower(it.Label + "\n" + it.Code)
	}
	t.nodes = append(t.nodes, n)
	p := &t.nodes[parent]
	if p.first == 0 {
		p.first = id
	} else {
		t.nodes[p.last].next = id
	}
	p.last = id
	if it.Kind != More {
		p.kids++
	}
	return id
}

// Len counts the nodes that stand for something, sections and pages left out.
func (t *Tree) Len() int { return len(t.nodes) - 1 - int(openbis.Sections) - 1 }

// Item returns what a node shows.
func (t *Tree) Item(id ID) *Item { return &t.nodes[id].item }

// Parent returns the node above, 0 for a section.
func (t *Tree) Parent(id ID) ID { return t.nodes[id].parent }

// Depth is 0 for sections.
func (t *Tree) Depth(id ID) int { return int(t.nodes[id].depth) }

// State returns how much of the children is there, and why the last load failed.
func (t *Tree) State(id ID) (State, string) { return t.nodes[id].state, t.nodes[id].err }

// Open reports whether a node is unfolded in what is shown.
func (t *Tree) Open(id ID) bool {
	if t.filtered != nil && !t.filterOpen[id] {
		return t.nodes[id].filterOpen
	}
	return t.nodes[id].open || t.filterOpen[id]
}

// Foldable reports whether there may be something below a node.
func (t *Tree) Foldable(id ID) bool {
	n := &t.nodes[id]
	switch {
	case n.item.Leaf, n.item.Kind == File, n.item.Kind == More, n.item.Kind == Section:
		return false
	}
	return n.state != Loaded || n.first != 0
}

// Children returns how many children are loaded and how many there are, -1 if
// the server did not tell.
func (t *Tree) Children(id ID) (loaded, total int) { return t.nodes[id].kids, t.nodes[id].total }

// Find returns the first node that shows an entity, found ones last.
func (t *Tree) Find(k Key) (ID, bool) {
	first := t.byKey[k]
	for id := first; id != 0; id = t.nodes[id].twin {
		if t.nodes[id].parent != t.found {
			return id, true
		}
	}
	return first, first != 0
}

// Path returns the labels from the section down to the node itself.
func (t *Tree) Path(id ID) []string {
	var parts []string
	for a := id; a != 0; a = t.nodes[a].parent {
		parts = append([]string{t.nodes[a].item.Label}, parts...)
	}
	return parts
}

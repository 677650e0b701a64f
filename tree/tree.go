// Package tree is the browsable tree as data: nodes that load their children
// page by page, expansion, selection rules, a filter, an order and the rows to
// be drawn. It knows no terminal and no network.
//
// Nodes live in an arena and are named by their index, so that a million of
// them cost the garbage collector two slices. What only nodes with something
// below them need (a branch) is kept apart, since most nodes are leaves or were
// never unfolded. Whatever happens on a key press costs the depth of the tree
// or the rows on the screen, not its size.
package tree

import (
	"maps"
	"math"
	"strings"
	"time"

	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/selection"
)

// ID names a node for as long as its tree lives. 0 is the invisible root.
type ID int32

// What a node stands for where that is no entity of openBIS.
const (
	Section openbis.Kind = "section"
	Folder  openbis.Kind = "folder" // of files in a data set
	File    openbis.Kind = "file"
	More    openbis.Kind = "more" // stands for the pages that are not loaded yet
)

// Key names an entity, however many nodes show it; of files and folders PermID
// is the path in their data set.
type Key = selection.Key

// Item is what a node shows. Texts are clean single lines.
type Item struct {
	Key
	Label      string
	Code       string // beside the label; "" where it says the same
	Type       string
	Identifier string          // how a rule on it is called
	Size       int64           // bytes of data sets, folders and files; -1 unknown
	Date       time.Time       // registered; to the second
	Hidden     bool            // shown only when hidden rows are
	Leaf       bool            // has nothing below it
	LeftOut    omission.Reason // why it can't be exported; "" if it can
	// Badge is a word more about it, such as "frozen" or a DOI; "" for most.
	Badge string
	// Above are the entities that are known to hold it, nearest first. Only
	// needed for found items, whose place in the tree may not be loaded.
	Above []Key
	// Data is the caller's own. Few different ones are kept: it must be
	// comparable, and shared by the items that can share it.
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

// flags of a node
const (
	open       uint8 = 1 << iota // unfolded
	filterOpen                   // the filter shows something below
	second                       // another node counts for this entity: it is the first of them
	hidden                       // only shown with the hidden ones
	leaf                         // nothing below
	sameCode                     // the code is the label
	samePerm                     // the permId is the code
	sameIdent                    // the identifier is the permId
)

// node is 64 bytes, beside its text.
type node struct {
	text         string // label, code, permId and identifier, one after the other
	size         int64
	parent, next ID
	twin         ID    // the next node of the same entity; of a More the row before it
	branch       int32 // index of its branch, 0 for none
	date         uint32
	label, code  uint16 // lengths within text
	perm         uint16
	kind         uint8
	mode         uint8 // of the rule on the entity, kept here as well to draw fast
	depth        uint8
	flags        uint8
	state        State
	data, typ    uint16 // index of what is shared
	why          uint8  // index of why it is left out
	filter       uint8  // what the filter found at it
}

// branch is what a node with something below it has more.
type branch struct {
	first, last ID
	gen         uint32 // of the last load; answers of an older one are dropped
	kids        int32  // loaded children
	total       int32  // children there are, as far as the server told; -1 unknown
	inc, exc    int32  // rules below that add and that take away
	order       Order  // in which the children stand
	cursor      Cursor
	err         string
	own         count // what the node adds to those above it, as they know it
	sub         count // what everything loaded below adds to this one
}

// Tree is the whole. The zero value is not usable; call New. It is not safe for
// concurrent use: it belongs to the event loop.
type Tree struct {
	nodes    []node
	branches []branch
	none     branch // of nodes that have none; never written to
	byKey    index  // first node of an entity; more follow by twin
	sections [openbis.Sections]ID
	found    ID
	aside    ID // never shown: entities of rules whose place is not loaded

	shared  pool[any]
	types   pool[string]
	reasons pool[omission.Reason]
	above   map[ID][]Key // of found items
	badges  map[ID]string
	words   map[string]string   // by permId, beside an entity
	clean   func(string) string // for names of files

	rules    map[Key]*rule
	ordered  []*rule      // as they were made, dead ones among them
	disorder bool         // one of them came back behind younger ones
	dead     int          // of them
	strange  map[Key]bool // rules on entities that were not loaded when they were made
	seq      int          // of rules, so that a selection keeps its order

	hints   map[Key]*hint
	sought  map[Key]bool        // entities of rules that were looked up
	choices map[string]*choice  // by data set: which of its files are wanted
	listing map[string]*listing // by data set: its files
	undone  []change
	undoing change                 // being taken back
	was     map[Key]selection.Mode // before that, of the entities of a small change
	twins   []ID                   // entities that stand at several places, by the first

	orders     map[openbis.Kind]Order
	late       []ID // whose children are to be sorted
	rows       []ID // of the unfiltered tree
	spliced    []ID // where new ones are made before they are put in
	cur        ID
	curRow     int
	showHidden bool
	filter     *filter

	version int // of the selection and of what is loaded below it
	tally   tally
	counted int  // version that tally belongs to
	stale   bool // the tally belongs to none
	weigh   *weigher
	weighed int // version that weigh belongs to
	known   map[Key]Known
	inside  map[ID]Inside
	insides int // version that inside belongs to
	lent    map[ID]int32
	lents   int // version that lent belongs to
}

// New returns a tree with the ELN's empty sections. Names of files, which may
// be anything, are shown through clean; nil shows them as they are.
func New(clean func(string) string) *Tree {
	t := &Tree{
		nodes: make([]node, 1, 1024), branches: make([]branch, 1, 64),
		above: make(map[ID][]Key), badges: make(map[ID]string),
		rules: make(map[Key]*rule), strange: make(map[Key]bool), hints: make(map[Key]*hint), sought: make(map[Key]bool),
		choices: make(map[string]*choice), listing: make(map[string]*listing),
		orders: make(map[openbis.Kind]Order), version: 1, clean: clean, none: branch{total: -1},
	}
	for s := openbis.LabNotebook; s < openbis.Sections; s++ {
		t.sections[s] = t.addSection(s.String())
	}
	t.found = t.addSection("SEARCH RESULTS")
	t.aside = t.addSection("ELSEWHERE")
	t.rebuild()
	return t
}

func (t *Tree) addSection(label string) ID {
	id := t.attach(0, Item{Key: Key{Kind: Section, PermID: label}, Label: label})
	n := &t.nodes[id]
	n.state, n.depth = Loaded, 0
	n.flags |= open
	return id
}

// attach puts a new node at the end of its parent's children.
func (t *Tree) attach(parent ID, it Item) ID {
	id := ID(len(t.nodes))
	n := node{parent: parent, size: it.Size, kind: kindIndex(it.Kind), typ: t.types.put(it.Type), why: uint8(t.reasons.put(it.LeftOut))}
	if it.Data != nil {
		n.data = t.shared.put(it.Data)
	}
	if !it.Date.IsZero() {
		n.date = uint32(min(max(it.Date.Unix(), 0), math.MaxUint32))
	}
	if parent != 0 {
		n.depth = uint8(min(int(t.nodes[parent].depth)+1, 255))
	}
	if it.Hidden {
		n.flags |= hidden
	}
	if it.Leaf {
		n.flags |= leaf
	}
	n.setTexts(&it)
	if it.Above != nil {
		t.above[id] = it.Above
	}
	if it.Badge != "" {
		t.badges[id] = it.Badge
	}
	t.nodes = append(t.nodes, n)
	b := t.branchOf(parent)
	if b.first == 0 {
		b.first = id
	} else {
		t.nodes[b.last].next = id
	}
	b.last = id
	if it.Kind != More {
		b.kids++
	}
	return id
}

// setTexts packs the texts of an item, each of them once.
func (n *node) setTexts(it *Item) {
	if it.Kind == File || it.Kind == Folder {
		n.text = it.PermID // the label is its end
		return
	}
	label, perm := cut(it.Label), it.PermID
	text := label
	n.label = uint16(len(label))
	if it.Code == label {
		n.flags |= sameCode
	} else {
		code := cut(it.Code)
		text += code
		n.code = uint16(len(code))
	}
	if perm == it.Code && it.Code != "" {
		n.flags |= samePerm
	} else {
		text += perm
		n.perm = uint16(len(perm))
	}
	if it.Identifier == perm {
		n.flags |= sameIdent
	} else {
		text += it.Identifier
	}
	n.text = text
}

// cut is a text as long as a node can keep one.
func cut(s string) string {
	if len(s) > math.MaxUint16 {
		return strings.ToValidUTF8(s[:math.MaxUint16], "")
	}
	return s
}

func (n *node) labelText() string { return n.text[:n.label] }

func (n *node) codeText() string {
	if n.flags&sameCode != 0 {
		return n.labelText()
	}
	return n.text[n.label : int(n.label)+int(n.code)]
}

func (n *node) permID() string {
	switch n.kind {
	case kindFile, kindFolder:
		return n.text
	}
	if n.flags&samePerm != 0 {
		return n.codeText()
	}
	at := int(n.label) + int(n.code)
	return n.text[at : at+int(n.perm)]
}

func (n *node) identifier() string {
	if n.flags&sameIdent != 0 {
		return n.permID()
	}
	return n.text[int(n.label)+int(n.code)+int(n.perm):]
}

func (n *node) key() Key { return Key{Kind: kinds[n.kind], PermID: n.permID()} }

// branchOf is a node's branch, made where it has none yet.
func (t *Tree) branchOf(id ID) *branch {
	n := &t.nodes[id]
	if n.branch == 0 {
		own := t.own(id)
		n.branch = int32(len(t.branches))
		t.branches = append(t.branches, branch{total: -1, own: own})
	}
	return &t.branches[n.branch]
}

// below is a node's branch to be read.
func (t *Tree) below(id ID) *branch {
	if b := t.nodes[id].branch; b != 0 {
		return &t.branches[b]
	}
	return &t.none
}

// Len counts the nodes that stand for something, sections left out.
func (t *Tree) Len() int { return len(t.nodes) - 1 - int(openbis.Sections) - 2 }

// Kind is what a node stands for.
func (t *Tree) Kind(id ID) openbis.Kind { return kinds[t.nodes[id].kind] }

// Key names a node's entity.
func (t *Tree) Key(id ID) Key { return t.nodes[id].key() }

// Item returns what a node shows.
func (t *Tree) Item(id ID) Item {
	n := &t.nodes[id]
	it := Item{
		Key: n.key(), Size: n.size, Hidden: n.flags&hidden != 0, Leaf: n.flags&leaf != 0,
		Type: t.types.get(n.typ), LeftOut: t.reasons.get(uint16(n.why)), Data: t.shared.get(n.data),
	}
	if n.date != 0 {
		it.Date = time.Unix(int64(n.date), 0)
	}
	it.Badge = t.badges[id]
	if told := t.Told(id); told != "" {
		it.Badge = strings.TrimPrefix(it.Badge+", "+told, ", ")
	}
	it.Above = t.above[id]
	switch n.kind {
	case kindFile, kindFolder:
		it.Label, it.Identifier = t.fileLabel(id), n.text
	default:
		it.Label, it.Code, it.Identifier = n.labelText(), n.codeText(), n.identifier()
	}
	return it
}

// Tell puts words beside entities, by permId, wherever they are shown, also those
// that are loaded later. What was told before of others stays.
func (t *Tree) Tell(words map[string]string) {
	if t.words == nil {
		t.words = make(map[string]string, len(words))
	}
	maps.Copy(t.words, words)
}

// Told is what Tell was told of a node's entity.
func (t *Tree) Told(id ID) string {
	if n := &t.nodes[id]; len(t.words) > 0 && ruled(kinds[n.kind]) && n.kind != 0 {
		return t.words[n.permID()]
	}
	return ""
}

// Parent returns the node above, 0 for a section.
func (t *Tree) Parent(id ID) ID { return t.nodes[id].parent }

// Depth is 0 for sections.
func (t *Tree) Depth(id ID) int { return int(t.nodes[id].depth) }

// State returns how much of the children is there, and why the last load failed.
func (t *Tree) State(id ID) (State, string) { return t.nodes[id].state, t.below(id).err }

// Open reports whether a node is unfolded in what is shown.
func (t *Tree) Open(id ID) bool {
	n := &t.nodes[id]
	if f := t.filter; f != nil && !f.opened[id] {
		return n.flags&filterOpen != 0
	}
	return n.flags&open != 0 || t.filter != nil && t.filter.opened[id]
}

// Foldable reports whether there may be something below a node.
func (t *Tree) Foldable(id ID) bool {
	n := &t.nodes[id]
	switch n.kind {
	case kindFile, kindMore, kindSection:
		return false
	}
	return n.flags&leaf == 0 && (n.state != Loaded || t.below(id).first != 0)
}

// Children returns how many children are loaded and how many there are, -1 if
// the server did not tell.
func (t *Tree) Children(id ID) (loaded, total int) {
	b := t.below(id)
	return int(b.kids), int(b.total)
}

// Find returns the first node of an entity, those outside of its place last.
func (t *Tree) Find(k Key) (ID, bool) {
	first := t.byKey.get(t, k)
	return first, first != 0
}

// Path returns the labels from the section down to the node itself.
func (t *Tree) Path(id ID) []string {
	var parts []string
	for a := id; a != 0; a = t.nodes[a].parent {
		parts = append([]string{t.Item(a).Label}, parts...)
	}
	return parts
}

// Holder is the nearest node of a kind at a node or above it, 0 if there is none.
func (t *Tree) Holder(id ID, kind openbis.Kind) ID {
	for a := id; a != 0; a = t.nodes[a].parent {
		if kinds[t.nodes[a].kind] == kind {
			return a
		}
	}
	return 0
}

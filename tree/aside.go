package tree

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"zenobis/openbis"
)

// Rules may be on entities whose place in the tree is not loaded: those of an
// earlier start or of a file, or of an answer of a search that is gone. They
// have a node aside, which is never shown, so that they are marked, counted and
// named as all others.

// outside reports whether what is directly below a node is not in its place.
func (t *Tree) outside(id ID) bool { return id != 0 && (id == t.found || id == t.aside) }

// Unplaced lists the entities of rules of which nothing but the rule is known,
// to be looked up and given to Learn.
func (t *Tree) Unplaced() []Key {
	var out []Key
	for k := range t.strange {
		switch {
		case t.byKey.get(t, k) != 0: // it came in since
			delete(t.strange, k)
		case k.Kind != openbis.KindSpace && !t.sought[k]: // of the spaces the tree has all
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b Key) int { return cmp.Compare(t.rules[a].seq, t.rules[b].seq) })
	return out
}

// Learn takes what a look-up of entities came to. Those that are not among the
// items do not exist, or can't be seen: they are not asked for again.
func (t *Tree) Learn(asked []Key, items []Item) {
	for _, k := range asked {
		t.sought[k] = true
	}
	for _, it := range items {
		t.putAside(it)
	}
	t.settle()
}

// putAside makes a node for an entity that has none.
func (t *Tree) putAside(it Item) {
	if t.byKey.get(t, it.Key) == 0 {
		t.place(t.aside, it)
	}
}

// chosenBelow appends what was chosen by name below a node, with what holds it.
func (t *Tree) chosenBelow(id ID, out []Item) []Item {
	for c := t.below(id).first; c != 0; c = t.nodes[c].next {
		k := t.nodes[c].key()
		if t.rules[k] != nil || k.Kind == openbis.KindDataSet && t.choices[k.PermID] != nil {
			it := t.Item(c)
			it.Above = t.keysAbove(c)
			out = append(out, it)
		}
		out = t.chosenBelow(c, out)
	}
	return out
}

// keysAbove are the entities that hold a node outside of its place, nearest
// first; nil for a node in its place, and where they are not known.
func (t *Tree) keysAbove(id ID) []Key {
	if !t.inFound(id) {
		return nil
	}
	var keys []Key
	for a := id; ; a = t.nodes[a].parent {
		keys = append(keys, t.above[a]...)
		if t.outside(t.nodes[a].parent) {
			return keys
		}
		keys = append(keys, t.nodes[t.nodes[a].parent].key())
	}
}

// up yields a node and the nodes of what holds it, nearest first, those outside
// of their place as well.
func (t *Tree) up(id ID) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		for id != 0 {
			if !yield(id) {
				return
			}
			up, keys := t.holder(id)
			for i := 0; up == 0 && i < len(keys); i++ {
				up, _ = t.Find(keys[i])
			}
			id = up
		}
	}
}

// pathKey names a project by its path, as far as a rule below it tells.
func (n *node) pathKey() Key { return Key{Kind: kinds[n.kind], PermID: n.identifier()} }

// aboveOf is what the path in the label of a rule says of what holds its entity.
func aboveOf(k Key, label string) (above []Key) {
	parts := strings.Split(label, "/")
	if len(parts) < 3 || parts[0] != "" || k.Kind == openbis.KindDataSet || k.Kind == openbis.KindSpace {
		return nil
	}
	if len(parts) > 3 {
		above = append(above, Key{Kind: openbis.KindProject, PermID: "/" + parts[1] + "/" + parts[2]})
	}
	return append(above, Key{Kind: openbis.KindSpace, PermID: parts[1]})
}

// hintOf counts the rules whose entities are known to be below a node but not
// loaded there.
func (t *Tree) hintOf(n *node) (h hint) {
	if len(t.hints) == 0 {
		return h
	}
	keys := []Key{n.key(), n.pathKey()}
	for _, k := range slices.Compact(keys) {
		if have := t.hints[k]; have != nil {
			h.inc, h.exc = h.inc+have.inc, h.exc+have.exc
		}
	}
	return h
}

package tree

import (
	"slices"

	"zenobis/openbis"
	"zenobis/selection"
)

// undoMost is how many changes of the selection can be taken back.
const undoMost = 100

// change is what one change of the selection did, step by step, so that taking
// it back costs what it did and not what is selected.
type change []step

// step is what stood before: the rule of an entity, or the choice of files of a
// data set. Nil where there was none.
type step struct {
	key   Key
	rule  *rule
	files *choice
	// ofFiles tells a choice of files from a rule.
	ofFiles bool
}

// remember begins a change of the selection that can be taken back.
func (t *Tree) remember() {
	if n := len(t.undone); n > 0 && len(t.undone[n-1]) == 0 {
		return // nothing came of the one before
	}
	if len(t.undone) == undoMost {
		t.undone = slices.Delete(t.undone, 0, 1)
	}
	t.undone = append(t.undone, nil)
}

// note notes a step of the change under way.
func (t *Tree) note(s step) {
	if n := len(t.undone); n > 0 && t.undoing == nil {
		t.undone[n-1] = append(t.undone[n-1], s)
	}
}

// noteFiles notes the choice of files of a data set before it changes in itself.
func (t *Tree) noteFiles(ds string) {
	t.note(step{key: Key{Kind: openbis.KindDataSet, PermID: ds}, files: t.choices[ds].clone(), ofFiles: true})
}

func (c *choice) clone() *choice {
	if c == nil {
		return nil
	}
	out := *c
	out.globs, out.bits = slices.Clone(c.globs), slices.Clone(c.bits)
	return &out
}

// Undo takes the last change of the selection back; false if there is none.
func (t *Tree) Undo() bool {
	for t.BeginUndo() {
		if _, other := t.UndoMore(t.UndoLeft()); other {
			return true
		}
	}
	return false
}

// BeginUndo begins to take the last change back; false if there is none.
// UndoMore goes on with it.
func (t *Tree) BeginUndo() bool {
	for len(t.undone) > 0 && len(t.undone[len(t.undone)-1]) == 0 {
		t.undone = t.undone[:len(t.undone)-1]
	}
	if len(t.undone) == 0 {
		return false
	}
	t.undoing = t.undone[len(t.undone)-1]
	t.undone = t.undone[:len(t.undone)-1]
	if t.was = nil; len(t.undoing) <= countAnew {
		t.was = make(map[Key]selection.Mode, len(t.undoing))
		for _, s := range t.undoing {
			t.was[s.key] = t.modeOf(s.key)
		}
	} else {
		t.stale = true
	}
	return true
}

// Undoing reports whether a change is being taken back.
func (t *Tree) Undoing() bool { return t.undoing != nil }

// UndoLeft is how many steps of the change are left.
func (t *Tree) UndoLeft() int { return len(t.undoing) }

// UndoMore takes some more steps of a change back. At the end it tells whether
// anything is other than before.
func (t *Tree) UndoMore(count int) (done, other bool) {
	left := max(len(t.undoing)-count, 0)
	for _, s := range slices.Backward(t.undoing[left:]) {
		if !s.ofFiles {
			t.setRule(s.key, s.rule)
			continue
		}
		t.dropFiles(s.key.PermID)
		if s.files != nil {
			t.setChoice(s.key.PermID, s.files)
			t.resolve(s.key.PermID, s.files) // its files may have been listed since
		}
		t.was = nil
	}
	if t.undoing = t.undoing[:left]; left > 0 {
		t.chose()
		return false, false
	}
	other = t.was == nil // with so many steps, or files, it is
	for k, m := range t.was {
		other = other || t.modeOf(k) != m
	}
	t.undoing, t.was = nil, nil
	t.chose()
	return true, other
}

func (t *Tree) modeOf(k Key) selection.Mode {
	if r := t.rules[k]; r != nil {
		return r.mode
	}
	return ""
}

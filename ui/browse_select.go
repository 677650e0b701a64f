package ui

import (
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/tree"
)

// selectHere selects what the cursor is on, or the range.
func (s *browseScreen) selectHere() tea.Cmd {
	t, id := s.tree(), s.cursor()
	if id == 0 {
		return nil
	}
	if s.from != 0 {
		return s.takeRange()
	}
	it, part := t.Item(id), t.Mark(id) == tree.Partly
	switch {
	case it.Kind == tree.More:
		return s.load(id, flow.PageSize)
	case !t.Toggle(id):
		s.app.fail(flow.CutChoice)
	case s.saidOnlyLinks():
	case part && t.Mark(id) == tree.Full:
		s.app.say("All of it is selected now " + flow.PartReplaced + "; u undoes it.")
	case it.LeftOut != "" && t.Mark(id) == tree.Full:
		s.app.say("Its page is exported; its data is left out: " + it.LeftOut.OnScreen())
	}
	return s.countSelection()
}

func (s *browseScreen) only() tea.Cmd {
	if id := s.cursor(); id != 0 && !s.tree().ToggleOnly(id) {
		s.app.fail("A mark above selects this already; take that one away first.")
		return nil
	}
	s.saidOnlyLinks()
	return nil
}

// saidOnlyLinks tells, where it is so, that what was just selected can't become
// anything, however it was selected.
func (s *browseScreen) saidOnlyLinks() bool {
	if !s.app.flow.OnlyLinks() {
		return false
	}
	s.app.failWhile(flow.OnlyLinksText, s.app.flow.OnlyLinks)
	return true
}

func (s *browseScreen) undo() tea.Cmd {
	if !s.tree().BeginUndo() {
		s.app.hint("Nothing to undo.")
		return nil
	}
	return s.undoOn()
}

// undoOn takes a large change back in steps, so that keys are answered.
func (s *browseScreen) undoOn() tea.Cmd {
	t := s.tree()
	done, other := t.UndoMore(takeStep)
	switch {
	case !done:
		s.taken = human.Count(t.UndoLeft(), "row is left", "rows are left")
		return s.app.later(&s.taking, filterPause, func() tea.Cmd {
			if t != s.tree() {
				return nil // of a session that is gone
			}
			return s.undoOn()
		})
	case !other:
		return s.undo() // nothing came of that one: the one before
	}
	s.app.say("Undone: " + s.app.flow.SelectedText())
	return s.countSelection()
}

func (s *browseScreen) askClear() tea.Cmd {
	if s.tree().Empty() {
		return nil
	}
	s.app.ask(&dialog{title: "Clear the selection?", choices: []choice{
		{"k", "keep it", nil},
		{"c", "clear it (u undoes that)", func() tea.Cmd { s.tree().Clear(); return nil }},
	}})
	return nil
}

// startRange begins a range at the cursor, or gives one up.
func (s *browseScreen) startRange() tea.Cmd {
	if s.from != 0 {
		s.from = 0
		return nil
	}
	s.from = s.cursor()
	return nil
}

// ranged are the rows of the range, from where it began to the cursor.
func (s *browseScreen) ranged() (lo, hi int) {
	t := s.tree()
	_, at := t.Cursor()
	from := t.RowOf(s.from)
	if s.from == 0 || from < 0 {
		return 0, 0
	}
	return min(from, at), max(from, at) + 1
}

// takeRange selects all rows of the range; if all are, it takes them away. Rows
// below others of the range go with those.
func (s *browseScreen) takeRange() tea.Cmd {
	t := s.tree()
	lo, hi := s.ranged()
	s.from = 0
	ids := slices.Clone(t.Rows(lo, hi-lo))
	if len(ids) == 0 {
		return nil
	}
	top := 255
	for _, id := range ids {
		if t.Selectable(id) {
			top = min(top, t.Depth(id))
		}
	}
	ids = slices.DeleteFunc(ids, func(id tree.ID) bool { return !t.Selectable(id) || t.Depth(id) > top })
	take := slices.ContainsFunc(ids, func(id tree.ID) bool { return t.Mark(id) != tree.Full })
	verb := " selected; u undoes it."
	if !take {
		verb = " taken out; u undoes it."
	}
	text := human.Count(len(ids), "row", "rows") + verb
	if take {
		return s.takeAll(ids, nil, text)
	}
	return s.takeAll(nil, ids, text)
}

// invert inverts the selection among the loaded siblings.
func (s *browseScreen) invert() tea.Cmd {
	t, id := s.tree(), s.cursor()
	if id == 0 || t.Kind(t.Parent(id)) == tree.Section {
		s.app.hint("i inverts among siblings: go into a space first.")
		return nil
	}
	var take, leave []tree.ID
	t.Siblings(t.Parent(id), func(c tree.ID, whole bool) {
		switch {
		case !t.Selectable(c):
		case whole:
			leave = append(leave, c)
		default:
			take = append(take, c)
		}
	})
	text := human.Count(len(take), "row", "rows") + " selected, " + human.Number(len(leave)) + " taken out."
	if t.Unsorted(t.Parent(id)) {
		text += " Only loaded rows."
	}
	return s.takeAll(take, leave, text)
}

// takeStep is how many rows are selected between two keys.
const takeStep = 1_000

// takeAll takes rows with everything below them and takes others away, as one
// change. Many of them are taken in steps, so that keys are answered.
func (s *browseScreen) takeAll(take, leave []tree.ID, said string) tea.Cmd {
	s.tree().TakeAll(nil, true)
	return s.takeOn(take, leave, len(take)+len(leave), said)
}

func (s *browseScreen) takeOn(take, leave []tree.ID, all int, said string) tea.Cmd {
	t := s.tree()
	n := min(len(take), takeStep)
	m := min(len(leave), takeStep-n)
	if taken, left := t.TakeMore(take[:n], true), t.TakeMore(leave[:m], false); !taken || !left {
		said = flow.CutChoice
	}
	take, leave = take[n:], leave[m:]
	left := len(take) + len(leave)
	if left == 0 {
		switch {
		case said == flow.CutChoice:
			s.app.fail(said)
		case !s.saidOnlyLinks():
			s.app.say(said)
		}
		return s.countSelection()
	}
	s.taken = human.Number(all-left) + " of " + human.Count(all, "row", "rows")
	return s.app.later(&s.taking, filterPause, func() tea.Cmd {
		if t != s.tree() {
			return nil // of a session that is gone
		}
		return s.takeOn(take, leave, all, said)
	})
}

// askType asks which type below the cursor is to be selected.
func (s *browseScreen) askType() tea.Cmd {
	t, top := s.tree(), s.cursor()
	if top == 0 {
		return nil
	}
	byType := make(map[string][]tree.ID)
	partial := false
	t.EachBelow(top, func(id tree.ID) {
		it := t.Item(id)
		partial = partial || it.Kind == tree.More
		if it.Type != "" {
			byType[it.Type] = append(byType[it.Type], id)
		}
		if st, _ := t.State(id); st == tree.Unloaded && t.Foldable(id) && it.Kind != openbis.KindDataSet {
			partial = true
		}
	})
	if len(byType) == 0 {
		s.app.hint("Nothing is loaded below it: → unfolds.")
		return nil
	}
	text := "Everything loaded below " + t.Item(top).Label + " that is of one type."
	if partial {
		text += " There is more that is not loaded: s type:… asks the server."
	}
	d := &dialog{title: "Select by type", text: text, keep: true}
	for _, name := range slices.SortedFunc(maps.Keys(byType), names.Natural) {
		d.choices = append(d.choices, choice{"", name + "  " + human.Number(len(byType[name])), func() tea.Cmd {
			return s.takeAll(byType[name], nil, human.Count(len(byType[name]), "row", "rows")+" selected; u undoes it.")
		}})
	}
	s.app.ask(d)
	return nil
}

// selectHits selects everything that the search found, also what is not shown.
func (s *browseScreen) selectHits() tea.Cmd {
	t := s.tree()
	if s.hits.total > s.hits.shown {
		return s.runSearch(s.hits.query, s.hits.total, func() tea.Cmd { return s.selectHits() })
	}
	var ids []tree.ID
	t.EachFound(func(id tree.ID) { ids = append(ids, id) })
	return s.takeAll(ids, nil, human.Count(len(ids), "hit", "hits")+" selected; u undoes it.")
}

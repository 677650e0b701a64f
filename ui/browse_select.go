package ui

import (
	"maps"
	"slices"
	"strings"

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
	case s.app.flow.OnlyLinks():
		s.app.failWhile(flow.OnlyLinksText, s.app.flow.OnlyLinks)
	case part && t.Mark(id) == tree.Full:
		s.app.say("All of it is selected now " + flow.PartReplaced + "; u undoes it.")
	case it.LeftOut != "" && t.Mark(id) == tree.Full:
		s.app.say("Its page is exported; its data is left out: " + flow.LeftOutWhy(it.LeftOut))
	}
	return s.countSelection()
}

func (s *browseScreen) only() tea.Cmd {
	if id := s.cursor(); id != 0 && !s.tree().ToggleOnly(id) {
		s.app.fail("A mark above takes this with everything below; take that one away first.")
	}
	return nil
}

func (s *browseScreen) undo() tea.Cmd {
	if !s.tree().Undo() {
		s.app.say("Nothing to undo.")
		return nil
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
	t.TakeAll(ids, take)
	verb := " selected; u undoes it."
	if !take {
		verb = " taken out; u undoes it."
	}
	s.app.say(human.Count(len(ids), "row", "rows") + verb)
	return s.countSelection()
}

// invert inverts the selection among the loaded siblings.
func (s *browseScreen) invert() tea.Cmd {
	t, id := s.tree(), s.cursor()
	if id == 0 || t.Kind(t.Parent(id)) == tree.Section {
		s.app.say("i inverts among siblings: go into a space first.")
		return nil
	}
	var take, leave []tree.ID
	t.EachChild(t.Parent(id), func(c tree.ID) {
		switch {
		case !t.Selectable(c):
		case t.Mark(c) == tree.Full:
			leave = append(leave, c)
		default:
			take = append(take, c)
		}
	})
	t.TakeAll(take, true)
	t.TakeMore(leave, false)
	text := human.Count(len(take), "row", "rows") + " selected, " + human.Number(len(leave)) + " taken out."
	if t.Unsorted(t.Parent(id)) {
		text += " Only loaded rows."
	}
	s.app.say(text)
	return s.countSelection()
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
		s.app.say("Nothing is loaded below it: → unfolds.")
		return nil
	}
	text := "Everything loaded below " + t.Item(top).Label + " that is of the type."
	if partial {
		text += " There is more that is not loaded: s type:… asks the server."
	}
	d := &dialog{title: "Select by type", text: text, keep: true}
	for _, name := range slices.SortedFunc(maps.Keys(byType), names.Natural) {
		d.choices = append(d.choices, choice{"", name + "  " + human.Number(len(byType[name])), func() tea.Cmd {
			t.TakeAll(byType[name], true)
			s.app.say(human.Count(len(byType[name]), "row", "rows") + " selected; u undoes it.")
			return s.countSelection()
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
	t.TakeAll(ids, true)
	s.app.say(strings.TrimSpace(human.Count(len(ids), "hit", "hits") + " selected; u undoes it."))
	return s.countSelection()
}

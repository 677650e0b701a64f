package ui

import (
	"strings"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/tree"
	"zenobis/ui/cells"
)

func (s *browseScreen) view(w, h int) []string {
	f := s.app.panes
	s.height = h
	if s.full {
		return s.previewLines(min(w-2, textWidth), h, 1)
	}
	if !s.done {
		text := "No spaces yet; r tries again."
		if s.spaces.busy {
			text = s.app.waitText(&s.spaces)
		}
		return []string{"", "  " + text}
	}
	left := s.rows(f.left, h)
	if f.right == 0 {
		return left
	}
	right := s.previewLines(f.right-1, h, 0)
	bar := s.app.th.dim.Render("│")
	out := make([]string, h)
	for i := range out {
		l, r := "", ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		out[i] = cells.Pad(l, f.left) + " " + bar + " " + r
	}
	return out
}

// rows draws the part of the tree that is on the screen, and nothing else.
func (s *browseScreen) rows(w, h int) []string {
	t := s.app.flow.Tree
	cur, row := t.Cursor()
	if row < s.offset {
		s.offset = row
	}
	if row >= s.offset+h {
		s.offset = row - h + 1
	}
	if row == 1 { // the heading above the first row
		s.offset = 0
	}
	s.offset = max(min(s.offset, t.RowCount()-h), 0)
	ids := t.Rows(s.offset, h)
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, s.row(id, w, id == cur))
	}
	if len(ids) == 0 {
		if text, _, _ := t.Filtering(); text != "" {
			out = append(out, "", "  Nothing loaded matches; s asks the server.")
		}
	}
	return out
}

func (s *browseScreen) row(id tree.ID, w int, here bool) string {
	t, th := s.app.flow.Tree, s.app.th
	it := t.Item(id)
	if it.Kind == tree.Section {
		return " " + th.bold.Render(cells.Clip(it.Label, w-1))
	}
	indent := strings.Repeat("  ", min(t.Depth(id)-1, max(w/6, 1)))
	state, why := t.State(id)
	if it.Kind == tree.More {
		text := "more… (enter)"
		p := t.Parent(id)
		loaded, total := t.Children(p)
		switch {
		case loaded >= flow.MaxFiles && t.Item(p).Kind == openbis.KindDataSet:
			text = flow.CutText
		case total > loaded:
			text = human.Number(total-loaded) + " more… (enter)"
		}
		if ps, pwhy := t.State(p); ps == tree.Loading {
			text = "loading…"
		} else if ps == tree.Failed {
			text = "failed: " + pwhy
		}
		return s.finishRow(" "+indent+"    "+text, "", w, here)
	}
	fold := " "
	if t.Foldable(id) {
		fold = "▸"
		if t.Open(id) {
			fold = "▾"
		}
	}
	label := it.Label
	if it.Kind == openbis.KindDataSet {
		label = "≡ " + label
	}
	aside, size := flow.Aside(it, state, why)
	if size != "" {
		aside = strings.TrimLeft(aside+" "+cells.PadLeft(size, 5), " ")
	}
	return s.finishRow(" "+indent+fold+" "+flow.Sign(t.Mark(id))+" "+label, aside, w, here)
}

// finishRow leaves the name at least half of the line.
func (s *browseScreen) finishRow(left, right string, w int, here bool) string {
	room := w - 1
	right = cells.Clip(right, max(room/2, room-cells.Width(left)-1))
	if here {
		return s.app.th.here.Render(cells.Pad(cells.Spread(left, right, room), room))
	}
	if right == "" {
		return cells.Clip(left, room)
	}
	r := cells.Width(right)
	return cells.Pad(left, max(room-r-1, 0)) + " " + s.app.th.dim.Render(right)
}

func (s *browseScreen) status(w int) string {
	a := s.app
	switch s.asking {
	case askFilter:
		s.field.SetWidth(max(w-30, 8))
		_, n, _ := a.flow.Tree.Filtering()
		return cells.Spread("/"+s.field.View(), human.Count(n, "loaded row", "loaded rows"), w)
	case askSearch:
		s.field.SetWidth(max(w-30, 8))
		return "Search openBIS: " + s.field.View()
	}
	if s.search.busy {
		return a.waitText(&s.search) + " esc gives up"
	}
	if text, n, _ := a.flow.Tree.Filtering(); text != "" {
		return cells.Spread("/"+text+": "+human.Count(n, "loaded row", "loaded rows")+"; esc shows all, s asks the server", s.weight(false), w)
	}
	return cells.Spread(s.app.flow.SelectedText(), s.weight(w >= 60), w)
}

// weight is the size of the selection against the limits.
func (s *browseScreen) weight(long bool) string {
	text, tooMuch := s.app.flow.Weight(long)
	switch {
	case tooMuch:
		return s.app.th.bad.Render("✗ " + text + ": too large")
	case text != "" && s.counting():
		return "counting… " + text
	}
	return text
}

func (s *browseScreen) legend() string {
	return "☑ with everything below, at export time\n▣ a part of it\n◉ only this, nothing below\n☐ not selected\n" +
		"Taking a mark away below a marked entity excludes that branch.\nThe filter looks at loaded rows only; s asks the server."
}

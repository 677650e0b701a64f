package ui

import (
	"strings"

	"zenobis/human"
	"zenobis/tree"
	"zenobis/ui/cells"
)

var markGlyphs = [...]string{tree.None: "☐", tree.Self: "◉", tree.Partly: "▣", tree.Full: "☑"}

func (s *browseScreen) view(w, h int) []string {
	f := s.app.f
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
	t := s.app.tree
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
		if text, _ := t.Filtering(); text != "" {
			out = append(out, "", "  Nothing loaded matches; s asks the server.")
		}
	}
	return out
}

func (s *browseScreen) row(id tree.ID, w int, here bool) string {
	t, th := s.app.tree, s.app.th
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
		case loaded >= maxFiles && t.Item(p).Kind == tree.DataSet:
			text = cutText
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
	if it.Kind == tree.DataSet {
		label = "≡ " + label
	}
	return s.finishRow(" "+indent+fold+" "+markGlyphs[t.Mark(id)]+" "+label, s.aside(it, state, why), w, here)
}

// aside is the right end of a row: what is wrong or under way, else code and size.
func (s *browseScreen) aside(it *tree.Item, state tree.State, why string) string {
	switch state {
	case tree.Loading:
		return "loading…"
	case tree.Failed:
		return "failed, r: " + why
	}
	var parts []string
	if it.Code != "" && it.Code != it.Label {
		parts = append(parts, it.Code)
	}
	if it.LeftOut != "" {
		parts = append(parts, "("+it.LeftOut+")")
	} else if it.Size >= 0 && (it.Kind == tree.DataSet || it.Kind == tree.File) {
		parts = append(parts, cells.PadLeft(human.Short(it.Size), 5))
	}
	return strings.Join(parts, " ")
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
		s.input.SetWidth(max(w-30, 8))
		_, n := a.tree.Filtering()
		return cells.Spread("/"+s.input.View(), human.Count(n, "loaded row", "loaded rows"), w)
	case askSearch:
		s.input.SetWidth(max(w-30, 8))
		return "Search openBIS: " + s.input.View()
	}
	if s.search.busy {
		return a.waitText(&s.search) + " esc gives up"
	}
	if text, n := a.tree.Filtering(); text != "" {
		return cells.Spread("/"+text+": "+human.Count(n, "loaded row", "loaded rows")+"; esc shows all, s asks the server", s.weight(false), w)
	}
	return cells.Spread(s.selected(), s.weight(w >= 60), w)
}

// selected says what is marked, as far as it is known.
func (s *browseScreen) selected() string {
	t := s.app.tree.Totals()
	if t.Rules == 0 {
		return "Nothing selected"
	}
	text := human.Count(t.Objects, "object", "objects") + " · " + human.Count(t.DataSets, "data set", "data sets")
	if t.Files > 0 || !t.FilesAtLeast {
		files := human.Count(t.Files, "file", "files")
		if t.FilesAtLeast && !t.AtLeast {
			files = "at least " + files
		}
		text += " · " + files
	}
	if t.LeftOut > 0 {
		text += " · " + human.Number(t.LeftOut) + " without data"
	}
	if t.AtLeast {
		text = "at least " + text
	}
	return text
}

// weight is the size of the selection against the limits.
func (s *browseScreen) weight(long bool) string {
	t, z := s.app.tree.Totals(), s.app.facts.Zenodo
	if t.Rules == 0 {
		return ""
	}
	text := human.Bytes(t.Bytes)
	if t.AtLeast {
		text = "≥ " + text
	}
	if s.counting() {
		text = "counting… " + text
	}
	limit := z.Limits.Bytes
	if own := s.app.facts.MaxSelectable; own > 0 && (limit == 0 || own < limit) {
		limit = own
	}
	if limit <= 0 {
		return text
	}
	if long {
		text += " of " + human.Bytes(limit)
	}
	if t.Bytes > limit {
		return s.app.th.bad.Render("✗ " + text + ": too large")
	}
	return text
}

func (s *browseScreen) hints() []hint {
	switch s.asking {
	case askFilter:
		return []hint{{"enter", "keep it"}, {"↑↓", "to the rows"}, {"esc", "all rows again"}}
	case askSearch:
		return []hint{{"enter", "search"}, {"esc", "back to the tree"}}
	}
	return []hint{
		{"space", "select"}, {"enter", "continue"}, {"←→", "fold"}, {"/", "filter"}, {"s", "search"},
		{"o", "only this"}, {"p", "preview"}, {"h", "hidden spaces"}, {"r", "try again"}, {"X", "clear"},
		{"e", "exports"}, {"[ ]", "scroll preview"},
	}
}

func (s *browseScreen) legend() string {
	return "☑ with everything below, at export time\n▣ a part of it\n◉ only this, nothing below\n☐ not selected\n" +
		"Taking a mark away below a marked entity excludes that branch.\nThe filter looks at loaded rows only; s asks the server."
}

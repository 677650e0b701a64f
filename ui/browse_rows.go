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
	if s.pane.focused && f.right == 0 {
		return s.pane.lines(min(w-2, textWidth), h, 1)
	}
	if !s.done {
		text := "No spaces yet; r tries again."
		if s.spaces.busy {
			text = s.app.waitText(&s.spaces)
		}
		return []string{"", "  " + text}
	}
	if text, _, _ := s.tree().Filtering(); text == "" && s.tree().RowCount() == 0 {
		out := []string{""}
		for _, l := range cells.Wrap("openBIS shows you no spaces: ask your lab manager for a role in one. r looks again.", min(w-4, textWidth)) {
			out = append(out, "  "+l)
		}
		return out
	}
	left := s.rows(f.left, h)
	if f.right == 0 {
		return left
	}
	right := s.pane.lines(f.right-1, h, 0)
	bar := s.app.th.Dim.Render("│")
	if s.pane.focused {
		bar = s.app.th.Accent.Render("┃")
	}
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
	t := s.tree()
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
	lo, hi := s.ranged()
	ids := t.Rows(s.offset, h)
	out := make([]string, 0, len(ids))
	for i, id := range ids {
		at := s.offset + i
		out = append(out, s.row(id, w, id == cur, at >= lo && at < hi))
	}
	if len(ids) == 0 {
		if text, _, done := t.Filtering(); text != "" && done {
			out = append(out, "", "  Nothing loaded matches; s asks the server.")
		}
	}
	return out
}

func (s *browseScreen) row(id tree.ID, w int, here, ranged bool) string {
	t, th := s.tree(), s.app.th
	kind := t.Kind(id)
	edge := " "
	if ranged {
		edge = "┃"
	}
	if kind == tree.Section {
		return edge + th.Bold.Render(cells.Clip(t.Item(id).Label, w-1))
	}
	indent := strings.Repeat("  ", min(t.Depth(id)-1, max(w/6, 1)))
	if kind == tree.More {
		return s.finishRow(edge+indent+"    "+s.moreText(id), "", w, here)
	}
	it := t.Item(id)
	state, why := t.State(id)
	fold := " "
	if t.Foldable(id) {
		fold = "▸"
		if t.Open(id) {
			fold = "▾"
		}
	}
	mark := t.Mark(id)
	name := it.Label
	if kind == openbis.KindDataSet {
		name = "≡ " + name
	}
	aside, size := flow.Aside(it, state, why)
	less, counted := flow.Shorter(aside), false
	if mark == tree.Partly && kind != openbis.KindDataSet {
		var in tree.Inside
		if in, counted = t.Inside(id); counted {
			var short string
			aside, short = flow.InsideText(in)
			less = []string{short}
		}
	}
	if size != "" {
		size = " " + cells.PadLeft(size, 5)
	}
	lead := edge + indent + fold + " " + flow.Sign(mark) + " "
	room := w - 1
	most := max(room/3, room-cells.Width(lead)-cells.Width(name)-1)
	if counted {
		most = max(most, room*2/5)
	}
	for len(less) > 0 && cells.Width(aside)+cells.Width(size) > most {
		aside, less = less[0], less[1:]
	}
	if over := cells.Width(aside) + cells.Width(size) - most; over > 0 && (counted || most < leastAside) {
		aside = "" // cut it would say nothing, and the name needs the room
	}
	aside = strings.TrimLeft(cells.Clip(aside, most-cells.Width(size))+size, " ")
	name = cells.ClipMiddle(name, room-cells.Width(lead)-cells.Width(aside)-1)
	if !here && t.Matches(id) {
		name = s.marked(name)
	}
	return s.finishRow(lead+name, aside, w, here)
}

// leastAside is how many cells a code needs to say something when it is cut.
const leastAside = 8

// moreText is the row for children that are not loaded.
func (s *browseScreen) moreText(id tree.ID) string {
	t := s.tree()
	p := t.Parent(id)
	loaded, total := t.Children(p)
	text := "more… (enter)"
	if total > loaded {
		text = human.Number(total-loaded) + " more… (enter)"
	}
	switch st, why := t.State(p); st {
	case tree.Loading:
		return "loading…"
	case tree.Failed:
		return "failed, r: " + why
	}
	if t.Sorted() {
		text += "; sorted once all are loaded"
	}
	return text
}

// marked marks where a name holds the text that is filtered by.
func (s *browseScreen) marked(name string) string {
	text, _, _ := s.tree().Filtering()
	low := strings.ToLower(name)
	i := strings.Index(low, text)
	if i < 0 || len(low) != len(name) { // a letter changed its length: no harm
		return name
	}
	return name[:i] + s.app.th.Match.Render(name[i:i+len(text)]) + name[i+len(text):]
}

// finishRow leaves the name at least half of the line.
func (s *browseScreen) finishRow(left, right string, w int, here bool) string {
	room := w - 1
	if here {
		return s.app.th.Here.Render(cells.Pad(cells.Spread(left, right, room), room))
	}
	if right == "" {
		return cells.Clip(left, room)
	}
	r := cells.Width(right)
	return cells.Pad(left, max(room-r-1, 0)) + " " + s.app.th.Dim.Render(right)
}

func (s *browseScreen) status(w int) string {
	a := s.app
	if s.asking != askNothing {
		return s.askLine(w)
	}
	if s.taking.busy && s.tree().Undoing() {
		return "Undoing: " + s.taken + "…"
	}
	if s.taking.busy {
		return "Selecting: " + s.taken + "…"
	}
	for _, t := range []*task{&s.search, &s.place} {
		if t.busy {
			return a.waitText(t) + " esc cancels"
		}
	}
	if s.sorts.busy {
		return a.waitText(&s.sorts)
	}
	lo, hi := s.ranged()
	text, n, done := a.flow.Tree.Filtering()
	switch {
	case s.from != 0:
		return cells.Spread("Range of "+human.Count(hi-lo, "row", "rows")+": space selects it, esc cancels", s.weight(false), w)
	case text != "" && !done:
		return "/" + text + ": looking…"
	case text != "":
		return cells.Spread("/"+text+": "+human.Count(n, "loaded row", "loaded rows")+"; n next, esc shows all", s.weight(false), w)
	case s.tree().HasFound() && s.hits.query != "" && a.flow.Tree.Empty():
		return s.chipLine(w)
	case a.flow.Tree.Empty():
		if cells.Width(firstHint) > w {
			return "Nothing selected: space selects."
		}
		return firstHint
	}
	return cells.Spread(a.flow.SelectedText(), s.weight(w >= 60), w)
}

// firstHint is said while nothing is selected yet.
const firstHint = "Nothing selected: → unfolds, space selects, enter goes on, ? tells more."

// weight is the size of the selection against the limits.
func (s *browseScreen) weight(long bool) string {
	text, tooMuch := s.app.flow.Weight(long)
	switch {
	case tooMuch:
		return s.app.th.Bad.Render("✗ " + text + ": too large")
	case text != "" && s.counting():
		return "counting… " + text
	}
	return text
}

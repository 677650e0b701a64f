package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/tree"
	"zenobis/ui/cells"
)

// pane is the preview beside the tree, or in its place where there is no room.
type pane struct {
	app     *app
	id      tree.ID // of the row that is shown
	shown   flow.Preview
	cache   map[tree.Key]flow.Preview
	types   map[openbis.Kind]map[string]openbis.EntityType
	look    task
	wait    task
	focused bool // keys scroll it
	at      int  // line of its cursor while it is focused
	top     int
	height  int
	drawn   []drawnLine
}

// drawnLine is a line of the preview as it fits.
type drawnLine struct {
	text string
	to   *openbis.Ref
}

const previewsKept = 300

func (p *pane) clear() {
	p.app.stop(&p.look)
	p.app.stop(&p.wait)
	p.cache = make(map[tree.Key]flow.Preview)
	p.types = make(map[openbis.Kind]map[string]openbis.EntityType)
	p.shown, p.id, p.focused, p.at, p.top = flow.Preview{}, 0, false, 0, 0
}

// follow shows a row: what is known at once, the rest is asked for when the
// cursor rests.
func (p *pane) follow(id tree.ID, shown bool) tea.Cmd {
	p.app.stop(&p.wait)
	if id != p.id {
		p.at, p.top = 0, 0
	}
	p.id = id
	if id == 0 {
		p.shown = flow.Preview{}
		return nil
	}
	f := p.app.flow
	k := f.Tree.Key(id)
	if known, ok := p.cache[k]; ok {
		p.shown = known
		return nil
	}
	p.shown = f.Brief(id)
	switch k.Kind {
	case tree.File, tree.Folder, tree.More, tree.Section:
		return nil
	}
	if p.app.panes.right == 0 && !p.focused || !shown {
		return nil
	}
	return p.app.later(&p.wait, previewRest, func() tea.Cmd { return p.ask(k, f.Ref(id)) })
}

// ask asks openBIS about an entity.
func (p *pane) ask(k tree.Key, e openbis.Ref) tea.Cmd {
	a := p.app
	sess := a.flow.Session
	types, known := p.types[e.Kind]
	return a.do(&p.look, "Looking at "+e.Label(), patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := sess.Get(ctx, e.Kind, e.PermID)
		if err == nil && !known && e.Type != "" {
			types, err = sess.Types(ctx, e.Kind)
		}
		var sets openbis.Listing
		if err == nil && e.Kind == openbis.KindObject {
			sets, err = sess.ObjectDataSets(ctx, e.PermID, openbis.Page{Count: previewSets})
		}
		return func() tea.Cmd {
			if err != nil {
				if !flow.Silent(err) {
					p.shown.Lines = []flow.PreviewLine{{Text: "✗ " + flow.Words(err)}}
				}
				return nil
			}
			p.types[e.Kind] = types
			ent, ok := got[e.PermID]
			if !ok {
				return nil
			}
			if len(p.cache) >= previewsKept {
				clear(p.cache)
			}
			var typ *openbis.EntityType
			if t, ok := types[ent.Type]; ok {
				typ = &t
			}
			told := flow.PreviewOf(&ent, typ, sets)
			here := p.id != 0 && a.flow.Tree.Key(p.id) == k
			if here {
				told.Title = a.flow.Tree.Item(p.id).Label // as the tree names it, such as the home space
				p.shown = told
			}
			p.cache[k] = told
			return nil
		}
	})
}

// previewSets is how many data sets of an object are listed.
const previewSets = 12

// layOut fits the preview to a width.
func (p *pane) layOut(w int) []drawnLine {
	th := p.app.th
	var out []drawnLine
	add := func(text string, to *openbis.Ref) { out = append(out, drawnLine{text, to}) }
	for _, l := range cells.Wrap(p.shown.Title, w) {
		add(th.Bold.Render(l), nil)
	}
	if p.shown.Sub != "" {
		add(th.Dim.Render(cells.Clip(p.shown.Sub, w)), nil)
	}
	if p.id != 0 && p.app.flow.Tree.Selectable(p.id) {
		for _, l := range cells.Wrap(flow.Sign(p.app.flow.Tree.Mark(p.id))+" "+p.app.flow.MarkWords(p.id), w) {
			add(l, nil)
		}
	}
	if p.id != 0 {
		for _, l := range cells.Wrap(p.app.flow.Tree.Told(p.id), w) {
			if l != "" {
				add(l, nil)
			}
		}
	}
	add("", nil)
	labelW := 0
	for _, l := range p.shown.Lines {
		labelW = max(labelW, min(cells.Width(l.Label), w/3))
	}
	for i := 0; i < len(p.shown.Lines); i++ {
		l := p.shown.Lines[i]
		switch {
		case l.Head:
			add("", nil)
			add(th.Bold.Render(cells.Clip(l.Text, w)), nil)
		case l.Table:
			end := i
			for end < len(p.shown.Lines) && p.shown.Lines[end].Table {
				end++
			}
			for _, row := range table(p.shown.Lines[i:end], w-1) {
				add(" "+row, nil)
			}
			i = end - 1
		case l.To != nil:
			add(" "+cells.Clip("→ "+l.Text, w-1), l.To)
		case l.Label != "" && (cells.Width(l.Label) > labelW || // never cut: labels would be the same
			cells.Width(l.Text) > w-labelW-2 && cells.Width(l.Text) <= w-2): // one line is read more easily
			add(th.Dim.Render(cells.Clip(l.Label, w)), nil)
			for _, t := range cells.Wrap(l.Text, w-2) {
				add("  "+t, nil)
			}
		case l.Label != "":
			for j, t := range cells.Wrap(l.Text, w-labelW-2) {
				label := l.Label
				if j > 0 {
					label = ""
				}
				add(th.Dim.Render(cells.Pad(label, labelW))+"  "+t, nil)
			}
		default:
			for _, t := range cells.Wrap(l.Text, w-1) {
				add(" "+t, nil)
			}
		}
	}
	if p.look.busy {
		add(th.Dim.Render("asking openBIS…"), nil)
	}
	return out
}

// table lays rows of cells into columns of w cells together.
func table(rows []flow.PreviewLine, w int) []string {
	var widths []int
	split := make([][]string, len(rows))
	for i, r := range rows {
		split[i] = strings.Split(r.Text, "\t")
		for j, c := range split[i] {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], cells.Width(c))
		}
	}
	for sum(widths)+2*(len(widths)-1) > w && slices.Max(widths) > 4 { // the widest column yields
		widths[slices.Index(widths, slices.Max(widths))]--
	}
	out := make([]string, len(rows))
	for i, cols := range split {
		for j := range cols {
			cols[j] = cells.Pad(cols[j], widths[j])
		}
		out[i] = cells.Clip(strings.Join(cols, "  "), w)
	}
	return out
}

func sum(list []int) int {
	n := 0
	for _, v := range list {
		n += v
	}
	return n
}

// lines draws the part of the preview that is on the screen.
func (p *pane) lines(w, h, margin int) []string {
	if w < 10 {
		return nil
	}
	blank := strings.Repeat(" ", margin)
	p.drawn, p.height = p.layOut(w), h
	n := len(p.drawn)
	if p.focused {
		p.at = max(min(p.at, n-1), 0)
		p.top = min(max(p.top, p.at-h+1), p.at)
	}
	p.top = max(min(p.top, n-h), 0)
	out := make([]string, 0, h)
	for i := p.top; i < min(p.top+h, n); i++ {
		text := p.drawn[i].text
		if p.focused && i == p.at {
			text = p.app.th.Here.Render(cells.Pad(text, w))
		}
		out = append(out, blank+text)
	}
	return out
}

func (s *browseScreen) focusPane() tea.Cmd {
	s.pane.focused = true
	return s.moved()
}

func (s *browseScreen) paneActions() []action {
	p := &s.pane
	to := func(f func() int) func() tea.Cmd {
		return func() tea.Cmd {
			p.at = max(min(f(), len(p.drawn)-1), 0)
			return nil
		}
	}
	page := max(p.height-1, 1)
	link := p.at < len(p.drawn) && p.drawn[p.at].to != nil
	leave := func() tea.Cmd {
		p.focused = false
		return s.moved()
	}
	return []action{
		on("enter", "enter", "go there", func() tea.Cmd {
			r := *p.drawn[p.at].to
			p.focused = false
			return s.goToEntity(r.Kind, r.PermID, true)
		}).when(link),
		on("down j", "↑↓", "scroll", to(func() int { return p.at + 1 })),
		on("up k", "", "", to(func() int { return p.at - 1 })),
		on("pgdown space", "", "", to(func() int { return p.at + page })),
		on("pgup", "", "", to(func() int { return p.at - page })),
		on("home", "", "", to(func() int { return 0 })),
		on("end G", "", "", to(func() int { return len(p.drawn) })),
		on("n tab", "n", "next relative", to(p.nextLink)),
		on("esc p left", "esc", "back", leave),
	}
}

// nextLink is the line of the next relative; after the last comes the first.
func (p *pane) nextLink() int {
	for i := 1; i <= len(p.drawn); i++ {
		if at := (p.at + i) % len(p.drawn); p.drawn[at].to != nil {
			return at
		}
	}
	return p.at
}

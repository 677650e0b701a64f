package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/record"
	"zenobis/ui/cells"
)

// suggestWait is the pause in typing after which the server is asked.
const suggestWait = 250 * time.Millisecond

// editor edits one field of the description, alone on the screen: a text, or
// entries one a line, each with what the vocabularies offer for it. Whatever is
// typed is in the flow at once: leaving never loses it.
type editor struct {
	app     *app
	field   flow.Field
	area    textarea.Model // of a text
	lines   []string       // else the entries
	at      int            // the one that is edited
	line    textinput.Model
	query   record.Query
	choices []record.Choice
	sel     int // of the choices; -1: none, the text stays as it is
	wait    task
	ask     task
	trouble string
	leave   func() // back to the form
}

func (s *describeScreen) open(f flow.Field) tea.Cmd {
	e := &editor{app: s.app, field: f, sel: -1}
	e.leave = func() {
		s.app.stop(&e.wait)
		s.app.stop(&e.ask)
		s.edit = nil
	}
	s.edit = e
	text := s.desc().Text(f.Name)
	if f.Text {
		e.area = textarea.New()
		e.area.SetStyles(s.app.th.Area())
		e.area.ShowLineNumbers = false
		e.area.Prompt = ""
		e.area.MaxHeight, e.area.CharLimit = 0, 0
		e.area.SetValue(text)
		return e.area.Focus()
	}
	e.lines = record.Lines(text)
	if f.One == "" {
		e.lines = []string{strings.TrimSpace(text)}
	}
	if len(e.lines) == 0 {
		e.lines = []string{""}
	}
	e.line = s.app.newInput("", false)
	return tea.Batch(e.line.Focus(), e.goTo(0))
}

// goTo edits another entry.
func (e *editor) goTo(at int) tea.Cmd {
	e.at = max(min(at, len(e.lines)-1), 0)
	e.line.SetValue(e.lines[e.at])
	e.line.CursorEnd()
	return e.suggest()
}

func (e *editor) actions() []action {
	leave := func() tea.Cmd {
		e.leave()
		return nil
	}
	if e.field.Text {
		return []action{
			on("esc ctrl+s", "esc", "done", leave),
			on("", "enter", "new line", nil),
		}
	}
	pick := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			n := len(e.choices) + 1 // one more for none
			e.sel = (e.sel+1+by+n)%n - 1
			return nil
		}
	}
	to := func(by int) func() tea.Cmd { return func() tea.Cmd { return e.goTo(e.at + by) } }
	several := e.field.One != ""
	enter := "done"
	switch {
	case e.sel >= 0:
		enter = "take it"
	case several:
		enter = "next " + e.field.One
	}
	return []action{
		on("enter", "enter", enter, e.enterKey),
		on(
			"tab",
			"tab",
			"suggestions",
			pick(1),
		).when(len(e.choices) > 0).
			help(typing, "go through what the vocabulary offers; enter takes it", ""),
		on("shift+tab", "", "", pick(-1)).when(len(e.choices) > 0),
		on("down", "↑↓", "suggestions", pick(1)).when(!several && len(e.choices) > 0),
		on("up", "", "", pick(-1)).when(!several && len(e.choices) > 0),
		on("down", "↑↓", "other "+e.field.Label, to(1)).when(several).help(typing, "edit another "+e.field.One, ""),
		on("up", "", "", to(-1)).when(several),
		on("ctrl+o", "ctrl+o", "person or organisation", e.toggleOrg).when(e.field.Name == "creators" || e.field.Name == "contributors").
			help(typing, "make it an organisation, or a person again", "org: Example Consortium"),
		on(
			"ctrl+k",
			"ctrl+k",
			"delete",
			e.deleteLine,
		).when(several && (len(e.lines) > 1 || e.lines[0] != "")).
			help(typing, "delete this "+e.field.One, ""),
		on(
			"alt+up ctrl+up",
			"",
			"",
			func() tea.Cmd { return e.swap(-1) },
		).when(several).
			help(typing, "move this "+e.field.One+" up; alt+↓ down", ""),
		on("alt+down ctrl+down", "", "", func() tea.Cmd { return e.swap(1) }).when(several),
		on("backspace", "", "", e.deleteLine).when(several && len(e.lines) > 1 && e.line.Value() == ""),
		on("esc ctrl+s", "esc", "done", func() tea.Cmd {
			if e.sel >= 0 {
				e.sel = -1
				return nil
			}
			return leave()
		}),
	}
}

// enterKey takes what is chosen, else goes on to the next entry, or is done.
func (e *editor) enterKey() tea.Cmd {
	switch {
	case e.sel >= 0 && e.sel < len(e.choices):
		return e.take(e.choices[e.sel])
	case e.field.One == "":
		e.leave()
		return nil
	case strings.TrimSpace(e.line.Value()) == "":
		return e.goTo(e.at + 1)
	case e.at+1 < len(e.lines) && e.lines[e.at+1] == "":
		return e.goTo(e.at + 1)
	}
	e.lines = slices.Insert(e.lines, e.at+1, "")
	return e.goTo(e.at + 1)
}

// take puts a choice where what was looked up stood.
func (e *editor) take(c record.Choice) tea.Cmd {
	text := c.Text
	if e.query.Kind != "" {
		text = e.query.Take(c)
	}
	e.sel = -1
	e.lines[e.at] = text
	e.put()
	if e.field.One == "" {
		e.leave()
		return nil
	}
	return e.goTo(e.at)
}

// toggleOrg makes a person an organisation and back: an organisation's name is
// not cut at its comma.
func (e *editor) toggleOrg() tea.Cmd {
	e.lines[e.at] = flow.ToggleOrg(e.field.Name, e.line.Value())
	e.put()
	return e.goTo(e.at)
}

func (e *editor) deleteLine() tea.Cmd {
	e.lines = slices.Delete(e.lines, e.at, e.at+1)
	if len(e.lines) == 0 {
		e.lines = []string{""}
	}
	e.put()
	return e.goTo(min(e.at, len(e.lines)-1))
}

// swap moves the entry among the others: their order is that of the record.
func (e *editor) swap(by int) tea.Cmd {
	to := e.at + by
	if to < 0 || to >= len(e.lines) {
		return nil
	}
	e.lines[e.at], e.lines[to] = e.lines[to], e.lines[e.at]
	e.put()
	return e.goTo(to)
}

// put takes the entries into the flow.
func (e *editor) put() {
	e.app.flow.Description.Put(e.field.Name, strings.Join(e.lines, "\n"))
}

// input hands a key or a paste to the text and takes over what it became.
func (e *editor) input(m tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	if e.field.Text {
		before := e.area.Value()
		e.area, cmd = e.area.Update(m)
		if v := e.area.Value(); v != before {
			e.app.flow.Description.Put(e.field.Name, v)
		}
		return cmd
	}
	if p, pasted := m.(tea.PasteMsg); pasted && e.field.One != "" && strings.Contains(strings.TrimSpace(p.Content), "\n") {
		return e.pasteLines(record.Lines(p.Content))
	}
	before := e.line.Value()
	e.line, cmd = e.line.Update(m)
	v := e.line.Value()
	if v == before {
		return cmd
	}
	e.sel = -1
	e.lines[e.at] = v
	e.put()
	return tea.Batch(cmd, e.app.later(&e.wait, suggestWait, e.suggest))
}

// pasteLines puts a list from the clipboard in the place of the entry, if that
// is empty, or behind it.
func (e *editor) pasteLines(lines []string) tea.Cmd {
	at := e.at + 1
	if strings.TrimSpace(e.lines[e.at]) == "" {
		at = e.at
		e.lines = slices.Delete(e.lines, at, at+1)
	}
	e.lines = slices.Insert(e.lines, at, lines...)
	e.put()
	return e.goTo(at + len(lines) - 1)
}

// suggest offers what fits the entry where the cursor is: what openBIS knows at
// once, what the server's vocabularies have as soon as it answers.
func (e *editor) suggest() tea.Cmd {
	a := e.app
	a.stop(&e.ask)
	text := e.line.Value()
	e.sel, e.trouble = -1, ""
	known := a.flow.Description.Offered(e.field, text)
	e.choices = known
	e.query = record.QueryAt(e.field.Name, text, len(string([]rune(text)[:e.line.Position()])))
	sess, q := a.flow.Session, e.query
	if sess == nil || q.Kind == "" || len([]rune(q.Text)) < 2 && q.Kind != record.LookupLicenses && q.Kind != record.LookupCommunities {
		return nil
	}
	return a.do(&e.ask, "Asking "+a.flow.Facts.Zenodo.Name, patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := sess.Lookup(ctx, q)
		return func() tea.Cmd {
			if err != nil {
				if !flow.Silent(err) {
					e.trouble = flow.Words(err)
				}
				return nil
			}
			e.choices = append(slices.Clone(known), got...)
			return nil
		}
	})
}

func (e *editor) view(w, h int) []string {
	tw := min(w-4, textWidth)
	out := []string{" " + e.app.th.Bold.Render(e.field.Label)}
	if e.field.Text {
		return append(out, e.textView(tw, h-1)...)
	}
	return append(out, e.listView(tw, h-1)...)
}

// textView is the text, and below it how it will look, where there is room.
func (e *editor) textView(w, h int) []string {
	th := e.app.th
	var foot []string
	if p := e.app.flow.Problems()[e.field.Name]; p != "" {
		for _, l := range cells.Wrap("✗ "+p, w) {
			foot = append(foot, "  "+th.Bad.Render(l))
		}
	}
	room := h - len(foot)
	if h >= 12 {
		look := th.Rich(flow.HTMLOf(e.area.Value()), w)
		n := min(len(look), room/2-1)
		foot = append([]string{" " + th.Dim.Render("It will look like this:")}, append(indent(look[:n], "  "), foot...)...)
		room = h - len(foot)
	}
	e.area.SetWidth(max(w, 4))
	e.area.SetHeight(max(room-1, 1))
	var out []string
	for _, l := range strings.Split(e.area.View(), "\n") {
		out = append(out, "  "+l)
	}
	return append(out, foot...)
}

func indent(lines []string, by string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = by + l
	}
	return out
}

// choicesShown is how many suggestions are drawn at once.
const choicesShown = 8

// listView is the entries, with the mistake of each below it, and what is
// offered below the one that is edited.
func (e *editor) listView(w, h int) []string {
	th := e.app.th
	problems := e.app.flow.EntryProblems(e.field.Name)
	var out []string
	at, entry := 0, 0
	for i, l := range e.lines {
		lead := "  "
		if i == e.at {
			at = len(out)
			lead = "▸ "
			e.line.SetWidth(max(w-2, 4))
			lead, l = "", labelled(lead, &e.line)
		} else {
			l = cells.Clip(strings.Join(e.field.Read([]string{l}), ""), w-2)
		}
		out = append(out, lead+l)
		if strings.TrimSpace(e.lines[i]) != "" { // empty lines are no entries
			if p := problems[entry]; p != "" {
				for _, t := range cells.Wrap("✗ "+p, w-4) {
					out = append(out, "    "+th.Bad.Render(t))
				}
			}
			entry++
		}
		if i == e.at {
			out = append(out, e.offers(w, max(min(choicesShown, h-4), 1))...)
		}
	}
	if p := problems[-1]; p != "" {
		for _, t := range cells.Wrap("✗ "+p, w-4) {
			out = append(out, "  "+th.Bad.Render(t))
		}
	}
	if e.field.Example != "" && len(e.lines) == 1 && e.line.Value() == "" && len(out)+2 <= h {
		out = append(out, "", "  "+th.Dim.Render(cells.Clip("Such as: "+e.field.Example, w)))
	}
	if len(out) <= h {
		return out
	}
	first := max(min(at-h/3, len(out)-h), 0)
	return out[first : first+h]
}

// offers are the suggestions for the entry.
func (e *editor) offers(w, most int) []string {
	th := e.app.th
	var out []string
	switch {
	case e.ask.busy && len(e.choices) == 0:
		return []string{"    " + th.Dim.Render(e.app.waitText(&e.ask))}
	case e.trouble != "":
		return []string{"    " + th.Dim.Render(cells.Clip("No suggestions: "+e.trouble, w-4))}
	}
	first := max(min(e.sel-most/2, len(e.choices)-most), 0)
	for i := first; i < min(first+most, len(e.choices)); i++ {
		c := e.choices[i]
		name := c.Name
		if name == "" {
			name = c.Text
		}
		l := cells.Spread(cells.Clip(name, w-6), cells.Clip(c.Detail, w/2), w-6)
		if i == e.sel {
			out = append(out, "    "+th.Here.Render(cells.Pad(l, w-6)))
		} else {
			out = append(out, "    "+th.Dim.Render(l))
		}
	}
	return out
}

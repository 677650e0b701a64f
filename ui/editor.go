package ui

import (
	"context"
	"strings"
	"time"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/ui/cells"
	"zenobis/zenodo"
)

// suggestWait is the pause in typing after which the server is asked.
const suggestWait = 250 * time.Millisecond

// editor edits one field of the description, alone on the screen. Whatever is
// typed is in the flow at once: leaving never loses it.
type editor struct {
	app     *app
	field   flow.Field
	area    textarea.Model
	line    textinput.Model
	lookup  bool // the line searches a vocabulary, for a field of several lines
	entries []zenodo.VocabularyEntry
	sel     int // -1: none, the text stands as it is
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
	if f.Several {
		e.area = textarea.New()
		e.area.SetStyles(s.app.th.Area())
		e.area.ShowLineNumbers = false
		e.area.Prompt = ""
		e.area.MaxHeight, e.area.CharLimit = 0, 0
		e.area.SetValue(s.desc().Text(f.Name))
		return e.area.Focus()
	}
	e.line = s.app.newInput(s.desc().Text(f.Name), false)
	e.line.CursorEnd()
	cmd := e.line.Focus()
	if f.Lookup != "" {
		return tea.Batch(cmd, e.suggest(e.line.Value()))
	}
	return cmd
}

// closing makes leaving an action.
func (e *editor) closing(f func()) func() tea.Cmd {
	return func() tea.Cmd {
		f()
		return nil
	}
}

func (e *editor) actions() []action {
	step := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			e.sel = max(min(e.sel+by, len(e.entries)-1), -1)
			return nil
		}
	}
	suggestions := []action{on("down", "↑↓", "suggestions", step(1)), on("up", "", "", step(-1))}
	switch {
	case e.lookup:
		return append([]action{
			on("enter", "enter", "take it", func() tea.Cmd {
				if len(e.entries) == 0 {
					e.endLookup("")
				} else {
					e.endLookup(e.entries[max(e.sel, 0)].ID)
				}
				return nil
			}),
			on("esc", "esc", "back to the lines", e.closing(func() { e.endLookup("") })),
		}, suggestions...)
	case e.field.Several:
		return []action{
			on("esc ctrl+s", "esc", "done", e.closing(e.leave)),
			on("", "enter", "new line", nil),
			on("ctrl+f", "ctrl+f", "look up", func() tea.Cmd {
				e.lookup, e.sel, e.entries = true, -1, nil
				e.area.Blur()
				e.line = e.app.newInput("", false)
				return tea.Batch(e.line.Focus(), e.suggest(""))
			}).when(e.field.Lookup != ""),
		}
	}
	return append([]action{
		on("enter", "enter", "take it", func() tea.Cmd {
			if e.sel >= 0 && e.sel < len(e.entries) {
				e.put(e.entries[e.sel].ID)
			}
			e.leave()
			return nil
		}),
		on("esc", "esc", "back, keeping the text", e.closing(e.leave)),
	}, suggestions...)
}

// endLookup goes back to the lines, with what was looked up put in.
func (e *editor) endLookup(id string) {
	e.app.stop(&e.wait)
	e.app.stop(&e.ask)
	e.lookup = false
	e.area.Focus()
	if id == "" {
		return
	}
	switch e.field.Lookup {
	case flow.Offered:
		if v := e.area.Value(); v != "" && !strings.HasSuffix(v, "\n") {
			e.area.MoveToEnd()
			id = "\n" + id
		}
	case "contributorsroles":
		id += ": "
	default:
		id += " "
	}
	e.area.InsertString(id)
	e.put(e.area.Value())
}

func (e *editor) put(text string) { e.app.flow.Description.Put(e.field.Name, text) }

// input hands a key or a paste to the text and takes over what it became.
func (e *editor) input(m tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	if e.field.Several && !e.lookup {
		before := e.area.Value()
		e.area, cmd = e.area.Update(m)
		if v := e.area.Value(); v != before {
			e.put(v)
		}
		return cmd
	}
	before := e.line.Value()
	e.line, cmd = e.line.Update(m)
	v := e.line.Value()
	if v == before {
		return cmd
	}
	e.sel = -1
	if !e.lookup {
		e.put(v)
	}
	if e.field.Lookup == "" {
		return cmd
	}
	return tea.Batch(cmd, e.app.later(&e.wait, suggestWait, func() tea.Cmd { return e.suggest(v) }))
}

// suggest asks the vocabulary of the field.
func (e *editor) suggest(text string) tea.Cmd {
	a := e.app
	if e.field.Lookup == flow.Offered {
		e.entries = nil
		for _, k := range a.flow.Description.KeywordsOffered() {
			if strings.Contains(strings.ToLower(k), strings.ToLower(text)) {
				e.entries = append(e.entries, zenodo.VocabularyEntry{ID: k, Title: "from openBIS"})
			}
		}
		return nil
	}
	sess, vocab := a.flow.Session, e.field.Lookup
	if sess == nil {
		return nil
	}
	return a.do(&e.ask, "Asking "+a.flow.Facts.Zenodo.Name, patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := sess.Suggest(ctx, vocab, strings.TrimSpace(text))
		return func() tea.Cmd {
			if err != nil {
				if !flow.Silent(err) {
					e.trouble = flow.Words(err)
				}
				return nil
			}
			e.entries, e.trouble = got, ""
			e.sel = min(e.sel, len(got)-1)
			return nil
		}
	})
}

func (e *editor) view(w, h int) []string {
	th := e.app.th
	tw := min(w-4, textWidth)
	out := []string{" " + th.Bold.Render(e.field.Label)}
	var foot []string
	if p := e.app.flow.Problems()[e.field.Name]; p != "" {
		for _, l := range cells.Wrap("✗ "+p, tw) {
			foot = append(foot, "  "+th.Bad.Render(l))
		}
	}
	if e.trouble != "" {
		foot = append(foot, "  "+th.Dim.Render(cells.Clip("No suggestions: "+e.trouble, tw)))
	}
	if e.field.Several && !e.lookup {
		e.area.SetWidth(max(tw, 4))
		e.area.SetHeight(max(h-len(out)-len(foot)-1, 1))
		for _, l := range strings.Split(e.area.View(), "\n") {
			out = append(out, "  "+l)
		}
		return append(out, foot...)
	}
	e.line.SetWidth(max(tw-2, 4))
	head := "  "
	if e.lookup {
		head = "  Look up: "
		e.line.SetWidth(max(tw-12, 4))
	}
	out = append(out, head+e.line.View())
	out = append(out, foot...)
	if e.ask.busy && len(e.entries) == 0 {
		out = append(out, "  "+th.Dim.Render(e.app.waitText(&e.ask)))
	}
	room := max(h-len(out), 0)
	for i := max(e.sel-room+1, 0); i < len(e.entries) && len(out) < h; i++ {
		en := e.entries[i]
		l := "  " + cells.Pad(en.ID, min(24, tw/2)) + " " + en.Title
		if i == e.sel {
			l = th.Here.Render(cells.Pad(l, tw))
		}
		out = append(out, cells.Clip(l, w))
	}
	return out
}

package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/ui/cells"
	"zenobis/zenodo"
)

// editor edits one field of the metadata, alone on the screen. Whatever is
// typed is in the form at once: leaving never loses it.
type editor struct {
	field   metaField
	area    textarea.Model
	input   textinput.Model
	lookup  bool // the input searches a vocabulary, for a field of several lines
	entries []zenodo.VocabularyEntry
	sel     int // -1: none, the text stands as it is
	wait    task
	ask     task
	trouble string
}

func (s *describeScreen) open(f metaField) tea.Cmd {
	e := &editor{field: f, sel: -1}
	s.edit = e
	if f.area {
		e.area = textarea.New()
		e.area.SetStyles(s.app.th.area())
		e.area.ShowLineNumbers = false
		e.area.Prompt = ""
		e.area.MaxHeight, e.area.CharLimit = 0, 0
		e.area.SetValue(s.text[f.name])
		return e.area.Focus()
	}
	e.input = s.app.newInput(s.text[f.name], false)
	e.input.CursorEnd()
	cmd := e.input.Focus()
	if f.vocab != "" {
		return tea.Batch(cmd, s.suggest(e.input.Value()))
	}
	return cmd
}

// closeEdit keeps what was typed.
func (s *describeScreen) closeEdit() {
	s.app.stop(&s.edit.wait)
	s.app.stop(&s.edit.ask)
	s.edit = nil
}

func (s *describeScreen) editKey(k tea.KeyPressMsg) tea.Cmd {
	e := s.edit
	key := k.String()
	if e.field.area && !e.lookup {
		switch key {
		case "esc", "ctrl+s":
			s.closeEdit()
			return nil
		case "ctrl+f":
			if e.field.vocab == "" {
				return nil
			}
			e.lookup, e.sel, e.entries = true, -1, nil
			e.area.Blur()
			e.input = s.app.newInput("", false)
			return tea.Batch(e.input.Focus(), s.suggest(""))
		}
		return s.editMsg(k)
	}
	switch key {
	case "esc":
		if e.lookup {
			s.endLookup("")
			return nil
		}
		s.closeEdit()
		return nil
	case "up":
		e.sel = max(e.sel-1, -1)
		return nil
	case "down":
		e.sel = min(e.sel+1, len(e.entries)-1)
		return nil
	case "enter":
		if e.lookup {
			id := ""
			if e.sel < 0 && len(e.entries) > 0 {
				e.sel = 0
			}
			if e.sel >= 0 {
				id = e.entries[e.sel].ID
			}
			s.endLookup(id)
			return nil
		}
		if e.sel >= 0 && e.sel < len(e.entries) {
			s.put(e.entries[e.sel].ID)
		}
		s.closeEdit()
		return nil
	}
	return s.editMsg(k)
}

// endLookup goes back to the lines, with what was looked up put in.
func (s *describeScreen) endLookup(id string) {
	e := s.edit
	s.app.stop(&e.wait)
	s.app.stop(&e.ask)
	e.lookup = false
	e.area.Focus()
	if id == "" {
		return
	}
	switch e.field.vocab {
	case offered:
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
	s.put(e.area.Value())
}

func (s *describeScreen) put(text string) {
	s.text[s.edit.field.name] = text
	s.typed[s.edit.field.name] = true
}

// editMsg hands a key or a paste to the text and takes over what it became.
func (s *describeScreen) editMsg(m tea.Msg) tea.Cmd {
	e := s.edit
	var cmd tea.Cmd
	if e.field.area && !e.lookup {
		before := e.area.Value()
		e.area, cmd = e.area.Update(m)
		if v := e.area.Value(); v != before {
			s.put(v)
		}
		return cmd
	}
	before := e.input.Value()
	e.input, cmd = e.input.Update(m)
	v := e.input.Value()
	if v == before {
		return cmd
	}
	e.sel = -1
	if !e.lookup {
		s.put(v)
	}
	if e.field.vocab == "" {
		return cmd
	}
	return tea.Batch(cmd, s.app.later(&e.wait, suggestWait, func() tea.Cmd { return s.suggest(v) }))
}

// suggest asks the vocabulary of the field.
func (s *describeScreen) suggest(text string) tea.Cmd {
	e, a := s.edit, s.app
	if e.field.vocab == offered {
		e.entries = nil
		for _, k := range s.keywordsOffered() {
			if strings.Contains(strings.ToLower(k), strings.ToLower(text)) {
				e.entries = append(e.entries, zenodo.VocabularyEntry{ID: k, Title: "from openBIS"})
			}
		}
		return nil
	}
	sess, vocab := a.sess, e.field.vocab
	if sess == nil {
		return nil
	}
	return a.do(&e.ask, "Asking "+a.facts.Zenodo.Name, patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := sess.Suggest(ctx, vocab, strings.TrimSpace(text))
		return func() tea.Cmd {
			if err != nil {
				if !silent(err) {
					e.trouble = explain(err).String()
				}
				return nil
			}
			e.entries, e.trouble = got, ""
			e.sel = min(e.sel, len(got)-1)
			return nil
		}
	})
}

func (s *describeScreen) editView(w, h int) []string {
	e, th := s.edit, s.app.th
	tw := min(w-4, textWidth)
	out := []string{" " + th.bold.Render(e.field.label)}
	var foot []string
	if p := s.problems()[e.field.name]; p != "" {
		for _, l := range cells.Wrap("✗ "+p, tw) {
			foot = append(foot, "  "+th.bad.Render(l))
		}
	}
	if e.trouble != "" {
		foot = append(foot, "  "+th.dim.Render(cells.Clip("No suggestions: "+e.trouble, tw)))
	}
	if e.field.area && !e.lookup {
		e.area.SetWidth(max(tw, 4))
		e.area.SetHeight(max(h-len(out)-len(foot)-1, 1))
		for _, l := range strings.Split(e.area.View(), "\n") {
			out = append(out, "  "+l)
		}
		return append(out, foot...)
	}
	e.input.SetWidth(max(tw-2, 4))
	head := "  "
	if e.lookup {
		head = "  Look up: "
		e.input.SetWidth(max(tw-12, 4))
	}
	out = append(out, head+e.input.View())
	out = append(out, foot...)
	if e.ask.busy && len(e.entries) == 0 {
		out = append(out, "  "+th.dim.Render(s.app.waitText(&e.ask)))
	}
	room := max(h-len(out), 0)
	first := max(e.sel-room+1, 0)
	for i := first; i < len(e.entries) && len(out) < h; i++ {
		en := e.entries[i]
		l := "  " + cells.Pad(en.ID, min(24, tw/2)) + " " + en.Title
		if i == e.sel {
			l = th.here.Render(cells.Pad(l, tw))
		}
		out = append(out, cells.Clip(l, w))
	}
	return out
}

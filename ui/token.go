package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"zenobis/flow"
	"zenobis/session"
	"zenobis/ui/cells"
	"zenobis/zenodo"
)

// tokenScreen finds a Zenodo token, or asks for one.
type tokenScreen struct {
	app    *app
	field  textinput.Model
	row    int // rowNone, 0 the field, 1 where to keep it
	keep   int // index of places()
	from   string
	looked bool
	valid  string // the typed token that Zenodo accepted
	trouble,
	verdict string
	refused           bool // what stands in the field was refused
	find, check, wait task
}

func newToken(a *app) screen {
	s := &tokenScreen{app: a, field: a.newInput("", true)}
	s.field.Focus()
	return s
}

func (s *tokenScreen) restyle() { s.field.SetStyles(s.app.th.Input()) }

// anew looks again, for another session, which has accepted no token yet; a typed
// one stays.
func (s *tokenScreen) anew() {
	s.app.stop(&s.find)
	s.looked, s.from = false, ""
	s.valid, s.verdict = "", ""
}

// retarget forgets the token of the Zenodo before.
func (s *tokenScreen) retarget() {
	s.anew()
	s.field.SetValue("")
	s.valid, s.verdict, s.trouble = "", "", ""
}

func (s *tokenScreen) enter(back bool) tea.Cmd {
	if back { // letters meant for the screen before must not get into the field
		s.focus(rowNone)
	} else {
		s.focus(0)
	}
	if s.looked || s.find.busy {
		return nil
	}
	a := s.app
	sess := a.flow.Session
	s.trouble = ""
	return a.do(&s.find, "Looking for your Zenodo token", time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		from, err := sess.FindToken(ctx)
		return func() tea.Cmd {
			switch {
			case err == nil:
				s.looked, s.from = true, from
				cmd := tea.Cmd(nil)
				if a.at == atToken {
					cmd = a.goTo(atBrowse)
				}
				if with := a.flow.OpenedWith; with != "" {
					a.say(strings.ToUpper(with[:1]) + with[1:] + ", Zenodo's " + from)
				} else {
					a.say("Zenodo token " + from)
				}
				return cmd
			case errors.Is(err, session.ErrNoToken):
				s.looked = true
			case errors.Is(err, zenodo.ErrToken):
				s.looked = true
				s.trouble = "The token " + from + " was refused by " + a.flow.Facts.Zenodo.Name + ". Paste another one."
			default:
				s.trouble = flow.Words(err)
				return a.failed(err, func() tea.Cmd { return s.enter(false) })
			}
			return nil
		}
	})
}

func (s *tokenScreen) places() []flow.KeepPlace { return s.app.flow.KeepPlaces() }

func (s *tokenScreen) actions() []action {
	choose := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.choose(by)
			return nil
		}
	}
	places := len(s.places())
	return []action{
		on("enter", "enter", "continue", s.submit),
		on("tab shift+tab", "tab", "next field", func() tea.Cmd {
			s.focus((s.row + 1) % 2)
			return nil
		}),
		on("down right", "", "", choose(1)).when(s.row == 1),
		on("up left", "", "", choose(places-1)).when(s.row == 1),
		on("down", "", "", func() tea.Cmd { s.focus(1); return nil }).when(s.row == 0),
		on("ctrl+r", "ctrl+r", "look again", func() tea.Cmd {
			s.looked = false
			return s.enter(false)
		}),
		on("esc", "esc", "back", func() tea.Cmd { return s.app.backTo(atConnect) }),
	}
}

func (s *tokenScreen) focus(row int) {
	s.row = row
	if row == 0 {
		s.field.Focus()
	} else {
		s.field.Blur()
	}
}

// choose goes on by some places, over those that can't be chosen.
func (s *tokenScreen) choose(by int) {
	places := s.places()
	s.keep = (s.keep + by) % len(places)
	for places[s.keep].Off != "" {
		s.keep = (s.keep + by) % len(places)
	}
}

func (s *tokenScreen) input(m tea.Msg) tea.Cmd {
	if _, pasted := m.(tea.PasteMsg); pasted {
		s.focus(0)
		if s.refused {
			s.field.SetValue("")
		}
	}
	switch s.row {
	case 1:
		return nil
	case rowNone:
		s.app.hint("tab goes to the field for a token.")
		return nil
	}
	return s.edit(m)
}

// edit takes a key and, once the typing pauses, asks Zenodo what it thinks.
func (s *tokenScreen) edit(m tea.Msg) tea.Cmd {
	before := s.field.Value()
	var cmd tea.Cmd
	s.field, cmd = s.field.Update(m)
	if s.field.Value() == before {
		return cmd
	}
	s.valid, s.verdict, s.refused = "", "", false
	s.app.stop(&s.check)
	if len(strings.TrimSpace(s.field.Value())) < 20 { // Zenodo's have 60
		s.app.stop(&s.wait)
		return cmd
	}
	return tea.Batch(cmd, s.app.later(&s.wait, 600*time.Millisecond, func() tea.Cmd { return s.try(false) }))
}

// try checks the typed token; then goes on, if enter was pressed.
func (s *tokenScreen) try(onward bool) tea.Cmd {
	a := s.app
	s.app.stop(&s.wait)
	sess, token := a.flow.Session, strings.TrimSpace(s.field.Value())
	return a.do(&s.check, "Asking "+a.flow.Facts.Zenodo.Name, time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := sess.UseToken(ctx, token)
		return func() tea.Cmd {
			if err != nil {
				if !flow.Silent(err) {
					s.verdict = "✗ " + flow.Words(err)
				}
				if s.refused = errors.Is(err, zenodo.ErrToken); s.refused && onward { // nobody sees what the next would be added to
					s.field.SetValue("")
				}
				return nil
			}
			s.valid, s.verdict, s.trouble = token, "✓ "+a.flow.Facts.Zenodo.Name+" accepts this token.", ""
			if onward {
				return s.store()
			}
			return nil
		}
	})
}

func (s *tokenScreen) submit() tea.Cmd {
	typed := strings.TrimSpace(s.field.Value())
	switch {
	case s.find.busy:
		return nil
	case typed == "" && s.from != "":
		return s.app.goTo(atBrowse)
	case typed == "":
		s.verdict = "✗ Paste your token here."
		return nil
	case typed == s.valid:
		return s.store()
	}
	return s.try(true)
}

// store keeps the token where it was chosen to be kept, and goes on.
func (s *tokenScreen) store() tea.Cmd {
	a := s.app
	p := s.places()[s.keep]
	if p.Where == session.KeepNowhere {
		s.from = "typed in, for this time only"
		return a.goTo(atBrowse)
	}
	sess := a.flow.Session
	return a.do(&s.check, "Keeping the token", time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := sess.KeepToken(ctx, p.Where)
		return func() tea.Cmd {
			if err != nil {
				s.verdict = "✗ Not kept. " + flow.Words(err)
				if p.Where == session.KeepProfile {
					s.keep = 2
					s.verdict += " Keep it in the file instead."
				}
				return a.failed(err, s.store)
			}
			s.from = "typed in and kept"
			return a.goTo(atBrowse)
		}
	})
}

func (s *tokenScreen) view(w, h int) []string {
	th, t := s.app.th, s.app.flow.Facts.Zenodo
	tw := min(w-3, textWidth)
	var out []string
	line := func(st lipgloss.Style, text string) {
		for _, l := range cells.Wrap(text, tw) {
			out = append(out, "  "+st.Render(l))
		}
	}
	if h > 12 {
		out = append(out, "", " "+th.Bold.Render("Your token for "+t.Name), "")
	}
	if s.from != "" {
		line(th.OK, "✓ Token "+s.from+". enter goes on; paste another one to replace it.")
	}
	if s.trouble != "" {
		line(th.Bad, "✗ "+s.trouble)
	}
	if s.find.busy {
		return append(out, "  "+s.app.waitText(&s.find))
	}
	line(lipgloss.NewStyle(), "Make one here, and tick "+zenodo.Scopes+":")
	link := cells.Clip(t.TokenURL, tw)
	out = append(out, "  "+th.Link.Hyperlink(t.TokenURL).Render(link))
	if h > 12 {
		out = append(out, "")
	}
	mark := func(row int) string {
		if s.row == row {
			return "▸ "
		}
		return "  "
	}
	s.field.SetWidth(max(min(w-12, 66), 4))
	out = append(out, labelled(mark(0)+"Token  ", &s.field))
	switch {
	case s.check.busy:
		line(th.Dim, s.app.waitText(&s.check))
	case strings.HasPrefix(s.verdict, "✓"):
		line(th.OK, s.verdict)
	case s.verdict != "":
		line(th.Bad, s.verdict)
	}
	for i, p := range s.places() {
		box := "☐"
		if i == s.keep {
			box = "◉"
		}
		label := box + " " + p.Label
		if p.Off != "" {
			label = th.Dim.Render(label + ": " + p.Off)
		}
		m := "  "
		if i == s.keep {
			m = mark(1)
		}
		out = append(out, cells.Clip(m+label, w))
	}
	return out
}

func (s *tokenScreen) status(int) string {
	return "The token goes to " + flow.Host(s.app.flow.Facts.Zenodo.URL) + " and nowhere else."
}

func (s *tokenScreen) typing() bool { return s.row == 0 }

package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"zenobis/ui/cells"
	"zenobis/zenodo"
)

// tokenScreen finds a Zenodo token, or asks for one.
type tokenScreen struct {
	app    *app
	input  textinput.Model
	row    int // 0 the field, 1 where to keep it
	keep   int // index of places()
	from   string
	looked bool
	valid  string // the typed token that Zenodo accepted
	trouble,
	verdict string
	find, check, wait task
}

func newToken(a *app) *tokenScreen {
	s := &tokenScreen{app: a, input: a.newInput("", true)}
	s.input.Focus()
	return s
}

func (s *tokenScreen) restyle() { s.input.SetStyles(s.app.th.input()) }

// reset looks again, for another session; a typed token stays.
func (s *tokenScreen) reset() {
	s.app.stop(&s.find)
	s.looked, s.from = false, ""
}

func (s *tokenScreen) enter() tea.Cmd {
	if s.looked || s.find.busy {
		return nil
	}
	a := s.app
	sess := a.sess
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
				a.say("Zenodo token " + from)
				return cmd
			case errors.Is(err, ErrNoToken):
				s.looked = true
			case errors.Is(err, zenodo.ErrToken):
				s.looked = true
				s.trouble = "The token " + from + " was refused by " + a.facts.Zenodo.Name + ". Paste another one."
			default:
				s.trouble = explain(err).String()
				return a.failed(err, s.enter)
			}
			return nil
		}
	})
}

// place is one choice of where to keep a token.
type keepPlace struct {
	where TokenPlace
	label string
	off   string // why it can't be chosen
}

func (s *tokenScreen) places() []keepPlace {
	profile, off := "keep it in my openBIS profile (instance admins can read it there)", ""
	if s.app.who.PAT {
		profile, off = "not in my openBIS profile", "personal access tokens may not write there"
	}
	return []keepPlace{
		{KeepNowhere, "only use it now", ""},
		{KeepProfile, profile, off},
		{KeepFile, "keep it in a 0600 file here: " + s.app.facts.TokenFile, ""},
	}
}

func (s *tokenScreen) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		return s.app.goTo(atConnect)
	case "tab", "shift+tab":
		s.row = 1 - s.row
		if s.row == 0 {
			s.input.Focus()
		} else {
			s.input.Blur()
		}
		return nil
	case "up", "down", "left", "right":
		if s.row == 1 {
			step := 1
			if c := k.String(); c == "up" || c == "left" {
				step = 2
			}
			places := s.places()
			for s.keep = (s.keep + step) % 3; places[s.keep].off != ""; {
				s.keep = (s.keep + step) % 3
			}
			return nil
		}
		if k.String() == "down" {
			s.row = 1
			s.input.Blur()
			return nil
		}
	case "enter":
		return s.submit()
	case "ctrl+r":
		s.looked = false
		return s.enter()
	}
	if s.row == 1 {
		return nil
	}
	return s.edit(k)
}

func (s *tokenScreen) paste(m tea.PasteMsg) tea.Cmd {
	s.row = 0
	s.input.Focus()
	return s.edit(m)
}

// edit takes a key and, once the typing pauses, asks Zenodo what it thinks.
func (s *tokenScreen) edit(m tea.Msg) tea.Cmd {
	before := s.input.Value()
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(m)
	if s.input.Value() == before {
		return cmd
	}
	s.valid, s.verdict = "", ""
	s.app.stop(&s.check)
	if len(strings.TrimSpace(s.input.Value())) < 20 { // Zenodo's have 60
		s.app.stop(&s.wait)
		return cmd
	}
	return tea.Batch(cmd, s.app.later(&s.wait, 600*time.Millisecond, func() tea.Cmd { return s.try(false) }))
}

// try checks the typed token; then goes on, if enter was pressed.
func (s *tokenScreen) try(onward bool) tea.Cmd {
	a := s.app
	s.app.stop(&s.wait)
	sess, token := a.sess, strings.TrimSpace(s.input.Value())
	return a.do(&s.check, "Asking "+a.facts.Zenodo.Name, time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := sess.UseToken(ctx, token)
		return func() tea.Cmd {
			if err != nil {
				if !silent(err) {
					s.verdict = "✗ " + explain(err).String()
				}
				return nil
			}
			s.valid, s.verdict, s.trouble = token, "✓ "+a.facts.Zenodo.Name+" accepts this token.", ""
			if onward {
				return s.store()
			}
			return nil
		}
	})
}

func (s *tokenScreen) submit() tea.Cmd {
	typed := strings.TrimSpace(s.input.Value())
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
	if p.where == KeepNowhere {
		s.from = "typed in, for this time only"
		return a.goTo(atBrowse)
	}
	sess := a.sess
	return a.do(&s.check, "Keeping the token", time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := sess.KeepToken(ctx, p.where)
		return func() tea.Cmd {
			if err != nil {
				s.verdict = "✗ Not kept. " + explain(err).String()
				if p.where == KeepProfile {
					s.keep = 2
					s.verdict += " The file is the other way."
				}
				return a.failed(err, s.store)
			}
			s.from = "typed in and kept"
			return a.goTo(atBrowse)
		}
	})
}

func (s *tokenScreen) view(w, h int) []string {
	th, t := s.app.th, s.app.facts.Zenodo
	tw := min(w-3, textWidth)
	var out []string
	line := func(st lipgloss.Style, text string) {
		for _, l := range cells.Wrap(text, tw) {
			out = append(out, "  "+st.Render(l))
		}
	}
	if h > 12 {
		out = append(out, "", " "+th.bold.Render("Your token for "+t.Name), "")
	}
	if s.from != "" {
		line(th.ok, "✓ Token "+s.from+". enter goes on; paste another one to replace it.")
	}
	if s.trouble != "" {
		line(th.bad, "✗ "+s.trouble)
	}
	if s.find.busy {
		return append(out, "  "+s.app.waitText(&s.find))
	}
	line(lipgloss.NewStyle(), "Make one here, and tick deposit:write and deposit:actions:")
	link := cells.Clip(t.TokenURL, tw)
	out = append(out, "  "+th.link.Hyperlink(t.TokenURL).Render(link))
	if h > 12 {
		out = append(out, "")
	}
	mark := func(row int) string {
		if s.row == row {
			return "▸ "
		}
		return "  "
	}
	s.input.SetWidth(max(min(w-12, 66), 4))
	out = append(out, mark(0)+"Token  "+s.input.View())
	switch {
	case s.check.busy:
		line(th.dim, s.app.waitText(&s.check))
	case strings.HasPrefix(s.verdict, "✓"):
		line(th.ok, s.verdict)
	case s.verdict != "":
		line(th.bad, s.verdict)
	}
	for i, p := range s.places() {
		box := "☐"
		if i == s.keep {
			box = "◉"
		}
		label := box + " " + p.label
		if p.off != "" {
			label = th.dim.Render(label + ": " + p.off)
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
	return "The token goes to " + host(s.app.facts.Zenodo.URL) + " and nowhere else."
}

func (s *tokenScreen) hints() []hint {
	return []hint{{"enter", "continue"}, {"tab", "where to keep it"}, {"ctrl+r", "look again"}, {"esc", "back"}}
}
func (s *tokenScreen) legend() string { return "" }
func (s *tokenScreen) typing() bool   { return s.row == 0 }

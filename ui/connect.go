package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/session"
	"zenobis/ui/cells"
)

// The rows of the connect screen.
const (
	rowNone = iota - 1 // after coming back, until a field is chosen
	rowServer
	rowUser
	rowPassword
	rowToken
	rowRemember
)

// connectScreen asks for the server and a way in.
type connectScreen struct {
	app      *app
	fields   [4]textinput.Model
	row      int
	remember bool
	problem  [4]string // the server's answer, under the field that it concerns
	login    task
	used     session.Login // what was typed when the open session was made
}

var connectLabels = [...]string{"Server", "User", "Password", "or a token"}

func newConnect(a *app) screen {
	s := &connectScreen{app: a}
	server := ""
	if len(a.flow.Facts.Servers) > 0 {
		server = a.flow.Facts.Servers[0]
	}
	s.fields[rowServer] = a.newInput(server, false)
	s.fields[rowUser] = a.newInput(a.flow.Facts.User, false)
	s.fields[rowPassword] = a.newInput("", true)
	s.fields[rowToken] = a.newInput("", true)
	s.fields[rowServer].Placeholder = "(openbis.example.org)"
	s.fields[rowServer].SetSuggestions(a.flow.Facts.Servers)
	s.fields[rowServer].ShowSuggestions = len(a.flow.Facts.Servers) > 1
	s.fields[rowToken].Placeholder = "(with single sign-on)"
	if row := s.configured(); row > rowNone {
		s.fields[row].Placeholder = "(" + a.flow.ConfiguredLogin() + ")"
	}
	s.focusFirstEmpty()
	return s
}

// configured is the row in whose place something is configured.
func (s *connectScreen) configured() int {
	switch with := s.app.flow.ConfiguredLogin(); {
	case with == "":
		return rowNone
	case s.app.flow.Facts.PasswordFrom != "":
		return rowPassword
	}
	return rowToken
}

func (s *connectScreen) restyle() {
	for i := range s.fields {
		s.fields[i].SetStyles(s.app.th.Input())
	}
}

// start logs in by itself where everything is known.
func (s *connectScreen) start() tea.Cmd {
	switch {
	case s.app.demo != nil:
		l := *s.app.demo
		s.fields[rowServer].SetValue(l.URL)
		s.fields[rowUser].SetValue(l.User)
		return afterFirstFrame(s.connect(l))
	case s.app.flow.ConfiguredLogin() != "":
		return afterFirstFrame(s.connect(session.Login{URL: s.app.flow.Facts.Servers[0]}))
	}
	return nil
}

// afterFirstFrame runs a command when the first frame is on the terminal, so that
// nothing the command waits for is in the way of it.
func afterFirstFrame(cmd tea.Cmd) tea.Cmd {
	return func() tea.Msg {
		time.Sleep(2 * frame) // frames are drawn by a ticker that runs before this
		return cmd()
	}
}

// enter takes the focus away after going back: letters that were meant for the
// screen before must not get into a field.
func (s *connectScreen) enter(back bool) tea.Cmd {
	if back {
		s.focus(rowNone)
	} else {
		s.focusFirstEmpty()
	}
	return nil
}

func (s *connectScreen) focusFirstEmpty() {
	for i := range rowToken {
		if s.fields[i].Value() == "" {
			s.focus(i)
			return
		}
	}
	s.focus(rowPassword)
}

func (s *connectScreen) focus(row int) {
	s.row = row
	for i := range s.fields {
		if i == row {
			s.fields[i].Focus()
		} else {
			s.fields[i].Blur()
		}
	}
}

func (s *connectScreen) rows() int {
	return rowRemember + 1
}

func (s *connectScreen) actions() []action {
	step := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			if s.row == rowNone {
				s.focusFirstEmpty()
			} else {
				s.focus((s.row + s.rows() + by) % s.rows())
			}
			return nil
		}
	}
	tick := on("space", "space", "tick", func() tea.Cmd {
		s.remember = !s.remember
		return nil
	})
	return []action{
		on("enter", "enter", "connect", s.submit),
		on("tab down", "tab", "next field", step(1)),
		on("shift+tab up", "", "", step(-1)),
		tick.when(s.row == rowRemember),
		on("esc", "esc", leaveHint, func() tea.Cmd {
			if s.login.busy {
				s.app.stop(&s.login)
				return nil
			}
			return s.app.askLeave()
		}),
	}
}

func (s *connectScreen) input(m tea.Msg) tea.Cmd {
	switch s.row {
	case rowRemember:
		return nil
	case rowNone:
		s.app.hint("tab goes to a field.")
		return nil
	}
	if s.fixed(s.row) {
		s.app.fail(connectLabels[s.row] + " is " + flow.FixedText + ".")
		return nil
	}
	var cmd tea.Cmd
	s.fields[s.row], cmd = s.fields[s.row].Update(m)
	s.problem[s.row] = ""
	return cmd
}

// fixed tells whether the site's file fixes what stands in a row.
func (s *connectScreen) fixed(row int) bool {
	f := s.app.flow
	return row == rowServer && f.Fixed("openbis.url") && f.Facts.Servers != nil ||
		row == rowUser && f.Fixed("openbis.user") && f.Facts.User != ""
}

func (s *connectScreen) typed() session.Login {
	v := func(i int) string { return strings.TrimSpace(s.fields[i].Value()) }
	l := session.Login{URL: v(rowServer), User: v(rowUser), Password: s.fields[rowPassword].Value(), Token: v(rowToken)}
	if l.Token != "" {
		l.Password = ""
	}
	return l
}

// submit connects, or goes to the field that is still missing.
func (s *connectScreen) submit() tea.Cmd {
	l := s.typed()
	if s.app.flow.Session != nil && l == s.used {
		return s.onward()
	}
	s.problem = [4]string{}
	switch {
	case l.URL == "":
		s.problem[rowServer] = "The address of your openBIS, as in the browser."
		s.focus(rowServer)
	case l.Token != "":
		return s.connect(l)
	case l.User == "":
		s.focus(rowUser)
		s.problem[rowUser] = "Your openBIS user, or a token below."
	case l.Password == "":
		if s.row == rowPassword {
			s.problem[rowPassword] = "The password, or a token below."
		}
		s.focus(rowPassword)
	default:
		return s.connect(l)
	}
	return nil
}

func (s *connectScreen) connect(l session.Login) tea.Cmd {
	a := s.app
	be, remember, typed := a.flow.Backend, s.remember, s.typed()
	old := a.flow.Session
	return a.do(&s.login, "Connecting to "+flow.Host(l.URL), time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		sess, err := be.Connect(ctx, l)
		note := ""
		if err == nil && old != nil {
			// The former session is not needed any more; a failure is the server's to clean up.
			_ = old.Close(ctx)
		}
		if err == nil && remember && sess.Who().PATs && !sess.Who().PAT {
			where, rerr := sess.RememberPAT(ctx, a.now().AddDate(0, 0, 30))
			if rerr != nil {
				note = "Not remembered: " + flow.Words(rerr)
			} else {
				note = "Remembered for 30 days in " + where
			}
		}
		return func() tea.Cmd {
			if err != nil {
				s.refused(l, err)
				return nil
			}
			s.used, a.flow.OpenedWith = typed, ""
			if l.Password == "" && l.Token == "" {
				a.flow.OpenedWith = a.flow.ConfiguredLogin()
			}
			a.connected(sess)
			cmd := s.onward()
			if note != "" {
				a.say(note)
			}
			return cmd
		}
	})
}

func (s *connectScreen) onward() tea.Cmd {
	if r := s.app.flow.Who.Refused; r != "" {
		s.app.fail(r)
		return nil
	}
	return s.app.goTo(atToken)
}

// refused puts the server's answer under the field that it concerns.
func (s *connectScreen) refused(l session.Login, err error) {
	if flow.Silent(err) {
		return
	}
	row := rowServer
	text := flow.Words(err)
	switch {
	case s.app.flow.ConfiguredRefused(l, err):
		row = s.configured()
		s.fields[row].Placeholder = ""
		text = "openBIS refused the " + s.app.flow.ConfiguredLogin() + ". It is not tried again."
	case errors.Is(err, openbis.ErrLogin):
		row = rowPassword
		text = "openBIS refused the user name or password. If your lab has single sign-on, use a personal access token or session token below."
		if l.Token != "" {
			row, text = rowToken, "openBIS refused the token."
		}
	case errors.Is(err, openbis.ErrSession):
		row, text = rowToken, "openBIS refused the token: it has expired or is wrong."
	}
	if row >= rowPassword { // a wrong one that stays is sent again, and locks the account
		s.fields[row].SetValue("")
	}
	s.problem[row] = text
	s.focus(row)
}

func (s *connectScreen) view(w, h int) []string {
	th := s.app.th
	labelW := 11
	var out []string
	if h > 10 {
		out = append(out, "", " "+th.Bold.Render("Your openBIS"), "")
	}
	for i := range s.fields {
		mark := "  "
		if i == s.row {
			mark = "▸ "
		}
		s.fields[i].SetWidth(max(min(w-labelW-5, 60), 4))
		line := labelled(mark+cells.Pad(connectLabels[i], labelW), &s.fields[i])
		if s.fixed(i) {
			const fixed = " (fixed)"
			line = cells.Clip(strings.TrimRight(line, " "), w-len(fixed)) + fixed
		}
		out = append(out, line)
		if s.problem[i] != "" {
			for _, l := range cells.Wrap("✗ "+s.problem[i], min(w-labelW-3, textWidth)) {
				out = append(out, strings.Repeat(" ", labelW+2)+th.Bad.Render(l))
			}
		}
	}
	mark, box := "  ", "☐"
	if s.row == rowRemember {
		mark = "▸ "
	}
	if s.remember {
		box = "☑"
	}
	out = append(out, cells.Clip(mark+strings.Repeat(" ", labelW)+box+" stay logged in here (a token of 30 days, in a file for you alone)", w))
	if h > len(out)+3 {
		out = append(out, "")
		for _, l := range cells.Wrap("With single sign-on there is no password: make a personal access token in openBIS (Utilities, User "+
			"profile), or take the session token from the browser, and paste it into the last field.", min(w-4, textWidth)) {
			out = append(out, "  "+th.Dim.Render(l))
		}
	}
	return out
}

func (s *connectScreen) status(int) string {
	if s.login.busy {
		return s.app.waitText(&s.login) + " esc cancels"
	}
	if s.app.flow.Session != nil {
		said := "Connected to "
		if s.problem != [4]string{} { // with another login, which is what is told above
			said = "Still connected to "
		}
		return said + flow.Host(s.app.flow.Who.Server) + " as " + s.app.flow.Who.Person.UserID
	}
	return "Nothing leaves openBIS before you have seen it and confirmed."
}

func (s *connectScreen) typing() bool { return s.row >= 0 && s.row != rowRemember }

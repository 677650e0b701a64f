package ui

import (
	"fmt"
	"slices"
	"strings"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/safetext"
	"zenobis/ui/cells"

	tea "charm.land/bubbletea/v2"
)

// View draws the frame: exactly as many lines as there are, none too wide.
func (a *app) View() tea.View {
	v := tea.NewView(a.draw())
	v.AltScreen = true
	v.WindowTitle = a.title()
	v.ProgressBar = a.progressBar()
	return v
}

func (a *app) title() string {
	r := &a.flow.Run
	switch {
	case !r.Live():
		return "zenobis"
	case r.Question != nil:
		return "? zenobis asks"
	}
	return fmt.Sprintf("%d %% zenobis", r.Percent())
}

func (a *app) draw() string {
	f := a.panes
	if f.w <= 0 || f.h <= 0 {
		return ""
	}
	if f.tooSmall {
		line := fmt.Sprintf("too small: %dx%d, needs %dx%d", f.w, f.h, minWidth, minHeight)
		if a.flow.Run.Live() {
			line = a.title()
		}
		return a.finishFrame(append([]string{cells.Clip(line, f.w)}, make([]string, f.h-1)...))
	}
	if s, ok := a.cur().(filler); ok && a.top() == nil {
		if whole := s.whole(f.w, f.h); len(whole) == f.h {
			return a.finishFrame(whole)
		}
	}
	lines := make([]string, 0, f.h)
	switch f.header {
	case 1:
		lines = append(lines, a.headLine(a.stepShort(), a.targetLabel(), f.w))
	case 3:
		lines = append(lines, a.nameLine(f.w), a.stepLine(f.w), a.th.Dim.Render(strings.Repeat("─", f.w)))
	}
	said := a.noticeLines(f.w, max(f.body/2, 1))
	room := f.body - max(len(said)-1, 0) // a message of several lines takes them from the body
	var body []string
	if mark := a.versionMark(f.w); len(mark) > 0 && room > len(mark)+2 {
		body = append(mark, a.cur().view(f.w, room-len(mark))...)
	} else {
		body = a.cur().view(f.w, room)
	}
	if len(said) == 0 { // the status takes a second line only where the body leaves one free: no cursor, either
		most := 1
		if len(body) < room || strings.TrimSpace(body[room-1]) == "" {
			most = 2
		}
		said = a.statusLines(f.w, most)
		room -= len(said) - 1
	}
	for i := range room {
		if i < len(body) {
			lines = append(lines, body[i])
		} else {
			lines = append(lines, "")
		}
	}
	if f.rule {
		lines = append(lines, a.th.Dim.Render(strings.Repeat("─", f.w)))
	}
	lines = append(lines, said...)
	if f.help {
		lines = append(lines, " "+a.helpLine(a.hints(), f.w-1))
	}
	if d := a.top(); d != nil {
		lines = a.overlay(lines, d)
	}
	return a.finishFrame(lines)
}

// makesVersion reports whether what is prepared here becomes a new version.
func (a *app) makesVersion() bool {
	return a.flow.VersionText() != "" && (a.at == atBrowse || a.at == atTray || a.at == atDescribe)
}

// versionMark says so, with the way back.
func (a *app) versionMark(w int) (lines []string) {
	if !a.makesVersion() {
		return nil
	}
	for _, l := range cells.Wrap("▲ "+a.flow.VersionText()+"; ctrl+n takes that back", w-2) {
		lines = append(lines, " "+a.th.Warn.Render(l))
	}
	return lines
}

// finishFrame clips every line and joins them. What takes no cell is in none of them,
// whatever a text was cleaned for: a name may keep it for the archive.
func (a *app) finishFrame(lines []string) string {
	for i, l := range lines {
		lines[i] = cells.Clip(safetext.Drawn(l), a.panes.w)
	}
	s := strings.Join(lines, "\n")
	if a.ascii {
		s = cells.ASCII(s)
	}
	return s
}

// notice is what the last action came to. It goes with the next key, or with
// its cause.
type notice struct {
	text  string
	tone  tone
	while func() bool // nil where only a key takes it away
}

// tone is what a message is about.
type tone int

const (
	toneDone  tone = iota // what was done
	toneWrong             // what could not be done
	toneHint              // what a key would do, or why nothing was to be done
)

func (a *app) say(s string)  { a.notice = notice{text: s} }
func (a *app) fail(s string) { a.notice = notice{text: byKey(s), tone: toneWrong} }
func (a *app) hint(s string) { a.notice = notice{text: s, tone: toneHint} }

// failWhile tells a failure for as long as its cause stands.
func (a *app) failWhile(s string, cause func() bool) {
	a.notice = notice{text: byKey(s), tone: toneWrong, while: cause}
}

// sayState tells the state of an export for as long as that is its state.
func (a *app) sayState(lead string, j export.Job) {
	text := flow.StateText(j)
	a.notice = notice{text: lead + text + ".", while: func() bool {
		return !slices.ContainsFunc(append(slices.Clone(a.flow.Earlier.Jobs), a.flow.Draft.Job), func(now export.Job) bool {
			return now.ID == j.ID && flow.StateText(now) != text
		})
	}}
}

// noticeLines is the message in the place of the status, whole where that takes no more
// lines than most; none where there is none.
func (a *app) noticeLines(w, most int) (lines []string) {
	n := a.notice
	if n.text == "" || n.while != nil && !n.while() {
		return nil
	}
	st, mark := a.th.OK, "✓ "
	switch n.tone {
	case toneWrong:
		st, mark = a.th.Bad, "✗ "
	case toneHint:
		st, mark = a.th.Bold, ""
	}
	for _, l := range wrapAtMost(a.named(n.text), w-2-cells.Width(mark), most) {
		lines = append(lines, " "+st.Render(mark+l))
		mark = strings.Repeat(" ", cells.Width(mark))
	}
	return lines
}

// statusLines is the status of the screen, in at most that many lines.
func (a *app) statusLines(w, most int) (lines []string) {
	text := a.named(a.cur().status(w - 2))
	if cells.Width(text) < w {
		most = 1
	}
	for _, l := range wrapAtMost(text, w-1, most) {
		lines = append(lines, " "+l)
	}
	return lines
}

// wrapAtMost wraps a text, and cuts it where it needs more lines.
func wrapAtMost(text string, w, most int) []string {
	if most <= 1 {
		return []string{cells.Clip(text, w)}
	}
	lines := cells.Wrap(text, w)
	if len(lines) > most {
		lines = append(lines[:most-1], cells.Clip(strings.Join(lines[most-1:], " "), w))
	}
	return lines
}

// targetLabel says where an export goes; the real one must not be mistaken.
func (a *app) targetLabel() string {
	t := a.flow.Facts.Zenodo
	if t.Tunnel {
		return a.th.Bad.Render("■ " + t.Name + ": may be real")
	}
	if t.Real {
		return a.th.Bad.Render("■ " + t.Name + ": real")
	}
	name := t.Name
	narrow := a.panes.w < 60
	switch {
	case t.Practice && narrow:
		name = "for practice"
	case t.Practice:
		name += ", for practice"
	case narrow:
		name = strings.TrimPrefix(name, "Zenodo ")
	}
	return a.th.Warn.Render("▲ " + name)
}

func (a *app) nameLine(w int) string {
	left := " " + a.th.Bold.Render("zenobis")
	if a.flow.Session != nil {
		left += "   " + flow.Host(a.flow.Who.Server) + "  " + a.flow.Who.Person.UserID
	}
	return a.headLine(left, a.targetLabel()+" ", w)
}

// headLine puts where an export goes at the end of a line, and between the share
// of one in the background with its name, as far as there is room.
func (a *app) headLine(left, right string, w int) string {
	r := &a.flow.Run
	if !r.Live() || a.at == atExport {
		return cells.Spread(left, right, w)
	}
	share := fmt.Sprintf("%d %%", r.Percent())
	if r.Paused {
		share = "paused at " + share
	}
	room := w - cells.Width(left) - cells.Width(right) - cells.Width(share) - 5
	name := safetext.Line(r.Job.Title)
	switch {
	case room >= 8:
		share = "   " + cells.Clip(name, min(room, 30)) + " " + share
	case room >= -2:
		share = "  " + share
	default:
		share = " " + share
	}
	return cells.Spread(left+share, right, w)
}

func (a *app) stepShort() string {
	here := a.places[a.at]
	if here.name != "" {
		return " " + a.th.Bold.Render(here.name)
	}
	names := flow.Steps()
	return " " + a.th.Bold.Render(fmt.Sprintf("%d/%d %s", here.step+1, len(names), names[here.step]))
}

func (a *app) stepLine(w int) string {
	if w < 62 {
		return a.stepShort()
	}
	here := a.places[a.at]
	var parts []string
	for i, name := range flow.Steps() {
		name = fmt.Sprintf("%d %s", i+1, name)
		if here.name == "" && flow.Step(i) == here.step {
			parts = append(parts, a.th.Bold.Render("▸"+name+"◂"))
		} else {
			parts = append(parts, a.th.Dim.Render(name))
		}
	}
	line := " " + strings.Join(parts, "  ")
	if here.name != "" {
		line += "   " + a.th.Bold.Render("▸"+here.name+"◂")
	}
	return line
}

// here is the name of the screen.
func (a *app) here() string {
	p := a.places[a.at]
	if p.name != "" {
		return p.name
	}
	return flow.Steps()[p.step]
}

// progressBar is the terminal's own display of how far an export is.
func (a *app) progressBar() *tea.ProgressBar {
	r := &a.flow.Run
	switch {
	case !r.Live():
		return nil
	case r.Question != nil:
		return tea.NewProgressBar(tea.ProgressBarError, r.Percent())
	case r.Paused || r.Progress.Waiting != "":
		return tea.NewProgressBar(tea.ProgressBarWarning, r.Percent())
	}
	return tea.NewProgressBar(tea.ProgressBarDefault, r.Percent())
}

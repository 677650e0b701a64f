package ui

import (
	"fmt"
	"net/url"
	"strings"

	"zenobis/ui/cells"

	tea "charm.land/bubbletea/v2"
)

// View draws the frame: exactly as many lines as there are, none too wide.
func (a *app) View() tea.View {
	v := tea.NewView(a.draw())
	v.AltScreen = true
	v.WindowTitle = a.title()
	v.ProgressBar = a.export.bar()
	return v
}

func (a *app) title() string {
	if t := a.export.titleLine(); t != "" {
		return t
	}
	return "zenobis"
}

func (a *app) draw() string {
	f := a.f
	if f.w <= 0 || f.h <= 0 {
		return ""
	}
	if f.tooSmall {
		line := fmt.Sprintf("too small: %dx%d, needs %dx%d", f.w, f.h, minWidth, minHeight)
		if t := a.export.titleLine(); t != "" {
			line = t
		}
		return a.finishFrame(append([]string{cells.Clip(line, f.w)}, make([]string, f.h-1)...))
	}
	lines := make([]string, 0, f.h)
	switch f.header {
	case 1:
		lines = append(lines, a.headLine(a.stepShort(), a.targetLabel(), f.w))
	case 3:
		lines = append(lines, a.nameLine(f.w), a.stepLine(f.w), a.th.dim.Render(strings.Repeat("─", f.w)))
	}
	body := a.cur().view(f.w, f.body)
	for i := range f.body {
		if i < len(body) {
			lines = append(lines, body[i])
		} else {
			lines = append(lines, "")
		}
	}
	if f.rule {
		lines = append(lines, a.th.dim.Render(strings.Repeat("─", f.w)))
	}
	lines = append(lines, a.statusLine(f.w))
	if f.help {
		hints := append(a.cur().hints(), hint{"?", "keys"})
		if a.cur().typing() {
			hints[len(hints)-1].key = "F1"
		}
		lines = append(lines, " "+a.helpLine(hints, f.w-2))
	}
	if d := a.top(); d != nil {
		lines = a.overlay(lines, d)
	}
	return a.finishFrame(lines)
}

// finishFrame clips every line and joins them.
func (a *app) finishFrame(lines []string) string {
	for i, l := range lines {
		lines[i] = cells.Clip(l, a.f.w)
	}
	s := strings.Join(lines, "\n")
	if a.ascii {
		s = cells.ASCII(s)
	}
	return s
}

func (a *app) statusLine(w int) string {
	if a.notice != "" {
		st := a.th.ok
		mark := "✓ "
		if a.wrong {
			st, mark = a.th.bad, "✗ "
		}
		return " " + st.Render(cells.Clip(mark+a.notice, w-2))
	}
	return " " + cells.Clip(a.cur().status(w-2), w-1)
}

// targetLabel says where an export goes; the real one must not be mistaken.
func (a *app) targetLabel() string {
	t := a.facts.Zenodo
	if t.Real {
		return a.th.bad.Render("■ " + t.Name + ": real")
	}
	name := t.Name
	if t.Practice {
		if a.f.w < 60 {
			name = "for practice"
		} else {
			name += ", for practice"
		}
	}
	return a.th.warn.Render("▲ " + name)
}

func (a *app) nameLine(w int) string {
	left := " " + a.th.bold.Render("zenobis")
	if a.sess != nil {
		left += "   " + host(a.who.Server) + "  " + a.who.Person.UserID
	}
	return a.headLine(left, a.targetLabel()+" ", w)
}

// headLine puts where an export goes at the end of a line, and between the share
// of one in the background, in a word less where there is no room.
func (a *app) headLine(left, right string, w int) string {
	back := a.background()
	if cells.Width(left)+cells.Width(back)+cells.Width(right) >= w {
		back = strings.Replace(back, "   exporting", " ", 1)
	}
	return cells.Spread(left+back, right, w)
}

// background tells of an export that runs while another screen is shown.
func (a *app) background() string {
	if !a.export.live() || a.at == atExport {
		return ""
	}
	return fmt.Sprintf("   exporting %d %%", a.export.percent())
}

var steps = []string{"Connect", "Token", "Browse", "Describe", "Review", "Export"}

// step is where the way stands; the last two screens share the last step.
func (a *app) step() int { return min(int(a.at), len(steps)-1) }

func (a *app) stepShort() string {
	if a.at == atExports {
		return " " + a.th.bold.Render("Exports")
	}
	return " " + a.th.bold.Render(fmt.Sprintf("%d/%d %s", a.step()+1, len(steps), steps[a.step()]))
}

func (a *app) stepLine(w int) string {
	if w < 62 {
		return a.stepShort()
	}
	var parts []string
	for i, s := range steps {
		s = fmt.Sprintf("%d %s", i+1, s)
		switch {
		case a.at == atExports || i != a.step():
			parts = append(parts, a.th.dim.Render(s))
		default:
			parts = append(parts, a.th.bold.Render("▸"+s+"◂"))
		}
	}
	line := " " + strings.Join(parts, "  ")
	if a.at == atExports {
		line += "   " + a.th.bold.Render("▸Exports◂")
	}
	return line
}

// host is the part of an address that a person recognises.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

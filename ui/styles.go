package ui

import (
	"strings"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	"charm.land/lipgloss/v2"
)

// theme holds the styles. The sixteen ANSI colours follow the terminal's own
// theme; none of them carries meaning alone.
type theme struct {
	bold, dim, accent, ok, warn, bad, here, link, qr lipgloss.Style
}

func newTheme(dark bool) theme {
	ld := lipgloss.LightDark(dark)
	s := lipgloss.NewStyle
	fg := func(light, dark string) lipgloss.Style {
		return s().Foreground(ld(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	return theme{
		bold:   s().Bold(true),
		dim:    fg("8", "8"),
		accent: fg("4", "6"),
		ok:     fg("2", "2"),
		warn:   fg("5", "3").Bold(true),
		bad:    fg("1", "9").Bold(true),
		here:   s().Reverse(true),
		link:   fg("4", "6").Underline(true),
		qr:     s().Foreground(lipgloss.Color("15")).Background(lipgloss.Color("0")),
	}
}

func (t theme) input() textinput.Styles {
	plain := lipgloss.NewStyle()
	state := textinput.StyleState{Text: plain, Placeholder: t.dim, Suggestion: t.dim, Prompt: plain}
	return textinput.Styles{Focused: state, Blurred: state}
}

func (t theme) area() textarea.Styles {
	plain := lipgloss.NewStyle()
	state := textarea.StyleState{Base: plain, Text: plain, CursorLine: plain, EndOfBuffer: plain, Placeholder: t.dim, Prompt: plain}
	return textarea.Styles{Focused: state, Blurred: state}
}

// wantsASCII decides from the locale and the terminal whether there is more
// than ASCII; LC_ALL wins over LC_CTYPE over LANG, as POSIX says.
func wantsASCII(env func(string) string) bool {
	if env("TERM") == "linux" { // the console's font has no check boxes
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return true
}

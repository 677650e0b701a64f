// Package style holds the colours of the screens and what the terminal can
// show. No colour carries meaning alone.
package style

import (
	"image/color"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Ground is what is known of the terminal's background.
type Ground int

// The grounds. Most terminals tell; until then nothing is drawn that only a dark
// or only a light one would show.
const (
	Unknown Ground = iota
	Dark
	Light
)

// GroundOf tells a dark background from a light one.
func GroundOf(dark bool) Ground {
	if dark {
		return Dark
	}
	return Light
}

// Theme holds the styles. The sixteen ANSI colours follow the terminal's own
// theme; OK, Warn and Bad stand beside a sign only, since some themes make them
// faint. Dim is never the "bright black" that is the background of Solarized: it
// is the text's own colour, or a grey where the terminal has more colours and
// told its background.
type Theme struct {
	Bold, Dim, Accent, OK, Warn, Bad, Here, Link, Match, QR lipgloss.Style

	plain lipgloss.Style
}

// New makes the styles for a background and the colours that the terminal has.
func New(g Ground, p colorprofile.Profile) Theme {
	s := lipgloss.NewStyle
	t := Theme{
		Bold: s().Bold(true), Dim: s(), Accent: s().Bold(true), Here: s().Reverse(true), Link: s().Underline(true),
		Match: s().Bold(true).Underline(true),
		OK:    s().Foreground(lipgloss.Color("2")),
		Warn:  s().Foreground(lipgloss.Color("5")).Bold(true), Bad: s().Foreground(lipgloss.Color("1")).Bold(true),
		QR: s().Foreground(lipgloss.Color("#ffffff")).Background(lipgloss.Color("#000000")),
	}
	if c := accent(g); c != nil {
		t.Accent = t.Accent.Foreground(c)
	}
	if c := grey(g); c != nil && p >= colorprofile.ANSI256 {
		t.Dim = t.Dim.Foreground(c)
	}
	return t
}

// accent is cyan on a dark background and magenta on a light one: on these all
// themes that people use keep it readable.
func accent(g Ground) color.Color {
	switch g {
	case Dark:
		return lipgloss.Color("6")
	case Light:
		return lipgloss.Color("5")
	}
	return nil
}

// grey is from the 256 colours, which no theme changes.
func grey(g Ground) color.Color {
	switch g {
	case Dark:
		return lipgloss.Color("250")
	case Light:
		return lipgloss.Color("240")
	}
	return nil
}

// Input are the styles of a text field.
func (t Theme) Input() textinput.Styles {
	plain := lipgloss.NewStyle()
	state := textinput.StyleState{Text: plain, Placeholder: t.Dim, Suggestion: t.Dim, Prompt: plain}
	return textinput.Styles{Focused: state, Blurred: state}
}

// Area are the styles of a text of several lines.
func (t Theme) Area() textarea.Styles {
	plain := lipgloss.NewStyle()
	state := textarea.StyleState{Base: plain, Text: plain, CursorLine: plain, EndOfBuffer: plain, Placeholder: t.Dim, Prompt: plain}
	return textarea.Styles{Focused: state, Blurred: state}
}

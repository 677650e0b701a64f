package term

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// screenChunk is how many bytes GNU screen hands on to the terminal at once.
const screenChunk = 512

// Copy sends a text to the terminal's clipboard (OSC 52). GNU screen keeps such
// sequences to itself: it is asked to hand them on, in pieces of the size that it
// takes. Whether the terminal took it can't be known.
func Copy(env func(string) string, text string) tea.Cmd {
	if env("STY") != "" && env("TMUX") == "" {
		return tea.Raw(ansi.ScreenPassthrough(ansi.SetSystemClipboard(text), screenChunk))
	}
	return tea.SetClipboard(text)
}

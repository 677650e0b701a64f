package term

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// screenChunk is how many bytes GNU screen hands on to the terminal at once.
const screenChunk = 512

// Copy sends a text to the terminal's clipboard (OSC 52). GNU screen keeps such
// sequences to itself, and draws the end of a long one: it is asked to hand them
// on, in pieces of the size that it takes. TMUX says nothing there, as screen may
// run within tmux; the other way round tmux ignores what is for screen, and has
// the text from its own command. Whether the terminal took it can't be known.
func Copy(env func(string) string, text string) tea.Cmd {
	if env("STY") != "" {
		return tea.Raw(ansi.ScreenPassthrough(ansi.SetSystemClipboard(text), screenChunk))
	}
	return tea.SetClipboard(text)
}

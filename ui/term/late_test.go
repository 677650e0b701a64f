package term

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// keys makes key presses of names in blanks; single letters are typed.
func keys(names string) []tea.KeyPressMsg {
	var out []tea.KeyPressMsg
	for _, n := range strings.Fields(names) {
		switch {
		case n == "esc":
			out = append(out, tea.KeyPressMsg{Code: tea.KeyEscape})
		case n == "ctrl+g":
			out = append(out, tea.KeyPressMsg{Code: 'g', Mod: tea.ModCtrl})
		case n == "up":
			out = append(out, tea.KeyPressMsg{Code: tea.KeyUp})
		case strings.HasPrefix(n, "alt+"):
			out = append(out, tea.KeyPressMsg{Code: rune(n[4]), Mod: tea.ModAlt})
		default:
			for _, r := range n {
				out = append(out, tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
	}
	return out
}

func TestALateAnswerIsNotTyped(t *testing.T) {
	for _, c := range []struct{ name, keys, left string }{
		{"colour, BEL", "esc ]11;rgb:1e1e/1e1e/1e1e ctrl+g", "esc"},
		{"colour, ST", `esc ]11;rgb:1e1e/1e1e/1e1e esc \`, "esc"},
		{"colour, ST whole", `alt+] 11;rgb:1e1e/1e1e/1e1e alt+\`, ""},
		{"mode report", "esc [?2026;2$y", "esc"},
		{"mode report, introducer whole", "alt+[ ?2026;2$y", ""},
		{"version", `alt+P >|XTerm(390) esc \`, ""},
		{"typed text", "hello", "hello"},
		{"text after an answer", `alt+] 11;rgb:0/0/0 ctrl+g abc`, "abc"},
		{"esc and a letter", "esc x y", "esc x y"},
		{"a key within", "alt+] 11 up ab", "up ab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l Late
			var left []string
			now := time.Unix(0, 0)
			for _, k := range keys(c.keys) {
				now = now.Add(5 * time.Millisecond)
				if !l.Swallows(k, now) {
					left = append(left, k.String())
				}
			}
			if got, want := strings.Join(left, ""), strings.ReplaceAll(c.left, " ", ""); got != want {
				t.Errorf("left %q, want %q", got, want)
			}
		})
	}
}

func TestAPersonIsNeverDeafForLong(t *testing.T) {
	var l Late
	now := time.Unix(0, 0)
	for _, k := range keys("esc ]") {
		l.Swallows(k, now)
	}
	now = now.Add(time.Second)
	if l.Swallows(tea.KeyPressMsg{Code: 'a', Text: "a"}, now) {
		t.Error("a letter a second later is swallowed")
	}
	l = Late{}
	for _, k := range keys("alt+]") {
		l.Swallows(k, now)
	}
	n := 0
	for range 400 {
		if l.Swallows(tea.KeyPressMsg{Code: 'a', Text: "a"}, now) {
			n++
		}
	}
	if n > lateMost+1 {
		t.Errorf("%d letters are swallowed", n)
	}
}

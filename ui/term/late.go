// Package term deals with what terminals do beside showing frames: answers that
// come late, the clipboard, and suspending.
package term

import (
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Late tells a terminal's answer that arrives in pieces from typed keys. The
// parser gives a lone ESC up after 50 ms, so over a slow line the rest of an
// answer, such as "]11;rgb:1e1e/1e1e/1e1e", comes as letters: they must not get
// into a field. The zero value is ready.
type Late struct {
	kind rune // what introduced the answer: ']', '[', 'P', '_', '^' or 'X'; 0 outside of one
	esc  bool // the last key was a lone esc
	last time.Time
	size int
}

// How long after its beginning an answer may go on, how long a pause may be
// within it, and how long it may be: nobody types that fast, and no field is
// deaf for longer.
const (
	latePause = 400 * time.Millisecond
	lateMost  = 200
)

// Swallows reports whether a key is a part of an answer. Keys before which esc
// was pressed alone are looked at closely; nothing else is ever swallowed.
func (l *Late) Swallows(k tea.KeyPressMsg, now time.Time) bool {
	if l.kind != 0 && (now.Sub(l.last) > latePause || l.size > lateMost) {
		l.kind = 0
	}
	gap := now.Sub(l.last)
	s := k.String()
	if l.kind == 0 {
		introducer := rune(0)
		switch {
		case len(s) == 5 && s[:4] == "alt+":
			introducer = rune(s[4])
		case l.esc && gap < latePause && utf8.RuneCountInString(k.Text) == 1:
			introducer, _ = utf8.DecodeRuneInString(k.Text)
		}
		l.esc, l.last = s == "esc", now
		switch introducer {
		case ']', 'P', '_', '^', 'X', '[':
			l.kind, l.size, l.esc = introducer, 0, false
			return true
		}
		return false
	}
	l.last = now
	l.size++
	if l.ends(k, s) {
		l.kind = 0
		return true
	}
	if k.Text == "" && s != "esc" {
		l.kind = 0 // a key that no answer has
		return false
	}
	return true
}

// ends reports whether a key is the end of the answer.
func (l *Late) ends(k tea.KeyPressMsg, s string) bool {
	if l.kind == '[' {
		r, _ := utf8.DecodeRuneInString(k.Text)
		return r >= '@' && r <= '~'
	}
	return s == "ctrl+g" || s == `alt+\` || k.Text == `\` // BEL, or ESC \ whole or in pieces
}

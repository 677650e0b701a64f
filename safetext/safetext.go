// Package safetext makes text from servers and files safe to show and to keep. A
// name typed into an ELN may hold escape sequences that move the cursor, set the
// window's title or write to the clipboard; nothing of that reaches a terminal,
// a log, an error or an archive.
//
// There are two rules. An archive keeps all that belongs to a text: the joiners of
// Persian and of emoji, soft hyphens (Name, Text). A terminal counts cells, so
// everything that takes none goes as well (Line, Block, Drawn). Clients decode by the first,
// whoever draws cleans by the second. File paths keep their original bytes, since
// they are needed to fetch the file; clean them where they are shown.
package safetext

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Line returns s as one line for a terminal: escape sequences, control characters
// and whatever takes no cell are dropped, line feeds and tabs become one blank,
// invalid UTF-8 becomes U+FFFD.
func Line(s string) string {
	if plain(s) {
		return s
	}
	return strings.TrimSpace(strings.ReplaceAll(Lines(s), "\n", " "))
}

// Lines is Line for what is laid out already: line feeds stay, and so do all blanks.
func Lines(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, ansi.Strip(strings.ToValidUTF8(s, "\uFFFD")))
}

// Drawn is the last look at a line that holds our own styles: what takes no cell goes,
// wherever it came from; sequences stay, so texts of others were cleaned before.
func Drawn(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x7F && hidden(r) {
			return -1
		}
		return r
	}, s)
}

// Block is Line for text of several lines: line feeds stay, tabs become blanks.
func Block(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(Line(l), " ")
	}
	return strings.Join(lines, "\n")
}

// plain reports whether s is printable ASCII, the usual case, kept free of work.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return s == "" || (s[0] != ' ' && s[len(s)-1] != ' ')
}

// harmful reports whether r changes more than itself: C0 and C1 controls, and the
// controls of the direction of writing, by which a name shows as another.
func harmful(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// hidden reports whether r must not be drawn: what is harmful, and what takes no
// cell, such as zero-width marks, tags and other format characters. The zero-width
// joiner is among them: widths computed with it and without it differ.
func hidden(r rune) bool {
	switch {
	case harmful(r), r == 0x00AD:
		return true
	case r >= 0x200B && r <= 0x200D, r >= 0x2060 && r <= 0x206F:
		return true
	case r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

// EscapeJSON writes what a terminal must not get, and JSON may hold as it is, as
// \uXXXX: the same value for every program, and harmless on a screen.
func EscapeJSON(data []byte) []byte { return EscapeJSONOf(data, escaped) }

// EscapeJSONOf writes the characters of JSON that are to be escaped as \uXXXX.
func EscapeJSONOf(data []byte, escaped func(rune) bool) []byte {
	if !bytes.ContainsFunc(data, escaped) {
		return data
	}
	var b strings.Builder
	for _, r := range string(data) {
		switch {
		case !escaped(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}

// escaped are the hidden characters outside C0, which JSON itself escapes; its
// line feeds between values stay.
func escaped(r rune) bool { return r >= 0x7F && hidden(r) }

// Quote is a text of others in quotation marks, on one clean line.
func Quote(s string) string { return `"` + Line(s) + `"` }

// Package safetext makes text from servers safe to show. A name typed into an
// ELN may hold escape sequences that move the cursor, set the window's title or
// write to the clipboard; nothing of that reaches a terminal, a log or an error.
//
// It is used once, where answers are decoded. File paths keep their original
// bytes, since they are needed to fetch the file; clean them where they are shown.
package safetext

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Line returns s as one clean line: escape sequences, control characters and
// invisible direction marks are dropped, line feeds and tabs become one blank,
// invalid UTF-8 becomes U+FFFD.
func Line(s string) string {
	if plain(s) {
		return s
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, ansi.Strip(strings.ToValidUTF8(s, "\uFFFD"))))
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

// hidden reports whether r must not be drawn: C0 and C1 controls, direction
// overrides and isolates, zero-width marks, tags and other format characters.
// The zero-width joiner goes as well: widths computed with it and without it differ.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	case r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

// secrets matches what must never be seen: openBIS session tokens
// (user-yymmddhhmmssmmmx + 32 hex digits) and personal access tokens, bearer
// tokens, token parameters of addresses, and bare Zenodo tokens (60 characters).
var secrets = regexp.MustCompile(`(?i)(\$|%24)pat-[^\s"'&<>]+|[\w.@+-]+-\d{12,18}x[0-9a-f]{16,}|(sessionID|access_token)=[^\s"'&<>]+|bearer\s+[\w.~+/-]+=*|\b[A-Za-z0-9]{60}\b`)

// Redact replaces everything in s that is shaped like a token by "[secret]".
// It is the last line of defence before a log or an error: secrets are kept
// out of both in the first place.
func Redact(s string) string { return secrets.ReplaceAllString(s, "[secret]") }

// Secrets returns everything in s that is shaped like a token, as Redact sees it.
func Secrets(s string) []string { return secrets.FindAllString(s, -1) }

// Quote is a text of others in quotation marks, on one clean line.
func Quote(s string) string { return `"` + Line(s) + `"` }

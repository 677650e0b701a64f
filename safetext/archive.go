package safetext

import "strings"

// Name returns s as one line for what is kept for good: a page, a record. C0, C1 and
// bidi controls are dropped, line ends and tabs become a blank, invalid UTF-8 becomes
// U+FFFD. All else stays, joiners of real scripts too, and what follows the control
// that begins an escape sequence: it may be letters of the name, and an unended one
// would take the rest. A terminal wants Line instead.
func Name(s string) string {
	if plain(s) {
		return s
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch r = kept(r); r {
		case '\n', '\t', '\u2028', '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// Text is Name for text of several lines: line feeds, tabs and blanks stay where
// they are, other line ends become line feeds.
func Text(s string) string {
	return strings.Map(kept, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD"))
}

// kept is what becomes of a character: white space among the controls keeps words
// and lines apart, other controls go (-1).
func kept(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\u0085':
		return '\n'
	case r == '\f' || r == '\v':
		return ' '
	case harmful(r):
		return -1
	}
	return r
}

package cells

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ASCII maps a finished frame to ASCII, cell by cell, for terminals and
// locales that have no more.
func ASCII(s string) string {
	if IsASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		if i := strings.IndexRune(asciiFrom, r); i >= 0 {
			return rune(asciiTo[utf8.RuneCountInString(asciiFrom[:i])])
		}
		return bare(r)
	}, s)
}

const (
	asciiFrom = "━┃▸▾◂☑▣◉☐☒≡─│▲■✓✗█░…·×→←↑↓≥╭╮╰╯•"
	asciiTo   = "=|>v<x/o.-=-|!#+!#.~-x><^v>++++*"
)

// bare is a letter without its marks, where it has one of ASCII: names stay
// readable. "?" for all else.
func bare(r rune) rune {
	if unicode.In(r, unicode.Mn, unicode.Cf) { // it takes no cell
		return -1
	}
	d := norm.NFKD.String(string(r))
	if first, _ := utf8.DecodeRuneInString(d); first < utf8.RuneSelf && first > ' ' {
		return first
	}
	switch r {
	case 'µ', 'μ':
		return 'u'
	case 'ß':
		return 's'
	case 'ø', 'Ø':
		return 'o'
	case 'ł', 'Ł':
		return 'l'
	case '–', '—', '−':
		return '-'
	case '“', '”', '„':
		return '"'
	case '‘', '’':
		return '\''
	case '°':
		return 'o'
	}
	return '?'
}

package cells

import (
	"strings"
	"unicode/utf8"
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
		return '?'
	}, s)
}

const (
	asciiFrom = "▸▾◂☑▣◉☐☒≡─│▲■✓✗█░…·×→←↑↓≥╭╮╰╯•"
	asciiTo   = ">v<x/o.-=-|!#+!#.~-x><^v>++++*"
)

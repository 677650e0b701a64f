package names

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Natural compares names as people order them: numbers by their value (PLA2 before
// PLA10), letters whatever their case. Equal names are compared byte by byte, so
// the order is total.
func Natural(a, b string) int {
	x, y := a, b
	if !ascii(a) || !ascii(b) {
		x, y = norm.NFC.String(a), norm.NFC.String(b)
	}
	for x != "" && y != "" {
		p, q := x[0], y[0]
		switch {
		case p-'0' < 10 && q-'0' < 10:
			n, m := digits(x), digits(y)
			p, q := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
				return c
			}
			x, y = x[n:], y[m:]
		case p|q < utf8.RuneSelf:
			if p, q = lower(p), lower(q); p != q {
				return cmp.Compare(p, q)
			}
			x, y = x[1:], y[1:]
		default:
			r, n := utf8.DecodeRuneInString(x)
			s, m := utf8.DecodeRuneInString(y)
			if c := cmp.Compare(unicode.ToLower(r), unicode.ToLower(s)); c != 0 {
				return c
			}
			x, y = x[n:], y[m:]
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c | 0x20
	}
	return c
}

// digits is how many bytes at a text's beginning are digits.
func digits(s string) (n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

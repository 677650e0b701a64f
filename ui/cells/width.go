// Package cells measures and cuts texts by the cells they take on a terminal.
package cells

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a text may take: terminals count either code points
// or graphemes, and a line must be too wide for neither.
func Width(s string) int {
	if IsASCII(s) && !strings.Contains(s, "\x1b") {
		return len(s)
	}
	if n, ok := plainWidth(s); ok {
		return n
	}
	return max(ansi.StringWidth(s), ansi.StringWidthWc(s))
}

// plainWidth is the width of what most lines of a frame are made of, at a fraction
// of the cost: printable ASCII, the lines and blocks of U+2500 to U+259F, and
// colours. Anything else, next to which one of these could count otherwise, is not
// ok.
func plainWidth(s string) (n int, ok bool) {
	for i := 0; i < len(s); {
		switch b := s[i]; {
		case ' ' <= b && b < 0x7f:
			n, i = n+1, i+1
		case b == 0xe2 && i+2 < len(s) && (s[i+1] == 0x94 || s[i+1] == 0x95 || s[i+1] == 0x96 && s[i+2] < 0xa0) && s[i+2]&0xc0 == 0x80:
			n, i = n+1, i+3
		case b == '\x1b' && i+1 < len(s) && s[i+1] == '[':
			for i += 2; i < len(s) && (s[i] >= '0' && s[i] <= ';'); i++ {
			}
			if i == len(s) || s[i] != 'm' {
				return 0, false
			}
			i++
		default:
			return 0, false
		}
	}
	return n, true
}

// IsASCII reports whether a text has nothing beyond ASCII.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Plain is a text without its styles.
func Plain(s string) string { return ansi.Strip(s) }

// Clip cuts a text, styled or not, to at most w cells.
func Clip(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w && IsASCII(s) || Width(s) <= w {
		return s
	}
	tail := "…"
	if plain := Plain(s); strings.HasSuffix(plain, " ") && Width(strings.TrimRight(plain, " ")) <= w {
		tail = "" // nothing but blanks is cut
	}
	// The two ways of counting may disagree on where to cut: take what suits both.
	for n := w; n > 0; n-- {
		if cut := ansi.Truncate(s, n, tail); Width(cut) <= w {
			return cut
		}
	}
	return ""
}

// ClipMiddle cuts a text without styles to at most w cells, leaving its end:
// names of files differ there.
func ClipMiddle(s string, w int) string {
	if Width(s) <= w || w < 12 {
		return Clip(s, w)
	}
	end := (w - 1) / 2
	for n := end; n > 0; n-- {
		tail := ansi.TruncateLeft(s, ansi.StringWidth(s)-n, "")
		if Width(tail) <= end {
			return Clip(s, w-Width(tail)) + tail
		}
	}
	return Clip(s, w)
}

// Pad clips a text and fills it with blanks to w cells.
func Pad(s string, w int) string {
	s = Clip(s, w)
	n := len(s)
	if !IsASCII(s) || strings.Contains(s, "\x1b") {
		n = ansi.StringWidthWc(s)
	}
	return s + strings.Repeat(" ", max(w-n, 0))
}

// PadLeft puts the blanks before the text.
func PadLeft(s string, w int) string {
	s = Clip(s, w)
	return strings.Repeat(" ", max(w-Width(s), 0)) + s
}

// Spread puts one text at each end of a line of w cells; the left one yields.
func Spread(left, right string, w int) string {
	r := Clip(right, w)
	room := w - Width(r)
	if r != "" {
		room--
	}
	if room <= 0 {
		return r
	}
	out := Pad(left, room)
	if r != "" {
		out += " " + r
	}
	return out
}

// Wrap breaks a text into lines of at most w cells, at blanks where it can.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		for _, l := range strings.Split(ansi.Wrap(line, w, ""), "\n") {
			out = append(out, Clip(l, w))
		}
	}
	return out
}

// Splice puts a box, one line of it, into a line of w cells at cell x.
func Splice(line, box string, x, w int) string {
	line = Pad(line, w)
	left := Pad(ansi.TruncateWc(line, x, ""), x)
	right := ansi.TruncateLeftWc(line, x+ansi.StringWidthWc(box), "")
	return left + "\x1b[m" + box + "\x1b[m" + right
}

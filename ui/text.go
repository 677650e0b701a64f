package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// width is how many cells a text may take: terminals count either code points
// or graphemes, and a line must be too wide for neither.
func width(s string) int {
	if isASCII(s) && !strings.Contains(s, "\x1b") {
		return len(s)
	}
	return max(ansi.StringWidth(s), ansi.StringWidthWc(s))
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// clip cuts a text, styled or not, to at most w cells.
func clip(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w && isASCII(s) || width(s) <= w {
		return s
	}
	// The two ways of counting may disagree on where to cut: take what suits both.
	for n := w; n > 0; n-- {
		if cut := ansi.Truncate(s, n, "…"); width(cut) <= w {
			return cut
		}
	}
	return ""
}

// clipMiddle cuts a text without styles to at most w cells, leaving its end:
// names of files differ there.
func clipMiddle(s string, w int) string {
	if width(s) <= w || w < 12 {
		return clip(s, w)
	}
	end := (w - 1) / 2
	for n := end; n > 0; n-- {
		tail := ansi.TruncateLeft(s, ansi.StringWidth(s)-n, "")
		if width(tail) <= end {
			return clip(s, w-width(tail)) + tail
		}
	}
	return clip(s, w)
}

// pad clips a text and fills it with blanks to w cells.
func pad(s string, w int) string {
	s = clip(s, w)
	n := len(s)
	if !isASCII(s) || strings.Contains(s, "\x1b") {
		n = ansi.StringWidthWc(s)
	}
	return s + strings.Repeat(" ", max(w-n, 0))
}

// padLeft puts the blanks before the text.
func padLeft(s string, w int) string {
	s = clip(s, w)
	return strings.Repeat(" ", max(w-width(s), 0)) + s
}

// spread puts one text at each end of a line of w cells; the left one yields.
func spread(left, right string, w int) string {
	r := clip(right, w)
	room := w - width(r)
	if r != "" {
		room--
	}
	if room <= 0 {
		return r
	}
	out := pad(left, room)
	if r != "" {
		out += " " + r
	}
	return out
}

// wrap breaks a text into lines of at most w cells, at blanks where it can.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		for _, l := range strings.Split(ansi.Wrap(line, w, ""), "\n") {
			out = append(out, clip(l, w))
		}
	}
	return out
}

// size spells bytes for people, decimal as Zenodo counts.
func size(n int64) string {
	if n < 0 {
		return "?"
	}
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n), "kMGTPE"
	i := -1
	for v >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if v >= 99.95 {
		return fmt.Sprintf("%.0f %cB", v, units[i])
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

// short is size without blank and B, for narrow columns.
func short(n int64) string {
	if n < 0 {
		return "?"
	}
	return strings.TrimSuffix(strings.ReplaceAll(size(n), " ", ""), "B")
}

// exact writes a number with separators of thousands.
func exact(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count writes "1 file" or "3 files".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return exact(int64(n)) + " " + many
}

// duration spells a time left or gone, coarsely.
func duration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %02d s", s/60, s%60)
	case s < 48*3600:
		return fmt.Sprintf("%d h %02d min", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d days", s/86400)
}

// plainASCII maps a finished frame to ASCII, cell by cell, for terminals and
// locales that have no more.
func plainASCII(s string) string {
	if isASCII(s) {
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
	asciiFrom = "▸▾◂☑▣◉☐≡─│▲■✓✗█░…·×→←↑↓≥╭╮╰╯•"
	asciiTo   = ">v<x/o.=-|!#+!#.~-x><^v>++++*"
)

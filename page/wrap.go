package page

import (
	"strings"

	"golang.org/x/text/width"
)

// TextWidth is where lines of text pages end where they can be broken; tables may
// be wider.
const (
	TextWidth  = 78 // columns
	tableWidth = 98
)

// Wrap breaks long lines at blanks, so that they end at column room; following
// lines begin with hang.
func Wrap(s string, room int, hang string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if columns(line) <= room {
			out = append(out, line)
			continue
		}
		lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if columns(lead) > room/2 {
			lead = ""
		}
		at, long := "", 0
		for word := range strings.SplitSeq(strings.TrimLeft(line, " "), " ") {
			w := columns(word)
			switch {
			case long == 0:
				at, long = lead+word, len(lead)+w
			case long+1+w > room:
				out = append(out, strings.TrimRight(at, " "))
				at, long = lead+hang+word, len(lead)+len(hang)+w
			default:
				at, long = at+" "+word, long+1+w
			}
		}
		out = append(out, at)
	}
	return strings.Join(out, "\n")
}

// columns is how many columns of a terminal a line takes.
func columns(s string) (n int) {
	if s, _, ok := strings.Cut(s, "\n"); ok {
		return columns(s)
	}
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// indent puts a margin before each line that is not empty.
func indent(s, margin string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if strings.TrimRight(line, "\r\n") != "" {
			b.WriteString(margin)
		}
		b.WriteString(line)
	}
	return b.String()
}

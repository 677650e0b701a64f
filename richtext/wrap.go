package richtext

import (
	"strings"

	"golang.org/x/text/width"
)

// Wrap breaks long lines at blanks, so that they end at column room; following
// lines begin with hang. Lines whose white space is data, tabs or runs of blanks,
// stay whole.
func Wrap(s string, room int, hang string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
		body := line[len(lead):]
		if Columns(line) <= room || strings.Contains(body, "\t") || strings.Contains(strings.TrimRight(body, " "), "  ") {
			out = append(out, line)
			continue
		}
		if len(lead) > room/2 {
			lead = ""
		}
		at, long := "", 0
		var b strings.Builder
		end := func() {
			out = append(out, at+b.String())
			b.Reset()
		}
		for word := range strings.SplitSeq(strings.TrimRight(body, " "), " ") {
			w := Columns(word)
			switch {
			case long == 0:
				at, long = lead, len(lead)+w
				b.WriteString(word)
			case long+1+w > room:
				end()
				at, long = lead+hang, len(lead)+len(hang)+w
				b.WriteString(word)
			default:
				long += 1 + w
				b.WriteString(" " + word)
			}
		}
		end()
	}
	return strings.Join(out, "\n")
}

// Columns is how many columns of a terminal a line takes.
func Columns(s string) (n int) {
	s, _, _ = strings.Cut(s, "\n")
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); k {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

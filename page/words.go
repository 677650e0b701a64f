package page

import (
	"strings"
	"time"

	"zenobis/openbis"
	"zenobis/safetext"
)

// PersonName is a person's name, "" where it is a user id or an e-mail address:
// some servers write those into the name's fields.
func PersonName(p *openbis.Person) string {
	if p == nil {
		return ""
	}
	name := safetext.Line(p.Name())
	if strings.Contains(name, "@") || strings.EqualFold(name, p.UserID) {
		return ""
	}
	return name
}

// Time is a time in ISO 8601, UTC; "" for none.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// Clean takes from a text what must not stand in a page: escape sequences and
// control characters. Lines keep what they are indented by.
func Clean(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		core := strings.TrimLeft(l, " \t")
		lines[i] = strings.ReplaceAll(l[:len(l)-len(core)], "\t", "    ") + safetext.Line(core)
	}
	return strings.Join(lines, "\n")
}

// inline is Clean for a piece of a line: blanks at its ends stay.
func inline(s string) string {
	core := strings.TrimSpace(s)
	if core == "" {
		if strings.Contains(s, "\u00a0") {
			return "\u00a0"
		}
		if s != "" {
			return " "
		}
		return ""
	}
	at := strings.Index(s, core)
	lead, trail := s[:at], s[at+len(core):]
	for _, end := range []*string{&lead, &trail} {
		if *end = strings.Map(func(r rune) rune {
			if r == '\u00a0' {
				return r
			}
			return ' '
		}, *end); len(*end) > 64 {
			*end = " "
		}
	}
	return lead + safetext.Line(core) + trail
}

// OneLine is a text on one line.
func OneLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

package crate

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// width is the column at which lines of text pages end.
const width = 78

func renderText(in PageInput, d document) []byte {
	var b bytes.Buffer
	title := clean(d.title)
	fmt.Fprintf(&b, "%s\n%s\n%s\n", title, strings.Repeat("=", max(3, min(width, utf8.RuneCountInString(title)))), d.subtitle)
	if d.note != "" {
		fmt.Fprintf(&b, "\n! %s\n", wrap(d.note, "  "))
	}
	for _, s := range d.sections {
		fmt.Fprintf(&b, "\n%s\n%s\n", s.title, strings.Repeat("-", utf8.RuneCountInString(s.title)))
		for _, r := range s.rows {
			textRow(&b, in.Place.Page, r)
		}
	}
	return b.Bytes()
}

func textRow(b *bytes.Buffer, page string, r row) {
	switch {
	case r.rich != nil:
		fmt.Fprintf(b, "\n%s:\n%s\n\n", r.label, indent(wrap(r.rich.text(), "")))
	case r.table != nil:
		fmt.Fprintf(b, "\n%s:\n%s\n", r.label, indent(textTable(r.table)))
	case len(r.links) > 0:
		fmt.Fprintf(b, "%s:\n", r.label)
		for _, l := range r.links {
			fmt.Fprintf(b, "  - %s", clean(l.name()))
			if l.Page != "" {
				fmt.Fprintf(b, "\n      %s.txt", textPath(page, l.Page))
			}
			b.WriteByte('\n')
		}
	case r.label == "":
		fmt.Fprintln(b, wrap(clean(r.text), ""))
	case strings.Contains(r.text, "\n"):
		fmt.Fprintf(b, "%s:\n%s\n", r.label, indent(wrap(clean(r.text), "")))
	default:
		fmt.Fprintln(b, wrap(r.label+": "+clean(r.text), "  "))
	}
}

// textPath is the readable path from one page to another, without extension.
func textPath(from, to string) string {
	dir := path.Dir(from)
	up := ""
	for dir != "." && !strings.HasPrefix(to, dir+"/") {
		dir, up = path.Dir(dir), up+"../"
	}
	return up + strings.TrimPrefix(to, dir+"/")
}

// textTable draws rows with aligned columns; a cell's line breaks become blanks.
func textTable(rows [][]string) string {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			for len(widths) <= i {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(30, utf8.RuneCountInString(flat(c))))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		line := ""
		for i, c := range r {
			if i > 0 {
				line += " | "
			}
			c = flat(c)
			line += c + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(c)))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func flat(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// wrap breaks long lines at blanks; following lines begin with hang.
func wrap(s, hang string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if utf8.RuneCountInString(line) <= width {
			out = append(out, line)
			continue
		}
		at, lead := "", line[:len(line)-len(strings.TrimLeft(line, " "))]
		for word := range strings.FieldsSeq(line) {
			switch {
			case at == "":
				at = lead + word
			case utf8.RuneCountInString(at)+1+utf8.RuneCountInString(word) > width:
				out = append(out, at)
				at = lead + hang + word
			default:
				at += " " + word
			}
		}
		out = append(out, at)
	}
	return strings.Join(out, "\n")
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(s, "\n")) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

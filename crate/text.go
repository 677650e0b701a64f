package crate

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/text/width"
)

// Lines of text pages end at column 78 where they can be broken; tables may
// take up to 98.
const (
	textWidth  = 78
	tableWidth = 98
)

func renderText(in PageInput, d *document) []byte {
	var b bytes.Buffer
	name := wrap(flat(d.title), textWidth, "")
	fmt.Fprintf(&b, "%s\n%s\n%s\n", name, strings.Repeat("=", max(3, min(textWidth, columns(name)))), wrap(flat(d.subtitle), textWidth, ""))
	for _, n := range d.notes {
		fmt.Fprintf(&b, "\n%s\n", wrap("! "+n, textWidth, "  "))
	}
	heading := func(title string) {
		fmt.Fprintf(&b, "\n\n%s\n%s\n", wrap(title, textWidth, ""), strings.Repeat("-", max(3, min(textWidth, columns(title)))))
	}
	heading("Identification")
	for _, r := range d.ident {
		fmt.Fprintln(&b, wrap(r.label+": "+r.text, textWidth, "  "))
	}
	if d.about != "" {
		heading("Description")
		fmt.Fprintln(&b, wrap(d.about, textWidth, ""))
	}
	for _, r := range d.relation {
		heading(r.label)
		textLinks(&b, in.Place.Page, r.links)
	}
	for _, s := range d.sections {
		heading(s.title)
		for _, f := range s.fields {
			textField(&b, in.Place.Page, f)
		}
	}
	if len(d.below) > 0 {
		heading("Contents")
		textLinks(&b, in.Place.Page, d.below)
		if more := d.belowAll - len(d.below); more > 0 {
			fmt.Fprintf(&b, "and %d more\n", more)
		}
	}
	return b.Bytes()
}

func textLinks(b *bytes.Buffer, page string, links []Link) {
	for _, l := range links {
		fmt.Fprintln(b, wrap("- "+l.name(), textWidth, "  "))
		if l.Page != "" {
			fmt.Fprintf(b, "    see %s\n", relativePath(page, l.Page+".txt"))
		} else {
			fmt.Fprintln(b, "    not in this package")
		}
	}
}

func textField(b *bytes.Buffer, page string, f field) {
	switch {
	case f.gap != "":
		fmt.Fprintln(b, wrap(f.label+": ["+f.gap+"]", textWidth, "  "))
	case f.rich != nil:
		fmt.Fprintf(b, "\n%s:\n\n%s\n", f.label, textBlocks(f.rich.blocks, "  "))
	case f.sheet != nil:
		fmt.Fprintf(b, "\n%s:\n\n%s\n\n  as CSV: %s\n", f.label, indent(textTable(append([][]string{f.sheet.headers}, f.sheet.rows...), tableWidth-2), "  "), relativePath(page, f.csv))
	case len(f.texts) == 1 && !strings.Contains(f.texts[0], "\n") && !f.fixed:
		fmt.Fprintln(b, wrap(f.label+": "+f.texts[0], textWidth, "  "))
	case len(f.texts) == 1:
		fmt.Fprintf(b, "%s:\n%s\n", f.label, indent(wrap(strings.Trim(f.texts[0], "\n"), textWidth-2, ""), "  "))
	default:
		fmt.Fprintf(b, "%s:\n", f.label)
		for _, t := range f.texts {
			fmt.Fprintln(b, indent(wrap("- "+t, textWidth-2, "  "), "  "))
		}
	}
}

// textBlocks writes rich text as lines that begin with margin.
func textBlocks(blocks []block, margin string) string {
	var parts []string
	room := max(textWidth-len(margin), 24)
	for _, b := range blocks {
		var s string
		switch b.kind {
		case paraBlock:
			s = wrap(plainSpans(b.spans), room, "")
		case headingBlock:
			s = wrap(plainSpans(b.spans), room, "")
			s += "\n" + strings.Repeat("~", max(3, min(room, columns(s))))
		case listBlock:
			var items []string
			for i, item := range b.items {
				mark := "- "
				if b.ordered {
					mark = fmt.Sprintf("%d. ", i+1)
				}
				inner := textItem(item, margin+strings.Repeat(" ", len(mark)))
				items = append(items, mark+strings.TrimPrefix(strings.ReplaceAll("\n"+inner, "\n"+margin, "\n"), "\n"+strings.Repeat(" ", len(mark))))
			}
			s = strings.Join(items, "\n")
		case tableBlock:
			s = textTable(cellTexts(b.rows), tableWidth-len(margin))
			if len(b.caption) > 0 {
				s = wrap(plainSpans(b.caption), room, "") + "\n" + s
			}
		case quoteBlock:
			s = strings.TrimPrefix(strings.ReplaceAll("\n"+textBlocks(b.blocks, margin+"> "), "\n"+margin, "\n"), "\n")
		case preBlock:
			s = plainSpans(b.spans)
		case ruleBlock:
			s = strings.Repeat("-", 20)
		}
		parts = append(parts, indent(s, margin))
	}
	return strings.Join(parts, "\n\n")
}

// textItem writes an item: a list within it follows its text at once.
func textItem(blocks []block, margin string) string {
	var parts []string
	for i := 0; i < len(blocks); {
		j := i + 1
		for j < len(blocks) && blocks[j].kind != listBlock {
			j++
		}
		parts = append(parts, textBlocks(blocks[i:j], margin))
		i = j
	}
	return strings.Join(parts, "\n")
}

// plainBlocks is rich text without markup, its lines as they are.
func plainBlocks(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		var s string
		switch b.kind {
		case listBlock:
			var items []string
			for i, item := range b.items {
				mark := "- "
				if b.ordered {
					mark = fmt.Sprintf("%d. ", i+1)
				}
				items = append(items, mark+strings.TrimPrefix(indent(plainBlocks(item), strings.Repeat(" ", len(mark))), strings.Repeat(" ", len(mark))))
			}
			s = strings.Join(items, "\n")
		case tableBlock:
			var rows []string
			for _, r := range cellTexts(b.rows) {
				rows = append(rows, strings.Join(r, "\t"))
			}
			s = strings.Join(rows, "\n")
		case quoteBlock:
			s = plainBlocks(b.blocks)
		case ruleBlock:
			s = "---"
		default:
			s = plainSpans(b.spans)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "\n\n")
}

// plainSpans is the text of spans. Addresses of links stand behind them.
func plainSpans(spans []span) string {
	var b strings.Builder
	for i, s := range spans {
		switch {
		case s.newline:
			b.WriteByte('\n')
		case s.picture != nil:
			b.WriteString(strings.TrimSuffix("[picture: "+s.text, ": ") + "]")
		default:
			b.WriteString(s.text)
		}
		if s.href != "" && (i+1 == len(spans) || spans[i+1].href != s.href) && !strings.Contains(s.href, strings.TrimSpace(s.text)) {
			b.WriteString(" <" + s.href + ">")
		}
	}
	return b.String()
}

// cellTexts are the cells of a table as text; spans leave empty cells.
func cellTexts(rows [][]cell) [][]string {
	at, columns, _ := layout(rows)
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = make([]string, columns)
		for j, c := range r {
			out[i][at[i][j]] = flat(plainBlocks(c.blocks))
		}
	}
	return out
}

// textTable draws rows with aligned columns, or one value a line where they
// would be wider than room.
func textTable(rows [][]string, room int) string {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(flat(c)))
		}
	}
	total := 3 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	var b strings.Builder
	if total > room {
		first := rows[0]
		if len(rows) > 1 {
			rows = rows[1:]
		}
		for y, r := range rows {
			fmt.Fprintf(&b, "row %d\n", y+1)
			for x, c := range r {
				if c = flat(c); c != "" {
					label := fmt.Sprintf("column %d", x+1)
					if x < len(first) && flat(first[x]) != "" {
						label = flat(first[x])
					}
					b.WriteString(indent(wrap(label+": "+c, room-2, "  "), "  ") + "\n")
				}
			}
		}
		return strings.TrimRight(b.String(), "\n")
	}
	for y, r := range rows {
		line := ""
		for i, c := range r {
			if i > 0 {
				line += " | "
			}
			c = flat(c)
			line += c + strings.Repeat(" ", widths[i]-columns(c))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if y == 0 && len(rows) > 1 {
			b.WriteString(strings.Repeat("-", max(total, 3)) + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// wrap breaks long lines at blanks, so that they end at column room; following
// lines begin with hang.
func wrap(s string, room int, hang string) string {
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

package page

import (
	"bytes"
	"fmt"
	"strings"

	"zenobis/names"
)

func renderText(in Input, d *document) []byte {
	var b bytes.Buffer
	name := Wrap(OneLine(d.title), TextWidth, "")
	fmt.Fprintf(&b, "%s\n%s\n%s\n", name, strings.Repeat("=", max(3, min(TextWidth, columns(name)))), Wrap(OneLine(d.subtitle), TextWidth, ""))
	for _, n := range d.notes {
		fmt.Fprintf(&b, "\n%s\n", Wrap("! "+n, TextWidth, "  "))
	}
	heading := func(title string) {
		fmt.Fprintf(&b, "\n\n%s\n%s\n", Wrap(title, TextWidth, ""), strings.Repeat("-", max(3, min(TextWidth, columns(title)))))
	}
	heading("Identification")
	for _, r := range d.ident {
		fmt.Fprintln(&b, Wrap(r.label+": "+r.text, TextWidth, "  "))
	}
	if d.about != "" {
		heading("Description")
		fmt.Fprintln(&b, Wrap(d.about, TextWidth, ""))
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
		fmt.Fprintln(b, Wrap("- "+l.name(), TextWidth, "  "))
		if l.Page != "" {
			fmt.Fprintf(b, "    see %s\n", names.Relative(page, l.Page+".txt"))
		} else {
			fmt.Fprintln(b, "    not in this package")
		}
	}
}

func textField(b *bytes.Buffer, page string, f field) {
	switch {
	case f.gap != "":
		fmt.Fprintln(b, Wrap(f.label+": ["+f.gap+"]", TextWidth, "  "))
	case f.rich != nil:
		fmt.Fprintf(b, "\n%s:\n\n%s\n", f.label, textBlocks(f.rich.blocks, "  "))
	case f.sheet != nil:
		fmt.Fprintf(b, "\n%s:\n\n%s\n\n  as CSV: %s\n", f.label, indent(textTable(append([][]string{f.sheet.headers}, f.sheet.rows...), tableWidth-2), "  "), names.Relative(page, f.csv))
	case len(f.texts) == 1 && !strings.Contains(f.texts[0], "\n") && !f.fixed:
		fmt.Fprintln(b, Wrap(f.label+": "+f.texts[0], TextWidth, "  "))
	case len(f.texts) == 1:
		fmt.Fprintf(b, "%s:\n%s\n", f.label, indent(Wrap(strings.Trim(f.texts[0], "\n"), TextWidth-2, ""), "  "))
	default:
		fmt.Fprintf(b, "%s:\n", f.label)
		for _, t := range f.texts {
			fmt.Fprintln(b, indent(Wrap("- "+t, TextWidth-2, "  "), "  "))
		}
	}
}

// textBlocks writes rich text as lines that begin with margin.
func textBlocks(blocks []block, margin string) string {
	var parts []string
	room := max(TextWidth-len(margin), 24)
	for _, b := range blocks {
		var s string
		switch b.kind {
		case paraBlock:
			s = Wrap(plainSpans(b.spans), room, "")
		case headingBlock:
			s = Wrap(plainSpans(b.spans), room, "")
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
				s = Wrap(plainSpans(b.caption), room, "") + "\n" + s
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

// cellTexts are the cells of a table as text; spans leave empty cells.
func cellTexts(rows [][]cell) [][]string {
	at, columns, _ := layout(rows)
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = make([]string, columns)
		for j, c := range r {
			out[i][at[i][j]] = OneLine(plainBlocks(c.blocks))
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
			widths[i] = max(widths[i], columns(OneLine(c)))
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
				if c = OneLine(c); c != "" {
					label := fmt.Sprintf("column %d", x+1)
					if x < len(first) && OneLine(first[x]) != "" {
						label = OneLine(first[x])
					}
					b.WriteString(indent(Wrap(label+": "+c, room-2, "  "), "  ") + "\n")
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
			c = OneLine(c)
			line += c + strings.Repeat(" ", widths[i]-columns(c))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if y == 0 && len(rows) > 1 {
			b.WriteString(strings.Repeat("-", max(total, 3)) + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

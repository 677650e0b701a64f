package page

import (
	"bytes"
	"fmt"
	"strings"

	"zenobis/names"
	"zenobis/richtext"
)

// Lines of text pages end at TextWidth where they can be broken; tables may be
// wider.
const (
	TextWidth  = 78 // columns
	tableWidth = 98
)

// textPage writes an entity's text page.
type textPage struct {
	bytes.Buffer
	page string
	pics *pictures
}

func renderText(in Input, d *document) []byte {
	b := &textPage{page: in.Place.Page, pics: d.pics}
	name := richtext.Wrap(d.title, TextWidth, "")
	fmt.Fprintf(
		b,
		"%s\n%s\n%s\n",
		name,
		strings.Repeat("=", max(3, min(TextWidth, richtext.Columns(name)))),
		richtext.Wrap(d.subtitle, TextWidth, ""),
	)
	if len(in.Above) > 0 {
		var above []string
		for _, l := range in.Above {
			above = append(above, l.name())
		}
		fmt.Fprintf(b, "%s\n", richtext.Wrap("in "+strings.Join(above, " > "), TextWidth, "  "))
	}
	for _, n := range d.notes {
		fmt.Fprintf(b, "\n%s\n", richtext.Wrap("! "+n, TextWidth, "  "))
	}
	if d.about != nil {
		b.heading("Description")
		b.value(*d.about, "")
	}
	for _, s := range d.sections {
		b.heading(s.title)
		for _, f := range s.fields {
			b.value(f, f.label)
		}
	}
	if d.members != nil {
		b.heading("Objects")
		b.members(d.members)
	}
	if d.files != nil {
		b.heading("Files")
		fmt.Fprintf(b, "%s\n\n", d.files.told())
		b.folder(d.files, "")
		if more := d.files.more(); more != "" {
			fmt.Fprintf(b, "\n%s\n", richtext.Wrap(more, TextWidth, "  "))
		}
	}
	for _, r := range d.relations {
		b.heading(r.label)
		b.links(r, "")
	}
	b.heading("Identification")
	for _, r := range d.ident {
		fmt.Fprintln(b, richtext.Wrap(r.label+": "+r.text, TextWidth, "  "))
	}
	return b.Bytes()
}

func (b *textPage) heading(title string) {
	fmt.Fprintf(b, "\n\n%s\n%s\n", richtext.Wrap(title, TextWidth, ""), strings.Repeat("-", max(3, min(TextWidth, richtext.Columns(title)))))
}

func (b *textPage) links(r relation, margin string) {
	for _, l := range r.links {
		fmt.Fprintln(b, margin+richtext.Wrap("- "+l.told(), TextWidth-len(margin), "  "+margin))
		switch {
		case r.plain:
		case l.Page != "":
			fmt.Fprintf(b, "%s    see %s\n", margin, names.Relative(b.page, Text.File(l.Page)))
		default:
			fmt.Fprintf(b, "%s    not in this package\n", margin)
		}
		for _, inner := range []relation{{label: "derived", links: l.Children}, {label: "components", links: l.Parts}} {
			if len(inner.links) > 0 {
				fmt.Fprintf(b, "%s    %s:\n", margin, inner.label)
				b.links(inner, margin+"    ")
			}
		}
	}
	if more := r.all - len(r.links); more > 0 {
		fmt.Fprintf(b, "and %d more\n", more)
	}
}

func (b *textPage) value(f field, label string) {
	lead := ""
	if label != "" {
		lead = label + ": "
	}
	switch {
	case f.gap != "":
		fmt.Fprintln(b, richtext.Wrap(lead+"["+f.gap+"]", TextWidth, "  "))
	case f.rich != nil:
		margin := ""
		if label != "" {
			fmt.Fprintf(b, "\n%s:\n\n", label)
			margin = "  "
		}
		fmt.Fprintf(b, "%s\n", richtext.Lay(f.rich.Blocks, margin, richtext.TextForm{Room: TextWidth, Table: drawBlock, Picture: b.picture}))
	case f.sheet != nil:
		rows := append([][]string{f.sheet.headers}, f.sheet.rows...)
		fmt.Fprintf(b, "\n%s:\n\n%s\n\n  as CSV: %s\n", label, indent(drawTable(rows, tableWidth-2), "  "), names.Relative(b.page, f.csv))
	case len(f.texts) == 1 && !strings.Contains(f.texts[0], "\n") && !f.fixed:
		fmt.Fprintln(b, richtext.Wrap(lead+f.texts[0], TextWidth, "  "))
	case len(f.texts) == 1:
		text := strings.Trim(f.texts[0], "\n")
		if !f.fixed {
			text = richtext.Wrap(text, TextWidth-2, "")
		}
		if label == "" {
			fmt.Fprintln(b, text)
			return
		}
		fmt.Fprintf(b, "%s:\n%s\n", label, indent(text, "  "))
	default:
		fmt.Fprintf(b, "%s:\n", label)
		for _, t := range f.texts {
			fmt.Fprintln(b, indent(richtext.Wrap("- "+t, TextWidth-2, "  "), "  "))
		}
	}
}

// picture tells where a picture lies.
func (b *textPage) picture(s richtext.Span) string {
	what := "picture"
	if s.Text != "" {
		what += ": " + s.Text
	}
	return "[" + what + ", see " + names.Relative(b.page, b.pics.list[s.Picture-1].path(b.page)) + "]"
}

// members lists objects one after the other: their columns are many.
func (b *textPage) members(m *members) {
	for _, r := range m.rows {
		fmt.Fprintln(b, richtext.Wrap("- "+r.link.told(), TextWidth, "  "))
		for i, c := range r.cells {
			if c != "" {
				fmt.Fprintln(b, indent(richtext.Wrap(m.columns[i].label+": "+OneLine(c), TextWidth-4, "  "), "    "))
			}
		}
		if r.link.Page != "" {
			fmt.Fprintf(b, "    see %s\n", names.Relative(b.page, Text.File(r.link.Page)))
		}
	}
	if more := m.all - len(m.rows); more > 0 {
		fmt.Fprintf(b, "and %d more: all are in the CSV file\n", more)
	}
	fmt.Fprintf(b, "\nas CSV: %s\n", names.Relative(b.page, m.csv))
}

func (b *textPage) folder(k *folder, margin string) {
	for _, f := range k.folders {
		fmt.Fprintf(b, "%s%s/  (%s)\n", margin, OneLine(f.name), f.told())
		b.folder(f, margin+"  ")
	}
	for _, f := range k.files {
		crc := ""
		if f.CRC != nil {
			crc = fmt.Sprintf(", CRC-32 %08x", *f.CRC)
		}
		fmt.Fprintf(b, "%s%s  (%d bytes%s)\n", margin, OneLine(f.name), f.Bytes, crc)
		if f.Left != "" {
			fmt.Fprintf(b, "%s    [left out: %s]\n", margin, f.Left.Public())
		} else if at := names.Relative(b.page, f.At); !strings.HasSuffix(at, f.Path) {
			fmt.Fprintf(b, "%s    see %s\n", margin, at)
		}
	}
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

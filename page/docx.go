package page

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/richtext"
)

// maxWordCells is how many cells of a spreadsheet a Word document shows: programs
// that read it lay out every cell.
const maxWordCells = 20_000

// word makes the body of a Word document: real paragraphs, lists, tables, pictures.
type word struct {
	bytes.Buffer
	page     string
	pics     *pictures
	rels     strings.Builder
	targets  map[string]string // relationship by target
	pictures []*picture
	lists    []wordList
	drawings int
	depth    int // of lists around
	quoted   bool
}

func renderDOCX(in Input, d *document) []byte {
	w := &word{page: in.Place.Page, pics: d.pics, targets: map[string]string{}}
	w.plain("Title", d.title)
	w.plain("Subtitle", d.subtitle)
	if len(in.Above) > 0 {
		var above []richtext.Span
		for i, l := range in.Above {
			if i > 0 {
				above = append(above, richtext.Span{Text: " › "})
			}
			above = append(above, w.link(l, false)...)
		}
		w.paragraph("", "", above)
	}
	for _, n := range d.notes {
		w.paragraph("", "", []richtext.Span{{Style: richtext.Style{Italic: true}, Text: n}})
	}
	if d.about != nil {
		w.plain("Heading1", "Description")
		f := *d.about
		f.label = ""
		w.field(f)
	}
	for _, s := range d.sections {
		w.plain("Heading1", s.title)
		for _, f := range s.fields {
			w.field(f)
		}
	}
	if d.members != nil {
		w.plain("Heading1", "Objects")
		w.members(d.members)
	}
	if d.files != nil {
		w.plain("Heading1", "Files")
		w.plain("", d.files.told())
		w.folder(d.files, 0)
		if more := d.files.more(); more != "" {
			w.plain("", more)
		}
	}
	for _, r := range d.relations {
		w.plain("Heading1", r.label)
		w.links(r, 0)
	}
	w.plain("Heading1", "Identification")
	for _, r := range d.ident {
		w.labelled(r.label, []richtext.Span{{Text: r.text}})
	}
	return w.pack(d.title, in.Entity)
}

func (w *word) plain(style, text string) { w.paragraph(style, "", lineSpans(text)) }

func lineSpans(text string) (out []richtext.Span) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out = append(out, richtext.Span{Newline: true})
		}
		out = append(out, richtext.Span{Text: line})
	}
	return out
}

// labelled writes "Label: value".
func (w *word) labelled(label string, value []richtext.Span) {
	if label != "" {
		value = append([]richtext.Span{{Style: richtext.Style{Bold: true}, Text: label + ": "}}, value...)
	}
	w.paragraph("", "", value)
}

func (w *word) links(r relation, level int) {
	for _, l := range r.links {
		if r.plain {
			l.Page = ""
		}
		spans := w.link(l, !r.plain)
		if t := TypeName(l.Ref); t != "" {
			spans = append(spans, richtext.Span{Text: ", " + t})
		}
		w.item(1, level, spans)
		for _, inner := range []relation{{label: "derived", links: l.Children}, {label: "components", links: l.Parts}} {
			if len(inner.links) > 0 {
				w.item(1, level+1, lineSpans(inner.label+":"))
				w.links(inner, level+2)
			}
		}
	}
	if more := r.all - len(r.links); more > 0 {
		w.plain("", fmt.Sprintf("and %d more", more))
	}
}

func (w *word) link(l Link, told bool) []richtext.Span {
	if l.Page != "" {
		return []richtext.Span{{Style: richtext.Style{Link: names.Href(w.page, DOCX.File(l.Page))}, Text: l.name()}}
	}
	if told {
		return []richtext.Span{{Text: l.name() + " (not in this package)"}}
	}
	return []richtext.Span{{Text: l.name()}}
}

func (w *word) folder(k *folder, level int) {
	for _, f := range k.folders {
		w.item(1, level, lineSpans(fmt.Sprintf("%s (%s)", OneLine(f.name), f.told())))
		w.folder(f, level+1)
	}
	for _, f := range k.files {
		size := " (" + human.Bytes(f.Bytes) + ")"
		if f.Left != "" {
			w.item(1, level, []richtext.Span{{Text: OneLine(f.name) + size + " [left out: " + f.Left.Public() + "]"}})
			continue
		}
		w.item(1, level, []richtext.Span{{Style: richtext.Style{Link: names.Href(w.page, f.At)}, Text: OneLine(f.name)}, {Text: size}})
	}
}

func (w *word) field(f field) {
	title := func() {
		if f.label != "" {
			w.plain("Heading2", f.label)
		}
	}
	switch {
	case f.gap != "":
		w.labelled(f.label, []richtext.Span{{Style: richtext.Style{Gap: true}, Text: "[" + f.gap + "]"}})
	case f.rich != nil:
		title()
		w.blocks(f.rich.Blocks)
	case f.sheet != nil:
		title()
		rows := len(f.sheet.rows)
		if rows*len(f.sheet.headers) > maxWordCells {
			rows = maxWordCells / len(f.sheet.headers)
			w.plain("", fmt.Sprintf("the first %d of %d rows", rows, len(f.sheet.rows)))
		}
		b := f.sheet.block(rows)
		w.table(&b)
		w.alsoCSV(f.csv)
	default:
		var value []richtext.Span
		for i, t := range f.texts {
			if i > 0 {
				value = append(value, richtext.Span{Text: ", "})
			}
			switch {
			case i < len(f.refs) && f.refs[i] != nil:
				value = append(value, w.link(*f.refs[i], false)...)
			case i < len(f.links) && f.links[i] != "":
				value = append(value, richtext.Span{Style: richtext.Style{Link: f.links[i]}, Text: t})
			default:
				value = append(value, lineSpans(t)...)
			}
		}
		w.labelled(f.label, value)
	}
}

// headingStyle is the style of a heading of rich text, below that of its property.
func headingStyle(level int) string { return fmt.Sprintf("Heading%d", min(6, 2+level)) }

func (w *word) paragraph(style, align string, spans []richtext.Span) { w.para(style, "", align, spans) }

// item is a paragraph of a list: 1 is that of all bullets.
func (w *word) item(list, level int, spans []richtext.Span) {
	w.para("ListParagraph", fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, min(level, 8), list), "", spans)
}

func (w *word) para(style, numbers, align string, spans []richtext.Span) {
	w.WriteString("<w:p><w:pPr>")
	if style == "" && w.quoted {
		style = "Quote"
	}
	if style != "" {
		fmt.Fprintf(w, `<w:pStyle w:val="%s"/>`, style)
	}
	w.WriteString(numbers)
	if numbers == "" && w.depth > 0 {
		fmt.Fprintf(w, `<w:ind w:left="%d"/>`, 360*min(w.depth, 9))
	}
	if jc := map[string]string{"right": "right", "center": "center", "justify": "both"}[align]; jc != "" {
		fmt.Fprintf(w, `<w:jc w:val="%s"/>`, jc)
	}
	w.WriteString("</w:pPr>")
	w.runs(spans)
	w.WriteString("</w:p>")
}

func (w *word) runs(spans []richtext.Span) {
	for _, s := range spans {
		switch {
		case s.Newline:
			w.WriteString("<w:r><w:br/></w:r>")
		case s.Picture > 0:
			w.picture(s)
		case s.Link != "":
			fmt.Fprintf(w, `<w:hyperlink r:id="%s">`, w.relation("hyperlink", s.Link, true))
			w.run(s)
			w.WriteString("</w:hyperlink>")
		default:
			w.run(s)
		}
	}
}

func (w *word) run(s richtext.Span) {
	w.WriteString("<w:r><w:rPr>")
	color, fill := hexColour(s.Color), hexColour(s.Fill)
	for _, p := range []struct {
		on  bool
		tag string
	}{
		{s.Link != "", `<w:rStyle w:val="Hyperlink"/>`},
		{s.Code, `<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>`}, {s.Bold, "<w:b/>"}, {s.Italic || s.Gap, "<w:i/>"},
		{s.Strike, "<w:strike/>"},
		{color != "", `<w:color w:val="` + color + `"/>`}, {s.Underline, `<w:u w:val="single"/>`},
		{fill != "", `<w:shd w:val="clear" w:color="auto" w:fill="` + fill + `"/>`},
		{s.Raise > 0, `<w:vertAlign w:val="superscript"/>`}, {s.Raise < 0, `<w:vertAlign w:val="subscript"/>`},
	} {
		if p.on {
			w.WriteString(p.tag)
		}
	}
	w.WriteString("</w:rPr>")
	for i, line := range strings.Split(s.Text, "\n") {
		if i > 0 {
			w.WriteString("<w:br/>")
		}
		for k, part := range strings.Split(line, "\t") {
			if k > 0 {
				w.WriteString("<w:tab/>")
			}
			if part != "" || k == 0 {
				w.WriteString(`<w:t xml:space="preserve">`)
				_ = xml.EscapeText(w, []byte(part))
				w.WriteString("</w:t>")
			}
		}
	}
	w.WriteString("</w:r>")
}

// hexColour is a colour as Word writes it.
func hexColour(c string) string { return strings.ToUpper(strings.TrimPrefix(c, "#")) }

// relation is the id of what the document refers to.
func (w *word) relation(kind, target string, external bool) string {
	id := w.targets[target]
	if id == "" {
		id = fmt.Sprintf("rId%d", len(w.targets)+1)
		w.targets[target] = id
		fmt.Fprintf(&w.rels, `<Relationship Id="%s" Type="%s%s" Target="`, id, wordTypes, kind)
		_ = xml.EscapeText(&w.rels, []byte(target))
		w.rels.WriteString(`"`)
		if external {
			w.rels.WriteString(` TargetMode="External"`)
		}
		w.rels.WriteString("/>")
	}
	return id
}

func (w *word) blocks(blocks []richtext.Block) {
	for i := range blocks {
		b := &blocks[i]
		switch b.Kind {
		case richtext.Heading:
			w.paragraph(headingStyle(b.Level), b.Align, b.Spans)
		case richtext.List:
			w.list(b)
		case richtext.Table:
			if len(b.Caption) > 0 {
				w.paragraph("Caption", "", b.Caption)
			}
			w.table(b)
		case richtext.Quote:
			was := w.quoted
			w.quoted = true
			w.blocks(b.Blocks)
			w.quoted = was
		case richtext.Pre:
			w.paragraph("HTMLPreformatted", "", b.Spans)
		case richtext.Rule:
			w.WriteString(`<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr></w:pPr></w:p>`)
		default:
			w.paragraph("", b.Align, b.Spans)
		}
	}
}

// list writes a list. Where its numbers jump, another one goes on.
func (w *word) list(b *richtext.Block) {
	id, next := 1, 0
	for i, item := range b.Items {
		if b.Ordered && (i == 0 || item.Number != next) {
			id = w.newList(b.Marks, min(w.depth, 8), item.Number)
		}
		next = item.Number + 1
		blocks := item.Blocks
		var first []richtext.Span
		if len(blocks) > 0 && blocks[0].Kind == richtext.Para {
			first, blocks = blocks[0].Spans, blocks[1:]
		}
		w.item(id, w.depth, first)
		w.depth++
		w.blocks(blocks)
		w.depth--
	}
}

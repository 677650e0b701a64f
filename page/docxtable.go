package page

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"zenobis/names"
	"zenobis/richtext"
)

// table writes a table; what a cell covers below it becomes merged cells.
func (w *word) table(b *richtext.Block) {
	columns := b.Columns()
	if columns == 0 {
		return
	}
	depth, quoted := w.depth, w.quoted
	w.depth, w.quoted = 0, false
	defer func() { w.depth, w.quoted = depth, quoted }()
	w.begin(columns)
	over := make([]struct{ rows, span int }, columns) // cells that go on from above
	heads := b.HeadRows()
	for i, r := range b.Rows {
		w.row(i < heads)
		for x, j := 0, 0; x < columns; {
			switch {
			case over[x].rows > 0:
				span := over[x].span
				over[x].rows--
				w.cell(&richtext.Cell{ColSpan: span, RowSpan: 1}, `<w:vMerge/>`)
				x += span
			case j < len(r) && r[j].Column == x:
				merge := ""
				if r[j].RowSpan > 1 {
					merge = `<w:vMerge w:val="restart"/>`
					over[x].rows, over[x].span = r[j].RowSpan-1, r[j].ColSpan
				}
				w.cell(&r[j], merge)
				x += r[j].ColSpan
				j++
			default:
				w.cell(&richtext.Cell{ColSpan: 1, RowSpan: 1}, "")
				x++
			}
		}
		w.WriteString("</w:tr>")
	}
	w.WriteString("</w:tbl><w:p/>")
}

func (w *word) begin(columns int) {
	w.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>` +
		strings.Repeat(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, max(9600/columns, 400)), columns) + `</w:tblGrid>`)
}

func (w *word) row(head bool) {
	w.WriteString("<w:tr>")
	if head {
		w.WriteString("<w:trPr><w:tblHeader/></w:trPr>")
	}
}

func (w *word) cell(c *richtext.Cell, merge string) {
	w.WriteString("<w:tc><w:tcPr>")
	if c.ColSpan > 1 {
		fmt.Fprintf(w, `<w:gridSpan w:val="%d"/>`, c.ColSpan)
	}
	w.WriteString(merge)
	if fill := hexColour(c.Fill); fill != "" {
		fmt.Fprintf(w, `<w:shd w:val="clear" w:color="auto" w:fill="%s"/>`, fill)
	}
	w.WriteString("</w:tcPr>")
	blocks := append([]richtext.Block(nil), c.Blocks...)
	for i := range blocks {
		if blocks[i].Align == "" {
			blocks[i].Align = c.Align
		}
		if c.Head {
			blocks[i].Spans = bold(blocks[i].Spans)
		}
	}
	w.blocks(blocks)
	if n := len(blocks); n == 0 || blocks[n-1].Kind == richtext.Table { // a cell ends with a paragraph
		w.WriteString("<w:p/>")
	}
	w.WriteString("</w:tc>")
}

func bold(spans []richtext.Span) []richtext.Span {
	out := append([]richtext.Span(nil), spans...)
	for i := range out {
		out[i].Bold = true
	}
	return out
}

// members writes a collection's table. What has many columns is told in the CSV.
func (w *word) members(m *members) {
	w.begin(2)
	say := func(head bool, cells ...[]richtext.Span) {
		w.row(head)
		for _, c := range cells {
			w.cell(&richtext.Cell{Head: head, ColSpan: 1, RowSpan: 1, Blocks: []richtext.Block{{Spans: c}}}, "")
		}
		w.WriteString("</w:tr>")
	}
	say(true, lineSpans("Object"), lineSpans("Properties"))
	for _, r := range m.rows {
		name := w.link(r.link, false)
		if m.types {
			name = append(name, richtext.Span{Text: ", " + TypeName(r.link.Ref)})
		}
		var values []richtext.Span
		for i, c := range r.cells {
			if c == "" {
				continue
			}
			if len(values) > 0 {
				values = append(values, richtext.Span{Newline: true})
			}
			label := richtext.Span{Style: richtext.Style{Bold: true}, Text: m.columns[i].label + ": "}
			values = append(values, label, richtext.Span{Text: OneLine(c)})
		}
		say(false, name, values)
	}
	w.WriteString("</w:tbl><w:p/>")
	if more := m.all - len(m.rows); more > 0 {
		w.plain("", fmt.Sprintf("and %d more", more))
	}
	w.alsoCSV(m.csv)
}

// alsoCSV leads to the same table as a file.
func (w *word) alsoCSV(file string) {
	w.paragraph("", "", []richtext.Span{
		{Text: "as CSV: "}, {Style: richtext.Style{Link: names.Href(w.page, file)}, Text: file[strings.LastIndexByte(file, '/')+1:]},
	})
}

// picture draws an embedded picture, at most 16 cm wide.
func (w *word) picture(s richtext.Span) {
	p := w.pics.list[s.Picture-1]
	if p.width == 0 || !slices.Contains(wordPictures, strings.TrimPrefix(p.media, "image/")) {
		at := p.path(w.page)
		w.WriteString(`<w:hyperlink r:id="` + w.relation("hyperlink", names.Href(w.page, at), true) + `">`)
		w.run(richtext.Span{Style: richtext.Style{Link: at}, Text: richtext.PlainSpans([]richtext.Span{{Picture: s.Picture, Text: s.Text}})})
		w.WriteString("</w:hyperlink>")
		return
	}
	if w.targets[p.part()] == "" {
		w.pictures = append(w.pictures, p)
	}
	id := w.relation("image", p.part(), false)
	const emuPerPixel, maxWidth = 9525, 16 * 360000
	width := min(int64(p.width)*emuPerPixel, maxWidth)
	height := max(1, width*int64(p.height)/int64(p.width))
	w.drawings++
	n := w.drawings
	fmt.Fprintf(
		w,
		`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="Picture %d" `+
			`descr="`,
		width,
		height,
		n,
		n,
	)
	_ = xml.EscapeText(w, []byte(s.Text))
	fmt.Fprintf(
		w,
		`"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr `+
			`id="%d" name="Picture %d"/><pic:cNvPicPr/></pic:nvPicPr>`+
			`<pic:blipFill><a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>`+
			`<a:ext cx="%d" cy="%d"/></a:xfrm>`+
			`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		n,
		n,
		id,
		width,
		height,
	)
}

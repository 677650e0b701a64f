package page

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"zenobis/names"
)

// wordFiles are the parts of a Word document that never change
// (ISO/IEC 29500-1; Open Packaging Conventions).
var wordFiles = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="gif" ContentType="image/gif"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
	{"word/styles.xml", `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
		`<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="80"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		wordStyle("Title", "Title", 80, 40, -1) + wordStyle("Heading1", "heading 1", 320, 30, 0) + wordStyle("Heading2", "heading 2", 200, 26, 1) +
		wordStyle("Heading3", "heading 3", 160, 24, 2) + wordStyle("Heading4", "heading 4", 120, 22, 3) + `</w:styles>`},
}

func wordStyle(id, name string, before, size, level int) string {
	outline := ""
	if level >= 0 {
		outline = fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, level)
	}
	return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="%d" w:after="80"/>%s</w:pPr><w:rPr><w:b/><w:sz w:val="%d"/></w:rPr></w:style>`,
		id, name, before, outline, size)
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// word makes the body of a Word document: real paragraphs, tables, pictures.
type word struct {
	bytes.Buffer
	rels     strings.Builder
	targets  map[string]string // relationship by target
	pictures []*picture
	drawings int
	depth    int // of lists and quotes
}

func renderDOCX(in Input, d *document) []byte {
	w := &word{targets: map[string]string{}}
	w.plain("Title", OneLine(d.title))
	w.plain("", OneLine(d.subtitle))
	for _, n := range d.notes {
		w.paragraph("", "", []span{{style: style{italic: true}, text: n}})
	}
	w.plain("Heading1", "Identification")
	for _, r := range d.ident {
		w.labelled(r.label, []span{{text: r.text}})
	}
	if d.about != "" {
		w.plain("Heading1", "Description")
		w.paragraph("", "", lineSpans(d.about))
	}
	for _, r := range d.relation {
		w.plain("Heading1", r.label)
		w.links(in, r.links)
	}
	for _, s := range d.sections {
		w.plain("Heading1", s.title)
		for _, f := range s.fields {
			w.field(in, f)
		}
	}
	if len(d.below) > 0 {
		w.plain("Heading1", "Contents")
		w.links(in, d.below)
		if more := d.belowAll - len(d.below); more > 0 {
			w.plain("", fmt.Sprintf("and %d more", more))
		}
	}
	return w.pack()
}

// pack puts the document's parts together; without times, so that the same
// input makes the same bytes.
func (w *word) pack() []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, method uint16, parts ...string) {
		f, _ := z.CreateHeader(&zip.FileHeader{Name: name, Method: method}) // into memory: nothing fails
		for _, p := range parts {
			f.Write([]byte(p))
		}
	}
	for _, f := range wordFiles {
		put(f.name, zip.Deflate, xmlHead, f.text)
	}
	put("word/_rels/document.xml.rels", zip.Deflate, xmlHead, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`,
		`<Relationship Id="rIdStyles" Type="`+wordTypes+`styles" Target="styles.xml"/>`, w.rels.String(), `</Relationships>`)
	put("word/document.xml", zip.Deflate, xmlHead, `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" `+
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" `+
		`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>`,
		w.String(), `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	for _, p := range w.pictures {
		put("word/"+p.part(), zip.Store, string(p.data))
	}
	z.Close()
	return out.Bytes()
}

// part is the name of a picture's file, below word/.
func (p *picture) part() string {
	return "media/" + p.name() + "." + strings.TrimPrefix(p.media, "image/")
}

func (w *word) plain(style, text string) { w.paragraph(style, "", lineSpans(text)) }

func lineSpans(text string) (out []span) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out = append(out, span{newline: true})
		}
		out = append(out, span{text: line})
	}
	return out
}

// labelled writes "Label: value".
func (w *word) labelled(label string, value []span) {
	w.paragraph("", "", append([]span{{style: style{bold: true}, text: label + ": "}}, value...))
}

func (w *word) links(in Input, links []Link) {
	w.depth++
	for i := range links {
		w.bullet("•", w.link(in, &links[i]))
	}
	w.depth--
}

func (w *word) link(in Input, l *Link) []span {
	if l.Page == "" {
		return []span{{text: l.name() + " (not in this package)"}}
	}
	return []span{{style: style{href: names.Href(in.Place.Page, l.Page+".docx")}, text: l.name()}}
}

func (w *word) field(in Input, f field) {
	switch {
	case f.gap != "":
		w.labelled(f.label, []span{{style: style{gap: true}, text: "[" + f.gap + "]"}})
	case f.rich != nil:
		w.plain("Heading2", f.label)
		w.blocks(f.rich.blocks)
	case f.sheet != nil:
		w.plain("Heading2", f.label)
		w.table(f.sheet.block())
		w.paragraph("", "", []span{{text: "as CSV: "}, {style: style{href: names.Href(in.Place.Page, f.csv)}, text: f.csv[strings.LastIndexByte(f.csv, '/')+1:]}})
	default:
		var value []span
		for i, t := range f.texts {
			if i > 0 {
				value = append(value, span{text: ", "})
			}
			switch {
			case i < len(f.links) && f.links[i] != nil:
				value = append(value, w.link(in, f.links[i])...)
			case i < len(f.href) && f.href[i] != "":
				value = append(value, span{style: style{href: f.href[i]}, text: t})
			default:
				value = append(value, lineSpans(t)...)
			}
		}
		w.labelled(f.label, value)
	}
}

func (w *word) paragraph(style, align string, spans []span) {
	w.WriteString("<w:p><w:pPr>")
	if style != "" {
		fmt.Fprintf(w, `<w:pStyle w:val="%s"/>`, style)
	}
	if w.depth > 0 {
		fmt.Fprintf(w, `<w:ind w:left="%d"/>`, 360*w.depth)
	}
	if jc := map[string]string{"right": "right", "center": "center", "justify": "both"}[align]; jc != "" {
		fmt.Fprintf(w, `<w:jc w:val="%s"/>`, jc)
	}
	w.WriteString("</w:pPr>")
	w.runs(spans)
	w.WriteString("</w:p>")
}

// bullet is a paragraph of a list, its mark in the margin.
func (w *word) bullet(mark string, spans []span) {
	fmt.Fprintf(w, `<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="%d"/></w:tabs><w:ind w:left="%d" w:hanging="360"/></w:pPr><w:r><w:t>%s</w:t><w:tab/></w:r>`, 360*w.depth, 360*w.depth, mark)
	w.runs(spans)
	w.WriteString("</w:p>")
}

func (w *word) runs(spans []span) {
	for _, s := range spans {
		switch {
		case s.newline:
			w.WriteString("<w:r><w:br/></w:r>")
		case s.picture != nil:
			w.picture(s)
		case s.href != "":
			fmt.Fprintf(w, `<w:hyperlink r:id="%s">`, w.relation("hyperlink", s.href, true))
			w.run(s)
			w.WriteString("</w:hyperlink>")
		default:
			w.run(s)
		}
	}
}

func (w *word) run(s span) {
	w.WriteString("<w:r><w:rPr>")
	for _, p := range []struct {
		on  bool
		tag string
	}{
		{s.code, `<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>`}, {s.bold, "<w:b/>"}, {s.italic || s.gap, "<w:i/>"}, {s.strike, "<w:strike/>"},
		{s.href != "", `<w:color w:val="0B57A4"/>`}, {s.href == "" && hexColour(s.color) != "", `<w:color w:val="` + hexColour(s.color) + `"/>`},
		{s.underline || s.href != "", `<w:u w:val="single"/>`}, {hexColour(s.fill) != "", `<w:shd w:val="clear" w:color="auto" w:fill="` + hexColour(s.fill) + `"/>`},
		{s.raise > 0, `<w:vertAlign w:val="superscript"/>`}, {s.raise < 0, `<w:vertAlign w:val="subscript"/>`},
	} {
		if p.on {
			w.WriteString(p.tag)
		}
	}
	w.WriteString("</w:rPr>")
	for i, line := range strings.Split(s.text, "\n") {
		if i > 0 {
			w.WriteString("<w:br/>")
		}
		w.WriteString(`<w:t xml:space="preserve">`)
		xml.EscapeText(w, []byte(line))
		w.WriteString("</w:t>")
	}
	w.WriteString("</w:r>")
}

// hexColour is a colour as Word writes it, "" for those that it does not know.
func hexColour(c string) string {
	c, ok := strings.CutPrefix(c, "#")
	switch {
	case ok && len(c) == 6:
		return strings.ToUpper(c)
	case ok && len(c) == 3:
		return strings.ToUpper(string([]byte{c[0], c[0], c[1], c[1], c[2], c[2]}))
	}
	return ""
}

// relation is the id of what the document refers to.
func (w *word) relation(kind, target string, external bool) string {
	id := w.targets[target]
	if id == "" {
		id = fmt.Sprintf("rId%d", len(w.targets)+1)
		w.targets[target] = id
		fmt.Fprintf(&w.rels, `<Relationship Id="%s" Type="%s%s" Target="`, id, wordTypes, kind)
		xml.EscapeText(&w.rels, []byte(target))
		w.rels.WriteString(`"`)
		if external {
			w.rels.WriteString(` TargetMode="External"`)
		}
		w.rels.WriteString("/>")
	}
	return id
}

func (w *word) blocks(blocks []block) {
	for _, b := range blocks {
		switch b.kind {
		case headingBlock:
			w.paragraph(fmt.Sprintf("Heading%d", min(4, 2+b.level)), b.align, b.spans)
		case listBlock:
			w.depth++
			for i, item := range b.items {
				mark := "•"
				if b.ordered {
					mark = fmt.Sprintf("%d.", i+1)
				}
				if len(item) > 0 && item[0].kind == paraBlock {
					w.bullet(mark, item[0].spans)
					item = item[1:]
				} else {
					w.bullet(mark, nil)
				}
				w.blocks(item)
			}
			w.depth--
		case tableBlock:
			if len(b.caption) > 0 {
				w.paragraph("", "", b.caption)
			}
			w.table(b)
		case quoteBlock:
			w.depth++
			w.blocks(b.blocks)
			w.depth--
		case preBlock:
			spans := lineSpans(plainSpans(b.spans))
			for i := range spans {
				spans[i].code = true
			}
			w.paragraph("", "", spans)
		case ruleBlock:
			w.WriteString(`<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr></w:pPr></w:p>`)
		default:
			w.paragraph("", b.align, b.spans)
		}
	}
}

// table writes a table; what a cell covers below it becomes merged cells.
func (w *word) table(b block) {
	at, columns, _ := layout(b.rows)
	if columns == 0 {
		return
	}
	depth := w.depth
	w.depth = 0
	defer func() { w.depth = depth }()
	w.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(w, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="808080"/>`, side)
	}
	w.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>` + strings.Repeat(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, max(9600/columns, 400)), columns) + `</w:tblGrid>`)
	over := make([]struct{ rows, span int }, columns) // cells that go on from above
	for i, r := range b.rows {
		w.WriteString("<w:tr>")
		for x, j := 0, 0; x < columns; {
			switch {
			case over[x].rows > 0:
				span := over[x].span
				over[x].rows--
				w.cell(cell{colSpan: span, rowSpan: 1}, `<w:vMerge/>`)
				x += span
			case j < len(r) && at[i][j] == x:
				merge := ""
				if r[j].rowSpan > 1 {
					merge = `<w:vMerge w:val="restart"/>`
					over[x].rows, over[x].span = r[j].rowSpan-1, r[j].colSpan
				}
				w.cell(r[j], merge)
				x += r[j].colSpan
				j++
			default:
				w.cell(cell{colSpan: 1, rowSpan: 1}, "")
				x++
			}
		}
		w.WriteString("</w:tr>")
	}
	w.WriteString("</w:tbl><w:p/>")
}

func (w *word) cell(c cell, merge string) {
	w.WriteString("<w:tc><w:tcPr>")
	if c.colSpan > 1 {
		fmt.Fprintf(w, `<w:gridSpan w:val="%d"/>`, c.colSpan)
	}
	w.WriteString(merge)
	if fill := hexColour(c.fill); fill != "" {
		fmt.Fprintf(w, `<w:shd w:val="clear" w:color="auto" w:fill="%s"/>`, fill)
	}
	w.WriteString("</w:tcPr>")
	blocks := slices.Clone(c.blocks)
	for i := range blocks {
		blocks[i].align = cmp.Or(blocks[i].align, c.align)
	}
	if c.head {
		w.paragraph("", c.align, []span{{style: style{bold: true}, text: plainBlocks(blocks)}})
	} else {
		w.blocks(blocks)
		if n := len(blocks); n == 0 || blocks[n-1].kind == tableBlock { // a cell ends with a paragraph
			w.WriteString("<w:p/>")
		}
	}
	w.WriteString("</w:tc>")
}

// picture draws an embedded picture, at most 16 cm wide.
func (w *word) picture(s span) {
	p := s.picture
	if p.width == 0 || (p.media != "image/png" && p.media != "image/jpeg" && p.media != "image/gif") {
		w.run(span{style: style{gap: true}, text: plainSpans([]span{s})})
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
	fmt.Fprintf(w, `<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="Picture %d" descr="`, width, height, n, n)
	xml.EscapeText(w, []byte(s.text))
	fmt.Fprintf(w, `"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="Picture %d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		n, n, id, width, height)
}

package crate

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/gif"  // sizes of embedded pictures
	_ "image/jpeg" // sizes of embedded pictures
	_ "image/png"  // sizes of embedded pictures
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// wordFiles are the parts of a Word document that never change
// (ISO/IEC 29500-1; Open Packaging Conventions).
var wordFiles = []struct{ name, text string }{
	{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="gif" ContentType="image/gif"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`},
	{"_rels/.rels", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
	{"word/styles.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:rPr><w:b/><w:sz w:val="40"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style></w:styles>`},
}

// wordWriter makes the body of a Word document.
type wordWriter struct {
	b      bytes.Buffer
	rels   strings.Builder
	media  []Page
	bold   bool
	italic bool
	under  bool
	open   bool // a paragraph is open
}

// renderDOCX makes a Word document with real paragraphs, tables and pictures.
func renderDOCX(in PageInput, d document) ([]byte, []Gap) {
	var w wordWriter
	w.paragraph("Title", clean(d.title))
	w.paragraph("", d.subtitle)
	if d.note != "" {
		w.paragraph("", d.note)
	}
	for _, s := range d.sections {
		w.paragraph("Heading1", s.title)
		for _, r := range s.rows {
			w.row(r)
		}
	}
	w.end()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, data []byte) {
		f, _ := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate}) // no time: same input, same bytes
		f.Write(data)
	}
	for _, f := range wordFiles {
		put(f.name, []byte(f.text))
	}
	put("word/_rels/document.xml.rels", []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdStyles" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>`+w.rels.String()+`</Relationships>`))
	put("word/document.xml", []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>`+w.b.String()+`<w:sectPr/></w:body></w:document>`))
	for _, m := range w.media {
		put(m.Path, m.Data)
	}
	if err := z.Close(); err != nil {
		return nil, []Gap{{Entity: in.Entity.Ref, Where: "docx", What: "the Word page could not be made"}}
	}
	return out.Bytes(), nil
}

func (w *wordWriter) row(r row) {
	switch {
	case r.rich != nil:
		w.bold = true
		w.run(r.label)
		w.bold = false
		w.end()
		for _, n := range r.rich.nodes {
			w.node(n, 0)
		}
		w.end()
	case r.table != nil:
		w.bold = true
		w.run(r.label)
		w.bold = false
		w.end()
		w.table(r.table)
	default:
		if r.label != "" {
			w.bold = true
			w.run(r.label + ": ")
			w.bold = false
		}
		text := clean(r.text)
		for i, l := range r.links {
			if i > 0 {
				text += "; "
			}
			text += clean(l.name())
		}
		w.run(text)
		w.end()
	}
}

func (w *wordWriter) begin(style string) {
	w.end()
	w.b.WriteString("<w:p>")
	if style != "" {
		fmt.Fprintf(&w.b, `<w:pPr><w:pStyle w:val="%s"/></w:pPr>`, style)
	}
	w.open = true
}

func (w *wordWriter) end() {
	if w.open {
		w.b.WriteString("</w:p>")
		w.open = false
	}
}

func (w *wordWriter) paragraph(style, text string) {
	w.begin(style)
	w.run(text)
	w.end()
}

func (w *wordWriter) run(text string) {
	if text == "" {
		return
	}
	if !w.open {
		w.begin("")
	}
	for i, line := range strings.Split(text, "\n") {
		w.b.WriteString("<w:r><w:rPr>")
		for _, s := range []struct {
			on  bool
			tag string
		}{{w.bold, "<w:b/>"}, {w.italic, "<w:i/>"}, {w.under, `<w:u w:val="single"/>`}} {
			if s.on {
				w.b.WriteString(s.tag)
			}
		}
		w.b.WriteString("</w:rPr>")
		if i > 0 {
			w.b.WriteString("<w:br/>")
		}
		w.b.WriteString(`<w:t xml:space="preserve">`)
		xml.EscapeText(&w.b, []byte(line))
		w.b.WriteString("</w:t></w:r>")
	}
}

// node writes rich text; depth is that of lists.
func (w *wordWriter) node(n *html.Node, depth int) {
	if n.Type == html.TextNode {
		if s := strings.Join(strings.Fields(n.Data), " "); s != "" {
			if strings.TrimLeft(n.Data, " \n") != n.Data && w.open {
				s = " " + s
			}
			w.run(s)
		}
		return
	}
	was := *w
	switch n.DataAtom {
	case atom.B, atom.Strong, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.bold = true
	case atom.I, atom.Em:
		w.italic = true
	case atom.U:
		w.under = true
	case atom.Br:
		w.run("\n")
		return
	case atom.Img:
		w.picture(attribute(n, "src"), attribute(n, "alt"))
		return
	case atom.Table:
		w.end()
		w.table(tableCells(n))
		return
	case atom.Ul, atom.Ol:
		depth++
	}
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Blockquote, atom.Figure:
		w.begin("")
		if n.DataAtom == atom.Li {
			w.run(strings.Repeat("    ", max(0, depth-1)) + "• ")
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, depth)
	}
	w.bold, w.italic, w.under = was.bold, was.italic, was.under
}

// tableCells reads an HTML table as text.
func tableCells(n *html.Node) (rows [][]string) {
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Tr:
				rows = append(rows, nil)
				walk(c)
			case atom.Td, atom.Th:
				if len(rows) > 0 {
					rows[len(rows)-1] = append(rows[len(rows)-1], rich{nodes: []*html.Node{c}}.text())
				}
			default:
				walk(c)
			}
		}
	}
	walk(n)
	return rows
}

func (w *wordWriter) table(rows [][]string) {
	if len(rows) == 0 {
		return
	}
	w.b.WriteString(`<w:tbl><w:tblPr><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&w.b, `<w:%s w:val="single" w:sz="4" w:color="808080"/>`, side)
	}
	w.b.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid/>`)
	for _, r := range rows {
		w.b.WriteString("<w:tr>")
		for _, c := range append(r, make([]string, max(0, 1-len(r)))...) {
			w.b.WriteString("<w:tc><w:tcPr/>")
			w.begin("")
			w.run(clean(c))
			w.end()
			w.b.WriteString("</w:tc>")
		}
		w.b.WriteString("</w:tr>")
	}
	w.b.WriteString("</w:tbl><w:p/>")
}

// picture embeds a data URI, at most 16 cm wide.
func (w *wordWriter) picture(src, alt string) {
	media, payload, ok := strings.Cut(strings.TrimPrefix(src, "data:image/"), ";base64,")
	data, err := base64.StdEncoding.DecodeString(payload)
	if !ok || err != nil || (media != "png" && media != "jpeg" && media != "gif") {
		w.run(strings.TrimSpace("[picture] " + alt))
		return
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 {
		w.run(strings.TrimSpace("[picture] " + alt))
		return
	}
	const emuPerPixel, maxWidth = 9525, 16 * 360000
	width := min(int64(cfg.Width)*emuPerPixel, maxWidth)
	height := width * int64(cfg.Height) / int64(cfg.Width)
	id := len(w.media) + 1
	name := fmt.Sprintf("media/image%d.%s", id, media)
	w.media = append(w.media, Page{Path: "word/" + name, Data: data})
	fmt.Fprintf(&w.rels, `<Relationship Id="rIdImage%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="%s"/>`, id, name)
	if !w.open {
		w.begin("")
	}
	fmt.Fprintf(&w.b, `<w:r><w:drawing><wp:inline><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="Picture %d"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="Picture %d"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rIdImage%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		width, height, id, id, id, id, id, width, height)
}

package page

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"zenobis/openbis"
)

const (
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordTypes  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wordSpace  = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	typePrefix = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// wordPictures are the kinds of picture that Word draws, by the ends of their media
// types, which are the extensions of their parts.
var wordPictures = []string{"png", "jpeg", "gif"}

// wordParts are the parts of a Word document that never change (ISO/IEC 29500-1;
// Open Packaging Conventions).
func wordParts() []struct{ name, text string } {
	override := func(part, kind string) string {
		return `<Override PartName="/word/` + part + `.xml" ContentType="` + typePrefix + kind + `+xml"/>`
	}
	var pictures strings.Builder
	for _, kind := range wordPictures {
		pictures.WriteString(`<Default Extension="` + kind + `" ContentType="image/` + kind + `"/>`)
	}
	return []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ` +
			`ContentType="application/xml"/>` + pictures.String() +
			override("document", "document.main") + override("styles", "styles") + override("numbering", "numbering") +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + wordTypes + `officeDocument" Target="word/document.xml"/>` +
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" ` +
			`Target="docProps/core.xml"/></Relationships>`},
		{"word/styles.xml", wordStyles()},
	}
}

func wordStyles() string {
	para := func(id, name, base, pPr, rPr string) string {
		return `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name +
			`"/><w:basedOn w:val="Normal"/><w:next w:val="` + base + `"/><w:qFormat/><w:pPr>` + pPr + `</w:pPr><w:rPr>` + rPr + `</w:rPr></w:style>`
	}
	heading := func(id, name string, before, size, level int) string {
		outline := ""
		if level >= 0 {
			outline = fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, level)
		}
		return para(
			id,
			name,
			"Normal",
			fmt.Sprintf(`<w:keepNext/><w:spacing w:before="%d" w:after="80"/>%s`, before, outline),
			fmt.Sprintf(`<w:b/><w:sz w:val="%d"/>`, size),
		)
	}
	borders := ""
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		borders += fmt.Sprintf(`<w:%s w:val="single" w:sz="4" w:space="0" w:color="808080"/>`, side)
	}
	return `<w:styles xmlns:w="` + wordSpace + `">` +
		`<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/><w:lang ` +
		`w:val="en-US"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:after="80"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
		heading("Title", "Title", 80, 40, -1) + heading("Heading1", "heading 1", 320, 30, 0) + heading("Heading2", "heading 2", 200, 26, 1) +
		heading(
			"Heading3",
			"heading 3",
			160,
			24,
			2,
		) + heading("Heading4", "heading 4", 120, 22, 3) + heading("Heading5", "heading 5", 120, 22, 4) + heading("Heading6", "heading 6",
		120, 22, 5) +
		para("Subtitle", "Subtitle", "Normal", "", `<w:color w:val="5F5F5F"/>`) +
		para("ListParagraph", "List Paragraph", "ListParagraph", `<w:contextualSpacing/>`, "") +
		para(
			"Quote",
			"Quote",
			"Quote",
			`<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="A0A0A0"/></w:pBdr><w:ind w:left="360"/>`,
			"",
		) +
		para(
			"HTMLPreformatted",
			"HTML Preformatted",
			"HTMLPreformatted",
			"",
			`<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:sz w:val="20"/>`,
		) +
		para("Caption", "caption", "Normal", `<w:keepNext/>`, `<w:b/>`) +
		`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0B57A4"/><w:u w:val="single"/>` +
		`</w:rPr></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" ` +
		`w:type="dxa"/></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr>` +
		`<w:tblBorders>` + borders + `</w:tblBorders></w:tblPr></w:style></w:styles>`
}

// The kinds of lists, each an abstract numbering with nine levels.
var wordMarks = []struct{ marks, format string }{
	{"", "decimal"},
	{"a", "lowerLetter"},
	{"A", "upperLetter"},
	{"i", "lowerRoman"},
	{"I", "upperRoman"},
}

// numbering are the document's lists: the first is that of all lists with bullets.
func (w *word) numbering() string {
	var b strings.Builder
	b.WriteString(`<w:numbering xmlns:w="` + wordSpace + `">`)
	level := func(i int, format, text string) {
		fmt.Fprintf(
			&b,
			`<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind `+
				`w:left="%d" w:hanging="360"/></w:pPr></w:lvl>`,
			i,
			format,
			text,
			360*(i+1),
		)
	}
	b.WriteString(`<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>`)
	for i := range 9 {
		level(i, "bullet", []string{"•", "◦", "▪"}[i%3])
	}
	b.WriteString(`</w:abstractNum>`)
	for k, m := range wordMarks {
		fmt.Fprintf(&b, `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="multilevel"/>`, k+1)
		for i := range 9 {
			level(i, m.format, fmt.Sprintf("%%%d.", i+1))
		}
		b.WriteString(`</w:abstractNum>`)
	}
	b.WriteString(`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`)
	for i, l := range w.lists {
		fmt.Fprintf(
			&b,
			`<w:num w:numId="%d"><w:abstractNumId w:val="%d"/><w:lvlOverride w:ilvl="%d"><w:startOverride w:val="%d"/></w:lvlOverride></w:num>`,
			i+2,
			l.kind,
			l.level,
			max(0, l.start),
		)
	}
	b.WriteString(`</w:numbering>`)
	return b.String()
}

// wordList is a numbered list.
type wordList struct{ kind, level, start int }

// newList is the id of a numbered list that begins with a number.
func (w *word) newList(marks string, level, start int) int {
	kind := 1
	for i, m := range wordMarks {
		if m.marks == marks {
			kind = i + 1
		}
	}
	w.lists = append(w.lists, wordList{kind, level, start})
	return len(w.lists) + 1
}

// core are the properties by which file managers and catalogues know a document.
func core(title string, e *openbis.Entity) string {
	var t bytes.Buffer
	_ = xml.EscapeText(&t, []byte(title))
	out := `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + t.String() + `</dc:title>`
	if name := PersonName(e.Registrator); name != "" {
		var n bytes.Buffer
		_ = xml.EscapeText(&n, []byte(name))
		out += `<dc:creator>` + n.String() + `</dc:creator>`
	}
	for _, d := range []struct {
		name string
		at   time.Time
	}{{"created", e.Registered}, {"modified", e.Modified}} {
		if s := Time(d.at); s != "" {
			out += fmt.Sprintf(`<dcterms:%s xsi:type="dcterms:W3CDTF">%s</dcterms:%s>`, d.name, s, d.name)
		}
	}
	return out + `</cp:coreProperties>`
}

// pack puts the document's parts together; without times, so that the same
// input makes the same bytes.
func (w *word) pack(title string, e *openbis.Entity) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, method uint16, parts ...string) {
		f, _ := z.CreateHeader(&zip.FileHeader{Name: name, Method: method}) // into memory: nothing fails
		for _, p := range parts {
			_, _ = f.Write([]byte(p))
		}
	}
	for _, f := range wordParts() {
		put(f.name, zip.Deflate, xmlHead, f.text)
	}
	put("docProps/core.xml", zip.Deflate, xmlHead, core(title, e))
	put("word/numbering.xml", zip.Deflate, xmlHead, w.numbering())
	put(
		"word/_rels/document.xml.rels",
		zip.Deflate,
		xmlHead,
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`,
		`<Relationship Id="rIdStyles" Type="`+wordTypes+`styles" Target="styles.xml"/><Relationship Id="rIdNumbering" `+
			`Type="`+wordTypes+`numbering" Target="numbering.xml"/>`,
		w.rels.String(),
		`</Relationships>`,
	)
	put(
		"word/document.xml",
		zip.Deflate,
		xmlHead,
		`<w:document xmlns:w="`+wordSpace+`" `+
			`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" `+
			`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" `+
			`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" `+
			`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>`,
		w.String(),
		`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="709" `+
			`w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`,
	)
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

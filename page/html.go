package page

import (
	"bytes"
	_ "embed" // the template and the style of pages
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/richtext"
)

// Style makes pages pleasant on screens, light and dark, narrow and wide, and on
// paper.
//
//go:embed style.css
var Style string

//go:embed page.tmpl
var pageTemplate string

var htmlPage = template.Must(template.New("page").Parse(pageTemplate))

// htmlView is what the template fills in.
type htmlView struct {
	Style           template.CSS
	Title, Subtitle string
	Home            string
	Above           []htmlLink
	Previous, Next  *htmlLink
	Notes           []string
	About           template.HTML
	Sections        []htmlSection
	Members         *htmlMembers
	Files           *htmlFolder
	FilesNote       string
	Relations       []htmlRelation
	Ident           []htmlRow
	Also            []htmlLink // the same page in other formats
}

type htmlLink struct{ Href, Name, Note string }

type htmlRow struct{ Label, Text string }

// htmlSection has groups of short values and long ones in turns.
type htmlSection struct {
	Title  string
	Groups []htmlGroup
}

type htmlGroup struct {
	Short []htmlShort
	Label string // of a long value
	Long  template.HTML
	CSV   string
}

type htmlShort struct {
	Label string
	Value template.HTML
}

type htmlMembers struct {
	Types   bool
	Columns []string
	Rows    []htmlMember
	More    string
	CSV     string
}

type htmlMember struct {
	Name  htmlLink
	Type  string
	Cells []htmlCell
}

// htmlCell is a value in a table of objects. One word, such as a time, stays on a line.
type htmlCell struct {
	Text string
	Word bool
}

// oneWord is how long a word is kept on one line.
const oneWord = 24

type htmlRelation struct {
	Label string
	Links []htmlEntry
	More  string
}

type htmlEntry struct {
	htmlLink
	Inner []htmlRelation
}

type htmlFolder struct {
	Name, Count string
	Open        bool
	Folders     []htmlFolder
	Files       []htmlFile
}

type htmlFile struct {
	Href, Name, Size string
	Left             string // why it is not there
	Picture          bool
}

func renderHTML(in Input, d *document) ([]byte, error) {
	p := &htmlWriter{path: in.Place.Page + ".html", pics: d.pics}
	v := htmlView{
		Style: template.CSS(Style), Title: d.title, Subtitle: d.subtitle, Home: names.Href(p.path, names.Index), Notes: d.notes,
		Previous: p.beside(in.Previous), Next: p.beside(in.Next),
	}
	for _, l := range in.Above {
		v.Above = append(v.Above, p.link(l, false))
	}
	if d.about != nil {
		v.About = p.long(*d.about)
		if v.About == "" {
			v.About = p.short(*d.about)
		}
	}
	for _, s := range d.sections {
		v.Sections = append(v.Sections, p.section(s))
	}
	if d.members != nil {
		v.Members = p.members(d.members)
	}
	if d.files != nil {
		f := p.folder(d.files)
		v.Files = &f
		v.FilesNote = d.files.more()
	}
	for _, r := range d.relations {
		v.Relations = append(v.Relations, p.relation(r))
	}
	for _, r := range d.ident {
		v.Ident = append(v.Ident, htmlRow{r.label, r.text})
	}
	for _, f := range []Format{Text, JSON, DOCX} { // in one order, however they were asked for
		if slices.Contains(d.formats, f) {
			v.Also = append(v.Also, htmlLink{Href: names.Href(p.path, in.Place.Page+"."+string(f)), Name: formatNames[f]})
		}
	}
	var b bytes.Buffer
	if err := htmlPage.Execute(&b, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// htmlWriter makes the parts of an HTML page.
type htmlWriter struct {
	path string
	pics *pictures
}

// link is a relative with the way to its page.
func (p *htmlWriter) link(l Link, typed bool) htmlLink {
	h := htmlLink{Name: l.name()}
	if l.Page != "" {
		h.Href = names.Href(p.path, l.Page+".html")
	}
	if typed {
		h.Note = TypeName(l.Ref)
	}
	return h
}

func (p *htmlWriter) beside(l *Link) *htmlLink {
	if l == nil {
		return nil
	}
	h := p.link(*l, false)
	return &h
}

func (p *htmlWriter) relation(r relation) htmlRelation {
	out := htmlRelation{Label: r.label}
	for _, l := range r.links {
		e := htmlEntry{htmlLink: p.link(l, true)}
		switch {
		case r.plain:
			e.Href = ""
		case l.Page == "":
			e.Note = strings.TrimPrefix(e.Note+", not in this package", ", ")
		}
		for _, inner := range []relation{{label: "Derived", links: l.Children}, {label: "Components", links: l.Parts}} {
			if len(inner.links) > 0 {
				e.Inner = append(e.Inner, p.relation(inner))
			}
		}
		out.Links = append(out.Links, e)
	}
	if more := r.all - len(r.links); more > 0 {
		out.More = fmt.Sprintf("and %d more", more)
	}
	return out
}

// section writes short values as a list and long ones under headings, in order.
func (p *htmlWriter) section(s section) htmlSection {
	out := htmlSection{Title: s.title}
	for _, f := range s.fields {
		if long := p.long(f); long != "" {
			g := htmlGroup{Label: f.label, Long: long}
			if f.sheet != nil {
				g.CSV = names.Href(p.path, f.csv)
			}
			out.Groups = append(out.Groups, g)
			continue
		}
		if k := len(out.Groups) - 1; k < 0 || out.Groups[k].Label != "" {
			out.Groups = append(out.Groups, htmlGroup{})
		}
		k := len(out.Groups) - 1
		out.Groups[k].Short = append(out.Groups[k].Short, htmlShort{f.label, p.short(f)})
	}
	return out
}

// long is a value that stands under a heading of its own, "" for all others.
func (p *htmlWriter) long(f field) template.HTML {
	paper := func(blocks []richtext.Block) string {
		if richtext.Coloured(blocks) {
			return " paper"
		}
		return ""
	}
	switch {
	case f.rich != nil:
		return template.HTML("<div class=\"rich" + paper(f.rich.Blocks) + "\">\n" + richtext.HTMLBelow(f.rich.Blocks, 3, p.picture) + "\n</div>")
	case f.sheet != nil:
		b := []richtext.Block{f.sheet.block(len(f.sheet.rows))}
		return template.HTML("<div class=\"rich" + paper(b) + "\">\n" + richtext.HTMLBelow(b, 3, nil) + "\n</div>")
	}
	return ""
}

// short is a short value.
func (p *htmlWriter) short(f field) template.HTML {
	if f.gap != "" {
		return template.HTML(`<span class="gap">[` + html.EscapeString(f.gap) + `]</span>`)
	}
	var out []string
	for i, t := range f.texts {
		text := html.EscapeString(t)
		if strings.ContainsAny(t, "\n\t") || strings.Contains(t, "  ") {
			text = `<span class="pre">` + text + `</span>`
		}
		switch {
		case f.fixed:
			text = "<pre>" + html.EscapeString(t) + "</pre>"
		case i < len(f.refs) && f.refs[i] != nil:
			if l := p.link(*f.refs[i], false); l.Href != "" {
				text = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(l.Href), text)
			}
		case i < len(f.links) && f.links[i] != "":
			text = fmt.Sprintf("<a href=\"%s\" rel=\"noreferrer\">%s</a>", html.EscapeString(f.links[i]), text)
		}
		out = append(out, text)
	}
	if len(out) == 1 {
		return template.HTML(out[0])
	}
	return template.HTML("<ul><li>" + strings.Join(out, "</li><li>") + "</li></ul>")
}

func (p *htmlWriter) members(m *members) *htmlMembers {
	out := &htmlMembers{Types: m.types, CSV: names.Href(p.path, m.csv)}
	for _, c := range m.columns {
		out.Columns = append(out.Columns, c.label)
	}
	for _, r := range m.rows {
		row := htmlMember{Name: p.link(r.link, false), Type: TypeName(r.link.Ref)}
		for _, c := range r.cells {
			row.Cells = append(row.Cells, htmlCell{c, c != "" && len(c) <= oneWord && !strings.ContainsAny(c, " \n")})
		}
		out.Rows = append(out.Rows, row)
	}
	if more := m.all - len(m.rows); more > 0 {
		out.More = fmt.Sprintf("and %d more: all are in the CSV file", more)
	}
	return out
}

// openFiles is how many files a page shows without folding their folders.
const openFiles = 30

func (p *htmlWriter) folder(k *folder) htmlFolder {
	out := htmlFolder{Name: OneLine(k.name), Count: k.told(), Open: k.count <= openFiles}
	for _, f := range k.folders {
		out.Folders = append(out.Folders, p.folder(f))
	}
	for _, f := range k.files {
		file := htmlFile{Name: OneLine(f.name), Size: human.Bytes(f.Bytes)}
		if f.Left != "" {
			file.Left = Reason(f.Left)
		} else {
			file.Href, file.Picture = names.Href(p.path, f.At), f.thumb()
		}
		out.Files = append(out.Files, file)
	}
	return out
}

// picture is a picture of rich text, in the page itself.
func (p *htmlWriter) picture(s richtext.Span) string {
	pic := p.pics.list[s.Picture-1]
	size := ""
	switch {
	case strings.HasSuffix(s.Width, "%"):
		size = fmt.Sprintf(" style=\"width:%s\"", s.Width)
	case s.Width != "":
		size = fmt.Sprintf(" width=\"%s\"", s.Width)
	case pic.width > 0:
		size = fmt.Sprintf(" width=\"%d\" height=\"%d\"", pic.width, pic.height)
	}
	alt := s.Text
	if alt == "" {
		alt = "Picture " + strconv.Itoa(pic.id)
	}
	return fmt.Sprintf("<img src=\"%s\" alt=\"%s\"%s>", pic.dataURI(), html.EscapeString(alt), size)
}

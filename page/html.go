package page

import (
	_ "embed" // the style of pages
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"zenobis/human"
	h "zenobis/hypertext"
	"zenobis/names"
	"zenobis/richtext"
)

// style makes pages pleasant on screens, light and dark, narrow and wide, and on
// paper.
//
//go:embed style.css
var style string

const (
	newline = h.Text("\n")
	space   = h.Text(" ")
)

// Frame is a page as a whole, with the style of all pages; body are the lines of its body.
func Frame(title string, body ...h.Node) string {
	return h.String(h.HTML("<!DOCTYPE html>\n"), h.Block("html", h.Attr("lang", "en"),
		h.Block("head",
			h.El("meta", h.Attr("charset", "utf-8")),
			h.El("meta", h.Attr("name", "viewport"), h.Attr("content", "width=device-width, initial-scale=1")),
			h.El("title", h.Text(title)),
			h.El("style", newline, h.HTML(style))),
		h.Block("body", body...)), newline, newline)
}

func renderHTML(in Input, d *document) ([]byte, error) {
	p := &htmlWriter{path: HTML.File(in.Place.Page), pics: d.pics}
	main := h.Group{h.El("h1", h.Text(d.title)), h.El("p", h.Class("sub"), h.Text(d.subtitle))}
	for _, n := range d.notes {
		main = append(main, h.El("p", h.Class("note"), h.Text(n)))
	}
	if d.about != nil {
		about := p.long(*d.about)
		if about == "" {
			about = p.short(*d.about)
		}
		if about != "" {
			main = append(main, titled("Description", about))
		}
	}
	for _, s := range d.sections {
		main = append(main, titled(s.title, p.fields(s.fields)...))
	}
	if d.members != nil {
		main = append(main, p.members(d.members))
	}
	if d.files != nil {
		more := d.files.more()
		main = append(main, titled("Files", h.El("p", h.Class("sub"), h.Text(d.files.told())),
			h.Block("ul", h.Class("files"), p.folder(d.files)), h.If(more != "", small(h.Text(more)))))
	}
	for _, r := range d.relations {
		main = append(main, titled(r.label, p.relation(r)...))
	}
	ident := h.Each(d.ident, func(r row) h.Node { return pair(r.label, h.Text(r.text)) })
	main = append(main, h.Block("details", h.Class("fold"),
		h.El("summary", h.El("h2", h.Text("Identification"))), h.Block("dl", ident)))
	return []byte(Frame(d.title, p.header(in, d), h.Block("main", main), p.footer(in, d)) + "\n\n"), nil
}

// htmlWriter makes the parts of an HTML page.
type htmlWriter struct {
	path string
	pics *pictures
}

func note(text string) h.Node { return h.El("span", h.Class("small"), h.Text(text)) }

func small(parts ...h.Node) h.Node { return h.El("p", append(parts, h.Class("small"))...) }

func titled(title string, parts ...h.Node) h.Node {
	return h.Block("section", h.El("h2", h.Text(title)), h.Group(parts))
}

// pair is a line of a list of values.
func pair(label string, value h.Node) h.Node {
	return h.Line{h.El("dt", h.Text(label)), h.El("dd", value)}
}

// header leads to what the entity is in, and to its neighbours.
func (p *htmlWriter) header(in Input, d *document) h.Node {
	above := h.Each(in.Above, func(l Link) h.Node { return h.El("li", p.link(l, "")) })
	var beside h.Node
	if in.Previous != nil || in.Next != nil {
		previous, next := h.El("span"), h.Node(nil)
		if l := in.Previous; l != nil {
			previous = h.Link(p.href(*l), "← "+l.name(), h.Attr("rel", "prev"))
		}
		if l := in.Next; l != nil {
			next = h.Link(p.href(*l), l.name()+" →", h.Attr("rel", "next"))
		}
		beside = h.El("nav", h.Class("beside"), h.Attr("aria-label", "Neighbours"), previous, next)
	}
	return h.Block("header", h.El("nav", h.Attr("aria-label", "Breadcrumb"), h.El("ol",
		h.El("li", h.Link(names.Href(p.path, names.Index), "Contents")), above,
		h.El("li", h.Attr("aria-current", "page"), h.Text(d.title)))), beside)
}

// footer leads to the same page in other formats.
func (p *htmlWriter) footer(in Input, d *document) h.Node {
	var also h.Group
	for _, w := range writers()[1:] { // in one order, however they were asked for
		if slices.Contains(d.formats, w.format) {
			also = append(also, h.If(also != nil, h.Text(", ")), h.Link(names.Href(p.path, w.format.File(in.Place.Page)), w.called))
		}
	}
	return h.If(also != nil, h.El("footer", h.Class("small"), h.Text("This page as "), also))
}

// href is the way to a relative's page, "" where it has none.
func (p *htmlWriter) href(l Link) string {
	if l.Page == "" {
		return ""
	}
	return names.Href(p.path, HTML.File(l.Page))
}

// link is a relative, a link where it has a page, with a note.
func (p *htmlWriter) link(l Link, about string) h.Node {
	return linked(p.href(l), l.name(), about)
}

func linked(href, name, about string) h.Node {
	out := h.Line{h.Text(name)}
	if href != "" {
		out[0] = h.Link(href, name)
	}
	if about != "" {
		out = append(out, space, note(about))
	}
	return out
}

// relation is a list of relatives, and how many more there are.
func (p *htmlWriter) relation(r relation) []h.Node {
	list := h.Each(r.links, func(l Link) h.Node {
		href, about := p.href(l), TypeName(l.Ref)
		switch {
		case r.plain:
			href = ""
		case l.Page == "":
			about = strings.TrimPrefix(about+", not in this package", ", ")
		}
		item := h.Line{linked(href, l.name(), about)}
		for _, inner := range []relation{{label: "Derived", links: l.Children}, {label: "Components", links: l.Parts}} {
			if len(inner.links) > 0 {
				item = append(item, newline, h.El("br"), note(inner.label+":"))
				for _, n := range p.relation(inner) {
					item = append(item, newline, n)
				}
			}
		}
		return h.El("li", item)
	})
	out := []h.Node{h.Block("ul", list)}
	if more := r.all - len(r.links); more > 0 {
		out = append(out, small(h.Text(fmt.Sprintf("and %d more", more))))
	}
	return out
}

// fields writes short values as lists and long ones under headings, in order.
func (p *htmlWriter) fields(list []field) (out []h.Node) {
	var short h.Group
	end := func() {
		if short != nil {
			out, short = append(out, h.Block("dl", short)), nil
		}
	}
	for _, f := range list {
		long := p.long(f)
		if long == "" {
			short = append(short, pair(f.label, p.short(f)))
			continue
		}
		end()
		out = append(out, h.El("h3", h.Text(f.label)), long)
		if f.sheet != nil {
			out = append(out, small(h.Link(names.Href(p.path, f.csv), "as CSV")))
		}
	}
	end()
	return out
}

// long is a value that stands under a heading of its own, "" for all others.
func (p *htmlWriter) long(f field) h.HTML {
	paper := func(blocks []richtext.Block) string {
		if richtext.Coloured(blocks) {
			return " paper"
		}
		return ""
	}
	switch {
	case f.rich != nil:
		return h.HTML("<div class=\"rich" + paper(f.rich.Blocks) + "\">\n" + richtext.HTMLBelow(f.rich.Blocks, 3, p.picture) + "\n</div>")
	case f.sheet != nil:
		b := []richtext.Block{f.sheet.block(len(f.sheet.rows))}
		return h.HTML("<div class=\"rich" + paper(b) + "\">\n" + richtext.HTMLBelow(b, 3, nil) + "\n</div>")
	}
	return ""
}

// short is a short value.
func (p *htmlWriter) short(f field) h.HTML {
	if f.gap != "" {
		return h.HTML(`<span class="gap">[` + html.EscapeString(f.gap) + `]</span>`)
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
			if href := p.href(*f.refs[i]); href != "" {
				text = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(href), text)
			}
		case i < len(f.links) && f.links[i] != "":
			text = fmt.Sprintf("<a href=\"%s\" rel=\"noreferrer\">%s</a>", html.EscapeString(f.links[i]), text)
		}
		out = append(out, text)
	}
	if len(out) == 1 {
		return h.HTML(out[0])
	}
	return h.HTML("<ul><li>" + strings.Join(out, "</li><li>") + "</li></ul>")
}

func (p *htmlWriter) members(m *members) h.Node {
	column := func(name string) h.Node { return h.El("th", h.Attr("scope", "col"), h.Text(name)) }
	head := h.Group{column("Name"), h.If(m.types, column("Type"))}
	for _, c := range m.columns {
		head = append(head, column(c.label))
	}
	rows := h.Each(m.rows, func(r memberRow) h.Node {
		return h.El("tr", h.El("th", h.Attr("scope", "row"), p.link(r.link, "")),
			h.If(m.types, h.El("td", h.Text(TypeName(r.link.Ref)))), h.Each(r.cells, cell))
	})
	var more h.Node
	if n := m.all - len(m.rows); n > 0 {
		more = h.Text(fmt.Sprintf("and %d more: all are in the CSV file · ", n))
	}
	return titled("Objects",
		h.El("section", h.Class("scroll members"), h.Attr("aria-label", "Objects"), h.Attr("tabindex", "0"),
			h.Block("table", h.Block("thead", h.El("tr", head)), h.Block("tbody", rows))),
		small(more, h.Link(names.Href(p.path, m.csv), "as CSV")))
}

// oneWord is how long a word is kept on one line.
const oneWord = 24

// cell is a value in a table of objects. One word, such as a time, stays on a line.
func cell(text string) h.Node {
	word := text != "" && len(text) <= oneWord && !strings.ContainsAny(text, " \n")
	return h.El("td", h.If(word, h.Class("word")), h.Text(text))
}

// openFiles is how many files a page shows without folding their folders.
const openFiles = 30

// folder is what is in a folder, folders first.
func (p *htmlWriter) folder(k *folder) h.Node {
	var out h.Group
	for _, f := range k.folders {
		name := h.Line{h.Text(OneLine(f.name)), space, note(f.told())}
		if len(f.folders)+len(f.files) == 0 {
			out = append(out, h.El("li", name))
			continue
		}
		out = append(out, h.El("li", h.El("details", h.Flag("open", f.count <= openFiles),
			h.El("summary", name), newline, h.Block("ul", p.folder(f)))))
	}
	for _, f := range k.files {
		name, size := OneLine(f.name), note(human.Bytes(f.Bytes))
		if f.Left != "" {
			out = append(out, h.El("li", h.Text(name), space, size, space, gap("left out: "+f.Left.Public())))
			continue
		}
		href := names.Href(p.path, f.At)
		out = append(out, h.El("li", h.Link(href, name), space, size, h.If(f.thumb(), thumb(href))))
	}
	return out
}

// gap tells what is not here.
func gap(what string) h.Node { return h.El("span", h.Class("gap"), h.Text("["+what+"]")) }

// thumb is a small picture beside a link to the same file, which is enough for those who don't see it.
func thumb(href string) h.Node {
	return h.El("a", h.Attr("href", href), h.Attr("tabindex", "-1"), h.Attr("aria-hidden", "true"),
		h.El("img", h.Attr("src", href), h.Attr("alt", ""), h.Attr("loading", "lazy")))
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

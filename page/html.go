package page

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"zenobis/names"
)

// css makes pages pleasant on screens, light and dark, and on paper.
const css = `:root{color-scheme:light dark;--line:#8885;--soft:#666;--link:#0b57a4;--mark:#b25e00}
@media (prefers-color-scheme:dark){:root{--soft:#aaa;--link:#8ab9ec;--mark:#f0a95c}}
body{font:16px/1.55 system-ui,sans-serif;max-width:54rem;margin:1.5rem auto 4rem;padding:0 1rem;overflow-wrap:anywhere}
a{color:var(--link)}h1{line-height:1.25;margin:.5rem 0 0}h2{margin:2.2rem 0 .8rem;padding-bottom:.2rem;border-bottom:1px solid var(--line);font-size:1.25rem}
h3{margin:1.4rem 0 .3rem;font-size:1.02rem}h4,h5,h6{margin:1rem 0 .3rem;font-size:1rem}
.sub{color:var(--soft);margin:.2rem 0}nav,.small{color:var(--soft);font-size:.9rem}
dl{display:grid;grid-template-columns:minmax(8rem,15rem) 1fr;gap:.35rem 1.2rem;margin:0}dt{font-weight:600}dd{margin:0}
.note,.gap{color:var(--mark)}.note{border-left:4px solid var(--mark);padding:.2rem .8rem}
.rich>:first-child{margin-top:0}.paper{--soft:#666;--link:#0b57a4;--mark:#b25e00;background:#fff;color:#111;color-scheme:light;padding:.4rem .8rem}
.scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-size:.95rem}
td,th{border:1px solid var(--line);padding:.2rem .5rem;text-align:left;vertical-align:top}th{font-weight:600}td>p,th>p{margin:0}
caption{text-align:left;font-weight:600}img{max-width:100%;height:auto}pre{white-space:pre-wrap;margin:.3rem 0}
ul,ol{margin:.3rem 0;padding-left:1.6rem}li>p{margin:0}blockquote{border-left:3px solid var(--line);margin:.5rem 0;padding-left:1rem}
@media print{body{max-width:none;margin:0;font-size:11pt}nav{display:none}a{color:inherit}h1,h2,h3{break-after:avoid}img,tr{break-inside:avoid}.scroll{overflow:visible}}
@media (max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}`

// Head begins an HTML page.
func Head(w io.Writer, title string) {
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>\n%s\n</style>\n</head>\n<body>\n",
		Escape(OneLine(title)), css)
}

// Escape escapes text and attributes.
func Escape(s string) string { return html.EscapeString(s) }

// page writes an entity's HTML page.
type page struct {
	bytes.Buffer
	path       string
	named      bool // pictures by their names instead of their bytes
	noPictures bool
}

func renderHTML(in Input, d *document) []byte {
	p := &page{path: in.Place.Page + ".html"}
	name := OneLine(d.title)
	if name == "" {
		name = "Untitled"
	}
	Head(p, name)
	fmt.Fprintf(p, "<nav aria-label=\"Package\"><a href=\"%s\">Contents of this package</a></nav>\n<main>\n<h1>%s</h1>\n<p class=\"sub\">%s</p>\n",
		Escape(names.Href(p.path, "index.html")), Escape(name), Escape(OneLine(d.subtitle)))
	for _, n := range d.notes {
		fmt.Fprintf(p, "<p class=\"note\">%s</p>\n", Escape(n))
	}
	p.section("Identification")
	p.WriteString("<dl>\n")
	for _, r := range d.ident {
		fmt.Fprintf(p, "<dt>%s</dt><dd>%s</dd>\n", Escape(r.label), Escape(r.text))
	}
	p.WriteString("</dl>\n</section>\n")
	if d.about != "" {
		p.section("Description")
		fmt.Fprintf(p, "<p>%s</p>\n</section>\n", lines(d.about))
	}
	for _, r := range d.relation {
		p.section(r.label)
		p.links(r.links)
		p.WriteString("</section>\n")
	}
	for _, s := range d.sections {
		p.section(s.title)
		p.fields(s.fields)
		p.WriteString("</section>\n")
	}
	if len(d.below) > 0 {
		p.section("Contents")
		p.links(d.below)
		if more := d.belowAll - len(d.below); more > 0 {
			fmt.Fprintf(p, "<p class=\"small\">and %d more, see the <a href=\"%s\">contents of this package</a></p>\n", more, Escape(names.Href(p.path, "index.html")))
		}
		p.WriteString("</section>\n")
	}
	p.WriteString("</main>\n</body>\n</html>\n")
	return p.Bytes()
}

func (p *page) section(title string) { fmt.Fprintf(p, "<section>\n<h2>%s</h2>\n", Escape(title)) }

func (p *page) links(links []Link) {
	p.WriteString("<ul>\n")
	for i := range links {
		p.WriteString("<li>" + p.link(&links[i]) + "</li>\n")
	}
	p.WriteString("</ul>\n")
}

// link is a relative with the way to its page.
func (p *page) link(l *Link) string {
	if l.Page == "" {
		return Escape(l.name()) + ` <span class="small">(not in this package)</span>`
	}
	return fmt.Sprintf("<a href=\"%s\">%s</a>", Escape(names.Href(p.path, l.Page+".html")), Escape(l.name()))
}

// fields writes short values as a list and long ones under headings, in order.
func (p *page) fields(fields []field) {
	open := false
	list := func(on bool) {
		if on && !open {
			p.WriteString("<dl>\n")
		} else if !on && open {
			p.WriteString("</dl>\n")
		}
		open = on
	}
	for _, f := range fields {
		switch {
		case f.rich != nil:
			list(false)
			fmt.Fprintf(p, "<h3>%s</h3>\n<div class=\"rich%s\">\n", Escape(f.label), paper(f.rich.blocks))
			p.blocks(f.rich.blocks, 3)
			p.WriteString("</div>\n")
		case f.sheet != nil:
			list(false)
			fmt.Fprintf(p, "<h3>%s</h3>\n", Escape(f.label))
			b := f.sheet.block()
			fmt.Fprintf(p, "<div class=\"rich%s\">\n", paper([]block{b}))
			p.table(b, 3)
			p.WriteString("</div>\n")
			fmt.Fprintf(p, "<p class=\"small\"><a href=\"%s\">as CSV</a></p>\n", Escape(names.Href(p.path, f.csv)))
		default:
			list(true)
			fmt.Fprintf(p, "<dt>%s</dt><dd>%s</dd>\n", Escape(f.label), p.value(f))
		}
	}
	list(false)
}

// value is a short value.
func (p *page) value(f field) string {
	if f.gap != "" {
		return `<span class="gap">[` + Escape(f.gap) + `]</span>`
	}
	var out []string
	for i, t := range f.texts {
		switch {
		case f.fixed:
			out = append(out, "<pre>"+Escape(t)+"</pre>")
		case i < len(f.links) && f.links[i] != nil:
			out = append(out, p.link(f.links[i]))
		case i < len(f.href) && f.href[i] != "":
			out = append(out, fmt.Sprintf("<a href=\"%s\" rel=\"noreferrer\">%s</a>", Escape(f.href[i]), Escape(t)))
		default:
			out = append(out, lines(t))
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return "<ul><li>" + strings.Join(out, "</li><li>") + "</li></ul>"
}

// lines escapes text and keeps its line breaks.
func lines(s string) string { return strings.ReplaceAll(Escape(s), "\n", "<br>\n") }

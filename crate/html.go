package crate

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"
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

// head begins an HTML page.
func head(w io.Writer, title string) {
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>\n%s\n</style>\n</head>\n<body>\n",
		esc(flat(title)), css)
}

// esc escapes text and attributes.
func esc(s string) string { return html.EscapeString(s) }

// page writes an entity's HTML page.
type page struct {
	bytes.Buffer
	path       string
	named      bool // pictures by their names instead of their bytes
	noPictures bool
}

func renderHTML(in PageInput, d *document) []byte {
	p := &page{path: in.Place.Page + ".html"}
	name := flat(d.title)
	if name == "" {
		name = "Untitled"
	}
	head(p, name)
	fmt.Fprintf(p, "<nav aria-label=\"Package\"><a href=\"%s\">Contents of this package</a></nav>\n<main>\n<h1>%s</h1>\n<p class=\"sub\">%s</p>\n",
		esc(href(p.path, "index.html")), esc(name), esc(flat(d.subtitle)))
	for _, n := range d.notes {
		fmt.Fprintf(p, "<p class=\"note\">%s</p>\n", esc(n))
	}
	p.section("Identification")
	p.WriteString("<dl>\n")
	for _, r := range d.ident {
		fmt.Fprintf(p, "<dt>%s</dt><dd>%s</dd>\n", esc(r.label), esc(r.text))
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
			fmt.Fprintf(p, "<p class=\"small\">and %d more, see the <a href=\"%s\">contents of this package</a></p>\n", more, esc(href(p.path, "index.html")))
		}
		p.WriteString("</section>\n")
	}
	p.WriteString("</main>\n</body>\n</html>\n")
	return p.Bytes()
}

func (p *page) section(title string) { fmt.Fprintf(p, "<section>\n<h2>%s</h2>\n", esc(title)) }

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
		return esc(l.name()) + ` <span class="small">(not in this package)</span>`
	}
	return fmt.Sprintf("<a href=\"%s\">%s</a>", esc(href(p.path, l.Page+".html")), esc(l.name()))
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
			fmt.Fprintf(p, "<h3>%s</h3>\n<div class=\"rich%s\">\n", esc(f.label), paper(f.rich.blocks))
			p.blocks(f.rich.blocks, 3)
			p.WriteString("</div>\n")
		case f.sheet != nil:
			list(false)
			fmt.Fprintf(p, "<h3>%s</h3>\n", esc(f.label))
			b := f.sheet.block()
			fmt.Fprintf(p, "<div class=\"rich%s\">\n", paper([]block{b}))
			p.table(b, 3)
			p.WriteString("</div>\n")
			fmt.Fprintf(p, "<p class=\"small\"><a href=\"%s\">as CSV</a></p>\n", esc(href(p.path, f.csv)))
		default:
			list(true)
			fmt.Fprintf(p, "<dt>%s</dt><dd>%s</dd>\n", esc(f.label), p.value(f))
		}
	}
	list(false)
}

// value is a short value.
func (p *page) value(f field) string {
	if f.gap != "" {
		return `<span class="gap">[` + esc(f.gap) + `]</span>`
	}
	var out []string
	for i, t := range f.texts {
		switch {
		case f.fixed:
			out = append(out, "<pre>"+esc(t)+"</pre>")
		case i < len(f.links) && f.links[i] != nil:
			out = append(out, p.link(f.links[i]))
		case i < len(f.href) && f.href[i] != "":
			out = append(out, fmt.Sprintf("<a href=\"%s\" rel=\"noreferrer\">%s</a>", esc(f.href[i]), esc(t)))
		default:
			out = append(out, lines(t))
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return "<ul><li>" + strings.Join(out, "</li><li>") + "</li></ul>"
}

// paper is the class of texts with colours of their own: they are read on white.
func paper(blocks []block) string {
	for _, b := range blocks {
		for _, s := range b.spans {
			if s.color != "" || s.fill != "" {
				return " paper"
			}
		}
		inner := [][]block{b.blocks}
		inner = append(inner, b.items...)
		for _, r := range b.rows {
			for _, c := range r {
				if c.fill != "" {
					return " paper"
				}
				inner = append(inner, c.blocks)
			}
		}
		for _, i := range inner {
			if paper(i) != "" {
				return " paper"
			}
		}
	}
	return ""
}

// blocks writes rich text; headings go on from level.
func (p *page) blocks(blocks []block, level int) {
	var above []int // levels of the headings that a heading stands below
	top := level
	for _, b := range blocks {
		align := ""
		if b.align != "" && b.align != "left" {
			align = fmt.Sprintf(" style=\"text-align:%s\"", b.align)
		}
		switch b.kind {
		case paraBlock:
			fmt.Fprintf(p, "<p%s>%s</p>\n", align, p.spans(b.spans))
		case headingBlock:
			// Levels of the text come below those of the page, without gaps.
			for len(above) > 0 && above[len(above)-1] >= b.level {
				above = above[:len(above)-1]
			}
			above = append(above, b.level)
			level = min(6, top+len(above))
			at := level
			fmt.Fprintf(p, "<h%d%s>%s</h%d>\n", at, align, p.spans(b.spans), at)
		case listBlock:
			tag := "ul"
			if b.ordered {
				tag = "ol"
			}
			fmt.Fprintf(p, "<%s>\n", tag)
			for _, item := range b.items {
				p.WriteString("<li>")
				if len(item) > 0 && item[0].kind == paraBlock && item[0].align == "" {
					p.WriteString(p.spans(item[0].spans))
					item = item[1:]
				}
				if len(item) > 0 {
					p.WriteByte('\n')
					p.blocks(item, level)
				}
				p.WriteString("</li>\n")
			}
			fmt.Fprintf(p, "</%s>\n", tag)
		case tableBlock:
			p.table(b, level)
		case quoteBlock:
			p.WriteString("<blockquote>\n")
			p.blocks(b.blocks, level)
			p.WriteString("</blockquote>\n")
		case preBlock:
			fmt.Fprintf(p, "<pre>%s</pre>\n", esc(plainSpans(b.spans)))
		case ruleBlock:
			p.WriteString("<hr>\n")
		}
	}
}

func (p *page) table(b block, level int) {
	p.WriteString("<div class=\"scroll\"><table>\n")
	if len(b.caption) > 0 {
		fmt.Fprintf(p, "<caption>%s</caption>\n", p.spans(b.caption))
	}
	heads := headRows(b.rows)
	for i, r := range b.rows {
		if i == 0 && heads > 0 {
			p.WriteString("<thead>\n")
		}
		if i == heads {
			p.WriteString("<tbody>\n")
		}
		p.WriteString("<tr>")
		for _, c := range r {
			p.cell(c, i < heads, level)
		}
		p.WriteString("</tr>\n")
		if i == heads-1 {
			p.WriteString("</thead>\n")
		}
	}
	if len(b.rows) > heads {
		p.WriteString("</tbody>\n")
	}
	p.WriteString("</table></div>\n")
}

// headRows counts the rows of headers at the top that stand for themselves.
func headRows(rows [][]cell) (n int) {
	for i, r := range rows {
		for _, c := range r {
			if !c.head || c.rowSpan > 1 {
				return n
			}
		}
		n = i + 1
	}
	return n
}

func (p *page) cell(c cell, top bool, level int) {
	tag, attrs, css := "td", "", ""
	if c.head {
		tag, attrs = "th", ` scope="row"`
		if top {
			attrs = ` scope="col"`
		}
	}
	if c.colSpan > 1 {
		attrs += ` colspan="` + strconv.Itoa(c.colSpan) + `"`
	}
	if c.rowSpan > 1 {
		attrs += ` rowspan="` + strconv.Itoa(c.rowSpan) + `"`
	}
	if c.align != "" && c.align != "left" {
		css += "text-align:" + c.align + ";"
	}
	if c.fill != "" {
		css += "background-color:" + c.fill + ";"
	}
	if css != "" {
		attrs += ` style="` + esc(strings.TrimSuffix(css, ";")) + `"`
	}
	fmt.Fprintf(p, "<%s%s>", tag, attrs)
	switch {
	case len(c.blocks) == 1 && c.blocks[0].kind == paraBlock && c.blocks[0].align == "":
		p.WriteString(p.spans(c.blocks[0].spans))
	case c.head: // no headings may stand in one
		for i, b := range c.blocks {
			if i > 0 {
				p.WriteString("<br>")
			}
			p.WriteString(esc(plainBlocks([]block{b})))
		}
	default:
		p.blocks(c.blocks, level)
	}
	fmt.Fprintf(p, "</%s>", tag)
}

// spans writes spans as phrasing content.
func (p *page) spans(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		switch {
		case s.newline:
			b.WriteString("<br>")
			continue
		case s.picture != nil && p.noPictures:
			b.WriteString(esc(plainSpans([]span{s})))
			continue
		case s.picture != nil:
			b.WriteString(p.picture(s))
			continue
		}
		open, end := s.tags()
		b.WriteString(open + esc(s.text) + end)
	}
	return b.String()
}

// tags are the elements that make a span look as it does.
func (s style) tags() (open, end string) {
	add := func(on bool, name, attrs string) {
		if on {
			open, end = open+"<"+name+attrs+">", "</"+name+">"+end
		}
	}
	add(s.href != "", "a", fmt.Sprintf(" href=\"%s\" rel=\"noreferrer\"", esc(s.href)))
	var css []string
	if s.color != "" {
		css = append(css, "color:"+s.color)
	}
	if s.fill != "" {
		css = append(css, "background-color:"+s.fill)
	}
	add(len(css) > 0, "span", fmt.Sprintf(" style=\"%s\"", esc(strings.Join(css, ";"))))
	add(s.gap, "span", " class=\"gap\"")
	add(s.bold, "strong", "")
	add(s.italic, "em", "")
	add(s.underline, "u", "")
	add(s.strike, "s", "")
	add(s.code, "code", "")
	add(s.raise > 0, "sup", "")
	add(s.raise < 0, "sub", "")
	return open, end
}

func (p *page) picture(s span) string {
	size := ""
	switch {
	case strings.HasSuffix(s.width, "%"):
		size = fmt.Sprintf(" style=\"width:%s\"", s.width)
	case s.width != "":
		size = fmt.Sprintf(" width=\"%s\"", s.width)
	case s.picture.width > 0:
		size = fmt.Sprintf(" width=\"%d\" height=\"%d\"", s.picture.width, s.picture.height)
	}
	src := "#" + s.picture.name()
	if !p.named {
		src = s.picture.dataURI()
	}
	return fmt.Sprintf("<img src=\"%s\" alt=\"%s\"%s>", src, esc(cmp.Or(s.text, "Picture "+strconv.Itoa(s.picture.id))), size)
}

// lines escapes text and keeps its line breaks.
func lines(s string) string { return strings.ReplaceAll(esc(s), "\n", "<br>\n") }

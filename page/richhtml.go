package page

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

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
			fmt.Fprintf(p, "<pre>%s</pre>\n", Escape(plainSpans(b.spans)))
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
		attrs += ` style="` + Escape(strings.TrimSuffix(css, ";")) + `"`
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
			p.WriteString(Escape(plainBlocks([]block{b})))
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
			b.WriteString(Escape(plainSpans([]span{s})))
			continue
		case s.picture != nil:
			b.WriteString(p.picture(s))
			continue
		}
		open, end := s.tags()
		b.WriteString(open + Escape(s.text) + end)
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
	add(s.href != "", "a", fmt.Sprintf(" href=\"%s\" rel=\"noreferrer\"", Escape(s.href)))
	var css []string
	if s.color != "" {
		css = append(css, "color:"+s.color)
	}
	if s.fill != "" {
		css = append(css, "background-color:"+s.fill)
	}
	add(len(css) > 0, "span", fmt.Sprintf(" style=\"%s\"", Escape(strings.Join(css, ";"))))
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
	return fmt.Sprintf("<img src=\"%s\" alt=\"%s\"%s>", src, Escape(cmp.Or(s.text, "Picture "+strconv.Itoa(s.picture.id))), size)
}

package richtext

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// Pictures writes a picture of a text as HTML.
type Pictures func(s Span) string

// HTML writes blocks as HTML with headings of their own levels. pictures may be
// nil: then they are told by their texts.
func HTML(blocks []Block, pictures Pictures) string { return HTMLBelow(blocks, 0, pictures) }

// HTMLBelow is HTML whose headings stand below one of a level (1 to 5), without
// gaps between them; 0 is no heading.
func HTMLBelow(blocks []Block, level int, pictures Pictures) string {
	w := &htmlWriter{pictures: pictures, scroll: level > 0}
	w.blocks(blocks, level)
	return strings.TrimSpace(w.String())
}

type htmlWriter struct {
	strings.Builder
	pictures Pictures
	scroll   bool // wide tables within a page
}

func (w *htmlWriter) blocks(blocks []Block, level int) {
	var above []int // levels of the headings that a heading stands below
	top := level
	for i := range blocks {
		b := &blocks[i]
		align := ""
		if b.Align != "" && b.Align != "left" {
			align = fmt.Sprintf(" style=\"text-align:%s\"", b.Align)
		}
		switch b.Kind {
		case Para:
			fmt.Fprintf(w, "<p%s>%s</p>\n", align, w.spans(b.Spans))
		case Heading:
			for len(above) > 0 && above[len(above)-1] >= b.Level {
				above = above[:len(above)-1]
			}
			above = append(above, b.Level)
			level = min(6, top+len(above))
			at := level
			if top == 0 {
				at = b.Level
			}
			fmt.Fprintf(w, "<h%d%s>%s</h%d>\n", at, align, w.spans(b.Spans), at)
		case List:
			w.list(b, level)
		case Table:
			w.table(b, level)
		case Quote:
			w.WriteString("<blockquote>\n")
			w.blocks(b.Blocks, level)
			w.WriteString("</blockquote>\n")
		case Pre:
			fmt.Fprintf(w, "<pre>%s</pre>\n", strings.ReplaceAll(w.spans(b.Spans), "<br>", "\n"))
		case Rule:
			w.WriteString("<hr>\n")
		}
	}
}

func (w *htmlWriter) list(b *Block, level int) {
	name := "ul"
	if b.Ordered {
		name = "ol"
		w.WriteString("<ol")
		if b.Marks != "" {
			fmt.Fprintf(w, " type=\"%s\"", b.Marks)
		}
		if first := b.Items[0].Number; first != 1 {
			fmt.Fprintf(w, " start=\"%d\"", first)
		}
		w.WriteString(">\n")
	} else {
		w.WriteString("<ul>\n")
	}
	next := b.Items[0].Number
	for _, item := range b.Items {
		w.WriteString("<li")
		if b.Ordered && item.Number != next {
			fmt.Fprintf(w, " value=\"%d\"", item.Number)
		}
		next = item.Number + 1
		w.WriteByte('>')
		blocks := item.Blocks
		if len(blocks) > 0 && blocks[0].Kind == Para && blocks[0].Align == "" {
			w.WriteString(w.spans(blocks[0].Spans))
			blocks = blocks[1:]
		}
		if len(blocks) > 0 {
			w.WriteByte('\n')
			w.blocks(blocks, level)
		}
		w.WriteString("</li>\n")
	}
	fmt.Fprintf(w, "</%s>\n", name)
}

func (w *htmlWriter) table(b *Block, level int) {
	if w.scroll {
		w.WriteString("<section class=\"scroll\" aria-label=\"Table\" tabindex=\"0\">")
	}
	w.WriteString("<table>\n")
	if len(b.Caption) > 0 {
		fmt.Fprintf(w, "<caption>%s</caption>\n", w.spans(b.Caption))
	}
	heads := b.HeadRows()
	for i, r := range b.Rows {
		if i == 0 && heads > 0 {
			w.WriteString("<thead>\n")
		}
		if i == heads {
			w.WriteString("<tbody>\n")
		}
		w.WriteString("<tr>")
		for j := range r {
			w.cell(&r[j], i < heads, level)
		}
		w.WriteString("</tr>\n")
		if i == heads-1 {
			w.WriteString("</thead>\n")
		}
	}
	if len(b.Rows) > heads {
		w.WriteString("</tbody>\n")
	}
	w.WriteString("</table>")
	if w.scroll {
		w.WriteString("</section>")
	}
	w.WriteByte('\n')
}

func (w *htmlWriter) cell(c *Cell, top bool, level int) {
	name, attrs, css := "td", "", ""
	if c.Head {
		name, attrs = "th", ` scope="row"`
		if top {
			attrs = ` scope="col"`
		}
	}
	if c.ColSpan > 1 {
		attrs += ` colspan="` + strconv.Itoa(c.ColSpan) + `"`
	}
	if c.RowSpan > 1 {
		attrs += ` rowspan="` + strconv.Itoa(c.RowSpan) + `"`
	}
	if c.Align != "" && c.Align != "left" {
		css += "text-align:" + c.Align + ";"
	}
	if c.Fill != "" {
		css += "background-color:" + c.Fill + ";"
	}
	if css != "" {
		attrs += ` style="` + strings.TrimSuffix(css, ";") + `"`
	}
	fmt.Fprintf(w, "<%s%s>", name, attrs)
	switch {
	case len(c.Blocks) == 1 && c.Blocks[0].Kind == Para && c.Blocks[0].Align == "":
		w.WriteString(w.spans(c.Blocks[0].Spans))
	case c.Head: // no headings may stand in one
		for i, b := range c.Blocks {
			if i > 0 {
				w.WriteString("<br>")
			}
			if b.Kind == Para || b.Kind == Heading {
				w.WriteString(w.spans(b.Spans))
			} else {
				w.WriteString(strings.ReplaceAll(html.EscapeString(Plain([]Block{b})), "\n", "<br>"))
			}
		}
	default:
		w.blocks(c.Blocks, level)
	}
	fmt.Fprintf(w, "</%s>", name)
}

// spans writes spans as phrasing content.
func (w *htmlWriter) spans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch {
		case s.Newline:
			b.WriteString("<br>")
		case s.Picture > 0 && w.pictures != nil:
			b.WriteString(w.pictures(s))
		default:
			open, end := s.tags()
			text := s.Text
			if s.Picture > 0 {
				text = PlainSpans([]Span{{Picture: s.Picture, Text: s.Text}})
			}
			b.WriteString(open + html.EscapeString(text) + end)
		}
	}
	return b.String()
}

// tags are the elements that make a span look as it does.
func (s Style) tags() (open, end string) {
	add := func(on bool, name, attrs string) {
		if on {
			open, end = open+"<"+name+attrs+">", "</"+name+">"+end
		}
	}
	add(s.Link != "", "a", fmt.Sprintf(" href=\"%s\" rel=\"noreferrer\"", html.EscapeString(s.Link)))
	var css []string
	if s.Color != "" {
		css = append(css, "color:"+s.Color)
	}
	if s.Fill != "" {
		css = append(css, "background-color:"+s.Fill)
	}
	add(len(css) > 0, "span", fmt.Sprintf(" style=\"%s\"", strings.Join(css, ";")))
	add(s.Gap, "span", " class=\"gap\"")
	add(s.Bold, "strong", "")
	add(s.Italic, "em", "")
	add(s.Underline, "u", "")
	add(s.Strike, "s", "")
	add(s.Code, "code", "")
	add(s.Raise > 0, "sup", "")
	add(s.Raise < 0, "sub", "")
	return open, end
}

// Coloured tells whether a text has colours of its own: they are read on white.
func Coloured(blocks []Block) bool {
	for i := range blocks {
		b := &blocks[i]
		for _, s := range b.Spans {
			if s.Color != "" || s.Fill != "" {
				return true
			}
		}
		if Coloured(b.Blocks) {
			return true
		}
		for _, item := range b.Items {
			if Coloured(item.Blocks) {
				return true
			}
		}
		for _, r := range b.Rows {
			for _, c := range r {
				if c.Fill != "" || Coloured(c.Blocks) {
					return true
				}
			}
		}
	}
	return false
}

package page

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flow collects blocks; spans gather into a paragraph until something ends it.
type flow struct {
	blocks []block
	spans  []span
	align  string
}

func (f *flow) add(s span) { f.spans = append(f.spans, s) }

// flush ends the paragraph.
func (f *flow) flush() {
	if spans := tidy(f.spans); len(spans) > 0 {
		f.blocks = append(f.blocks, block{kind: paraBlock, align: f.align, spans: spans})
	}
	f.spans = nil
}

func (f *flow) done() []block {
	f.flush()
	return f.blocks
}

// tidy makes runs of blanks one, drops them at the ends of lines, and joins
// spans that look the same.
func tidy(in []span) (out []span) {
	blank := true // so far the line ends in a blank, or is empty
	for _, s := range in {
		if s.newline || s.picture != nil {
			out = append(out, s)
			blank = s.newline
			continue
		}
		var b strings.Builder
		for _, r := range s.text {
			if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '\f' {
				if !blank {
					b.WriteByte(' ')
				}
				blank = true
				continue
			}
			b.WriteRune(r)
			blank = false
		}
		if s.text = b.String(); s.text == "" {
			continue
		}
		if k := len(out) - 1; k >= 0 && !out[k].newline && out[k].picture == nil && out[k].style == s.style {
			out[k].text += s.text
			continue
		}
		out = append(out, s)
	}
	for len(out) > 0 { // blanks, no-break ones too, and line breaks at the end
		k := len(out) - 1
		if out[k].picture == nil {
			out[k].text = strings.TrimRight(out[k].text, " \u00a0")
			if out[k].text == "" {
				out = out[:k]
				continue
			}
		}
		break
	}
	return out
}

// node reads one node into the flow.
func (r *richReader) node(f *flow, n *html.Node, st style) {
	if n.Type == html.TextNode {
		f.add(span{style: st, text: inline(n.Data)})
		return
	}
	if n.Type != html.ElementNode {
		return
	}
	st = styled(n, st)
	switch n.DataAtom {
	case atom.Br:
		f.add(span{style: st, newline: true})
	case atom.Img:
		r.image(f, n, st)
	case atom.Input:
		box := "[ ] "
		for _, a := range n.Attr {
			if a.Key == "checked" {
				box = "[x] "
			}
		}
		f.add(span{style: st, text: box})
	case atom.Hr:
		f.flush()
		f.blocks = append(f.blocks, block{kind: ruleBlock})
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		f.flush()
		for _, b := range r.below(n, st, aligned(n, f.align)) {
			if b.kind == paraBlock {
				b.kind, b.level = headingBlock, int(n.Data[1]-'0')
			}
			f.blocks = append(f.blocks, b)
		}
	case atom.Ul, atom.Ol:
		f.flush()
		if b := r.list(n, st); len(b.items) > 0 {
			f.blocks = append(f.blocks, b)
		}
	case atom.Blockquote:
		f.flush()
		if inner := r.below(n, st, ""); len(inner) > 0 {
			f.blocks = append(f.blocks, block{kind: quoteBlock, blocks: inner})
		}
	case atom.Pre:
		f.flush()
		if text := strings.Trim(Clean(raw(n)), "\n"); text != "" {
			f.blocks = append(f.blocks, block{kind: preBlock, spans: []span{{text: text}}})
		}
	case atom.Table:
		f.flush()
		if b := r.table(n, st); len(b.rows) > 0 {
			f.blocks = append(f.blocks, b)
		}
	case atom.P, atom.Div, atom.Center, atom.Figure, atom.Figcaption, atom.Section, atom.Article, atom.Address, atom.Dl, atom.Dt, atom.Dd, atom.Li:
		f.flush()
		was := f.align
		f.align = aligned(n, was)
		r.children(f, n, st)
		f.flush()
		f.align = was
	default:
		r.children(f, n, st)
	}
}

func (r *richReader) children(f *flow, n *html.Node, st style) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.node(f, c, st)
	}
}

// below are the blocks within a node.
func (r *richReader) below(n *html.Node, st style, align string) []block {
	f := &flow{align: align}
	r.children(f, n, st)
	return f.done()
}

func (r *richReader) image(f *flow, n *html.Node, st style) {
	src := attribute(n, "src")
	if k, err := strconv.Atoi(strings.TrimPrefix(src, "missing-")); err == nil && k < len(r.missing) && k >= 0 {
		f.add(span{style: style{gap: true}, text: "[" + r.missing[k] + "]"})
		return
	}
	k, err := strconv.Atoi(strings.TrimPrefix(src, "picture-"))
	if err != nil || k < 1 || k > len(r.pics.list) {
		return
	}
	f.add(span{style: st, picture: r.pics.list[k-1], text: Clean(attribute(n, "alt")), width: attribute(n, "width")})
}

// list reads a list; what stands in it outside of items becomes one.
func (r *richReader) list(n *html.Node, st style) block {
	b := block{kind: listBlock, ordered: n.DataAtom == atom.Ol}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		inner := &flow{}
		if c.DataAtom == atom.Li {
			r.children(inner, c, styled(c, st))
		} else {
			r.node(inner, c, st)
		}
		blocks := inner.done()
		if len(blocks) == 0 {
			continue
		}
		if k := len(b.items) - 1; c.DataAtom != atom.Li && k >= 0 {
			b.items[k] = append(b.items[k], blocks...)
			continue
		}
		b.items = append(b.items, blocks)
	}
	return b
}

func (r *richReader) table(n *html.Node, st style) block {
	b := block{kind: tableBlock}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Caption:
				for _, inner := range r.below(c, st, "") {
					b.caption = append(b.caption, inner.spans...)
				}
			case atom.Tr:
				b.rows = append(b.rows, r.row(c, st))
			case atom.Thead, atom.Tbody, atom.Tfoot:
				walk(c)
			}
		}
	}
	walk(n)
	b.rows = grid(b.rows)
	return b
}

func (r *richReader) row(n *html.Node, st style) (cells []cell) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		inner := styled(c, st)
		inner.fill = st.fill
		d := declarations(attribute(c, "style"))
		cells = append(cells, cell{
			head: c.DataAtom == atom.Th, colSpan: number(attribute(c, "colspan")), rowSpan: number(attribute(c, "rowspan")),
			align: aligned(c, ""), fill: colour(d["background-color"]), blocks: r.below(c, inner, ""),
		})
	}
	return cells
}

// number is a span of cells.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 1
	}
	return min(max(n, 1), 1000)
}

// raw is the text of a preformatted element.
func raw(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Br:
			b.WriteByte('\n')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// styled is how text within an element looks.
func styled(n *html.Node, st style) style {
	switch n.DataAtom {
	case atom.B, atom.Strong:
		st.bold = true
	case atom.I, atom.Em, atom.Cite, atom.Var:
		st.italic = true
	case atom.U, atom.Ins:
		st.underline = true
	case atom.S, atom.Strike, atom.Del:
		st.strike = true
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		st.code = true
	case atom.Sup:
		st.raise = 1
	case atom.Sub:
		st.raise = -1
	case atom.Mark:
		st.fill = "#fdfd77"
	case atom.A:
		st.href = link(attribute(n, "href"))
	}
	for name, value := range declarations(attribute(n, "style")) {
		switch name {
		case "font-weight":
			w, err := strconv.Atoi(value)
			st.bold = value == "bold" || value == "bolder" || err == nil && w >= 600
		case "font-style":
			st.italic = value == "italic" || value == "oblique"
		case "text-decoration":
			st.underline = st.underline || strings.Contains(value, "underline")
			st.strike = st.strike || strings.Contains(value, "line-through")
		case "vertical-align":
			if value == "super" {
				st.raise = 1
			} else if value == "sub" {
				st.raise = -1
			}
		case "color":
			st.color = colour(value)
		case "background-color":
			st.fill = colour(value)
		}
	}
	return st
}

// colourForm are the forms in which the editor writes colours, and CSS's basic names.
var colourForm = regexp.MustCompile(`^(#[0-9a-f]{3}|#[0-9a-f]{6}|aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|orange|purple|red|silver|teal|white|yellow|` +
	`rgb\(\d{1,3}, ?\d{1,3}, ?\d{1,3}\)|hsl\(\d{1,3}(\.\d{1,4})?, ?\d{1,3}(\.\d{1,4})?%, ?\d{1,3}(\.\d{1,4})?%\))$`)

// colour is a CSS colour, "" for anything else.
func colour(s string) string {
	if !colourForm.MatchString(s) {
		return ""
	}
	return s
}

// aligned is the alignment of an element's text.
func aligned(n *html.Node, was string) string {
	a := declarations(attribute(n, "style"))["text-align"]
	if a == "" {
		a = strings.ToLower(attribute(n, "align"))
	}
	if n.DataAtom == atom.Center {
		a = "center"
	}
	switch a {
	case "left", "right", "center", "justify":
		return a
	}
	return was
}

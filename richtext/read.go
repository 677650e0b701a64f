package richtext

import (
	"fmt"
	"strconv"
	"strings"

	"zenobis/safetext"
)

// Read reads rich text. Pictures that can't be had, and all where images is nil,
// leave a mark. Its error is ErrTooLarge.
func Read(value string, images Images) (Doc, error) {
	value = strings.ToValidUTF8(strings.ReplaceAll(value, "\x00", ""), "\uFFFD")
	root, broken, err := parse(value)
	if err != nil {
		return Doc{}, err
	}
	r := &reader{images: images}
	f := &flow{}
	r.children(f, root, Style{})
	d := Doc{Blocks: f.done(), Missing: r.missing}
	what := ""
	switch {
	case breaksOff(value):
		what = "the markup breaks off at the end"
	case broken:
		what = "the markup is broken and was repaired"
	}
	if what != "" {
		d.Missing = append(d.Missing, what)
		d.Blocks = append(d.Blocks, mark(what))
	}
	return d, nil
}

// mark is a paragraph that says what is missing in its place.
func mark(what string) Block {
	return Block{Kind: Para, Spans: []Span{{Style: Style{Gap: true}, Text: "[" + what + "]"}}}
}

// breaksOff tells whether a text ends within a tag.
func breaksOff(s string) bool {
	i := strings.LastIndexByte(s, '<')
	return i >= 0 && !strings.Contains(s[i:], ">") && len(s) > i+1 && (s[i+1] == '/' || s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z')
}

// reader turns nodes into blocks.
type reader struct {
	images  Images
	missing []string
	area    int // of all tables so far
}

func (r *reader) children(f *flow, n *node, st Style) {
	for _, c := range n.kids {
		r.node(f, c, st)
	}
}

// below are the blocks within a node.
func (r *reader) below(n *node, st Style, align string) []Block {
	f := &flow{align: align}
	r.children(f, n, st)
	return f.done()
}

// node reads one node into the flow.
func (r *reader) node(f *flow, n *node, st Style) {
	if n.tag == nil {
		f.add(Span{Style: st, Text: safetext.Text(n.text)})
		return
	}
	if n.formula() {
		r.tex(f, n, st)
		return
	}
	if tags.skipped[n.name] && n.name != "iframe" {
		return
	}
	if tags.math[n.name] {
		r.math(f, n, st)
		return
	}
	st = styled(n, st)
	switch n.name {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		f.flush()
		for _, b := range r.below(n, st, aligned(n, f.align)) {
			if b.Kind == Para {
				b.Kind, b.Level = Heading, int(n.name[1]-'0')
			}
			f.blocks = append(f.blocks, b)
		}
	case "hr":
		f.flush()
		f.blocks = append(f.blocks, Block{Kind: Rule})
	case "ul", "ol", "menu", "dir":
		f.flush()
		if b := r.list(n, st); len(b.Items) > 0 {
			f.blocks = append(f.blocks, b)
		}
	case "blockquote":
		f.flush()
		if inner := r.below(n, st, ""); len(inner) > 0 {
			f.blocks = append(f.blocks, Block{Kind: Quote, Blocks: inner})
		}
	case "pre", "textarea":
		f.flush()
		st.keep = true
		inner := r.below(n, st, "")
		for _, b := range inner {
			if b.Kind == Para {
				b.Kind, b.Align = Pre, ""
			}
			f.blocks = append(f.blocks, b)
		}
	case "table":
		f.flush()
		f.blocks = append(f.blocks, r.table(n, st)...)
	default:
		if tags.block[n.name] || n.name == "option" {
			r.block(f, n, st)
		} else {
			r.phrase(f, n, st)
		}
	}
}

// block reads an element that is a paragraph or holds some.
func (r *reader) block(f *flow, n *node, st Style) {
	f.flush()
	was := f.align
	f.align = aligned(n, was)
	if n.name == "dt" {
		st.Bold = true
	}
	r.children(f, n, st)
	f.flush()
	f.align = was
}

// phrase reads an element within a paragraph.
func (r *reader) phrase(f *flow, n *node, st Style) {
	switch n.name {
	case "br":
		f.add(Span{Style: st, Newline: true})
	case "img":
		r.image(f, n, st)
	case "input":
		r.input(f, n, st)
	case "a":
		r.anchor(f, n, st)
	case "area":
		r.target(f, n.get("href"), safetext.Name(n.get("alt")), st)
	case "iframe", "embed", "source", "audio", "video", "track":
		r.media(f, n.get("src"), st)
		r.children(f, n, st)
	case "oembed":
		r.media(f, n.get("url"), st)
		r.children(f, n, st)
	case "object":
		r.media(f, n.get("data"), st)
		r.children(f, n, st)
	case "q":
		f.add(Span{Style: st, Text: "“"})
		r.children(f, n, st)
		f.add(Span{Style: st, Text: "”"})
	case "rt":
		f.add(Span{Style: st, Text: " ("})
		r.children(f, n, st)
		f.add(Span{Style: st, Text: ") "})
	case "abbr", "acronym":
		r.children(f, n, st)
		if title := safetext.Name(n.get("title")); title != "" {
			f.add(Span{Style: st, Text: " (" + title + ")"})
		}
	case "rp", "wbr":
	default:
		r.children(f, n, st)
	}
}

// input shows what a form's field shows: the editor makes its lists of tasks of them.
func (r *reader) input(f *flow, n *node, st Style) {
	switch strings.ToLower(n.get("type")) {
	case "hidden", "password", "file", "image", "color", "range":
	case "", "checkbox", "radio":
		if n.get("type") == "" && n.get("value") != "" {
			f.add(Span{Style: st, Text: safetext.Name(n.get("value"))})
			return
		}
		box := "[ ] "
		if n.has("checked") {
			box = "[x] "
		}
		f.add(Span{Style: st, Text: box})
	default:
		f.add(Span{Style: st, Text: safetext.Name(n.get("value"))})
	}
}

// tex reads a formula in TeX as it was typed, between the signs that tell it.
func (r *reader) tex(f *flow, n *node, st Style) {
	var text strings.Builder
	for _, c := range n.kids {
		text.WriteString(c.text)
	}
	formula := strings.TrimSpace(safetext.Text(text.String()))
	switch {
	case formula == "":
	case strings.Contains(strings.ToLower(n.get("type")), "mode=display"):
		f.add(Span{Style: st, Text: `\[` + formula + `\]`})
	default:
		f.add(Span{Style: st, Text: `\(` + formula + `\)`})
	}
}

// anchor reads a link. What its target can't be a link to is told behind it.
func (r *reader) anchor(f *flow, n *node, st Style) {
	address, mark := Link(n.get("href"))
	if address == "" {
		r.children(f, n, st)
		switch href := strings.TrimSpace(n.get("href")); {
		case mark != "" || href == "":
		case strings.HasPrefix(href, "#"):
			mark = "link within this text"
		default:
			mark = "script left out"
		}
		if mark != "" {
			f.add(Span{Style: st, Text: " [" + mark + "]"})
		}
		return
	}
	was := st.Link
	st.Link = address
	at, blocks := len(f.spans), len(f.blocks)
	r.children(f, n, st)
	if len(f.blocks) == blocks && !visible(f.spans[min(at, len(f.spans)):]) {
		f.add(Span{Style: st, Text: address})
	}
	st.Link = was
}

func visible(spans []Span) bool {
	for _, s := range spans {
		if s.Picture > 0 || strings.Trim(s.Text, " \t\n\u00a0") != "" {
			return true
		}
	}
	return false
}

// media leaves the address of what is embedded from elsewhere.
func (r *reader) media(f *flow, src string, st Style) {
	if src != "" {
		r.target(f, src, "", st)
	}
}

func (r *reader) target(f *flow, href, text string, st Style) {
	address, mark := Link(href)
	if address != "" {
		st.Link = address
		mark = address
	}
	if text != "" && mark != "" && address == "" {
		text += " [" + mark + "]"
	}
	if text == "" {
		text = mark
	}
	if text != "" {
		f.add(Span{Style: st, Text: text})
		st.Link = ""
		f.add(Span{Style: st, Text: " "})
	}
}

func (r *reader) image(f *flow, n *node, st Style) {
	alt := safetext.Name(n.get("alt"))
	number, why := 0, "it was not fetched"
	if r.images != nil {
		number, why = r.images(n.get("src"))
	}
	if number == 0 {
		what := "picture missing"
		if alt != "" {
			what += " (" + alt + ")"
		}
		what += ": " + why
		r.missing = append(r.missing, what)
		f.add(Span{Style: Style{Gap: true}, Text: "[" + what + "]"})
		return
	}
	width := n.get("width")
	for _, holder := range []*node{n, n.up} { // the editor writes the width to the figure
		if holder != nil && width == "" && (holder == n || holder.name == "figure") {
			width = Declarations(holder.get("style"))["width"]
		}
	}
	f.add(Span{Style: st, Picture: number, Text: alt, Width: pictureWidth(width)})
}

// list reads a list; what stands in it outside of items belongs to the one before.
func (r *reader) list(n *node, st Style) Block {
	b := Block{Kind: List, Ordered: n.name == "ol"}
	number, step := 1, 1
	if b.Ordered {
		b.Marks = marksOf(n)
		items := 0
		for _, c := range n.kids {
			if c.tag != nil && c.name == "li" {
				items++
			}
		}
		if n.has("reversed") {
			number, step = items, -1
		}
		if v, err := strconv.Atoi(strings.TrimSpace(n.get("start"))); err == nil && v > -1e6 && v < 1e6 {
			number = v
		}
	}
	for _, c := range n.kids {
		inner := &flow{}
		isItem := c.tag != nil && c.name == "li"
		if isItem {
			inner.align = aligned(c, "")
			r.children(inner, c, styled(c, st))
			if v, err := strconv.Atoi(strings.TrimSpace(c.get("value"))); err == nil && b.Ordered && v > -1e6 && v < 1e6 {
				number = v
			}
		} else {
			r.node(inner, c, st)
		}
		blocks := inner.done()
		k := len(b.Items) - 1
		switch {
		case isItem && (len(blocks) > 0 || b.Ordered):
			b.Items = append(b.Items, Item{Number: number, Blocks: blocks})
			number += step
		case len(blocks) == 0:
		case k >= 0:
			b.Items[k].Blocks = append(b.Items[k].Blocks, blocks...)
		default:
			b.Items = append(b.Items, Item{Number: number, Blocks: blocks})
		}
	}
	return b
}

// marksOf is the kind of an ordered list's marks.
func marksOf(n *node) string {
	switch t := n.get("type"); t {
	case "a", "A", "i", "I":
		return t
	}
	return map[string]string{
		"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I",
	}[Declarations(n.get("style"))["list-style-type"]]
}

// Label is what stands before an item: "3.", "c.", "iii.", or "-".
func (b *Block) Label(i int) string {
	if !b.Ordered {
		return "-"
	}
	n := b.Items[i].Number
	switch {
	case n < 1 || b.Marks == "":
	case b.Marks == "a":
		return letters(n) + "."
	case b.Marks == "A":
		return strings.ToUpper(letters(n)) + "."
	case n < 4000:
		if s := roman(n); b.Marks == "I" {
			return s + "."
		} else {
			return strings.ToLower(s) + "."
		}
	}
	return fmt.Sprintf("%d.", n)
}

// letters is "a" for 1, "aa" for 27 and so on.
func letters(n int) (s string) {
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('a'+(n-1)%26)) + s
	}
	return s
}

func roman(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		value int
		text  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"},
		{4, "IV"}, {1, "I"}} {
		for ; n >= d.value; n -= d.value {
			b.WriteString(d.text)
		}
	}
	return b.String()
}

package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"zenobis/safetext"
)

// Rich text becomes blocks and spans, from which each kind of page is written:
// whatever was nested how, the pages are well formed.

type blockKind int

const (
	paraBlock blockKind = iota
	headingBlock
	listBlock
	tableBlock
	quoteBlock
	preBlock
	ruleBlock
)

// block is a paragraph or what stands for one.
type block struct {
	kind    blockKind
	level   int       // headings: 1 to 6
	align   string    // "", left, right, center, justify
	spans   []span    // paragraphs, headings, preformatted text
	blocks  []block   // quotes
	ordered bool      // lists
	items   [][]block // lists
	rows    [][]cell  // tables
	caption []span    // tables
}

// cell is one of a table.
type cell struct {
	head             bool
	colSpan, rowSpan int // at least 1
	align, fill      string
	blocks           []block
}

// style is how a span looks.
type style struct {
	bold, italic, underline, strike, code bool
	raise                                 int // 1 superscript, -1 subscript
	color, fill                           string
	href                                  string // http, https or ftp
	gap                                   bool   // our own mark of something missing
}

// span is a run of text, a line break or a picture.
type span struct {
	style
	text    string
	newline bool
	picture *picture
	width   string // pictures: "40%" or "120" pixels, "" as it is
}

// rich is rich text made safe.
type rich struct {
	blocks  []block
	missing []string // what could not be shown, one line each
}

var richPolicy = policy()

// policy lets through what the ELN's word processor makes and nothing that
// runs, loads or leads elsewhere unasked. Pictures are numbers here.
func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del",
		"sub", "sup", "mark", "small", "code", "kbd", "samp", "tt", "pre", "blockquote", "dl", "dt", "dd", "span", "font", "div", "center", "figure", "figcaption",
		"section", "article", "address", "q", "cite", "var")
	p.AllowTables()
	p.AllowLists()
	p.AllowElements("input")
	p.AllowAttrs("checked").OnElements("input")
	p.AllowAttrs("align").Matching(bluemonday.Paragraph).Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "ftp")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowAttrs("alt", "src").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.NumberOrPercent).OnElements("img")
	p.AllowStyles("text-align", "width", "color", "background-color", "font-weight", "font-style", "text-decoration", "vertical-align").Globally()
	return p
}

// richText makes rich text safe. Pictures that can't be had leave a mark.
func richText(value string, pics *pictures) rich {
	r := &richReader{pics: pics}
	value = strings.ToValidUTF8(strings.ReplaceAll(value, "\x00", ""), "\uFFFD")
	nodes, err := fragment(value)
	if err == nil {
		var b strings.Builder
		for _, n := range nodes {
			r.number(n)
			if err = html.Render(&b, n); err != nil {
				break
			}
		}
		if err == nil {
			nodes, err = fragment(richPolicy.Sanitize(b.String()))
		}
	}
	if err != nil { // nested too deeply to be read
		what := "the markup can't be read, the text alone is shown"
		return rich{missing: append(r.missing, what), blocks: []block{mark(what), {kind: paraBlock, spans: []span{{text: Clean(PlainText(value))}}}}}
	}
	f := &flow{}
	for _, n := range nodes {
		r.node(f, n, style{})
	}
	out := rich{blocks: f.done(), missing: r.missing}
	if what := broken(value); what != "" {
		out.missing = append(out.missing, what)
		out.blocks = append(out.blocks, mark(what))
	}
	return out
}

// mark is a paragraph that says what is missing in its place.
func mark(what string) block {
	return block{kind: paraBlock, spans: []span{{style: style{gap: true}, text: "[" + what + "]"}}}
}

func fragment(s string) ([]*html.Node, error) {
	return html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
}

// PlainText is the text between tags.
func PlainText(s string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			b.Write(z.Text())
		default:
			b.WriteByte(' ')
		}
	}
}

// ends may be left out in HTML: nothing is wrong without them.
var optionalEnds = []atom.Atom{atom.P, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Td, atom.Th, atom.Thead, atom.Tbody, atom.Tfoot, atom.Colgroup, atom.Html, atom.Body, atom.Head, atom.Option}

var voidElements = []atom.Atom{atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source, atom.Track, atom.Wbr}

// broken tells what is wrong with markup; a browser repairs it, so the text is
// there, but perhaps not as it was meant.
func broken(s string) string {
	if i := strings.LastIndexByte(s, '<'); i >= 0 && !strings.Contains(s[i:], ">") && len(s) > i+1 && (s[i+1] == '/' || s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z') {
		return "the markup breaks off at the end"
	}
	var open []atom.Atom
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.EndTagToken {
			continue
		}
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		if tag == 0 || slices.Contains(optionalEnds, tag) || slices.Contains(voidElements, tag) {
			continue
		}
		if kind == html.StartTagToken {
			open = append(open, tag)
			continue
		}
		if len(open) == 0 || open[len(open)-1] != tag {
			return "the markup is broken and was repaired"
		}
		open = open[:len(open)-1]
	}
	if len(open) > 0 {
		return "the markup is broken and was repaired"
	}
	return ""
}

// richReader turns nodes into blocks.
type richReader struct {
	pics    *pictures
	missing []string
}

// number replaces the address of each picture by its number, or by a mark where
// the picture can't be had: an address may hold somebody's session.
func (r *richReader) number(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.number(c)
	}
	if n.Type != html.ElementNode || n.DataAtom != atom.Img {
		return
	}
	alt := safetext.Line(attribute(n, "alt"))
	p, why := r.pics.get(attribute(n, "src"))
	width := attribute(n, "width")
	for _, holder := range []*html.Node{n, n.Parent} { // the editor writes the width to the figure
		if holder == nil || width != "" {
			continue
		}
		if w := declarations(attribute(holder, "style"))["width"]; holder == n || holder.DataAtom == atom.Figure {
			width = w
		}
	}
	n.Attr = []html.Attribute{{Key: "alt", Val: alt}}
	if p == nil {
		what := "picture missing"
		if alt != "" {
			what += " (" + alt + ")"
		}
		what += ": " + why
		r.missing = append(r.missing, what)
		n.Attr = append(n.Attr, html.Attribute{Key: "src", Val: "missing-" + strconv.Itoa(len(r.missing)-1)})
		return
	}
	n.Attr = append(n.Attr, html.Attribute{Key: "src", Val: p.name()}, html.Attribute{Key: "width", Val: pictureWidth(width)})
}

// pictureWidth is "40%" or a number of pixels, "" for anything else.
func pictureWidth(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(strings.ToLower(s)), "px")
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || v <= 0 || percent && v > 100 || v > 10000:
		return ""
	case percent:
		return strconv.Itoa(max(1, int(v))) + "%"
	}
	return strconv.Itoa(max(1, int(v)))
}

// link is an address that may stand in a page: absolute, to the web, and
// without somebody's session.
func link(href string) string {
	href = strings.TrimSpace(href)
	u, err := url.Parse(href)
	if err != nil || u.Host == "" || u.User != nil || !slices.Contains([]string{"http", "https", "ftp"}, strings.ToLower(u.Scheme)) {
		return ""
	}
	if strings.Contains(strings.ToLower(href), "sessionid=") || safetext.Redact(href) != href || strings.Contains(u.Path, "/file-service/") {
		return ""
	}
	return u.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// declarations are those of a style attribute.
func declarations(css string) map[string]string {
	m := map[string]string{}
	for d := range strings.SplitSeq(css, ";") {
		if name, value, ok := strings.Cut(d, ":"); ok {
			m[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
		}
	}
	return m
}

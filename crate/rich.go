package crate

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// rich is rich text made safe: its elements, with pictures embedded.
type rich struct {
	nodes   []*html.Node
	missing []string // what could not be embedded, one line each
}

// policy lets through what the ELN's word processor makes and nothing that
// runs, loads or leads elsewhere unasked.
func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "s", "strike", "del",
		"sub", "sup", "mark", "small", "code", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "span", "div", "figure", "figcaption")
	p.AllowTables()
	p.AllowLists()
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "ftp")
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	p.AllowAttrs("alt", "src").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.NumberOrPercent).OnElements("img")
	p.AllowDataURIImages()
	p.AllowStyles("text-align", "width", "height", "color", "background-color", "font-weight", "font-style", "text-decoration").Globally()
	return p
}

// richText makes rich text safe. image fetches a picture by its src; nil or a
// failure leaves a mark in the picture's place.
func richText(value string, image func(src string) (string, []byte, error)) rich {
	var r rich
	nodes, err := fragment(value)
	if err != nil {
		r.missing = append(r.missing, "the text is not readable")
		return r
	}
	seen := map[string]string{}
	for _, n := range nodes {
		r.embed(n, image, seen)
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			r.missing = append(r.missing, "a part of the text is not readable")
		}
	}
	r.nodes, err = fragment(policy().Sanitize(b.String()))
	if err != nil {
		r.missing = append(r.missing, "the text is not readable")
	}
	return r
}

func fragment(s string) ([]*html.Node, error) {
	return html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
}

// embed replaces the src of each picture by the picture itself.
func (r *rich) embed(n *html.Node, image func(string) (string, []byte, error), seen map[string]string) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		r.embed(c, image, seen)
		c = next
	}
	if n.Type != html.ElementNode || n.DataAtom != atom.Img {
		return
	}
	src := attribute(n, "src")
	if strings.HasPrefix(src, "data:image/") {
		return
	}
	uri, ok := seen[src]
	if !ok {
		uri = r.fetch(src, image)
		seen[src] = uri
	}
	if uri != "" {
		setAttribute(n, "src", uri)
		return
	}
	// The mark stands where the picture stood; its address may hold a session.
	text := "[picture missing]"
	if alt := strings.TrimSpace(attribute(n, "alt")); alt != "" {
		text = "[picture missing: " + alt + "]"
	}
	n.DataAtom, n.Data, n.Attr = atom.Em, "em", nil
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

func (r *rich) fetch(src string, image func(string) (string, []byte, error)) string {
	name := src[strings.LastIndex(src, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	if image == nil {
		r.missing = append(r.missing, fmt.Sprintf("picture %q was not fetched", name))
		return ""
	}
	media, data, err := image(src)
	if err != nil {
		r.missing = append(r.missing, fmt.Sprintf("picture %q could not be fetched", name))
		return ""
	}
	media, _, _ = mime.ParseMediaType(media)
	switch media {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return "data:" + media + ";base64," + base64.StdEncoding.EncodeToString(data)
	}
	r.missing = append(r.missing, fmt.Sprintf("picture %q is of a kind that is not embedded (%s)", name, media))
	return ""
}

// html renders the text again.
func (r rich) html() string {
	var b strings.Builder
	for _, n := range r.nodes {
		html.Render(&b, n) // into memory: can't fail for what was parsed
	}
	return b.String()
}

// withoutPictures is the text as HTML with a mark for each picture.
func (r rich) withoutPictures() string {
	nodes, err := fragment(r.html())
	if err != nil {
		return ""
	}
	var drop func(n *html.Node)
	drop = func(n *html.Node) {
		if n.Type == html.ElementNode && n.DataAtom == atom.Img {
			n.DataAtom, n.Data = atom.Em, "em"
			n.AppendChild(&html.Node{Type: html.TextNode, Data: strings.TrimSpace("[picture] " + attribute(n, "alt"))})
			n.Attr = nil
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			drop(c)
		}
	}
	var b strings.Builder
	for _, n := range nodes {
		drop(n)
		html.Render(&b, n)
	}
	return b.String()
}

// text is the text without markup: paragraphs, lists and tables as lines.
func (r rich) text() string {
	var t textWriter
	for _, n := range r.nodes {
		t.node(n)
	}
	return strings.TrimSpace(t.b.String())
}

// textWriter turns HTML into lines.
type textWriter struct {
	b    strings.Builder
	list []int // counters of the lists that are open; -1 for bullets
}

func (t *textWriter) newline(n int) {
	s := t.b.String()
	have := len(s) - len(strings.TrimRight(s, "\n"))
	if len(s) == 0 {
		return
	}
	for ; have < n; have++ {
		t.b.WriteByte('\n')
	}
}

func (t *textWriter) node(n *html.Node) {
	if n.Type == html.TextNode {
		s := strings.Join(strings.Fields(n.Data), " ")
		if s != "" && strings.TrimLeft(n.Data, " \n\t\u00a0") != n.Data && !strings.HasSuffix(t.b.String(), "\n") && !strings.HasSuffix(t.b.String(), " ") && t.b.Len() > 0 {
			t.b.WriteByte(' ')
		}
		t.b.WriteString(s)
		if s != "" && strings.TrimRight(n.Data, " \n\t\u00a0") != n.Data {
			t.b.WriteByte(' ')
		}
		return
	}
	switch n.DataAtom {
	case atom.Br:
		t.b.WriteByte('\n')
		return
	case atom.Img:
		t.b.WriteString(strings.TrimSpace("[picture] " + attribute(n, "alt")))
		return
	case atom.P, atom.Div, atom.Figure, atom.Blockquote, atom.Pre, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table:
		t.newline(2)
		t.children(n)
		t.newline(2)
		return
	case atom.Ul, atom.Ol:
		counter := -1
		if n.DataAtom == atom.Ol {
			counter = 0
		}
		t.newline(1)
		t.list = append(t.list, counter)
		t.children(n)
		t.list = t.list[:len(t.list)-1]
		t.newline(1)
		return
	case atom.Li:
		t.newline(1)
		mark := "- "
		if k := len(t.list) - 1; k >= 0 {
			t.b.WriteString(strings.Repeat("  ", k))
			if t.list[k] >= 0 {
				t.list[k]++
				mark = fmt.Sprintf("%d. ", t.list[k])
			}
		}
		t.b.WriteString(mark)
	case atom.Tr:
		t.newline(1)
	case atom.Td, atom.Th:
		if s := t.b.String(); s != "" && !strings.HasSuffix(s, "\n") {
			t.b.WriteString(" | ")
		}
	}
	t.children(n)
}

func (t *textWriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t.node(c)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func setAttribute(n *html.Node, name, value string) {
	for i, a := range n.Attr {
		if a.Key == name {
			n.Attr[i].Val = value
		}
	}
}

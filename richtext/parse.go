package richtext

import (
	"errors"
	"strings"

	nethtml "golang.org/x/net/html"
)

// The limits of what is read. Above them a value is not shown.
const (
	MaxText  = 16 << 20  // bytes, without the bytes of pictures in it
	MaxCells = 1_000_000 // of all tables
)

// ErrTooLarge says that a text is above the limits.
var ErrTooLarge = errors.New("too large to be shown")

// maxDepth bounds how deeply elements nest; what is deeper stands in the last one.
const maxDepth = 200

// node is an element, or text where it has no tag.
type node struct {
	*tag
	text string
	up   *node
	kids []*node
}

// builder makes a tree of tags, as a browser would in all that people write. The
// parser of x/net/html opens formatting elements again in each paragraph, which
// takes time and memory in the square of a text made for it.
type builder struct {
	c       counts
	at      *node
	depth   int
	open    map[string]int
	ignored map[string]int  // elements too deep to be opened
	again   []*tag          // formatting that goes on in the next text
	bare    map[string]*tag // those without attributes
	cells   int
	broken  bool
}

func parse(value string) (root *node, broken bool, err error) {
	if len(value) > MaxText && len(value)-embedded(value) > MaxText {
		return nil, false, ErrTooLarge
	}
	root = &node{tag: &tag{name: "div"}}
	b := &builder{c: census(value), at: root, open: map[string]int{}, ignored: map[string]int{}, bare: map[string]*tag{}}
	for z := nethtml.NewTokenizer(strings.NewReader(value)); ; {
		switch z.Next() {
		case nethtml.ErrorToken:
			for n := b.at; n != root; n = n.up {
				b.broken = b.broken || !tags.optional[n.name]
			}
			return root, b.broken, nil
		case nethtml.TextToken:
			b.words(string(z.Text()))
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			raw := string(z.Raw())
			if t := readTag(z); b.c.element(t) {
				b.start(b.once(t), strings.HasSuffix(raw, "/>") && (tags.math[t.name] || !tags.known[t.name]))
			} else {
				b.words(raw)
			}
			if b.cells > MaxCells {
				return nil, false, ErrTooLarge
			}
		case nethtml.EndTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			switch n := string(name); {
			case tags.known[n] || b.c.starts[n] > 0 || strings.ContainsAny(n, ":-"):
				b.end(n)
			default:
				b.words(raw)
			}
		}
	}
}

// once is one tag for all elements of a name without attributes: most have none.
func (b *builder) once(t *tag) *tag {
	if len(t.attrs) > 0 {
		return t
	}
	if b.bare[t.name] == nil {
		b.bare[t.name] = t
	}
	return b.bare[t.name]
}

// embedded counts the bytes of pictures that stand in the text itself.
func embedded(value string) (n int) {
	const mark = ";base64,"
	for {
		i := strings.Index(value, mark)
		if i < 0 {
			return n
		}
		value = value[i+len(mark):]
		end := strings.IndexAny(value, "\"'<> ")
		if end < 0 {
			end = len(value)
		}
		n += end
		value = value[end:]
	}
}

// unseen reports whether what is in an element is never seen.
func (n *node) unseen() bool { return tags.skipped[n.name] && !n.formula() }

// formula reports a formula in TeX, as editors keep it.
func (n *node) formula() bool {
	return n.name == "script" && strings.HasPrefix(strings.ToLower(n.get("type")), "math/")
}

func (b *builder) words(s string) {
	if s == "" || b.at.unseen() {
		return
	}
	if len(b.again) > 0 && strings.Trim(s, " \t\r\n\f") != "" {
		again := b.again
		b.again = nil
		for _, t := range again {
			b.push(t)
		}
	}
	b.at.kids = append(b.at.kids, &node{text: s})
}

func (b *builder) push(t *tag) {
	n := &node{tag: t, up: b.at}
	if b.depth >= maxDepth {
		b.ignored[t.name]++
		return
	}
	b.at.kids = append(b.at.kids, n)
	b.at = n
	b.depth++
	b.open[t.name]++
}

// pop closes the innermost element. Formatting that is not ended goes on.
func (b *builder) pop(implied bool) {
	n := b.at
	if implied && tags.format[n.name] && n.name != "a" && len(b.again) < 8 {
		b.again = append([]*tag{n.tag}, b.again...)
	}
	b.at = n.up
	b.depth--
	b.open[n.name]--
}

// parts are the elements that only a table ends; nothing else reaches beyond a cell.
var parts = set("td th tr tbody thead tfoot caption colgroup table")

// within finds an open element as far as an end tag reaches.
func (b *builder) within(name string) bool {
	if b.open[name] == 0 {
		return false
	}
	for n := b.at; n.up != nil; n = n.up {
		switch {
		case n.name == name:
			return true
		case n.name == "table", !parts[name] && parts[n.name]:
			return false
		}
	}
	return false
}

// closeTo closes everything down to the element, and the element.
func (b *builder) closeTo(name string) {
	for b.at.name != name {
		b.pop(true)
	}
	b.pop(false)
}

// closes are the elements that end when another one begins.
var closes = map[string][]string{
	"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "td": {"td", "th"}, "th": {"td", "th"}, "tr": {"tr"},
	"tbody": {"tr", "tbody", "thead", "tfoot", "caption", "colgroup"}, "thead": {"tr", "tbody", "thead", "tfoot", "caption", "colgroup"},
	"tfoot": {"tr", "tbody", "thead", "tfoot", "caption", "colgroup"}, "option": {"option"},
}

// scopes are the elements beyond which one does not end others by beginning.
var scopes = map[string]map[string]bool{
	"li": set(
		"ul ol menu dir td th",
	), "dt": set("dl td th"), "dd": set("dl td th"), "td": set("table"), "th": set("table"), "tr": set("table"),
	"tbody": set("table"), "thead": set("table"), "tfoot": set("table"), "option": set("select datalist td th"),
}

func (b *builder) start(t *tag, alone bool) {
	if b.at.unseen() {
		return
	}
	for _, name := range closes[t.name] {
		if b.open[name] > 0 && b.nearest(name, scopes[t.name]) {
			b.closeTo(name)
		}
	}
	if tags.block[t.name] && b.open["p"] > 0 && b.within("p") {
		b.closeTo("p")
	}
	switch t.name {
	case "td", "th":
		b.cells++
	case "a":
		if b.within("a") {
			b.closeTo("a")
		}
	}
	if alone || tags.void[t.name] {
		b.at.kids = append(b.at.kids, &node{tag: t, up: b.at})
		return
	}
	if tags.block[t.name] && t.name != "p" && t.name != "li" && t.name != "div" {
		b.again = nil
	}
	b.push(t)
}

// nearest tells whether an element is open within the innermost one of a scope.
func (b *builder) nearest(name string, scope map[string]bool) bool {
	for n := b.at; n.up != nil; n = n.up {
		switch {
		case n.name == name:
			return true
		case scope[n.name]:
			return false
		}
	}
	return false
}

func (b *builder) end(name string) {
	switch {
	case tags.void[name]:
		if name == "br" {
			b.at.kids = append(b.at.kids, &node{tag: &tag{name: "br"}, up: b.at})
		}
	case b.ignored[name] > 0:
		b.ignored[name]--
	case b.within(name):
		if b.at.name != name && !tags.optional[b.at.name] {
			b.broken = true
		}
		b.closeTo(name)
	case b.forget(name):
	default:
		b.broken = b.broken || !tags.optional[name]
	}
}

// forget ends formatting that would have gone on.
func (b *builder) forget(name string) bool {
	for i := len(b.again) - 1; i >= 0; i-- {
		if b.again[i].name == name {
			b.again = append(b.again[:i:i], b.again[i+1:]...)
			return true
		}
	}
	return false
}

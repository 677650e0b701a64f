package richtext

import (
	"html"
	"regexp"
	"strings"

	nethtml "golang.org/x/net/html"

	"zenobis/safetext"
)

// The widget and the data types by which openBIS says what a property holds.
const (
	wordProcessor = "Word Processor"
	manyLines     = "MULTILINE_VARCHAR"
)

// Is tells whether a value is rich text, by its property's data type and widget
// (both "" for descriptions and where the type is not known) and by its tags. What
// the word processor shows is rich text if it has a known element that ends, or
// needs no end. Without that widget it has to begin with one, too, and only texts
// of several lines and values without a data type can: a VARCHAR never is.
func Is(dataType, widget, value string) bool {
	switch {
	case widget == wordProcessor:
	case widget != "" || dataType != "" && dataType != manyLines:
		return false
	case !strings.HasPrefix(strings.TrimLeft(value, " \t\r\n\u00a0\ufeff"), "<"):
		return false
	}
	if !strings.Contains(value, "<") {
		return false
	}
	c := census(value)
	first := true
	z := nethtml.NewTokenizer(strings.NewReader(value))
	for {
		kind := z.Next()
		switch kind {
		case nethtml.ErrorToken:
			return false
		case nethtml.TextToken:
			first = first && strings.TrimSpace(string(z.Raw())) == ""
			continue
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			t := readTag(z)
			if c.element(t) && (tags.void[t.name] || tags.optional[t.name] || c.ends[t.name] > 0) && tags.known[t.name] {
				return first || widget == wordProcessor
			}
		}
		if kind != nethtml.CommentToken && kind != nethtml.DoctypeToken && widget != wordProcessor {
			return false // it begins with something else
		}
	}
}

// counts are how often each element begins and ends in a text.
type counts struct{ starts, ends map[string]int }

func census(value string) counts {
	c := counts{map[string]int{}, map[string]int{}}
	for z := nethtml.NewTokenizer(strings.NewReader(value)); ; {
		switch z.Next() {
		case nethtml.ErrorToken:
			return c
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, _ := z.TagName()
			c.starts[string(name)]++
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			c.ends[string(name)]++
		}
	}
}

// tag is the beginning of an element.
type tag struct {
	name  string
	attrs []attr
	odd   bool // has attributes, none of them with a value or known without
}

type attr struct{ name, value string }

func (t *tag) get(name string) string {
	for _, a := range t.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

func (t *tag) has(name string) bool {
	for _, a := range t.attrs {
		if a.name == name {
			return true
		}
	}
	return false
}

// bare are the attributes that stand without a value.
var bare = set(
	"checked disabled reversed controls contenteditable nowrap noshade compact allowfullscreen autoplay loop muted hidden download " +
		"readonly selected multiple noresize border",
)

// maxAttributes bounds what is read of one tag.
const maxAttributes = 64

func readTag(z *nethtml.Tokenizer) *tag {
	name, more := z.TagName()
	t := &tag{name: string(name), odd: more}
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		if len(v) > 0 || bare[string(k)] || strings.Trim(string(k), "/") == "" {
			t.odd = false
		}
		if len(t.attrs) < maxAttributes {
			t.attrs = append(t.attrs, attr{string(k), string(v)})
		}
	}
	return t
}

// element tells whether something that looks like a tag is one: people write
// "T<Tc" and "x<b and c>d". Those and unknown names are elements if they end
// somewhere, too; office programs leave names such as "o:p" behind.
func (c counts) element(t *tag) bool {
	if tags.known[t.name] && !t.odd || strings.ContainsAny(t.name, ":-") {
		return true
	}
	return c.ends[t.name] > 0 || len(t.attrs) > 0 && !t.odd
}

// entity is a character reference with its end: without, "R&D" might be one.
var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});`)

// PlainText is a value that is no rich text, as people read it. What stands in a
// word processor's property may hold character references.
func PlainText(widget, value string) string {
	if widget == wordProcessor && strings.Contains(value, "&") {
		value = entity.ReplaceAllStringFunc(value, html.UnescapeString)
	}
	return safetext.Text(value)
}

// Readable is a value as text without markup, whether it is rich text or plain.
func Readable(dataType, widget, value string) string {
	if Is(dataType, widget, value) {
		if d, err := Read(value, nil); err == nil {
			return Plain(d.Blocks)
		}
	}
	return PlainText(widget, value)
}

// SafeHTML is a value as HTML that may stand anywhere, whether it is rich text or
// plain. Pictures become their texts.
func SafeHTML(dataType, widget, value string) string {
	if Is(dataType, widget, value) {
		if d, err := Read(value, nil); err == nil {
			return HTML(d.Blocks, nil)
		}
	}
	var b strings.Builder
	for para := range strings.SplitSeq(PlainText(widget, strings.Trim(value, "\n")), "\n\n") {
		if strings.TrimSpace(para) != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(strings.Trim(para, "\n")), "\n", "<br>") + "</p>\n")
		}
	}
	return strings.TrimSpace(b.String())
}

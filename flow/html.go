package flow

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// HTMLText is the text of a fragment of HTML, a line for a block.
func HTMLText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	skip := false
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			lines := strings.FieldsFunc(b.String(), func(r rune) bool { return r == '\n' })
			for i, l := range lines {
				lines[i] = strings.Join(strings.Fields(l), " ")
			}
			lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
			return strings.Join(lines, "\n")
		case html.TextToken:
			if !skip {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "figure":
				b.WriteByte('\n')
			case "td", "th":
				b.WriteByte(' ')
			case "script", "style":
				skip = !skip
			}
		}
	}
}

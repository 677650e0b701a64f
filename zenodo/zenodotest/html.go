package zenodotest

import (
	"html"
	"regexp"
	"strings"
)

// allowedTags are the elements that HTML keeps (docs/zenodo-api.md, The document).
var allowedTags = map[string]bool{
	"a": true, "abbr": true, "acronym": true, "b": true, "blockquote": true, "br": true, "caption": true, "code": true, "div": true,
	"em": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "i": true, "li": true, "ol": true, "p": true,
	"pre": true, "span": true, "strike": true, "strong": true, "sub": true, "sup": true, "table": true, "tbody": true, "thead": true,
	"th": true, "td": true, "tr": true, "u": true, "ul": true,
}

var (
	tagPattern  = regexp.MustCompile(`(?s)<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>`)
	hrefPattern = regexp.MustCompile(`(?i)\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))`)
)

// cleanHTML removes elements and attributes that the site does not allow. The
// text of a removed element stays.
func cleanHTML(s string) string {
	return tagPattern.ReplaceAllStringFunc(s, func(tag string) string {
		m := tagPattern.FindStringSubmatch(tag)
		name := strings.ToLower(m[2])
		if !allowedTags[name] {
			return ""
		}
		if m[1] != "" {
			return "</" + name + ">"
		}
		if name == "a" {
			if h := hrefPattern.FindStringSubmatch(m[3]); h != nil {
				to := h[1] + h[2] + h[3]
				if l := strings.ToLower(to); strings.HasPrefix(l, "http://") || strings.HasPrefix(l, "https://") || strings.HasPrefix(l, "mailto:") {
					return `<a href="` + strings.ReplaceAll(to, `"`, "&quot;") + `">`
				}
			}
		}
		return "<" + name + ">"
	})
}

// stripTags is the text of HTML.
func stripTags(s string) string {
	return html.UnescapeString(tagPattern.ReplaceAllString(s, ""))
}

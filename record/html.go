package record

import (
	"html"
	"strings"

	"zenobis/richtext"
)

// DescriptionHTML makes clean HTML of a description as it was typed: plain text
// with empty lines between paragraphs, or HTML already. Nothing in it runs or
// loads anything.
func DescriptionHTML(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if richtext.Is("", "", s) {
		s = strings.ReplaceAll(s, ">\n<", "><") // as DescriptionText laid it out
	}
	return strings.ReplaceAll(richtext.SafeHTML("", "", s), ">\n<", "><")
}

var blockEnds = strings.NewReplacer("</p><", "</p>\n<", "</li><", "</li>\n<", "<ul><", "<ul>\n<", "<ol><", "<ol>\n<",
	"</ul><", "</ul>\n<", "</ol><", "</ol>\n<")

// DescriptionText shows paragraphs as plain text, to be edited; anything richer
// stays HTML, a line a block.
func DescriptionText(h string) string {
	s := strings.NewReplacer("</p>", "\n\n", "<p>", "", "<br>", "\n", "<br/>", "\n", "<br />", "\n").Replace(h)
	if strings.Contains(s, "<") {
		return blockEnds.Replace(h)
	}
	return strings.TrimSpace(html.UnescapeString(s))
}

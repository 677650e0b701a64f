package page

import (
	"fmt"
	"strings"
)

// plainBlocks is rich text without markup, its lines as they are.
func plainBlocks(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		var s string
		switch b.kind {
		case listBlock:
			var items []string
			for i, item := range b.items {
				mark := "- "
				if b.ordered {
					mark = fmt.Sprintf("%d. ", i+1)
				}
				items = append(items, mark+strings.TrimPrefix(indent(plainBlocks(item), strings.Repeat(" ", len(mark))), strings.Repeat(" ", len(mark))))
			}
			s = strings.Join(items, "\n")
		case tableBlock:
			var rows []string
			for _, r := range cellTexts(b.rows) {
				rows = append(rows, strings.Join(r, "\t"))
			}
			s = strings.Join(rows, "\n")
		case quoteBlock:
			s = plainBlocks(b.blocks)
		case ruleBlock:
			s = "---"
		default:
			s = plainSpans(b.spans)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "\n\n")
}

// plainSpans is the text of spans. Addresses of links stand behind them.
func plainSpans(spans []span) string {
	var b strings.Builder
	for i, s := range spans {
		switch {
		case s.newline:
			b.WriteByte('\n')
		case s.picture != nil:
			b.WriteString(strings.TrimSuffix("[picture: "+s.text, ": ") + "]")
		default:
			b.WriteString(s.text)
		}
		if s.href != "" && (i+1 == len(spans) || spans[i+1].href != s.href) && !strings.Contains(s.href, strings.TrimSpace(s.text)) {
			b.WriteString(" <" + s.href + ">")
		}
	}
	return b.String()
}

package flow

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"zenobis/record"
	"zenobis/richtext"
	"zenobis/safetext"
)

// A description is edited as text without tags: paragraphs apart by empty
// lines, "- " or "1. " before items, "# " before headings, **bold**, *italic*,
// [text](address). What can't be said so, such as a table, stays HTML.

// textOf is a description as it is edited.
func textOf(h string) string {
	if strings.TrimSpace(h) == "" {
		return ""
	}
	doc, err := richtext.Read(h, nil)
	if err != nil || len(doc.Missing) > 0 {
		return record.DescriptionText(h)
	}
	text, ok := marked(doc.Blocks, "")
	if !ok || canonical(HTMLOf(text)) != canonical(h) {
		return record.DescriptionText(h)
	}
	return text
}

// HTMLOf is the description that a text stands for.
func HTMLOf(s string) string {
	s = strings.TrimSpace(safetext.Text(strings.ReplaceAll(s, "\r\n", "\n")))
	if s == "" || richtext.Is("", "", s) {
		return record.DescriptionHTML(s)
	}
	var b strings.Builder
	for _, p := range strings.Split(blank.ReplaceAllString(s, "\n\n"), "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			writeBlock(&b, strings.Split(p, "\n"))
		}
	}
	return b.String()
}

// Flat is a description without any marks, for one line.
func Flat(h string) string {
	if h == "" {
		return ""
	}
	doc, err := richtext.Read(h, nil)
	if err != nil {
		return richtext.PlainText("", h)
	}
	return richtext.Plain(doc.Blocks)
}

func canonical(h string) string {
	doc, err := richtext.Read(h, nil)
	if err != nil {
		return h
	}
	return richtext.HTML(doc.Blocks, nil)
}

// marked writes blocks as text; false where that would lose something.
func marked(blocks []richtext.Block, indent string) (string, bool) {
	var parts []string
	for i := range blocks {
		b := &blocks[i]
		if b.Align != "" {
			return "", false
		}
		switch b.Kind {
		case richtext.Para, richtext.Heading:
			text, ok := markedSpans(b.Spans)
			if !ok {
				return "", false
			}
			if b.Kind == richtext.Heading {
				text = strings.Repeat("#", b.Level) + " " + text
			}
			parts = append(parts, indent+strings.ReplaceAll(text, "\n", "\n"+indent))
		case richtext.List:
			text, ok := markedList(b, indent)
			if !ok {
				return "", false
			}
			parts = append(parts, text)
		default:
			return "", false
		}
	}
	return strings.Join(parts, "\n\n"), true
}

func markedList(b *richtext.Block, indent string) (string, bool) {
	if b.Marks != "" && b.Marks != "1" {
		return "", false
	}
	var lines []string
	for i, it := range b.Items {
		lead := "- "
		if b.Ordered {
			if it.Number != i+1 {
				return "", false
			}
			lead = strconv.Itoa(it.Number) + ". "
		}
		for j := range it.Blocks {
			inner := &it.Blocks[j]
			switch {
			case inner.Kind == richtext.Para && j == 0:
				text, ok := markedSpans(inner.Spans)
				if !ok || strings.Contains(text, "\n") {
					return "", false
				}
				lines = append(lines, indent+lead+text)
			case inner.Kind == richtext.List && j > 0:
				text, ok := markedList(inner, indent+"  ")
				if !ok {
					return "", false
				}
				lines = append(lines, text)
			default:
				return "", false
			}
		}
	}
	return strings.Join(lines, "\n"), true
}

// literal escapes what would be read as a mark.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "[", `\[`)

func markedSpans(spans []richtext.Span) (string, bool) {
	var b strings.Builder
	for _, s := range spans {
		if s.Newline {
			b.WriteString("\n")
			continue
		}
		if s.Picture != 0 || s.Underline || s.Strike || s.Code || s.Raise != 0 || s.Color != "" || s.Fill != "" || s.Gap {
			return "", false
		}
		text := literal.Replace(s.Text)
		if s.Link != "" {
			text = "[" + text + "](" + s.Link + ")"
		}
		mark := ""
		if s.Bold {
			mark = "**"
		}
		if s.Italic {
			mark += "*"
		}
		b.WriteString(mark + text + mark)
	}
	return b.String(), true
}

var (
	blank   = regexp.MustCompile(`\n[ \t\r\v\f]*(?:\n[ \t\r\v\f]*)+\n|\n[ \t\r\v\f]*\n`)
	heading = regexp.MustCompile(`^(#{1,6}) +(.*)$`)
	item    = regexp.MustCompile(`^( *)(?:([-•])|(\d+)\.) +(.*)$`)
	inline  = regexp.MustCompile(
		`\\([\\*\[])|\*\*\*([^*\s](?:[^*]*[^*\s])?)\*\*\*|\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*|` +
			`\[([^\]]+)\]\((https?://[^)\s]+|mailto:[^)\s]+)\)`,
	)
)

// writeBlock writes lines without an empty one between them.
func writeBlock(b *strings.Builder, lines []string) {
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			b.WriteString("<p>" + strings.Join(paragraph, "<br>") + "</p>")
			paragraph = nil
		}
	}
	for i := 0; i < len(lines); i++ {
		if m := heading.FindStringSubmatch(lines[i]); m != nil {
			flush()
			level := strconv.Itoa(len(m[1]))
			b.WriteString("<h" + level + ">" + inlineHTML(m[2]) + "</h" + level + ">")
			continue
		}
		if item.MatchString(lines[i]) {
			flush()
			end := i
			for end < len(lines) && item.MatchString(lines[end]) {
				end++
			}
			writeList(b, lines[i:end])
			i = end - 1
			continue
		}
		paragraph = append(paragraph, inlineHTML(strings.TrimRight(lines[i], " ")))
	}
	flush()
}

// writeList writes items; those that are indented further belong to the one before.
func writeList(b *strings.Builder, lines []string) {
	first := item.FindStringSubmatch(lines[0])
	tag := "ul"
	if first[3] != "" {
		tag = "ol"
	}
	b.WriteString("<" + tag + ">")
	for i := 0; i < len(lines); {
		m := item.FindStringSubmatch(lines[i])
		b.WriteString("<li>" + inlineHTML(m[4]))
		end := i + 1
		for end < len(lines) && len(item.FindStringSubmatch(lines[end])[1]) > len(first[1]) {
			end++
		}
		if end > i+1 {
			writeList(b, lines[i+1:end])
		}
		b.WriteString("</li>")
		i = end
	}
	b.WriteString("</" + tag + ">")
}

// inlineHTML writes a line with its marks.
func inlineHTML(s string) string {
	var b strings.Builder
	at := 0
	for _, m := range inline.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(html.EscapeString(s[at:m[0]]))
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return s[m[2*n]:m[2*n+1]]
		}
		switch {
		case m[2] >= 0:
			b.WriteString(html.EscapeString(group(1)))
		case m[4] >= 0:
			b.WriteString("<strong><em>" + inlineHTML(group(2)) + "</em></strong>")
		case m[6] >= 0:
			b.WriteString("<strong>" + inlineHTML(group(3)) + "</strong>")
		case m[8] >= 0:
			b.WriteString("<em>" + inlineHTML(group(4)) + "</em>")
		default:
			b.WriteString(`<a href="` + html.EscapeString(group(6)) + `">` + inlineHTML(group(5)) + "</a>")
		}
		at = m[1]
	}
	b.WriteString(html.EscapeString(s[at:]))
	return b.String()
}

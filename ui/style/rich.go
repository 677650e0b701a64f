package style

import (
	"strconv"
	"strings"

	"zenobis/richtext"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// Rich draws a description as it will look, in lines of at most w cells.
func (t Theme) Rich(html string, w int) []string {
	doc, err := richtext.Read(html, nil)
	if err != nil {
		return cells.Wrap(safetext.Block(html), w)
	}
	return t.blocks(doc.Blocks, w)
}

func (t Theme) blocks(blocks []richtext.Block, w int) []string {
	var out []string
	for i := range blocks {
		b := &blocks[i]
		if i > 0 {
			out = append(out, "")
		}
		switch b.Kind {
		case richtext.Para:
			out = append(out, cells.Wrap(t.spans(b.Spans), w)...)
		case richtext.Heading:
			for _, l := range cells.Wrap(t.spans(b.Spans), w) {
				out = append(out, t.Bold.Render(l))
			}
		case richtext.List:
			out = append(out, t.list(b, w)...)
		default:
			out = append(out, cells.Wrap(safetext.Block(richtext.Plain(blocks[i:i+1])), w)...)
		}
	}
	return out
}

func (t Theme) list(b *richtext.Block, w int) []string {
	var out []string
	for _, it := range b.Items {
		lead := "• "
		if b.Ordered {
			lead = strconv.Itoa(it.Number) + ". "
		}
		for j, l := range t.blocks(it.Blocks, max(w-4, 4)) {
			if j > 0 {
				lead = strings.Repeat(" ", cells.Width(lead))
			}
			if l != "" {
				out = append(out, "  "+lead+l)
			}
		}
	}
	return out
}

func (t Theme) spans(spans []richtext.Span) string {
	var b strings.Builder
	for _, s := range spans {
		text := safetext.Line(s.Text)
		switch {
		case s.Newline:
			b.WriteString("\n")
			continue
		case s.Text != "" && strings.TrimSpace(s.Text) == "":
			text = " "
		default:
			if strings.HasPrefix(s.Text, " ") {
				text = " " + strings.TrimLeft(text, " ")
			}
			if strings.HasSuffix(s.Text, " ") {
				text = strings.TrimRight(text, " ") + " "
			}
		}
		st := t.plain
		if s.Bold {
			st = st.Bold(true)
		}
		if s.Italic {
			st = st.Italic(true)
		}
		if s.Link != "" {
			st = st.Underline(true)
		}
		if s.Bold || s.Italic || s.Link != "" {
			text = st.Render(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

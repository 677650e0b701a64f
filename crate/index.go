package crate

import (
	"bufio"
	"fmt"
	"html"
	"io"

	"zenobis/names"
	"zenobis/page"
)

// WriteIndex writes index.html: the tree as nested lists, each entity a link to
// its page. Of each entity it holds a line in memory.
func WriteIndex(w io.Writer, title string, src Source) error {
	s, err := bonesOf(src, true)
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	b := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		html.EscapeString(page.OneLine(title)), page.Style)
	fmt.Fprintf(b, "<main>\n<h1>%s</h1>\n<p class=\"sub\"><a href=\"README.md\">README.md</a> says what this is, how to cite it and how to check that it is whole.</p>\n", html.EscapeString(page.OneLine(title)))
	if len(src.Omissions()) > 0 {
		b.WriteString("<p class=\"note\">Something was left out: <a href=\"omitted.txt\">omitted.txt</a> says what and why.</p>\n")
	}
	s.index(b, s.top)
	b.WriteString("</main>\n</body>\n</html>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

// index writes a bone, its siblings and what is below them.
func (s *skeleton) index(b *bufio.Writer, i int32) {
	if i < 0 {
		return
	}
	b.WriteString("<ul>\n")
	for ; i >= 0; i = s.bones[i].next {
		n := &s.bones[i]
		label := html.EscapeString(page.OneLine(n.label))
		if n.page() != "" {
			label = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(names.Encode(n.folder+"."+n.page())), label)
		}
		if n.code != "" && n.code != n.label {
			label += ` <span class="small">` + html.EscapeString(page.OneLine(n.code)) + `</span>`
		}
		if k := page.KindName(n.kind); k != "" {
			label += ` <span class="small">` + k + `</span>`
		}
		b.WriteString("<li>" + label)
		if n.first >= 0 {
			b.WriteByte('\n')
			s.index(b, n.first)
		}
		b.WriteString("</li>\n")
	}
	b.WriteString("</ul>\n")
}

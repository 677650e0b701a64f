package crate

import (
	"bufio"
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
)

// entry is one line of the index.
type entry struct {
	folder, page, label, sub string
}

// WriteIndex writes index.html: the tree as nested lists, each entity a link to
// its page. It holds one line an entity in memory, to bring them into the
// tree's order.
func WriteIndex(w io.Writer, title string, src Source) error {
	var list []entry
	err := src.Entities(func(n EntityNode) error {
		e := entry{folder: n.Place.Folder, label: n.Entity.Label(), sub: n.Entity.Code}
		if e.label == e.sub {
			e.sub = ""
		}
		for _, p := range n.Pages {
			if strings.HasSuffix(p, ".html") {
				e.page = p
			}
		}
		if e.page == "" && len(n.Pages) > 0 {
			e.page = n.Pages[0]
		}
		list = append(list, e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Compare(strings.ReplaceAll(a.folder, "/", "\x00"), strings.ReplaceAll(b.folder, "/", "\x00"))
	})
	b := bufio.NewWriter(w)
	head(b, title)
	fmt.Fprintf(b, "<main>\n<h1>%s</h1>\n<p class=\"sub\"><a href=\"README.md\">README.md</a> says what this is, how to cite it and how to check it.</p>\n", html.EscapeString(title))
	var open []string // folders of the lists that are open
	for _, e := range list {
		for len(open) > 0 && !strings.HasPrefix(e.folder, open[len(open)-1]+"/") {
			b.WriteString("</li></ul>\n")
			open = open[:len(open)-1]
		}
		b.WriteString("<ul><li>")
		open = append(open, e.folder)
		label := html.EscapeString(clean(e.label))
		if e.page != "" {
			label = fmt.Sprintf("<a href=\"%s\">%s</a>", relative("index.html", e.page), label)
		}
		if e.sub != "" {
			label += ` <span class="sub">` + html.EscapeString(e.sub) + `</span>`
		}
		b.WriteString(label + "\n")
	}
	for range open {
		b.WriteString("</li></ul>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Flush()
}

package crate

import (
	"bufio"
	_ "embed" // the template of the index
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/richtext"
)

//go:embed index.tmpl
var indexText string

var indexPage = template.Must(template.New("index").Parse(indexText))

// treeMark stands in the template's output where the tree comes: that is written
// as a stream.
const treeMark = "<!--tree-->"

// largeTree is the number of entities above which an index shows projects folded.
const largeTree = 500

// WriteIndex writes index.html, the record's face: what this is, how to cite it,
// who made it, what is in it, as a tree whose folders can be folded. It is padded to
// size with blanks. Of each entity it holds a line in memory.
func WriteIndex(w io.Writer, f Facts, src Source, size int64) error {
	s, err := sums(src)
	var tree *skeleton
	if err == nil {
		tree, err = bonesOf(src, true)
	}
	if err == nil {
		err = fitted(w, size, func(w io.Writer) error { return index(w, faceOf(f), s, tree, src.Omissions()) })
	}
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

func index(w io.Writer, f face, s *summary, tree *skeleton, left []Omission) error {
	view := map[string]any{
		"Style": template.CSS(page.Style), "Title": f.title, "Citation": f.citation, "Address": f.address, "License": f.license, "Access": f.access, "Version": f.version,
		"Counts": s.contents() + " · " + human.Count(s.files, "data file", "data files") + ", " + human.Bytes(s.bytes),
		"About":  template.HTML(richtext.HTMLBelow(f.about, 2, nil)), "People": f.people, "Funding": f.funding, "Works": f.works,
		"Keywords": strings.Join(f.keywords, ", "), "Notes": f.notes, "Origin": f.origin, "Registered": s.registered(), "Types": s.types, "Tree": template.HTML(treeMark),
	}
	var omitted []string
	for i, o := range left {
		if i == maxLines {
			omitted = append(omitted, fmt.Sprintf("and %d more", len(left)-i))
			break
		}
		omitted = append(omitted, o.what()+": "+o.why())
	}
	view["Omitted"] = omitted
	var frame strings.Builder
	if err := indexPage.Execute(&frame, view); err != nil {
		return err
	}
	before, after, _ := strings.Cut(frame.String(), treeMark)
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString(before)
	entities := 0
	for _, n := range s.counts {
		entities += n
	}
	tree.list(b, tree.siblings(tree.top), entities > largeTree)
	b.WriteString(after)
	return b.Flush()
}

// kindOrder is the order of unlike siblings.
var kindOrder = map[openbis.Kind]int{openbis.KindProject: 1, openbis.KindCollection: 2, openbis.KindObject: 3, openbis.KindDataSet: 4}

// siblings are a bone and those beside it, as people order them.
func (s *skeleton) siblings(i int32) (list []int32) {
	for ; i >= 0; i = s.bones[i].next {
		list = append(list, i)
	}
	slices.SortStableFunc(list, func(x, y int32) int {
		a, b := &s.bones[x], &s.bones[y]
		if c := kindOrder[a.kind] - kindOrder[b.kind]; c != 0 {
			return c
		}
		if c := names.Natural(a.label, b.label); c != 0 {
			return c
		}
		return names.Natural(a.folder, b.folder)
	})
	return list
}

// list writes bones and what is below them.
func (s *skeleton) list(b *bufio.Writer, bones []int32, large bool) {
	if len(bones) == 0 {
		return
	}
	b.WriteString("<ul class=\"tree\">\n")
	for _, i := range bones {
		n := &s.bones[i]
		label := template.HTMLEscapeString(page.OneLine(n.label))
		if n.page() != "" {
			label = fmt.Sprintf("<a href=\"%s\">%s</a>", template.HTMLEscapeString(names.Encode(n.folder+"."+n.page())), label)
		}
		note := page.KindName(n.kind)
		if n.code != "" && n.code != n.label {
			note = strings.TrimSpace(page.OneLine(n.code) + " · " + note)
		}
		if note != "" {
			label += ` <span class="small">` + template.HTMLEscapeString(note) + `</span>`
		}
		if n.first < 0 {
			b.WriteString("<li>" + label + "</li>\n")
			continue
		}
		below := s.siblings(n.first)
		open := " open"
		if n.kind == openbis.KindObject || large && n.kind != openbis.KindSpace && n.entity() {
			open = ""
		}
		fmt.Fprintf(b, "<li>%s<details%s><summary class=\"small\">%d below</summary>\n", label, open, len(below))
		s.list(b, below, large)
		b.WriteString("</details></li>\n")
	}
	b.WriteString("</ul>\n")
}

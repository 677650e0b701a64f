package crate

import (
	"bufio"
	_ "embed" // the template of the index
	"fmt"
	"html/template"
	"io"
	"strings"

	"zenobis/human"
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
	var t *tree
	if err == nil {
		t, err = treeOf(src, s)
	}
	if err == nil {
		err = fitted(w, size, func(w io.Writer) error { return index(w, faceOf(f), s, t, src.Omissions()) })
	}
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

func index(w io.Writer, f face, s *summary, t *tree, left []Omission) error {
	view := map[string]any{
		"Style": template.CSS(
			page.Style,
		), "Title": f.title, "Citation": f.citation, "Address": f.address, "License": f.license, "Access": f.access, "Version": f.version,
		"Counts": s.contents() + " · " + human.Count(s.files, "data file", "data files") + ", " + human.Bytes(s.bytes),
		"About":  template.HTML(richtext.HTMLBelow(f.about, 2, nil)), "People": f.people, "Funding": f.funding, "Works": f.works,
		"Keywords": strings.Join(
			f.keywords,
			", ",
		), "Notes": f.notes, "Origin": f.origin, "Registered": s.registered(), "Types": s.types, "Tree": template.HTML(treeMark),
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
	t.write(b, t.top, len(t.leaves) > largeTree)
	b.WriteString(after)
	return b.Flush()
}

package crate

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"zenobis/human"
	h "zenobis/hypertext"
	"zenobis/names"
	"zenobis/omission"
	"zenobis/page"
	"zenobis/richtext"
)

// treeMark stands in the frame where the tree comes: that is written as a stream.
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

func index(w io.Writer, f face, s *summary, t *tree, left []omission.Entry) error {
	frame := page.Frame(f.title, h.Block("main",
		h.El("h1", h.Text(f.title)),
		h.El("p", h.Class("sub"),
			h.Text(s.contents()+" · "+human.Count(s.files, "data file", "data files")+", "+human.Bytes(s.bytes))),
		f.record(), omitted(left),
		h.El("section", h.Text("\n"), h.El("h2", h.Text("Contents")), h.Text("\n"), h.HTML(treeMark)),
		f.origins(s)))
	before, after, _ := strings.Cut(frame, treeMark)
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString(before)
	t.write(b, t.top, t.leaves.Len() > largeTree)
	b.WriteString(after)
	return b.Flush()
}

// record is how to cite the record, and what describes it.
func (f face) record() h.Node {
	pair := func(label, value h.Node) h.Node { return h.Line{h.El("dt", label), h.El("dd", value)} }
	cite := h.Line{h.Text(f.citation)}
	if f.address != "" {
		cite = append(cite, h.Text(" "), h.Link(f.address, f.address))
	}
	about := richtext.HTMLBelow(f.about, 2, nil)
	return h.Group{
		part("How to cite", h.El("blockquote", cite), h.Block("dl",
			pair(h.Text("Licence"), f.license.node()), pair(h.Text("Access"), h.Text(f.access)),
			h.If(f.version != "", pair(h.Text("Version"), h.Text(f.version))))),
		h.If(about != "", part("Description", h.Block("div", h.Class("rich"), h.HTML(about)))),
		listed("People", f.people, person.node),
		listed("Funding", f.funding, text),
		listed("Related works", f.works, func(w relatedWork) h.Node { return h.Line{h.Text(w.Relation + ": "), w.node()} }),
		h.If(len(f.keywords) > 0, part("Keywords", h.El("p", h.Text(strings.Join(f.keywords, ", "))))),
	}
}

func part(title string, parts ...h.Node) h.Node {
	return h.Block("section", h.El("h2", h.Text(title)), h.Group(parts))
}

// listed is a part that is a list; nothing where the list is empty.
func listed[T any](title string, list []T, node func(T) h.Node, after ...h.Node) h.Node {
	items := h.Each(list, func(item T) h.Node { return h.El("li", node(item)) })
	return h.If(len(list) > 0, part(title, h.Block("ul", items), h.Group(after)))
}

func text(s string) h.Node { return h.Text(s) }

// node is a link's text, which leads to its address where it has one.
func (l link) node() h.Node {
	if l.Address == "" {
		return h.Text(l.Text)
	}
	return h.Link(l.Address, l.Text)
}

func (p person) node() h.Node {
	out := h.Line{h.Text(p.Name)}
	if p.Role != "" {
		out = append(out, h.Text(" "), h.El("span", h.Class("small"), h.Text(p.Role)))
	}
	if a := p.ID.Address; a != "" {
		out = append(out, h.Text(" "), h.El("a", h.Class("small"), h.Attr("href", a), h.Text(a)))
	}
	for _, l := range p.Affiliations {
		out = append(out, h.El("br"), h.El("span", h.Class("small"), l.node()))
	}
	return out
}

// omitted names what was left out: the first, and how many more there are.
func omitted(left []omission.Entry) h.Node {
	var lines []string
	for i, o := range left {
		if i == maxLines {
			lines = append(lines, fmt.Sprintf("and %d more", len(left)-i))
			break
		}
		lines = append(lines, whatIsLeft(o)+": "+o.Reason.Public())
	}
	return listed("Left out", lines, text,
		h.El("p", h.Class("small"), h.Link(names.Omitted, "all that was left out, as text")))
}

// origins is where the package is from, and what lies beside the index.
func (f face) origins(s *summary) h.Node {
	beside := h.Line{
		h.Link(names.Readme, names.Readme), h.Text(" says how to unpack and how to check that it is whole, with "),
		h.Link(names.Manifest, names.Manifest), h.Text(";"),
	}
	if s.types {
		beside = append(beside, h.Text(" "), h.Link(names.Types, names.Types), h.Text(" explains types and properties;"))
	}
	beside = append(beside, h.Text("\n"), h.Link(names.Crate, names.Crate), h.Text(" holds everything as linked data (RO-Crate)."))
	return h.Group{
		h.If(f.notes != "", part("Notes", h.El("p", h.Class("pre"), h.Text(f.notes)))),
		part("About this package", h.El("p", h.Text(strings.TrimSpace(f.origin+" "+s.registered()))), h.El("p", beside)),
	}
}

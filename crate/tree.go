package crate

import (
	"bufio"
	"fmt"
	"html"
	"slices"
	"strings"

	"zenobis/dense"
	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
)

// tree is what stands in what, as the index shows it: by what openBIS says, not by
// folders, which lie otherwise in an .eln. What holds something without being part
// of the package is there by its name alone.
type tree struct {
	leaves dense.List[leaf]
	at     dense.Table
	texts  dense.Texts
	top    []int32
}

// leaf is an entity of the tree, some 200 bytes.
type leaf struct {
	key         uint64 // the hash of what it is
	label, code string
	page        string // path of the page that people open first, "" for none
	told        string // what of a data set is here
	kind        openbis.Kind
	kids        []int32
}

func treeOf(src Source, s *summary) (*tree, error) {
	t := &tree{}
	err := src.Entities(func(n EntityNode) error {
		e := n.Entity
		l := t.leaves.At(t.find(e.Ref, holders(e)))
		l.label, l.code, l.told = t.texts.Keep(page.OneLine(page.Title(e))), t.texts.Keep(page.OneLine(e.Code)), t.texts.Keep(s.toldOf(e))
		for _, f := range page.Formats() {
			if p := f.File(n.Place.Page); l.page == "" && slices.Contains(n.Pages, p) {
				l.page = t.texts.Keep(p)
			}
		}
		return nil
	})
	return t, err
}

// holders are what an entity stands in, from its space down.
func holders(e *openbis.Entity) (list []openbis.Ref) {
	if e.Kind == openbis.KindSpace {
		return nil
	}
	id := e.Identifier
	for _, r := range []*openbis.Ref{e.ProjectRef, e.CollRef, e.ObjectRef} {
		if r != nil && !(r.Kind == e.Kind && ownPermID(*r) == ownPermID(e.Ref)) {
			list = append(list, *r)
			id = list[0].Identifier
		}
	}
	if parts := strings.Split(strings.TrimPrefix(id, "/"), "/"); len(parts) > 1 && strings.HasPrefix(id, "/") {
		list = append([]openbis.Ref{{Kind: openbis.KindSpace, PermID: parts[0], Code: parts[0]}}, list...)
	}
	return list
}

// find finds an entity or puts it where it belongs.
func (t *tree) find(r openbis.Ref, above []openbis.Ref) int32 {
	key := names.Hash64(string(r.Kind) + ":" + ownPermID(r))
	if r.Kind == openbis.KindSpace {
		key = names.Hash64("space:" + r.Code)
	}
	if i, ok := t.at.Find(key, func(i int32) bool { return t.leaves.At(i).key == key }); ok {
		return i
	}
	up := int32(-1)
	if k := len(above) - 1; k >= 0 {
		up = t.find(above[k], above[:k])
	}
	i := t.leaves.Add(leaf{key: key, label: page.OneLine(page.RefTitle(r)), code: page.OneLine(r.Code), kind: r.Kind})
	t.at.Add(key, i, func(i int32) uint64 { return t.leaves.At(i).key })
	if up < 0 {
		t.top = append(t.top, i)
	} else {
		l := t.leaves.At(up)
		l.kids = append(l.kids, i)
	}
	return i
}

// kindOrder is the order of unlike siblings.
var kindOrder = map[openbis.Kind]int{openbis.KindProject: 1, openbis.KindCollection: 2, openbis.KindObject: 3, openbis.KindDataSet: 4}

// write writes leaves and what is below them as nested lists that can be folded.
func (t *tree) write(b *bufio.Writer, list []int32, large bool) {
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(x, y int32) int {
		a, b := t.leaves.At(x), t.leaves.At(y)
		if c := kindOrder[a.kind] - kindOrder[b.kind]; c != 0 {
			return c
		}
		if c := names.Natural(a.label, b.label); c != 0 {
			return c
		}
		return names.Natural(a.code, b.code)
	})
	b.WriteString("<ul class=\"tree\">\n")
	for _, i := range list {
		l := t.leaves.At(i)
		text := html.EscapeString(l.label)
		if l.page != "" {
			text = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(names.Encode(l.page)), text)
		}
		note := page.KindName(l.kind)
		if l.code != "" && l.code != l.label {
			note = l.code + " · " + note
		}
		if l.told != "" {
			note += " · " + l.told
		}
		text += ` <span class="small">` + html.EscapeString(note) + `</span>`
		if len(l.kids) == 0 {
			b.WriteString("<li>" + text + "</li>\n")
			continue
		}
		open := " open"
		if l.kind == openbis.KindObject || large && l.kind != openbis.KindSpace {
			open = ""
		}
		// The fold stands before the name, by the style: no link may lie in it.
		fmt.Fprintf(b, "<li>%s<details%s><summary>%s below</summary>\n", text, open, human.Number(len(l.kids)))
		t.write(b, l.kids, large)
		b.WriteString("</details></li>\n")
	}
	b.WriteString("</ul>\n")
}

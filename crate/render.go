package crate

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Render makes an entity's pages in the wanted formats, and a CSV file for each
// spreadsheet. What is broken is marked in its place and returned as gaps; the
// pages are there all the same. It is deterministic.
func Render(in PageInput, formats []Format) (pages []Page, gaps []Gap) {
	if in.Place.Page == "" {
		return nil, nil
	}
	d, csvs, gaps := build(in)
	for _, f := range formats {
		var data []byte
		switch f {
		case HTML:
			data = renderHTML(in, d)
		case JSON:
			data = renderJSON(in)
		case Text:
			data = renderText(in, d)
		case DOCX:
			var g []Gap
			data, g = renderDOCX(in, d)
			gaps = append(gaps, g...)
		default:
			continue
		}
		pages = append(pages, Page{Path: in.Place.Page + "." + string(f), Data: data})
	}
	return append(pages, csvs...), gaps
}

// name is how a relative is called in a page.
func (l Link) name() string {
	if l.Name == "" || l.Name == l.Code {
		return l.Code
	}
	return fmt.Sprintf("%s (%s)", l.Name, l.Code)
}

// relative is the percent-encoded path from a page to another file of the tree.
func relative(from, to string) string {
	a, b := strings.Split(path.Dir(from), "/"), strings.Split(to, "/")
	if a[0] == "." {
		a = nil
	}
	common := 0
	for common < len(a) && common < len(b)-1 && a[common] == b[common] {
		common++
	}
	var parts []string
	for range a[common:] {
		parts = append(parts, "..")
	}
	for _, p := range b[common:] {
		parts = append(parts, url.PathEscape(p))
	}
	s := strings.Join(parts, "/")
	if first, _, _ := strings.Cut(s, "/"); strings.Contains(first, ":") {
		s = "./" + s // a colon would read as a scheme
	}
	return s
}

package crate

import (
	"fmt"
	"path"
	"strings"
)

// Render makes an entity's pages in the wanted formats, and a CSV file for each
// spreadsheet. What is broken is marked in its place and returned as gaps; the
// pages are there all the same. Each picture is fetched once. The same input
// makes the same bytes.
func Render(in PageInput, formats []Format) (pages []Page, gaps []Gap) {
	if in.Place.Page == "" {
		return nil, nil
	}
	d, gaps := build(in)
	for _, f := range formats {
		var data []byte
		switch f {
		case HTML:
			data = renderHTML(in, d)
		case JSON:
			data = renderJSON(in, d)
		case Text:
			data = renderText(in, d)
		case DOCX:
			data = renderDOCX(in, d)
		default:
			continue
		}
		pages = append(pages, Page{Path: in.Place.Page + "." + string(f), Data: data})
	}
	for _, s := range d.sections {
		for _, f := range s.fields {
			if f.sheet != nil {
				pages = append(pages, Page{Path: f.csv, Data: f.sheet.csv()})
			}
		}
	}
	return pages, gaps
}

// name is how a relative is called in a page.
func (l Link) name() string {
	code, name := flat(l.Code), flat(l.Name)
	switch {
	case code == "":
		code = flat(l.PermID)
	case name != "" && name != code:
		return fmt.Sprintf("%s (%s)", name, code)
	}
	return code
}

// href is the percent-encoded path from a page to another file of the tree.
func href(from, to string) string { return encode(relativePath(from, to)) }

// relativePath is the readable path from a page to another file of the tree.
func relativePath(from, to string) string {
	a, b := strings.Split(path.Dir(from), "/"), strings.Split(to, "/")
	if a[0] == "." {
		a = nil
	}
	common := 0
	for common < len(a) && common < len(b)-1 && a[common] == b[common] {
		common++
	}
	return strings.Repeat("../", len(a)-common) + strings.Join(b[common:], "/")
}

// encode percent-encodes a path as a relative reference (RFC 3986, RFC 3987):
// letters of all scripts stay, blanks and what has a meaning do not.
func encode(p string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	p = strings.ToValidUTF8(p, "\uFFFD")
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80, strings.IndexByte("-._~!$'()*+,;=@/&", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

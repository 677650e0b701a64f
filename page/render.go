package page

import "fmt"

// Render makes an entity's pages in the wanted formats, and a CSV file for each
// spreadsheet. What is broken is marked in its place and returned as gaps; the
// pages are there all the same. Each picture is fetched once. The same input
// makes the same bytes.
func Render(in Input, formats []Format) (pages []File, gaps []Gap) {
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
		pages = append(pages, File{Path: in.Place.Page + "." + string(f), Data: data})
	}
	for _, s := range d.sections {
		for _, f := range s.fields {
			if f.sheet != nil {
				pages = append(pages, File{Path: f.csv, Data: f.sheet.csv()})
			}
		}
	}
	return pages, gaps
}

// name is how a relative is called in a page.
func (l Link) name() string {
	code, name := OneLine(l.Code), OneLine(l.Name)
	switch {
	case code == "":
		code = OneLine(l.PermID)
	case name != "" && name != code:
		return fmt.Sprintf("%s (%s)", name, code)
	}
	return code
}

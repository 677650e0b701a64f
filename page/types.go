// Package page makes an entity's pages: HTML, text, JSON, Word, a CSV file for each
// spreadsheet and for a collection's objects, and its pictures. It is pure: an
// entity and what stands around it in, bytes out; the same input makes the same
// bytes.
package page

import (
	"context"
	"fmt"
	"io"

	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/shape"
)

// Format is a page format.
type Format = shape.Format

// The page formats.
const (
	HTML = shape.HTML
	JSON = shape.JSON
	Text = shape.Text
	DOCX = shape.DOCX
)

// writer makes one page format.
type writer struct {
	format Format
	called string // by people
	write  func(in Input, d *document) ([]byte, error)
}

// writers make the page formats, the one that people open first in front.
func writers() []writer {
	return []writer{
		{HTML, "HTML", renderHTML},
		{Text, "text", sure(renderText)},
		{JSON, "JSON", sure(renderJSON)},
		{DOCX, "Word", sure(renderDOCX)},
	}
}

// sure is a writer that never fails.
func sure(write func(Input, *document) []byte) func(Input, *document) ([]byte, error) {
	return func(in Input, d *document) ([]byte, error) { return write(in, d), nil }
}

// Formats returns all page formats, the one that people open first in front.
func Formats() (list []Format) {
	for _, w := range writers() {
		list = append(list, w.format)
	}
	return list
}

// Extensions returns the extensions of all page formats, without the dot.
func Extensions() []string { return shape.Words(Formats()) }

// What one page holds at most. What is more is counted.
const (
	MaxBelow   = 200  // entities below it
	maxMembers = 1000 // objects of a collection, as rows
	maxFiles   = 2000 // files of a data set, as rows
)

// Link is a relative with the place of its page, if that is in the package.
type Link struct {
	openbis.Ref
	Page string // without extension; "" if it is not part of the package

	// Of a data set below an object or collection, whose own page can't tell them.
	Children, Parts []Link
}

// DataFile is a file of a data set that is in the package, or an empty directory.
type DataFile struct {
	Path   string          // in the data set, as openBIS spells it
	At     string          // where it lies in the package once all is unpacked
	Bytes  int64           // its size
	CRC    *uint32         // CRC-32 (IEEE), nil where openBIS does not know it
	Folder bool            // an empty directory; its paths end in "/"
	Left   omission.Reason // why it is not in the package after all, "" where it is
}

// Member is an object of a collection.
type Member struct {
	Entity *openbis.Entity
	Type   *openbis.EntityType
	Page   string // as in Link
}

// Input is everything that one entity's pages are made from. The pages of a data
// set lie in its own package, too, which must not change with anything but the data
// set and what is above it: of all that is beside or below, nothing is told there,
// and its parents as text.
type Input struct {
	Entity *openbis.Entity
	Type   *openbis.EntityType // nil where the type is missing
	Place  names.Place

	Above          []Link // what it stands in, from its space down
	Previous, Next *Link  // beside it; nil where there is none
	Parents        []Link
	Children       []Link
	Parts          []Link // components of a container
	Below          []Link // what lies below it in the package: at most MaxBelow
	BelowAll       int    // how many there are in all

	// Members yields a collection's objects in the package, in their order, as often
	// as it is called. nil for all other kinds.
	Members func(yield func(Member) error) error

	Files   int    // data sets: files in the package
	Bytes   int64  // data sets: their size
	Total   int    // data sets: files in openBIS, where only a part was chosen
	Omitted string // why its data is not there, "" otherwise

	// DataFiles yields a data set's files in the package, in their order. nil for all
	// other kinds.
	DataFiles func(yield func(DataFile) error) error

	// Refer finds what a property names by permId or identifier in the package. It may
	// be nil.
	Refer Refer

	// ASCII keeps the names of what lies beside the pages to [A-Za-z0-9._-].
	ASCII bool

	// Image fetches a picture of rich text by its src as openBIS wrote it.
	Image func(src string) (mediaType string, data []byte, err error)
}

// File is one rendered file.
type File struct {
	Path string // in the package
	Data []byte // nil where Write makes it

	// Write makes a file that may be long, the same bytes each time.
	Write func(w io.Writer) error
}

// Gap is something broken that was marked in its place.
type Gap struct {
	Entity openbis.Ref
	Where  string // label of the property
	What   string // what is missing, one line
}

// Render makes an entity's pages in the wanted formats, and what lies beside them:
// a CSV file for each spreadsheet and for a collection's objects, and the pictures
// of its texts. What is broken is marked in its place and returned as gaps; the
// pages are there all the same. Each picture is fetched once. It fails only when ctx
// ends, or with an error of Members or DataFiles.
func Render(ctx context.Context, in Input, formats []Format) (files []File, gaps []Gap, err error) {
	if in.Place.Page == "" {
		return nil, nil, nil
	}
	d, gaps, err := build(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	d.formats = formats
	for _, f := range formats {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		for _, w := range writers() {
			if w.format != f {
				continue
			}
			data, err := w.write(in, d)
			if err != nil {
				return nil, nil, fmt.Errorf("make page of %s: %w", in.Entity.Code, err)
			}
			files = append(files, File{Path: f.File(in.Place.Page), Data: data})
		}
	}
	for _, s := range d.sections {
		for _, f := range s.fields {
			if f.sheet != nil {
				files = append(files, File{Path: f.csv, Data: f.sheet.csv()})
			}
		}
	}
	if d.members != nil {
		files = append(files, File{Path: d.members.csv, Write: func(w io.Writer) error { return d.members.write(ctx, w, in) }})
	}
	for _, p := range d.pics.list {
		files = append(files, File{Path: p.path(in.Place.Page), Data: p.data})
	}
	return files, gaps, nil
}

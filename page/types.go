// Package page makes an entity's pages: HTML, text, JSON, Word, and a CSV file
// for each spreadsheet. It is pure: an entity and what stands around it in, bytes
// out; the same input makes the same bytes.
package page

import (
	"zenobis/names"
	"zenobis/openbis"
)

// Format is a page format, and the extension of its files.
type Format string

// The page formats.
const (
	HTML Format = "html"
	JSON Format = "json"
	Text Format = "txt"
	DOCX Format = "docx"
)

// Formats returns all page formats, the one that people open first in front.
func Formats() []Format { return []Format{HTML, Text, JSON, DOCX} }

// Link is a relative with the place of its page, if that is in the package.
type Link struct {
	openbis.Ref
	Page string // without extension; "" if it is not part of the package
}

// Input is everything that one entity's pages are made from.
type Input struct {
	Entity   *openbis.Entity
	Type     *openbis.EntityType // nil where the type is missing
	Place    names.Place
	Parents  []Link
	Children []Link
	Parts    []Link // components of a container
	Below    []Link // what lies below it in the package (collections and objects): at most a page full
	BelowAll int    // how many there are in all

	Files   int    // data sets: files in the package
	Bytes   int64  // data sets: their size
	Total   int    // data sets: files in openBIS, where only a part was chosen
	Omitted string // why its data is not there, "" otherwise

	// Image fetches a picture of rich text by its src as openBIS wrote it.
	Image func(src string) (mediaType string, data []byte, err error)
}

// File is one rendered file.
type File struct {
	Path string // in the package
	Data []byte
}

// Gap is something broken that was marked in its place.
type Gap struct {
	Entity openbis.Ref
	Where  string // label of the property
	What   string // what is missing, one line
}

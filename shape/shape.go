// Package shape has the forms that a record can take: its layouts, the kinds of
// its crate, the formats of its pages. Flags, files, screens and errors take their
// words from here.
package shape

import (
	"fmt"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/safetext"
)

// Layout is how a tree is cut into record files.
type Layout string

// The layouts.
const (
	LayoutAuto       Layout = "auto"
	LayoutSingle     Layout = "single"
	LayoutPerDataSet Layout = "per-dataset"
	LayoutFiles      Layout = "files"
)

// Crate is the kind of the description for machines.
type Crate string

// The kinds of crate.
const (
	ROCrate Crate = "ro-crate"
	ELN     Crate = "eln"
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

// File is the path of a page in this format, by the path that its formats share.
func (f Format) File(page string) string { return page + "." + string(f) }

// Layouts are all layouts, the default first.
func Layouts() []Layout { return []Layout{LayoutAuto, LayoutSingle, LayoutPerDataSet, LayoutFiles} }

// Crates are all kinds of crate, the default first.
func Crates() []Crate { return []Crate{ROCrate, ELN} }

// Formats are all page formats.
func Formats() []Format { return []Format{HTML, JSON, Text, DOCX} }

// DefaultFormats are the page formats that are made where nobody chose any.
func DefaultFormats() []Format { return []Format{HTML, JSON, Text} }

// ParseLayout reads a layout's name.
func ParseLayout(s string) (Layout, error) { return parse("layout", s, Layouts()) }

// ParseCrate reads the name of a kind of crate.
func ParseCrate(s string) (Crate, error) { return parse("crate", s, Crates()) }

// ParseFormat reads the name of a page format.
func ParseFormat(s string) (Format, error) { return parse("page format", s, Formats()) }

func parse[T ~string](what, s string, all []T) (T, error) {
	if !slices.Contains(all, T(s)) {
		meant := ""
		if near := human.Nearest(s, Words(all)); near != "" {
			meant = "; did you mean " + near + "?"
		}
		return "", fmt.Errorf("%s is no %s; there are %s%s", safetext.Quote(s), what, strings.Join(Words(all), ", "), meant)
	}
	return T(s), nil
}

// Words are the names of some of them, as they are written on a command line.
func Words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

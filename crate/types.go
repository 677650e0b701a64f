// Package crate makes what a package says of itself: entity pages, index,
// README, manifest and RO-Crate. It is pure: entities in, bytes out.
package crate

import (
	"time"

	"zenobis/openbis"
)

// Format is a page format.
type Format string

// The page formats.
const (
	HTML Format = "html"
	JSON Format = "json"
	Text Format = "txt"
	DOCX Format = "docx"
)

// Place is where an entity stands in the tree of the package.
type Place struct {
	Folder string `json:"folder"` // of what lies below it, "SPACE/PROJECT/Name (CODE)", no slash at the end
	Page   string `json:"page"`   // of its pages, without extension; "" where it has none (spaces)
}

// Link is a relative with the place of its page, if that is in the package.
type Link struct {
	openbis.Ref
	Page string // without extension; "" if it is not part of the package
}

// PageInput is everything that one entity's pages are made from.
type PageInput struct {
	Entity   *openbis.Entity
	Type     *openbis.EntityType // nil where the type is missing
	Place    Place
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

// Page is one rendered file.
type Page struct {
	Path string // in the package
	Data []byte
}

// Gap is something broken that was marked in its place.
type Gap struct {
	Entity openbis.Ref
	Where  string // label of the property
	What   string // what is missing, one line
}

// Facts belong to the record and not to the data. They stand in README.md and
// ro-crate-metadata.json only.
type Facts struct {
	Title       string
	DOI         string // "" where none is reserved (yet)
	URL         string // of the record, "" before there is a draft
	Publisher   string // "Zenodo"
	Date        string // publication date, YYYY-MM-DD
	Description string // HTML
	Creators    []Agent
	License     string // SPDX or vocabulary id, lower case
	LicenseName string
	LicenseURL  string
	Keywords    []string
	Language    string
	Version     string
	Generator   string // "zenobis 1.0.0"
	Source      string // address of the openBIS, "" if the lab hides it
	ExportedBy  string // name of the person with whose rights it was made
}

// Agent is a person or an organisation.
type Agent struct {
	Family, Given string
	Name          string // organisations
	ORCID         string // bare
	Affiliations  []Affiliation
}

// Affiliation is an organisation with its ROR where known.
type Affiliation struct {
	Name string
	ROR  string // bare id or address
}

// EntityNode is an entity in the crate.
type EntityNode struct {
	Entity *openbis.Entity
	Type   *openbis.EntityType
	Place  Place
	Pages  []string // paths of its pages
}

// FileNode is a file in the crate and in the manifest.
type FileNode struct {
	Path      string // in the tree; for layout "files" see Key
	Key       string // record file under which it lies after downloading, layout "files" only
	Size      int64
	SHA256    string // hex, 64 characters; zeros while it is not known, "" if it never will be
	DataSet   string // permId, "" for pages and the like
	Original  string // data files: path as openBIS has it; "" if it is the end of Path
	Modified  time.Time
	MediaType string // "" to be guessed from the name
}

// PackageNode is a record file.
type PackageNode struct {
	Name   string
	Size   int64
	SHA256 string // zeros while it is not known, "" if it never will be (the package that holds the crate)
	Files  int    // data files in it
}

// Omission is something that was left out.
type Omission struct {
	Entity  openbis.Ref
	Reason  string // link, archived, no-access, missing, other-data-store, empty, unreadable, corrupt
	Message string
	File    string // path in the data set, where only a file is missing
}

// Source hands a snapshot to the writers, in the package's order, without
// holding it in memory.
type Source interface {
	Entities(yield func(EntityNode) error) error
	Files(yield func(FileNode) error) error
	Packages() []PackageNode
	Omissions() []Omission
}

// Package crate makes what a package says of itself: index, README, manifest and
// RO-Crate, and looks for what is private in it. It is pure: entities in, bytes out.
package crate

import (
	"time"

	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
)

// Facts belong to the record and not to the data. They stand in README.md,
// index.html and ro-crate-metadata.json only.
type Facts struct {
	record.Metadata
	DOI          string         // "" where none is reserved (yet)
	URL          string         // of the record, "" before there is a draft
	Publisher    string         // "Zenodo"
	PublisherURL string         // "https://zenodo.org"
	Terms        record.License // the licence's name and address
	Generator    string         // "zenobis 1.0.0"
	Source       string         // address of the openBIS, "" if the lab hides it
	ExportedBy   string         // name of the person with whose rights it was made
	ExportedByID string         // their openBIS user id, never published
	Follows      Follows        // the version that this record replaces
}

// Follows is the published version that a record replaces; zero for a first version.
type Follows struct {
	DOI    string
	Number int // counted from 1; 0 where it is not known
}

// EntityNode is an entity in the crate.
type EntityNode struct {
	Entity *openbis.Entity
	Type   *openbis.EntityType
	Place  names.Place
	Pages  []string // paths of its pages

	// Refer finds what its properties name; nil for nothing.
	Refer page.Refer
}

// FileNode is a file in the crate and in the manifest.
type FileNode struct {
	Path      string // in the tree; for layout "files" see Key
	Key       string // record file under which it lies after downloading, layout "files" only
	Size      int64
	SHA256    string // hex, 64 characters; zeros while it is not known, "" if it never will be
	DataSet   string // permId, "" for pages and the like
	Package   string // record file that holds it, "" where there is only one
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
	// Fingerprint names what it holds without its bytes; "" where it can't be told.
	Fingerprint string
	// Source names its data and what its pages are made from; "" where there is none.
	Source string
}

// Source hands a snapshot to the writers, in the package's order, without
// holding it in memory.
type Source interface {
	Entities(yield func(EntityNode) error) error
	Files(yield func(FileNode) error) error
	Packages() []PackageNode
	Omissions() []omission.Entry
}

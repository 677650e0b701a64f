package job

import (
	"time"

	"zenobis/crate"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/shape"
	"zenobis/zenodo"
)

// Package is one record file of a plan.
type Package struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"` // exact
	Files int    `json:"files"` // data files in it
	// Fingerprint names what a data package holds; see snapshot. "" where it can't be told.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Source names its data and what its pages are made from, whichever version of the
	// program makes them; "" of a package without pages.
	Source string `json:"source,omitempty"`
	// Former is the MD5 of the former version's file that stands in this one as
	// well, so that nothing of it is sent; "" for what is sent.
	Former       string `json:"former,omitempty"`
	FormerSHA256 string `json:"formerSha256,omitempty"`
}

// Version is the published version that a new one follows.
type Version struct {
	ID     string `json:"id"`
	DOI    string `json:"doi"`
	Number int    `json:"number"`        // counted from 1; 0 where the server does not tell
	Job    string `json:"job,omitempty"` // that made it, where that is kept here
	// Printed says that its fingerprints are known: a package with another one is another.
	Printed bool          `json:"printed,omitempty"`
	Files   []VersionFile `json:"files,omitempty"` // its record files
}

// VersionFile is a record file of a published version.
type VersionFile struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	MD5   string `json:"md5"` // hex
}

// Plan is the summary of a snapshot. Bytes are exact: what will lie on Zenodo.
type Plan struct {
	Entities  int              `json:"entities"`
	DataSets  int              `json:"datasets"`
	Files     int              `json:"files"`
	Bytes     int64            `json:"bytes"`
	Layout    shape.Layout     `json:"layout"` // never auto
	Packages  []Package        `json:"packages"`
	Omitted   []omission.Entry `json:"omitted"`
	Gaps      []string         `json:"gaps,omitempty"`     // broken values, marked in their pages
	Findings  []crate.Finding  `json:"findings,omitempty"` // the privacy look
	Published []Published      `json:"published,omitempty"`
	LongPaths []string         `json:"longPaths,omitempty"` // above 240 characters, the first few
	Limits    zenodo.Limits    `json:"limits"`
	Notes     []string         `json:"notes,omitempty"`     // what the server takes otherwise than written, and what could not be checked
	Version   *Version         `json:"version,omitempty"`   // that this one follows
	Removed   []VersionFile    `json:"removed,omitempty"`   // of its files, what this one has no more
	Roots     []openbis.Ref    `json:"roots"`               // the selected entities
	Unarchive []string         `json:"unarchive,omitempty"` // data sets to be brought back first
	Created   time.Time        `json:"created"`
	Collected string           `json:"collected,omitempty"` // earliest to latest registration, EDTF
}

// Published names an entity that was published before.
type Published struct {
	Entity openbis.Ref `json:"entity"`
	DOI    string      `json:"doi"`
}

package job

import (
	"time"

	"zenobis/openbis"
	"zenobis/zenodo"
)

// Omission is something left out, with its reason.
type Omission struct {
	Entity  openbis.Ref `json:"entity"`
	File    string      `json:"file,omitempty"`
	Reason  string      `json:"reason"` // link, archived, no-access, missing, other-data-store, empty, unreadable, corrupt
	Message string      `json:"message"`
}

// Package is one record file of a plan.
type Package struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"` // exact
	Files int    `json:"files"` // data files in it
}

// Plan is the summary of a snapshot. Bytes are exact: what will lie on Zenodo.
type Plan struct {
	Entities  int           `json:"entities"`
	DataSets  int           `json:"datasets"`
	Files     int           `json:"files"`
	Bytes     int64         `json:"bytes"`
	Layout    Layout        `json:"layout"` // never auto
	Packages  []Package     `json:"packages"`
	Omitted   []Omission    `json:"omitted"`
	Gaps      []string      `json:"gaps,omitempty"`     // broken values, marked in their pages
	Findings  []Finding     `json:"findings,omitempty"` // the privacy look
	Published []Published   `json:"published,omitempty"`
	LongPaths []string      `json:"longPaths,omitempty"` // above 240 characters, the first few
	Limits    zenodo.Limits `json:"limits"`
	Notes     []string      `json:"notes,omitempty"`     // what the server takes otherwise than written, and what could not be checked
	Roots     []openbis.Ref `json:"roots"`               // the selected entities
	Unarchive []string      `json:"unarchive,omitempty"` // data sets to be brought back first
	Created   time.Time     `json:"created"`
	Collected string        `json:"collected,omitempty"` // earliest to latest registration, EDTF
}

// Finding is something private in a text that would be published.
type Finding struct {
	Kind   string `json:"kind"`   // e-mail, user-id, host, address, token
	Where  string `json:"where"`  // entity and property
	Sample string `json:"sample"` // what was found; masked for tokens
}

// Published names an entity that was published before.
type Published struct {
	Entity openbis.Ref `json:"entity"`
	DOI    string      `json:"doi"`
}

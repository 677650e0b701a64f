package snapshot

import (
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
)

// PageRef is a rendered page in the snapshot.
type PageRef struct {
	N string `json:"n"` // path in the tree
	S int64  `json:"s"`
	C uint32 `json:"c"`
	H string `json:"h"` // SHA-256, hex
	Span
}

// EntityLine is an entity in the snapshot.
type EntityLine struct {
	E     openbis.Entity `json:"e"`
	Place names.Place    `json:"place"`
	Pages []PageRef      `json:"pages,omitempty"`

	// Of data sets with files only: what their pages are made from beside the entity.
	Above []page.Link `json:"above,omitempty"`
	Total int         `json:"total,omitempty"` // files in openBIS
}

// TypeKey is under which a type is kept.
func TypeKey(kind openbis.Kind, code string) string { return string(kind) + "\x00" + code }

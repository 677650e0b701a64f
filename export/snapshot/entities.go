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

	// Refs are what its properties name, as far as that was found.
	Refs []openbis.Ref `json:"refs,omitempty"`

	// Of data sets with files only: what their pages are made from beside the entity.
	Above []page.Link `json:"above,omitempty"`
	Total int         `json:"total,omitempty"` // files in openBIS
}

// TypeKey is under which a type is kept.
func TypeKey(kind openbis.Kind, code string) string { return string(kind) + "\x00" + code }

// refer finds what the entity's properties name: among that, and what it stands in or
// is related to.
func (l *EntityLine) refer(id string) (page.Link, bool) {
	lists := [][]openbis.Ref{l.Refs, l.E.Parents, l.E.Children, l.E.Components}
	for _, r := range []*openbis.Ref{l.E.ObjectRef, l.E.CollRef, l.E.ProjectRef} {
		if r != nil {
			lists = append(lists, []openbis.Ref{*r})
		}
	}
	for _, list := range lists {
		for _, r := range list {
			if id == r.PermID || id == r.Identifier {
				return page.Link{Ref: r}, true
			}
		}
	}
	return page.Link{}, false
}

package command

import (
	"context"
	"fmt"
	"strings"

	"zenobis/export"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
)

// ls prints the children of an entity, or the spaces.
func (c *run) ls(ctx context.Context) (string, error) {
	s, err := c.open(ctx, "")
	if err != nil {
		return "", err
	}
	defer s.Close(ctx)
	ob := s.Client
	if len(c.inv.Args) == 0 {
		spaces, err := ob.Spaces(ctx)
		if err != nil {
			return "", err
		}
		for _, s := range spaces {
			c.entity(s)
		}
		return "", nil
	}
	rule, err := export.Resolve(ctx, ob, c.inv.Args[0])
	if err != nil {
		return "", err
	}
	return "", c.children(ctx, ob, rule)
}

// lister is one way of listing children by page.
type lister func(p openbis.Page) (openbis.Listing, error)

func (c *run) children(ctx context.Context, ob *openbis.Client, r export.Rule) error {
	var listers []lister
	add := func(l func(context.Context, string, openbis.Page) (openbis.Listing, error)) {
		listers = append(listers, func(p openbis.Page) (openbis.Listing, error) { return l(ctx, r.PermID, p) })
	}
	switch r.Kind {
	case openbis.KindSpace:
		add(ob.Projects)
		add(ob.SpaceObjects)
	case openbis.KindProject:
		add(ob.Collections)
		add(ob.ProjectObjects)
	case openbis.KindCollection:
		add(ob.CollectionObjects)
		add(ob.CollectionDataSets)
	case openbis.KindObject:
		found, err := ob.Get(ctx, openbis.KindObject, r.PermID)
		if err != nil {
			return err
		}
		e := found[r.PermID]
		listers = append(listers, func(p openbis.Page) (openbis.Listing, error) {
			return ob.ChildObjects(ctx, r.PermID, e.Ref.Collection, p)
		})
		add(ob.ObjectDataSets)
	case openbis.KindDataSet:
		return c.files(ctx, ob, r.PermID)
	}
	for _, l := range listers {
		for from := 0; from >= 0; {
			page, err := l(openbis.Page{From: from, Count: 500})
			if err != nil {
				return err
			}
			for _, e := range page.Entities {
				if r.Kind != openbis.KindCollection || !below(e, r.PermID) {
					c.entity(e)
				}
			}
			from = page.Next
		}
	}
	return nil
}

// below reports whether an object stands below another one of its collection,
// as the ELN's tree draws it, and so is no child of the collection itself.
func below(e openbis.Entity, collection string) bool {
	for _, p := range e.Parents {
		if p.Collection == collection {
			return true
		}
	}
	return false
}

// files lists the files of a data set; a container's are those of its components.
func (c *run) files(ctx context.Context, ob *openbis.Client, dataSet string) error {
	found, err := ob.Get(ctx, openbis.KindDataSet, dataSet)
	if err != nil {
		return err
	}
	e := found[dataSet]
	if e.Data == nil || e.Data.Kind == openbis.Link {
		c.out.note("%s is a link: its files are outside of openBIS.", dataSet)
		return nil
	}
	return ob.Files(ctx, e.Data.Store, dataSet, func(f openbis.File) error {
		path := safetext.Line(f.Path)
		c.out.event("entity", "kind", openbis.KindFile, "code", f.Path, "name", f.Path, "perm_id", dataSet, "identifier", dataSet+"/"+f.Path, "children", false, "bytes", f.Size, "type", "")
		if !c.inv.JSON {
			c.row(openbis.KindFile, path, dataSet, human.Bytes(f.Size), "")
		}
		return nil
	})
}

func (c *run) entity(e openbis.Entity) {
	var bytes any
	size := ""
	if e.Data != nil && e.Data.Kind == openbis.Physical && e.Data.Size >= 0 {
		bytes, size = e.Data.Size, human.Bytes(e.Data.Size)
	}
	c.out.event("entity", "kind", e.Kind, "code", e.Code, "name", e.Name, "perm_id", e.PermID, "identifier", e.Identifier,
		"children", e.Data == nil || e.Data.Kind != openbis.Link, "bytes", bytes, "type", e.Type)
	if c.inv.JSON {
		return
	}
	id := e.Identifier
	if e.Kind == openbis.KindDataSet {
		id = e.Code
	}
	c.row(e.Kind, id, e.PermID, size, e.Name)
}

// row prints an entity for people.
func (c *run) row(kind openbis.Kind, id, permID, size, name string) {
	c.out.say("%s", strings.TrimRight(fmt.Sprintf("%-10s  %-40s  %-21s  %9s  %s", kind, id, permID, size, name), " "))
}

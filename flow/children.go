package flow

import (
	"cmp"
	"context"
	"errors"

	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/tree"
)

// PageSize is how many children are asked for at once while browsing, and
// CountSize while only counting.
const (
	PageSize  = 100
	CountSize = 500
)

// ItemOf makes a row of an entity, named as in the ELN's menu. Its Data is the
// data store of a data set.
func ItemOf(e *openbis.Entity) tree.Item {
	it := tree.Item{
		Key: selection.KeyOf(e.Ref), Label: cmp.Or(safetext.Line(e.Label()), e.Code), Code: e.Code,
		Type: e.Type, Identifier: e.Identifier, Size: -1, Date: e.Registered,
	}
	if e.Frozen {
		it.Badge = "frozen"
	}
	switch e.Kind {
	case openbis.KindSpace, openbis.KindProject:
		it.Label = cmp.Or(openbis.PrettyCode(e.Code), e.Code)
	case openbis.KindDataSet:
		it.Code = e.Type
		if d := e.Data; d != nil {
			it.Size, it.Data, it.LeftOut = d.Size, d.Store, omission.OfData(d)
			switch d.Kind {
			case openbis.Link:
				it.Leaf = true
			case openbis.Container:
				it.Size, it.Leaf, it.Badge = 0, true, "container"
			}
		}
	}
	return it
}

// Ref names the entity of a row, as far as the row tells.
func (f *Flow) Ref(id tree.ID) openbis.Ref {
	it := f.Tree.Item(id)
	r := openbis.Ref{Kind: it.Kind, PermID: it.PermID, Identifier: it.Identifier, Code: it.Code, Type: it.Type}
	if it.Label != it.Code {
		r.Name = it.Label
	}
	switch it.Kind {
	case openbis.KindDataSet:
		r.Code = it.PermID
	case openbis.KindObject:
		r.Collection = f.collectionOf(id)
	}
	return r
}

// collectionOf is the collection of an object, by its place or, where that is not
// loaded, as openBIS told of it or of what it hangs below.
func (f *Flow) collectionOf(id tree.ID) string {
	if c := f.Tree.Holder(id, openbis.KindCollection); c != 0 {
		return f.Tree.Key(c).PermID
	}
	for at := id; at != 0; at = f.Tree.Parent(at) {
		for _, k := range f.Tree.Item(at).Above {
			if k.Kind == openbis.KindCollection {
				return k.PermID
			}
		}
	}
	return ""
}

// FoundItem is ItemOf for an answer of a search, whose place in the tree may
// not be loaded: it says what holds it.
func FoundItem(e *openbis.Entity) tree.Item {
	it := ItemOf(e)
	it.Above, it.Code = above(e), placeOf(e)
	return it
}

// above lists what is known to hold an entity, nearest first.
func above(e *openbis.Entity) []tree.Key {
	var out []tree.Key
	add := func(k openbis.Kind, id string) {
		if id != "" {
			out = append(out, tree.Key{Kind: k, PermID: id})
		}
	}
	for _, p := range e.Parents { // an object is below its parents in the same collection
		if e.Kind == openbis.KindObject && p.Collection != "" && p.Collection == e.Collection {
			add(openbis.KindObject, p.PermID)
		}
	}
	if e.ObjectRef != nil {
		add(openbis.KindObject, e.ObjectRef.PermID)
	}
	if e.CollRef != nil {
		add(openbis.KindCollection, e.CollRef.PermID)
	} else {
		add(openbis.KindCollection, e.Collection)
	}
	if e.ProjectRef != nil && e.Kind != openbis.KindProject {
		add(openbis.KindProject, e.ProjectRef.PermID)
	}
	if e.Kind != openbis.KindSpace {
		add(openbis.KindSpace, e.Space)
	}
	return out
}

// Page is one answer for a node.
type Page struct {
	Entities []openbis.Entity
	Next     tree.Cursor
	More     bool
}

// Children reads the next page below an entity, as the ELN draws it. A node is
// made of up to two listings; at says how far it was read. An answer is only
// empty at the end.
func Children(ctx context.Context, lists Lists, above openbis.Ref, at tree.Cursor, count int) (Page, error) {
	out := Page{Next: at}
	all := listings(lists, above)
	for out.Next.Phase < len(all) && len(out.Entities) < count {
		l, err := all[out.Next.Phase](ctx, openbis.Page{From: out.Next.From, Count: count})
		if err != nil {
			return Page{}, err
		}
		for _, c := range l.Entities {
			if !shownBelowParent(above, &c) {
				out.Entities = append(out.Entities, c)
			}
		}
		out.Next.From = l.Next
		if l.Next < 0 {
			out.Next = tree.Cursor{Phase: out.Next.Phase + 1}
		} else if len(out.Entities) > 0 {
			break
		}
	}
	out.More = out.Next.Phase < len(all)
	return out, nil
}

type listing func(context.Context, openbis.Page) (openbis.Listing, error)

func listings(lists Lists, r openbis.Ref) []listing {
	by := func(f func(context.Context, string, openbis.Page) (openbis.Listing, error), id string) listing {
		return func(ctx context.Context, p openbis.Page) (openbis.Listing, error) { return f(ctx, id, p) }
	}
	switch r.Kind {
	case openbis.KindSpace:
		return []listing{by(lists.Projects, r.Code), by(lists.SpaceObjects, r.Code)}
	case openbis.KindProject:
		return []listing{by(lists.Collections, r.PermID), by(lists.ProjectObjects, r.PermID)}
	case openbis.KindCollection:
		return []listing{by(lists.CollectionObjects, r.PermID), by(lists.CollectionDataSets, r.PermID)}
	case openbis.KindObject:
		sets := by(lists.ObjectDataSets, r.PermID)
		if r.Collection == "" { // the ELN nests objects within a collection only
			return []listing{sets}
		}
		return []listing{func(ctx context.Context, p openbis.Page) (openbis.Listing, error) {
			return lists.ChildObjects(ctx, r.PermID, r.Collection, p)
		}, sets}
	}
	return nil
}

// shownBelowParent reports whether the ELN draws an object of a collection below
// another object of it instead: in the lab notebook it nests objects below
// their parents, in the inventory it lists them flat.
func shownBelowParent(above openbis.Ref, c *openbis.Entity) bool {
	if above.Kind != openbis.KindCollection || c.Kind != openbis.KindObject {
		return false
	}
	for _, p := range c.Parents {
		if p.Collection == above.PermID && p.PermID != c.PermID {
			if part, _ := openbis.SectionOf(p.Space); part == openbis.LabNotebook {
				return true
			}
		}
	}
	return false
}

// Items are the rows of a page.
func (p Page) Items() []tree.Item {
	out := make([]tree.Item, len(p.Entities))
	for i := range p.Entities {
		out[i] = ItemOf(&p.Entities[i])
	}
	return out
}

// AddSpaces puts the spaces into the tree. The home space is named after its
// owner, as the ELN does.
func (f *Flow) AddSpaces(spaces []openbis.Entity) {
	items := make([]tree.Item, len(spaces))
	for i := range spaces {
		items[i] = ItemOf(&spaces[i])
		if name := safetext.Line(f.Who.Person.Name()); spaces[i].Code == f.Who.HomeSpace && name != "" {
			items[i].Label = name
		}
	}
	f.Tree.AddSpaces(items, f.Who.HomeSpace)
}

// maxFiles is how many files of one data set are shown one by one.
const maxFiles = 100_000

// CutText is said at the end of a list of files that was cut.
const CutText = "Only the first 100,000 files are shown; all are exported. By pattern: zenobis export --file"

// Files is the list of a data set's files.
type Files struct {
	Entries  []tree.FileEntry
	Complete bool // false where it was cut
}

// ListFiles reads the files of a data set, as many as are worth showing.
func ListFiles(ctx context.Context, cat Catalog, store openbis.DataStore, dataSet string) (Files, error) {
	out := Files{Complete: true}
	stop := errors.New("enough")
	err := cat.Files(ctx, store, dataSet, func(f openbis.File) error {
		if len(out.Entries) == maxFiles {
			out.Complete = false
			return stop
		}
		out.Entries = append(out.Entries, tree.FileEntry{Path: f.Path, Size: f.Size})
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return out, err
}

// AddFiles puts the files of a data set below its node, as folders. Names are
// cleaned for the screen.
func (f *Flow) AddFiles(id tree.ID, gen uint32, files Files) bool {
	f.Listed[f.Tree.Key(id).PermID] = files
	return f.Tree.AddFiles(id, gen, files.Entries, files.Complete)
}

// PartReplaced is said where what was selected in part is taken as a whole: what
// had been chosen or taken out within it is forgotten.
const PartReplaced = "instead of a part"

// CutChoice is said where the choice of files can't be changed.
const CutChoice = "The list of files was cut, so what would be left can't be said: select by pattern, zenobis export --file."

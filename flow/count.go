package flow

import (
	"context"

	"zenobis/openbis"
	"zenobis/tree"
)

// Learn looks up the entities of rules that are known by nothing else, so that
// they can be marked, counted and named. It returns the rows for Tree.Learn.
func Learn(ctx context.Context, cat Catalog, keys []tree.Key) ([]tree.Item, error) {
	ids := map[openbis.Kind][]string{}
	for _, k := range keys {
		ids[k.Kind] = append(ids[k.Kind], k.PermID)
	}
	var items []tree.Item
	for kind, ids := range ids {
		got, err := cat.Get(ctx, kind, ids...)
		if err != nil {
			return nil, err
		}
		for _, e := range got {
			items = append(items, FoundItem(&e))
		}
	}
	return items, nil
}

// Count asks openBIS for the next that is not known of what is below a space, a
// project or a collection: how many objects and data sets there are, then, page
// by page, how large these are. The pages are those that a plan asks for: the
// client keeps them for it.
func Count(ctx context.Context, lists Lists, r openbis.Ref, asked bool, so tree.Known) (tree.Known, error) {
	if !asked {
		var err error
		if so.Objects, err = lists.Total(ctx, openbis.KindObject, r); err == nil {
			so.DataSets, err = lists.Total(ctx, openbis.KindDataSet, r)
		}
		return so, err
	}
	l, err := lists.Below(ctx, openbis.KindDataSet, r, openbis.Page{From: so.Seen, Count: CountSize, Detail: true})
	if err != nil {
		return so, err
	}
	for i := range l.Entities {
		switch it := ItemOf(&l.Entities[i]); {
		case it.LeftOut != "":
			so.LeftOut++
		case it.Size < 0:
			so.Unsized++
		default:
			so.Bytes += it.Size
		}
	}
	so.DataSets, so.Seen = l.Total, l.Next
	if l.Next < 0 {
		so.Seen = l.Total
	}
	return so, nil
}

// Families reads all that Children tells of each of several objects, together.
func Families(ctx context.Context, lists Lists, above []openbis.Ref) ([]Page, error) {
	all, err := lists.Families(ctx, above)
	if err != nil {
		return nil, err
	}
	out := make([]Page, len(above))
	for i, f := range all {
		out[i] = Page{Entities: append(f.Children, f.DataSets...), Next: tree.Cursor{Phase: len(listings(lists, above[i]))}}
	}
	return out, nil
}

// FamilyRefs names the objects of nodes of Tree.Pending. It is false where they are
// not objects that are asked for together.
func (f *Flow) FamilyRefs(ids []tree.ID) ([]openbis.Ref, bool) {
	refs := make([]openbis.Ref, len(ids))
	for i, id := range ids {
		if refs[i] = f.Ref(id); refs[i].Kind != openbis.KindObject || !f.unloaded(id) {
			return nil, false
		}
	}
	return refs, len(ids) > 0
}

// AddFamilies puts the answer of Families, or why there is none, below its nodes.
// Those that were opened meanwhile are left alone.
func (f *Flow) AddFamilies(ids []tree.ID, pages []Page, err error) {
	for i, id := range ids {
		if !f.unloaded(id) {
			continue
		}
		gen, _, ok := f.Tree.Begin(id)
		switch {
		case !ok:
		case err != nil:
			f.Tree.Fail(id, gen, Words(err))
		default:
			f.Tree.Add(id, gen, pages[i].Items(), pages[i].Next, false, -1)
		}
	}
}

func (f *Flow) unloaded(id tree.ID) bool {
	state, _ := f.Tree.State(id)
	return state == tree.Unloaded
}

package flow

import (
	"context"

	"zenobis/openbis"
	"zenobis/tree"
)

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

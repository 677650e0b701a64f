package plan

import (
	"context"
	"slices"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/selection"
)

// place is where objects stand side by side: a collection, a project or a space.
type place struct {
	kind   openbis.Kind
	permID string
}

// placeOf is where an entity stands.
func placeOf(e *openbis.Entity) (place, openbis.Ref) {
	switch {
	case e.CollRef != nil:
		return place{openbis.KindCollection, e.CollRef.PermID}, *e.CollRef
	case e.ProjectRef != nil:
		return place{openbis.KindProject, e.ProjectRef.PermID}, *e.ProjectRef
	}
	code := spaceOf(e)
	return place{openbis.KindSpace, code}, openbis.Ref{Kind: openbis.KindSpace, PermID: code, Code: code, Identifier: "/" + code}
}

// findCuts notes the places from which rules take objects out: there the tree
// draws children below their parents, so what hangs only below an excluded object
// is excluded with it.
func (w *walker) findCuts(ctx context.Context) error {
	var ids []string
	for _, rule := range w.req.Selection.Rules {
		if rule.Kind == openbis.KindObject && rule.Mode == selection.Exclude {
			ids = append(ids, rule.PermID)
		}
	}
	w.reached = map[place]map[string]bool{}
	return w.get(ctx, openbis.KindObject, ids, func(_ string, e *openbis.Entity) error {
		at, _ := placeOf(e)
		w.reached[at] = nil // read when something of it is met
		return nil
	}, nil)
}

// familyAt is who descends from whom among the objects of a place.
func (w *walker) familyAt(ctx context.Context, at place, ref openbis.Ref) (*family, error) {
	f := newFamily()
	err := w.pages(ctx, ref, "objects", false, w.objectsAt(ctx, at, ref), func(l []openbis.Entity) error {
		for i := range l {
			f.add(&l[i])
		}
		return nil
	})
	return f, err
}

// isReached reports whether an object can be reached from the top of its place
// without passing an excluded one.
func (w *walker) isReached(ctx context.Context, o *openbis.Entity) (bool, error) {
	at, ref := placeOf(o)
	set, cut := w.reached[at]
	if !cut {
		return true, nil
	}
	if set == nil {
		f, err := w.familyAt(ctx, at, ref)
		if err != nil {
			return false, err
		}
		set = f.reach(w.excluded)
		w.reached[at] = set
	}
	return set[o.PermID], nil
}

// reachBelow reads what isReached needs of the places below a node from what is known
// of all its objects, where they are in memory.
func (w *walker) reachBelow(ctx context.Context, node openbis.Ref) error {
	families := map[place]*family{}
	for at, set := range w.reached {
		if set == nil {
			families[at] = newFamily()
		}
	}
	if len(families) == 0 || !w.knows(node) {
		return nil
	}
	list := func(p openbis.Page) (openbis.Listing, error) { return w.cat.Below(ctx, openbis.KindObject, node, p) }
	err := w.pages(ctx, node, "objects", true, list, func(l []openbis.Entity) error {
		for i := range l {
			at, _ := placeOf(&l[i])
			if f := families[at]; f != nil {
				f.add(&l[i])
			}
		}
		return nil
	})
	for at, f := range families {
		if len(f.order) > 0 && err == nil {
			w.reached[at] = f.reach(w.excluded)
		}
	}
	return err
}

// isCut reports whether a data set hangs on an object that a rule takes out with
// its family.
func (w *walker) isCut(d *openbis.Entity) bool {
	at, _ := placeOf(d)
	set, cut := w.reached[at]
	return cut && set != nil && !set[d.ObjectRef.PermID]
}

// family is the graph of parents and children within one place.
type family struct {
	order     []openbis.Ref
	children  map[string][]string // permIds by parent
	hasParent map[string]bool
	parents   map[string][]string
}

func newFamily() *family {
	return &family{children: map[string][]string{}, hasParent: map[string]bool{}, parents: map[string][]string{}}
}

func (f *family) add(e *openbis.Entity) {
	f.order = append(f.order, openbis.Ref{Kind: e.Kind, PermID: e.PermID})
	for _, p := range e.Parents {
		f.parents[e.PermID] = append(f.parents[e.PermID], p.PermID)
	}
}

// reach returns the permIds that can be reached from the top without passing
// an excluded object. Objects in a circle that hangs nowhere start at the first.
func (f *family) reach(excluded func(openbis.Ref) bool) map[string]bool {
	byID := f.link()
	drawn, reached := map[string]bool{}, map[string]bool{}
	never := func(openbis.Ref) bool { return false }
	start := func(r openbis.Ref) {
		f.spread(byID, r.PermID, drawn, never)
		f.spread(byID, r.PermID, reached, excluded)
	}
	for _, r := range f.order {
		if !f.hasParent[r.PermID] {
			start(r)
		}
	}
	for _, r := range f.order {
		if !drawn[r.PermID] {
			start(r)
		}
	}
	return reached
}

// link turns the parents of all into children of each.
func (f *family) link() map[string]openbis.Ref {
	byID := make(map[string]openbis.Ref, len(f.order))
	for _, r := range f.order {
		byID[r.PermID] = r
	}
	for _, r := range f.order {
		for _, p := range f.parents[r.PermID] {
			if _, here := byID[p]; here && p != r.PermID {
				f.children[p] = append(f.children[p], r.PermID)
				f.hasParent[r.PermID] = true
			}
		}
	}
	return byID
}

func (f *family) spread(byID map[string]openbis.Ref, from string, set map[string]bool, stop func(openbis.Ref) bool) {
	todo := []string{from}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if set[id] || stop(byID[id]) {
			continue
		}
		set[id] = true
		todo = append(todo, f.children[id]...)
	}
}

func sortedIDs(ids []string) []string {
	slices.Sort(ids)
	return ids
}

func objectCount(n int) string { return human.Count(n, "object", "objects") }

// deep is after how many generations the rest of a family is read with its whole
// place: a long line of steps would cost a call for each.
const deep = 8

// families takes what is below objects: again and again the children that stand
// at the same place, then the data sets of all.
func (w *walker) families(ctx context.Context, objects []openbis.Entity) error {
	var ids []string
	at := map[string]member{}
	for i := range objects {
		ids = append(ids, objects[i].PermID)
		at[objects[i].PermID] = memberOf(&objects[i])
	}
	for generation := 0; len(at) > 0; generation++ {
		var err error
		if generation == deep {
			ids, err = w.descendants(ctx, at, ids)
			at = nil
		} else {
			at, ids, err = w.children(ctx, at, ids)
		}
		if err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return w.dataOf(ctx, openbis.Ref{Kind: openbis.KindObject, PermID: ids[0], Code: objectCount(len(ids))}, ids)
}

// member is what is kept of an object whose children are looked for.
type member struct {
	at     place
	ref    openbis.Ref // of its place
	parent bool        // it has children
}

func memberOf(e *openbis.Entity) member {
	at, ref := placeOf(e)
	return member{at, ref, len(e.Children) > 0}
}

// children takes one generation.
func (w *walker) children(ctx context.Context, of map[string]member, ids []string) (map[string]member, []string, error) {
	var ask []string
	for id, m := range of {
		if m.parent {
			ask = append(ask, id)
		}
	}
	next := map[string]member{}
	holder := openbis.Ref{Kind: openbis.KindObject, Code: objectCount(len(ask))}
	err := w.chunks(ctx, holder, "child objects", sortedIDs(ask), w.cat.ChildrenOf, func(l []openbis.Entity) error {
		for i := range l {
			child := &l[i]
			m := memberOf(child)
			if w.excluded(child.Ref) || !hasParentAt(child, of, m.at) {
				continue
			}
			if err := w.take(child); err != nil {
				return err
			}
			if w.once(keyOf(child.Ref)) {
				next[child.PermID] = m
				ids = append(ids, child.PermID)
			}
		}
		return nil
	})
	return next, ids, err
}

func hasParentAt(child *openbis.Entity, of map[string]member, at place) bool {
	for _, p := range child.Parents {
		if m, ok := of[p.PermID]; ok && m.at == at {
			return true
		}
	}
	return false
}

// descendants takes all that is below objects by reading the places where they
// stand.
func (w *walker) descendants(ctx context.Context, of map[string]member, ids []string) ([]string, error) {
	places := map[place]openbis.Ref{}
	for _, m := range of {
		if m.parent {
			places[m.at] = m.ref
		}
	}
	for at, ref := range places {
		f, err := w.familyAt(ctx, at, ref)
		if err != nil {
			return nil, err
		}
		byID := f.link()
		set := map[string]bool{}
		for id, m := range of {
			if m.at == at {
				f.spread(byID, id, set, w.excluded)
			}
		}
		var more []string
		for id := range set {
			if _, have := of[id]; !have {
				more = append(more, id)
			}
		}
		err = w.get(ctx, openbis.KindObject, sortedIDs(more), func(_ string, e *openbis.Entity) error {
			if err := w.take(e); err != nil {
				return err
			}
			if w.once(keyOf(e.Ref)) {
				ids = append(ids, e.PermID)
			}
			return nil
		}, nil)
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// objectsAt lists the objects of a place.
func (w *walker) objectsAt(ctx context.Context, at place, ref openbis.Ref) list {
	return func(p openbis.Page) (openbis.Listing, error) {
		switch at.kind {
		case openbis.KindCollection:
			return w.cat.Below(ctx, openbis.KindObject, ref, p)
		case openbis.KindProject:
			return w.cat.ProjectObjects(ctx, at.permID, p)
		}
		return w.cat.SpaceObjects(ctx, at.permID, p)
	}
}

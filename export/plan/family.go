package plan

import "zenobis/openbis"

// family is the graph of parents and children within one collection, kept only
// where a rule excludes an object: the tree draws children below their parents,
// so what hangs only below an excluded object is excluded with it.
type family struct {
	collection string
	order      []openbis.Ref
	children   map[string][]string // permIds by parent
	hasParent  map[string]bool
	parents    map[string][]openbis.Ref
}

func newFamily(collection string) *family {
	return &family{collection: collection, children: map[string][]string{}, hasParent: map[string]bool{}, parents: map[string][]openbis.Ref{}}
}

func (f *family) add(e *openbis.Entity) {
	f.order = append(f.order, e.Ref)
	f.parents[e.PermID] = e.Parents
}

// reach returns the permIds that can be reached from the top without passing
// an excluded object. Objects in a circle that hangs nowhere start at the first.
func (f *family) reach(excluded func(openbis.Ref) bool) map[string]bool {
	byID := make(map[string]openbis.Ref, len(f.order))
	for _, r := range f.order {
		byID[r.PermID] = r
	}
	for _, r := range f.order {
		for _, p := range f.parents[r.PermID] {
			if _, here := byID[p.PermID]; here && p.PermID != r.PermID {
				f.children[p.PermID] = append(f.children[p.PermID], r.PermID)
				f.hasParent[r.PermID] = true
			}
		}
	}
	drawn, reached := map[string]bool{}, map[string]bool{}
	spread := func(from string, set map[string]bool, stop func(openbis.Ref) bool) {
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
	never := func(openbis.Ref) bool { return false }
	for _, r := range f.order {
		if !f.hasParent[r.PermID] {
			spread(r.PermID, drawn, never)
			spread(r.PermID, reached, excluded)
		}
	}
	for _, r := range f.order {
		if !drawn[r.PermID] {
			spread(r.PermID, drawn, never)
			spread(r.PermID, reached, excluded)
		}
	}
	return reached
}

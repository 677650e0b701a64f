package plan

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
)

// known says where the entities are that a memory keeps: a plan from which something
// is taken out asks other questions than the one before, of the same entities.
type known struct {
	files  []string           // of answers with whole entities
	at     map[uint64]int32   // by kind and permId: the file
	told   map[uint64]bool    // whose absence is known: asked for by id, and not there
	listed map[uint64][]int32 // by question and object: the files of all pages of its listing
	chains map[uint64]chain   // by question: its pages so far, by where they begin
}

// chain are the pages of one listing, which come in any order.
type chain map[int]struct {
	file int32
	next int
}

// whole are the files of all pages; none if some are missing.
func (c chain) whole() (files []int32) {
	for from := 0; from >= 0; {
		page, ok := c[from]
		if !ok || page.next >= 0 && page.next <= from {
			return nil
		}
		files, from = append(files, page.file), page.next
	}
	return files
}

// idHash stands for a question about one entity.
func idHash(what, id string) uint64 { return names.Hash64(what + "\x00" + id) }

// note takes note of a file with entities.
func (k *known) note(file string, list []openbis.Entity) int32 {
	if k.at == nil {
		k.at, k.told = map[uint64]int32{}, map[uint64]bool{}
		k.listed, k.chains = map[uint64][]int32{}, map[uint64]chain{}
	}
	n := int32(len(k.files))
	k.files = append(k.files, file)
	for i := range list {
		k.at[idHash(string(list[i].Kind), list[i].PermID)] = n
	}
	return n
}

// page answers a page of a listing from memory, or asks and remembers.
func (r *remembered) page(p openbis.Page, ask func() (openbis.Listing, error), question ...any) (openbis.Listing, error) {
	p.Last = false // it says nothing of what is asked for
	question = append(question, p)
	name := r.path(question...)
	if a, err := told[openbis.Listing](name); err == nil {
		return a.Value, a.Err.error()
	}
	l, err := ask()
	if fail, ok := keepFail(err); ok && r.keep(name, answer[openbis.Listing]{l, fail}) == nil && err == nil && p.Detail {
		r.m.mu.Lock()
		r.m.known.note(name, l.Entities)
		r.m.mu.Unlock()
	}
	return l, err
}

// told reads an answer that was kept.
func told[T any](name string) (a answer[T], err error) {
	err = read(name, func(in io.Reader) error { return json.NewDecoder(in).Decode(&a) })
	return a, err
}

func (r *remembered) keep(name string, a any) error {
	return r.write(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(a) })
}

// Projects implements Catalog.
func (r *remembered) Projects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error) {
	return r.page(p, func() (openbis.Listing, error) { return r.Catalog.Projects(ctx, space, p) }, "projects", space)
}

// Collections implements Catalog.
func (r *remembered) Collections(ctx context.Context, project string, p openbis.Page) (openbis.Listing, error) {
	return r.page(p, func() (openbis.Listing, error) { return r.Catalog.Collections(ctx, project, p) }, "collections", project)
}

// ProjectObjects implements Catalog.
func (r *remembered) ProjectObjects(ctx context.Context, project string, p openbis.Page) (openbis.Listing, error) {
	return r.page(p, func() (openbis.Listing, error) { return r.Catalog.ProjectObjects(ctx, project, p) }, "project objects", project)
}

// SpaceObjects implements Catalog.
func (r *remembered) SpaceObjects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error) {
	return r.page(p, func() (openbis.Listing, error) { return r.Catalog.SpaceObjects(ctx, space, p) }, "space objects", space)
}

// Below implements Catalog.
func (r *remembered) Below(ctx context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error) {
	return r.page(p, func() (openbis.Listing, error) { return r.Catalog.Below(ctx, kind, node, p) }, "below", kind, node.Kind, node.PermID)
}

// knows reports whether all of a kind below a node is answered from memory, as far as
// its first page tells.
func (r *remembered) knows(kind openbis.Kind, node openbis.Ref) bool {
	first := wholePage
	first.Last = false
	_, err := os.Stat(r.path("below", kind, node.Kind, node.PermID, first))
	return err == nil
}

// DataSetsOf implements Catalog.
func (r *remembered) DataSetsOf(ctx context.Context, objects []string, p openbis.Page) (openbis.Listing, error) {
	return r.ofObjects(p, "data sets", objects, func() (openbis.Listing, error) { return r.Catalog.DataSetsOf(ctx, objects, p) },
		func(e *openbis.Entity, of func(string) bool) bool {
			return e.ObjectRef != nil && of(e.ObjectRef.PermID)
		},
		func(a, b openbis.Entity) int { return cmp.Compare(a.Code, b.Code) })
}

// ChildrenOf implements Catalog.
func (r *remembered) ChildrenOf(ctx context.Context, objects []string, p openbis.Page) (openbis.Listing, error) {
	return r.ofObjects(p, "children", objects, func() (openbis.Listing, error) { return r.Catalog.ChildrenOf(ctx, objects, p) },
		func(e *openbis.Entity, of func(string) bool) bool {
			return slices.ContainsFunc(e.Parents, func(p openbis.Ref) bool { return of(p.PermID) })
		},
		func(a, b openbis.Entity) int { return cmp.Compare(a.PermID, b.PermID) })
}

// ofObjects answers what hangs on objects from memory, whatever other objects were
// asked for at the same time, or asks and remembers.
func (r *remembered) ofObjects(p openbis.Page, what string, objects []string, ask func() (openbis.Listing, error),
	hangs func(e *openbis.Entity, of func(string) bool) bool, order func(a, b openbis.Entity) int) (openbis.Listing, error) {
	p.Last = false
	if p.From == 0 {
		if l, ok := r.together(what, objects, hangs, order); ok {
			return l, nil
		}
	}
	l, err := r.page(p, ask, what, objects)
	if err != nil || !p.Detail {
		return l, err
	}
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	k := &r.m.known
	n := slices.Index(k.files, r.path(what, objects, p))
	if n < 0 {
		return l, nil // it is not kept
	}
	question := names.Hash64(r.path(what, objects))
	if k.chains[question] == nil {
		k.chains[question] = chain{}
	}
	page := k.chains[question][p.From]
	page.file, page.next = int32(n), l.Next
	k.chains[question][p.From] = page
	if files := k.chains[question].whole(); files != nil {
		for _, id := range objects {
			k.listed[idHash(what, id)] = files
		}
		delete(k.chains, question)
	}
	return l, nil
}

// together makes one listing of those in which each object was before. It is false
// where one was in none.
func (r *remembered) together(what string, objects []string, hangs func(e *openbis.Entity, of func(string) bool) bool,
	order func(a, b openbis.Entity) int) (l openbis.Listing, ok bool) {
	wanted := make(map[string]bool, len(objects))
	var files []string
	r.m.mu.Lock()
	for _, id := range objects {
		wanted[id] = true
		list, known := r.m.known.listed[idHash(what, id)]
		if !known {
			r.m.mu.Unlock()
			return l, false
		}
		for _, n := range list {
			files = append(files, r.m.known.files[n])
		}
	}
	r.m.mu.Unlock()
	slices.Sort(files)
	for _, name := range slices.Compact(files) {
		a, err := told[openbis.Listing](name)
		if err != nil {
			return l, false
		}
		for _, e := range a.Value.Entities {
			if hangs(&e, func(id string) bool { return wanted[id] }) {
				l.Entities = append(l.Entities, e)
			}
		}
	}
	slices.SortStableFunc(l.Entities, order)
	l.Entities = slices.CompactFunc(l.Entities, func(a, b openbis.Entity) bool { return a.PermID == b.PermID })
	l.Total, l.Next = len(l.Entities), -1
	return l, true
}

// Get implements Catalog: an entity that was in any answer is not asked for again.
func (r *remembered) Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	got, ask := r.entities(kind, ids)
	if len(ask) == 0 {
		return got, nil
	}
	refusal := r.path("get", kind, ask)
	if a, err := told[bool](refusal); err == nil && a.Err != nil {
		return nil, a.Err.error()
	}
	more, err := r.Catalog.Get(ctx, kind, ask...)
	if err != nil {
		if fail, ok := keepFail(err); ok {
			_ = r.keep(refusal, answer[bool]{false, fail})
		}
		return nil, err
	}
	r.noteGot(kind, ask, more)
	maps.Copy(got, more)
	return got, nil
}

// noteGot keeps what was asked for by id.
func (r *remembered) noteGot(kind openbis.Kind, ids []string, got map[string]openbis.Entity) {
	var l openbis.Listing
	for _, id := range ids {
		if e, ok := got[id]; ok {
			l.Entities = append(l.Entities, e)
		}
	}
	name := r.path("got", kind, ids)
	if r.keep(name, answer[openbis.Listing]{l, nil}) != nil {
		return
	}
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	k := &r.m.known
	n := k.note(name, l.Entities)
	for _, id := range ids {
		if _, ok := got[id]; ok {
			k.at[idHash(string(kind), id)] = n // it may be an identifier
		} else {
			k.told[idHash(string(kind), id)] = true
		}
	}
}

// entities are those of ids that are kept; ask are the others.
func (r *remembered) entities(kind openbis.Kind, ids []string) (got map[string]openbis.Entity, ask []string) {
	got = map[string]openbis.Entity{}
	in := map[string]map[string]string{} // by file: ids by their text in one spelling
	r.m.mu.Lock()
	for _, id := range ids {
		h := idHash(string(kind), id)
		n, ok := r.m.known.at[h]
		switch {
		case ok:
			name := r.m.known.files[n]
			if in[name] == nil {
				in[name] = map[string]string{}
			}
			in[name][strings.ToUpper(id)] = id
		case !r.m.known.told[h]:
			ask = append(ask, id)
		}
	}
	r.m.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(in)) {
		a, _ := told[openbis.Listing](name) // what can't be read is asked for
		for _, e := range a.Value.Entities {
			if e.Kind != kind {
				continue
			}
			for _, text := range []string{e.PermID, e.Identifier} {
				if id, ok := in[name][strings.ToUpper(text)]; ok {
					got[id] = e
				}
			}
		}
		for _, id := range in[name] {
			if _, ok := got[id]; !ok {
				ask = append(ask, id)
			}
		}
	}
	return got, ask
}

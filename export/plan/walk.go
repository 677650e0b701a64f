package plan

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
)

const (
	pageSize  = 500 // entities a request
	leastPage = 20  // a listing of so few is not tried with fewer
	atOnce    = 6   // listings under way at the same time
)

// walker goes through openBIS once along the rules, page by page, and hands on
// each entity once: projects, collections and objects with their data sets, and of
// an object its child objects of the same collection.
type walker struct {
	cat   Catalog
	req   job.Request
	rules selection.Rules
	cut   bool // some rule excludes an object

	emit func(e *openbis.Entity) error // each entity once, full detail
	omit func(job.Omission)
	step func(n int)

	idx   *index // what was emitted; emit adds to it
	extra bool   // relatives are being taken: theirs are not followed by themselves
	count int

	components []openbis.Ref // of containers, still to be looked up
	related    []relative    // parents, children, references, still to be looked up
	types      map[string]openbis.EntityType
}

// relative is an entity that another one names.
type relative struct {
	kind  openbis.Kind
	id    string // permId or identifier
	space string // of the entity that names it
	via   relation
}

// relation says how one entity names another; a set of bits.
type relation uint8

const (
	viaParent relation = 1 << iota
	viaChild
	viaReference
	viaAll = viaParent | viaChild | viaReference
)

// walk goes through all rules. roots are the entities of the rules that select
// something, as openBIS knows them.
func (w *walker) walk(ctx context.Context) (roots []openbis.Ref, err error) {
	for _, rule := range w.req.Selection.Rules {
		if rule.Mode == selection.Exclude || rule.Mode != w.rules.Of(rule) {
			continue // or another rule on the same entity is narrower
		}
		got, err := w.cat.Get(ctx, rule.Kind, rule.PermID)
		if err != nil && !passable(err) {
			return nil, fmt.Errorf("read %s %s: %w", rule.Kind, safetext.Quote(rule.PermID), err)
		}
		e, ok := got[rule.PermID]
		if !ok {
			ref := openbis.Ref{Kind: rule.Kind, PermID: rule.PermID, Code: rule.Label}
			w.omit(job.Omit(ref, cmpReason(err), ""))
			continue
		}
		roots = append(roots, e.Ref)
		if rule.Mode == selection.Only {
			err = w.take(&e)
		} else {
			err = w.below(ctx, &e)
		}
		if err != nil {
			return nil, err
		}
	}
	for len(w.components) > 0 || len(w.related) > 0 {
		if err := w.takeComponents(ctx); err != nil {
			return nil, err
		}
		if err := w.takeRelated(ctx); err != nil {
			return nil, err
		}
	}
	return roots, nil
}

// passable reports whether an error says something of one entity and not of
// the connection: it is listed, and planning goes on.
func passable(err error) bool {
	return errors.Is(err, openbis.ErrDenied) || errors.Is(err, openbis.ErrNotFound)
}

func cmpReason(err error) string {
	if errors.Is(err, openbis.ErrDenied) {
		return "no-access"
	}
	return "missing"
}

// excluded reports whether an entity below something that is taken with all
// below it is not part of the export.
func (w *walker) excluded(r openbis.Ref) bool {
	self, _ := w.rules.On(r).Over(true)
	return !self
}

// take hands an entity on, once, with what it drags along.
func (w *walker) take(e *openbis.Entity) error {
	k := keyOf(e.Ref)
	if w.idx.has(k) {
		return nil
	}
	w.count++
	if w.step != nil && w.count%100 == 0 {
		w.step(w.count)
	}
	if e.Kind == openbis.KindDataSet && e.Data != nil && e.Data.Kind == openbis.Container {
		w.components = append(w.components, e.Components...)
	}
	if err := w.emit(e); err != nil {
		return err
	}
	if !w.extra {
		w.noteRelatives(e, viaAll)
	}
	return nil
}

// once reports whether what is below a taken entity is still to be gone
// through, and notes that it is.
func (w *walker) once(k key) bool {
	it, ok := w.idx.find(k)
	if !ok || it.walked {
		return false
	}
	it.walked = true
	return true
}

// below takes an entity and everything below it.
func (w *walker) below(ctx context.Context, e *openbis.Entity) error {
	if err := w.take(e); err != nil {
		return err
	}
	if !w.once(keyOf(e.Ref)) {
		return nil
	}
	switch e.Kind {
	case openbis.KindSpace:
		return w.space(ctx, e)
	case openbis.KindProject:
		return w.project(ctx, e)
	case openbis.KindCollection:
		return w.collection(ctx, e)
	case openbis.KindObject:
		return w.object(ctx, e)
	}
	return nil
}

func (w *walker) space(ctx context.Context, e *openbis.Entity) error {
	code := spaceCode(e.Ref)
	err := w.pages(ctx, e.Ref, "projects", true, func(p openbis.Page) (openbis.Listing, error) {
		return w.cat.Projects(ctx, code, p)
	}, func(list []openbis.Entity) error { return w.each(ctx, list) })
	if err != nil {
		return err
	}
	return w.objects(ctx, e.Ref, "", func(p openbis.Page) (openbis.Listing, error) {
		return w.cat.SpaceObjects(ctx, code, p)
	})
}

func (w *walker) project(ctx context.Context, e *openbis.Entity) error {
	err := w.pages(ctx, e.Ref, "collections", true, func(p openbis.Page) (openbis.Listing, error) {
		return w.cat.Collections(ctx, e.PermID, p)
	}, func(list []openbis.Entity) error { return w.each(ctx, list) })
	if err != nil {
		return err
	}
	return w.objects(ctx, e.Ref, "", func(p openbis.Page) (openbis.Listing, error) {
		return w.cat.ProjectObjects(ctx, e.PermID, p)
	})
}

func (w *walker) collection(ctx context.Context, e *openbis.Entity) error {
	err := w.objects(ctx, e.Ref, e.PermID, func(p openbis.Page) (openbis.Listing, error) {
		return w.cat.CollectionObjects(ctx, e.PermID, p)
	})
	if err != nil {
		return err
	}
	return w.pages(ctx, e.Ref, "data sets", true, func(p openbis.Page) (openbis.Listing, error) {
		return w.cat.CollectionDataSets(ctx, e.PermID, p)
	}, w.dataSets)
}

// each goes below every entity that no rule excludes.
func (w *walker) each(ctx context.Context, list []openbis.Entity) error {
	for i := range list {
		if w.excluded(list[i].Ref) {
			continue
		}
		if err := w.below(ctx, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// objects takes all objects of a listing with their data sets. Where rules
// exclude objects, those that hang only below an excluded one are left out.
func (w *walker) objects(ctx context.Context, holder openbis.Ref, collection string, list func(openbis.Page) (openbis.Listing, error)) error {
	allowed := func(openbis.Ref) bool { return true }
	if w.cut {
		g := newFamily(collection)
		err := w.pages(ctx, holder, "objects", false, list, func(l []openbis.Entity) error {
			for i := range l {
				g.add(&l[i])
			}
			return nil
		})
		if err != nil {
			return err
		}
		reached := g.reach(w.excluded)
		allowed = func(r openbis.Ref) bool { return reached[r.PermID] }
	}
	return w.pages(ctx, holder, "objects", true, list, func(l []openbis.Entity) error {
		var some []openbis.Entity
		for i := range l {
			if !allowed(l[i].Ref) {
				continue
			}
			if err := w.take(&l[i]); err != nil {
				return err
			}
			if w.once(keyOf(l[i].Ref)) {
				some = append(some, l[i])
			}
		}
		return w.dataOf(ctx, some)
	})
}

// object takes what is below an object: data sets and, again and again, child
// objects of the same collection.
func (w *walker) object(ctx context.Context, root *openbis.Entity) error {
	todo := []openbis.Entity{*root}
	for len(todo) > 0 {
		if err := w.dataOf(ctx, todo); err != nil {
			return err
		}
		var next []openbis.Entity
		for i := range todo {
			at := &todo[i]
			if !hasChildren(at) {
				continue
			}
			coll := collectionOf(at)
			err := w.pages(ctx, at.Ref, "child objects", true, func(p openbis.Page) (openbis.Listing, error) {
				return w.cat.ChildObjects(ctx, at.PermID, coll, p)
			}, func(list []openbis.Entity) error {
				for j := range list {
					child := &list[j]
					if collectionOf(child) != coll || !sameHolder(at, child) || w.excluded(child.Ref) {
						continue
					}
					if err := w.take(child); err != nil {
						return err
					}
					if w.once(keyOf(child.Ref)) {
						next = append(next, *child)
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		todo = next
	}
	return nil
}

// hasChildren spares the question where a full answer named no child.
func hasChildren(e *openbis.Entity) bool { return len(e.Children) > 0 }

func collectionOf(e *openbis.Entity) string {
	if e.CollRef != nil {
		return e.CollRef.PermID
	}
	return e.Collection
}

// sameHolder reports whether two objects without collection stand in the same
// project or space.
func sameHolder(a, b *openbis.Entity) bool {
	if collectionOf(a) != "" {
		return true
	}
	pa, pb := "", ""
	if a.ProjectRef != nil {
		pa = a.ProjectRef.PermID
	}
	if b.ProjectRef != nil {
		pb = b.ProjectRef.PermID
	}
	return pa == pb && a.Space == b.Space
}

// dataOf takes the data sets of objects, several listings at once.
func (w *walker) dataOf(ctx context.Context, objects []openbis.Entity) error {
	for len(objects) > 0 {
		n := min(len(objects), 4*atOnce)
		got := make([][]openbis.Entity, n)
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for i := range n {
			g.Go(func() error {
				o := objects[i]
				return w.pages(gctx, o.Ref, "data sets", true, func(p openbis.Page) (openbis.Listing, error) {
					return w.cat.ObjectDataSets(gctx, o.PermID, p)
				}, func(list []openbis.Entity) error {
					got[i] = append(got[i], list...)
					return nil
				})
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for _, list := range got {
			if err := w.dataSets(list); err != nil {
				return err
			}
		}
		objects = objects[n:]
	}
	return nil
}

func (w *walker) dataSets(list []openbis.Entity) error {
	for i := range list {
		if w.excluded(list[i].Ref) {
			continue
		}
		if err := w.take(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// pages goes through a listing. What the user may not list is noted, not fatal.
func (w *walker) pages(ctx context.Context, holder openbis.Ref, what string, detail bool,
	list func(openbis.Page) (openbis.Listing, error), yield func([]openbis.Entity) error) error {
	size := pageSize
	for from := 0; from >= 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, err := list(openbis.Page{From: from, Count: size, Detail: detail})
		if err != nil {
			if passable(err) {
				w.omit(job.Omit(holder, cmpReason(err), "its "+what+" can't be listed"))
				return nil
			}
			if size > leastPage && !fatal(ctx, err) && !errors.Is(err, openbis.ErrUnreachable) {
				size /= 5 // an answer may be too big where texts are long
				continue
			}
			return fmt.Errorf("list %s of %s %s: %w", what, holder.Kind, safetext.Quote(label(holder)), err)
		}
		if err := yield(l.Entities); err != nil {
			return err
		}
		if l.Next >= 0 && l.Next <= from {
			return fmt.Errorf("list %s of %s %s: the server's pages go backwards", what, holder.Kind, safetext.Quote(label(holder)))
		}
		from = l.Next
	}
	return nil
}

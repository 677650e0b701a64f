package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"zenobis/export/job"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
)

// walker goes through openBIS once along the rules and hands on each entity once.
// It asks for pages of everything below a node and never for one entity after the
// other: what a rule takes out is dropped from the pages, or not asked for where
// that costs few calls.
type walker struct {
	cat   Catalog
	req   job.Request
	rules selection.Rules
	// apart is up to how many projects of a space, or collections of a project, are
	// asked for one by one where some of them are not wanted.
	apart int

	ready   func() error   // waits for the types, which tell what an entity refers to; nil if they are there
	flights sync.WaitGroup // calls that run beside others

	emit func(e *openbis.Entity) error // each entity once, full detail
	omit func(omission.Entry)
	step func(n int)

	idx   *index // what was emitted; emit adds to it
	extra bool   // relatives are being taken: theirs are not followed by themselves
	count int

	reached    map[place]map[string]bool // of the places from which a rule takes objects out
	components []openbis.Ref             // of containers, still to be looked up
	outside    *outside                  // such that lie elsewhere, asked for already; nil where nobody has
	related    []relative                // parents, children, references, still to be looked up
	types      map[string]openbis.EntityType
}

// fewApart is the usual walker.apart.
const fewApart = 100

// walk goes through all rules. roots are the entities of the rules that select
// something, as openBIS knows them.
func (w *walker) walk(ctx context.Context) (roots []openbis.Ref, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer w.flights.Wait()
	defer cancel()
	if err := w.findCuts(ctx); err != nil {
		return nil, err
	}
	found, err := w.lookUp(ctx)
	if err != nil {
		return nil, err
	}
	var objects []openbis.Entity
	for _, rule := range w.req.Selection.Rules {
		e, ok := found[selection.Key{Kind: rule.Kind, PermID: rule.PermID}]
		if !ok || rule.Mode == selection.Exclude || rule.Mode != w.rules.Of(rule) {
			continue // or another rule on the same entity is narrower
		}
		roots = append(roots, e.Ref)
		if rule.Mode == selection.Only || e.Kind == openbis.KindDataSet {
			err = w.take(&e)
		} else if e.Kind == openbis.KindObject {
			if err = w.take(&e); err == nil && w.once(keyOf(e.Ref)) {
				objects = append(objects, e)
			}
		} else {
			err = w.below(ctx, &e)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.families(ctx, objects); err != nil {
		return nil, err
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

// lookUp reads the entities of the rules that take something; what can't be had
// is listed.
func (w *walker) lookUp(ctx context.Context) (map[selection.Key]openbis.Entity, error) {
	found := map[selection.Key]openbis.Entity{}
	asked := map[selection.Key]bool{}
	ids := map[openbis.Kind][]string{}
	for _, rule := range w.req.Selection.Rules {
		k := selection.Key{Kind: rule.Kind, PermID: rule.PermID}
		if rule.Mode != selection.Exclude && !asked[k] {
			asked[k] = true
			ids[rule.Kind] = append(ids[rule.Kind], rule.PermID)
		}
	}
	why := map[selection.Key]error{}
	for _, kind := range byRank {
		err := w.get(ctx, kind, ids[kind], func(id string, e *openbis.Entity) error {
			found[selection.Key{Kind: kind, PermID: id}] = *e
			return nil
		}, func(id string, err error) { why[selection.Key{Kind: kind, PermID: id}] = err })
		if err != nil {
			return nil, err
		}
	}
	for _, rule := range w.req.Selection.Rules {
		k := selection.Key{Kind: rule.Kind, PermID: rule.PermID}
		if _, ok := found[k]; !ok && rule.Mode != selection.Exclude && rule.Mode == w.rules.Of(rule) {
			w.omit(omission.Of(openbis.Ref{Kind: rule.Kind, PermID: rule.PermID, Code: rule.Label}, lostReason(why[k]), ""))
		}
	}
	return found, nil
}

// passable reports whether an error says something of one entity and not of
// the connection: it is listed, and planning goes on.
func passable(err error) bool {
	return errors.Is(err, openbis.ErrDenied) || errors.Is(err, openbis.ErrNotFound)
}

// lostReason is the reason for which an entity is not there: openBIS refused it
// with err, or, without one, did not tell of it.
func lostReason(err error) omission.Reason {
	if reason, of := reasonOf(err); of && reason != "" {
		return reason
	}
	return omission.Missing
}

// excluded reports whether an entity below something that is taken with all
// below it is not part of the export.
func (w *walker) excluded(r openbis.Ref) bool {
	self, _ := w.rules.On(r).Over(true)
	return !self
}

// excludedAbove reports whether what holds an entity below something that is taken
// with all below it is not part of the export: the nearest rule decides.
func (w *walker) excludedAbove(e *openbis.Entity) bool {
	return !selection.Covered(func(yield func(selection.Mode) bool) {
		for _, r := range []*openbis.Ref{e.CollRef, e.ProjectRef} {
			if r != nil && !yield(w.rules.On(*r)) {
				return
			}
		}
	}, true)
}

// settingsType is the type of objects in which the ELN keeps its own settings.
const settingsType = "GENERAL_ELN_SETTINGS"

// take hands an entity on, once, with what it drags along.
func (w *walker) take(e *openbis.Entity) error {
	k := keyOf(e.Ref)
	if w.idx.has(k) {
		return nil
	}
	if w.ready != nil && w.req.WithReferences {
		if err := w.ready(); err != nil {
			return err
		}
		w.ready = nil
	}
	if e.Kind == openbis.KindObject && e.Type == settingsType {
		w.omit(omission.Of(e.Ref, omission.Settings, ""))
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

func (w *walker) walked(r openbis.Ref) bool {
	it, ok := w.idx.find(keyOf(r))
	return ok && it.walked
}

// below takes a space, a project or a collection and everything below it.
func (w *walker) below(ctx context.Context, e *openbis.Entity) error {
	if err := w.take(e); err != nil {
		return err
	}
	if !w.once(keyOf(e.Ref)) {
		return nil
	}
	switch e.Kind {
	case openbis.KindSpace:
		return w.holder(ctx, e, "projects", "objects directly in it", func(p openbis.Page) (openbis.Listing, error) {
			return w.cat.Projects(ctx, spaceCode(e.Ref), p)
		}, func(p openbis.Page) (openbis.Listing, error) { return w.cat.SpaceObjects(ctx, spaceCode(e.Ref), p) })
	case openbis.KindProject:
		return w.holder(ctx, e, "collections", "objects directly in it", func(p openbis.Page) (openbis.Listing, error) {
			return w.cat.Collections(ctx, e.PermID, p)
		}, func(p openbis.Page) (openbis.Listing, error) { return w.cat.ProjectObjects(ctx, e.PermID, p) })
	}
	return w.everything(ctx, e, w.allBegun(w.listsBelow(ctx, e)))
}

type list func(openbis.Page) (openbis.Listing, error)

// holder goes below a space or a project. Where some of its projects or
// collections are not wanted, the others are asked for one by one, as long as
// they are few.
func (w *walker) holder(ctx context.Context, e *openbis.Entity, children, direct string, listChildren, listDirect list) error {
	var refs []openbis.Ref
	unwanted := false
	deeper := w.listsBelow(ctx, e)
	if !w.cutsHolders() { // then all of them will be gone through
		listChildren, deeper = w.begun(listChildren), w.allBegun(deeper)
	}
	err := w.pages(ctx, e.Ref, children, true, listChildren, func(l []openbis.Entity) error {
		for i := range l {
			if w.excluded(l[i].Ref) {
				unwanted = true
				continue
			}
			if err := w.take(&l[i]); err != nil {
				return err
			}
			refs = append(refs, l[i].Ref)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !unwanted || len(refs) > w.apart || w.knows(e.Ref) {
		return w.everything(ctx, e, deeper)
	}
	for _, r := range refs {
		if err := w.below(ctx, &openbis.Entity{Ref: r}); err != nil {
			return err
		}
	}
	var objects []string
	err = w.pages(ctx, e.Ref, direct, true, listDirect, w.objects(ctx, &objects))
	if err != nil {
		return err
	}
	return w.dataOf(ctx, e.Ref, objects)
}

// knows reports whether a memory knows all objects below a node: then it costs nothing
// to go through them.
func (w *walker) knows(node openbis.Ref) bool {
	m, ok := w.cat.(interface {
		knows(kind openbis.Kind, node openbis.Ref) bool
	})
	return ok && m.knows(openbis.KindObject, node)
}

// cutsHolders reports whether a project or a collection may be taken out.
func (w *walker) cutsHolders() bool {
	return slices.ContainsFunc(w.req.Selection.Rules, func(r selection.Rule) bool {
		return r.Mode == selection.Exclude && (r.Kind == openbis.KindProject || r.Kind == openbis.KindCollection)
	})
}

// listsBelow are the listings of all that is below a node, by kind.
func (w *walker) listsBelow(ctx context.Context, e *openbis.Entity) map[openbis.Kind]list {
	all := map[openbis.Kind]list{}
	for _, kind := range []openbis.Kind{openbis.KindCollection, openbis.KindObject, openbis.KindDataSet} {
		if kind != openbis.KindCollection || e.Kind == openbis.KindSpace {
			all[kind] = func(p openbis.Page) (openbis.Listing, error) { return w.cat.Below(ctx, kind, e.Ref, p) }
		}
	}
	if len(w.req.Selection.Rules) == 1 { // else a component may be among what another rule takes
		w.beside(ctx, e.Ref, all)
	}
	return all
}

// allBegun begins all listings at once.
func (w *walker) allBegun(all map[openbis.Kind]list) map[openbis.Kind]list {
	for kind, l := range all {
		all[kind] = w.begun(l)
	}
	return all
}

// everything takes all that is below a node, except what rules take out.
func (w *walker) everything(ctx context.Context, e *openbis.Entity, all map[openbis.Kind]list) error {
	if e.Kind == openbis.KindSpace {
		err := w.pages(ctx, e.Ref, "collections", true, all[openbis.KindCollection], func(l []openbis.Entity) error {
			for i := range l {
				if w.excluded(l[i].Ref) || w.excludedAbove(&l[i]) {
					continue
				}
				if err := w.take(&l[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := w.reachBelow(ctx, e.Ref); err != nil {
		return err
	}
	if err := w.pages(ctx, e.Ref, "objects", true, all[openbis.KindObject], w.objects(ctx, nil)); err != nil {
		return err
	}
	var late []openbis.Entity // data sets of objects that were not there a moment ago
	err := w.pages(ctx, e.Ref, "data sets", true, all[openbis.KindDataSet], func(l []openbis.Entity) error {
		for i := range l {
			d := &l[i]
			switch {
			case w.excluded(d.Ref), w.excludedAbove(d):
				continue
			case d.ObjectRef == nil, w.walked(*d.ObjectRef):
				if err := w.take(d); err != nil {
					return err
				}
			case w.excluded(*d.ObjectRef), w.isCut(d):
			default:
				late = append(late, *d)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.takeLate(ctx, late)
}

// takeLate takes data sets together with their objects, unless a rule took these out.
func (w *walker) takeLate(ctx context.Context, sets []openbis.Entity) error {
	var ids []string
	seen := map[string]bool{}
	for i := range sets {
		if id := sets[i].ObjectRef.PermID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	var objects []openbis.Entity
	err := w.get(ctx, openbis.KindObject, ids, func(_ string, e *openbis.Entity) error {
		objects = append(objects, *e)
		return nil
	}, nil)
	if err == nil {
		err = w.objects(ctx, nil)(objects)
	}
	for i := range sets {
		if err == nil && w.walked(*sets[i].ObjectRef) {
			err = w.take(&sets[i])
		}
	}
	return err
}

// objects takes the objects of a page, except those that rules take out; ids
// collects those that are new.
func (w *walker) objects(ctx context.Context, ids *[]string) func([]openbis.Entity) error {
	return func(l []openbis.Entity) error {
		for i := range l {
			o := &l[i]
			if w.excluded(o.Ref) || w.excludedAbove(o) {
				continue
			}
			if ok, err := w.isReached(ctx, o); err != nil {
				return err
			} else if !ok {
				continue
			}
			if err := w.take(o); err != nil {
				return err
			}
			if w.once(keyOf(o.Ref)) && ids != nil {
				*ids = append(*ids, o.PermID)
			}
		}
		return nil
	}
}

// dataOf takes the data sets of objects.
func (w *walker) dataOf(ctx context.Context, holder openbis.Ref, objects []string) error {
	return w.chunks(ctx, holder, "data sets", objects, w.cat.DataSetsOf, func(l []openbis.Entity) error {
		for i := range l {
			if w.excluded(l[i].Ref) {
				continue
			}
			if err := w.take(&l[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// chunks goes through a listing that is asked for by many ids.
func (w *walker) chunks(ctx context.Context, holder openbis.Ref, what string, ids []string,
	list func(context.Context, []string, openbis.Page) (openbis.Listing, error), yield func([]openbis.Entity) error) error {
	for len(ids) > 0 {
		n := min(len(ids), pageSize)
		some := ids[:n]
		err := w.pages(ctx, holder, what, true, func(p openbis.Page) (openbis.Listing, error) { return list(ctx, some, p) }, yield)
		if err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// get reads entities by id, a page a request, in the order of the ids. missing is
// called for what can't be had, with the reason where there is one.
func (w *walker) get(ctx context.Context, kind openbis.Kind, ids []string, yield func(id string, e *openbis.Entity) error,
	missing func(id string, err error)) error {
	for len(ids) > 0 {
		n := min(len(ids), pageSize)
		got, err := w.cat.Get(ctx, kind, ids[:n]...)
		switch {
		case err == nil:
		case !passable(err):
			return fmt.Errorf("read %d %ss: %w", n, kind, err)
		case n > 1: // one of them may not be read
			for _, id := range ids[:n] {
				if err := w.get(ctx, kind, []string{id}, yield, missing); err != nil {
					return err
				}
			}
			ids = ids[n:]
			continue
		}
		for _, id := range ids[:n] {
			if e, ok := got[id]; ok {
				if err := yield(id, &e); err != nil {
					return err
				}
			} else if missing != nil {
				missing(id, err)
			}
		}
		ids = ids[n:]
	}
	return nil
}

// refusedText words a listing that this user may not have.
func (w *walker) refused(holder openbis.Ref, what string, err error) {
	w.omit(omission.Of(holder, lostReason(err), "its "+what+" can't be listed"))
}

func listFailed(what string, holder openbis.Ref, err error) error {
	return fmt.Errorf("list %s of %s %s: %w", what, holder.Kind, safetext.Quote(label(holder)), err)
}

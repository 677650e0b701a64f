package plan

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"zenobis/omission"
	"zenobis/openbis"
)

// takeComponents takes the components of containers, each at its own place.
func (w *walker) takeComponents(ctx context.Context) error {
	todo := w.components
	w.components = nil
	known, err := w.outside.sets()
	if err != nil {
		return err
	}
	var ids, ask []string
	for _, r := range todo {
		if w.idx.has(keyOf(r)) || w.excluded(r) {
			continue
		}
		ids = append(ids, r.PermID)
		if _, ok := known[r.PermID]; !ok {
			ask = append(ask, r.PermID)
		}
	}
	missing := func(id string, _ error) {
		w.omit(omission.Of(openbis.Ref{Kind: openbis.KindDataSet, PermID: id, Code: id}, omission.Missing,
			"component of a container; it does not exist, or you may not see it"))
	}
	if len(known) == 0 {
		return w.get(ctx, openbis.KindDataSet, ask, func(_ string, e *openbis.Entity) error { return w.take(e) }, missing)
	}
	err = w.get(ctx, openbis.KindDataSet, ask, func(id string, e *openbis.Entity) error {
		known[id] = *e
		return nil
	}, missing)
	for _, id := range ids {
		if e, ok := known[id]; ok && err == nil {
			err = w.take(&e)
		}
	}
	return err
}

// outside are components that lie elsewhere than their containers, with what holds
// them. They are asked for beside the pages of objects, once the data sets are known:
// otherwise a whole plan waits for them, then for what holds them.
type outside struct {
	mu      sync.Mutex
	busy    bool     // pages of objects are on their way
	ids     []string // nil while they are not known
	begun   bool
	done    chan struct{} // closed when they are there
	found   map[string]openbis.Entity
	holders map[key]openbis.Entity
	err     error
}

// beside makes listings of all below a node begin to ask for what lies outside.
func (w *walker) beside(ctx context.Context, node openbis.Ref, all map[openbis.Kind]list) {
	o := &outside{done: make(chan struct{})}
	w.outside = o
	begin := func() { w.flights.Go(func() { o.read(ctx, w.cat) }) }
	objects, sets := all[openbis.KindObject], all[openbis.KindDataSet]
	all[openbis.KindDataSet] = func(p openbis.Page) (openbis.Listing, error) {
		l, err := sets(p)
		if err == nil && p == wholePage && l.Next < 0 {
			o.know(elsewhere(l.Entities), begin)
		}
		return l, err
	}
	kept, _ := w.cat.(interface {
		Kept(kind openbis.Kind, node openbis.Ref, p openbis.Page) bool
	})
	all[openbis.KindObject] = func(p openbis.Page) (openbis.Listing, error) {
		if kept == nil || !kept.Kept(openbis.KindObject, node, p) {
			o.wait(begin)
		}
		return objects(p)
	}
}

// know takes which they are: those of one page at most.
func (o *outside) know(ids []string, begin func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(ids) > 0 && len(ids) <= pageSize && o.ids == nil {
		o.ids = ids
		o.start(begin)
	}
}

// wait says that other calls are waited for now.
func (o *outside) wait(begin func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.busy = true
	o.start(begin)
}

func (o *outside) start(begin func()) {
	if o.busy && o.ids != nil && !o.begun {
		o.begun = true
		begin()
	}
}

// elsewhere are the components of containers that are not among data sets themselves.
func elsewhere(sets []openbis.Entity) (ids []string) {
	seen := make(map[string]bool, len(sets))
	for i := range sets {
		seen[sets[i].PermID] = true
	}
	for i := range sets {
		if sets[i].Data == nil || sets[i].Data.Kind != openbis.Container {
			continue
		}
		for _, r := range sets[i].Components {
			if !seen[r.PermID] {
				seen[r.PermID] = true
				ids = append(ids, r.PermID)
			}
		}
	}
	return ids
}

// read asks for them. What openBIS refuses is asked for again, where it can be told of.
func (o *outside) read(ctx context.Context, cat Catalog) {
	defer close(o.done)
	get := func(kind openbis.Kind, ids []string) (map[string]openbis.Entity, error) {
		got, err := cat.Get(ctx, kind, ids...)
		if err != nil && !passable(err) {
			return nil, fmt.Errorf("read %d %ss: %w", len(ids), kind, err)
		}
		return got, nil
	}
	if o.found, o.err = get(openbis.KindDataSet, o.ids); o.err != nil {
		return
	}
	held := map[openbis.Kind][]string{}
	noted := map[key]bool{}
	for _, id := range o.ids {
		e := o.found[id]
		for _, r := range []*openbis.Ref{e.ObjectRef, e.CollRef, e.ProjectRef} {
			if r != nil && !noted[keyOf(*r)] {
				noted[keyOf(*r)] = true
				held[r.Kind] = append(held[r.Kind], r.PermID)
			}
		}
	}
	got := make([]map[string]openbis.Entity, len(holderKinds))
	var all errgroup.Group
	for i, kind := range holderKinds {
		if len(held[kind]) > 0 && kind != openbis.KindSpace {
			all.Go(func() (err error) {
				got[i], err = get(kind, held[kind])
				return err
			})
		}
	}
	o.err = all.Wait()
	o.holders = map[key]openbis.Entity{}
	for i, list := range got {
		for id, e := range list {
			o.holders[key{rank[holderKinds[i]], id}] = e
		}
	}
}

// sets are the data sets that were asked for; none where nobody has.
func (o *outside) sets() (map[string]openbis.Entity, error) {
	if o == nil {
		return nil, nil
	}
	o.mu.Lock()
	begun := o.begun
	o.mu.Unlock()
	if !begun {
		return nil, nil
	}
	<-o.done
	return o.found, o.err
}

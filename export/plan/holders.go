package plan

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"zenobis/openbis"
)

// holderKinds are the kinds that hold others, the inner ones first.
var holderKinds = [...]openbis.Kind{openbis.KindObject, openbis.KindCollection, openbis.KindProject, openbis.KindSpace}

// heldBy is what holds selected entities without being selected.
type heldBy struct {
	held   map[key]openbis.Ref
	likely map[key]bool           // what most likely holds these
	read   map[key]openbis.Entity // of both, what was read already
}

// hold notes what holds an entity, unless it is part of the plan. What holds that most
// likely holds the entity, too, which knows it: so all are asked for at once, where
// otherwise each would be asked for after what it holds.
func (r *planning) hold(e *openbis.Entity, holder openbis.Ref) {
	k := keyOf(holder)
	if _, known := r.held[k]; known || r.idx.has(k) {
		return
	}
	r.held[k] = holder
	for _, above := range []*openbis.Ref{e.CollRef, e.ProjectRef} {
		if above != nil {
			r.likely[keyOf(*above)] = true
		}
	}
}

// unread are the holders of a kind that are neither part of the plan nor in ever.
func unread[V any](r *planning, kind openbis.Kind, of map[key]V, ever map[key]openbis.Entity) (ids []string) {
	for k := range of {
		if _, ok := ever[k]; !ok && k.rank == rank[kind] && !r.idx.has(k) {
			ids = append(ids, k.permID)
		}
	}
	slices.Sort(ids)
	return ids
}

// readHolders looks up what holds the selected entities, for their place only.
func (r *planning) readHolders(ctx context.Context) error {
	if err := r.readLikely(ctx); err != nil {
		return err
	}
	for _, kind := range holderKinds {
		for chunk := range slices.Chunk(unread(r, kind, r.held, nil), pageSize) {
			got, err := r.holdersOf(ctx, kind, chunk)
			if err != nil {
				return err
			}
			for _, id := range chunk {
				e, ok := got[id]
				if !ok {
					e = openbis.Entity{Ref: r.held[key{rank[kind], id}]}
				}
				r.scanHolder(&e)
				if err := r.addItem(&e, false); err != nil {
					return err
				}
			}
		}
	}
	r.held, r.likely, r.read = nil, nil, nil
	return nil
}

// holdersOf reads those of a kind that were not read with the likely ones. What is not
// there, or may not be read, is left out.
func (r *planning) holdersOf(ctx context.Context, kind openbis.Kind, ids []string) (map[string]openbis.Entity, error) {
	got := map[string]openbis.Entity{}
	var ask []string
	for _, id := range ids {
		if e, ok := r.read[key{rank[kind], id}]; ok {
			got[id] = e
		} else {
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 || kind == openbis.KindSpace { // its code says it all
		return got, nil
	}
	more, err := r.Catalog.Get(ctx, kind, ask...)
	if err != nil && !passable(err) {
		return nil, fmt.Errorf("read %d %ss: %w", len(ask), kind, err)
	}
	for id, e := range more {
		got[id] = e
	}
	return got, nil
}

// readLikely asks for a page of each kind at once: of what holds something, and of
// what most likely holds that. What it can't have is asked for again, alone.
func (r *planning) readLikely(ctx context.Context) error {
	got := make([]map[string]openbis.Entity, len(holderKinds)-1) // spaces are not asked for
	var all errgroup.Group
	for i := range got {
		kind := holderKinds[i]
		ids := unread(r, kind, r.held, r.read)
		if i > 0 {
			ids = append(ids, unread(r, kind, r.likely, r.read)...)
			slices.Sort(ids)
			ids = slices.Compact(ids)
		}
		if ids = ids[:min(len(ids), pageSize)]; len(ids) == 0 {
			continue
		}
		all.Go(func() (err error) {
			if got[i], err = r.Catalog.Get(ctx, kind, ids...); err != nil && !passable(err) {
				return fmt.Errorf("read %d %ss: %w", len(ids), kind, err)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	if r.read == nil {
		r.read = map[key]openbis.Entity{}
	}
	for i, list := range got {
		for id, e := range list {
			r.read[key{rank[holderKinds[i]], id}] = e
		}
	}
	return nil
}

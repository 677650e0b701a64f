package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/shape"
)

// surroundings are what the pages tell of what stands around their entities.
type surroundings struct {
	r     *planning
	spool *snapshot.Spool // to read from
	below func(i int32) []int32
	refs  map[int32]openbis.Ref // of what holds others, as far as they were asked for
	away  error                 // openBIS, while pictures were fetched
}

// maxRefs bounds the references that are held at once.
const maxRefs = 1024

// ref is the reference of an item, read once for those that follow each other.
func (s *surroundings) ref(i int32) (openbis.Ref, error) {
	if ref, ok := s.refs[i]; ok {
		return ref, nil
	}
	var e openbis.Entity
	if err := s.spool.GetJSON(s.r.idx.at(i).at.span(), &e); err != nil {
		return openbis.Ref{}, err
	}
	if len(s.refs) >= maxRefs {
		clear(s.refs)
	}
	s.refs[i] = e.Ref
	return e.Ref, nil
}

// link is an item with the place of its page, if it is part of the export.
func (s *surroundings) link(i int32) (page.Link, error) {
	ref, err := s.ref(i)
	l := page.Link{Ref: ref}
	if it := s.r.idx.at(i); it.in {
		l.Page = s.r.idx.page(it)
	}
	return l, err
}

// above is what holds an item, from the space down.
func (s *surroundings) above(i int32) (list []page.Link, err error) {
	for at := s.r.idx.at(i).above; at >= 0; at = s.r.idx.at(at).above {
		l, err := s.link(at)
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	slices.Reverse(list)
	return list, nil
}

// beside are the items of its kind before and behind one in what holds them.
func (s *surroundings) beside(i int32) (previous, next *page.Link, err error) {
	it := s.r.idx.at(i)
	if it.above < 0 {
		return nil, nil, nil
	}
	list := s.below(it.above)
	at, found := slices.BinarySearch(list, i)
	if !found {
		return nil, nil, nil
	}
	for _, b := range []struct {
		to *(*page.Link)
		at int
	}{{&previous, at - 1}, {&next, at + 1}} {
		if b.at < 0 || b.at >= len(list) || s.r.idx.at(list[b.at]).rank != it.rank {
			continue
		}
		l, err := s.link(list[b.at])
		if err != nil {
			return nil, nil, err
		}
		*b.to = &l
	}
	return previous, next, nil
}

// members yields the objects of a collection.
func (s *surroundings) members(list []int32) func(yield func(page.Member) error) error {
	return func(yield func(page.Member) error) error {
		for _, j := range list {
			it := s.r.idx.at(j)
			if byRank[it.rank] != openbis.KindObject {
				continue
			}
			var e openbis.Entity
			if err := s.spool.GetJSON(it.at.span(), &e); err != nil {
				return err
			}
			m := page.Member{Entity: &e, Page: s.r.idx.page(it)}
			if t, ok := s.r.types[snapshot.TypeKey(e.Kind, e.Type)]; ok {
				m.Type = &t
			}
			if err := yield(m); err != nil {
				return err
			}
		}
		return nil
	}
}

// refer finds what a property names by its permId.
func (s *surroundings) refer(id string) (page.Link, bool) {
	for _, kind := range []openbis.Kind{openbis.KindObject, openbis.KindCollection, openbis.KindDataSet} {
		if i, ok := s.r.idx.number(key{rank[kind], id}); ok && s.r.idx.at(i).in {
			l, err := s.link(i)
			return l, err == nil
		}
	}
	return page.Link{}, false
}

// input is everything that the pages of an item are made from.
func (s *surroundings) input(ctx context.Context, i int32, e *openbis.Entity) (page.Input, error) {
	r := s.r
	it := r.idx.at(i)
	s.refs[i] = e.Ref // its neighbours ask for it
	below := s.below(i)
	in := page.Input{
		Entity: e, Place: names.Place{Folder: r.idx.folder(it), Page: s.r.idx.page(it)}, ASCII: r.req.Crate == shape.ELN,
		Parents: r.links(e.Parents), BelowAll: len(below),
		Files: int(it.files), Bytes: it.bytes, Total: int(it.total), Omitted: r.noData[i],
		Image: func(src string) (string, []byte, error) {
			kind, data, err := r.Catalog.Image(ctx, src)
			if s.away == nil && openbis.NoVerdict(err) {
				s.away = fmt.Errorf("read a picture of %s: %w", label(e.Ref), err)
			}
			return kind, data, err
		},
	}
	if t, ok := r.types[snapshot.TypeKey(e.Kind, e.Type)]; ok {
		in.Type = &t
	}
	var err error
	if in.Above, err = s.above(i); err != nil {
		return in, err
	}
	if e.Kind == openbis.KindDataSet {
		return in, nil // its files come from who has them
	}
	in.Children, in.Parts = r.links(e.Children), r.links(e.Components)
	if in.Previous, in.Next, err = s.beside(i); err != nil {
		return in, err
	}
	if e.Kind == openbis.KindCollection {
		in.Members = s.members(below)
	}
	for _, j := range below {
		b := r.idx.at(j)
		if in.Members != nil && byRank[b.rank] == openbis.KindObject {
			continue // they are a table
		}
		if len(in.Below) == page.MaxBelow {
			break
		}
		var inner openbis.Entity
		if err := s.spool.GetJSON(b.at.span(), &inner); err != nil {
			return in, err
		}
		l := page.Link{Ref: inner.Ref, Page: s.r.idx.page(b)}
		if inner.Kind == openbis.KindDataSet {
			l.Children, l.Parts = r.links(inner.Children), r.links(inner.Components)
		}
		in.Below = append(in.Below, l)
	}
	return in, nil
}

// links adds to relatives where their page is, if it is in the package.
func (r *planning) links(refs []openbis.Ref) []page.Link {
	links := make([]page.Link, len(refs))
	for i, ref := range refs {
		links[i] = page.Link{Ref: ref}
		if it, ok := r.idx.find(keyOf(ref)); ok && it.in {
			links[i].Page = r.idx.page(it)
		}
	}
	return links
}

// below returns a function that tells what stands directly below an item and is
// part of the export.
func (r *planning) below() func(i int32) []int32 {
	n := r.idx.len()
	start := make([]int32, n+1)
	for _, it := range r.idx.all() {
		if it.in && it.above >= 0 {
			start[it.above+1]++
		}
	}
	for i := range n {
		start[i+1] += start[i]
	}
	list := make([]int32, start[n])
	fill := slices.Clone(start)
	for i, it := range r.idx.all() {
		if it.in && it.above >= 0 {
			list[fill[it.above]] = i
			fill[it.above]++
		}
	}
	return func(i int32) []int32 { return list[start[i]:start[i+1]] }
}

// sortRefs orders relatives, so that nothing depends on the server's order.
func sortRefs(refs []openbis.Ref) []openbis.Ref {
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b openbis.Ref) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), names.Natural(label(a), label(b)), cmp.Compare(a.PermID, b.PermID))
	})
	return slices.CompactFunc(refs, func(a, b openbis.Ref) bool { return a.Kind == b.Kind && a.PermID == b.PermID })
}

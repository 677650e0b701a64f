package plan

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"slices"

	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/wire"
)

// maxBelow is how many entities a page names of what lies below it.
const maxBelow = 200

// render makes the pages of all entities, once, into the snapshot.
func (r *planning) render(ctx context.Context) error {
	pages, err := snapshot.NewSpool(filepath.Join(r.dir, snapshot.PagesFile))
	if err != nil {
		return err
	}
	defer pages.Close()
	out, err := snapshot.CreateLines(filepath.Join(r.dir, snapshot.EntitiesFile))
	if err != nil {
		return err
	}
	used := map[string]openbis.EntityType{}
	below := r.below()
	private := r.privacy()
	r.lookAtMetadata(private)
	for i := range r.idx.items {
		if err := ctx.Err(); err != nil {
			out.Abort()
			return err
		}
		if i%100 == 0 {
			r.progress("pages", i)
		}
		it := &r.idx.items[i]
		if !it.in {
			continue
		}
		line := snapshot.EntityLine{Place: names.Place{Folder: it.folder, Page: it.page()}}
		err := r.spool.GetJSON(it.at.span(), &line.E)
		if err == nil && it.paged {
			line.Pages, err = r.pagesOf(ctx, it, &line.E, r.noData[int32(i)], below(int32(i)), pages)
		}
		if err == nil {
			var at snapshot.Span
			at, err = r.spool.AddJSON(line.Pages)
			it.pages = pack32(at)
		}
		if err == nil {
			err = out.Add(&line)
		}
		if err != nil {
			out.Abort()
			return err
		}
		r.look(private, &line.E)
		if t, ok := r.types[snapshot.TypeKey(line.E.Kind, line.E.Type)]; ok {
			used[snapshot.TypeKey(line.E.Kind, line.E.Type)] = t
		}
	}
	r.progress("pages", len(r.idx.items))
	if err := pages.Sync(); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	if err := out.Close(); err != nil {
		return err
	}
	return snapshot.WriteJSON(filepath.Join(r.dir, snapshot.TypesFile), used)
}

func (r *planning) pagesOf(ctx context.Context, it *item, e *openbis.Entity, omitted string, below []int32, pages *snapshot.Spool) ([]snapshot.PageRef, error) {
	var away error // openBIS, while pictures were fetched
	in := page.Input{
		Entity: e, Place: names.Place{Folder: it.folder, Page: it.page()},
		Parents: r.links(e.Parents), Children: r.links(e.Children), Parts: r.links(e.Components),
		BelowAll: len(below),
		Files:    int(it.files), Bytes: it.bytes, Total: int(it.total), Omitted: omitted,
		Image: func(src string) (string, []byte, error) {
			kind, data, err := r.Catalog.Image(ctx, src)
			if away == nil && (wire.Transient(err) || errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, openbis.ErrSession)) {
				away = fmt.Errorf("read a picture of %s: %w", label(e.Ref), err)
			}
			return kind, data, err
		},
	}
	if t, ok := r.types[snapshot.TypeKey(e.Kind, e.Type)]; ok {
		in.Type = &t
	}
	for _, j := range below[:min(len(below), maxBelow)] {
		var b openbis.Entity
		if err := r.spool.GetJSON(r.idx.items[j].at.span(), &b); err != nil {
			return nil, err
		}
		in.Below = append(in.Below, page.Link{Ref: b.Ref, Page: r.idx.items[j].page()})
	}
	formats := make([]page.Format, len(r.req.Pages))
	for i, f := range r.req.Pages {
		formats[i] = page.Format(f)
	}
	made, gaps, err := page.Render(ctx, in, formats)
	if err == nil {
		err = cmp.Or(ctx.Err(), away) // pictures that were cut off are not gaps
	}
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		if len(r.gaps) < maxListed {
			r.gaps = append(r.gaps, fmt.Sprintf("%s, %s: %s", label(g.Entity), g.Where, g.What))
		}
	}
	refs := make([]snapshot.PageRef, 0, len(made))
	for _, p := range made {
		at, err := pages.Add(p.Data)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(p.Data)
		refs = append(refs, snapshot.PageRef{
			N: p.Path, S: int64(len(p.Data)), C: crc32.ChecksumIEEE(p.Data),
			H: hex.EncodeToString(sum[:]), Span: at,
		})
	}
	return refs, nil
}

// links adds to relatives where their page is, if it is in the package.
func (r *planning) links(refs []openbis.Ref) []page.Link {
	links := make([]page.Link, len(refs))
	for i, ref := range refs {
		links[i] = page.Link{Ref: ref}
		if it, ok := r.idx.find(keyOf(ref)); ok && it.in {
			links[i].Page = it.page()
		}
	}
	return links
}

// below returns a function that tells what stands directly below an item and is
// part of the export.
func (r *planning) below() func(i int32) []int32 {
	n := len(r.idx.items)
	start := make([]int32, n+1)
	for _, it := range r.idx.items {
		if it.in && it.above >= 0 {
			start[it.above+1]++
		}
	}
	for i := range n {
		start[i+1] += start[i]
	}
	list := make([]int32, start[n])
	fill := slices.Clone(start)
	for i := range r.idx.items {
		if it := &r.idx.items[i]; it.in && it.above >= 0 {
			list[fill[it.above]] = int32(i)
			fill[it.above]++
		}
	}
	return func(i int32) []int32 { return list[start[i]:start[i+1]] }
}

// sortRefs orders relatives, so that nothing depends on the server's order.
func sortRefs(refs []openbis.Ref) []openbis.Ref {
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b openbis.Ref) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), cmp.Compare(label(a), label(b)), cmp.Compare(a.PermID, b.PermID))
	})
	return slices.CompactFunc(refs, func(a, b openbis.Ref) bool { return a.Kind == b.Kind && a.PermID == b.PermID })
}

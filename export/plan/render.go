package plan

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"zenobis/export/failure"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
)

// mostMakers bounds how many entities' pages are made at the same time.
const mostMakers = 4

// Render makes an entity's pages, as page.Render does.
type Render = func(ctx context.Context, in page.Input, formats []page.Format) ([]page.File, []page.Gap, error)

// rendered are an item's pages, and the model that they were made from.
type rendered struct {
	Model string             `json:"m"`
	Pages []snapshot.PageRef `json:"p"`
}

// sheet is an entity whose pages are made beside those of others, and written down
// in its turn.
type sheet struct {
	item  int32
	line  snapshot.EntityLine
	model string // what its pages are made from
	pack  *snapshot.Bundle
	gaps  []string
	err   error
	turn  chan struct{} // closed when all before it are written down
	made  chan struct{} // closed when it is made

	// The list of data files goes by once. before is closed when those of all data
	// sets before this one have, nil where there are none to read.
	before <-chan struct{}
	read   func() // says that those of this one have
}

// rendering makes the pages of all entities, several at a time.
type rendering struct {
	*planning
	pages *snapshot.Spool
	out   *snapshot.LineWriter
	below func(i int32) []int32
	files *dataFiles
	queue []*sheet // in the order of the entities
}

// render makes the pages of all entities, once, into the snapshot. What is
// written is the same whatever is ready first.
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
	r.used = map[string]openbis.EntityType{}
	x := &rendering{planning: r, pages: pages, out: out, below: r.below()}
	if err := x.all(ctx); err != nil {
		out.Abort()
		return err
	}
	r.progress("pages", r.idx.len())
	if err := pages.Sync(); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	if err := out.Close(); err != nil {
		return err
	}
	return snapshot.WriteJSON(filepath.Join(r.dir, snapshot.TypesFile), r.used)
}

// all hands the entities out and writes down what was made of them.
func (x *rendering) all(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	x.files = x.dataFiles(ctx)
	makers := min(runtime.GOMAXPROCS(0), mostMakers)
	ahead := 3 * makers
	todo := make(chan *sheet, ahead)
	var all sync.WaitGroup
	defer func() { // nobody works any more when this returns
		cancel()
		close(todo)
		all.Wait()
		x.files.close()
	}()
	for range makers {
		around := &surroundings{r: x.planning, spool: x.spool.Reader(), below: x.below, refs: map[int32]openbis.Ref{}}
		all.Go(func() {
			packer := &snapshot.Packer{}
			for s := range todo {
				s.err = failure.Guard("pages", func() error { return x.make(ctx, around, packer, s) })
				s.passOn(ctx)
				close(s.made)
			}
		})
	}
	passed := make(chan struct{})
	close(passed)
	var before <-chan struct{} = passed
	for i, it := range x.idx.all() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i%100 == 0 {
			x.progress("pages", int(i))
		}
		if !it.in {
			continue
		}
		if len(x.queue) == ahead {
			if err := x.settle(); err != nil {
				return err
			}
		}
		s := &sheet{item: i, turn: make(chan struct{}), made: make(chan struct{})}
		if it.paged && byRank[it.rank] == openbis.KindDataSet {
			read := make(chan struct{})
			s.before, s.read = before, sync.OnceFunc(func() { close(read) })
			before = read
		}
		x.queue = append(x.queue, s)
		todo <- s // there is room
	}
	for len(x.queue) > 0 {
		if err := x.settle(); err != nil {
			return err
		}
	}
	return nil
}

// settle writes down the first of those that were handed out.
func (x *rendering) settle() error {
	s := x.queue[0]
	x.queue = x.queue[1:]
	close(s.turn)
	<-s.made
	if s.err != nil {
		return s.err
	}
	if s.pack != nil {
		if err := x.pages.Take(s.pack, s.line.Pages); err != nil {
			return err
		}
	}
	at, err := x.spool.AddJSON(rendered{s.model, s.line.Pages})
	if err != nil {
		return err
	}
	x.idx.at(s.item).pages = pack32(at)
	if err := x.out.Add(&s.line); err != nil {
		return err
	}
	for _, g := range s.gaps {
		if len(x.gaps) < maxListed {
			x.gaps = append(x.gaps, g)
		}
	}
	x.scan(&s.line.E)
	key := snapshot.TypeKey(s.line.E.Kind, s.line.E.Type)
	if t, ok := x.types[key]; ok {
		x.used[key] = t
	}
	return nil
}

// make makes the pages of an entity.
func (x *rendering) make(ctx context.Context, around *surroundings, packer *snapshot.Packer, s *sheet) error {
	it := x.idx.at(s.item)
	s.line.Place = names.Place{Folder: x.idx.folder(it), Page: x.idx.page(it)}
	if err := around.spool.GetJSON(it.at.span(), &s.line.E); err != nil || !it.paged {
		return err
	}
	in, err := around.input(ctx, s.item, &s.line.E)
	if err != nil {
		return err
	}
	if s.before != nil {
		in.DataFiles = func(yield func(page.DataFile) error) error {
			select {
			case <-s.before:
			case <-ctx.Done():
				return ctx.Err()
			}
			defer s.read()
			return x.files.of(s.item)(yield)
		}
	}
	s.pack = packer.Bundle(func() (*snapshot.Spool, error) {
		select {
		case <-s.turn:
			return x.pages, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	in.Refer = func(id string) (page.Link, bool) {
		l, ok := around.refer(id)
		if ok && !slices.ContainsFunc(s.line.Refs, func(r openbis.Ref) bool { return r.PermID == l.PermID }) {
			s.line.Refs = append(s.line.Refs, l.Ref)
		}
		return l, ok
	}
	if it.files > 0 {
		s.line.Above, s.line.Total = in.Above, in.Total
	}
	if err := x.pagesOf(ctx, in, s); err != nil {
		return err
	}
	return around.away
}

// passOn lets the next data set read its files, also where this one has not.
func (s *sheet) passOn(ctx context.Context) {
	if s.before == nil {
		return
	}
	select {
	case <-s.before:
		s.read()
	case <-ctx.Done():
	}
}

// pagesOf makes the pages of an entity, tells the gaps in them, and names what they
// are made from.
func (x *rendering) pagesOf(ctx context.Context, in page.Input, s *sheet) error {
	var seen page.Seen
	in.Image = seen.Image(in.Image)
	render := x.Render
	if render == nil {
		render = page.Render
	}
	made, broken, err := render(ctx, in, x.req.Pages)
	if err == nil {
		err = ctx.Err() // pictures that were cut off are not gaps
	}
	if err != nil {
		return err
	}
	s.model = page.Model(in, x.req.Pages, &seen)
	for _, g := range broken {
		s.gaps = append(s.gaps, fmt.Sprintf("%s, %s: %s", label(g.Entity), g.Where, g.What))
	}
	s.line.Pages = make([]snapshot.PageRef, 0, len(made))
	for _, p := range made {
		ref, err := s.pack.AddPage(p.Path, func(w io.Writer) error {
			if p.Write != nil {
				return p.Write(w)
			}
			_, err := w.Write(p.Data)
			return err
		})
		if err != nil {
			return err
		}
		s.line.Pages = append(s.line.Pages, ref)
	}
	return nil
}

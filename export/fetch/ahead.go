package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"

	"zenobis/export/failure"
	"zenobis/safetext"
)

// slot is a file in the order of sending.
type slot struct {
	file File
	big  bool // opened when its turn comes
	room int64
	done chan struct{}
	data []byte
	sum  uint32 // CRC-32 of data
	err  error
}

// minRoom is what a small file counts in the pool, so that very many of them
// are not all under way at once.
const minRoom = 4 << 10

// Ahead fetches data files before their turn, many at a time, into a pool
// of bounded size. Room is given in the order of sending, so the file whose
// turn it is always has its share first. Open must be called in
// the order of the files.
type Ahead struct {
	s      *Fetcher
	ctx    context.Context
	cancel context.CancelFunc
	pool   *semaphore.Weighted
	limit  int64 // of a file that is fetched whole
	order  chan *slot
	all    sync.WaitGroup
	walked error // why the list ended; valid once order is closed
}

// NewAhead begins to fetch the files that walk yields.
func NewAhead(ctx context.Context, s *Fetcher, parallel int, pool int64, walk func(yield func(File) error) error) *Ahead {
	ctx, cancel := context.WithCancel(ctx)
	slots := pool/minRoom + 1 // as many files as the pool has room for
	f := &Ahead{
		s: s, ctx: ctx, cancel: cancel, pool: semaphore.NewWeighted(pool), limit: min(WholeLimit, pool/4),
		order: make(chan *slot, slots),
	}
	work := make(chan *slot, slots)
	f.all.Add(1 + parallel)
	go func() {
		defer f.all.Done()
		defer close(f.order)
		defer close(work)
		f.walked = failure.Guard("list files", func() error {
			return walk(func(r File) error { return f.plan(r, work) })
		})
	}()
	for range parallel {
		go func() {
			defer f.all.Done()
			for sl := range work {
				sl.err = failure.Guard("fetch", func() error { return f.fetch(sl) })
				close(sl.done)
			}
		}()
	}
	return f
}

// plan gives a file its place.
func (f *Ahead) plan(r File, work chan<- *slot) error {
	sl := &slot{file: r, done: make(chan struct{})}
	switch {
	case r.Size > f.limit:
		sl.big = true
		// Big ones take a share too, so that not the whole export is listed ahead.
		sl.room = minRoom
	case r.Size == 0:
		sl.room = minRoom
		close(sl.done)
	default:
		sl.room = max(r.Size, minRoom)
	}
	if err := f.pool.Acquire(f.ctx, sl.room); err != nil {
		return context.Cause(f.ctx)
	}
	for _, c := range []chan<- *slot{f.order, work} {
		if c == work && (sl.big || r.Size == 0) {
			continue
		}
		select {
		case c <- sl:
		case <-f.ctx.Done():
			return context.Cause(f.ctx)
		}
	}
	return nil
}

// fetch fetches a file whole.
func (f *Ahead) fetch(sl *slot) error {
	if err := f.s.gate.enter(f.ctx); err != nil {
		return err
	}
	buf := make([]byte, sl.file.Size)
	sum, err := f.s.whole(f.ctx, sl.file, buf)
	f.s.gate.leave(err == nil)
	if err != nil {
		return err
	}
	sl.data, sl.sum = buf, sum
	return nil
}

// Open delivers the content of the file whose turn it is; another one is an error.
// The reader tells the CRC-32 of what was read to its end (Sum32), which has been
// computed on the way.
func (f *Ahead) Open(ctx context.Context, r File) (io.ReadCloser, error) {
	var sl *slot
	var ok bool
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case sl, ok = <-f.order:
	}
	if !ok {
		if f.walked != nil {
			return nil, f.walked
		}
		return nil, errors.New("no more files were planned")
	}
	if sl.file.Package != r.Package || sl.file.Index != r.Index {
		return nil, fmt.Errorf("file %s of %s is out of turn", safetext.Quote(r.Path), safetext.Quote(r.Package))
	}
	if sl.big {
		st := newStream(ctx, f.s, sl.file)
		return &returning{st, func() uint32 { return st.sum }, func() { f.pool.Release(sl.room) }}, nil
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-sl.done:
	}
	if sl.err != nil {
		return nil, sl.err
	}
	data := sl.data
	sl.data = nil
	return &returning{io.NopCloser(bytes.NewReader(data)), func() uint32 { return sl.sum }, func() { f.pool.Release(sl.room) }}, nil
}

// Close ends all fetching.
func (f *Ahead) Close() {
	f.cancel()
	f.all.Wait()
}

// returning gives its room back when it is closed.
type returning struct {
	io.ReadCloser
	sum  func() uint32
	free func()
}

// Sum32 is the CRC-32 of what was read; only at its end.
func (r *returning) Sum32() uint32 { return r.sum() }

// Close implements io.Closer.
func (r *returning) Close() error {
	if r.free != nil {
		r.free()
		r.free = nil
	}
	return r.ReadCloser.Close()
}

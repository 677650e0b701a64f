package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"

	"zenobis/openbis"
	"zenobis/safetext"
)

// slot is a file in the order of sending.
type slot struct {
	ref  FileRef
	big  bool // opened when its turn comes
	room int64
	done chan struct{}
	data []byte
	err  error
}

// minRoom is what a small file counts in the pool, so that very many of them
// are not all under way at once.
const minRoom = 4 << 10

// readAhead fetches data files before their turn, many at a time, into a pool
// of bounded size. Room is given in the order of sending, so the file whose
// turn it is always has its share first. It implements Feed; Open must be
// called in the order of the files.
type readAhead struct {
	s      *source
	ctx    context.Context
	cancel context.CancelFunc
	pool   *semaphore.Weighted
	limit  int64 // of a file that is fetched whole
	order  chan *slot
	all    sync.WaitGroup
	walked error // why the list ended; valid once order is closed
}

// newReadAhead begins to fetch the files that walk yields.
func newReadAhead(ctx context.Context, s *source, parallel int, pool int64, walk func(yield func(FileRef) error) error) *readAhead {
	ctx, cancel := context.WithCancel(ctx)
	f := &readAhead{
		s: s, ctx: ctx, cancel: cancel, pool: semaphore.NewWeighted(pool), limit: min(WholeLimit, pool/4),
		order: make(chan *slot, pool/minRoom+1),
	}
	work := make(chan *slot, pool/minRoom+1)
	f.all.Add(1 + parallel)
	go func() {
		defer f.all.Done()
		defer close(f.order)
		defer close(work)
		f.walked = guarded("list files", func() error {
			return walk(func(r FileRef) error { return f.plan(r, work) })
		})
	}()
	for range parallel {
		go func() {
			defer f.all.Done()
			for sl := range work {
				sl.err = guarded("fetch", func() error { return f.fetch(sl) })
				close(sl.done)
			}
		}()
	}
	return f
}

// plan gives a file its place.
func (f *readAhead) plan(r FileRef, work chan<- *slot) error {
	sl := &slot{ref: r, done: make(chan struct{})}
	switch {
	case r.File.Size > f.limit:
		sl.big = true
		// Big ones take a share too, so that not the whole export is listed ahead.
		sl.room = minRoom
	case r.File.Size == 0:
		sl.room = minRoom
		close(sl.done)
	default:
		sl.room = max(r.File.Size, minRoom)
	}
	if err := f.pool.Acquire(f.ctx, sl.room); err != nil {
		return context.Cause(f.ctx)
	}
	for _, c := range []chan<- *slot{f.order, work} {
		if c == work && (sl.big || r.File.Size == 0) {
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
func (f *readAhead) fetch(sl *slot) error {
	if err := f.s.gate.enter(f.ctx); err != nil {
		return err
	}
	buf := make([]byte, sl.ref.File.Size)
	err := f.s.whole(f.ctx, sl.ref, buf)
	f.s.gate.leave(err == nil)
	if err != nil {
		return err
	}
	sl.data = buf
	return nil
}

// Open implements Feed.
func (f *readAhead) Open(ctx context.Context, r FileRef) (io.ReadCloser, error) {
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
	if sl.ref.Package != r.Package || sl.ref.Index != r.Index {
		return nil, fmt.Errorf("file %s of %s is out of turn", safetext.Quote(r.File.Path), safetext.Quote(r.Package))
	}
	if sl.big {
		return &returning{&stream{s: f.s, ctx: ctx, r: sl.ref}, func() { f.pool.Release(sl.room) }}, nil
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
	return &returning{io.NopCloser(bytes.NewReader(data)), func() { f.pool.Release(sl.room) }}, nil
}

// close ends all fetching.
func (f *readAhead) close() {
	f.cancel()
	f.all.Wait()
}

// returning gives its room back when it is closed.
type returning struct {
	io.ReadCloser
	free func()
}

// Close implements io.Closer.
func (r *returning) Close() error {
	if r.free != nil {
		r.free()
		r.free = nil
	}
	return r.ReadCloser.Close()
}

// throttle lets so many in at a time; fewer while the server fails, and by and
// by more again.
type throttle struct {
	mu     sync.Mutex
	most   int
	limit  int
	inside int
	good   int
	change chan struct{}
}

func newThrottle(most int) *throttle {
	return &throttle{most: most, limit: most, change: make(chan struct{})}
}

func (t *throttle) enter(ctx context.Context) error {
	for {
		t.mu.Lock()
		if t.inside < t.limit {
			t.inside++
			t.mu.Unlock()
			return nil
		}
		change := t.change
		t.mu.Unlock()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-change:
		}
	}
}

func (t *throttle) leave(good bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inside--
	if good {
		if t.good++; t.good >= 20 && t.limit < t.most {
			t.limit++
			t.good = 0
		}
	}
	close(t.change)
	t.change = make(chan struct{})
}

// slower halves how many may be inside.
func (t *throttle) slower() {
	t.mu.Lock()
	t.limit, t.good = max(1, t.limit/2), 0
	t.mu.Unlock()
}

// busy reports an error that speaks of a server with too much to do.
func busy(err error) bool {
	return errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, openbis.ErrShort)
}

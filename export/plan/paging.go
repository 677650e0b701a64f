package plan

import (
	"context"
	"errors"
	"fmt"

	"zenobis/openbis"
)

const (
	pageSize  = 500 // entities a request
	leastPage = 20  // a listing of so few is not tried with fewer
	ahead     = 4   // pages that are on their way at the same time
)

// pages goes through a listing in its order; the next pages are on their way
// while one is worked off. What the user may not list is noted, not fatal. An
// answer that is too big is asked for in smaller pages.
func (w *walker) pages(
	ctx context.Context, holder openbis.Ref, what string, detail bool, ask list, yield func([]openbis.Entity) error,
) error {
	size := pageSize
	for from := 0; from >= 0; {
		next, err := w.through(ctx, from, size, detail, ask, yield)
		var own *yieldError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &own):
			return own.err
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errBackwards):
			return listFailed(what, holder, err)
		case passable(err):
			w.refused(holder, what, err)
			return nil
		case size <= leastPage, fatal(ctx, err):
			return listFailed(what, holder, err)
		}
		from, size = next, size/5 // an answer may be too big where texts are long
	}
	return nil
}

// errBackwards says that a listing would never end.
var errBackwards = errors.New("the server's pages go backwards")

// yieldError is an error of who takes the pages, not of the listing.
type yieldError struct{ err error }

func (e *yieldError) Error() string { return e.err.Error() }

// wholePage is the first page of a listing as a plan asks for it.
var wholePage = openbis.Page{Count: pageSize, Detail: true, Last: true}

// begun is a listing whose first page is on its way already, beside other calls.
// Who ends the walk waits for w.flights.
func (w *walker) begun(ask list) list {
	first := wholePage
	f := &flight{done: make(chan struct{})}
	w.flights.Go(func() {
		defer close(f.done)
		f.l, f.err = ask(first)
	})
	return func(p openbis.Page) (openbis.Listing, error) {
		if f == nil || p != first {
			return ask(p)
		}
		<-f.done
		l, err := f.l, f.err
		f = nil // it is no answer to a second question
		return l, err
	}
}

// flight is a page on its way.
type flight struct {
	from int
	done chan struct{}
	l    openbis.Listing
	err  error
}

// through goes through a listing in pages of one size. After an error next is where
// to go on.
func (w *walker) through(
	ctx context.Context, from, size int, detail bool, ask list, yield func([]openbis.Entity) error,
) (next int, err error) {
	var flying []*flight
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		for _, f := range flying {
			<-f.done
		}
	}()
	launch := func(from int) {
		f := &flight{from: from, done: make(chan struct{})}
		flying = append(flying, f)
		go func() {
			defer close(f.done)
			f.l, f.err = ask(openbis.Page{From: from, Count: size, Detail: detail, Last: true})
		}()
	}
	launch(from)
	for {
		f := flying[0]
		<-f.done
		flying = flying[1:]
		if f.err != nil {
			return f.from, f.err
		}
		if err := ctx.Err(); err != nil {
			return f.from, err
		}
		switch {
		case f.l.Next >= 0 && f.l.Next <= f.from:
			return f.from, fmt.Errorf("%w: page %d after %d", errBackwards, f.l.Next, f.from)
		case f.l.Next == f.from+size && len(flying) == 0: // pages go on as expected
			// All at once, since what is waited for then is the slowest of them.
			for at := f.l.Next; len(flying) < ahead && at < f.l.Total; at += size {
				launch(at)
			}
		case f.l.Next == f.from+size:
		case len(flying) > 0: // a server with steps of its own
			for _, g := range flying {
				<-g.done
			}
			flying = nil
		}
		if len(flying) == 0 && f.l.Next >= 0 {
			launch(f.l.Next)
		}
		if err := yield(f.l.Entities); err != nil {
			return f.from, &yieldError{err}
		}
		f.l = openbis.Listing{}
		if len(flying) == 0 {
			return 0, nil
		}
	}
}

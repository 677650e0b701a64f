package transfer

import (
	"time"
)

// estimate says how long a run will take: from the bytes at their recent rate and
// from the requests at the pace of the server's window, whichever is longer, and
// what comes behind the last byte. A time in which nothing moves counts for
// neither rate nor pace: behind a stall it goes on as before.
type estimate struct {
	samples []progressAt
	active  time.Duration // in which something moved, of the whole run
	last    progressAt
	moved   time.Time // when something moved last
	tails   tails
	started bool
	ends    []time.Time   // of the last packages
	quick   time.Duration // what a package took where nothing was waited for: the best of five in a row
}

// progressAt is how far a run was at a moment.
type progressAt struct {
	at     time.Time
	active time.Duration
	bytes  int64
	done   int // packages
}

const (
	rateOver    = 20 * time.Second        // of active time, over which a rate is taken
	rateFrom    = time.Second             // of active time, before which none is told
	sampleEvery = 200 * time.Millisecond  // samples closer together tell nothing new
	stallAfter  = 2 * time.Second         // without progress: what follows is no part of the rate
	leastLeft   = time.Second             // as long as a run is not done
	closing     = 1500 * time.Millisecond // from the last byte to the draft, where nothing is known yet
)

// tails measures what comes behind the last byte of a package: the server's sum,
// the commit.
type tails struct {
	full time.Time // when the last byte of the package under way was sent
	sum  time.Duration
	n    int
}

func (t *tails) mean() time.Duration {
	if t.n == 0 {
		return closing
	}
	return t.sum / time.Duration(t.n)
}

// see takes note of how far the run is. full says that the package under way has
// no byte left to send.
func (e *estimate) see(now time.Time, bytes int64, done int, full bool) {
	if !e.started {
		e.started = true
		e.last = progressAt{at: now, bytes: bytes, done: done}
		e.moved = now
		e.samples = append(e.samples[:0], e.last)
		return
	}
	if done > e.last.done && !e.tails.full.IsZero() {
		e.tails.sum += now.Sub(e.tails.full)
		e.tails.n += done - e.last.done
		e.tails.full = time.Time{}
	}
	for range done - e.last.done {
		if e.ends = append(e.ends, now); len(e.ends) > 5 {
			if each := now.Sub(e.ends[0]) / 5; e.quick == 0 || each < e.quick {
				e.quick = each
			}
			e.ends = e.ends[1:]
		}
	}
	switch {
	case full && e.tails.full.IsZero():
		e.tails.full = now
	case !full:
		e.tails.full = time.Time{}
	}
	if bytes < e.last.bytes { // a package is sent again
		e.samples = e.samples[:0]
		e.last.bytes = bytes
		e.samples = append(e.samples, progressAt{now, e.active, bytes, done})
	}
	if now.Sub(e.last.at) < sampleEvery && done == e.last.done {
		return
	}
	moves := bytes > e.last.bytes || done > e.last.done
	if moves {
		idle := e.last.at.Sub(e.moved)
		if gap := now.Sub(e.last.at); idle+gap < stallAfter {
			e.active += idle + gap // a short pause belongs to the pace
		} else {
			e.active += min(gap, stallAfter)
		}
		e.moved = now
	}
	e.last = progressAt{now, e.active, bytes, done}
	if moves {
		e.samples = append(e.samples, e.last)
	}
	drop := 0
	for drop < len(e.samples)-2 && e.active-e.samples[drop].active > rateOver {
		drop++
	}
	e.samples = e.samples[drop:]
}

// request is what a request takes by itself: a package's share of it where packages
// are small, and what comes behind the last byte where they are large.
func (e *estimate) request() time.Duration { return min(e.quick, e.tails.mean()) / requestsEach }

// left is the time left; false while it is not known. packages are those that are
// not confirmed, requests how long their requests take by the server's window.
func (e *estimate) left(now time.Time, bytes int64, packages int, requests time.Duration) (time.Duration, bool) {
	if len(e.samples) < 2 {
		return 0, false
	}
	first, last := e.samples[0], e.samples[len(e.samples)-1]
	span := last.active - first.active
	if span < rateFrom {
		return 0, false
	}
	tail := e.tails.mean()
	if !e.tails.full.IsZero() {
		tail = max(tail-now.Sub(e.tails.full), 0)
	}
	d := max(requests, tail)
	if moved := last.bytes - first.bytes; bytes > 0 && moved > 0 {
		d = max(d, time.Duration(float64(span)*float64(bytes)/float64(moved))+tail)
	}
	// The pace of packages, where there are many. A part of the one under way is done.
	if gone := last.done - first.done; gone >= 10 {
		each := span / time.Duration(gone)
		d = max(d, each*time.Duration(packages)-min(now.Sub(last.at), each))
	}
	return max(d, leastLeft), true
}

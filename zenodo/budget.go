package zenodo

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"zenobis/human"
	"zenobis/wire"
)

// The server counts the requests of a program at an address in a minute, the
// search of all records apart, and says in each answer what is left
// (docs/zenodo-api.md, Rate limits). Where it does not say, these are kept to.
const (
	window          = time.Minute
	leaves          = window + time.Second // a request may be counted a moment after it was sent
	perMinute       = 100
	perMinuteSearch = 30
	spare           = 5               // of them are left to others
	probe           = 2 * time.Second // after a request that goes ahead, for its answer
	maxReset        = time.Hour       // the longest window that there is
	metFor          = 5 * window
	othersPart      = 20 // one in so many requests of a limit is left to others who were met
)

// LongestAsked is how long the server may ask to send nothing.
const LongestAsked = 15 * time.Minute

// class is a budget of its own.
type class int

const (
	classOther class = iota
	classSearch
	classes
)

// budget lets requests pass as the server's windows allow: at once while more
// than a tenth remains, then spread over the rest. Programs that share a window
// see each other by what remains.
type budget struct {
	o       Options
	mu      sync.Mutex
	windows [classes]*requestWindow
	changed chan struct{} // closed when an answer has told something new
}

// requestWindow is what is known of one class.
type requestWindow struct {
	shift   time.Duration // by which this program goes later than others that wait for the same moment
	own     int           // requests a minute while the server tells nothing; negative: no limit
	sent    []time.Time   // the requests since told[0].at less a minute
	before  int64         // requests before those
	pending int           // sent and not answered
	heard   int           // answers
	hold    time.Time     // nothing before
	met     time.Time     // when others were last seen to use the window

	// told is what answers told last, by limit: which limit a request with a
	// token is counted by may differ from one process of the server to the next.
	told []told
}

// told is what an answer told of a limit.
type told struct {
	limit, remaining int
	others           float64 // requests of others in a second, by what they sent lately
	blind            int     // answers since that told nothing of this limit
	seq              int64   // of the request
	at, reset        time.Time
}

func newBudget(o Options) *budget {
	b := &budget{o: o, changed: make(chan struct{})}
	for k, n := range [classes]int{perMinute - spare, perMinuteSearch - spare} {
		switch {
		case o.PerMinute < 0:
			n = -1
		case o.PerMinute > 0 && class(k) == classOther:
			n = o.PerMinute
		}
		b.windows[k] = &requestWindow{own: n, shift: time.Duration(o.Rand() * float64(probe))}
	}
	return b
}

// ticket is a request under way.
type ticket struct {
	b     *budget
	k     class
	seq   int64
	heard int // answers before it was sent
}

// wait returns when a request may be sent. Of what becomes of it the ticket is
// told: note or lost. Where waiting is limited (see until), an ErrRate says at once
// that it would take longer.
func (b *budget) wait(ctx context.Context, k class) (ticket, error) {
	w := b.windows[k]
	for {
		b.mu.Lock()
		now := b.o.Clock()
		d := w.next(now)
		if d <= 0 {
			w.sent = append(w.sent, now)
			w.pending++
			t := ticket{b, k, w.before + int64(len(w.sent)), w.heard}
			b.mu.Unlock()
			return t, nil
		}
		changed := b.changed
		b.mu.Unlock()
		if limit, ok := waitsUntil(ctx); ok && now.Add(d).After(limit) {
			return ticket{}, &APIError{Kind: ErrRate, Message: "the server asks to wait " + human.Duration(d), RetryIn: d}
		}
		if d >= time.Second/2 { // the pace itself is nothing to tell
			b.o.OnWait(d, "the server's request limit")
		}
		if err := b.sleep(ctx, d, changed); err != nil {
			return ticket{}, err
		}
	}
}

// sleep ends early when something new is known.
func (b *budget) sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	woken, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-changed:
			cancel()
		case <-done:
		}
	}()
	err := b.o.Sleep(woken, d)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if woken.Err() != nil {
		return nil
	}
	return err
}

// next is how long to wait before the next request; 0 or less: it may go.
func (w *requestWindow) next(now time.Time) time.Duration {
	w.forget(now)
	d := w.hold.Sub(now)
	for i := range w.told {
		d = max(d, w.nextBy(&w.told[i], now))
	}
	if len(w.told) == 0 && w.own >= 0 && len(w.sent) >= w.own {
		d = max(d, w.sent[len(w.sent)-w.own].Add(leaves).Sub(now))
	}
	return d
}

// nextBy is next by one limit.
func (w *requestWindow) nextBy(t *told, now time.Time) time.Duration {
	left := w.left(t, now)
	if left > t.limit/10 {
		return 0
	}
	if w.shared(now) { // who waits sees by one request what remains: that must not be refused
		left -= t.limit / othersPart
	}
	more := t.reset // when there is more at the latest: sooner if requests of our own leave the minute
	if i := w.index(now.Add(-leaves)); i < len(w.sent) {
		if first := w.sent[i].Add(leaves); first.Before(more) || t.others > 0 && !more.After(now) {
			more = first
		}
	}
	last := now.Add(-leaves)
	if len(w.sent) > 0 {
		last = w.sent[len(w.sent)-1]
	}
	until := more.Sub(now)
	if left <= 0 {
		// One goes ahead and sees; of several programs each at its own moment.
		if t.others > 0 || w.shared(now) {
			until += w.shift
		}
		return max(until, last.Add(probe).Sub(now))
	}
	each := float64(max(t.reset.Sub(now), 0)) / float64(left) * (1 + w.company(t, now))
	return min(last.Add(time.Duration(each)).Sub(now), until)
}

// shared reports whether others have used the window lately.
func (w *requestWindow) shared(now time.Time) bool { return !w.met.IsZero() && now.Sub(w.met) < metFor }

// company is how many times as much the others of a window send as this program.
func (w *requestWindow) company(t *told, now time.Time) float64 {
	own := len(w.sent) - w.index(now.Add(-leaves))
	return min(t.others*leaves.Seconds()/float64(max(own, 1)), 20)
}

// left is what remains of a limit: as last told, without what was sent since and
// what others may have sent, and from the reset on with what was counted then and
// has left the moving minute.
func (w *requestWindow) left(t *told, now time.Time) int {
	gone := w.index(now.Add(-leaves)) // of our own, counted no more
	switch {
	case now.Before(t.at.Add(leaves)):
	case w.shared(now) && w.pending > 0:
		return 0 // others may have taken everything: one has gone ahead to see
	default:
		return t.limit - (len(w.sent) - gone) // nothing of what was counted then is
	}
	left := t.remaining - w.pending - t.blind - int(math.Ceil(2*t.others*now.Sub(t.at).Seconds()))
	if !now.Before(t.reset) {
		then := min(int(t.seq-w.before), len(w.sent)) // up to the request whose answer told
		left += max(min(gone, then)-w.index(t.at.Add(-window)), 0)
	}
	return left
}

// index is the number of requests sent up to a moment.
func (w *requestWindow) index(moment time.Time) int {
	i, _ := slices.BinarySearchFunc(w.sent, moment, func(s, m time.Time) int {
		if s.After(m) {
			return 1
		}
		return -1
	})
	return i
}

// forget drops what counts no more: limits that were not heard of for two
// minutes, but for the last, and requests before the minute of all others.
func (w *requestWindow) forget(now time.Time) {
	if len(w.told) > 1 {
		w.told = slices.DeleteFunc(w.told, func(t told) bool { return now.Sub(t.at) > 2*window })
	}
	old := now
	for _, t := range w.told {
		if t.at.Before(old) {
			old = t.at
		}
	}
	if old.Before(now.Add(-leaves)) {
		old = now.Add(-leaves)
	}
	n := w.index(old.Add(-leaves))
	w.sent = w.sent[n:]
	w.before += int64(n)
}

// lost is told of a request without an answer. It may have been counted.
func (t ticket) lost() {
	if t.b == nil { // a request that no budget counts
		return
	}
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	w := t.b.windows[t.k]
	w.pending--
	w.blinded(0)
	t.b.news()
}

// blinded notes a request that may have been counted by all limits but the one
// that its answer told of.
func (w *requestWindow) blinded(limit int) {
	for i := range w.told {
		if w.told[i].limit != limit {
			w.told[i].blind++
		}
	}
}

// news wakes who waits. The caller holds mu.
func (b *budget) news() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// note reads an answer's headers. Retry-After also comes with good answers and
// then means nothing.
func (t ticket) note(resp *http.Response) {
	now := t.b.o.Clock()
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	w := t.b.windows[t.k]
	w.pending--
	defer func() { w.heard++ }()
	limit, e1 := strconv.Atoi(resp.Header.Get("X-RateLimit-Limit"))
	remaining, e2 := strconv.Atoi(resp.Header.Get("X-RateLimit-Remaining"))
	if e1 != nil || limit <= 0 {
		limit = max(perMinute, remaining)
	}
	if e2 == nil && remaining >= 0 {
		w.hear(told{limit: limit, remaining: remaining, seq: t.seq, at: now,
			reset: now.Add(min(max(untilReset(resp, now), time.Second), maxReset))}, w.heard-t.heard)
		w.blinded(limit)
	} else {
		w.blinded(0)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		d := min(wire.AskedWait(resp, now), LongestAsked)
		if d == 0 {
			d = window
		}
		if until := now.Add(d); until.After(w.hold) {
			w.hold = until
		}
	}
	t.b.news()
}

// hear takes over what an answer told. One that says more than the last may have
// been made before the others that were here meanwhile; before the reset it was.
func (w *requestWindow) hear(t told, overtaken int) {
	i := slices.IndexFunc(w.told, func(o told) bool { return o.limit == t.limit })
	if i < 0 {
		w.told = append(w.told, t)
		return
	}
	last := w.told[i]
	if t.remaining > last.remaining {
		if t.at.Before(last.reset.Add(-2 * time.Second)) { // which is told in whole seconds
			overtaken = t.remaining
		}
		t.remaining = max(last.remaining, t.remaining-overtaken)
	}
	if last.remaining-t.remaining-last.blind > max(int(t.seq-last.seq), 1) {
		w.met = t.at
	}
	t.seq = max(t.seq, last.seq)
	between := max(t.at.Sub(last.at).Seconds(), 1)
	t.others = max(float64(last.remaining-t.remaining-last.blind-1)/between, last.others*0.8)
	if t.others < 0.01 {
		t.others = 0
	}
	w.told[i] = t
}

// untilReset is the time until there is more, measured on the server's clock,
// since ours may be wrong. Both clocks tell whole seconds.
func untilReset(resp *http.Response, now time.Time) time.Duration {
	n, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return window
	}
	return time.Unix(n, 0).Sub(wire.ServerTime(resp, now).Truncate(time.Second))
}

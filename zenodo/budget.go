package zenodo

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"zenobis/wire"
)

// The server counts requests by program and address, 133 a minute for those it
// takes for guests, the search of all records apart with 30 (docs/zenodo-api.md,
// Rate limits).
const (
	perMinute       = 100
	burst           = 30 // with perMinute it stays below 133 in any minute
	perMinuteSearch = 24
	burstSearch     = 5
	maxBudgetWait   = time.Hour // the hourly window is the longest there is
)

// class is a budget of its own.
type class int

const (
	classOther class = iota
	classSearch
	classes
)

// budget paces the requests and holds them while the server's window is used up.
type budget struct {
	o      Options
	pacers [classes]*rate.Limiter

	mu    sync.Mutex
	until [classes]time.Time
}

func newBudget(o Options) *budget {
	b := &budget{o: o}
	if o.PerMinute < 0 {
		return b
	}
	n := perMinute
	if o.PerMinute > 0 {
		n = o.PerMinute
	}
	b.pacers[classOther] = rate.NewLimiter(rate.Every(time.Minute/time.Duration(n)), min(burst, n))
	b.pacers[classSearch] = rate.NewLimiter(rate.Every(time.Minute/perMinuteSearch), burstSearch)
	return b
}

// wait returns when a request may be sent.
func (b *budget) wait(ctx context.Context, k class) error {
	if p := b.pacers[k]; p != nil {
		now := b.o.Clock()
		r := p.ReserveN(now, 1)
		if d := r.DelayFrom(now); d > 0 {
			if err := b.sleep(ctx, d, "the limit of requests a minute"); err != nil {
				r.CancelAt(b.o.Clock())
				return err
			}
		}
	}
	for {
		b.mu.Lock()
		d := b.until[k].Sub(b.o.Clock())
		b.mu.Unlock()
		if d <= 0 {
			return nil
		}
		if err := b.sleep(ctx, d, "the server's request limit"); err != nil {
			return err
		}
	}
}

func (b *budget) sleep(ctx context.Context, d time.Duration, why string) error {
	if d >= time.Second/2 { // the pace itself is nothing to tell
		b.o.OnWait(d, why)
	}
	return b.o.Sleep(ctx, d)
}

// note reads an answer's headers. Retry-After also comes with good answers and
// then means nothing.
func (b *budget) note(k class, resp *http.Response) {
	now := b.o.Clock()
	var hold time.Duration
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		hold = wire.AskedWait(resp, now)
		if hold == 0 {
			hold = time.Minute
		}
	case resp.Header.Get("X-RateLimit-Remaining") == "0":
		hold = untilReset(resp, now)
	}
	if hold <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := now.Add(min(hold, maxBudgetWait)); t.After(b.until[k]) {
		b.until[k] = t
	}
}

// untilReset is the time until the window is new, measured on the server's
// clock, since ours may be wrong.
func untilReset(resp *http.Response, now time.Time) time.Duration {
	n, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	return max(0, time.Unix(n, 0).Sub(wire.ServerTime(resp, now)))
}

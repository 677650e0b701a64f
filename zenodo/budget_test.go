package zenodo

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// counter is a server that counts requests as InvenioRDM does: in a moving minute,
// or in minutes that begin with their first request.
type counter struct {
	limit   int
	moving  bool
	silent  bool          // tells nothing
	latency time.Duration // before it counts, and after

	mu      sync.Mutex
	hits    []time.Time
	begin   time.Time
	n       int
	refused int
	served  int
}

func (c *counter) count(now time.Time) (remaining int, reset time.Time, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moving {
		for len(c.hits) > 0 && now.Sub(c.hits[0]) >= time.Minute {
			c.hits = c.hits[1:]
		}
		if over = len(c.hits) >= c.limit; !over {
			c.hits = append(c.hits, now)
		}
		remaining, reset = c.limit-len(c.hits), c.hits[0].Add(time.Minute)
	} else {
		if now.Sub(c.begin) >= time.Minute {
			c.begin, c.n = now, 0
		}
		if over = c.n >= c.limit; !over {
			c.n++
		}
		remaining, reset = c.limit-c.n, c.begin.Add(time.Minute)
	}
	if over {
		c.refused++
	} else {
		c.served++
	}
	return remaining, reset, over
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(c.latency):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	now := time.Now()
	remaining, reset, over := c.count(now)
	time.Sleep(c.latency)
	h := map[string]string{"Date": now.UTC().Format(http.TimeFormat)}
	if !c.silent {
		h["X-RateLimit-Limit"], h["X-RateLimit-Remaining"] = strconv.Itoa(c.limit), strconv.Itoa(remaining)
		h["X-RateLimit-Reset"] = strconv.FormatInt(reset.Unix()+1, 10)
		h["Retry-After"] = strconv.Itoa(int(reset.Sub(now)/time.Second) + 1)
	}
	if over {
		return reply(429, h), nil
	}
	return reply(200, h), nil
}

// export sends so many requests, side by side, and tells how long it took.
func (c *counter) export(t *testing.T, requests, parallel int) (took time.Duration, waits int) {
	var mu sync.Mutex
	client, err := New(
		Options{URL: "https://rdm.example", Token: secret, HTTP: &http.Client{Transport: c}, OnWait: func(d time.Duration, _ string) {
			mu.Lock()
			waits++
			mu.Unlock()
			if d < time.Second/2 {
				t.Errorf("told of a wait of %v", d)
			}
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	work := make(chan struct{}, requests)
	for range requests {
		work <- struct{}{}
	}
	close(work)
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for range work {
				if err := client.CheckToken(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(begin), waits
}

func TestOneExportNeverExceedsTheServersWindow(t *testing.T) {
	for _, c := range []struct {
		name               string
		server             *counter
		requests, parallel int
		most               time.Duration
	}{
		{"21 small files", &counter{limit: 133, moving: true}, 45, 1, 45*60*time.Millisecond + time.Millisecond},
		{"21 small files, nothing told", &counter{limit: 133, moving: true, silent: true}, 45, 1, 45*60*time.Millisecond + time.Millisecond},
		{"100 files", &counter{limit: 133, moving: true}, 205, 1, 75 * time.Second},
		{"100 files, a fixed window", &counter{limit: 133}, 205, 1, 75 * time.Second},
		{"side by side", &counter{limit: 133, moving: true}, 600, 12, 5 * time.Minute},
		{"side by side, a fixed window", &counter{limit: 133}, 600, 12, 5 * time.Minute},
		{"a large window", &counter{limit: 1000, moving: true}, 900, 1, 900*60*time.Millisecond + time.Millisecond},
		{"a small window", &counter{limit: 10, moving: true}, 60, 3, 7 * time.Minute},
		{"a tiny window", &counter{limit: 1, moving: true}, 5, 1, 6 * time.Minute},
		{"nothing told", &counter{limit: 100, moving: true, silent: true}, 400, 4, 5 * time.Minute},
		{"nothing told, a fixed window", &counter{limit: 100, silent: true}, 400, 4, 5 * time.Minute},
	} {
		for _, latency := range []time.Duration{30 * time.Millisecond, 900 * time.Millisecond} {
			synctest.Test(t, func(t *testing.T) {
				s := &counter{limit: c.server.limit, moving: c.server.moving, silent: c.server.silent, latency: latency}
				took, waits := s.export(t, c.requests, c.parallel)
				if s.refused > 0 || s.served != c.requests {
					t.Errorf("%s, latency %v: %d of %d requests were refused", c.name, latency, s.refused, s.served)
				}
				if latency == 30*time.Millisecond && took > c.most {
					t.Errorf("%s took %v (%d waits), want at most %v", c.name, took, waits, c.most)
				}
			})
		}
	}
}

func TestExportsShareAWindow(t *testing.T) {
	for _, moving := range []bool{true, false} {
		for exports := 2; exports <= 5; exports++ {
			synctest.Test(t, func(t *testing.T) {
				s := &counter{limit: 133, moving: moving, latency: 30 * time.Millisecond}
				var all sync.WaitGroup
				for i := range exports {
					all.Go(func() {
						time.Sleep(time.Duration(i) * 7 * time.Second)
						s.export(t, 200, 1)
					})
				}
				begin := time.Now()
				all.Wait()
				fair := time.Duration(exports*200/133+3) * time.Minute
				if s.refused > 1 { // mostly none
					t.Errorf("moving %v, %d exports: %d requests were refused", moving, exports, s.refused)
				}
				if took := time.Since(begin); took > fair {
					t.Errorf("moving %v, %d exports took %v, want at most %v", moving, exports, took, fair)
				}
			})
		}
	}
}

// TestTwoLimits: which limit a token is counted by may differ from one process of
// the server to the next; both are kept.
func TestTwoLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, user := &counter{limit: 133, moving: true}, &counter{limit: 1000, moving: true}
		n := 0
		both := roundTrip(func(r *http.Request) *http.Response {
			n++
			s := guest
			if n%2 == 0 {
				s = user
			}
			resp, _ := s.RoundTrip(r)
			return resp
		})
		c, err := New(Options{URL: "https://rdm.example", Token: secret, HTTP: &http.Client{Transport: both}})
		if err != nil {
			t.Fatal(err)
		}
		for range 500 {
			if err := c.CheckToken(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if guest.refused+user.refused > 0 {
			t.Errorf("%d and %d requests were refused", guest.refused, user.refused)
		}
	})
}

// TestSpread: with a tenth left, the rest of the window is shared out.
func TestSpread(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	heard := func(limit, remaining int, in time.Duration) told {
		return told{limit: limit, remaining: remaining, seq: 1, at: now, reset: now.Add(in)}
	}
	for name, c := range map[string]struct {
		told told
		want time.Duration
	}{
		"more than a tenth":  {heard(100, 11, 40*time.Second), 0},
		"a tenth":            {heard(100, 10, 40*time.Second), 4 * time.Second},
		"the last one":       {heard(100, 1, 40*time.Second), 40 * time.Second},
		"nothing":            {heard(100, 0, 40*time.Second), 40 * time.Second},
		"a window that ends": {heard(100, 4, 0), 0},
	} {
		w := &requestWindow{own: 95, told: nil, sent: []time.Time{now}}
		w.hear(c.told, 0)
		if got := w.next(now); got != c.want {
			t.Errorf("%s: wait %v, want %v", name, got, c.want)
		}
	}
	w := &requestWindow{own: 3, sent: []time.Time{now.Add(-50 * time.Second), now.Add(-40 * time.Second), now}}
	if got := w.next(now); got != 11*time.Second {
		t.Errorf("nothing told: wait %v", got)
	}
	w.own = -1
	if got := w.next(now); got > 0 {
		t.Errorf("no limit of our own: wait %v", got)
	}
	w.hold = now.Add(time.Second)
	if got := w.next(now); got != time.Second {
		t.Errorf("on hold: wait %v", got)
	}
}

// TestMemoryOfTheWindow: what counts no more is forgotten.
func TestMemoryOfTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &counter{limit: 1000, moving: true, latency: 100 * time.Millisecond}
		c, err := New(Options{URL: "https://rdm.example", Token: secret, HTTP: &http.Client{Transport: s}})
		if err != nil {
			t.Fatal(err)
		}
		for range 5000 {
			if err := c.CheckToken(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(c.budget.windows[classOther].sent); n > 1000 {
			t.Errorf("%d requests are kept", n)
		}
	})
}

// TestAskedForTooLong: what a server asks for has an end.
func TestAskedForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c, err := New(
			Options{URL: "https://rdm.example", Token: secret, HTTP: &http.Client{Transport: roundTrip(func(*http.Request) *http.Response {
				if n++; n == 1 {
					return reply(429, map[string]string{"Retry-After": "2147483648"})
				}
				return reply(200, nil)
			})}},
		)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := c.CheckToken(t.Context()); err != nil || time.Since(begin) != LongestAsked {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c.budget.windows[classOther].hold = time.Now().Add(time.Hour)
		begin = time.Now()
		if err := c.CheckToken(ctx); err == nil || time.Since(begin) != time.Second {
			t.Errorf("a wait that is left: %v after %v", err, time.Since(begin))
		}
	})
}

//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// waits measures how long a server has at least one request to answer: the union of
// the calls, from a request's arrival until all of its answer is written, login and
// logout included. That is more than what a client waits, which goes on working
// meanwhile, and it is the same measure for everybody who asks.
type waits struct {
	next  http.Handler
	mu    sync.Mutex
	open  int
	since time.Time
	seen  waited
}

// waited is what a server tells of one client's work.
type waited struct {
	Calls int
	Time  time.Duration
}

// ServeHTTP implements http.Handler.
func (w *waits) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.seen.Calls++
	if w.open++; w.open == 1 {
		w.since = time.Now()
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.open--; w.open == 0 {
			w.seen.Time += time.Since(w.since)
		}
	}()
	w.next.ServeHTTP(out, r)
}

// tell answers what was seen, and begins anew.
func (w *waits) tell(out http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = json.NewEncoder(out).Encode(w.seen) // the bench notices
	w.seen = waited{}
}

// waited asks a server process what its openBIS saw since it was asked last.
func (r *rig) waited(s *site) (seen waited, err error) {
	err = r.tells(s.Waits, &seen)
	return seen, err
}

// asked is what a Zenodo was asked, and how much of it it refused for being too much.
type asked struct{ Requests, Refused int }

// asked asks a server process what its Zenodo was asked.
func (r *rig) asked(s *site) (a asked, err error) { err = r.tells(s.Asked, &a); return a, err }

// tells reads what a server process tells.
func (r *rig) tells(url string, v any) error {
	q, err := http.NewRequestWithContext(r.ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(v)
}

// least takes what a server saw, if it is less than before.
func (r *rig) least(s *site, w *waited) error {
	seen, err := r.waited(s)
	if err == nil && (w.Calls == 0 || seen.Time < w.Time) {
		*w = seen
	}
	return err
}

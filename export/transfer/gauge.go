package transfer

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zenobis/export/job"
)

// gauge counts a run's progress. Bytes are counted without a lock, since they
// are on the way of every chunk.
type gauge struct {
	now func() time.Time
	cur atomic.Int64 // bytes of the package under way

	mu      sync.Mutex
	p       job.Progress
	current int // index of the package under way, -1 none
	eta     estimate
	ahead   func(requests int, each time.Duration) time.Duration // by the server's window; nil where nobody knows
}

// requestsEach is what a package costs: its content and its commit; requestsBehind
// what the draft costs after the last one.
const (
	requestsEach   = 2
	requestsBehind = 4
)

func newGauge(now func() time.Time) *gauge {
	t := now()
	return &gauge{now: now, current: -1, p: job.Progress{Stage: "planning", Started: t, Updated: t}}
}

// progress returns a copy that nobody changes any more.
func (g *gauge) progress() job.Progress {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.p
	p.Packages = slices.Clone(p.Packages)
	if g.current >= 0 && g.current < len(p.Packages) && !p.Packages[g.current].Done {
		p.Packages[g.current].Bytes = g.cur.Load()
	}
	p.Bytes = 0
	for _, k := range p.Packages {
		p.Bytes += k.Bytes
	}
	p.Updated = g.now()
	p.Left = g.secondsLeft(p)
	return p
}

// secondsLeft takes note of the progress and says how long it will take; 0 while
// that is not known. The caller holds mu.
func (g *gauge) secondsLeft(p job.Progress) float64 {
	if p.Stage != "uploading" || p.Total == 0 {
		return 0
	}
	done, open := 0, 0
	for _, k := range p.Packages {
		if k.Done {
			done++
		} else {
			open++
		}
	}
	full := g.current >= 0 && p.Packages[g.current].Bytes >= p.Packages[g.current].Total
	g.eta.see(p.Updated, p.Bytes, done, full)
	var requests time.Duration
	if g.ahead != nil {
		requests = g.ahead(open*requestsEach+requestsBehind, g.eta.request())
	}
	left, known := g.eta.left(p.Updated, p.Total-p.Bytes, open, requests)
	if !known {
		return 0
	}
	return left.Seconds()
}

func (g *gauge) edit(f func(p *job.Progress)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.p)
}

func (g *gauge) stage(s string)   { g.edit(func(p *job.Progress) { p.Stage, p.File = s, "" }) }
func (g *gauge) file(s string)    { g.edit(func(p *job.Progress) { p.File = s }) }
func (g *gauge) waiting(s string) { g.edit(func(p *job.Progress) { p.Waiting = s }) }
func (g *gauge) retry()           { g.edit(func(p *job.Progress) { p.Retries++ }) }

// plan lays out the packages anew; done are confirmed already.
func (g *gauge) plan(plan *job.Plan, done func(pkg string) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	attempts := map[string]int{}
	for _, k := range g.p.Packages {
		attempts[k.Name] = k.Attempt
	}
	g.current, g.p.Packages, g.p.Total = -1, nil, 0
	for _, k := range plan.Packages {
		pp := job.PackageProgress{Name: k.Name, Total: k.Bytes, Done: done(k.Name), Attempt: attempts[k.Name]}
		if pp.Done {
			pp.Bytes = pp.Total
		}
		g.p.Packages = append(g.p.Packages, pp)
		g.p.Total += k.Bytes
	}
}

// begin starts a package, perhaps again.
func (g *gauge) begin(pkg string, attempt int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cur.Store(0)
	g.p.Waiting = "" // what was waited for is over
	g.current = slices.IndexFunc(g.p.Packages, func(k job.PackageProgress) bool { return k.Name == pkg })
	if g.current >= 0 {
		g.p.Packages[g.current].Attempt = attempt
		g.p.Packages[g.current].Done = false
	}
}

// sent counts bytes of the package under way.
func (g *gauge) sent(n int) { g.cur.Add(int64(n)) }

// finish ends a package: all of it is there, or nothing.
func (g *gauge) finish(pkg string, done bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.current = -1
	for i, k := range g.p.Packages {
		if k.Name == pkg {
			g.p.Packages[i].Done, g.p.Packages[i].Bytes = done, 0
			if done {
				g.p.Packages[i].Bytes = k.Total
			}
		}
	}
}

package wire

import (
	"context"
	"sync"
	"time"
)

// WithPatience begins a piece of work, such as a plan or a look at all drafts,
// whose calls have one patience for each server: what one call has waited for in
// vain, the next does not wait for again. What asks anew, such as the next round of
// a watch, begins with a patience of its own.
func WithPatience(ctx context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, &patience{servers: map[string]*server{}})
}

// Patient is ctx where it is of a piece of work already, else WithPatience.
func Patient(ctx context.Context) context.Context {
	if patienceOf(ctx) != nil {
		return ctx
	}
	return WithPatience(ctx)
}

// WithoutPatience is ctx for work that may take as long as it takes, such as an
// upload at which nobody sits.
func WithoutPatience(ctx context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, (*patience)(nil))
}

// HasPatience reports whether ctx is of a piece of work with a patience.
func HasPatience(ctx context.Context) bool { return patienceOf(ctx) != nil }

type patienceKey struct{}

func patienceOf(ctx context.Context) *patience {
	p, _ := ctx.Value(patienceKey{}).(*patience)
	return p
}

// patience knows what a piece of work has waited for, by server.
type patience struct {
	mu      sync.Mutex
	servers map[string]*server
}

// server is what is known of one.
type server struct {
	troubles map[string]trouble // by call, such as "searchSamples"
	failures int                // so far, of all calls
	answered int                // how many there were when it answered last
}

// trouble is a call that has failed and not succeeded since.
type trouble struct {
	since  time.Time // of the first failure
	failed int       // which of the server's failures was its last
	given  bool      // up
}

// failed notes a failure of a call that has been failing since then. It tells since
// when the server has been in trouble, and whether it was given up: by the same
// call, or by any other unless the server has answered anything after it.
func (p *patience) failed(name, call string, since time.Time) (first time.Time, given bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.servers[name]
	if s == nil {
		s = &server{troubles: map[string]trouble{}}
		p.servers[name] = s
	}
	s.failures++
	t, again := s.troubles[call]
	if !again || since.Before(t.since) {
		t.since = since
	}
	t.failed = s.failures
	s.troubles[call] = t
	first = t.since
	for other, t := range s.troubles {
		if other != call && t.failed <= s.answered {
			continue
		}
		given = given || t.given
		if t.since.Before(first) {
			first = t.since
		}
	}
	return first, given
}

// gaveUp notes that a call was given up.
func (p *patience) gaveUp(name, call string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.servers[name]
	if t, ok := s.troubles[call]; ok { // else it was answered meanwhile
		t.given = true
		s.troubles[call] = t
	}
}

// answers notes that a server has answered a call.
func (p *patience) answers(name, call string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.servers[name]; s != nil { // else nothing has failed
		s.answered = s.failures
		delete(s.troubles, call)
	}
}

package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// lively is how many bytes show, within the limit of a guarded reader, that a
// server has not fallen silent: one byte a second would take years.
const lively = 16 << 10

// Guard ends an exchange in which nothing is heard any more. It limits silence,
// never the whole: a large file may take a day. While nothing is expected, as
// when the reader of an answer takes its time, it rests.
type Guard struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	limit time.Duration // of what is expected; 0 rests
	what  string
	came  int
	until time.Time
}

// Silent is why a guard ended an exchange. It may be over at the next try.
type Silent struct {
	What string // did not happen, such as "no answer"
	For  time.Duration
}

// Error says what was waited for, and how long.
func (s *Silent) Error() string { return fmt.Sprintf("%s for %v", s.What, s.For) }

// Transient is what a policy of repetition asks for.
func (s *Silent) Transient() bool { return true }

// NewGuard derives the context of an exchange. Stop ends it.
func NewGuard(ctx context.Context) (context.Context, *Guard) {
	g := &Guard{}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	return g.ctx, g
}

// Expect begins to wait for something: after the limit the exchange ends with
// *Silent, unless Expect or Rest is called before.
func (g *Guard) Expect(limit time.Duration, what string) { g.expect(limit, limit, what, 0) }

// expect is Expect where a part of the limit has been used up already, and some
// bytes came in it.
func (g *Guard) expect(limit, left time.Duration, what string, came int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit, g.what, g.came, g.until = limit, what, came, time.Now().Add(left)
	if g.timer == nil {
		g.timer = time.AfterFunc(left, g.fire)
	} else {
		g.timer.Reset(left)
	}
}

// Rest expects nothing until the next Expect.
func (g *Guard) Rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = 0
	if g.timer != nil {
		g.timer.Stop()
	}
}

// Stop ends the exchange, if it has not ended yet.
func (g *Guard) Stop() {
	g.Rest()
	g.cancel(nil)
}

func (g *Guard) fire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limit == 0 || time.Until(g.until) > 0 { // moved on in this moment
		return
	}
	what := g.what
	if g.came > 0 {
		what = fmt.Sprintf("no more than %d bytes", g.came)
	}
	g.cancel(&Silent{what, g.limit})
}

// Err is the error of an exchange: err itself, or the *Silent for which the
// guard has ended it.
func (g *Guard) Err(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	var s *Silent
	if errors.As(context.Cause(g.ctx), &s) {
		return s
	}
	return err
}

// Reader guards the reading of an answer: the time spent waiting for 16 KiB of it,
// or for its end, is limited. Errors are those of Err.
func (g *Guard) Reader(r io.Reader, limit time.Duration) io.Reader {
	g.Rest()
	return &guarded{r: r, g: g, limit: limit}
}

type guarded struct {
	r      io.Reader
	g      *Guard
	limit  time.Duration
	waited time.Duration // for the bytes that came since the last lively moment
	came   int
}

// Read waits for bytes under the guard.
func (r *guarded) Read(p []byte) (int, error) {
	begin := time.Now()
	r.g.expect(r.limit, r.limit-r.waited, "no byte", r.came)
	n, err := r.r.Read(p)
	r.g.Rest()
	r.waited += time.Since(begin)
	if r.came += n; r.came >= lively {
		r.came, r.waited = 0, 0
	}
	return n, r.g.Err(err)
}

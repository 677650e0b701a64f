package openbis

import (
	"context"
	"errors"
	"sync"
	"time"
)

// recent remembers small answers for a moment: one thing that is done asks the same
// several times, and several at once.
type recent struct {
	mu      sync.Mutex
	answers map[string]*recently
}

// recently is an answer, or one that is on its way.
type recently struct {
	epoch int64         // of the session: another user is told something else
	done  chan struct{} // closed when it is there
	at    time.Time     // when it was
	value any
	err   error
}

const (
	mostRecent = 200 // answers that are remembered
	fewRecent  = 50  // entities that are asked for together and remembered
)

// again answers as openBIS did a moment ago (keptTrust), or asks. An error is told to
// those alone who waited for it, unless who asked only gave up. What is returned is
// shared: nobody may change it.
func again[T any](ctx context.Context, c *Client, question string, ask func(context.Context) (T, error)) (T, error) {
	if c.o.Keep <= 0 {
		return ask(ctx)
	}
	for {
		r, own := c.recent.of(question, c.Epoch(), c.o.Now())
		if own {
			return asked(ctx, c, r, ask)
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			var none T
			return none, context.Cause(ctx)
		}
		v, _ := r.value.(T)
		if !errors.Is(r.err, context.Canceled) {
			return v, r.err
		}
	}
}

// asked asks, and tells those who wait.
func asked[T any](ctx context.Context, c *Client, r *recently, ask func(context.Context) (T, error)) (v T, err error) {
	r.err = context.Canceled // what is told if ask does not return
	defer func() {
		c.recent.mu.Lock()
		defer c.recent.mu.Unlock()
		r.at = c.o.Now()
		close(r.done)
	}()
	v, err = ask(ctx)
	r.value, r.err = v, err
	return v, err
}

// of finds an answer, or notes that its caller is about to ask for it.
func (k *recent) of(question string, epoch int64, now time.Time) (r *recently, own bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.answers[question]; r != nil && r.epoch == epoch && r.good(now) {
		return r, false
	}
	if k.answers == nil || len(k.answers) >= mostRecent {
		k.answers = map[string]*recently{}
	}
	r = &recently{epoch: epoch, done: make(chan struct{})}
	k.answers[question] = r
	return r, true
}

// good reports whether an answer still holds, or is on its way.
func (r *recently) good(now time.Time) bool {
	select {
	case <-r.done:
		return r.err == nil && now.Sub(r.at) < keptTrust
	default:
		return true
	}
}

// briefly is again for what may only be remembered by a client that is Brief.
func briefly[T any](ctx context.Context, c *Client, question string, ask func(context.Context) (T, error)) (T, error) {
	if !c.o.Brief {
		return ask(ctx)
	}
	return again(ctx, c, question, ask)
}

// found is an entity that Get read a moment ago.
func (k *recent) found(kind Kind, id string, epoch int64, now time.Time) (Entity, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.answers[entityQuestion(kind, id)]; r != nil && r.epoch == epoch && r.good(now) {
		e, ok := r.value.(Entity)
		return e, ok
	}
	return Entity{}, false
}

// note remembers entities by what they were asked for, and by their permIds.
func (k *recent) note(kind Kind, got map[string]Entity, epoch int64, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	done := make(chan struct{})
	close(done)
	if k.answers == nil {
		k.answers = map[string]*recently{}
	}
	for id, e := range got {
		for _, text := range []string{id, e.PermID} {
			if len(k.answers) < mostRecent {
				k.answers[entityQuestion(kind, text)] = &recently{epoch: epoch, done: done, at: now, value: e}
			}
		}
	}
}

func entityQuestion(kind Kind, id string) string { return "entity " + string(kind) + " " + id }

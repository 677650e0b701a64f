package transfer

import (
	"context"
	"sync"

	"golang.org/x/time/rate"
)

// brake holds a run that was paused.
type brake struct {
	mu     sync.Mutex
	on     bool
	change chan struct{} // closed at each change
}

func newBrake() *brake { return &brake{change: make(chan struct{})} }

func (b *brake) set(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.on != on {
		b.on = on
		close(b.change)
		b.change = make(chan struct{})
	}
}

// state returns whether the run is paused, and a channel that tells of a change.
func (b *brake) state() (bool, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.on, b.change
}

// wait returns when the run is not paused; paused is called once if it is.
func (b *brake) wait(ctx context.Context, paused func()) error {
	for first := true; ; first = false {
		on, change := b.state()
		if !on {
			return nil
		}
		if first {
			paused()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-change:
		}
	}
}

// pacer limits the bytes a second, nil for no limit: of n bytes it says how many may go
// now, after a wait. They are few, so that neither server nor person finds it silent.
func pacer(ctx context.Context, limit *rate.Limiter) func(n int) (int, error) {
	if limit == nil {
		return nil
	}
	return func(n int) (int, error) {
		n = min(n, limit.Burst())
		return n, limit.WaitN(ctx, n)
	}
}

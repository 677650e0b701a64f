package fetch

import (
	"context"
	"errors"
	"sync"

	"zenobis/openbis"
)

// throttle lets so many in at a time; fewer while the server fails, and by and
// by more again.
type throttle struct {
	mu     sync.Mutex
	most   int
	limit  int
	inside int
	good   int
	change chan struct{}
}

func newThrottle(most int) *throttle {
	return &throttle{most: most, limit: most, change: make(chan struct{})}
}

func (t *throttle) enter(ctx context.Context) error {
	for {
		t.mu.Lock()
		if t.inside < t.limit {
			t.inside++
			t.mu.Unlock()
			return nil
		}
		change := t.change
		t.mu.Unlock()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-change:
		}
	}
}

func (t *throttle) leave(good bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inside--
	if good {
		if t.good++; t.good >= 20 && t.limit < t.most {
			t.limit++
			t.good = 0
		}
	}
	close(t.change)
	t.change = make(chan struct{})
}

// slower halves how many may be inside.
func (t *throttle) slower() {
	t.mu.Lock()
	t.limit, t.good = max(1, t.limit/2), 0
	t.mu.Unlock()
}

// busy reports an error that speaks of a server with too much to do.
func busy(err error) bool {
	return errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, openbis.ErrShort)
}

package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zenobis/export/failure"
	"zenobis/zenodo"
)

// longest is the longest wait before a repetition.
const longest = 5 * time.Minute

// passing reports a failure of Zenodo that may be over at the next attempt.
func passing(err error) bool {
	return errors.Is(err, zenodo.ErrUnavailable) || errors.Is(err, zenodo.ErrRate) || errors.Is(err, zenodo.ErrStalled)
}

// call makes a call that may be repeated, until it succeeds or fails for good.
func (t *transfer) call(ctx context.Context, what string, f func() error) error {
	for n := 1; ; n++ {
		err := f()
		if err == nil || ctx.Err() != nil || !passing(err) {
			return err
		}
		if err := t.again(ctx, "", what, n, err); err != nil {
			return err
		}
	}
}

// again waits before the repetition that follows the n-th failure, or gives up.
func (t *transfer) again(ctx context.Context, pkg, what string, n int, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if n >= t.o.Attempts {
		return t.givenUp(what, n, err)
	}
	wait := backoff(t.o.Backoff, longest, n, t.o.Rand)
	var api *zenodo.APIError
	if errors.As(err, &api) && api.RetryIn > wait {
		wait = api.RetryIn
	}
	t.run.gauge.retry()
	t.emit(Event{Kind: EventRetry, Package: pkg, Attempt: n, Message: what + ": " + failure.Text(err)})
	t.run.gauge.waiting(fmt.Sprintf("%s again in %s", what, wait.Round(time.Second)))
	defer t.run.gauge.waiting("")
	return t.o.Sleep(ctx, wait)
}

// givenUp says what was tried.
func (t *transfer) givenUp(what string, n int, err error) error {
	return failure.Wrap(fmt.Sprintf("%s failed %d times", what, n), err)
}

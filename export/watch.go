package export

import (
	"context"
	"time"

	"zenobis/export/failure"
	"zenobis/wire"
)

// How often drafts are looked at.
const (
	WatchEvery    = 15 * time.Second // a draft that somebody waits for
	PracticeEvery = 3 * time.Second  // the same on the demo's server, which needs no mercy
	WatchAllEvery = time.Minute      // all drafts, with nobody in front
	longestPause  = 5 * time.Minute  // after failures
)

// Watch looks at a draft again and again until the export is settled or ctx
// ends, and registers it when it was published; see gets every change of state.
// Failures that may pass are waited out, as Rounds does.
func (e *Engine) Watch(ctx context.Context, id string, every time.Duration, see func(Job)) error {
	last, err := e.Job(id)
	if err != nil {
		return err
	}
	return e.Rounds(ctx, every, func(ctx context.Context) (bool, error) {
		list, err := e.Sync(ctx, id)
		if ctx.Err() != nil || len(list) != 1 {
			return false, err
		}
		now := list[0]
		if now.State != last.State || now.DOI != last.DOI || now.Reason != last.Reason {
			see(now)
		}
		last = now
		if now.State.Settled() {
			return true, nil
		}
		if now.State == StatePublished && e.o.OpenBIS == nil {
			return false, &failure.Error{
				Kind: failure.Login, What: "the record is published; registering it needs a login to openBIS", Do: "zenobis sync does it",
			}
		}
		return false, err
	}, func(err error) { e.o.Log.Info("looking at the draft failed", "job", id, "error", failure.Text(err)) })
}

// Rounds calls look again and again, until it says that everything is settled or
// ctx ends: the one way in which drafts are waited for. every is about how long it
// waits between two looks, 0 for WatchEvery. A failure that may pass is told to
// failed and waited out, with longer and longer pauses; a login or a configuration
// that was refused ends the watching, since asking again would only be refused
// again, and so does a failure beside which nothing is left to wait for.
func (e *Engine) Rounds(ctx context.Context, every time.Duration, look func(context.Context) (settled bool, err error),
	failed func(error)) error {
	if every <= 0 {
		every = WatchEvery
	}
	for failures := 0; ; {
		settled, err := look(wire.WithPatience(ctx))
		if ctx.Err() != nil {
			return failure.Wrap("waiting for the publication was interrupted", failure.Interruption(context.Cause(ctx)))
		}
		if settled {
			return err
		}
		wait := every
		if err != nil {
			if s := failure.Of(err).ExitStatus(); s == failure.StatusLogin || s == failure.StatusUsage {
				return err
			}
			failures++
			wait = min(every<<min(failures, 6), longestPause)
			failed(err)
		} else {
			failures = 0
		}
		// Others look as well: not all at the same moment.
		if err := e.o.Sleep(ctx, wait*9/10+time.Duration(e.o.Rand()*float64(wait)/5)); err != nil {
			return failure.Wrap("waiting for the publication was interrupted", failure.Interruption(err))
		}
	}
}

package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zenobis/export/failure"
	"zenobis/openbis"
)

// How often openBIS is asked whether archived data sets are there: it takes
// minutes at best.
const (
	archiveFirst = 15 * time.Second
	archiveMost  = 5 * time.Minute
)

// bringBack asks for the archived data sets of the plan, once.
func (t *transfer) bringBack(ctx context.Context) error {
	if len(t.plan.Unarchive) == 0 {
		return nil
	}
	t.run.gauge.stage("unarchiving")
	if !t.j.look().Unarchiving {
		err := t.asking(ctx, "bring data back from the archive", func() error { return t.o.OpenBIS.Unarchive(ctx, t.plan.Unarchive) })
		if err != nil {
			return failure.Wrap("the archived data sets can't be brought back", err)
		}
		if err := t.j.add(stepUnarchiving, func(e *entry) { e.Keys = t.plan.Unarchive }); err != nil {
			return err
		}
	}
	t.waitingOn = map[string]bool{}
	for _, id := range t.plan.Unarchive {
		t.waitingOn[id] = true
	}
	return t.lookArchive(ctx)
}

// asking makes a call to openBIS, with a new session if need be.
func (t *transfer) asking(ctx context.Context, what string, f func() error) error {
	for n := 1; ; n++ {
		err := f()
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case errors.Is(err, openbis.ErrSession):
			if err := t.src.alive(ctx); err != nil {
				return err
			}
			if n >= 3 {
				return sessionEnded(err)
			}
		case errors.Is(err, openbis.ErrUnreachable):
			if err := t.again(ctx, "", what, n, err); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// lookArchive crosses off what is there.
func (t *transfer) lookArchive(ctx context.Context) error {
	var ids []string
	for id := range t.waitingOn {
		ids = append(ids, id)
	}
	var found map[string]openbis.Entity
	err := t.asking(ctx, "look for archived data", func() (err error) {
		found, err = t.o.OpenBIS.Get(ctx, openbis.KindDataSet, ids...)
		return err
	})
	if err != nil {
		return failure.Wrap("look for archived data", err)
	}
	for _, id := range ids {
		if e, ok := found[id]; !ok || e.Data == nil || !e.Data.Archived() {
			delete(t.waitingOn, id) // one that is gone shows when it is fetched
		}
	}
	return nil
}

// awaitArchive waits and looks again.
func (t *transfer) awaitArchive(ctx context.Context) error {
	t.run.gauge.stage("unarchiving")
	text := fmt.Sprintf("%d data sets are still in the archive", len(t.waitingOn))
	t.emit(Event{Kind: EventWaiting, Message: text})
	t.run.gauge.waiting(text)
	defer t.run.gauge.waiting("")
	before := len(t.waitingOn)
	for n := 1; len(t.waitingOn) == before; n++ {
		t.saveProgress()
		if err := t.o.Sleep(ctx, backoff(archiveFirst, archiveMost, n, t.o.Rand)); err != nil {
			return err
		}
		if err := t.lookArchive(ctx); err != nil {
			return err
		}
	}
	return nil
}

// inArchive reports whether a package needs data that is still in the archive.
func (t *transfer) inArchive(pkg string) (bool, error) {
	if len(t.waitingOn) == 0 {
		return false, nil
	}
	if t.needs == nil {
		t.needs = map[string][]string{}
	}
	list, ok := t.needs[pkg]
	if !ok {
		seen := map[string]bool{}
		for _, id := range t.plan.Unarchive {
			seen[id] = false
		}
		err := t.snap.Files(pkg, func(r FileRef) error {
			if got, archived := seen[r.DataSet]; archived && !got {
				seen[r.DataSet] = true
				list = append(list, r.DataSet)
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		t.needs[pkg] = list
	}
	for _, id := range list {
		if t.waitingOn[id] {
			return true, nil
		}
	}
	return false, nil
}

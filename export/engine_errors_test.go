package export

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

func TestFailureKinds(t *testing.T) {
	for _, c := range []struct {
		err       error
		kind      string
		is        error
		resumable bool
	}{
		{&zenodo.APIError{Kind: zenodo.ErrUnavailable, Cause: context.DeadlineExceeded}, "unreachable", zenodo.ErrUnavailable, true},
		{&zenodo.APIError{Kind: zenodo.ErrUnavailable, Cause: context.Canceled}, "unreachable", zenodo.ErrUnavailable, true},
		{&zenodo.APIError{Kind: zenodo.ErrToken, Status: 401}, "token", ErrAuth, true},
		{&zenodo.APIError{Kind: zenodo.ErrTooMany, Status: 400}, "limits", zenodo.ErrTooMany, false},
		{fmt.Errorf("log in: %w", openbis.ErrSession), "login", ErrAuth, true},
		{context.Canceled, "interrupted", ErrInterrupted, true},
		{fmt.Errorf("note: %w", syscall.ENOSPC), "disk", errNoSpace, true},
		{errors.New("something"), "failed", nil, true},
	} {
		var f *Failure
		err := failure("it failed", c.err)
		if !errors.As(err, &f) || f.Kind != c.kind || c.is != nil && !errors.Is(err, c.is) || f.Resumable != c.resumable {
			t.Errorf("%v: %+v", c.err, f)
		}
		if again := failure("again", err); again != err {
			t.Errorf("%v is worded twice", c.err)
		}
	}
	if err := failure("x", nil); err != nil {
		t.Error(err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	r := newRig(t, smallLab(2, 300<<10), zenodotest.Options{})
	job := r.plan(nil)
	ctx, cancel := context.WithCancel(context.Background())
	r.z.Fault(zenodotest.Fault{Kind: zenodotest.FaultSlow, Path: "/content", Delay: 20 * time.Millisecond, Times: -1})
	run, err := r.engine().Start(ctx, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for ev := range run.Events() {
		if ev.Kind == EventDraft {
			cancel()
		}
	}
	cancel()
	if err := run.Wait(); !errors.Is(err, ErrInterrupted) {
		t.Errorf("%v", err)
	}
	if j := r.job(job.ID); j.State != StateInterrupted || !strings.Contains(j.Reason, "interrupted") {
		t.Errorf("%+v", j)
	}
}

package export

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/zenodo/zenodotest"
)

// TestDiscardLooksForALateDraft: the answer to the making of a draft was lost and
// the list lags. Who discards the export right then still deletes the draft, and who
// does it later does not wait.
func TestDiscardLooksForALateDraft(t *testing.T) {
	for name, c := range map[string]struct {
		lag, later time.Duration
		version    bool
		left       int // drafts
		waits      bool
	}{
		"seen at once":             {0, 0, false, 0, false},
		"seen after 45 s":          {45 * time.Second, 0, false, 0, true},
		"a version after 45 s":     {45 * time.Second, 0, true, 0, true},
		"an hour later":            {45 * time.Second, time.Hour, false, 0, false},
		"later than anybody waits": {time.Hour, 0, false, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			var moved atomic.Int64
			clock := func() time.Time { return time.Now().Add(time.Duration(moved.Load())) }
			r := newRig(t, smallLab(1, 500), zenodotest.Options{Options: fakehttp.Options{Clock: clock}})
			of := ""
			if c.version {
				first := r.sent(func(*Request) {})
				if err := r.z.Publish(first.RecordID); err != nil {
					t.Fatal(err)
				}
				of = first.DOI
			}
			r.z.SetLag(c.lag)
			path := "/api/records"
			if c.version {
				path = "/versions"
			}
			r.z.Fault(fakehttp.Fault{Kind: fakehttp.GatewayStored, Method: "POST", Path: path})
			job := r.plan(func(q *Request) { q.NewVersionOf = of; q.Metadata.Title = "Another" })
			r.now = clock
			o := r.opts
			o.Now = clock
			dying, die := context.WithCancelCause(context.Background())
			o.Sleep = func(context.Context, time.Duration) error { die(errors.New("killed")); return context.Cause(dying) }
			run, err := New(o).Start(dying, job.ID)
			if err == nil {
				err = run.Wait()
			}
			if err == nil || len(r.z.Drafts()) != 1 {
				t.Fatalf("the answer was to be lost: %v, %d drafts", err, len(r.z.Drafts()))
			}
			moved.Add(int64(c.later))
			told := false
			o.Waiting = func(time.Duration, string) { told = true }
			began := clock()
			o.Sleep = func(_ context.Context, d time.Duration) error { moved.Add(int64(d)); return nil }
			if err := New(o).Discard(t.Context(), job.ID); err != nil {
				t.Fatal(err)
			}
			if got := len(r.z.Drafts()); got != c.left {
				t.Errorf("%d drafts are left, want %d", got, c.left)
			}
			if took := clock().Sub(began); c.waits != told || took > 2*time.Minute+10*time.Second {
				t.Errorf("told of a wait: %v, want %v; it took %v", told, c.waits, took)
			}
		})
	}
}

package export

import (
	"context"
	"errors"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/zenodo/zenodotest"
)

func TestRunEndsWithItsContext(t *testing.T) {
	r := newRig(t, smallLab(2, 300<<10), zenodotest.Options{})
	job := r.plan(nil)
	ctx, cancel := context.WithCancel(context.Background())
	r.z.Fault(fakehttp.Fault{Kind: fakehttp.Slow, Path: "/content", Rate: 1_600_000, Times: -1})
	run, err := r.engine().Start(ctx, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for ev := range run.Events() {
		if _, ok := ev.(DraftReady); ok {
			cancel()
		}
	}
	cancel()
	if err := run.Wait(); !errors.Is(err, failure.Interrupted) {
		t.Errorf("%v", err)
	}
	if j := r.job(job.ID); j.State != StateInterrupted || !strings.Contains(j.Reason, "interrupted") {
		t.Errorf("%+v", j)
	}
}

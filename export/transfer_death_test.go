package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/zenodo/zenodotest"
)

// TestDeathAtEveryStep kills an export before and after every line of its
// journal, and resumes.
func TestDeathAtEveryStep(t *testing.T) {
	for _, torn := range []bool{false, true} {
		t.Run(fmt.Sprintf("torn=%v", torn), func(t *testing.T) {
			t.Parallel()
			for n, died := 1, true; died; n += stride() {
				if n > 300 {
					t.Fatal("no end")
				}
				t.Run(fmt.Sprint(n), func(t *testing.T) { died = killAt(t, n, torn) })
			}
		})
	}
}

func killAt(t *testing.T, n int, torn bool) bool {
	r := newRig(t, smallLab(2, 2000), zenodotest.Options{})
	job := r.plan(func(q *Request) { q.Layout = LayoutPerDataSet })
	d := &death{dir: job.Dir, n: n}
	o := r.opts
	o.Step = d.step
	_, err := r.send(New(o), job.ID)
	at := d.at
	if at == "" {
		if err != nil {
			t.Fatal(err)
		}
		return false
	}
	if err == nil {
		t.Fatalf("%s: no error", at)
	}
	if torn {
		f, err := os.OpenFile(filepath.Join(job.Dir, "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(`{"t":"2026-01-01T00:00:00Z","e":"confirmed","pkg":"x`)
		f.Close()
	}
	d.leave(t)
	now := r.job(job.ID)
	if strings.HasSuffix(at, "uploaded") && now.State == StateDraft {
		r.checkWhole(now)
		return true
	}
	if at != "before started" && (now.State != StateInterrupted || !now.Resumable || now.Running) {
		t.Errorf("%s: the job is %s, resumable %v", at, now.State, now.Resumable)
	}
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	r.checkWhole(r.job(job.ID))
	r.checkNoSecrets()
	return true
}

// TestStopAndResume stops a run at its first retry and between packages.
func TestStopAndResume(t *testing.T) {
	r := newRig(t, smallLab(3, 200<<10), zenodotest.Options{})
	job := r.plan(func(q *Request) { q.Layout = LayoutPerDataSet })
	run, err := r.engine().Start(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for ev := range run.Events() {
		if _, ok := ev.(PackageUploaded); ok {
			run.Stop()
		}
	}
	err = run.Wait()
	var f *failure.Error
	if !errors.Is(err, failure.Interrupted) || !errors.As(err, &f) || !f.Kind.Resumable() || f.Kind != failure.Interrupted {
		t.Fatalf("stopped: %v", err)
	}
	if j := r.job(job.ID); j.State != StateInterrupted || !j.Resumable || j.Running {
		t.Errorf("after the stop: %+v", j)
	}
	puts := len(r.puts())
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	r.checkWhole(r.job(job.ID))
	if got := len(r.puts()); got >= puts+len(job.Plan.Packages) {
		t.Errorf("%d uploads before and %d after: what was there was sent again", puts, got-puts)
	}
}

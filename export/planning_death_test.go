package export

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zenobis/zenodo/zenodotest"
)

// gone makes a plan look as if the process that made it had died since.
func (r *rig) gone(id string) {
	r.t.Helper()
	path := filepath.Join(r.state, "jobs", id, "journal.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	i := strings.Index(string(data), `"start":"`)
	if i < 0 {
		r.t.Fatalf("the journal says not who planned: %s", data)
	}
	i += len(`"start":"`)
	out := string(data[:i]) + "1" + string(data[i+strings.IndexByte(string(data[i:]), '"'):])
	if err := os.WriteFile(path, []byte(out), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// TestAPlanOutlivesItsProcess: it is interrupted then, and can be resumed.
func TestAPlanOutlivesItsProcess(t *testing.T) {
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	job := r.plan(nil)
	if j := r.job(job.ID); j.State != StatePlanned || j.Resumable {
		t.Errorf("while its process lives: %s, resumable %v", j.State, j.Resumable)
	}
	r.gone(job.ID)
	if j := r.job(job.ID); j.State != StateInterrupted || !j.Resumable || j.Running || j.Reason == "" {
		t.Errorf("afterwards: %+v", j)
	}
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	r.checkWhole(r.job(job.ID))
}

// TestDeathWhilePlanning leaves a job that can be sent, or nothing.
func TestDeathWhilePlanning(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for n := 1; ; n++ {
		r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
		d := &death{n: n}
		o := r.opts
		o.Step = d.step
		func() {
			defer func() { _ = recover() }()
			_, _, _ = New(o).Plan(context.Background(), r.request(), false, nil)
		}()
		if d.at == "" {
			break
		}
		left, _ := filepath.Glob(filepath.Join(r.state, "jobs", "*"))
		if len(left) != 1 {
			t.Fatalf("%s: %v", d.at, left)
		}
		d.dir = left[0]
		d.lock, _ = os.ReadFile(filepath.Join(d.dir, "lock"))
		d.leave(t)
		jobs, err := r.engine().Jobs()
		if err != nil || len(jobs) != 0 { // job.json is written last
			t.Errorf("%s: %d jobs, %v", d.at, len(jobs), err)
		}
		later := r.opts
		later.Now = func() time.Time { return time.Now().Add(time.Hour) }
		if _, _, err := New(later).Plan(context.Background(), r.request(), true, nil); err != nil {
			t.Fatal(err)
		}
		if names, _ := os.ReadDir(filepath.Join(r.state, "jobs")); len(names) != 0 {
			t.Errorf("%s: %v is left behind", d.at, names)
		}
	}
}

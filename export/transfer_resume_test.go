package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zenobis/export/failure"
	"zenobis/zenodo/zenodotest"
)

// interrupted is a job that was stopped after its first package.
func (r *rig) interrupted() Job {
	r.t.Helper()
	job := r.plan(func(q *Request) { q.Layout = LayoutPerDataSet })
	run, err := r.engine().Start(context.Background(), job.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	for ev := range run.Events() {
		if _, ok := ev.(PackageUploaded); ok {
			run.Stop()
		}
	}
	if err := run.Wait(); !errors.Is(err, failure.Interrupted) {
		r.t.Fatal(err)
	}
	return r.job(job.ID)
}

func TestResumeAfterwards(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	first := func(job Job) string { return job.Plan.Packages[0].Name }
	for name, c := range map[string]struct {
		hand  func(t *testing.T, r *rig, job Job)
		title string
		puts  int // of the first package, in all
	}{
		"nothing happened": {func(*testing.T, *rig, Job) {}, "Growth curves", 1},
		"metadata edited": {func(t *testing.T, r *rig, job Job) {
			if err := r.z.EditMetadata(job.RecordID, func(md map[string]any) { md["title"] = "Mine" }); err != nil {
				t.Fatal(err)
			}
		}, "Mine", 1},
		"file removed in the form": {func(t *testing.T, r *rig, job Job) {
			if err := r.z.RemoveFile(job.RecordID, first(job)); err != nil {
				t.Fatal(err)
			}
		}, "Growth curves", 2},
		"hashes lost": {func(t *testing.T, r *rig, job Job) {
			if err := os.RemoveAll(filepath.Join(job.Dir, "hashes")); err != nil {
				t.Fatal(err)
			}
		}, "Growth curves", 1},
		"journal lost": {func(t *testing.T, r *rig, job Job) {
			if err := os.Remove(filepath.Join(job.Dir, "journal.jsonl")); err != nil {
				t.Fatal(err)
			}
		}, "Growth curves", 1},
		"journal's end lost": {func(t *testing.T, r *rig, job Job) {
			path := filepath.Join(job.Dir, "journal.jsonl")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
				t.Fatal(err)
			}
		}, "Growth curves", 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, smallLab(2, 2000), zenodotest.Options{})
			job := r.interrupted()
			c.hand(t, r, job)
			if _, err := r.send(r.engine(), job.ID); err != nil {
				t.Fatal(err)
			}
			job = r.job(job.ID)
			r.checkWhole(job)
			if got := r.z.Drafts()[0].Title; got != c.title {
				t.Errorf("title %q, want %q", got, c.title)
			}
			n := 0
			for _, q := range r.puts() {
				if filepath.Base(filepath.Dir(q.Path)) == first(job) {
					n++
				}
			}
			if n != c.puts {
				t.Errorf("the first package was sent %d times, want %d", n, c.puts)
			}
		})
	}
}

// TestDraftGoneMakesAnother says so once, and makes another at the next resume.
func TestDraftGoneMakesAnother(t *testing.T) {
	r := newRig(t, smallLab(2, 2000), zenodotest.Options{})
	job := r.interrupted()
	if err := r.z.Discard(job.RecordID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.send(r.engine(), job.ID); !errors.Is(err, failure.DraftGone) {
		t.Fatal(err)
	}
	if n := len(r.z.Drafts()); n != 0 {
		t.Fatalf("%d drafts: nobody has said yes", n)
	}
	if j := r.job(job.ID); !j.Resumable || j.Reason == "" {
		t.Errorf("%+v", j)
	}
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	now := r.job(job.ID)
	if now.RecordID == job.RecordID || now.DOI == job.DOI {
		t.Errorf("the draft is %s with %s still", now.RecordID, now.DOI)
	}
	r.checkWhole(now)
}

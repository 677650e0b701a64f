package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// sent is a job whose draft is complete.
func (r *rig) sent(change func(*Request)) Job {
	r.t.Helper()
	job := r.plan(change)
	if _, err := r.send(r.engine(), job.ID); err != nil {
		r.t.Fatal(err)
	}
	return r.job(job.ID)
}

func (r *rig) sync(id string) (Job, error) {
	r.t.Helper()
	jobs, err := r.engine().Sync(context.Background(), id)
	if len(jobs) != 1 {
		r.t.Fatalf("%d jobs: %v", len(jobs), err)
	}
	return jobs[0], err
}

func withPublications() *labdata.Lab {
	l := smallLab(2, 1000)
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	return l
}

func TestSyncRegistersOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, withPublications(), zenodotest.Options{})
	job := r.sent(nil)
	if j, err := r.sync(job.ID); err != nil || j.State != StateDraft || j.Looked.IsZero() {
		t.Fatalf("before: %+v, %v", j, err)
	}
	if err := r.z.EditMetadata(job.RecordID, func(md map[string]any) { md["title"] = "A better title" }); err != nil {
		t.Fatal(err)
	}
	if err := r.z.Publish(job.RecordID); err != nil {
		t.Fatal(err)
	}
	// Without openBIS it is only seen.
	o := r.opts
	o.OpenBIS = nil
	jobs, err := New(o).Sync(context.Background(), "")
	if err != nil || len(jobs) != 1 || jobs[0].State != StatePublished || jobs[0].Title != "A better title" {
		t.Fatalf("looked at: %+v, %v", jobs, err)
	}
	var all sync.WaitGroup
	for range 4 { // parallel ones do it once
		all.Add(1)
		go func() {
			defer all.Done()
			_, _ = r.engine().Sync(context.Background(), "")
		}()
	}
	all.Wait()
	j, err := r.sync(job.ID)
	if err != nil || j.State != StateRegistered || !j.Confirmed || len(j.Objects) != 1 {
		t.Fatalf("registered: %+v, %v", j, err)
	}
	pubs := r.ob.Publications()
	if len(pubs) != 1 || pubs[0].PermID != j.Objects[0] {
		t.Fatalf("publications: %+v", pubs)
	}
	p := pubs[0].Properties
	if p["$PUBLICATION.IDENTIFIER"] != j.DOI || p["$PUBLICATION.URL"] != "https://doi.org/"+j.DOI || p["$PUBLICATION.TYPE"] != "dataset" ||
		p["$PUBLICATION.ORGANIZATION"] != "Zenodo" || p["$NAME"] != "A better title" {
		t.Errorf("registered as %v", p)
	}
	related := strings.Split(p["$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS"], ", ")
	seen := map[string]bool{}
	for _, id := range related {
		if seen[id] || id == "" || strings.Contains(id, "/") || id == "LAB" {
			t.Errorf("related identifier %q", id)
		}
		seen[id] = true
	}
	if len(related) < 6 || len(pubs[0].DataSets) != 3 { // collection, 2 objects, 3 data sets
		t.Errorf("related %v, data sets %v", related, pubs[0].DataSets)
	}
	for _, gone := range []string{"plan", "hashes"} {
		if _, err := os.Stat(filepath.Join(job.Dir, gone)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", gone)
		}
	}
	if jobs, err := r.engine().Sync(context.Background(), ""); err != nil || len(jobs) != 0 {
		t.Errorf("nothing to do: %v, %v", jobs, err)
	}
	n := 0
	if err := r.engine().Manifest(context.Background(), job.ID, func(l ManifestLine) error { n++; return nil }); err != nil ||
		n != job.Plan.Files {
		t.Errorf("manifest of a settled job: %d, %v", n, err)
	}
	r.checkNoSecrets()

	// What was published is named when it is selected again.
	_, plan, err := r.engine().Plan(context.Background(), r.request(), true, nil)
	if err != nil || len(plan.Published) == 0 || plan.Published[0].DOI != j.DOI {
		t.Errorf("published before: %+v, %v", plan, err)
	}
}

func TestRegistrationFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	for name, c := range map[string]struct {
		arm      func(*rig)
		fails    bool // at the first sync
		settles  bool // at the second
		objects  int
		confirms bool
	}{
		"failed": {func(r *rig) {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationFailed, Message: "no luck"})
		}, true, true, 1, true},
		"error": {func(r *rig) {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultRPCError, Message: "no luck", Call: "executeCustomASService"})
		}, true, true, 1, true},
		"answer lost": {func(r *rig) { r.ob.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Call: "executeCustomASService"}) }, false, true,
			1, true},
		"service missing": {func(r *rig) {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationMissing, Times: fakehttp.Always})
		}, false, true, 1, true},
		"session ended": {func(r *rig) { r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultExpireSession}) }, false, true, 1, true},
		"invisible": {func(r *rig) {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationsInvisible, Times: fakehttp.Always})
		}, false, true, 1, false},
		"invisible and lost": {func(r *rig) {
			r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationsInvisible, Times: fakehttp.Always})
			r.ob.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Call: "executeCustomASService"})
		}, true, false, 1, false},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			r := newRig(t, withPublications(), zenodotest.Options{})
			job := r.sent(nil)
			if err := r.z.Publish(job.RecordID); err != nil {
				t.Fatal(err)
			}
			c.arm(r)
			j, err := r.sync(job.ID)
			if (err != nil) != c.fails {
				t.Fatalf("first sync: %+v, %v", j, err)
			}
			if c.fails && (j.State != StatePublished || j.Reason == "") {
				t.Errorf("after the failure: %+v", j)
			}
			j, err = r.sync(job.ID)
			if settled := j.State == StateRegistered; settled != c.settles || settled && err != nil {
				t.Fatalf("second sync: %+v, %v", j, err)
			}
			if j.Confirmed != c.confirms {
				t.Errorf("confirmed: %v", j.Confirmed)
			}
			if n := len(r.ob.Publications()); n > 1 {
				t.Errorf("%d publications", n)
			}
			r.checkNoSecrets()
		})
	}
}

func TestSyncOtherEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Run("other DOI", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
		job := r.sent(nil)
		if err := r.z.SetExternalDOI(job.RecordID, "10.1234/elsewhere"); err != nil {
			t.Fatal(err)
		}
		if err := r.z.Publish(job.RecordID); err != nil {
			t.Fatal(err)
		}
		j, err := r.sync(job.ID)
		if err != nil || j.State != StateRegistered || j.DOI != "10.1234/elsewhere" || !strings.Contains(j.Reason, job.DOI) {
			t.Errorf("%+v, %v", j, err)
		}
	})
	t.Run("review", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
		job := r.sent(func(q *Request) { q.Metadata.Community = "reviewed" })
		if err := r.z.SubmitReview(job.RecordID); err != nil {
			t.Fatal(err)
		}
		if j, err := r.sync(job.ID); err != nil || j.State != StateInReview || j.Review != ReviewSubmitted {
			t.Fatalf("%+v, %v", j, err)
		}
		if err := r.engine().Discard(context.Background(), job.ID); err == nil {
			t.Error("a draft in review was discarded")
		}
		if err := r.z.Accept(job.RecordID); err != nil {
			t.Fatal(err)
		}
		if j, err := r.sync(job.ID); err != nil || j.State != StateRegistered || j.Review != ReviewAccepted {
			t.Errorf("%+v, %v", j, err)
		}
	})
	for name, ends := range map[string]struct {
		end  func(r *rig, id string) error
		want Review
	}{
		"declined": {func(r *rig, id string) error { return r.z.Decline(id) }, ReviewDeclined},
		"expired":  {func(r *rig, id string) error { return r.z.Expire(id) }, ReviewExpired},
	} {
		asked := func(t *testing.T) (*rig, Job) {
			r := newRig(t, withPublications(), zenodotest.Options{})
			job := r.sent(func(q *Request) { q.Metadata.Community = "reviewed" })
			if j, err := r.sync(job.ID); err != nil || j.State != StateDraft || j.Review != "" {
				t.Fatalf("not submitted yet: %+v, %v", j, err)
			}
			if err := errors.Join(r.z.SubmitReview(job.RecordID), ends.end(r, job.RecordID)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if j, err := r.sync(job.ID); err != nil || j.State != StateDraft || j.Review != ends.want {
					t.Fatalf("%+v, %v", j, err)
				}
			}
			return r, job
		}
		t.Run(name+", and published without the community", func(t *testing.T) {
			r, job := asked(t)
			if err := r.z.Publish(job.RecordID); err != nil {
				t.Fatal(err)
			}
			if j, err := r.sync(job.ID); err != nil || j.State != StateRegistered || j.Review != "" {
				t.Errorf("%+v, %v", j, err)
			}
		})
		t.Run(name+", and submitted again", func(t *testing.T) {
			r, job := asked(t)
			if err := r.z.SubmitReview(job.RecordID); err != nil {
				t.Fatal(err)
			}
			if j, err := r.sync(job.ID); err != nil || j.State != StateInReview || j.Review != ReviewSubmitted {
				t.Fatalf("%+v, %v", j, err)
			}
			if err := r.z.Accept(job.RecordID); err != nil {
				t.Fatal(err)
			}
			if j, err := r.sync(job.ID); err != nil || j.State != StateRegistered || j.Review != ReviewAccepted {
				t.Errorf("%+v, %v", j, err)
			}
		})
		t.Run(name+", and discarded here", func(t *testing.T) {
			r, job := asked(t)
			if err := r.engine().Discard(context.Background(), job.ID); err != nil {
				t.Fatal(err)
			}
			if j := r.job(job.ID); j.State != StateDiscarded || len(r.z.Drafts()) != 0 {
				t.Errorf("%+v", j)
			}
		})
	}
	t.Run("discarded in the browser", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
		job := r.sent(nil)
		if err := r.z.Discard(job.RecordID); err != nil {
			t.Fatal(err)
		}
		if j, err := r.sync(job.ID); err != nil || j.State != StateDiscarded || j.Reason == "" {
			t.Errorf("%+v, %v", j, err)
		}
	})
	t.Run("deleted after publication", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
		job := r.sent(nil)
		if err := r.z.Publish(job.RecordID); err != nil {
			t.Fatal(err)
		}
		if err := r.z.DeleteRecord(job.RecordID); err != nil {
			t.Fatal(err)
		}
		if j, err := r.sync(job.ID); err != nil || j.State != StateDiscarded || len(r.ob.Publications()) != 0 {
			t.Errorf("%+v, %v", j, err)
		}
	})
	t.Run("discard", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
		job := r.sent(nil)
		if err := r.engine().Discard(context.Background(), job.ID); err != nil {
			t.Fatal(err)
		}
		if j := r.job(job.ID); j.State != StateDiscarded || len(r.z.Drafts()) != 0 {
			t.Errorf("%+v, %d drafts", j, len(r.z.Drafts()))
		}
		planned := r.plan(nil)
		if err := r.engine().Discard(context.Background(), planned.ID); err != nil {
			t.Fatal(err)
		}
		if jobs, err := r.engine().Jobs(); err != nil || len(jobs) != 1 {
			t.Errorf("%d jobs, %v: a dropped plan is still listed", len(jobs), err)
		}
	})
	t.Run("discard published", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
		job := r.sent(nil)
		if err := r.z.Publish(job.RecordID); err != nil {
			t.Fatal(err)
		}
		if err := r.engine().Discard(context.Background(), job.ID); failure.Of(err) != failure.Published || len(r.z.Records()) != 1 {
			t.Errorf("%v", err)
		}
	})
	t.Run("published before it was complete", func(t *testing.T) {
		r := newRig(t, withPublications(), zenodotest.Options{})
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
		if err := run.Wait(); !errors.Is(err, failure.Interrupted) {
			t.Fatal(err)
		}
		id := r.job(job.ID).RecordID
		for _, f := range r.z.Drafts()[0].Files {
			if f.Status == "pending" {
				if err := r.z.RemoveFile(id, f.Key); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := r.z.Publish(id); err != nil {
			t.Fatal(err)
		}
		_, err = r.send(r.engine(), job.ID)
		if !errors.Is(err, failure.PublishedEarly) {
			t.Fatalf("resumed: %v", err)
		}
		if j := r.job(job.ID); j.State != StatePublished {
			t.Errorf("%+v", j)
		}
	})
}

func TestWatch(t *testing.T) {
	r := newRig(t, withPublications(), zenodotest.Options{})
	job := r.sent(nil)
	looks := 0
	r.onWait = func(time.Duration) {
		switch looks++; looks {
		case 2:
			r.z.Maintenance(true)
		case 4:
			r.z.Maintenance(false)
		case 5:
			if err := r.z.Publish(job.RecordID); err != nil {
				t.Error(err)
			}
		}
	}
	var seen []State
	if err := r.engine().Watch(context.Background(), job.ID, 15*time.Second, func(j Job) { seen = append(seen, j.State) }); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0] != StateRegistered {
		t.Errorf("seen: %v", seen)
	}
}

func TestVerify(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, layout := range []Layout{LayoutSingle, LayoutPerDataSet, LayoutFiles} {
		t.Run(string(layout), func(t *testing.T) {
			r := newRig(t, withPublications(), zenodotest.Options{})
			job := r.sent(func(q *Request) { q.Layout = layout })
			look := func(what string, deep bool) (ok, bad []Verified) {
				t.Helper()
				err := r.engine().Verify(context.Background(), what, deep, func(v Verified) error {
					if v.OK {
						ok = append(ok, v)
					} else {
						bad = append(bad, v)
					}
					return nil
				})
				if err != nil {
					t.Fatalf("verify %s: %v", what, err)
				}
				return ok, bad
			}
			if ok, bad := look(job.ID, false); len(bad) != 0 || len(ok) != len(job.Plan.Packages) {
				t.Errorf("draft: %v %v", ok, bad)
			}
			if err := r.z.Publish(job.RecordID); err != nil {
				t.Fatal(err)
			}
			if _, err := r.sync(job.ID); err != nil {
				t.Fatal(err)
			}
			want := 2*len(job.Plan.Packages) + job.Plan.Files
			if ok, bad := look(job.ID, true); len(bad) != 0 || len(ok) != want {
				t.Errorf("deep: %d of %d, bad: %v", len(ok), want, bad)
			}
			// The same for somebody who has only the DOI.
			r.state = t.TempDir()
			r.opts.StateDir = r.state
			if ok, bad := look(job.DOI, false); len(bad) != 0 || len(ok) != len(job.Plan.Packages) {
				t.Errorf("by DOI: %v %v", ok, bad)
			}
			want -= len(job.Plan.Packages)
			if ok, bad := look("https://doi.org/"+job.DOI, true); len(bad) != 0 || len(ok) != want {
				t.Errorf("deep by DOI: %d of %d, bad: %v", len(ok), want, bad)
			}
			for _, what := range []string{job.RecordID, r.z.URL + "/records/" + job.RecordID} {
				if ok, bad := look(what, true); len(bad) != 0 || len(ok) != want {
					t.Errorf("deep by %s: %d of %d, bad: %v", what, len(ok), want, bad)
				}
			}
			for _, what := range []string{"nosuch", "999999999", "a b", r.z.URL + "/records/999999999", "https://zenodo.org/records/" + job.RecordID} {
				err := r.engine().Verify(context.Background(), what, false, nil)
				if other := strings.HasPrefix(what, "https://zenodo.org"); !errors.Is(err, failure.NoJob) && !(other && errors.Is(err, failure.NoRecord)) {
					t.Errorf("%s: %v", what, err)
				}
			}
			// openBIS has other bytes now.
			data := fakehttp.Fault{Kind: openbistest.FaultDelete, Of: firstDataSet(t, r, job)}
			r.ob.Fault(data)
			if _, bad := look(job.DOI, true); len(bad) == 0 {
				t.Error("a data set that is gone was not noticed")
			}
			if err := r.engine().Verify(context.Background(), "10.5281/zenodo.999", false, nil); !errors.Is(err, zenodo.ErrNotFound) {
				t.Errorf("unknown DOI: %v", err)
			}
		})
	}
}

func firstDataSet(t *testing.T, r *rig, job Job) (id string) {
	t.Helper()
	e := New(Options{StateDir: filepath.Dir(filepath.Dir(job.Dir))})
	if err := e.Manifest(context.Background(), job.ID, func(l ManifestLine) error { id = l.DataSet; return nil }); err != nil || id == "" {
		t.Fatalf("no data set: %v", err)
	}
	return id
}

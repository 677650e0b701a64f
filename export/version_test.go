package export

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

func TestNewVersion(t *testing.T) {
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	first := r.sent(nil)
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	job := r.plan(func(q *Request) {
		q.NewVersionOf, q.Metadata.Title, q.Metadata.Version = first.DOI, "Second version", "2"
	})
	r.z.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Method: "POST", Path: "/versions"})
	r.z.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Method: "PUT", Path: "/draft"})
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	drafts := r.z.Drafts()
	if len(drafts) != 1 || drafts[0].Title != "Second version" || len(drafts[0].Files) != len(job.Plan.Packages) {
		t.Errorf("%+v", drafts)
	}
}

// TestWhatANewVersionIsOf may be named by a DOI, that of all versions, an id or an
// address.
func TestWhatANewVersionIsOf(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, of := range map[string]func(zenodo.Record) string{
		"DOI":         func(r zenodo.Record) string { return r.DOI },
		"concept DOI": func(r zenodo.Record) string { return r.ConceptDOI },
		"id":          func(r zenodo.Record) string { return r.ID },
		"address":     func(r zenodo.Record) string { return r.HTML },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, smallLab(1, 500), zenodotest.Options{})
			first := r.sent(nil)
			if err := r.z.Publish(first.RecordID); err != nil {
				t.Fatal(err)
			}
			rec, err := r.deposit.Record(context.Background(), first.RecordID)
			if err != nil {
				t.Fatal(err)
			}
			job := r.plan(func(q *Request) { q.NewVersionOf, q.Metadata.Title = of(rec), "Second version" })
			if _, err := r.send(r.engine(), job.ID); err != nil {
				t.Fatal(err)
			}
			if drafts := r.z.Drafts(); len(drafts) != 1 || drafts[0].Title != "Second version" {
				t.Errorf("%+v", drafts)
			}
		})
	}
}

// published is a record, and a job for its next version.
func (r *rig) published() (first, next Job) {
	r.t.Helper()
	first = r.sent(nil)
	if err := r.z.Publish(first.RecordID); err != nil {
		r.t.Fatal(err)
	}
	return first, r.nextOf(first)
}

func (r *rig) nextOf(first Job) Job {
	r.t.Helper()
	return r.plan(func(q *Request) {
		q.NewVersionOf, q.Metadata.Title, q.Metadata.Version = first.DOI, "Second version", "2"
	})
}

// edited is a draft of a new version that the user has begun in the browser.
func (r *rig) edited(first Job) zenodo.Record {
	r.t.Helper()
	rec, err := r.deposit.NewVersion(context.Background(), first.RecordID)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.z.EditMetadata(rec.ID, func(md map[string]any) { md["title"] = "Mine, by hand" }); err != nil {
		r.t.Fatal(err)
	}
	r.upload(rec.ID, "hours of work.txt", "hours of work")
	return rec
}

func (r *rig) upload(id, key, text string) {
	r.t.Helper()
	ctx := context.Background()
	if _, err := r.deposit.InitFiles(ctx, id, []zenodo.FileInit{{Key: key, Size: int64(len(text))}}); err != nil {
		r.t.Fatal(err)
	}
	if err := r.deposit.Put(ctx, id, key, int64(len(text)), strings.NewReader(text)); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.deposit.Commit(ctx, id, key); err != nil {
		r.t.Fatal(err)
	}
}

// asEdited demands that the user's draft is as it was.
func (r *rig) asEdited(id string) {
	r.t.Helper()
	d, ok := r.z.Deposit(id)
	if !ok || d.Title != "Mine, by hand" {
		r.t.Fatalf("the user's draft is %+v", d)
	}
	if body, err := r.z.FileBytes(id, "hours of work.txt"); err != nil || string(body) != "hours of work" {
		r.t.Errorf("the user's file is %q, %v", body, err)
	}
}

// TestADraftThatIsNotOursIsLeftAlone: it is named and refused, whatever comes after.
func TestADraftThatIsNotOursIsLeftAlone(t *testing.T) {
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	first, job := r.published()
	mine := r.edited(first)
	_, err := r.send(r.engine(), job.ID)
	var f *failure.Error
	if !errors.As(err, &f) || f.Kind != failure.DraftOpen || f.Kind.ExitStatus() != failure.StatusRefused {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(f.What, mine.ID) || !strings.Contains(f.What, "Mine, by hand") || f.URL == "" {
		t.Errorf("it is not named: %+v", f)
	}
	r.asEdited(mine.ID)
	if d, _ := r.z.Deposit(mine.ID); len(d.Files) != 1 {
		t.Errorf("its files: %+v", d.Files)
	}
	if err := r.engine().Discard(context.Background(), job.ID); err != nil {
		t.Error(err)
	}
	r.asEdited(mine.ID)
}

// TestAnUntouchedDraftOfTheUserIsNotOursEither: it was there before we looked.
func TestAnUntouchedDraftOfTheUserIsNotOursEither(t *testing.T) {
	r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
	first, job := r.published()
	rec, err := r.deposit.NewVersion(context.Background(), first.RecordID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.send(r.engine(), job.ID); failure.Of(err) != failure.DraftOpen {
		t.Fatalf("%v", err)
	}
	if d, ok := r.z.Deposit(rec.ID); !ok || d.Title != first.Title {
		t.Errorf("%+v", d)
	}
}

// TestTwoExportsOfOneNewVersion: the second is refused and names the first.
func TestTwoExportsOfOneNewVersion(t *testing.T) {
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	first, one := r.published()
	two := r.nextOf(first)
	if _, err := r.send(r.engine(), one.ID); err != nil {
		t.Fatal(err)
	}
	_, err := r.send(r.engine(), two.ID)
	if failure.Of(err) != failure.DraftOpen || !strings.Contains(err.Error(), one.ID) {
		t.Fatalf("%v", err)
	}
	for _, id := range []string{two.ID} {
		if err := r.engine().Discard(context.Background(), id); err != nil {
			t.Fatal(err)
		}
	}
	if d := r.z.Drafts(); len(d) != 1 || len(d[0].Files) != len(one.Plan.Packages) {
		t.Errorf("the first one's draft: %+v", d)
	}
}

// TestDeathInANewVersion kills at every step: there is one draft in the end, and
// it is complete. A user's edit between two steps is left alone.
func TestDeathInANewVersion(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, edit := range []bool{false, true} {
		for n, on := 1, true; on; n += stride() {
			t.Run(fmt.Sprintf("edited=%v/%d", edit, n), func(t *testing.T) {
				r := newRig(t, smallLab(1, 500), zenodotest.Options{})
				first, job := r.published()
				d := &death{dir: job.Dir, n: n}
				o := r.opts
				o.Step = d.step
				_, err := r.send(New(o), job.ID)
				if on = d.at != "" && n < 60; d.at == "" {
					if err != nil {
						t.Fatal(err)
					}
					return
				}
				d.leave(t)
				if edit {
					if strings.HasSuffix(d.at, "versioning") { // the draft is not there yet, or fresh
						r.edited(first)
					} else if drafts := r.z.Drafts(); len(drafts) == 1 {
						if err := r.z.EditMetadata(drafts[0].ID, func(md map[string]any) { md["notes"] = "by hand" }); err != nil {
							t.Fatal(err)
						}
					}
				}
				if strings.HasSuffix(d.at, "uploaded") && r.job(job.ID).State == StateDraft {
					return
				}
				_, err = r.send(r.engine(), job.ID)
				drafts := r.z.Drafts()
				if len(drafts) != 1 {
					t.Fatalf("%s: %d drafts, %v", d.at, len(drafts), err)
				}
				switch {
				case edit && strings.HasSuffix(d.at, "versioning"):
					if failure.Of(err) != failure.DraftOpen {
						t.Errorf("%s: %v", d.at, err)
					}
					r.asEdited(drafts[0].ID)
				case edit && (strings.HasSuffix(d.at, "before draft") || strings.HasSuffix(d.at, "after draft") || strings.HasSuffix(d.at,
					"before saved")):
					if err == nil && drafts[0].Title != "Second version" {
						t.Errorf("%s: %+v", d.at, drafts[0])
					}
				case err != nil:
					t.Errorf("%s: %v", d.at, err)
				}
			})
		}
	}
}

// TestADraftThatWasChosen gets our files beside its own, and loses only ours.
func TestADraftThatWasChosen(t *testing.T) {
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	first, _ := r.published()
	mine := r.edited(first)
	chosen := func(q *Request) {
		q.NewVersionOf, q.IntoDraft, q.Metadata.Title = first.DOI, mine.ID, "Second version"
	}
	job := r.plan(chosen)
	if _, err := r.send(r.engine(), job.ID); err != nil {
		t.Fatal(err)
	}
	r.asEdited(mine.ID)
	if d, _ := r.z.Deposit(mine.ID); len(d.Files) != 1+len(job.Plan.Packages) {
		t.Errorf("its files: %+v", d.Files)
	}
	// A second one would overwrite the first one's packages.
	again := r.plan(chosen)
	if _, err := r.send(r.engine(), again.ID); failure.Of(err) != failure.DraftOpen ||
		!strings.Contains(err.Error(), job.Plan.Packages[0].Name) {
		t.Errorf("equal names: %v", err)
	}
	if err := r.engine().Discard(context.Background(), job.ID); err != nil {
		t.Fatal(err)
	}
	r.asEdited(mine.ID)
	if d, _ := r.z.Deposit(mine.ID); len(d.Files) != 1 {
		t.Errorf("after the discard: %+v", d.Files)
	}
}

// TestRefusedMetadataOfANewVersion takes the draft back only as we made it.
func TestRefusedMetadataOfANewVersion(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	bad := func(r *rig, first Job) Job {
		o := r.opts
		o.Zenodo = knowsAll{r.deposit}
		q := r.request()
		q.NewVersionOf, q.Metadata.Title, q.Metadata.Language = first.DOI, "Second version", "xxx"
		job, _, err := New(o).Plan(context.Background(), q, false, nil)
		if err != nil {
			r.t.Fatal(err)
		}
		return job
	}
	r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
	first, _ := r.published()
	job := bad(r, first)
	if _, err := r.send(r.engine(), job.ID); failure.Of(err).ExitStatus() != failure.StatusRefused {
		t.Fatalf("%v", err)
	}
	mine := r.edited(first)
	job = bad(r, first)
	if _, err := r.send(r.engine(), job.ID); failure.Of(err) != failure.DraftOpen {
		t.Fatalf("%v", err)
	}
	r.asEdited(mine.ID)
}

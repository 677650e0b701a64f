package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/transfer"
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

// An address of another server is not taken for the record of the same number here.
func TestRecordsOfOtherServers(t *testing.T) {
	r := newRig(t, smallLab(1, 500), zenodotest.Options{})
	first := r.sent(nil)
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(r.z.URL, "http://")
	for of, ok := range map[string]bool{
		r.z.URL + "/records/" + first.RecordID:                           true,
		host + "/record/" + first.RecordID + "/files/x?download=1":       true,
		r.z.URL + "/api/records/" + first.RecordID:                       true,
		"https://" + host + "/uploads/" + first.RecordID + "#files":      true,
		" " + first.RecordID + " ":                                       true,
		"https://zenodo.org/records/" + first.RecordID:                   false,
		"zenodo.org/record/" + first.RecordID:                            false,
		"http://127.0.0.1:1/records/" + first.RecordID:                   false,
		"https://zenodo.org/records/1?next=" + host + "/records/" + "17": false,
	} {
		f, err := r.engine().Former(t.Context(), of)
		if ok && (err != nil || f.ID != first.RecordID) || !ok && failure.Of(err).ExitStatus() != failure.StatusRefused {
			t.Errorf("%s: %+v, %v", of, f, err)
		}
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
	if testing.Short() {
		t.Skip("takes seconds")
	}
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
	t.Parallel()
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
	// A second export would share it with the first one.
	q := r.request()
	chosen(&q)
	if _, _, err := r.engine().Plan(context.Background(), q, false, nil); failure.Of(err) != failure.DraftOpen ||
		!strings.Contains(err.Error(), job.ID) {
		t.Errorf("a second export: %v", err)
	}
	if err := r.engine().Discard(context.Background(), job.ID); err != nil {
		t.Fatal(err)
	}
	r.asEdited(mine.ID)
	if d, _ := r.z.Deposit(mine.ID); len(d.Files) != 1 {
		t.Errorf("after the discard: %+v", d.Files)
	}
}

// TestFilesOfAChosenDraft are never written over, whenever they came.
func TestFilesOfAChosenDraft(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ctx := context.Background()
	for _, when := range []string{"before the plan", "before the start", "before the announcement", "while announcing"} {
		t.Run(when, func(t *testing.T) {
			r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
			first, _ := r.published()
			mine := r.edited(first)
			put := func() { r.upload(mine.ID, "README.md", "my own words") }
			q := r.request()
			q.NewVersionOf, q.IntoDraft, q.Metadata.Title = first.DOI, mine.ID, "Second version"
			if when == "before the plan" {
				put()
			}
			job, _, err := r.engine().Plan(ctx, q, false, nil)
			if when == "before the plan" {
				if failure.Of(err) != failure.DraftOpen || !strings.Contains(err.Error(), "README.md") {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			o := r.opts
			switch when {
			case "before the start":
				put()
			case "before the announcement":
				o.Step = once("after doi", put)
			case "while announcing":
				o.Step = once("after announced", put)
			}
			if _, err := r.send(New(o), job.ID); failure.Of(err) != failure.DraftOpen || !strings.Contains(err.Error(), "README.md") {
				t.Errorf("%v", err)
			}
			if err := r.engine().Discard(ctx, job.ID); err != nil {
				t.Error(err)
			}
			r.asEdited(mine.ID)
			if body, err := r.z.FileBytes(mine.ID, "README.md"); err != nil || string(body) != "my own words" {
				t.Errorf("the user's README is %q, %v", body, err)
			}
		})
	}
}

// once calls f at the first step of a name.
func once(step string, f func()) func(string) {
	done := false
	return func(at string) {
		if at == step && !done {
			done = true
			f()
		}
	}
}

// TestAnOpenDraftIsNamedByThePlan, with what can be chosen.
func TestAnOpenDraftIsNamedByThePlan(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ctx := context.Background()
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	first := r.sent(nil)
	if err := r.z.Publish(first.RecordID); err != nil {
		t.Fatal(err)
	}
	q := r.request()
	q.NewVersionOf, q.IntoDraft, q.Metadata.Title = first.DOI, "17299999", "Second version"
	if _, _, err := r.engine().Plan(ctx, q, true, nil); failure.Of(err).ExitStatus() != failure.StatusRefused {
		t.Errorf("a draft that is not there: %v", err)
	}
	mine := r.edited(first)
	for _, into := range []string{"", "17299999"} {
		q.IntoDraft = into
		for _, dry := range []bool{true, false} {
			_, _, err := r.engine().Plan(ctx, q, dry, nil)
			var f *failure.Error
			if !errors.As(err, &f) || f.Kind != failure.DraftOpen || f.Draft != mine.ID || f.URL == "" || !strings.Contains(f.What, "Mine, by hand") {
				t.Errorf("into %q, dry %v: %+v", into, dry, err)
			}
		}
	}
	q.NewVersionOf, q.IntoDraft = "", mine.ID
	if _, _, err := r.engine().Plan(ctx, q, true, nil); failure.Of(err) != failure.Usage {
		t.Errorf("without a record: %v", err)
	}
}

// TestAnInheritedMarkerSaysNothing: the record was published with its job's marker,
// and the user has begun the next version by hand, which begins as its copy.
func TestAnInheritedMarkerSaysNothing(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, smallLab(1, 500), zenodotest.Options{})
	job1 := r.plan(nil)
	o := r.opts
	done := false
	o.Step = func(at string) { // as soon as its files are there
		done = done || at == "after confirmed" && r.z.Publish(r.z.Drafts()[0].ID) == nil
	}
	_, _ = r.send(New(o), job1.ID) // published under its hands, before the marker was taken out
	first := r.job(job1.ID)
	rec, err := r.deposit.Record(ctx, first.RecordID)
	if err != nil || !hasMarker(rec, job1.ID) {
		t.Fatalf("%+v, %v", rec.Metadata.Identifiers, err)
	}
	mine := r.edited(first)
	if d, err := r.deposit.Draft(ctx, mine.ID); err != nil || !hasMarker(d, job1.ID) || !d.Follows {
		t.Fatalf("the draft has not inherited it: %+v, %v", d.Metadata.Identifiers, err)
	}
	if list, err := r.engine().Orphans(ctx); err != nil || len(list) != 0 {
		t.Errorf("offered: %+v, %v", list, err)
	}
	// As after a death in the middle of a creation.
	h, err := r.engine().store.Hold(ctx, job1.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	if st := h.Status(); !st.Published {
		t.Errorf("it counts as %s", st.Stands(false))
	}
	h.Close()
	list, err := transfer.OwnDrafts(ctx, r.deposit, job1.ID)
	if err != nil || len(list) != 0 {
		t.Errorf("found as its own: %+v, %v", list, err)
	}
	q := r.request()
	q.NewVersionOf, q.Metadata.Title = first.DOI, "Second version"
	_, _, err = r.engine().Plan(ctx, q, false, nil)
	var f *failure.Error
	if !errors.As(err, &f) || f.Kind != failure.DraftOpen || f.Draft != mine.ID {
		t.Errorf("%+v", err)
	}
	r.asEdited(mine.ID)
}

func hasMarker(r zenodo.Record, id string) bool {
	return slices.ContainsFunc(r.Metadata.Identifiers, func(i zenodo.Identifier) bool { return i.Identifier == job.Marker(id) })
}

// TestOrphans are drafts with a marker that no export here needs; only they are
// offered, and only they can be deleted so.
func TestOrphans(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, smallLab(1, 500), zenodotest.Options{})
	complete := r.sent(nil)
	marked := func(id, title string) string {
		rec, err := r.deposit.Create(ctx, zenodo.DraftBody{Metadata: zenodo.Metadata{
			Title: title, Date: "2026-01-02", Publisher: "Lab", ResourceType: &zenodo.ID{ID: "dataset"},
			Creators:    []zenodo.Creator{{Person: zenodo.PersonOrOrg{Type: "personal", FamilyName: "Doe"}}},
			Identifiers: []zenodo.Identifier{{Identifier: job.Marker(id), Scheme: "other"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return rec.ID
	}
	other := marked("20250101-abcdefgh", "Of another computer")
	again := marked(complete.ID, "Made twice")
	proposed := marked("20250102-abcdefgh", "Submitted on another computer")
	community, err := r.deposit.Community(ctx, "reviewed")
	if err == nil {
		err = r.deposit.SetReview(ctx, proposed, community.ID)
	}
	for id, keys := range map[string][]string{other: {"a", "b"}, proposed: {"a"}} {
		for _, key := range keys {
			if err == nil {
				_, err = r.deposit.InitFiles(ctx, id, []zenodo.FileInit{{Key: key}})
			}
			if err == nil {
				err = r.deposit.Put(ctx, id, key, 1, strings.NewReader(key))
			}
			if err == nil {
				_, err = r.deposit.Commit(ctx, id, key)
			}
		}
	}
	if err == nil {
		err = r.z.SubmitReview(proposed)
	}
	if err != nil {
		t.Fatal(err)
	}
	stopped := r.plan(nil)
	d := &death{dir: stopped.Dir, n: 14}
	o := r.opts
	o.Step = d.step
	_, _ = r.send(New(o), stopped.ID)
	d.leave(t)
	if n := len(r.z.Drafts()); n != 5 {
		t.Fatalf("%d drafts, died at %s", n, d.at)
	}
	list, err := r.engine().Orphans(ctx)
	got, files := map[string]string{}, map[string]int{}
	for _, x := range list {
		got[x.Draft], files[x.Draft] = x.Job, x.Files
	}
	if err != nil || len(got) != 2 || got[other] != "20250101-abcdefgh" || got[again] != complete.ID {
		t.Fatalf("%+v, %v", list, err)
	}
	if files[other] != 2 || files[again] != 0 { // which the list does not know
		t.Errorf("files of the drafts: %v", files)
	}
	for _, needed := range []string{complete.RecordID, proposed} {
		if err := r.engine().DiscardOrphan(ctx, needed); err == nil {
			t.Error("a draft that an export needs, or that is in review, was deleted")
		}
	}
	for _, id := range []string{other, again} {
		if err := r.engine().DiscardOrphan(ctx, id); err != nil {
			t.Error(err)
		}
	}
	if list, err := r.engine().Orphans(ctx); err != nil || len(list) != 0 || len(r.z.Drafts()) != 3 {
		t.Errorf("%+v, %v, %d drafts", list, err, len(r.z.Drafts()))
	}
}

// TestDiscardBeforeTheNewVersionWasNoted deletes the draft that the server made, if
// nobody has touched it.
func TestDiscardBeforeTheNewVersionWasNoted(t *testing.T) {
	ctx := context.Background()
	for _, touched := range []bool{false, true} {
		r := newRig(t, smallLab(1, 500), zenodotest.Options{})
		first, next := r.published()
		d := &death{dir: next.Dir, n: 1}
		o := r.opts
		o.Step = func(s string) {
			if s == "before draft" || d.at != "" {
				d.step(s)
			}
		}
		_, _ = r.send(New(o), next.ID)
		d.leave(t)
		if n := len(r.z.Drafts()); n != 1 {
			t.Fatalf("%d drafts", n)
		}
		if touched {
			r.edited(first)
		}
		if err := r.engine().Discard(ctx, next.ID); err != nil {
			t.Fatal(err)
		}
		if n := len(r.z.Drafts()); touched && n != 1 || !touched && n != 0 {
			t.Errorf("touched %v: %d drafts left", touched, n)
		}
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
	job = bad(r, first)
	mine := r.edited(first)
	if _, err := r.send(r.engine(), job.ID); failure.Of(err) != failure.DraftOpen {
		t.Fatalf("%v", err)
	}
	r.asEdited(mine.ID)
}

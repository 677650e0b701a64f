package export

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// onClock lets the rig's engines sleep on a clock that runs only then.
func (r *rig) onClock() *clock {
	c := &clock{now: time.Now()}
	r.opts.Now, r.onWait = c.Now, c.add
	return c
}

// lying is a Zenodo that denies a draft, so many times.
type lying struct {
	Zenodo
	times int
}

func (l *lying) State(ctx context.Context, id string) (zenodo.State, zenodo.Record, error) {
	if l.times > 0 {
		l.times--
		return zenodo.StateDiscarded, zenodo.Record{ID: id}, nil
	}
	return l.Zenodo.State(ctx, id)
}

// TestADiscardedExportThatComesBack: one that the server lost for a while is looked
// at for a month, and registered when it turns out to be published.
func TestADiscardedExportThatComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, withPublications(), zenodotest.Options{})
	c := r.onClock()
	id := r.sent(nil).ID
	// As the server's wrong answers, given twice, had it noted.
	h, err := r.engine().store.Hold(context.Background(), id, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Journal.Add(job.Seen{State: job.StateDiscarded, Reason: "it was discarded at Zenodo"}); err != nil {
		t.Fatal(err)
	}
	if err := h.Settle(); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if err := r.z.Publish(r.job(id).RecordID); err != nil {
		t.Fatal(err)
	}
	if err := r.engine().store.NoteLooked(id); err != nil {
		t.Fatal(err)
	}
	c.add(23 * time.Hour)
	if list, err := r.engine().Sync(context.Background(), ""); err != nil || len(list) != 0 {
		t.Errorf("within a day: %v, %v", list, err)
	}
	c.add(2 * time.Hour)
	list, err := r.engine().Sync(context.Background(), "")
	if err != nil || len(list) != 1 || list[0].State != StateRegistered || len(r.ob.Publications()) != 1 {
		t.Errorf("after a day: %+v, %v", list, err)
	}
}

// TestADiscardedExportIsSilent while nothing is new, and forgotten after a month;
// named, it is looked at always.
func TestADiscardedExportIsSilent(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, withPublications(), zenodotest.Options{})
	c := r.onClock()
	id := r.sent(nil).ID
	if err := r.z.Discard(r.job(id).RecordID); err != nil {
		t.Fatal(err)
	}
	if j, err := r.sync(id); err != nil || j.State != StateDiscarded {
		t.Fatalf("%+v, %v", j, err)
	}
	looks := func() int {
		n := 0
		for _, q := range r.z.Requests() {
			if strings.Contains(q.Path, r.job(id).RecordID) {
				n++
			}
		}
		return n
	}
	for day := range 40 {
		c.add(25 * time.Hour)
		before := looks()
		if list, err := r.engine().Sync(context.Background(), ""); err != nil || len(list) != 0 {
			t.Fatalf("day %d: %v, %v", day, list, err)
		}
		if looked := looks() > before; looked != (day < 28) {
			t.Errorf("day %d: looked %v", day, looked)
		}
	}
	before := looks()
	if _, err := r.sync(id); err != nil || looks() == before {
		t.Errorf("named it is not looked at: %v", err)
	}
}

// TestOneWrongAnswerClosesNothing: what says that a draft is gone counts if it is
// said twice.
func TestOneWrongAnswerClosesNothing(t *testing.T) {
	r := newRig(t, withPublications(), zenodotest.Options{})
	id := r.sent(nil).ID
	r.opts.Zenodo = &lying{Zenodo: r.deposit, times: 1}
	if j, err := r.sync(id); err != nil || j.State != StateDraft {
		t.Errorf("said once: %s, %v", j.State, err)
	}
	r.opts.Zenodo = &lying{Zenodo: r.deposit, times: 2}
	if j, err := r.sync(id); err != nil || j.State != StateDiscarded {
		t.Errorf("said twice: %s, %v", j.State, err)
	}
	if j, err := r.sync(id); err != nil || j.State != StateDraft {
		t.Errorf("found again: %s, %v", j.State, err)
	}
}

// TestARegistrationThatStillRuns is waited for, not repeated.
func TestARegistrationThatStillRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("a second and more")
	}
	for name, after := range map[string]time.Duration{"it comes": 90 * time.Second, "it never comes": time.Hour} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, withPublications(), zenodotest.Options{})
			c := r.onClock()
			sent := r.sent(nil)
			if err := r.z.Publish(sent.RecordID); err != nil {
				t.Fatal(err)
			}
			// A process died while openBIS executed its call.
			h, err := r.engine().store.Hold(context.Background(), sent.ID, true)
			if err != nil {
				t.Fatal(err)
			}
			rec, err := r.deposit.Record(context.Background(), sent.RecordID)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range []job.Record{job.Seen{State: job.StatePublished, DOI: rec.DOI, URL: rec.HTML, Title: rec.Metadata.Title},
				job.Registering{DOI: rec.DOI}} {
				if err := h.Journal.Add(x); err != nil {
					t.Fatal(err)
				}
			}
			h.Close()
			began := c.Now()
			var once sync.Once
			r.onWait = func(d time.Duration) {
				c.add(d)
				if c.Now().Sub(began) >= after {
					once.Do(func() { r.registerByHand(rec.DOI) })
				}
			}
			j, err := r.sync(sent.ID)
			if err != nil || j.State != StateRegistered {
				t.Fatalf("%+v, %v", j, err)
			}
			if n := len(r.ob.Publications()); n != 1 {
				t.Errorf("%d publications", n)
			}
			waited := c.Now().Sub(began)
			if after < time.Hour && waited < after || after == time.Hour && waited < 2*time.Minute || waited > 3*time.Minute {
				t.Errorf("after %v", waited)
			}
		})
	}
}

// registerByHand makes the publication as the call of a dead process would.
func (r *rig) registerByHand(doi string) {
	r.t.Helper()
	p := openbis.Publication{
		Name:         "by a process that died",
		Organization: "Zenodo",
		Type:         "dataset",
		DOI:          doi,
		URL:          "https://doi.org/" + doi,
		Related:      []string{"1-2"},
	}
	if err := r.client.Register(context.Background(), p); err != nil {
		r.t.Error(err)
	}
}

// TestRegisteredIsWhatWasPublished: data sets that were left out are not named.
func TestRegisteredIsWhatWasPublished(t *testing.T) {
	lab := withPublications()
	link := lab.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Kind: "LINK", Links: []labdata.Link{{Path: "/x"}}})
	r := newRig(t, lab, zenodotest.Options{})
	sent := r.sent(nil)
	if !slices.ContainsFunc(sent.Plan.Omitted, func(o Omission) bool { return o.Entity.PermID == link }) {
		t.Fatalf("left out: %v", sent.Plan.Omitted)
	}
	if err := r.z.Publish(sent.RecordID); err != nil {
		t.Fatal(err)
	}
	if j, err := r.sync(sent.ID); err != nil || j.State != StateRegistered {
		t.Fatalf("%+v, %v", j, err)
	}
	ids := r.ob.Publications()[0].Properties["$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS"]
	if strings.Contains(ids, link) || !strings.Contains(ids, ",") {
		t.Errorf("registered as %s", ids)
	}
	// Its data is not published: a later export of it says nothing of this DOI.
	_, later, err := r.engine().Plan(context.Background(), r.request(), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(later.Published) == 0 || later.Published[0].DOI != sent.DOI {
		t.Errorf("published before: %v", later.Published)
	}
	for _, p := range later.Published {
		if p.Entity.PermID == link {
			t.Errorf("%s was left out", link)
		}
	}
}

// TestPublishedInParts: a record that was published before its upload was complete, or
// from which its user has taken a file, stands for what it holds alone.
func TestPublishedInParts(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		die    bool // after the first package
		resume bool // before sync looks
		reason string
	}{
		"too early, seen by sync":   {die: true, reason: "published before the upload was complete"},
		"too early, seen by resume": {die: true, resume: true, reason: "published before the upload was complete"},
		"a file taken out":          {reason: "it was published without files that had been sent"},
	} {
		t.Run(name, func(t *testing.T) {
			lab := withPublications()
			second := lab.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Files: map[string][]byte{"b.txt": []byte("b")}})
			r := newRig(t, lab, zenodotest.Options{})
			job := r.plan(func(q *Request) { q.Layout = LayoutPerDataSet })
			d := &death{dir: job.Dir}
			o := r.opts
			o.Step = func(step string) {
				if c.die && step == "after confirmed" {
					d.n = 1
				}
				d.step(step)
			}
			if _, err := r.send(New(o), job.ID); err != nil && !c.die {
				t.Fatal(err)
			}
			d.leave(t)
			job = r.job(job.ID)
			gone := second + ".zip"
			files, err := r.deposit.Files(ctx, job.RecordID)
			if err != nil {
				t.Fatal(err)
			}
			kept := 0
			for _, f := range files {
				if c.die && f.MD5 == "" || !c.die && f.Key == gone {
					if err := r.deposit.DeleteFile(ctx, job.RecordID, f.Key); err != nil {
						t.Fatal(err)
					}
				} else {
					kept++
				}
			}
			if kept == 0 || kept == len(files) {
				t.Fatalf("%d of %d files stay", kept, len(files))
			}
			if err := r.z.Publish(job.RecordID); err != nil {
				t.Fatal(err)
			}
			if c.resume {
				if _, err := r.send(r.engine(), job.ID); err == nil {
					t.Error("resume says that all is well")
				}
			}
			j, err := r.sync(job.ID)
			if err != nil || j.State != StateRegistered || !strings.Contains(j.Reason, c.reason) || len(j.Lacking) != len(files)-kept {
				t.Fatalf("%+v, %v", j, err)
			}
			ids := r.ob.Publications()[0].Properties["$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS"]
			for _, p := range job.Plan.Packages {
				set, ok := strings.CutSuffix(p.Name, ".zip")
				if !ok || p.Files == 0 {
					continue
				}
				if published := !slices.Contains(j.Lacking, p.Name); published != strings.Contains(ids, set) {
					t.Errorf("%s is published: %t, registered as %s", set, published, ids)
				}
			}
			_, later, err := r.engine().Plan(ctx, r.request(), true, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range later.Published {
				if slices.Contains(j.Lacking, p.Entity.PermID+".zip") {
					t.Errorf("%s is not published, but a later plan says so", p.Entity.PermID)
				}
			}
		})
	}
}

// TestLookingHoldsNothing: an export that somebody else holds is looked at, and a
// registration of it waits.
func TestLookingHoldsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, withPublications(), zenodotest.Options{})
	c := r.onClock()
	sent := r.sent(nil)
	h, err := r.engine().store.Hold(context.Background(), sent.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	if j, err := r.sync(sent.ID); err != nil || j.State != StateDraft {
		t.Errorf("looked at: %s, %v", j.State, err)
	}
	if err := h.Journal.Add(job.Seen{State: job.StatePublished, DOI: sent.DOI, URL: sent.URL, Title: sent.Title}); err != nil {
		t.Fatal(err)
	}
	if err := r.z.Publish(sent.RecordID); err != nil {
		t.Fatal(err)
	}
	began := c.Now()
	if _, err := r.sync(sent.ID); !errors.Is(err, failure.Running) || c.Now().Sub(began) < 2*time.Minute {
		t.Errorf("after %v: %v", c.Now().Sub(began), err)
	}
	var once sync.Once
	r.onWait = func(d time.Duration) {
		c.add(d)
		if c.Now().Sub(began) > 3*time.Minute {
			once.Do(h.Close)
		}
	}
	began = began.Add(c.Now().Sub(began) - 2*time.Minute)
	if j, err := r.sync(sent.ID); err != nil || j.State != StateRegistered {
		t.Errorf("once it is free: %s, %v", j.State, err)
	}
}

// TestOneWrongAnswerLosesNoDraft: neither a resumed upload nor a discard believes it.
func TestOneWrongAnswerLosesNoDraft(t *testing.T) {
	r := newRig(t, withPublications(), zenodotest.Options{})
	id := r.interrupted().ID
	r.opts.Zenodo = &lying{Zenodo: r.deposit, times: 1}
	if _, err := r.send(r.engine(), id); err != nil {
		t.Fatal(err)
	}
	r.checkWhole(r.job(id))
	r.opts.Zenodo = &lying{Zenodo: r.deposit, times: 1}
	if err := r.engine().Discard(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	if d := r.z.Drafts(); len(d) != 0 {
		t.Errorf("the draft of a discarded export stays: %+v", d)
	}
}

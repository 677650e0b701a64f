package export

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

func TestPauseInsidePackage(t *testing.T) {
	r := newRig(t, smallLab(2, 300<<10), zenodotest.Options{})
	job := r.plan(nil)
	clear := r.z.Fault(fakehttp.Fault{Kind: fakehttp.Slow, Path: "/content", Rate: 1_600_000, Times: -1})
	run, err := r.engine().Start(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for run.Progress().Bytes == 0 {
		time.Sleep(time.Millisecond)
	}
	run.Pause(true)
	for run.Progress().Stage != "paused" {
		time.Sleep(time.Millisecond)
	}
	clear()
	run.Pause(false)
	if err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	if p := run.Progress(); p.Stage != "done" || p.Bytes != p.Total || p.Total != job.Plan.Bytes {
		t.Errorf("%+v", p)
	}
	if n := len(r.puts()); n < 3 || n > 4 { // README.md is one; the server may notice the broken one late
		t.Errorf("%d uploads", n)
	}
	r.checkWhole(r.job(job.ID))
}

func TestSecondProcessLooksAndStops(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t, smallLab(2, 300<<10), zenodotest.Options{})
	job := r.plan(nil)
	r.z.Fault(fakehttp.Fault{Kind: fakehttp.Slow, Path: "/content", Rate: 330_000, Times: -1})
	run, err := r.engine().Start(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	other := r.engine()
	a, err := other.Attach(context.Background(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if j := r.job(job.ID); !j.Running || j.State != StateUploading {
		t.Errorf("%+v", j)
	}
	for ev := range a.Events() {
		if look, ok := ev.(Advanced); ok && look.Progress.Bytes > 0 && a.Progress().Total == job.Plan.Bytes {
			a.Stop()
			break
		}
	}
	if err := run.Wait(); !errors.Is(err, failure.Interrupted) {
		t.Fatalf("the run: %v", err)
	}
	if err := a.Wait(); !errors.Is(err, failure.Interrupted) {
		t.Errorf("the onlooker: %v", err)
	}
	if _, err := other.Attach(context.Background(), job.ID); err == nil {
		t.Error("nothing runs")
	}
}

func TestUnarchive(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	lab := smallLab(2, 1000)
	archived := lab.AddDataSet(
		labdata.DataSetSpec{
			Collection: "/LAB/PROJ/COLL",
			Name:       "old",
			Status:     "ARCHIVED",
			Files:      map[string][]byte{"original/old.txt": []byte("old data")},
		},
	)
	r := newRig(t, lab, zenodotest.Options{})
	job := r.plan(func(q *Request) { q.Unarchive, q.Layout = true, LayoutPerDataSet })
	if len(job.Plan.Unarchive) != 1 || job.Plan.Unarchive[0] != archived {
		t.Fatalf("to be brought back: %v", job.Plan.Unarchive)
	}
	waits := 0
	back := r.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultNoUnarchive, Times: fakehttp.Always})
	r.onWait = func(time.Duration) {
		if waits++; waits == 3 {
			back()
			r.ob.SetStatus(archived, "AVAILABLE")
		}
	}
	events, err := r.send(r.engine(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	waited, before := false, 0
	for _, e := range events {
		switch e.(type) {
		case Waiting:
			waited = true
		case PackageUploaded:
			if !waited {
				before++
			}
		}
	}
	if !waited || before == 0 {
		t.Errorf("waited %v, %d packages were sent meanwhile", waited, before)
	}
	asked := 0
	for _, q := range r.ob.Requests() {
		if q.Call == "unarchiveDataSets" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	r.checkWhole(r.job(job.ID))
}

func TestPlanRefusals(t *testing.T) {
	lab := smallLab(2, 1000)
	lab.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Kind: "LINK", Links: []labdata.Link{{Path: "/x"}}})
	r := newRig(t, lab, zenodotest.Options{})
	for name, c := range map[string]struct {
		change func(*Request)
		is     failure.Kind
		plan   bool
	}{
		"no title": {func(q *Request) { q.Metadata.Title = "" }, failure.Invalid, false},
		"strict":   {func(q *Request) { q.Strict = true }, failure.Refused, true},
		"limit":    {func(q *Request) { q.MaxBytes = 1000 }, failure.Limits, true},
		"nothing":  {func(q *Request) { q.Selection.Rules = nil }, failure.Refused, false},
	} {
		t.Run(name, func(t *testing.T) {
			q := r.request()
			c.change(&q)
			job, plan, err := r.engine().Plan(context.Background(), q, false, nil)
			var f *failure.Error
			if !errors.Is(err, c.is) || !errors.As(err, &f) || (plan != nil) != c.plan || job.ID != "" {
				t.Errorf("%v, plan %v, job %q", err, plan != nil, job.ID)
			}
		})
	}
	if names, _ := os.ReadDir(filepath.Join(r.state, "jobs")); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	job, plan, err := r.engine().Plan(context.Background(), r.request(), true, nil)
	if err != nil || job.ID != "" || plan == nil {
		t.Fatalf("dry: %v", err)
	}
	if names, _ := os.ReadDir(filepath.Join(r.state, "jobs")); len(names) != 0 {
		t.Errorf("a dry run left %v", names)
	}
	if _, err := r.engine().Job("20260101-aaaaaaaa"); !errors.Is(err, failure.NoJob) {
		t.Error(err)
	}
	if _, err := r.engine().Job("../../etc"); !errors.Is(err, failure.NoJob) {
		t.Error(err)
	}
	if len(r.z.Drafts()) != 0 {
		t.Error("planning made a draft")
	}
}

// knowsAll has every entry of every vocabulary until something is saved.
type knowsAll struct{ Zenodo }

func (knowsAll) Entry(_ context.Context, _, id string) (zenodo.VocabularyEntry, error) {
	return zenodo.VocabularyEntry{ID: id, Title: id}, nil
}

// TestRefusedMetadata is refused by the server: before anything is made where it
// can be asked, else with the first save, and then nothing stays there.
func TestRefusedMetadata(t *testing.T) {
	r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
	for name, change := range map[string]func(*Request){
		"language":  func(q *Request) { q.Metadata.Language = "xxx" },
		"community": func(q *Request) { q.Metadata.Community = "no-such-community" },
	} {
		req := r.request()
		change(&req)
		_, _, err := r.engine().Plan(t.Context(), req, false, nil)
		var f *failure.Error
		if failure.Of(err).ExitStatus() != failure.StatusRefused || !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	req := r.request()
	req.Metadata.License = "nosuch-1.0"
	e := r.engine()
	e.o.Zenodo = knowsAll{e.o.Zenodo}
	job, _, err := e.Plan(t.Context(), req, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.send(r.engine(), job.ID)
	if got := refusedAt(err); failure.Of(err).ExitStatus() != failure.StatusRefused || got != "license" {
		t.Errorf("saved: %v, fields %s", err, got)
	}
	if n := len(r.z.Drafts()); n != 0 {
		t.Errorf("%d drafts", n)
	}
	if _, err := r.engine().Job(job.ID); failure.Of(err) != failure.NoJob {
		t.Errorf("the job is still there: %v", err)
	}
}

// refusedAt are the fields that an error names.
func refusedAt(err error) string {
	var f *failure.Error
	var names []string
	if errors.As(err, &f) {
		for _, x := range f.Fields {
			names = append(names, x.Field)
		}
	}
	return strings.Join(names, " ")
}

// Fields that the server finds fault with are named as in a metadata file,
// whether it keeps the draft or refuses the whole of it.
func TestRefusedFieldsKeepTheirPath(t *testing.T) {
	if testing.Short() {
		t.Skip("a second and more")
	}
	const message = "metadata.creators.0.person_or_org.identifiers.0.identifier: Invalid ORCID identifier.\n" +
		"metadata.related_identifiers.1.scheme: No valid scheme recognized for identifier.\nmetadata.publication_date: no date"
	for _, status := range []int{0, http.StatusBadRequest} {
		r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
		job := r.plan(nil)
		r.z.Fault(fakehttp.Fault{Kind: zenodotest.FaultRefused, Method: "POST", Message: message, Status: status})
		_, err := r.send(r.engine(), job.ID)
		if got, want := refusedAt(err), "creators.0.orcid related.1.identifier publication_date"; got != want || failure.Of(err) != failure.Invalid {
			t.Errorf("%d: %v: fields %s, want %s", status, err, got, want)
		}
		if n := len(r.z.Drafts()); n != 0 {
			t.Errorf("%d: %d drafts", status, n)
		}
	}
}

func TestGivenUpSaysWhatWasTried(t *testing.T) {
	r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
	job := r.plan(nil)
	r.z.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Path: "/pids/doi", Times: -1})
	_, err := r.send(r.engine(), job.ID)
	if err == nil || !strings.Contains(err.Error(), "8 tries") {
		t.Errorf("%v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slept < 2*time.Minute {
		t.Errorf("gave up after %v", r.slept)
	}
}

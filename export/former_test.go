package export

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/zenodo/zenodotest"
)

// The jobs of testdata/state-1.0.tar.gz, a state directory that version 1.0.0
// left behind. Its servers had the addresses https://openbis.example and
// https://zenodo.example and the lab of withPublications.
const (
	formerPlanned     = "20261129-5fnopgvv"
	formerInterrupted = "20261129-u6b7uyat" // after its first package
	formerKilled      = "20261129-3etngk2a" // with its first package sent and not committed
	formerFailed      = "20261129-2cxekaxu"
	formerDraft       = "20261129-7obzwl3q"
	formerInReview    = "20261129-vfrrv2gl"
	formerPublished   = "20261129-53jmfwhk"
	formerRegistered  = "20261129-ffevsijk"
	formerDiscarded   = "20261129-27zbjtg5"
)

// former unpacks that state directory for the servers of a rig.
func former(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, withPublications(), zenodotest.Options{})
	f, err := os.Open("testdata/state-1.0.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("https://openbis.example", r.ob.URL, "https://zenodo.example", r.z.URL)
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(r.state, "jobs", filepath.Clean(h.Name))
		if h.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(path, 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if ext := filepath.Ext(path); ext == ".json" || ext == ".jsonl" {
			data = []byte(here.Replace(string(data)))
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestJobsOfTheFormerVersionAreRead with the state that they were left in.
func TestJobsOfTheFormerVersionAreRead(t *testing.T) {
	r := former(t)
	for id, want := range map[string]struct {
		state     State
		resumable bool
	}{
		formerPlanned: {StateInterrupted, true}, formerInterrupted: {StateInterrupted, true}, formerKilled: {StateInterrupted, true},
		formerFailed: {StateFailed, false}, formerDraft: {StateDraft, false}, formerInReview: {StateInReview, false},
		formerPublished: {StatePublished, false}, formerRegistered: {StateRegistered, false}, formerDiscarded: {StateDiscarded, false},
	} {
		j := r.job(id)
		if j.State != want.state || j.Resumable != want.resumable || j.Plan == nil || j.Title != "Growth curves" {
			t.Errorf("%s: %s, resumable %v, %q, want %s", id, j.State, j.Resumable, j.Title, want.state)
		}
		if id == formerRegistered && (len(j.Objects) != 1 || !j.Confirmed || j.DOI == "") {
			t.Errorf("registered: %+v", j)
		}
	}
	if jobs, err := r.engine().Jobs(); err != nil || len(jobs) != 9 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
	lines := 0
	if err := r.engine().Manifest(t.Context(), formerRegistered, func(l ManifestLine) error {
		lines++
		if len(l.SHA256) != 64 || l.Path == "" || l.DataSet == "" {
			t.Errorf("%+v", l)
		}
		return nil
	}); err != nil || lines == 0 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

// TestDraftsOfTheFormerVersionAreSettled as they would have been by it.
func TestDraftsOfTheFormerVersionAreSettled(t *testing.T) {
	r := former(t)
	want := map[string]string{r.job(formerDraft).RecordID: formerDraft, r.job(formerPublished).RecordID: formerPublished}
	for len(want) > 0 { // records' ids count up
		j := r.sent(nil)
		id, ok := want[j.RecordID]
		if !ok && j.RecordID > r.job(formerRegistered).RecordID {
			t.Fatal("the records have other ids than those of the former version")
		}
		if !ok {
			continue
		}
		delete(want, j.RecordID)
		if err := r.z.Publish(j.RecordID); err != nil {
			t.Fatal(err)
		}
		if now, err := r.sync(id); err != nil || now.State != StateRegistered || len(now.Objects) != 1 {
			t.Errorf("%s: %+v, %v", id, now, err)
		}
	}
	if n := len(r.ob.Publications()); n != 2 {
		t.Errorf("%d publications", n)
	}
}

// TestUploadsOfTheFormerVersionGoOn to the same bytes, or say what to do.
func TestUploadsOfTheFormerVersionGoOn(t *testing.T) {
	for _, id := range []string{formerPlanned, formerInterrupted, formerKilled} {
		r := former(t)
		var err error
		for range 2 { // its draft is gone: the second run makes another one
			if _, err = r.send(r.engine(), id); !errors.Is(err, failure.DraftGone) {
				break
			}
		}
		if err == nil {
			r.checkWhole(r.job(id))
			continue
		}
		var f *failure.Error
		if !errors.As(err, &f) || f.Kind.ExitStatus() != failure.StatusFailed || f.Do == "" {
			t.Errorf("%s: %v", id, err)
		}
	}
}

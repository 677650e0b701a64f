package job

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/omission"
	"zenobis/openbis"
)

// shop is a store on a clock that runs while it sleeps.
type shop struct {
	*Store
	now    time.Time
	onTick func()
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	s.Store = NewStore(Options{Dir: filepath.Join(t.TempDir(), "state"), Now: func() time.Time { return s.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			s.now = s.now.Add(d)
			if s.onTick != nil {
				s.onTick()
			}
			return ctx.Err()
		}})
	return s
}

// planned is a job that this process has planned.
func (s *shop) planned(t *testing.T, title string) string {
	t.Helper()
	h, err := s.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	f := File{Created: s.now, Plan: &Plan{Bytes: 5}}
	f.Request.Metadata.Title = title
	if err := h.Keep(f, []string{"1-2"}); err != nil {
		t.Fatal(err)
	}
	return h.File.ID
}

// held lets another process hold a job.
func (s *shop) held(t *testing.T, id string, h holder) {
	t.Helper()
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir(), id, lockName), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	s := newShop(t)
	if jobs, err := s.List(); err != nil || len(jobs) != 0 {
		t.Errorf("before there is anything: %v, %v", jobs, err)
	}
	first := s.planned(t, "first")
	s.now = s.now.Add(time.Minute)
	second := s.planned(t, "second")
	jobs, err := s.List()
	if err != nil || len(jobs) != 2 || jobs[0].ID != second || jobs[1].Title != "first" {
		t.Fatalf("%+v, %v", jobs, err)
	}
	if j, err := s.Job(first); err != nil || j.State != StatePlanned || j.Plan.Bytes != 5 || !j.Updated.Equal(j.Created) || j.Holder != "" {
		t.Errorf("%+v, %v", j, err)
	}
	for _, id := range []string{"", "..", "20260102-aaaaaaaa", "../../etc", first + "/x"} {
		if _, err := s.Job(id); failure.Of(err) != failure.NoJob {
			t.Errorf("%q: %v", id, err)
		}
	}
	// What can't be read is told beside the rest.
	if err := os.WriteFile(filepath.Join(s.dir(), first, jobName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if jobs, err := s.List(); err == nil || len(jobs) != 1 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
	// A folder that was copied belongs to another export.
	data, err := os.ReadFile(filepath.Join(s.dir(), second, jobName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir(), first, jobName), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Job(first); err == nil || !strings.Contains(err.Error(), "another export") {
		t.Errorf("%v", err)
	}
}

func TestHolding(t *testing.T) {
	s := newShop(t)
	id := s.planned(t, "x")
	h, err := s.Hold(t.Context(), id, false)
	if err != nil {
		t.Fatal(err)
	}
	if on, err := s.Running(id); err != nil || !on {
		t.Errorf("running %v, %v", on, err)
	}
	began := s.now
	if _, err := s.Hold(t.Context(), id, true); failure.Of(err) != failure.Running || s.now != began {
		t.Errorf("after %v: %v", s.now.Sub(began), err)
	}
	if ours, err := h.Beat(); !ours || err != nil {
		t.Errorf("%v, %v", ours, err)
	}
	if h.StopWanted() {
		t.Error("nobody wants it to stop")
	}
	if err := s.RequestStop(id); err != nil {
		t.Fatal(err)
	}
	if !h.StopWanted() || h.StopWanted() {
		t.Error("the wish to stop is told once")
	}
	h.Close()
	h.Close()
	if on, _ := s.Running(id); on {
		t.Error("nobody holds it")
	}
}

// TestWaitingForAHolder: for one who holds it for a moment, and for a host that has
// perhaps just gone, but not for one who works.
func TestWaitingForAHolder(t *testing.T) {
	me := thisProcess()
	elsewhere := By{Machine: "m", Host: "elsewhere", Boot: "b", PID: 1}
	rebooted := me
	rebooted.Boot = "before"
	for name, c := range map[string]struct {
		by     By
		brief  bool
		goes   time.Duration // when it lets go, 0 never
		taken  bool
		waited time.Duration // at least
		most   time.Duration
	}{
		"works here":                   {me, false, 0, false, 0, 0},
		"holds it for a moment":        {me, true, 70 * time.Second, true, 70 * time.Second, 75 * time.Second},
		"holds it for ever":            {me, true, 0, false, briefPatience, briefPatience},
		"works elsewhere, beating":     {elsewhere, false, 0, false, fresh, fresh + 5*time.Second},
		"this host, before its reboot": {rebooted, false, 0, true, fresh, fresh + 5*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			id := s.planned(t, "x")
			began := s.now
			lock := holder{By: c.by, Nonce: "n", Beat: began, Brief: c.brief}
			s.held(t, id, lock)
			s.onTick = func() {
				switch gone := s.now.Sub(began); {
				case c.goes > 0 && gone >= c.goes:
					_ = os.Remove(filepath.Join(s.dir(), id, lockName))
				case c.by != rebooted:
					lock.Beat = s.now
					s.held(t, id, lock)
				}
			}
			told := 0
			s.o.Waiting = func(d time.Duration, why string) {
				if told++; d != fresh && d != briefPatience || !strings.Contains(why, "held by process ") {
					t.Errorf("told to wait %v: %s", d, why)
				}
			}
			h, err := s.Hold(t.Context(), id, true)
			if want := min(int(c.most), 1); told != want {
				t.Errorf("told %d times that it waits, want %d", told, want)
			}
			if (err == nil) != c.taken {
				t.Fatalf("%v", err)
			}
			if h != nil {
				h.Close()
			} else if !errors.Is(err, failure.Running) || !strings.Contains(err.Error(), "process") {
				t.Errorf("%v", err)
			}
			if waited := s.now.Sub(began); waited < c.waited || waited > c.most {
				t.Errorf("waited %v, want %v to %v", waited, c.waited, c.most)
			}
		})
	}
	s := newShop(t)
	id := s.planned(t, "x")
	s.held(t, id, holder{By: me, Nonce: "n", Beat: s.now, Brief: true})
	ctx, cancel := context.WithCancel(t.Context())
	s.onTick = cancel
	if _, err := s.Hold(ctx, id, true); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v", err)
	}
}

func TestPlansOfOtherHosts(t *testing.T) {
	s := newShop(t)
	id := s.planned(t, "x")
	path := filepath.Join(s.dir(), id, journalName)
	elsewhere := By{Machine: "m", Host: "elsewhere", Boot: "b", PID: 1}
	line, err := encode(s.now, Planned{By: &elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, line, 0o600); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]State{0: StatePlanned, staleAfter: StatePlanned, staleAfter + time.Second: StateInterrupted} {
		now := s.now
		s.now = now.Add(after)
		j, err := s.Job(id)
		if err != nil || j.State != want || j.Resumable != (want == StateInterrupted) {
			t.Errorf("after %v: %s, %v", after, j.State, err)
		}
		if told := j.Holder == "process 1 on elsewhere"; told != (want == StatePlanned) || (j.Reason != "") != j.Resumable {
			t.Errorf("after %v: it may be started by %q, because %q", after, j.Holder, j.Reason)
		}
		s.now = now
	}
}

func TestTidying(t *testing.T) {
	s := newShop(t)
	kept := s.planned(t, "kept")
	dropped := s.planned(t, "dropped")
	h, err := s.Hold(t.Context(), dropped, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Journal.Add(Discarded{}); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if jobs, err := s.List(); err != nil || len(jobs) != 1 {
		t.Errorf("a plan that was dropped is listed: %v, %v", jobs, err)
	}
	half, err := s.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	dry, err := s.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.dir(), "somebody's own"), 0o700); err != nil {
		t.Fatal(err)
	}
	there := func(h *Handle) bool { _, err := os.Stat(h.Dir); return err == nil }
	began := func(at time.Time) {
		t.Helper()
		for _, h := range []*Handle{half, dry} {
			if err := os.Chtimes(h.Dir, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	began(s.now.Add(-time.Hour)) // a plan may take that long
	s.Tidy()
	if !there(half) || !there(dry) {
		t.Error("what is being planned was removed")
	}
	half.Close()
	dry.Close()
	began(s.now.Add(time.Second - staleAfter))
	s.Tidy()
	if !there(half) || !there(dry) {
		t.Error("what was begun a moment ago was removed")
	}
	began(s.now.Add(-staleAfter))
	s.Tidy()
	names, err := os.ReadDir(s.dir())
	if err != nil || len(names) != 2 || names[0].Name() != kept || names[1].Name() != "somebody's own" {
		t.Errorf("%v, %v", names, err)
	}
}

func TestSettling(t *testing.T) {
	s := newShop(t)
	id := s.planned(t, "x")
	h, err := s.Hold(t.Context(), id, true)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	hashes, err := OpenHashes(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	hashes.Close()
	if err := os.MkdirAll(filepath.Join(h.Dir, planName), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (Progress{Stage: "done", Bytes: 7}).Save(h.Dir); err != nil {
		t.Fatal(err)
	}
	if p, err := ReadProgress(h.Dir); err != nil || p.Bytes != 7 || p.Stage != "done" {
		t.Errorf("%+v, %v", p, err)
	}
	lines := []ManifestLine{
		{DataSet: "1-2", Path: "a", Size: 3, CRC: 4, SHA256: "s", Package: "p", Entry: "e"},
		{DataSet: "1-3", Path: "b", Raw: true},
	}
	if err := WriteManifest(h.Dir, func(yield func(ManifestLine) error) error {
		return errors.Join(yield(lines[0]), yield(lines[1]))
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{h.Former(), filepath.Join(h.Dir, stopName)} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := h.Settle(); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if !slices.Contains([]string{jobName, "journal.jsonl", "lock", "lock.guard", manifestName, relatedName, lookedName}, f.Name()) {
			t.Errorf("%s stays", f.Name())
		}
	}
	var got []ManifestLine
	if err := ReadManifest(t.Context(), h.Dir, func(l ManifestLine) error { got = append(got, l); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != lines[0] || got[1] != lines[1] {
		t.Errorf("%+v", got)
	}
	if ids, err := ReadRelated(t.Context(), h.Dir, h.File.Plan, nil); err != nil || len(ids) != 1 || ids[0] != "1-2" {
		t.Errorf("%v, %v", ids, err)
	}
	s.now = s.now.Add(time.Hour)
	if err := s.NoteLooked(id); err != nil {
		t.Fatal(err)
	}
	if j := h.Job(); !j.Looked.Equal(s.now) {
		t.Errorf("looked at %v", j.Looked)
	}
}

// TestStates are the words for where a job stands.
func TestStates(t *testing.T) {
	for state, want := range map[State]string{
		StatePlanned: "", StateUploading: "", StateInterrupted: "", StateFailed: "", StateDraft: "", StateInReview: "",
		StatePublished: "public", StateRegistered: "settled public", StateDiscarded: "settled",
	} {
		var got []string
		if state.Settled() {
			got = append(got, "settled")
		}
		if state.Public() {
			got = append(got, "public")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is %q, want %q", state, got, want)
		}
	}
}

// TestWhyAJobStopped is its own word, or that it said none.
func TestWhyAJobStopped(t *testing.T) {
	for name, c := range map[string]struct {
		last      Record
		reason    string
		state     State
		resumable bool
	}{
		"died":           {Started{}, "its process ended without a word", StateInterrupted, true},
		"was stopped":    {Interrupted{Reason: "stopped"}, "stopped", StateInterrupted, true},
		"failed":         {Failed{Reason: "no room"}, "no room", StateFailed, false},
		"failed for now": {Failed{Reason: "no room", Resumable: true}, "no room", StateFailed, true},
	} {
		s := newShop(t)
		id := s.planned(t, "x")
		h, err := s.Hold(t.Context(), id, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []Record{Started{}, c.last} {
			if err := h.Journal.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if j, err := s.Job(id); err != nil || c.state == StateInterrupted && (j.Holder == "") == j.Running {
			t.Errorf("%s: while it is held: %+v, %v", name, j, err)
		}
		h.Close()
		if err := h.Journal.Add(Started{}); err == nil {
			t.Errorf("%s: noted after the job was given back", name)
		}
		if j, err := s.Job(id); err != nil || j.State != c.state || j.Reason != c.reason || j.Resumable != c.resumable || j.Running {
			t.Errorf("%s: %+v, %v", name, j, err)
		}
	}
}

// TestWhatCantBeRemovedIsTold, so that it is tried again.
func TestWhatCantBeRemovedIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&Handle{Dir: file}).Settle(); err == nil {
		t.Error("settled")
	}
}

// TestRelated leaves out what was not sent: whole data sets, and those of which no
// file was left.
func TestRelated(t *testing.T) {
	s := newShop(t)
	h, err := s.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	left := func(id, file string) omission.Entry {
		o := omission.Of(openbis.Ref{Kind: openbis.KindDataSet, PermID: id}, "unreadable", "")
		o.File = file
		return o
	}
	plan := &Plan{Omitted: []omission.Entry{left("whole", ""), left("some", "a"), left("all", "a"), left("all", "b")}}
	if err := h.Keep(File{Plan: plan}, []string{"root", "whole", "some", "all", "other"}); err != nil {
		t.Fatal(err)
	}
	if err := WriteManifest(h.Dir, func(yield func(ManifestLine) error) error {
		return errors.Join(yield(ManifestLine{DataSet: "some"}), yield(ManifestLine{DataSet: "other"}), yield(ManifestLine{DataSet: "whole"}))
	}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		omitted []omission.Entry
		want    string
	}{
		"both":             {plan.Omitted, "root some other"},
		"files alone":      {[]omission.Entry{left("some", "a"), left("all", "a")}, "root whole some other"},
		"a data set alone": {[]omission.Entry{left("whole", "")}, "root some all other"},
		"an object is none": {[]omission.Entry{omission.Of(openbis.Ref{Kind: openbis.KindObject, PermID: "root"}, "unreadable", "")},
			"root whole some all other"},
	} {
		if ids, err := ReadRelated(t.Context(), h.Dir, &Plan{Omitted: c.omitted}, nil); err != nil || strings.Join(ids, " ") != c.want {
			t.Errorf("%s: %v, %v, want %s", name, ids, err, c.want)
		}
	}
}

func TestAStateDirectoryThatCantBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]failure.Kind{"": failure.Configuration, file: failure.StateDir, filepath.Join(file,
		"below"): failure.StateDir} {
		if _, err := NewStore(Options{Dir: dir}).Begin(false); failure.Of(err) != want {
			t.Errorf("%q: %v", dir, err)
		}
	}
}

package job

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/safetext"
	"zenobis/wire"
)

const (
	briefPatience = 2 * time.Minute // for one who holds a job for a moment
	lookEvery     = time.Second     // at a lock that may be released soon
)

// Options are what a store works with.
type Options struct {
	Dir      string // the state directory
	TakeLock bool   // take over what another host left 10 minutes ago: the user says so
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration) error
	Waiting  func(d time.Duration, why string) // told before a long wait; nil tells nobody
	// Step is called with the name of each record of a journal, before and after
	// it is on disk; nil is allowed. Tests end a process there.
	Step func(name string)
}

// Store is the exports of one state directory. Safe for concurrent use.
type Store struct{ o Options }

// NewStore makes a store; nothing is read or written yet. Now and Sleep default
// to the clock.
func NewStore(o Options) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = wire.Sleep
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	if o.Waiting == nil {
		o.Waiting = func(time.Duration, string) {}
	}
	return &Store{o}
}

var jobID = regexp.MustCompile(`^[0-9]{8}-[a-z2-7]{6,13}$`)

// newID makes a job's id: its day, and chance enough to be the only one.
func newID(now time.Time) string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	return now.UTC().Format("20060102") + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// Marker is the alternate identifier by which a job's draft is found again.
func Marker(id string) string { return "zenobis:" + id }

func (s *Store) dir() string { return filepath.Join(s.o.Dir, "jobs") }

func (s *Store) locks(dir string) locks { return locks{dir: dir, now: s.o.Now, force: s.o.TakeLock} }

// find is the folder of a job that exists.
func (s *Store) find(id string) (string, error) {
	if jobID.MatchString(id) {
		dir := filepath.Join(s.dir(), id)
		here, err := os.Lstat(dir)
		if _, noJob := os.Stat(filepath.Join(dir, jobName)); err == nil && noJob == nil && here.IsDir() {
			return dir, nil
		}
	}
	return "", &failure.Error{
		Kind: failure.NoJob, What: "there is no export " + safetext.Quote(id), Do: "zenobis jobs lists them",
	}
}

// Unusable words an error of the state directory, before anything was sent.
func (s *Store) Unusable(err error) error {
	var known *failure.Error
	if errors.As(err, &known) {
		return err
	}
	return &failure.Error{
		Kind: failure.StateDir, What: "the state directory " + safetext.Quote(s.o.Dir) + " can't be used", Why: failure.Text(err),
		Do: "free space there, make it writable, or choose another with --state-dir", Err: err,
	}
}

// List lists the exports, newest first. What can't be read is passed over and
// told in the error, beside the rest.
func (s *Store) List() ([]Job, error) {
	names, err := os.ReadDir(s.dir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	var jobs []Job
	var errs []error
	for _, n := range names {
		if !n.IsDir() || !jobID.MatchString(n.Name()) {
			continue
		}
		j, st, err := s.read(filepath.Join(s.dir(), n.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // its planning was never finished
		case err != nil:
			errs = append(errs, err)
		case st.Discarded && !st.Started: // a plan that was dropped
		default:
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(a, b Job) int {
		if c := b.Created.Compare(a.Created); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return jobs, errors.Join(errs...)
}

// Job finds an export by its id.
func (s *Store) Job(id string) (Job, error) {
	j, _, err := s.Look(id)
	return j, err
}

// Look reads an export without holding it.
func (s *Store) Look(id string) (Job, Status, error) {
	dir, err := s.find(id)
	if err != nil {
		return Job{}, Status{}, err
	}
	return s.read(dir)
}

func (s *Store) read(dir string) (Job, Status, error) {
	f, err := readFile(dir)
	if err != nil {
		return Job{}, Status{}, err
	}
	st, err := readJournal(filepath.Join(dir, journalName))
	if err != nil {
		return Job{}, st, err
	}
	return s.tell(dir, f, st, s.locks(dir).holder()), st, nil
}

// tell joins what was asked for and what happened; holder names the process
// that works on it, if one does.
func (s *Store) tell(dir string, f File, st Status, holder string) Job {
	running := holder != ""
	j := Job{
		ID: f.ID, Dir: dir, Title: f.Request.Metadata.Title, State: st.Stands(running),
		RecordID: st.ID, URL: st.URL, DOI: st.DOI, Zenodo: f.Zenodo, OpenBIS: f.OpenBIS, Publisher: f.Publisher,
		Created: f.Created, Updated: st.Updated, Objects: st.Objects, Confirmed: st.Confirmed,
		Review: st.Review, Lacking: st.Lacking, Reason: st.Reason, Running: running && !st.Uploaded, Request: f.Request, Plan: f.Plan,
	}
	if j.Running {
		j.Holder = holder
	}
	if st.Title != "" {
		j.Title = st.Title
	}
	if j.Updated.IsZero() {
		j.Updated = f.Created
	}
	if j.State == StatePlanned && !running {
		if s.abandoned(st) {
			j.State = StateInterrupted
		} else if me := thisProcess(); *st.PlannedBy != me {
			j.Holder = st.PlannedBy.name()
		}
	}
	switch j.State {
	case StateInterrupted:
		j.Resumable = true
		if st.Stopped == "" {
			j.Reason = "its process ended without a word"
		}
	case StateUploading:
		j.Resumable = true
	case StateFailed:
		j.Resumable = st.Resumable
	}
	if info, err := os.Stat(filepath.Join(dir, lookedName)); err == nil {
		j.Looked = info.ModTime()
	}
	return j
}

// abandoned reports whether the process that made a plan can't start it any more.
// Of another host nobody knows; after a while it is taken for gone.
func (s *Store) abandoned(st Status) bool {
	by := st.PlannedBy
	if by == nil {
		return true
	}
	if me := thisProcess(); by.visible(me) {
		return !by.lives()
	}
	return s.o.Now().Sub(st.Updated) > staleAfter
}

// Hold takes the lock of an export and opens its journal. Where another process
// holds it for a moment only, or has perhaps just died with its host, that is
// waited for. brief is said by who works for a moment: others wait for it.
func (s *Store) Hold(ctx context.Context, id string, brief bool) (*Handle, error) {
	dir, err := s.find(id)
	if err != nil {
		return nil, err
	}
	h := &Handle{store: s, Dir: dir}
	if h.lock, err = s.await(ctx, dir, brief); err != nil {
		return nil, err
	}
	if h.File, err = readFile(dir); err == nil {
		h.Journal, err = openJournal(dir, s.o.Now, s.o.Step)
	}
	if err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// await takes a lock that is free or soon will be.
func (s *Store) await(ctx context.Context, dir string, brief bool) (*lock, error) {
	var waited time.Duration
	for {
		k, err := s.locks(dir).take(brief)
		var h *held
		if !errors.As(err, &h) || !h.may || !h.by.Brief && waited > fresh || waited >= briefPatience {
			return k, err
		}
		if waited == 0 {
			most := fresh
			if h.by.Brief {
				most = briefPatience
			}
			s.o.Waiting(most, "the export is held by "+h.by.name())
		}
		if err := s.o.Sleep(ctx, lookEvery); err != nil {
			return nil, err
		}
		waited += lookEvery
	}
}

// Begin makes the folder of a new export and takes its lock, so that nobody
// tidies it up. A hidden one is listed nowhere.
func (s *Store) Begin(hidden bool) (*Handle, error) {
	if s.o.Dir == "" {
		return nil, &failure.Error{Kind: failure.Configuration, What: "no state directory is set"}
	}
	id := newID(s.o.Now())
	h := &Handle{store: s, File: File{ID: id}, Dir: filepath.Join(s.dir(), id)}
	if hidden {
		h.Dir = filepath.Join(s.dir(), "."+id)
	}
	if err := disk.Root(s.o.Dir); err != nil {
		return nil, s.Unusable(err)
	}
	for _, d := range []string{s.dir(), h.Dir} {
		if err := disk.Folder(d); err != nil {
			return nil, s.Unusable(err)
		}
	}
	err := errors.Join(disk.SyncDir(s.dir()), disk.Need(h.Dir, 0))
	if err == nil {
		h.lock, err = s.locks(h.Dir).take(false)
	}
	if err != nil {
		_ = os.RemoveAll(h.Dir) // what stays is tidied up before the next plan
		return nil, s.Unusable(err)
	}
	return h, nil
}

// Tidy removes what dead planning has left, and plans that were dropped.
func (s *Store) Tidy() {
	names, err := os.ReadDir(s.dir())
	if err != nil {
		return
	}
	for _, n := range names {
		dir := filepath.Join(s.dir(), n.Name())
		if !n.IsDir() || !jobID.MatchString(strings.TrimPrefix(n.Name(), ".")) || s.locks(dir).live() {
			continue
		}
		_, noJob := os.Stat(filepath.Join(dir, jobName))
		info, err := n.Info()
		young := err != nil || s.o.Now().Sub(info.ModTime()) < staleAfter // perhaps its lock is just being made
		st, err := readJournal(filepath.Join(dir, journalName))
		if noJob != nil && !young || noJob == nil && err == nil && st.Discarded && !st.Started {
			_ = os.RemoveAll(dir) // tried again next time
		}
	}
}

// RequestStop asks the process that works on an export to stop.
func (s *Store) RequestStop(id string) error {
	dir, err := s.find(id)
	if err != nil {
		return err
	}
	f, err := disk.Open(filepath.Join(dir, stopName), os.O_CREATE|os.O_WRONLY)
	if err != nil {
		return failure.Wrap("the export can't be stopped", err)
	}
	return f.Close()
}

// Running reports whether a process works on an export.
func (s *Store) Running(id string) (bool, error) {
	dir, err := s.find(id)
	return err == nil && s.locks(dir).live(), err
}

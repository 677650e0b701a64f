// Package export is the engine: from a selection to a plan, to packages at
// Zenodo, to a publication registered in openBIS. It knows no terminal. Its rooms
// do the work; this one holds them together.
package export

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/plan"
	"zenobis/export/register"
	"zenobis/export/transfer"
	"zenobis/export/verify"
	"zenobis/export/version"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/wire"
	"zenobis/zenodo"
)

// OpenBIS is what the engine needs of openBIS; *openbis.Client implements it. It
// repeats its calls and renews its session by itself.
type OpenBIS interface {
	plan.Catalog
	verify.OpenBIS
	transfer.OpenBIS
	register.OpenBIS
	Session() openbis.Session
	Published(ctx context.Context) (map[string]string, error)
}

// Zenodo is what the engine needs of Zenodo; *zenodo.Client implements it. There
// is no way to publish in it.
type Zenodo interface {
	transfer.Zenodo
	verify.Zenodo
	version.Zenodo
	Kind() zenodo.Kind
	Limits() zenodo.Limits
	record.Server
}

// Options is what an engine works with. StateDir is needed; OpenBIS may be nil
// where nothing is planned, sent or registered, Zenodo where nothing is asked of it.
type Options struct {
	StateDir  string
	OpenBIS   OpenBIS
	Zenodo    Zenodo
	Publisher string         // what a record's publisher is called: "Zenodo"
	Allowed   record.Allowed // what the lab allows of licences and communities
	Memory    *Memory        // keeps openBIS' answers from one plan to the next; nil for none
	Version   string         // of the program: "1.0.0"
	Log       *slog.Logger

	// TakeLock takes a lock over that another host left 10 minutes ago or
	// longer: the user has said that no process works on the job there.
	TakeLock bool

	Parallel int   // downloads at a time; 0 means 12
	Pool     int64 // bytes of read-ahead; 0 means 24 MiB
	Tries    int   // of a call to Zenodo or of a package before giving up; 0 means 8

	Now   func() time.Time                                 // nil means time.Now
	Sleep func(ctx context.Context, d time.Duration) error // nil waits by the clock
	Rand  func() float64                                   // jitter, in [0,1); nil means random
	// Waiting is told before a wait of some seconds or more that no run tells of: for
	// another process, or for what a lost answer may have made. nil tells nobody.
	Waiting func(d time.Duration, why string)
	// Render makes an entity's pages; nil means page.Render. Tests make those of
	// another version of the program.
	Render plan.Render
	// Step is called with the name of each record of a journal, before and after
	// it is on disk. Tests end a process there.
	Step func(name string)
}

// Engine plans exports, sends them, watches their drafts and registers what was
// published. It may be used concurrently.
type Engine struct {
	o     Options
	store *job.Store

	checks lastCheck

	mu   sync.Mutex
	runs map[string]*transfer.Run // under way in this process, by job
}

// New makes an engine. Nothing is read or written yet.
func New(o Options) *Engine {
	if o.Parallel <= 0 {
		o.Parallel = 12
	}
	if o.Pool <= 0 {
		o.Pool = 24 << 20
	}
	if o.Tries <= 0 {
		o.Tries = 8
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = wire.Sleep
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Waiting == nil {
		o.Waiting = func(time.Duration, string) {}
	}
	store := job.NewStore(job.Options{
		Dir: o.StateDir, TakeLock: o.TakeLock, Now: o.Now, Sleep: o.Sleep, Waiting: o.Waiting, Step: o.Step,
	})
	return &Engine{o: o, store: store, runs: map[string]*transfer.Run{}}
}

// Jobs lists the exports, newest first. What can't be read is passed over and
// told in the error, beside the rest.
func (e *Engine) Jobs() ([]Job, error) { return e.store.List() }

// Job finds an export by its id.
func (e *Engine) Job(id string) (Job, error) { return e.store.Job(id) }

// RequestStop asks the process that works on an export to stop.
func (e *Engine) RequestStop(id string) error { return e.store.RequestStop(id) }

// NoteWait tells the runs under way that a client waits, such as for the
// server's request budget (zenodo.Options.OnWait).
func (e *Engine) NoteWait(d time.Duration, why string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.runs {
		r.NoteWait(d, why)
	}
}

// Start sends a planned export, or goes on with one that was interrupted. What
// stands in the way at once is the error; the rest is told by the run, which
// ends when ctx does.
func (e *Engine) Start(ctx context.Context, id string) (*Run, error) {
	if e.o.OpenBIS == nil || e.o.Zenodo == nil {
		return nil, &failure.Error{Kind: failure.Configuration, What: "an export needs both openBIS and Zenodo"}
	}
	j, err := e.store.Job(id)
	if err != nil {
		return nil, failure.Wrap("the export can't be read", err)
	}
	if j.Zenodo != e.o.Zenodo.URL() || j.OpenBIS != e.o.OpenBIS.URL() {
		return nil, &failure.Error{
			Kind: failure.Configuration,
			What: "export " + id + " goes from " + j.OpenBIS + " to " + j.Zenodo + ", not from " + e.o.OpenBIS.URL() + " to " + e.o.Zenodo.URL(),
			Do:   "set both addresses accordingly",
		}
	}
	h, err := e.store.Hold(ctx, id, false)
	if err != nil {
		return nil, failure.Wrap("the export can't be started", err)
	}
	run, err := transfer.Start(wire.WithoutPatience(ctx), h, transfer.Options{
		OpenBIS: e.o.OpenBIS, Zenodo: e.o.Zenodo, Version: e.o.Version, Log: e.o.Log,
		Parallel: e.o.Parallel, Pool: e.o.Pool, Retry: e.retry(), Owner: e.ownerOf, Now: e.o.Now, Sleep: e.o.Sleep,
	})
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.runs[id] = run
	e.mu.Unlock()
	go func() {
		_ = run.Wait() // its error is the caller's
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.runs, id)
	}()
	return run, nil
}

// ownerOf is the export here whose draft or record this is, "" if none is.
func (e *Engine) ownerOf(recordID string) string {
	jobs, _ := e.Jobs() // what can't be read is not named
	for _, j := range jobs {
		if j.RecordID == recordID && j.Zenodo == e.o.Zenodo.URL() && j.State != StateDiscarded {
			return j.ID
		}
	}
	return ""
}

// retry is how a run repeats calls to Zenodo and packages: longer than a person
// would wait, since nobody may be there.
func (e *Engine) retry() wire.Retry {
	return wire.Retry{
		First: 5 * time.Second, Most: 5 * time.Minute, Tries: e.o.Tries, Patience: -1, Now: e.o.Now, Sleep: e.o.Sleep, Rand: e.o.Rand,
	}
}

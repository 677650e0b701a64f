package export

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"zenobis/openbis"
	"zenobis/record"
	"zenobis/zenodo"
)

// Source is what an export needs from openBIS beside planning; *openbis.Client
// implements it.
type Source interface {
	Catalog
	URL() string
	Session() openbis.Session
	KeepAlive(ctx context.Context) error
	Download(ctx context.Context, store openbis.DataStore, dataSet string, f openbis.File) (io.ReadCloser, error)
	Unarchive(ctx context.Context, dataSets []string) error
	Publications(ctx context.Context, doi string) ([]openbis.Entity, error)
	PublicationsVisible(ctx context.Context, group string) (bool, error)
	Register(ctx context.Context, p openbis.Publication) error
	CreatePublication(ctx context.Context, p openbis.Publication, code string) (string, error)
}

// Deposit is what an export needs from Zenodo; *zenodo.Client implements it.
// There is no way to publish in it.
type Deposit interface {
	URL() string
	Kind() zenodo.Kind
	Limits() zenodo.Limits
	CheckToken(ctx context.Context) error
	Create(ctx context.Context, b zenodo.DraftBody) (zenodo.Record, error)
	NewVersion(ctx context.Context, id string) (zenodo.Record, error)
	Draft(ctx context.Context, id string) (zenodo.Record, error)
	Save(ctx context.Context, id string, revision int, b zenodo.DraftBody) (zenodo.Record, error)
	ReserveDOI(ctx context.Context, id string) (zenodo.Record, error)
	FindDrafts(ctx context.Context, marker string) ([]zenodo.Record, error)
	DeleteDraft(ctx context.Context, id string) error
	SetReview(ctx context.Context, id, communityID string) error
	InitFiles(ctx context.Context, id string, files []zenodo.FileInit) ([]zenodo.FileEntry, error)
	Files(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	Put(ctx context.Context, id, key string, size int64, body io.Reader) error
	Commit(ctx context.Context, id, key string) (zenodo.FileEntry, error)
	DeleteFile(ctx context.Context, id, key string) error
	State(ctx context.Context, id string) (zenodo.State, zenodo.Record, error)
	Resolve(ctx context.Context, doi string) (string, error)
	RecordFiles(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	OpenFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
	OpenDraftFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
	record.Server
}

// Options is what an engine works with. StateDir is needed; OpenBIS may be nil
// where nothing is planned, sent or registered, Zenodo where nothing is asked of it.
type Options struct {
	StateDir  string
	OpenBIS   Source
	Zenodo    Deposit
	Publisher string         // what a record's publisher is called: "Zenodo"
	Allowed   record.Allowed // what the lab allows of licences and communities
	Version   string         // of the program: "1.0.0"
	Log       *slog.Logger

	// Renew opens an expired openBIS session again, on the same client. nil or
	// an error ends the run with ErrAuth; it can be resumed.
	Renew func(ctx context.Context) error
	// BreakLock takes a lock over that another host left 10 minutes ago or
	// longer: the user has said that no process works on the job there.
	BreakLock bool

	Parallel int           // downloads at a time; 0 means 12
	Pool     int64         // bytes of read-ahead; 0 means 24 MiB
	Attempts int           // of a call or package before giving up; 0 means 8
	Backoff  time.Duration // before the first repetition, doubled up to 5 minutes; 0 means 5 s

	Now   func() time.Time                                 // nil means time.Now
	Sleep func(ctx context.Context, d time.Duration) error // nil waits by the clock
	Rand  func() float64                                   // jitter, in [0,1); nil means random
	// Step is called with the name of each step that the journal notes, before
	// and after it is on disk. Tests end a process there.
	Step func(name string)
}

// Engine plans exports, sends them, watches their drafts and registers what was
// published. It may be used concurrently.
type Engine struct {
	o Options

	mu   sync.Mutex
	runs map[string]*Run // under way in this process, by job
}

// New makes an engine. Nothing is read or written yet.
func New(o Options) *Engine {
	if o.Parallel <= 0 {
		o.Parallel = 12
	}
	if o.Pool <= 0 {
		o.Pool = 24 << 20
	}
	if o.Attempts <= 0 {
		o.Attempts = 8
	}
	if o.Backoff <= 0 {
		o.Backoff = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	return &Engine{o: o, runs: map[string]*Run{}}
}

// sleep waits by the clock.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

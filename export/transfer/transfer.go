// Package transfer brings the packages of a plan into a draft at Zenodo, from
// wherever the job stands: the draft with its metadata and DOI, the depot of its
// files, the sender of one package after the other, the wait for the archive.
// Each step is in the job's journal before the next begins.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/export/version"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/wire"
	"zenobis/zenodo"
)

// OpenBIS is what sending needs of openBIS; *openbis.Client implements it. It
// repeats its calls and renews its session by itself.
type OpenBIS interface {
	fetch.OpenBIS
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Unarchive(ctx context.Context, dataSets []string) error
}

// Zenodo is what sending needs of Zenodo; *zenodo.Client implements it.
type Zenodo interface {
	CheckToken(ctx context.Context) error
	Create(ctx context.Context, b zenodo.DraftBody) (zenodo.Record, error)
	NewVersion(ctx context.Context, id string) (zenodo.Record, error)
	Draft(ctx context.Context, id string) (zenodo.Record, error)
	Save(ctx context.Context, id string, revision int, b zenodo.DraftBody) (zenodo.Record, error)
	ReserveDOI(ctx context.Context, id string) (zenodo.Record, error)
	FindDrafts(ctx context.Context, marker string) ([]zenodo.Record, error)
	MarkedDrafts(ctx context.Context, prefix string) ([]zenodo.Record, error)
	DeleteDraft(ctx context.Context, id string) error
	Community(ctx context.Context, slug string) (zenodo.Community, error)
	SetReview(ctx context.Context, id, communityID string) error
	InitFiles(ctx context.Context, id string, files []zenodo.FileInit) ([]zenodo.FileEntry, error)
	Files(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	Put(ctx context.Context, id, key string, size int64, body io.Reader) error
	Commit(ctx context.Context, id, key string) (zenodo.FileEntry, error)
	DeleteFile(ctx context.Context, id, key string) error
	State(ctx context.Context, id string) (zenodo.State, zenodo.Record, error)
	RecordFiles(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	version.Records
	ImportFiles(ctx context.Context, id string) error
	OpenFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
	Ahead(requests int, each time.Duration) time.Duration // as the request window allows
}

// Options are what runs work with; all are needed.
type Options struct {
	OpenBIS  OpenBIS
	Zenodo   Zenodo
	Version  string // of the program
	Log      *slog.Logger
	Parallel int                          // downloads at a time
	Pool     int64                        // bytes of read-ahead
	Retry    wire.Retry                   // of calls to Zenodo and of packages
	Owner    func(recordID string) string // the export here whose draft this is, "" if none is
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration) error
}

// base is what every phase of a run works with.
type base struct {
	h   *job.Handle
	z   Zenodo
	run *Run
	o   Options
}

func (b *base) status() job.Status     { return b.h.Journal.Status() }
func (b *base) add(r job.Record) error { return b.h.Journal.Add(r) }
func (b *base) plan() *job.Plan        { return b.h.File.Plan }
func (b *base) request() job.Request   { return b.h.File.Request }
func (b *base) note(text string)       { b.run.emit(Noted{text}) }

// confirmed reports whether Zenodo is known to have a package.
func (b *base) confirmed(pkg string) bool { return b.status().Packages[pkg].Confirmed }

func (b *base) saveProgress() {
	if err := b.run.Progress().Save(b.h.Dir); err != nil {
		b.o.Log.Debug("progress not saved", "job", b.h.File.ID, "error", failure.Text(err)) // only for onlookers
	}
}

// policy is how often something is tried, told as it goes; pkg is "" where it is
// about no package.
func (b *base) policy(pkg string) wire.Retry {
	r := b.o.Retry
	r.Waiting = func(w wire.Wait) {
		if w.Until.IsZero() {
			b.run.gauge.waiting("")
			return
		}
		b.run.gauge.retry()
		b.run.emit(Retried{Package: pkg, Attempt: w.Try, Message: w.What + ": " + failure.Text(w.Err)})
		until := w.Until
		if errors.Is(w.Err, zenodo.ErrRate) { // the request window is waited for, too
			if free := b.o.Now().Add(min(wire.RetryAfter(w.Err), zenodo.LongestAsked)); free.After(until) {
				until = free
			}
		}
		b.run.gauge.waiting(w.What + " again at " + until.Local().Format("15:04:05"))
	}
	return r
}

// call makes a call to Zenodo that may be repeated, until it succeeds or fails for good.
func (b *base) call(ctx context.Context, what string, f func() error) error {
	return b.policy("").Do(ctx, what, func(context.Context) error { return f() })
}

// transfer is one run of a job.
type transfer struct {
	*base
	draft   *draft
	archive *archive
	sender  *sender
}

// Start sends a job that is held, from wherever it stands. It closes the handle:
// at once where the error is not nil, else at the end of the run, which comes
// with the end of ctx at the latest.
func Start(ctx context.Context, h *job.Handle, o Options) (*Run, error) {
	t, err := open(h, o)
	if err != nil {
		h.Close()
		return nil, failure.Wrap("the export can't be started", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t.run.cancel = cancel
	t.run.gauge.plan(t.plan(), t.confirmed)
	go func() {
		err := t.whole(ctx)
		t.sender.depot.packer.close()
		if nothingMade(err, h.Status()) {
			h.Drop()
		} else {
			h.Close()
		}
		t.run.end(err)
	}()
	return t.run, nil
}

// nothingMade reports a job whose metadata was refused before a byte was sent, and
// whose draft was taken back: it is of no use any more.
func nothingMade(err error, st job.Status) bool {
	return failure.Of(err) == failure.Invalid && st.ID == "" && !st.Creating && len(st.Packages) == 0
}

// open opens everything in the job's folder.
func open(h *job.Handle, o Options) (*transfer, error) {
	h.StopWanted() // meant for another run
	st := h.Status()
	switch {
	case st.Discarded, st.Registered, st.Published, st.Uploaded:
		return nil, &failure.Error{Kind: failure.NothingToDo, What: fmt.Sprintf("there is nothing to send: the export is %s", st.Stands(false))}
	case st.Stopped == job.StateFailed && !st.Resumable:
		return nil, &failure.Error{Kind: failure.NotResumable, What: "the export can't be resumed", Why: st.Reason, Do: "make a new one"}
	}
	snap, err := snapshot.Open(h.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the plan: %w", err)
	}
	h.File.Plan, h.File.Request = snap.Plan(), snap.Request()
	b := &base{h: h, z: o.Zenodo, o: o, run: newRun(newGauge(o.Now))}
	b.run.gauge.ahead = o.Zenodo.Ahead
	p := &packer{base: b, snap: snap}
	p.fetcher = fetch.New(o.OpenBIS, o.Parallel, o.Retry, p.fileRetried)
	if err = disk.Need(h.Dir, int64(h.File.Plan.Files)*2*job.HashSize); err == nil {
		p.hashes, err = job.OpenHashes(h.Dir)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	d := &draft{base: b}
	a := &archive{base: b, files: snap.Files}
	return &transfer{base: b, draft: d, archive: a, sender: &sender{
		base: b, archive: a, limit: newLimit(h.File.Request.LimitRate), depot: &depot{base: b, draft: d, packer: p},
	}}, nil
}

// whole is the run from beginning to end.
func (t *transfer) whole(ctx context.Context) error {
	background := t.attend(ctx)
	err := failure.Guard("export", func() error { return t.send(ctx) })
	background()
	if e := failure.Guard("conclude the export", func() error { err = t.conclude(ctx, err); return nil }); e != nil {
		return e
	}
	return err
}

// send brings the job from wherever it stands to a complete draft.
func (t *transfer) send(ctx context.Context) error {
	if err := t.h.Start(t.o.Version); err != nil {
		return err
	}
	err := t.draft.ready(ctx)
	if err == nil {
		err = t.archive.bringBack(ctx)
	}
	if err == nil {
		err = t.sender.send(ctx)
	}
	if errors.Is(err, errComplete) {
		t.note("The draft was published already, and everything is there.")
		return nil
	}
	return err
}

// conclude journals how the run ended, and words it.
func (t *transfer) conclude(ctx context.Context, err error) error {
	if err == nil {
		t.run.gauge.stage("done")
		t.saveProgress()
		return nil
	}
	if ctx.Err() != nil { // whatever failed then, failed because of that
		if err = context.Cause(ctx); errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			err = failure.Interruption(err)
		}
	}
	err = failure.Wrap("the export failed", err)
	var f *failure.Error
	errors.As(err, &f)
	if f.Kind == failure.Interrupted && f.What == "the export failed" {
		f.What = "the export was interrupted"
		f.Do = "zenobis resume " + t.h.File.ID + " goes on where it stopped"
	}
	t.run.gauge.stage("failed")
	t.saveProgress()
	reason := safetext.Redact(f.Error())
	var r job.Record = job.Failed{Reason: reason, Kind: f.Kind.String(), Resumable: f.Kind.Resumable(), Fields: f.Fields}
	if f.Kind == failure.Interrupted {
		r = job.Interrupted{Reason: reason, Kind: f.Kind.String()}
	}
	if e := t.add(r); e != nil {
		t.o.Log.Warn("end of the run not journaled", "job", t.h.File.ID, "error", failure.Text(e))
	}
	t.run.emit(Ended{err})
	return err
}

// attend does what has to be done beside the sending: progress for onlookers,
// the lock's heartbeat, the wish of another process to stop, the session. The
// function it returns ends that.
func (t *transfer) attend(ctx context.Context) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{}, 2)
	for what, f := range map[string]func(context.Context) error{"attend to the export": t.watchOver, "keep the session": t.keepSession} {
		go func() {
			defer func() { done <- struct{}{} }()
			if err := failure.Guard(what, func() error { return f(ctx) }); err != nil && ctx.Err() == nil {
				t.run.cancel(err)
			}
		}()
	}
	return func() {
		cancel()
		<-done
		<-done
	}
}

func (t *transfer) watchOver(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := t.o.Now()
	for {
		t.saveProgress()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if t.h.StopWanted() {
			return fmt.Errorf("%w by another zenobis", failure.Interrupted)
		}
		if t.o.Now().Sub(last) < job.Heartbeat {
			continue
		}
		last = t.o.Now()
		ours, err := t.h.Beat()
		if !ours {
			return fmt.Errorf("%w: another zenobis has taken the export over", failure.Interrupted)
		}
		if err != nil {
			t.o.Log.Warn("lock not renewed", "job", t.h.File.ID, "error", failure.Text(err))
		}
	}
}

// keepSession uses the openBIS session every 10 minutes: its timeout counts
// inactivity, and one large file can take hours.
func (t *transfer) keepSession(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := t.o.OpenBIS.KeepAlive(ctx); failure.Of(err).ExitStatus() == failure.StatusLogin {
			// The download under way may end well; the next one will tell.
			t.o.Log.Warn(failure.SessionOver, "job", t.h.File.ID, "error", failure.Text(err))
		}
	}
}

// newLimit is the limiter for a rate in bytes a second; 0 is none.
func newLimit(perSecond int64) *rate.Limiter {
	if perSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), int(min(max(perSecond/10, 1<<10), blockSize)))
}

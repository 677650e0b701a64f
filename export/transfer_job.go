package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/time/rate"

	"zenobis/export/failure"
	"zenobis/safetext"
)

// transfer is one run of a job: from wherever it stands to a complete draft.
type transfer struct {
	o      Options
	id     string
	dir    string
	jf     jobFile
	snap   *Snapshot
	plan   *Plan
	req    Request
	j      *journal
	hashes *hashStore
	lock   *lock
	run    *Run
	src    *source
	limit  *rate.Limiter

	ahead     *readAhead // of the packages in aheadFor
	aheadFor  []string
	waitingOn map[string]bool // data sets that are still in the archive
	needs     map[string][]string
}

// Start sends a planned export, or goes on with one that was interrupted. What
// stands in the way at once is the error; the rest is told by the run, which
// ends when ctx does.
func (e *Engine) Start(ctx context.Context, id string) (*Run, error) {
	if e.o.OpenBIS == nil || e.o.Zenodo == nil {
		return nil, &failure.Error{What: "an export needs both openBIS and Zenodo", Kind: failure.Configuration}
	}
	dir, err := e.dir(id)
	if err != nil {
		return nil, err
	}
	jf, err := readJobFile(dir)
	if err != nil {
		return nil, failure.Wrap("the export can't be read", err)
	}
	if jf.Zenodo != e.o.Zenodo.URL() || jf.OpenBIS != e.o.OpenBIS.URL() {
		return nil, &failure.Error{
			What: fmt.Sprintf("export %s goes from %s to %s, not from %s to %s", id, jf.OpenBIS, jf.Zenodo, e.o.OpenBIS.URL(), e.o.Zenodo.URL()),
			Do:   "set both addresses accordingly", Kind: failure.Configuration,
		}
	}
	t := &transfer{o: e.o, id: id, dir: dir, jf: jf}
	if err := t.open(e.locks(dir)); err != nil {
		t.close()
		return nil, failure.Wrap("the export can't be started", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t.run = newRun(id, cancel, newGauge(e.o.Now))
	t.run.gauge.plan(t.plan, t.confirmed)
	e.mu.Lock()
	e.runs[id] = t.run
	e.mu.Unlock()
	go func() {
		err := t.whole(ctx)
		e.mu.Lock()
		delete(e.runs, id)
		e.mu.Unlock()
		t.run.end(err)
	}()
	return t.run, nil
}

// open takes the lock and opens everything in the job's folder.
func (t *transfer) open(l locks) error {
	var err error
	if t.lock, err = l.take(); err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(t.dir, stopName)) // meant for another run
	if t.j, err = openJournal(t.dir, t.stamp, t.o.Step); err != nil {
		return err
	}
	st := t.j.look()
	switch {
	case st.Discarded, st.Registered, st.Published, st.Uploaded:
		return &failure.Error{What: fmt.Sprintf("there is nothing to send: the export is %s", st.state(false)), Kind: failure.NothingToDo}
	case st.Stopped == StateFailed && !st.Resumable:
		return &failure.Error{What: "the export can't be resumed", Why: st.Reason, Do: "make a new one", Kind: failure.NotResumable}
	}
	if t.snap, err = OpenSnapshot(t.dir); err != nil {
		return fmt.Errorf("open the plan: %w", err)
	}
	t.plan, t.req = t.snap.Plan(), t.snap.Request()
	if err := needSpace(t.dir, int64(t.plan.Files)*2*hashRecord); err != nil {
		return err
	}
	if t.hashes, err = openHashes(t.dir); err != nil {
		return err
	}
	t.limit = newLimit(t.req.LimitRate)
	t.src = &source{ob: t.o.OpenBIS, renew: t.o.Renew, sleep: t.o.Sleep, rand: t.o.Rand, gate: newThrottle(t.o.Parallel), retried: t.fileRetried}
	return nil
}

func (t *transfer) close() {
	if t.ahead != nil {
		t.ahead.close()
	}
	if t.hashes != nil {
		t.hashes.close()
	}
	if t.snap != nil {
		_ = t.snap.Close()
	}
	if t.j != nil {
		_ = t.j.close() // what had to be durable is
	}
	if t.lock != nil {
		t.lock.release()
	}
}

func (t *transfer) stamp() entry {
	return entry{Time: t.o.Now().UTC()}
}

// whole is the run from beginning to end.
func (t *transfer) whole(ctx context.Context) error {
	background := t.attend(ctx)
	err := mortal(func() error { return guarded("export", func() error { return t.send(ctx) }) })
	background()
	if !errors.Is(err, errDied) {
		err = mortal(func() error { return t.conclude(ctx, err) })
	}
	if errors.Is(err, errDied) {
		t.lock.once.Do(func() {}) // as after a kill: the lock stays
	}
	t.close()
	return err
}

// mortal runs f, which a test may end as a kill would.
func mortal(f func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case died:
			err = errDied
		default:
			panic(p)
		}
	}()
	return f()
}

// errDied is what a run ends with when a test plays its death.
var errDied = errors.New("process died")

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
	s := stepFailed
	if errors.Is(err, failure.Interrupted) {
		s = stepInterrupted
		if f.What == "the export failed" {
			f.What = "the export was interrupted"
			f.Do = "zenobis resume " + t.id + " goes on where it stopped"
		}
	}
	t.run.gauge.stage("failed")
	t.saveProgress()
	reason := safetext.Redact(f.Error())
	if e := t.j.add(s, func(e *entry) {
		e.Reason, e.Kind, e.Resume, e.Fields = reason, f.Kind.String(), f.Kind.Resumable(), f.Fields
	}); e != nil {
		t.o.Log.Warn("end of the run not journaled", "job", t.id, "error", failure.Text(e))
	}
	t.emit(Event{Kind: EventError, Message: f.Error(), Hint: f.Do, Err: err})
	return err
}

func (t *transfer) saveProgress() {
	if err := t.run.gauge.save(t.dir); err != nil {
		t.o.Log.Debug("progress not saved", "job", t.id, "error", failure.Text(err)) // only for onlookers
	}
}

func (t *transfer) emit(ev Event) {
	ev.Job, ev.Time = t.id, t.o.Now()
	t.run.emit(ev)
}

// attend does what has to be done beside the sending: progress for onlookers,
// the lock's heartbeat, the wish of another process to stop, the session. The
// function it returns ends that.
func (t *transfer) attend(ctx context.Context) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		if err := guarded("attend to the export", func() error { return t.watchOver(ctx) }); err != nil && ctx.Err() == nil {
			t.run.cancel(err)
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		if err := guarded("keep the session", func() error { return t.keepSession(ctx) }); err != nil && ctx.Err() == nil {
			t.run.cancel(err)
		}
	}()
	return func() {
		cancel()
		<-done
		<-done
	}
}

func (t *transfer) watchOver(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		t.saveProgress()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if _, err := os.Lstat(filepath.Join(t.dir, stopName)); err == nil {
			_ = os.Remove(filepath.Join(t.dir, stopName))
			return fmt.Errorf("%w by another zenobis", failure.Interrupted)
		}
		if time.Since(last) < heartbeat {
			continue
		}
		last = time.Now()
		if !t.lock.ours() {
			return fmt.Errorf("%w: another zenobis has taken the export over", failure.Interrupted)
		}
		if err := t.lock.beat(); err != nil {
			t.o.Log.Warn("lock not renewed", "job", t.id, "error", failure.Text(err))
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
		err := t.src.alive(ctx)
		if failure.Of(err).ExitStatus() == failure.StatusLogin {
			// The download under way may end well; the next one will tell.
			t.o.Log.Warn("openBIS session has ended", "job", t.id, "error", failure.Text(err))
		}
	}
}

// fileRetried tells of a file that is fetched again.
func (t *transfer) fileRetried(r FileRef, attempt int, err error) {
	t.run.gauge.retry()
	t.emit(Event{Kind: EventRetry, Package: r.Package, Attempt: attempt, Message: safetext.Line(r.File.Path) + ": " + failure.Text(err)})
}

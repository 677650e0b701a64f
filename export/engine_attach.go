package export

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"zenobis/export/failure"
)

// Attached is an export that another process works on: it can be looked at and
// asked to stop. It has the methods of a Run.
type Attached struct {
	e      *Engine
	id     string
	dir    string
	events chan Event
	done   chan struct{}
	err    error
}

// Attach looks at an export that another process works on, until that ends or
// ctx does.
func (e *Engine) Attach(ctx context.Context, id string) (*Attached, error) {
	dir, err := e.dir(id)
	if err != nil {
		return nil, err
	}
	if !e.locks(dir).live() {
		return nil, &failure.Error{What: "no process works on export " + id, Kind: failure.NotRunning}
	}
	a := &Attached{e: e, id: id, dir: dir, events: make(chan Event, 4), done: make(chan struct{})}
	go a.follow(ctx)
	return a, nil
}

func (a *Attached) follow(ctx context.Context) {
	defer close(a.done)
	defer close(a.events)
	for {
		if !a.e.locks(a.dir).live() {
			break
		}
		p := a.Progress()
		select {
		case a.events <- Event{Kind: EventProgress, Time: p.Updated, Job: a.id, Bytes: p.Bytes, Total: p.Total, RecordID: p.RecordID, URL: p.URL, DOI: p.DOI}:
		default: // nobody reads
		}
		if err := sleep(ctx, time.Second); err != nil {
			a.err = failure.Wrap("looking at the export was interrupted", failure.Interruption(err))
			return
		}
	}
	j, _, st, err := a.e.job(a.dir)
	switch {
	case err != nil:
		a.err = failure.Wrap("the export can't be read", err)
	case !st.Uploaded && !st.Discarded:
		a.err = &failure.Error{What: "the export is " + string(j.State), Why: j.Reason, Do: "zenobis resume " + a.id + " goes on", Kind: failure.Interrupted}
	}
}

// Progress is what the other process last wrote, at most a second ago.
func (a *Attached) Progress() Progress {
	p, err := readProgress(a.dir)
	if err != nil {
		return Progress{Stage: "uploading"} // it has written nothing yet
	}
	return p
}

// Events delivers a look every second and is closed when the run ends.
func (a *Attached) Events() <-chan Event { return a.events }

// Pause does nothing: a run is paused where it was started.
func (a *Attached) Pause(bool) {}

// LeaveOut does nothing: questions are answered where the run was started.
func (a *Attached) LeaveOut(bool) {}

// Stop asks the other process to stop; it does within a second or two.
func (a *Attached) Stop() { _ = a.e.RequestStop(a.id) }

// Wait returns when the other process has ended its run.
func (a *Attached) Wait() error {
	<-a.done
	return a.err
}

// RequestStop asks the process that works on an export to stop.
func (e *Engine) RequestStop(id string) error {
	dir, err := e.dir(id)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, stopName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return failure.Wrap("the export can't be stopped", diskError(err))
	}
	return f.Close()
}

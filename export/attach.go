package export

import (
	"context"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
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
	j, err := e.store.Job(id)
	if err != nil {
		return nil, err
	}
	if !j.Running {
		return nil, &failure.Error{Kind: failure.NotRunning, What: "no process works on export " + id}
	}
	a := &Attached{e: e, id: id, dir: j.Dir, events: make(chan Event, 4), done: make(chan struct{})}
	go a.follow(ctx)
	return a, nil
}

func (a *Attached) follow(ctx context.Context) {
	defer close(a.done)
	defer close(a.events)
	for {
		if on, err := a.e.store.Running(a.id); err != nil || !on {
			break
		}
		select {
		case a.events <- Advanced{Progress: a.Progress()}:
		default: // nobody reads
		}
		if err := a.e.o.Sleep(ctx, time.Second); err != nil {
			a.err = failure.Wrap("looking at the export was interrupted", failure.Interruption(err))
			return
		}
	}
	j, st, err := a.e.store.Look(a.id)
	switch {
	case err != nil:
		a.err = failure.Wrap("the export can't be read", err)
	case !st.Uploaded && !st.Discarded:
		a.err = &failure.Error{
			Kind: failure.Interrupted, What: "the export is " + string(j.State), Why: j.Reason, Do: "zenobis resume " + a.id + " goes on",
		}
	}
}

// Progress is what the other process last wrote, at most a second ago.
func (a *Attached) Progress() Progress {
	p, err := job.ReadProgress(a.dir)
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

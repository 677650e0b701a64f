package flowtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zenobis/export"
	"zenobis/session"
)

func (f *Fake) Plan(ctx context.Context, r export.Request, dry bool, progress func(string, int)) (export.Job, *export.Plan, error) {
	if f.BlockPlan != nil && !dry {
		select {
		case <-f.BlockPlan:
		case <-ctx.Done():
			return export.Job{}, nil, ctx.Err()
		}
	}
	f.Mu.Lock()
	defer f.Mu.Unlock()
	progress("files", 27)
	p, err := f.OnPlan(r)
	if dry {
		return export.Job{}, p, err
	}
	f.Planned = append(f.Planned, r)
	return export.Job{ID: fmt.Sprint("job", len(f.Planned)), Title: r.Metadata.Title, State: export.StatePlanned, Plan: p, Request: r}, p, err
}

func (f *Fake) Start(ctx context.Context, id string) (session.Running, error) {
	if err := f.held(ctx, "start"); err != nil {
		return nil, err
	}
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.Started = append(f.Started, id)
	f.Run = &Run{EventsC: make(chan export.Event, 16), P: export.Progress{
		Stage: "uploading", Bytes: 1_000_000_000, Total: 2_312_345_678, File: "Measurement 1/raw/run1.csv",
		Packages: []export.PackageProgress{
			{Name: "README.md", Bytes: 4321, Total: 4321, Done: true},
			{Name: "content.zip", Bytes: 999_995_679, Total: 2_312_341_357, Attempt: 1},
		},
	}}
	stop := context.AfterFunc(ctx, f.Run.Stop)
	f.Run.release = func() { stop() }
	return f.Run, nil
}

func (f *Fake) Watch(ctx context.Context, _ string, _ time.Duration, see func(export.Job)) error {
	if err := f.held(ctx, "watch"); err != nil {
		return err
	}
	for {
		select {
		case j := <-f.Changes:
			see(j)
			if j.State.Settled() {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Run does what the test says.
type Run struct {
	Mu      sync.Mutex
	P       export.Progress
	EventsC chan export.Event
	Err     error
	Closed  bool
	release func()
	Paused  bool
	Answer  *bool
	Stopped bool
}

func (r *Run) Progress() export.Progress {
	r.Mu.Lock()
	defer r.Mu.Unlock()
	p := r.P
	p.Packages = slices.Clone(p.Packages)
	return p
}

func (r *Run) Events() <-chan export.Event { return r.EventsC }

func (r *Run) Pause(p bool) { r.Paused = p }

func (r *Run) LeaveOut(yes bool) { r.Answer = &yes }

func (r *Run) Wait() error { r.Mu.Lock(); defer r.Mu.Unlock(); return r.Err }

func (r *Run) Stop() {
	r.Mu.Lock()
	r.Stopped = true
	r.Mu.Unlock()
	r.Finish(context.Canceled)
}

func (r *Run) Finish(err error) {
	r.Mu.Lock()
	defer r.Mu.Unlock()
	if !r.Closed {
		r.Closed, r.Err = true, err
		close(r.EventsC)
	}
}

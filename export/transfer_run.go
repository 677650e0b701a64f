package export

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"zenobis/export/failure"
	"zenobis/safetext"
)

// Run is an export under way. Its methods may be called from anywhere.
type Run struct {
	job    string
	events chan Event
	done   chan struct{}
	cancel context.CancelCauseFunc
	gauge  *gauge
	brake  *brake
	answer chan bool

	mu     sync.Mutex
	err    error
	asked  bool
	closed bool
}

// eventRoom is how many events wait for a reader; then the oldest are dropped.
const eventRoom = 1024

func newRun(job string, cancel context.CancelCauseFunc, g *gauge) *Run {
	return &Run{
		job: job, events: make(chan Event, eventRoom), done: make(chan struct{}),
		cancel: cancel, gauge: g, brake: newBrake(), answer: make(chan bool, 1),
	}
}

// Progress is a look at where the run is; it never waits.
func (r *Run) Progress() Progress { return r.gauge.look() }

// Events delivers what happens. The channel is closed at the end of the run. A
// reader that falls far behind misses the oldest; nobody has to read.
func (r *Run) Events() <-chan Event { return r.events }

// Pause lets the run wait: between packages, and inside one by giving the
// upload up, which is repeated from its beginning when the pause ends.
func (r *Run) Pause(pause bool) { r.brake.set(pause) }

// Stop ends the run; Wait returns failure.Interrupted then. It can be resumed.
func (r *Run) Stop() { r.cancel(failure.Interrupted) }

// LeaveOut answers an EventQuestion.
func (r *Run) LeaveOut(yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.asked {
		return
	}
	r.asked = false
	r.answer <- yes
}

// Wait returns when the run has ended, with a *failure.Error unless the draft is complete.
func (r *Run) Wait() error {
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// emit hands an event over without waiting for a reader.
func (r *Run) emit(ev Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	for {
		select {
		case r.events <- ev:
			return
		default:
		}
		select {
		case <-r.events:
		default:
		}
	}
}

// ask waits for the answer to a question; true means yes.
func (r *Run) ask(ctx context.Context, ev Event) (bool, error) {
	r.mu.Lock()
	r.asked = true
	r.mu.Unlock()
	r.emit(ev)
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case yes := <-r.answer:
		return yes, nil
	}
}

// end closes the run.
func (r *Run) end(err error) {
	r.mu.Lock()
	r.err, r.closed = err, true
	close(r.events)
	r.mu.Unlock()
	close(r.done)
	r.cancel(nil)
}

// guarded runs f and turns a panic into an error, so that one broken part does
// not take the terminal with it.
func guarded(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if d, ok := p.(died); ok {
				panic(d) // a test ends the process here
			}
			err = fmt.Errorf("%s: %w: %s at %s", what, errPanic, safetext.Line(fmt.Sprint(p)), safetext.Line(string(debug.Stack())))
		}
	}()
	return f()
}

// errPanic is a fault of this program.
var errPanic = errors.New("internal error")

// died is what a test's Step panics with to play the death of the process.
type died struct{}

// brake holds a run that was paused.
type brake struct {
	mu     sync.Mutex
	on     bool
	change chan struct{} // closed at each change
}

func newBrake() *brake { return &brake{change: make(chan struct{})} }

func (b *brake) set(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.on != on {
		b.on = on
		close(b.change)
		b.change = make(chan struct{})
	}
}

// state returns whether the run is paused, and a channel that tells of a change.
func (b *brake) state() (bool, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.on, b.change
}

// wait returns when the run is not paused; paused is called once if it is.
func (b *brake) wait(ctx context.Context, paused func()) error {
	for first := true; ; first = false {
		on, change := b.state()
		if !on {
			return nil
		}
		if first {
			paused()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-change:
		}
	}
}

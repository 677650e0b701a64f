package transfer

import (
	"context"
	"sync"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/human"
)

// Run is an export under way. Its methods may be called from anywhere.
type Run struct {
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

func newRun(g *gauge) *Run {
	return &Run{
		events: make(chan Event, eventRoom), done: make(chan struct{}),
		gauge: g, brake: newBrake(), answer: make(chan bool, 1),
	}
}

// Progress is a look at where the run is; it never waits.
func (r *Run) Progress() job.Progress { return r.gauge.progress() }

// Events delivers what happens. The channel is closed at the end of the run. A
// reader that falls far behind misses the oldest; nobody has to read.
func (r *Run) Events() <-chan Event { return r.events }

// Pause lets the run wait: between packages, and inside one by giving the
// upload up, which is repeated from its beginning when the pause ends.
func (r *Run) Pause(pause bool) { r.brake.set(pause) }

// Stop ends the run; Wait returns failure.Interrupted then. It can be resumed.
func (r *Run) Stop() { r.cancel(failure.Interrupted) }

// LeaveOut answers a Question.
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

// NoteWait shows that a client of the run waits, such as for the server's request
// budget.
func (r *Run) NoteWait(d time.Duration, why string) {
	r.emit(Waiting{why + " (" + human.Duration(d) + ")"})
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

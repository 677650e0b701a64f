package session

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/wire"
)

// Waits knows what the calls of a process wait for at the moment: a server that
// does not answer, or its request budget. Safe for concurrent use; a nil one
// knows nothing.
type Waits struct {
	mu      sync.Mutex
	now     func() time.Time
	on      []waiting // the newest last
	hearers []func(d time.Duration, why string)
}

// waiting is one thing that is waited for.
type waiting struct {
	of    any // what waits: a call, or the words for what waits alone
	text  string
	until time.Time // when it is over by itself; zero if it has an end of its own
	last  time.Time // of a call: when its last try is made; zero if that is not known
}

// NewWaits knows of no waiting yet.
func NewWaits(now func() time.Time) *Waits { return &Waits{now: now} }

// Listen adds who is told of each waiting before it begins.
func (w *Waits) Listen(f func(d time.Duration, why string)) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hearers = append(w.hearers, f)
}

// Now is what is waited for, fit to be shown; "" for nothing.
func (w *Waits) Now() string {
	if w == nil {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	w.on = slices.DeleteFunc(w.on, func(x waiting) bool { return !x.until.IsZero() && now.After(x.until) })
	if len(w.on) == 0 {
		return ""
	}
	x := w.on[len(w.on)-1]
	if !x.last.IsZero() && now.After(x.last) {
		return x.text + ", the last try is under way"
	}
	return x.text + x.plan()
}

// plan says when the last try will be made.
func (x *waiting) plan() string {
	if x.last.IsZero() {
		return ""
	}
	return ", the last is made at " + x.last.Local().Format("15:04:05")
}

// Waiting is what the calls of this process wait for, fit to be shown; "" for nothing.
func (s *Settings) Waiting() string { return s.Waits.Now() }

// repeated is told of the waiting between the tries of a call.
func (w *Waits) repeated(x wire.Wait) {
	if w == nil {
		return
	}
	if x.Until.IsZero() {
		w.set(waiting{of: x.Call}, 0)
		return
	}
	text := fmt.Sprintf("%s: %s; try %d", x.What, failure.Text(x.Err), x.Try)
	if x.Of > 0 {
		text += fmt.Sprintf(" of %d", x.Of)
	}
	text += " failed"
	if asked := wire.RetryAfter(x.Err); asked > time.Minute {
		text += ", it asks to come back in " + human.Duration(asked)
	}
	w.set(waiting{of: x.Call, text: text, last: x.GiveUp}, x.Until.Sub(w.now()))
}

// budget is told of the waiting for Zenodo's request budget, and of any other that
// is over by itself.
func (w *Waits) budget(d time.Duration, why string) {
	if w == nil {
		return
	}
	until, text := w.now().Add(d), why
	if d >= worthTelling {
		text += ", until " + until.Local().Format("15:04:05")
	}
	w.set(waiting{of: why, text: text, until: until}, d)
}

// worthTelling is from when on the end of a waiting is told.
const worthTelling = 15 * time.Second

// set replaces what is known of a waiting; without a text it is over.
func (w *Waits) set(x waiting, d time.Duration) {
	w.mu.Lock()
	w.on = slices.DeleteFunc(w.on, func(o waiting) bool { return o.of == x.of })
	if x.text == "" {
		w.mu.Unlock()
		return
	}
	w.on = append(w.on, x)
	hearers := slices.Clone(w.hearers)
	w.mu.Unlock()
	for _, f := range hearers {
		f(d, x.text+x.plan())
	}
}

package wire

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"zenobis/human"
)

// What the policy uses where nothing else is said.
const (
	Patience     = 2 * time.Minute        // without success until a call is given up
	firstWait    = 500 * time.Millisecond // before the first repetition
	longestWait  = 15 * time.Second       // before any repetition
	longestAsked = 5 * time.Minute        // that a server may ask for with Retry-After
)

// Transient reports whether an error may be over at the next try. The error
// says so itself, by a method Transient() bool of it or of what it wraps; the
// outermost that speaks decides.
func Transient(err error) bool {
	var t interface{ Transient() bool }
	return errors.As(err, &t) && t.Transient()
}

// NoVerdict reports an error in which the server that was asked has not spoken: it is
// away for now, or a proxy or a certificate stood before it.
func NoVerdict(err error) bool {
	return Transient(err) || errors.Is(err, ErrProxy) || errors.Is(err, ErrCertificate)
}

// RetryAfter is how long the server asked to wait before the next try, by a
// method RetryAfter() time.Duration of the error or of what it wraps; 0 where
// it did not ask. Clients fill it from answers with 429 and 503 only.
func RetryAfter(err error) time.Duration {
	var a interface{ RetryAfter() time.Duration }
	if !errors.As(err, &a) {
		return 0
	}
	return a.RetryAfter()
}

// Retry says what is repeated, when, how often and for how long. The zero value
// repeats what is transient, with waits from half a second to 15 seconds, until
// two minutes have passed without success. It only ever gets calls that may be
// carried out twice; whoever creates something looks before a repetition.
type Retry struct {
	First    time.Duration    // longest wait before the first repetition, doubled for each further one; 0 means 500 ms
	Most     time.Duration    // longest wait before any repetition; 0 means 15 s
	Patience time.Duration    // from the first failure to the last try; 0 means 2 minutes, negative is for ever
	Tries    int              // in all; 0 leaves it to the patience
	Repeat   func(error) bool // which errors are worth a repetition; nil means Transient

	// Server and Call say who is asked what, where calls share the patience of a
	// piece of work (see WithPatience). "" shares nothing.
	Server, Call string

	// Waiting is told of every wait before it begins, and of its end by a Wait
	// without Until, once the call has succeeded or was given up. It is called
	// from any goroutine, for calls that run side by side in any order.
	Waiting func(Wait)

	Now   func() time.Time                                 // nil means time.Now
	Sleep func(ctx context.Context, d time.Duration) error // nil means Sleep
	Rand  func() float64                                   // jitter, in [0,1); nil means random
}

// Wait is a pause before a repetition.
type Wait struct {
	Call   *Series   // tells one call's waits from another's of the same kind
	What   string    // is repeated, such as "list the files of 25 data sets"
	Err    error     // of the last try
	Try    int       // how often it has failed
	Of     int       // tries in all; 0: as many as the patience allows
	Until  time.Time // of the next try; zero: the waiting is over
	GiveUp time.Time // when the patience ends, at which the last try is made; zero: it does not, or the tries end before it
}

// GivenUp is the error of a call that was repeated in vain. It wraps the last
// try's error.
type GivenUp struct {
	What  string
	Tries int
	For   time.Duration // from the first failure to the last
	Err   error
}

// Error is the last try's, with how often and how long it was tried.
func (g *GivenUp) Error() string {
	if g.Tries == 1 { // another call has been repeated
		return g.Err.Error()
	}
	if g.For < time.Second {
		return fmt.Sprintf("%v (%d tries)", g.Err, g.Tries)
	}
	return fmt.Sprintf("%v (%d tries in %s)", g.Err, g.Tries, human.Duration(g.For))
}

// Unwrap returns the last try's error.
func (g *GivenUp) Unwrap() error { return g.Err }

// Transient is false: what was repeated in vain is not repeated by the next
// loop around it.
func (g *GivenUp) Transient() bool { return false }

// FirstContact is the policy for a server that has not answered yet: three tries
// in about ten seconds, so that a wrong address is told at once.
func (r Retry) FirstContact() Retry {
	r.First, r.Most, r.Tries = 4*time.Second, 8*time.Second, 3
	return r
}

// Do calls f until it succeeds, fails for good, or the policy gives up: then the
// error is a *GivenUp. A cancelled context ends a wait at once, with its cause.
func (r Retry) Do(ctx context.Context, what string, f func(ctx context.Context) error) error {
	s := r.Begin(what)
	defer s.End()
	for {
		err := f(ctx)
		if err == nil {
			s.answered(ctx)
			return nil
		}
		if err := s.Again(ctx, err); err != nil {
			return err
		}
	}
}

// Begin begins a series of tries for a caller that has something to do between
// them, such as looking whether a creation has happened.
func (r Retry) Begin(what string) *Series { return &Series{r: r, what: what} }

// Series is one call with its repetitions. It belongs to one goroutine.
type Series struct {
	r      Retry
	what   string
	failed int
	since  time.Time // of the first failure
	told   bool      // of a wait
}

// Again is told of a failed try. It waits and returns nil when the next one
// may be made; else the error to end with: the context's cause, err itself when it
// is not worth a repetition, or a *GivenUp.
func (s *Series) Again(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	repeat := s.r.Repeat
	if repeat == nil {
		repeat = Transient
	}
	if !repeat(err) {
		s.answered(ctx)
		return err
	}
	now := s.now()
	if s.failed == 0 {
		s.since = now
	}
	s.failed++
	patience := s.r.Patience
	if patience == 0 {
		patience = Patience
	}
	since, given := s.since, false
	work := s.work(ctx)
	if work != nil {
		since, given = work.failed(s.r.Server, s.r.Call, s.since)
	}
	gone := max(now.Sub(since), 0) // a clock may be set back
	if given || s.r.Tries > 0 && s.failed >= s.r.Tries || patience > 0 && gone >= patience {
		if work != nil {
			work.gaveUp(s.r.Server, s.r.Call)
		} else if s.failed == 1 {
			return err // nothing was repeated
		}
		return &GivenUp{What: s.what, Tries: s.failed, For: max(now.Sub(s.since), 0), Err: err}
	}
	d := s.r.wait(s.failed, err)
	w := Wait{Call: s, What: s.what, Err: err, Try: s.failed, Of: s.r.Tries}
	if patience > 0 {
		d = min(d, patience-gone) // the last try is made when the patience ends
		if s.r.Tries == 0 {
			w.GiveUp = now.Add(patience - gone)
		}
	}
	w.Until = now.Add(d)
	if s.r.Waiting != nil {
		s.told = true
		s.r.Waiting(w)
	}
	sleep := s.r.Sleep
	if sleep == nil {
		sleep = Sleep
	}
	return sleep(ctx, d)
}

// Succeeded begins the series anew: patience is time without success.
func (s *Series) Succeeded() {
	s.End()
	s.failed = 0
}

// Failed is the number of failures so far.
func (s *Series) Failed() int { return s.failed }

// End tells the hook that nothing is waited for any more.
func (s *Series) End() {
	if s.told {
		s.told = false
		s.r.Waiting(Wait{Call: s, What: s.what, Try: s.failed})
	}
}

// work is the piece of work whose patience this call shares; nil for none.
func (s *Series) work(ctx context.Context) *patience {
	if s.r.Server == "" || s.r.Patience < 0 {
		return nil
	}
	return patienceOf(ctx)
}

// answered notes that the server has answered, be it with a refusal.
func (s *Series) answered(ctx context.Context) {
	if work := s.work(ctx); work != nil {
		work.answers(s.r.Server, s.r.Call)
	}
}

func (s *Series) now() time.Time {
	if s.r.Now != nil {
		return s.r.Now()
	}
	return time.Now()
}

// wait is how long to wait after the n-th failure: doubled each time, between
// half and all of it, so that many who wait don't come back at once; longer
// only if the server asked for it.
func (r Retry) wait(n int, err error) time.Duration {
	d, most := r.First, r.Most
	if d <= 0 {
		d = firstWait
	}
	if most <= 0 {
		most = longestWait
	}
	for i := 1; i < n && d < most; i++ {
		d *= 2
	}
	d = min(d, most)
	random := r.Rand
	if random == nil {
		random = rand.Float64
	}
	d = d/2 + time.Duration(random()*float64(d/2))
	return max(d, min(RetryAfter(err), longestAsked))
}

// Sleep waits for d by the clock, or for the end of the context, whose cause it
// returns then.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// AskedWait is the wait that an answer asks for by Retry-After: on 429 and 503
// only, since elsewhere the header means nothing. 0 where it does not ask. A
// date is measured by the server's own clock; ours may be wrong.
func AskedWait(r *http.Response, now time.Time) time.Duration {
	if r.StatusCode != http.StatusTooManyRequests && r.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	v := r.Header.Get("Retry-After")
	// What is out of range comes as the largest number of 31 bits: 68 years.
	if n, err := strconv.ParseUint(v, 10, 31); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(ServerTime(r, now)))
	}
	return 0
}

// ServerTime is the server's clock when it answered, or now where it does not tell.
func ServerTime(r *http.Response, now time.Time) time.Time {
	if t, err := http.ParseTime(r.Header.Get("Date")); err == nil {
		return t
	}
	return now
}

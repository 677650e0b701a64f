package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// hiccup is an error that carries behaviour, as those of both clients do.
type hiccup struct {
	passing bool
	after   time.Duration
}

func (h *hiccup) Error() string             { return "server has hiccups" }
func (h *hiccup) Transient() bool           { return h.passing }
func (h *hiccup) RetryAfter() time.Duration { return h.after }

// rig is a policy on a clock that only sleeping moves.
type rig struct {
	now   time.Time
	slept []time.Duration
	waits []Wait
}

func (g *rig) policy(r Retry) Retry {
	g.now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r.Now = func() time.Time { return g.now }
	r.Sleep = func(_ context.Context, d time.Duration) error {
		g.slept = append(g.slept, d)
		g.now = g.now.Add(d)
		return nil
	}
	r.Waiting = func(w Wait) { g.waits = append(g.waits, w) }
	return r
}

func all() float64 { return 1 }

func TestWhatIsRepeated(t *testing.T) {
	passing, lasting := &hiccup{passing: true}, &hiccup{}
	for name, c := range map[string]struct {
		err   error
		tries int
	}{
		"no word about it":    {errors.New("plain"), 1},
		"says it is lasting":  {lasting, 1},
		"says it may pass":    {passing, 2},
		"wrapped":             {fmt.Errorf("list files: %w", passing), 2},
		"the outermost wins":  {&GivenUp{Err: passing}, 1},
		"joined with another": {errors.Join(errors.New("plain"), passing), 2},
	} {
		var g rig
		tries := 0
		err := g.policy(Retry{}).Do(t.Context(), "look", func(context.Context) error {
			if tries++; tries == 1 {
				return c.err
			}
			return nil
		})
		if tries != c.tries {
			t.Errorf("%s: %d tries, want %d", name, tries, c.tries)
		}
		if c.tries == 1 && !errors.Is(err, c.err) {
			t.Errorf("%s: the error is %v", name, err)
		}
		if c.tries == 2 && err != nil {
			t.Errorf("%s: %v although the second try succeeded", name, err)
		}
	}
}

func TestBackOffDoublesWithJitter(t *testing.T) {
	for name, c := range map[string]struct {
		r    Retry
		want []time.Duration
	}{
		"defaults": {Retry{Tries: 8, Rand: all}, []time.Duration{
			500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second}},
		"jitter takes up to half off": {Retry{Tries: 4, Rand: func() float64 { return 0 }}, []time.Duration{
			250 * time.Millisecond, 500 * time.Millisecond, time.Second}},
		"given": {Retry{First: time.Second, Most: 3 * time.Second, Tries: 4, Rand: all}, []time.Duration{
			time.Second, 2 * time.Second, 3 * time.Second}},
		"most below first": {Retry{First: time.Minute, Most: time.Second, Tries: 2, Rand: all}, []time.Duration{time.Second}},
		"first contact":    {Retry{Rand: all}.FirstContact(), []time.Duration{4 * time.Second, 8 * time.Second}},
	} {
		var g rig
		err := g.policy(c.r).Do(t.Context(), "look", func(context.Context) error { return &hiccup{passing: true} })
		if !slices.Equal(g.slept, c.want) {
			t.Errorf("%s: slept %v, want %v", name, g.slept, c.want)
		}
		var end *GivenUp
		if !errors.As(err, &end) || end.Tries != len(c.want)+1 || end.What != "look" {
			t.Errorf("%s: ended with %#v", name, err)
		}
	}
	seen := map[time.Duration]bool{}
	for range 20 {
		d := Retry{}.wait(1, nil)
		if d < 250*time.Millisecond || d > 500*time.Millisecond {
			t.Errorf("a first wait of %v", d)
		}
		seen[d] = true
	}
	if len(seen) < 2 {
		t.Error("without randomness all waiters come back at once")
	}
}

func TestPatienceIsTimeWithoutSuccess(t *testing.T) {
	var g rig
	r := g.policy(Retry{Rand: all})
	err := r.Do(t.Context(), "look", func(context.Context) error {
		g.now = g.now.Add(time.Second) // a try takes its time
		return &hiccup{passing: true}
	})
	var end *GivenUp
	if !errors.As(err, &end) {
		t.Fatalf("ended with %v", err)
	}
	if end.For < 2*time.Minute || end.For > 2*time.Minute+time.Second {
		t.Errorf("gave up after %v", end.For)
	}
	if last := g.slept[len(g.slept)-1]; last >= 15*time.Second {
		t.Errorf("the last wait of %v goes beyond the patience", last)
	}
	if got := err.Error(); !strings.Contains(got, fmt.Sprintf("server has hiccups (%d tries in 2 min", end.Tries)) {
		t.Errorf("told as %q", got)
	}
	if got := (&GivenUp{Tries: 2, For: time.Second, Err: &hiccup{}}).Error(); got != "server has hiccups (2 tries in 1 s)" {
		t.Errorf("told as %q", got)
	}
	if Transient(err) {
		t.Error("what was given up would be repeated by a loop around it")
	}

	// A success in between starts the two minutes again.
	g = rig{}
	s := g.policy(Retry{Rand: all}).Begin("send")
	for range 100 {
		if err := s.Again(t.Context(), &hiccup{passing: true}); err != nil {
			t.Fatal(err)
		}
		if s.Failed() != 1 {
			t.Fatalf("%d failures since the last success", s.Failed())
		}
		g.now = g.now.Add(time.Minute)
		s.Succeeded()
	}
	// For ever means for ever.
	g = rig{}
	s = g.policy(Retry{Rand: all, Patience: -1}).Begin("watch")
	for range 1000 {
		if err := s.Again(t.Context(), &hiccup{passing: true}); err != nil {
			t.Fatal(err)
		}
	}
	if w := g.waits[0]; !w.GiveUp.IsZero() {
		t.Errorf("patience without end ends at %v", w.GiveUp)
	}
	// Who stops after some tries says how many, and no end that never comes.
	g = rig{}
	s = g.policy(Retry{Rand: all}.FirstContact()).Begin("reach")
	_ = s.Again(t.Context(), &hiccup{passing: true})
	if w := g.waits[0]; !w.GiveUp.IsZero() || w.Of != 3 {
		t.Errorf("first contact: %+v", w)
	}
	// A clock set back takes nothing away and does not prolong for ever.
	g = rig{}
	s = g.policy(Retry{Rand: all, Patience: time.Minute}).Begin("look")
	_ = s.Again(t.Context(), &hiccup{passing: true})
	g.now = g.now.Add(-time.Hour)
	if err := s.Again(t.Context(), &hiccup{passing: true}); err != nil {
		t.Error(err)
	}
	if w := g.waits[1]; w.GiveUp.Sub(g.now) > time.Minute+time.Second {
		t.Errorf("the patience lasts until %v, it is %v", w.GiveUp, g.now)
	}
}

// TestOneTryIsNoRepetition: an error is told as it is when nothing was repeated.
func TestOneTryIsNoRepetition(t *testing.T) {
	var g rig
	h := &hiccup{passing: true}
	if err := g.policy(Retry{Tries: 1}).Do(t.Context(), "look", func(context.Context) error { return h }); !errors.Is(err, h) {
		t.Errorf("%#v", err)
	}
	if got := (&GivenUp{What: "look", Tries: 3, Err: h}).Error(); got != "server has hiccups (3 tries)" {
		t.Errorf("told as %q", got)
	}
}

func TestRetryAfterIsHeardAndCapped(t *testing.T) {
	for name, c := range map[string]struct {
		after, patience, want time.Duration
	}{
		"longer than the back-off":  {20 * time.Second, 0, 20 * time.Second},
		"shorter than the back-off": {time.Millisecond, 0, 500 * time.Millisecond},
		"68 years":                  {1 << 62, -1, 5 * time.Minute},
		"beyond the patience":       {time.Hour, 0, 2 * time.Minute},
		"negative":                  {-time.Hour, 0, 500 * time.Millisecond},
	} {
		var g rig
		s := g.policy(Retry{Rand: all, Patience: c.patience}).Begin("look")
		if err := s.Again(t.Context(), fmt.Errorf("read: %w", &hiccup{passing: true, after: c.after})); err != nil {
			t.Fatal(err)
		}
		if g.slept[0] != c.want {
			t.Errorf("%s: waited %v, want %v", name, g.slept[0], c.want)
		}
	}
	if d := RetryAfter(errors.New("plain")); d != 0 {
		t.Errorf("%v out of nothing", d)
	}
}

func TestTheHookIsToldOfEachWaitAndOfTheEnd(t *testing.T) {
	var g rig
	tries := 0
	h := &hiccup{passing: true}
	err := g.policy(Retry{Rand: all}).Do(t.Context(), "look", func(context.Context) error {
		if tries++; tries < 3 {
			return h
		}
		return nil
	})
	if err != nil || len(g.waits) != 3 {
		t.Fatalf("%v, told of %v", err, g.waits)
	}
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	give := begin.Add(2 * time.Minute)
	for i, want := range []Wait{
		{What: "look", Err: h, Try: 1, Until: begin.Add(500 * time.Millisecond), GiveUp: give},
		{What: "look", Err: h, Try: 2, Until: begin.Add(1500 * time.Millisecond), GiveUp: give},
		{What: "look", Try: 2},
	} {
		want.Call = g.waits[0].Call
		if g.waits[i] != want || want.Call == nil {
			t.Errorf("wait %d: %+v, want %+v", i, g.waits[i], want)
		}
	}
	g.waits = nil
	_ = g.policy(Retry{}).Do(t.Context(), "look", func(context.Context) error { return nil })
	if len(g.waits) > 0 {
		t.Errorf("told of %v although nothing was waited for", g.waits)
	}
	// Without a hook all goes on.
	r := g.policy(Retry{Tries: 2})
	r.Waiting = nil
	if err := r.Do(t.Context(), "look", func(context.Context) error { return h }); !errors.Is(err, h) {
		t.Error(err)
	}
}

func TestCancellingEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := errors.New("the user left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(left) })
		begin := time.Now()
		err := Retry{}.Do(ctx, "look", func(context.Context) error { return &hiccup{passing: true} })
		if !errors.Is(err, left) || time.Since(begin) != 100*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		tries := 0
		err = Retry{}.Do(ctx, "look", func(context.Context) error { tries++; return &hiccup{passing: true} })
		if !errors.Is(err, left) || tries != 1 {
			t.Errorf("%v after %d tries on a dead context", err, tries)
		}
	})
}

// TestByTheClock: what is not injected is the real thing.
func TestByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		err := Retry{Rand: all}.Do(t.Context(), "look", func(context.Context) error { return &hiccup{passing: true} })
		var end *GivenUp
		if !errors.As(err, &end) || time.Since(begin) != 2*time.Minute {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func TestAskedWait(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	late := now.Add(-time.Hour) // the server's clock
	for name, c := range map[string]struct {
		status      int
		value, date string
		want        time.Duration
	}{
		"seconds":                    {429, "7", "", 7 * time.Second},
		"maintenance":                {503, "120", "", 2 * time.Minute},
		"date by our clock":          {429, now.Add(time.Minute).Format(http.TimeFormat), "", time.Minute},
		"date by the server's clock": {503, late.Add(time.Minute).Format(http.TimeFormat), late.Format(http.TimeFormat), time.Minute},
		"date gone by":               {503, late.Format(http.TimeFormat), "", 0},
		"with a good answer":         {200, "7", "", 0},
		"with another fault":         {500, "7", "", 0},
		"negative":                   {429, "-7", "", 0},
		"more than fits":             {429, "2147483648", "", (1<<31 - 1) * time.Second},
		"no number":                  {429, "soon", "", 0},
		"none":                       {429, "", "", 0},
	} {
		r := &http.Response{StatusCode: c.status, Header: http.Header{}}
		r.Header.Set("Retry-After", c.value)
		r.Header.Set("Date", c.date)
		if got := AskedWait(r, now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A wait is made by the Sleep that is given, and by the clock without one.
func TestWhoWaits(t *testing.T) {
	var waits []time.Duration
	tries := 0
	r := Retry{Tries: 3, Patience: -1, First: time.Hour, Most: time.Hour, Rand: func() float64 { return 0 },
		Repeat: func(error) bool { return true },
		Sleep:  func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }}
	err := r.Do(t.Context(), "x", func(context.Context) error { tries++; return errors.New("no") })
	if want := []time.Duration{30 * time.Minute, 30 * time.Minute}; tries != 3 || !slices.Equal(waits, want) || err == nil {
		t.Errorf("%d tries, waits %v, %v", tries, waits, err)
	}
	begin := time.Now()
	r = Retry{Tries: 2, First: 40 * time.Millisecond, Repeat: func(error) bool { return true }}
	_ = r.Do(t.Context(), "x", func(context.Context) error { return errors.New("no") })
	if d := time.Since(begin); d < 20*time.Millisecond {
		t.Errorf("waited %v only", d)
	}
}

// The first contact is given up after three tries in about ten seconds, whatever
// patience there is.
func TestFirstContactIsShort(t *testing.T) {
	var waited time.Duration
	tries := 0
	r := Retry{Patience: -1, Rand: func() float64 { return 1 }, Repeat: func(error) bool { return true },
		Sleep: func(_ context.Context, d time.Duration) error { waited += d; return nil }}.FirstContact()
	err := r.Do(t.Context(), "x", func(context.Context) error { tries++; return errors.New("no") })
	var g *GivenUp
	if !errors.As(err, &g) || tries != 3 || waited != 12*time.Second {
		t.Errorf("%d tries, %v waited, %v", tries, waited, err)
	}
}

package transfer

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"zenobis/export/job"
	"zenobis/zenodo"
)

// moment is a sample of a run: what it said at a time.
type moment struct {
	at   time.Time
	said float64
}

// tape is a run on a clock of its own. Every quarter of a second somebody looks.
type tape struct {
	g       *gauge
	now     time.Time
	next    time.Time
	moments []moment
	stall   [2]time.Time // from, to
}

func newTape(packages int, size int64) *tape {
	t := &tape{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	t.next = t.now
	t.g = newGauge(func() time.Time { return t.now })
	plan := &job.Plan{}
	for i := range packages {
		plan.Packages = append(plan.Packages, job.Package{Name: fmt.Sprint(i), Bytes: size})
	}
	t.g.plan(plan, func(string) bool { return false })
	t.g.stage("uploading")
	return t
}

// pass lets time go by, with looks on the way.
func (t *tape) pass(d time.Duration) {
	for end := t.now.Add(d); t.now.Before(end); {
		step := min(end.Sub(t.now), max(t.next.Sub(t.now), 0))
		t.now = t.now.Add(step)
		if !t.now.Before(t.next) {
			t.moments = append(t.moments, moment{t.now, t.g.progress().Left})
			t.next = t.now.Add(250 * time.Millisecond)
		}
	}
}

// send sends a package at a rate, in pieces of the wire.
func (t *tape) send(name string, size int64, rate float64, jitter *rand.Rand) {
	t.g.begin(name, 1)
	for size > 0 {
		n := min(size, 256<<10)
		t.pass(time.Duration(float64(n) / rate * (0.7 + 0.6*jitter.Float64()) * float64(time.Second)))
		t.g.sent(int(n))
		size -= n
	}
}

// judge holds what was said against what came: from a fifth of the time on within a
// quarter of the truth or five seconds, whichever is more, and never "0 s" for long.
func (t *tape) judge(test *testing.T) {
	test.Helper()
	begin, end := t.moments[0].at, t.now
	wrong, worst := 0, ""
	var zero time.Duration
	checked := 0
	for i, m := range t.moments {
		truth := end.Sub(m.at)
		stall := t.stall[1].Sub(t.stall[0])
		switch {
		case stall > 0 && m.at.Before(t.stall[0]):
			truth -= stall
		case stall > 0 && m.at.Before(t.stall[1].Add(10*time.Second)):
			continue
		}
		if m.said > 0 && m.said < 0.5 && i > 0 {
			if zero += m.at.Sub(t.moments[i-1].at); zero > 5*time.Second {
				test.Errorf("says 0 s for %v", zero)
			}
		} else {
			zero = 0
		}
		if m.at.Sub(begin) < end.Sub(begin)/5 {
			continue
		}
		checked++
		off := m.said - truth.Seconds()
		if most := max(truth.Seconds()/4, 5); off > most || off < -most {
			if wrong++; wrong == 1 || wrong%200 == 0 {
				worst += fmt.Sprintf("\nafter %v: %.1f s, it took %.1f s", m.at.Sub(begin).Round(time.Second), m.said, truth.Seconds())
			}
		}
	}
	if checked < 20 {
		test.Fatalf("%d looks in %v", checked, end.Sub(begin))
	}
	if wrong > 0 {
		test.Errorf("%d of %d looks are off in a run of %v:%s", wrong, checked, end.Sub(begin).Round(time.Second), worst)
	}
}

func TestTimeLeft(t *testing.T) {
	for seed := range uint64(40) {
		jitter := rand.New(rand.NewPCG(seed, 1))
		t.Run(fmt.Sprintf("one large file/%d", seed), func(t *testing.T) {
			r := newTape(1, 3e9)
			r.send("0", 3e9, 50e6, jitter)
			r.pass(3 * time.Second) // the server's sum and the commit
			r.g.finish("0", true)
			r.judge(t)
		})
		t.Run(fmt.Sprintf("2,000 small ones in a ZIP/%d", seed), func(t *testing.T) {
			r := newTape(2, 2000*20_000)
			for i := range 2 {
				r.g.begin(fmt.Sprint(i), 1)
				for range 2000 {
					r.pass(time.Duration(5+jitter.IntN(10)) * time.Millisecond)
					r.g.sent(20_000)
				}
				r.pass(800 * time.Millisecond)
				r.g.finish(fmt.Sprint(i), true)
			}
			r.judge(t)
		})
		t.Run(fmt.Sprintf("small packages/%d", seed), func(t *testing.T) {
			r := newTape(60, 50_000)
			for i := range 60 {
				r.send(fmt.Sprint(i), 50_000, 5e6, jitter)
				r.pass(time.Duration(200+jitter.IntN(400)) * time.Millisecond)
				r.g.finish(fmt.Sprint(i), true)
			}
			r.pass(requestsBehind * 200 * time.Millisecond) // as long as those of the packages
			r.judge(t)
		})
		t.Run(fmt.Sprintf("a stall in the middle/%d", seed), func(t *testing.T) {
			r := newTape(1, 2e9)
			r.send("0", 1e9, 30e6, jitter)
			r.stall[0] = r.now
			r.pass(45 * time.Second)
			r.stall[1] = r.now
			r.g.begin("0", 1)
			r.g.sent(1e9)
			for n := 0; n < 1e9; n += 256 << 10 {
				r.pass(time.Duration(float64(256<<10) / 30e6 * (0.7 + 0.6*jitter.Float64()) * float64(time.Second)))
				r.g.sent(256 << 10)
			}
			r.pass(2 * time.Second)
			r.g.finish("0", true)
			r.judge(t)
		})
		t.Run(fmt.Sprintf("a package sent again/%d", seed), func(t *testing.T) {
			r := newTape(10, 100e6)
			for i := range 10 {
				r.send(fmt.Sprint(i), 100e6, 20e6, jitter)
				r.pass(500 * time.Millisecond)
				r.g.finish(fmt.Sprint(i), true)
			}
			r.judge(t)
		})
	}
}

// moving is a Zenodo that counts the requests of a moving minute.
type moving struct {
	t     *tape
	limit int
	seen  []time.Time
}

// RoundTrip answers each request after 60 ms.
func (m *moving) RoundTrip(r *http.Request) (*http.Response, error) {
	m.t.pass(60 * time.Millisecond)
	for len(m.seen) > 0 && m.t.now.Sub(m.seen[0]) >= time.Minute {
		m.seen = m.seen[1:]
	}
	h := http.Header{"Content-Type": {"application/json"}}
	status := http.StatusOK
	if len(m.seen) < m.limit {
		m.seen = append(m.seen, m.t.now)
	} else {
		status = http.StatusTooManyRequests
	}
	h.Set("X-RateLimit-Limit", fmt.Sprint(m.limit))
	h.Set("X-RateLimit-Remaining", fmt.Sprint(m.limit-len(m.seen)))
	h.Set("X-RateLimit-Reset", fmt.Sprint(m.seen[0].Add(time.Minute).Unix()+1))
	h.Set("Date", m.t.now.UTC().Format(http.TimeFormat))
	return &http.Response{StatusCode: status, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(`{"entries":[]}`))}, nil
}

// TestTimeLeftAgainstAWindow sends 100 files, one record file each, to a server
// that takes 133 requests a minute.
func TestTimeLeftAgainstAWindow(t *testing.T) {
	r := newTape(100, 100_000)
	server := &moving{t: r, limit: 133}
	client, err := zenodo.New(zenodo.Options{
		URL: "https://zenodo.example", Token: "token", HTTP: &http.Client{Transport: server},
		Clock: func() time.Time { return r.now }, Sleep: func(_ context.Context, d time.Duration) error { r.pass(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	r.g.ahead = client.Ahead
	ask := func() {
		if _, err := client.Files(t.Context(), "17"); err != nil {
			t.Fatal(err)
		}
	}
	for range 6 { // the draft
		ask()
	}
	jitter := rand.New(rand.NewPCG(1, 1))
	for i := range 100 {
		name := fmt.Sprint(i)
		ask() // the content
		r.send(name, 100_000, 2e6, jitter)
		ask() // the commit
		r.g.finish(name, true)
	}
	for range requestsBehind {
		ask()
	}
	if took := r.now.Sub(r.moments[0].at); took < 40*time.Second {
		t.Errorf("it took %v: the window was no limit", took)
	}
	r.judge(t)
}

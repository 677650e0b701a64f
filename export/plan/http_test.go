package plan

import (
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"zenobis/export/job"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
)

// waits measures how long at least one request is under way.
type waits struct {
	next  http.RoundTripper
	mu    sync.Mutex
	open  int
	most  int // at the same time
	since time.Time
	total time.Duration
	calls int
}

func (w *waits) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if w.open++; w.open == 1 {
		w.since = time.Now()
	}
	w.most = max(w.most, w.open)
}

func (w *waits) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open--; w.open == 0 {
		w.total += time.Since(w.since)
	}
}

// RoundTrip ends with the headers: reading the answer is work.
func (w *waits) RoundTrip(r *http.Request) (*http.Response, error) {
	w.begin()
	defer w.end()
	return w.next.RoundTrip(r)
}

// wideLab is a made-up lab behind HTTP, with a client that measures its waiting.
func wideLab(t testing.TB, n labdata.Size, latency time.Duration) (*openbistest.Server, *openbis.Client, *waits) {
	t.Helper()
	s := openbistest.Start(t, openbistest.Options{Lab: labdata.MadeUp(n), Options: fakehttp.Options{Latency: latency}})
	w := &waits{next: &http.Transport{MaxIdleConnsPerHost: 8}}
	c, err := openbis.New(openbis.Options{URL: s.URL, HTTP: &http.Client{Transport: w}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	w.calls, w.total, w.most = 0, 0, 0
	return s, c, w
}

func wholeLab(spaces ...string) job.Request {
	req := job.Request{
		Layout:   shape.LayoutSingle,
		Metadata: record.Metadata{Title: "Everything", Creators: []record.Agent{{Family: "Doe", Given: "Jane"}}},
	}
	for _, s := range spaces {
		req.Selection.Rules = append(req.Selection.Rules, selection.Rule{Mode: selection.All, Kind: openbis.KindSpace, PermID: s, Label: s})
	}
	return req
}

// TestCallsOfAPlan counts what planning asks of openBIS: it grows with pages, not
// with entities.
func TestCallsOfAPlan(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	// Three for the types, one for the spaces, and for each of four spaces one for
	// its projects, collections, objects and data sets; files fifty at a time.
	const fixed = 3 + 1 + 4*4
	for _, n := range []labdata.Size{{Objects: 100, DataSets: 20, Files: 2}, {Objects: 1_000, DataSets: 600, Files: 1}} {
		_, client, w := wideLab(t, n, 5*time.Millisecond)
		req := wholeLab("LAB0", "LAB1", "LAB2", "LAB3")
		req.Pages = []shape.Format{"txt"}
		_, p := plan(t, demoPlanner(client), req)
		if most := fixed + n.DataSets/batchSize + 1; p.Entities < n.Objects || w.calls > most {
			t.Errorf("%d calls for a plan of %d entities, want at most %d", w.calls, p.Entities, most)
		}
		if w.most < 4 || w.most > 8 { // beside each other, and no more than help: four pages, four other questions
			t.Errorf("%d calls at the same time, want 4 to 8", w.most)
		}
	}
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPlanOverHTTP plans a lab at 10 ms latency. waiting is the time during
// which an answer was waited for; bench/ holds it beside that of a script.
func BenchmarkPlanOverHTTP(b *testing.B) {
	spaces := []string{"LAB0", "LAB1", "LAB2", "LAB3"}
	for _, n := range []labdata.Size{{Objects: 5_000, DataSets: 423, Files: 2}, {Objects: 20_000, DataSets: 2_000, Files: 4}} {
		b.Run(fmt.Sprintf("%dobjects/%dsets", n.Objects, n.DataSets), func(b *testing.B) {
			_, client, w := wideLab(b, n, 10*time.Millisecond)
			for b.Loop() {
				used, start := processorTime(), time.Now()
				_, err := demoPlanner(client).Plan(b.Context(), wholeLab(spaces...), b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				took := time.Since(start)
				b.ReportMetric(took.Seconds(), "plan-s")
				b.ReportMetric((processorTime() - used).Seconds(), "cpu-s")
				b.ReportMetric(w.total.Seconds(), "waiting-s")
				b.ReportMetric(float64(w.calls), "calls")
				if most := (n.Objects+n.DataSets)/pageSize + n.DataSets/batchSize + 60; w.calls > most {
					b.Errorf("%d calls, want at most %d", w.calls, most)
				}
			}
		})
	}
}

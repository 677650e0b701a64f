package session

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"zenobis/export"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
	"zenobis/shape"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// within answers requests without a network. Each takes its latency, and longer by the
// size of its answer, whatever else is under way.
type within struct {
	handler http.Handler
	latency time.Duration
	speed   int // bytes in a millisecond; 0 for any

	mu    sync.Mutex
	calls int
	open  int
	since time.Time
	time  time.Duration // during which one was open at least
}

func (w *within) RoundTrip(r *http.Request) (*http.Response, error) {
	w.count(1)
	defer w.count(-1)
	own := r.Clone(r.Context())
	own.Header.Del("Accept-Encoding") // what counts is what the server has to make
	if own.Body == nil {
		own.Body = http.NoBody
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, own)
	took := w.latency
	if w.speed > 0 {
		took += time.Duration(out.Body.Len()/w.speed) * time.Millisecond
	}
	time.Sleep(took)
	answer := out.Result()
	answer.Request = r
	return answer, nil
}

func (w *within) count(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == 0 {
		w.since = time.Now()
	}
	if w.open += n; w.open == 0 {
		w.time += time.Since(w.since)
	}
	w.calls += max(n, 0)
}

// A dry run waits for openBIS in few rounds, of which each needs what the one before has
// told, and asks in few calls. The clock is that of the bubble, for which work takes no
// time: what is measured is the same on a machine however busy.
func TestRoundsOfAPlan(t *testing.T) {
	if testing.Short() {
		t.Skip("plans thousands of objects")
	}
	const latency, page = 10 * time.Millisecond, 55 * time.Millisecond // of what is small, of 500 objects
	for name, c := range map[string]struct {
		objects, sets int
		most          time.Duration
		calls         int
	}{
		// Log in, and ask who that is; what and whether; the first pages of all kinds; the
		// pages that are credited; the last pages, beside what lies outside; files; log out.
		"six pages": {10_500, 700, 5*latency + 3*page, 31},
		// Here all pages were credited: what lies outside is asked for, then what holds it.
		"two pages": {2_500, 200, 6*latency + 2*page, 26},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lab := labdata.MadeUp(labdata.Size{Objects: c.objects, DataSets: c.sets, Files: 2})
				lab.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
				ob := openbistest.New(openbistest.Options{Lab: lab})
				ob.URL = "http://127.0.0.1:1"
				line := &within{handler: ob, latency: latency, speed: 50_000}
				if p := planned(t, ob, line); p.Entities < 500 || p.DataSets < 50 {
					t.Fatalf("%+v", p)
				}
				t.Logf("%v, %d calls", line.time, line.calls)
				if line.time > c.most || line.calls > c.calls {
					t.Errorf("%v with %d calls, want at most %v with %d", line.time, line.calls, c.most, c.calls)
				}
			})
		})
	}
}

// What is asked beside other things, and what is not asked twice, changes no plan where a
// call fails for a while: each of them, twice.
func TestAPlanInFewRoundsUnderFaults(t *testing.T) {
	plan := func(faulty string) (text string, calls []string) {
		synctest.Test(t, func(t *testing.T) {
			lab := labdata.MadeUp(labdata.Size{Objects: 60, DataSets: 40, Files: 2})
			lab.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
			ob := openbistest.New(openbistest.Options{Lab: lab})
			ob.URL = "http://127.0.0.1:1"
			if faulty != "" {
				ob.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: faulty, Times: 2})
			}
			p := planned(t, ob, &within{handler: ob, latency: time.Millisecond})
			p.Created = time.Time{} // it may take longer
			b, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
			failed := 0
			for _, q := range ob.Requests() {
				if calls = append(calls, q.Call); q.Status == http.StatusBadGateway {
					failed++
				}
			}
			if faulty != "" && failed != 2 {
				t.Errorf("%s failed %d times", faulty, failed)
			}
		})
		slices.Sort(calls)
		return text, slices.Compact(calls)
	}
	want, calls := plan("")
	if len(calls) < 15 {
		t.Fatalf("calls: %v", calls)
	}
	for _, call := range calls {
		if call == "logout" { // it is not waited for
			continue
		}
		if got, _ := plan(call); got != want {
			t.Errorf("%s failed twice:\n%s\nwithout a fault:\n%s", call, got, want)
		}
	}
}

// planned plans a space, as a command does without sending it.
func planned(t *testing.T, ob *openbistest.Server, line *within) *export.Plan {
	t.Helper()
	ze := zenodotest.New(zenodotest.Options{RateLimit: -1})
	ze.URL = "http://127.0.0.1:2"
	b := &bench{ob: ob, ze: ze, env: map[string]string{
		"HOME": t.TempDir(), "ZENOBIS_OPENBIS_URL": ob.URL, "ZENOBIS_ZENODO_URL": ze.URL,
	}}
	b.load(t)
	client, err := openbis.New(openbis.Options{
		URL: ob.URL, HTTP: &http.Client{Transport: line}, Keep: keepCounted, Brief: true, Retry: b.retry(),
		AllowStore: func(openbis.DataStore) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zenodo.New(zenodo.Options{URL: ze.URL, Token: ze.Token, HTTP: &http.Client{Transport: &within{handler: ze}}})
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{Client: client, settings: b.Settings, account: &account{}, zenodo: z}
	if err := client.Login(t.Context(), ob.User, ob.Password); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(t.Context(), selection.Words{Select: []string{"space:LAB0"}})
	if err != nil {
		t.Fatal(err)
	}
	r := s.settings.Request(Overrides{AcceptFindings: true})
	r.Selection, r.Pages = o.Selection, []shape.Format{"txt"}
	if r.Metadata, _, err = s.DefaultMetadata(t.Context(), o.Selection); err != nil {
		t.Fatal(err)
	}
	_, p, err := s.Plan(t.Context(), r, true, nil)
	if p == nil || len(p.Roots) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
	return p
}

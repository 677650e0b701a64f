package fakehttp_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
)

// echo answers with the body it was sent.
func echo(o fakehttp.Options, site fakehttp.Site) *fakehttp.Server {
	site.Serve = func(w http.ResponseWriter, r *http.Request) {
		fakehttp.Noted(r).User = "ann"
		if b, err := io.ReadAll(r.Body); err == nil {
			_, _ = w.Write(b)
		}
	}
	return fakehttp.New(o, site)
}

// send asks once; an answer that ends early counts as none.
func send(t *testing.T, s *fakehttp.Server, path, body string) (status int, answer string) {
	t.Helper()
	res, err := http.Post(s.URL+path, "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, string(b)
	}
	return res.StatusCode, string(b)
}

func TestFaultsAtTheDoor(t *testing.T) {
	called := 0
	for name, c := range map[string]struct {
		fault  fakehttp.Fault
		status []int // of the requests that follow
	}{
		"cut unseen":         {fakehttp.Fault{Kind: fakehttp.CutUnseen, Bytes: 3}, []int{0, 200}},
		"answer lost":        {fakehttp.Fault{Kind: fakehttp.CutAnswer, Times: 2}, []int{0, 0, 200}},
		"answer cut":         {fakehttp.Fault{Kind: fakehttp.CutAnswer, Bytes: 3}, []int{0, 200}},
		"gateway":            {fakehttp.Fault{Kind: fakehttp.Gateway, Skip: 1}, []int{200, 502, 200}},
		"gateway of a kind":  {fakehttp.Fault{Kind: fakehttp.Gateway, Status: 503, Times: fakehttp.Always}, []int{503, 503, 503}},
		"gateway stored":     {fakehttp.Fault{Kind: fakehttp.GatewayStored}, []int{504, 200}},
		"do":                 {fakehttp.Fault{Kind: fakehttp.Do, Do: func() { called++ }}, []int{200, 200}},
		"another method":     {fakehttp.Fault{Kind: fakehttp.Gateway, Method: "GET"}, []int{200}},
		"another path":       {fakehttp.Fault{Kind: fakehttp.Gateway, Path: "/b"}, []int{200}},
		"another call":       {fakehttp.Fault{Kind: fakehttp.Gateway, Call: "write"}, []int{200}},
		"the call":           {fakehttp.Fault{Kind: fakehttp.Gateway, Call: "read"}, []int{502, 200}},
		"the thing":          {fakehttp.Fault{Kind: fakehttp.Gateway, Of: "a"}, []int{502, 200}},
		"the site's own":     {fakehttp.Fault{Kind: "teapot"}, []int{418, 200}},
		"no fault of a door": {fakehttp.Fault{Kind: "inside"}, []int{200}},
	} {
		t.Run(name, func(t *testing.T) {
			s := echo(fakehttp.Options{}, fakehttp.Site{
				Call: func(*http.Request) string { return "read" },
				Door: map[fakehttp.Kind]fakehttp.Door{"teapot": func(w http.ResponseWriter, _ *http.Request, _ fakehttp.Fault, _ http.HandlerFunc) {
					w.WriteHeader(http.StatusTeapot)
				}},
			})
			fakehttp.Run(t, s)
			back := s.Fault(c.fault)
			for i, want := range c.status {
				if got, _ := send(t, s, "/a/x", "hello"); got != want {
					t.Errorf("request %d: status %d, want %d", i+1, got, want)
				}
			}
			back()
			if got, body := send(t, s, "/a/x", "hello"); got != 200 || body != "hello" {
				t.Errorf("taken back: status %d, %q", got, body)
			}
		})
	}
	if called != 1 {
		t.Errorf("done %d times, want once", called)
	}
}

func TestFaultsInside(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var changed, happened int
	s := echo(fakehttp.Options{Clock: func() time.Time { return now }}, fakehttp.Site{
		Now:   map[fakehttp.Kind]func(fakehttp.Fault){"quake": func(fakehttp.Fault) { happened++ }},
		Armed: func(fakehttp.Fault) { changed++ },
	})
	take := func(of, path string) bool { _, ok := s.Take("bad", fakehttp.Place{Of: of, Path: path}); return ok }
	s.Fault(fakehttp.Fault{Kind: "bad", Of: "D1", Path: "a.txt", For: time.Minute, Times: 2})
	for _, c := range []struct {
		of, path string
		after    time.Duration
		want     bool
	}{{"D2", "a.txt", 0, false}, {"D1", "b.txt", 0, false}, {"D1", "original/a.txt", 0, true}, {"D1", "a.txt", 2 * time.Minute, false}} {
		now = now.Add(c.after)
		if got := take(c.of, c.path); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	s.ClearFaults()
	s.Fault(fakehttp.Fault{Kind: "quake"})
	s.Fault(fakehttp.Fault{Kind: "quake", Skip: 1})
	if happened != 1 || changed != 3 {
		t.Errorf("happened %d times, changed %d times, want 1 and 3", happened, changed)
	}
	if _, ok := s.Take("quake", fakehttp.Place{}); ok {
		t.Error("the skipped one struck")
	}
	if _, ok := s.Take("quake", fakehttp.Place{}); !ok {
		t.Error("the second one did not strike")
	}
}

func TestTheLogKeepsNoSecrets(t *testing.T) {
	s := echo(fakehttp.Options{}, fakehttp.Site{Secrets: []string{"token"}})
	fakehttp.Run(t, s)
	req, err := http.NewRequest(http.MethodPut, s.URL+"/a%20b?Token=hush&x=1", strings.NewReader("12345"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer hush")
	req.Header.Set("Cookie", "c=hush")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	log := s.Requests()
	if len(log) != 1 {
		t.Fatalf("%d lines", len(log))
	}
	q := log[0]
	if q.Path != "/a%20b?Token=redacted&x=1" || q.Header.Get("Authorization") != "" || q.Header.Get("Cookie") != "" {
		t.Errorf("path %s, header %v", q.Path, q.Header)
	}
	if q.User != "ann" || q.Status != 200 || q.Body != 5 || q.Length != 5 || q.Method != "PUT" {
		t.Errorf("%+v", q)
	}
	if s.ForgetRequests(); len(s.Requests()) != 0 {
		t.Error("not forgotten")
	}
}

// Whoever has read an answer finds it in the log, however long the server goes on
// with it.
func TestLogBeforeTheAnswer(t *testing.T) {
	seen := make(chan bool)
	s := fakehttp.New(fakehttp.Options{}, fakehttp.Site{Serve: func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "begun")
		_ = http.NewResponseController(w).Flush()
		<-seen
	}})
	fakehttp.Run(t, s)
	res, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	log := s.Requests()
	close(seen)
	if _ = res.Body.Close(); len(log) != 1 || log[0].Status != http.StatusOK {
		t.Errorf("the log has %+v", log)
	}
}

func TestLatencyAndRate(t *testing.T) {
	s := echo(fakehttp.Options{Latency: 20 * time.Millisecond, Rate: 1e6}, fakehttp.Site{})
	fakehttp.Run(t, s)
	start := time.Now()
	if status, body := send(t, s, "/", strings.Repeat("x", 100_000)); status != 200 || len(body) != 100_000 {
		t.Fatalf("status %d, %d bytes", status, len(body))
	}
	if d := time.Since(start); d < 120*time.Millisecond {
		t.Errorf("took %v, want 20 ms and the time of 100 kB at 1 MB/s", d)
	}
}

func TestStallEndsWithTheServer(t *testing.T) {
	s := echo(fakehttp.Options{}, fakehttp.Site{})
	_, stop, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Fault(fakehttp.Fault{Kind: fakehttp.Stall})
	done := make(chan int)
	go func() { status, _ := send(t, s, "/", "x"); done <- status }()
	for len(s.Requests()) == 0 {
		select {
		case got := <-done:
			if got != 0 {
				t.Errorf("status %d", got)
			}
			return
		case <-time.After(50 * time.Millisecond):
			stop()
		}
	}
}

package export

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/wire"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

var tapeRuns = flag.Bool("tape", false, "record runs anew into transfer/testdata/runs; takes minutes")

// recording is what happened in a run, a line each, from its beginning:
//
//	packages SIZE...       what is to be sent
//	MS at I BYTES          package I is under way and has so many bytes
//	MS done I              package I is confirmed
//	MS stage NAME
//	MS ask                 a request to Zenodo begins
//	MS told LIMIT REMAINING RESET   its answer, with the seconds until there is more
//	MS stall, MS moves     nothing comes from openBIS between them
//	MS end
type recording struct {
	mu    sync.Mutex
	begin time.Time
	out   bytes.Buffer
}

// start begins the run: the plan's own requests are no part of it.
func (r *recording) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begin = time.Now()
	r.out.Reset()
}

func (r *recording) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.out, "%d "+format+"\n", append([]any{time.Since(r.begin).Milliseconds()}, args...)...)
}

// RoundTrip notes the requests to Zenodo, and what their answers tell of its window.
func (r *recording) RoundTrip(q *http.Request) (*http.Response, error) {
	r.note("ask")
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		r.note("lost")
		return answer, err
	}
	limit := answer.Header.Get("X-RateLimit-Limit")
	reset, _ := strconv.ParseInt(answer.Header.Get("X-RateLimit-Reset"), 10, 64)
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil && limit != "" {
		r.note("told %s %s %d", limit, answer.Header.Get("X-RateLimit-Remaining"), reset-date.Unix())
	} else {
		r.note("answer")
	}
	return answer, nil
}

// watch notes how far the run is, whenever that has changed.
func (r *recording) watch(run *Run, done <-chan struct{}) {
	stage, current, bytes := "", -1, int64(-1)
	var ready []bool
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-done:
			tick.Stop()
			return
		case <-tick.C:
		}
		p := run.Progress()
		if len(p.Packages) == 0 {
			continue
		}
		if ready == nil {
			ready = make([]bool, len(p.Packages))
		}
		now, sent := -1, int64(0)
		for i, k := range p.Packages {
			switch {
			case k.Done && !ready[i]:
				ready[i] = true
				r.note("done %d", i)
			case !k.Done && k.Bytes > 0:
				now, sent = i, k.Bytes
			}
		}
		if now >= 0 && (now != current || sent != bytes) {
			current, bytes = now, sent
			r.note("at %d %d", now, sent)
		}
		if p.Stage != stage {
			stage = p.Stage
			r.note("stage %s", stage)
		}
	}
}

// stalling lets one large download stand still for a while.
type stalling struct {
	http.RoundTripper
	r     *recording
	after int64
	once  sync.Once
}

func (s *stalling) RoundTrip(q *http.Request) (*http.Response, error) {
	answer, err := s.RoundTripper.RoundTrip(q)
	if err == nil && answer.ContentLength > s.after {
		answer.Body = &stallingBody{ReadCloser: answer.Body, s: s, left: s.after}
	}
	return answer, err
}

type stallingBody struct {
	io.ReadCloser
	s    *stalling
	left int64
}

func (b *stallingBody) Read(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		b.s.once.Do(func() {
			b.s.r.note("stall")
			time.Sleep(20 * time.Second)
			b.s.r.note("moves")
		})
	}
	return b.ReadCloser.Read(p)
}

// TestTape records runs of the engine against the two built-in servers, with real
// time, for the test of the time left (transfer.TestTimeLeftOfRecordedRuns).
func TestTape(t *testing.T) {
	if !*tapeRuns {
		t.Skip("only with -tape")
	}
	for name, c := range map[string]struct {
		files   int
		size    int64
		layout  Layout
		openbis fakehttp.Options
		zenodo  zenodotest.Options
		stall   int64
	}{
		"one large file":        {1, 300_000_000, LayoutSingle, fakehttp.Options{}, zenodotest.Options{Options: fakehttp.Options{Rate: 9_000_000}}, 0},
		"one from a slow store": {1, 300_000_000, LayoutSingle, fakehttp.Options{Rate: 8_000_000}, zenodotest.Options{}, 0},
		"2,000 small files":     {2000, 20_000, LayoutSingle, fakehttp.Options{Latency: 200 * time.Millisecond}, zenodotest.Options{}, 0},
		"100 against a window": {97, 100_000, LayoutFiles, fakehttp.Options{},
			zenodotest.Options{RateLimit: 133, Options: fakehttp.Options{Latency: 100 * time.Millisecond}}, 0},
		"a stall in the middle": {1, 300_000_000, LayoutSingle, fakehttp.Options{},
			zenodotest.Options{Options: fakehttp.Options{Rate: 8_000_000}}, 150_000_000},
		"ten packages": {10, 20_000_000, LayoutFiles, fakehttp.Options{},
			zenodotest.Options{Options: fakehttp.Options{Rate: 6_000_000, Latency: 300 * time.Millisecond}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := labdata.NewLab()
			lab.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
			coll := lab.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL"})
			set := labdata.DataSetSpec{Collection: coll, Name: "raw"}
			for i := range c.files {
				set.Generated = append(set.Generated, labdata.GeneratedFile{Path: fmt.Sprintf("original/file%04d.dat", i), Size: c.size, Seed: uint64(i + 1)})
			}
			lab.AddDataSet(set)
			c.zenodo.DiscardContent = true
			r := newRig(t, lab, c.zenodo)
			r.ob = openbistest.Start(t, openbistest.Options{Lab: lab, Options: c.openbis})
			rec := &recording{}
			hc, err := wire.Client(wire.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.stall > 0 {
				hc.Transport = &stalling{RoundTripper: hc.Transport, r: rec, after: c.stall}
			}
			if r.client, err = openbis.New(openbis.Options{URL: r.ob.URL, HTTP: hc}); err != nil {
				t.Fatal(err)
			}
			if err := r.client.Login(t.Context(), r.ob.User, r.ob.Password); err != nil {
				t.Fatal(err)
			}
			if r.deposit, err = zenodo.New(zenodo.Options{URL: r.z.URL, Token: r.z.Token, Kind: zenodo.KindZenodo,
				HTTP: &http.Client{Transport: rec}}); err != nil {
				t.Fatal(err)
			}
			r.opts = Options{StateDir: r.state, OpenBIS: r.client, Zenodo: r.deposit, Publisher: "Zenodo", Version: "1.0.0"}
			j := r.plan(func(q *Request) { q.Layout = c.layout })
			sizes := []string{"packages"}
			for _, p := range j.Plan.Packages {
				sizes = append(sizes, fmt.Sprint(p.Bytes))
			}
			rec.start()
			run, err := r.engine().Start(t.Context(), j.ID)
			if err != nil {
				t.Fatal(err)
			}
			done, watched := make(chan struct{}), make(chan struct{})
			go func() { rec.watch(run, done); close(watched) }()
			if err := run.Wait(); err != nil {
				t.Fatal(err)
			}
			rec.note("end")
			close(done)
			<-watched
			out := strings.Join(sizes, " ") + "\n" + rec.out.String()
			file := filepath.Join("transfer", "testdata", "runs", strings.ReplaceAll(name, " ", "-")+".txt")
			if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

package zenodo_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/zenodo"
)

func testCutBody(t *testing.T, b bench) {
	if !b.exceed {
		t.Skip("breaks connections")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	data := content(400_000)
	for i, cut := range []struct {
		name string
		n    int
		rude bool
	}{{"a few bytes", 10, false}, {"one byte, reset", 1, true}, {"half", 200_000, false}, {"half, reset", 200_000, true}, {"all but one",
		399_999, false}} {
		if testing.Short() && i > 1 {
			break // one of a kind is enough for short tests
		}
		key := fmt.Sprintf("cut%d.bin", i)
		announce(t, ctx, c, r.ID, zenodo.FileInit{Key: key, Size: int64(len(data))})
		conn := b.dial(t, r.ID, key, len(data), "")
		if _, err := conn.Write(data[:cut.n]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond) // until the application has begun
		if cut.rude {
			reset(t, conn)
		} else {
			_ = conn.Close()
		}
		eventually(t, cut.name+": the entry is removed", func() bool { _, ok := entry(t, ctx, c, r.ID, key); return !ok })
		_, err := c.Commit(ctx, r.ID, key)
		want(t, cut.name+": commit", err, zenodo.ErrNotFound)
		send(t, ctx, c, r.ID, key, data[:1000])
	}
}

func testCutAnswer(t *testing.T, b bench) {
	if !b.exceed {
		t.Skip("breaks connections")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	data := content(400_000)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.bin", Size: int64(len(data))})
	conn := b.dial(t, r.ID, "a.bin", len(data), "")
	if _, err := conn.Write(data); err != nil {
		t.Fatal(err)
	}
	one := make([]byte, 1)
	if _, err := conn.Read(one); err != nil { // the answer has begun; nobody reads on
		t.Fatal(err)
	}
	_ = conn.Close()
	if f, ok := entry(t, ctx, c, r.ID, "a.bin"); !ok || f.Status != "pending" {
		t.Fatalf("stored, not committed: %+v, %v", f, ok)
	}
	if f := commit(t, ctx, c, r.ID, "a.bin"); f.MD5 != sum(data) {
		t.Errorf("nothing needs to be sent again: %+v", f)
	}

	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "b.bin", Size: int64(len(data))})
	broken := errors.New("the disk is gone")
	src := io.MultiReader(stream(data[:150_000]), failing{broken})
	e := want(t, "failing source", c.Put(ctx, r.ID, "b.bin", int64(len(data)), src), zenodo.ErrSource)
	if !errors.Is(e, broken) {
		t.Errorf("failing source: %v", e)
	}
	// Removed by the server, or never seen by it.
	eventually(t, "the entry can be filled or announced again", func() bool {
		f, ok := entry(t, ctx, c, r.ID, "b.bin")
		if !ok {
			announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "b.bin"})
			return true
		}
		return f.Status == "pending" && c.Put(ctx, r.ID, "b.bin", 3, stream([]byte("abc"))) == nil
	})
}

// An upload that is given up leaves a draft that can be used on or discarded.
func testGivenUp(t *testing.T, b bench) {
	waits(t)
	if !b.exceed {
		t.Skip("breaks connections")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	data := content(400_000)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.bin", Size: int64(len(data))})
	body := &slow{first: stream(data[:200_000]), second: stream(data[200_000:]), begun: make(chan struct{}), go_: make(chan struct{})}
	defer close(body.go_)
	mine, cancel := context.WithCancel(ctx)
	running := make(chan error, 1)
	go func() { running <- c.Put(mine, r.ID, "a.bin", int64(len(data)), body) }()
	<-body.begun
	time.Sleep(300 * time.Millisecond)
	cancel()
	if err := <-running; !errors.Is(err, context.Canceled) || errors.Is(err, zenodo.ErrUnavailable) {
		t.Errorf("given up: %v", err)
	}
	eventually(t, "the entry is removed", func() bool { _, ok := entry(t, ctx, c, r.ID, "a.bin"); return !ok })
	send(t, ctx, c, r.ID, "a.bin", data)
	if err := c.DeleteDraft(ctx, r.ID); err != nil {
		t.Errorf("discard afterwards: %v", err)
	}
}

// Parallel uploads defeat the quota's count: a reason to send one at a time.
func testParallel(t *testing.T, b bench) {
	if b.quota == 0 || b.quota > 200e6 || !b.exceed {
		t.Skip("no small quota")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	n := int(b.quota * 4 / 10)
	data := content(n)
	const uploads = 3
	gate, done := make(chan struct{}), make(chan error, uploads)
	for i := range uploads {
		announce(t, ctx, c, r.ID, zenodo.FileInit{Key: fmt.Sprint(i)})
	}
	for i := range uploads {
		body := &slow{first: stream(data[:n/2]), second: stream(data[n/2:]), begun: make(chan struct{}), go_: gate}
		go func() { done <- c.Put(ctx, r.ID, fmt.Sprint(i), int64(n), body) }()
	}
	time.Sleep(700 * time.Millisecond)
	close(gate)
	for range uploads {
		if err := <-done; err != nil {
			t.Errorf("parallel upload: %v", err)
		}
	}
	for i := range uploads {
		commit(t, ctx, c, r.ID, fmt.Sprint(i))
	}
	if d, err := c.Draft(ctx, r.ID); err != nil || d.TotalBytes != int64(uploads*n) {
		t.Errorf("%d bytes in a draft of %d, %v", d.TotalBytes, b.quota, err)
	}
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "more"})
	put(t, ctx, c, r.ID, "more", data) // counted once
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func testCutEarly(t *testing.T, b bench) {
	if !b.exceed {
		t.Skip("breaks connections")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.bin", Size: 1000})
	conn := b.dial(t, r.ID, "a.bin", 1000, "")
	_, _ = conn.Write([]byte("1234"))
	reset(t, conn)
	time.Sleep(700 * time.Millisecond)
	// Whether the application had seen the request is a matter of microseconds;
	// both ends of it lead on.
	if f, ok := entry(t, ctx, c, r.ID, "a.bin"); ok {
		if f.Status != "pending" {
			t.Errorf("half a file: %+v", f)
		}
		_, err := c.Commit(ctx, r.ID, "a.bin")
		want(t, "commit", err, zenodo.ErrNoContent)
	} else {
		announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.bin", Size: 1000})
	}
	put(t, ctx, c, r.ID, "a.bin", content(1000))
	commit(t, ctx, c, r.ID, "a.bin")
}

func testSilence(t *testing.T, b bench) {
	waits(t)
	if b.silence == 0 || !b.exceed {
		t.Skip("takes its time")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.bin", Size: 100_000})
	conn := b.dial(t, r.ID, "a.bin", 100_000, "")
	begin := time.Now()
	if _, err := conn.Write(content(50_000)); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn) // until the server has had enough
	took := time.Since(begin)
	if took < b.silence*8/10 || took > b.silence*3 {
		t.Errorf("cut after %v, expected about %v; answer %.200q", took, b.silence, answer)
	}
	eventually(t, "the entry is removed", func() bool { _, ok := entry(t, ctx, c, r.ID, "a.bin"); return !ok })
}

// slow is a body that is sent in two halves, the second when told.
type slow struct {
	first, second io.Reader
	begun         chan struct{} // closed when the first half is gone
	go_           chan struct{}
	once          sync.Once
}

func (s *slow) Read(p []byte) (int, error) {
	if n, _ := s.first.Read(p); n > 0 {
		return n, nil
	}
	s.once.Do(func() { close(s.begun); <-s.go_ })
	return s.second.Read(p)
}

func testWhileRunning(t *testing.T, b bench) {
	waits(t)
	if !b.exceed {
		t.Skip("keeps the server waiting")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	data := content(400_000)
	send(t, ctx, c, r.ID, "done.bin", data[:10])
	announce(
		t,
		ctx,
		c,
		r.ID,
		zenodo.FileInit{Key: "run.bin"},
		zenodo.FileInit{Key: "other.bin"},
		zenodo.FileInit{Key: "pending.bin"},
		zenodo.FileInit{Key: "ready.bin"},
	)
	put(t, ctx, c, r.ID, "ready.bin", data[:20])
	body := &slow{first: stream(data[:200_000]), second: stream(data[200_000:]), begun: make(chan struct{}), go_: make(chan struct{})}
	running := make(chan error, 1)
	go func() { running <- c.Put(ctx, r.ID, "run.bin", int64(len(data)), body) }()
	<-body.begun
	time.Sleep(300 * time.Millisecond)

	at := time.Now()
	if _, err := c.Draft(ctx, r.ID); err != nil {
		t.Errorf("read: %v", err)
	}
	if _, err := c.Save(ctx, r.ID, 0, contractBody()); err != nil {
		t.Errorf("save: %v", err)
	}
	if _, err := c.ReserveDOI(ctx, r.ID); err != nil {
		t.Errorf("reserve: %v", err)
	}
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "late.bin"})
	commit(t, ctx, c, r.ID, "ready.bin")
	if err := c.DeleteFile(ctx, r.ID, "pending.bin"); err != nil {
		t.Errorf("delete a pending file: %v", err)
	}
	_, err := c.Commit(ctx, r.ID, "run.bin")
	want(t, "commit what is being sent", err, zenodo.ErrNoContent)
	if d := time.Since(at); d > 10*time.Second {
		t.Errorf("all that should have been at once took %v", d)
	}

	type result struct {
		what string
		err  error
	}
	waiting := make(chan result, 2)
	go func() {
		waiting <- result{"second upload", c.Put(ctx, r.ID, "other.bin", 100, stream(data[:100]))}
	}()
	go func() { waiting <- result{"delete a committed file", c.DeleteFile(ctx, r.ID, "done.bin")} }()
	select {
	case x := <-waiting:
		t.Errorf("%s did not wait: %v", x.what, x.err)
		waiting <- x
	case <-time.After(700 * time.Millisecond):
	}
	close(body.go_)
	if err := <-running; err != nil {
		t.Errorf("the running upload: %v", err)
	}
	for range 2 {
		if x := <-waiting; x.err != nil {
			t.Errorf("%s, after waiting: %v", x.what, x.err)
		}
	}
	if f := commit(t, ctx, c, r.ID, "run.bin"); f.MD5 != sum(data) {
		t.Errorf("the running upload: %+v", f)
	}

	// Discarding waits too, fails, and has to be repeated.
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "last.bin"})
	body = &slow{first: stream(data[:200_000]), second: stream(data[200_000:]), begun: make(chan struct{}), go_: make(chan struct{})}
	go func() { running <- c.Put(ctx, r.ID, "last.bin", int64(len(data)), body) }()
	<-body.begun
	time.Sleep(300 * time.Millisecond)
	gone := make(chan error, 1)
	go func() { gone <- c.DeleteDraft(ctx, r.ID) }()
	select {
	case err := <-gone:
		t.Errorf("discarding did not wait: %v", err)
		gone <- err
	case <-time.After(700 * time.Millisecond):
	}
	close(body.go_)
	if err := <-running; err != nil {
		t.Errorf("the running upload: %v", err)
	}
	if err := <-gone; err != nil {
		if e := want(t, "discard during an upload", err, zenodo.ErrUnavailable); e.Status != 500 {
			t.Errorf("discard during an upload: %v", e)
		}
		wantState(t, ctx, c, r.ID, zenodo.StateDraft)
	} else {
		t.Error("discard during an upload succeeded; the recorded server answers 500")
	}
}

func contractBody() zenodo.DraftBody { return body() }

func testExpect(t *testing.T, b bench) {
	if !b.exceed {
		t.Skip("breaks connections")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	for _, key := range []string{"unknown.bin"} {
		conn := b.dial(t, r.ID, key, 1000, "Expect: 100-continue\r\n")
		br := bufio.NewReader(conn)
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusContinue {
			if resp, err = http.ReadResponse(br, nil); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Errorf("the front answers before the application looks: %d", resp.StatusCode)
		}
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", key, resp.StatusCode)
		}
	}
}

func testBudget(t *testing.T, b bench) {
	if !b.exceed || b.url == "" {
		t.Skip("uses the budget up")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	agent := fmt.Sprintf("%s-budget", b.agent)
	var told []time.Duration
	enough := errors.New("waited enough")
	c, err := zenodo.New(zenodo.Options{URL: b.url, Kind: b.kind, UserAgent: agent, PerMinute: -1,
		OnWait: func(d time.Duration, why string) { told = append(told, d) },
		Sleep:  func(context.Context, time.Duration) error { return enough }})
	if err != nil {
		t.Fatal(err)
	}
	// By hand until the server refuses: the client would stop before.
	b.agent = agent
	var last answer
	n := 0
	for ; n < 400; n++ {
		if last = b.raw(t, "", "GET", "/api/vocabularies/licenses/cc-by-4.0", nil, nil); last.status != 200 {
			break
		}
	}
	if last.status != 429 || last.header.Get("X-RateLimit-Remaining") != "0" || last.header.Get("Retry-After") == "" ||
		!strings.Contains(last.text, "per 1 minute") {
		t.Fatalf("after %d requests: %d %v %.200s", n, last.status, last.header, last.text)
	}
	if n != 133 {
		t.Errorf("%d requests were taken, docs/zenodo-api.md, Rate limits, says 133", n)
	}
	_, err = c.Vocabulary(ctx, "licenses", "", 1)
	if !errors.Is(err, enough) || len(told) != 1 || told[0] <= 0 || told[0] > 61*time.Second {
		t.Errorf("the client waits and tells: %v, %v", err, told)
	}
	b.agent += "-other"
	if a := b.raw(t, "", "GET", "/api/vocabularies/licenses/cc-by-4.0", nil, nil); a.status != 200 {
		t.Errorf("another User-Agent has a budget of its own: %d", a.status)
	}
}

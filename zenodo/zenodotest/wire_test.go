package zenodotest

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// The table "On the wire" of the recorded pairs, over raw sockets.

// dial opens a connection and sends the head of a content PUT.
func dial(t *testing.T, s *Server, path, token string, head ...string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(
		c,
		"PUT %s HTTP/1.1\r\nHost: lab\r\nUser-Agent: wire\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\n%s\r\n\r\n",
		path,
		token,
		strings.Join(head, "\r\n"),
	)
	return c
}

func readReply(t *testing.T, r *bufio.Reader) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// waitUntil polls for something that happens in another goroutine.
func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain for: " + what)
}

func (b *browser) initKeys(id string, keys ...string) string {
	b.t.Helper()
	var l []any
	for _, k := range keys {
		l = append(l, object{"key": k})
	}
	f := "/api/records/" + id + "/draft/files"
	b.do("POST", f, l).want(201)
	return f
}

func TestWireContinueProtectsAgainstNothing(t *testing.T) {
	s := Start(t, Options{Quota: 1000})
	b := native(t, s)
	f := b.initKeys(b.draft(), "a")
	for name, c := range map[string]struct {
		path, token string
		length      int
		status      int
	}{
		"wrong token": {f + "/a/content", "wrong", 10, 403},
		"unknown key": {f + "/b/content", s.Token, 10, 404},
		"over quota":  {f + "/a/content", s.Token, 4 << 20, 400},
	} {
		conn := dial(t, s, c.path, c.token, fmt.Sprintf("Content-Length: %d", c.length), "Expect: 100-continue")
		r := bufio.NewReader(conn)
		first, err := http.ReadResponse(r, nil)
		if err != nil || first.StatusCode != 100 {
			t.Fatalf("%s: first answer %v %v", name, first, err)
		}
		if c.length < 100 {
			fmt.Fprint(conn, strings.Repeat("x", c.length))
		}
		if resp, body := readReply(t, r); resp.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
}

func TestWireChunkedBodyIsEmpty(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	f := b.initKeys(b.draft(), "a")
	conn := dial(t, s, f+"/a/content", s.Token, "Transfer-Encoding: chunked")
	fmt.Fprint(conn, "4\r\nabcd\r\n0\r\n\r\n")
	if resp, body := readReply(t, bufio.NewReader(conn)); resp.StatusCode != 200 || !strings.Contains(body, `"pending"`) {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	b.do("POST", f+"/a/commit", nil).says(400, "Empty files are not accepted.")
	b.do("PUT", f+"/a/content", []byte("abcd")).want(200)
	b.do("POST", f+"/a/commit", nil).want(200)
}

func TestWireRefusedSmallBodyKeepsConnection(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	f := b.initKeys(b.draft(), "a")
	conn := dial(t, s, f+"/nope/content", s.Token, "Content-Length: 2000000")
	if _, err := conn.Write(make([]byte, 2000000)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	if resp, _ := readReply(t, r); resp.StatusCode != 404 {
		t.Fatalf("status %d", resp.StatusCode)
	}
	fmt.Fprintf(conn, "GET /api/ping HTTP/1.1\r\nHost: lab\r\n\r\n")
	if resp, body := readReply(t, r); resp.StatusCode != 200 || body != "OK" {
		t.Errorf("second request: %d %s", resp.StatusCode, body)
	}
}

func TestWireRefusedLargeBodyIsAnsweredAtOnce(t *testing.T) {
	s := Start(t, Options{Quota: 1000})
	b := native(t, s)
	f := b.initKeys(b.draft(), "a")
	conn := dial(t, s, f+"/a/content", s.Token, "Content-Length: 60000000")
	r := bufio.NewReader(conn) // nothing of the body is sent
	resp, body := readReply(t, r)
	if resp.StatusCode != 400 || !strings.Contains(body, "Bucket quota exceeded.") || resp.Close {
		t.Errorf("%d %s, close %v", resp.StatusCode, body, resp.Close)
	}
	if _, err := r.ReadByte(); err != io.EOF {
		t.Errorf("after the answer: %v", err)
	}
	if d := b.do("GET", f+"/a", nil).want(200); d["status"] != "pending" {
		t.Errorf("entry is %v", d["status"])
	}
}

func TestWireBrokenTransferRemovesEntry(t *testing.T) {
	s := Start(t, Options{BodyTimeout: 100 * time.Millisecond})
	b := native(t, s)
	f := b.initKeys(b.draft(), "closed", "silent", "kept")
	gone := func(key string) func() bool {
		return func() bool { return b.do("GET", f+"/"+key, nil).status == 404 }
	}
	conn := dial(t, s, f+"/closed/content", s.Token, "Content-Length: 1000")
	fmt.Fprint(conn, "0123456789")
	waitUntil(t, "the upload to begin", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, it := range s.items {
			if it.busy > 0 {
				return true
			}
		}
		return false
	})
	conn.Close()
	waitUntil(t, "the entry to go", gone("closed"))
	conn = dial(t, s, f+"/silent/content", s.Token, "Content-Length: 1000")
	fmt.Fprint(conn, "0123456789")
	waitUntil(t, "the silent one to be cut", gone("silent"))
	if d := b.s.Drafts()[0]; len(d.Files) != 1 || d.Counted != 0 {
		t.Errorf("left: %+v", d)
	}
}

// slowPut begins a PUT and gives a function that ends it.
func slowPut(t *testing.T, s *Server, path string, n int) (finish func() *http.Response) {
	conn := dial(t, s, path, s.Token, fmt.Sprintf("Content-Length: %d", n))
	fmt.Fprint(conn, strings.Repeat("x", n-1))
	waitUntil(t, "the upload to run", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, it := range s.items {
			if it.draftFiles == nil {
				continue
			}
			for _, e := range it.draftFiles.entries {
				if e.putting {
					return true
				}
			}
		}
		return false
	})
	return func() *http.Response {
		fmt.Fprint(conn, "x")
		resp, _ := readReply(t, bufio.NewReader(conn))
		return resp
	}
}

func TestWireSecondUploadWaits(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	id := b.draft()
	b.upload(id, "done", []byte("1"))
	f := b.initKeys(id, "a", "b", "c")
	finish := slowPut(t, s, f+"/a/content", 100)
	b.do("GET", "/api/records/"+id+"/draft", nil).want(200) // at once
	b.do("PUT", "/api/records/"+id+"/draft", full()).want(200)
	b.do("POST", "/api/records/"+id+"/draft/pids/doi", nil).want(201)
	b.do("DELETE", f+"/c", nil).want(204)
	b.do("POST", f+"/a/commit", nil).want(500)
	var wg sync.WaitGroup
	got := map[string]reply{}
	var mu sync.Mutex
	run := func(name, method, path string, body any) {
		wg.Go(func() {
			r := b.do(method, path, body)
			mu.Lock()
			got[name] = r
			mu.Unlock()
		})
	}
	run("put", "PUT", f+"/b/content", []byte("zz"))
	run("delete", "DELETE", f+"/done", nil)
	run("draft", "DELETE", "/api/records/"+id+"/draft", nil)
	time.Sleep(50 * time.Millisecond) // nothing may have come back by now
	mu.Lock()
	if len(got) != 0 {
		t.Errorf("did not wait: %v", got)
	}
	mu.Unlock()
	if r := finish(); r.StatusCode != 200 {
		t.Errorf("upload: %d", r.StatusCode)
	}
	wg.Wait()
	for name, status := range map[string]int{"put": 200, "delete": 204, "draft": 500} {
		if got[name].status != status {
			t.Errorf("%s: %d %s", name, got[name].status, got[name].raw)
		}
	}
	b.do("DELETE", "/api/records/"+id+"/draft", nil).want(204)
}

func TestWireParallelUploadsAreCountedOnce(t *testing.T) {
	s := Start(t, Options{Quota: 50_000})
	b := native(t, s)
	f := b.initKeys(b.draft(), "a", "b", "c", "d")
	finish := slowPut(t, s, f+"/a/content", 20_000)
	var wg sync.WaitGroup
	for _, k := range []string{"b", "c"} {
		wg.Go(func() { b.do("PUT", f+"/"+k+"/content", make([]byte, 20_000)).want(200) })
	}
	waitUntil(t, "all three", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, it := range s.items {
			return it.busy == 3
		}
		return false
	})
	finish()
	wg.Wait()
	if n := s.Drafts()[0].Counted; n != 20_000 {
		t.Errorf("counted %d", n)
	}
	b.do("PUT", f+"/d/content", make([]byte, 30_000)).want(200)
}

func TestLargeContentGoesToOneTempFile(t *testing.T) {
	dir := t.TempDir()
	s := New(Options{SpoolDir: dir, MemoryLimit: 1 << 20})
	_, stop, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := native(t, s)
	id := b.draft()
	for _, n := range []int{9 << 20, 2 << 20, 100} {
		data := bytes.Repeat([]byte{byte(n), 1, 2}, n/3)
		key := fmt.Sprint(n)
		b.upload(id, key, data)
		got, err := s.FileBytes(id, key)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes, %v", key, len(got), err)
		}
		sum := md5.Sum(data)
		if r := b.do("GET", "/api/records/"+id+"/draft/files/"+key+"/content", nil, "Accept", ""); r.header.Get(
			"Content-MD5",
		) != hex.EncodeToString(
			sum[:],
		) ||
			!bytes.Equal(r.raw, data) {
			t.Errorf("%s: download differs", key)
		}
	}
	stop()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestDiscardContentKeepsSizeAndSum(t *testing.T) {
	s := Start(t, Options{DiscardContent: true})
	b := native(t, s)
	id := b.draft()
	b.upload(id, "a", []byte("12345678"))
	if f := s.Drafts()[0].Files[0]; f.MD5 != "25d55ad283aa400af464c76d713c07ad" || f.Size != 8 {
		t.Errorf("file %+v", f)
	}
	if _, err := s.FileBytes(id, "a"); err == nil {
		t.Error("content was kept")
	}
}

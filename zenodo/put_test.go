package zenodo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// rude is a server that does with a connection what it likes, after the head of
// the request was read.
func rude(t *testing.T, serve func(conn *net.TCPConn, req *http.Request)) *Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				req, err := http.ReadRequest(bufio.NewReaderSize(conn, 16))
				if err == nil {
					serve(conn.(*net.TCPConn), req)
				}
			}()
		}
	}()
	c, err := New(
		Options{
			URL:           "http://" + l.Addr().String(),
			Token:         secret,
			PerMinute:     -1,
			StallTimeout:  300 * time.Millisecond,
			AnswerTimeout: 500 * time.Millisecond,
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func respond(conn io.Writer, status int, body string) {
	fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

// zeros is a source of so many bytes that counts what is taken and is closed.
type zeros struct {
	left   int64
	taken  int64
	closed bool
}

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	z.left -= n
	z.taken += n
	return int(n), nil
}

func (z *zeros) Close() error { z.closed = true; return nil }

func TestPutSendsExactlyAndOnce(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	var got int64
	var head http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head = r.Header
		if r.ContentLength != size || len(r.TransferEncoding) > 0 {
			t.Errorf("length %d, encoding %v", r.ContentLength, r.TransferEncoding)
		}
		got, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"key":"a b.bin","status":"pending"}`)
	}))
	defer s.Close()
	z := &zeros{left: size}
	if err := client(t, s.URL).Put(context.Background(), "1", "a b.bin", size, z); err != nil {
		t.Fatal(err)
	}
	if got != size || !z.closed {
		t.Errorf("%d bytes arrived, source closed: %v", got, z.closed)
	}
	if head.Get("Content-Type") != "application/octet-stream" || head.Get("Expect") != "" ||
		head.Get("Accept-Encoding") != "" && head.Get("Accept-Encoding") != "identity" {
		t.Errorf("headers: %v", head)
	}
}

// A refusal comes while the body is on its way, and then the connection ends,
// rudely at times. It is the refusal that the caller must see.
func TestPutReturnsTheRefusal(t *testing.T) {
	waits(t)
	t.Parallel()
	for name, end := range map[string]func(*net.TCPConn){
		"closed":           func(*net.TCPConn) {},
		"reset":            func(c *net.TCPConn) { _ = c.SetLinger(0) },
		"reset at leisure": func(c *net.TCPConn) { _ = c.SetLinger(0); time.Sleep(50 * time.Millisecond) },
		"lingering":        func(c *net.TCPConn) { _ = c.CloseWrite(); _, _ = io.CopyN(io.Discard, c, 8<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			c := rude(t, func(conn *net.TCPConn, _ *http.Request) {
				respond(conn, 400, `{"status":400,"message":"Bucket quota exceeded."}`)
				end(conn)
			})
			for range 20 {
				z := &zeros{left: 1 << 33}
				begin := time.Now()
				err := c.Put(context.Background(), "1", "a", 1<<33, z)
				if !errors.Is(err, ErrQuota) {
					t.Fatalf("got %v", err)
				}
				if d := time.Since(begin); d > 5*time.Second || !z.closed {
					t.Fatalf("after %v, source closed: %v", d, z.closed)
				}
			}
		})
	}
}

func TestPutBrokenOff(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(*net.TCPConn){
		"closed in mid-body": func(c *net.TCPConn) { _, _ = io.CopyN(io.Discard, c, 100_000) },
		"reset in mid-body":  func(c *net.TCPConn) { _, _ = io.CopyN(io.Discard, c, 100_000); _ = c.SetLinger(0) },
		"reset at once":      func(c *net.TCPConn) { _ = c.SetLinger(0) },
		"a proxy's page": func(c *net.TCPConn) {
			_, _ = io.WriteString(c, "HTTP/1.1 504 Gateway Time-out\r\nContent-Type: text/html\r\n\r\n<html><body><h1>504 Gateway Time-out</h1>"+
				"</body></html>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := rude(t, func(conn *net.TCPConn, _ *http.Request) { serve(conn) })
			err := c.Put(context.Background(), "1", "a", 1<<33, &zeros{left: 1 << 33})
			var e *APIError
			if !errors.Is(err, ErrUnavailable) || !errors.As(err, &e) || e.AllSent {
				t.Fatalf("got %#v", err)
			}
		})
	}
}

func TestPutAmbiguousEnd(t *testing.T) {
	t.Parallel()
	c := rude(t, func(conn *net.TCPConn, r *http.Request) { _, _ = io.CopyN(io.Discard, r.Body, r.ContentLength) })
	var e *APIError
	if err := c.Put(context.Background(), "1", "a", 1000, &zeros{left: 1000}); !errors.Is(err, ErrUnavailable) || !errors.As(err, &e) ||
		!e.AllSent {
		t.Errorf("all sent, no answer: %v", err)
	}
	c = rude(t, func(conn *net.TCPConn, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength)
		time.Sleep(2 * time.Second)
	})
	err := c.Put(context.Background(), "1", "a", 1000, &zeros{left: 1000})
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrStalled) || !errors.As(err, &e) || !e.AllSent ||
		!strings.Contains(err.Error(), "no answer after the last byte for 500ms") {
		t.Errorf("all sent, silence: %v", err)
	}
}

func TestPutStalls(t *testing.T) {
	waits(t)
	t.Parallel()
	c := rude(t, func(conn *net.TCPConn, _ *http.Request) { time.Sleep(3 * time.Second) })
	err := c.Put(context.Background(), "1", "a", 1<<33, &zeros{left: 1 << 33})
	if !errors.Is(err, ErrStalled) || !strings.Contains(err.Error(), "the server has taken no byte for 300ms") {
		t.Errorf("server: %v", err)
	}
	pr, pw := io.Pipe()
	defer pw.Close()
	go func() { _, _ = pw.Write(make([]byte, 1000)) }()
	err = c.Put(context.Background(), "1", "a", 1<<20, pr)
	if !errors.Is(err, ErrStalled) || !strings.Contains(err.Error(), "the source has given no byte for 300ms") {
		t.Errorf("source: %v", err)
	}
	if _, err := pw.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the source is let go: %v", err)
	}
	// A source that hangs and can't be closed is left behind.
	hang := make(chan struct{})
	defer close(hang)
	begin := time.Now()
	err = c.Put(context.Background(), "1", "a", 1<<20, readerFunc(func([]byte) (int, error) { <-hang; return 0, io.EOF }))
	if !errors.Is(err, ErrStalled) || time.Since(begin) > 5*time.Second {
		t.Errorf("hanging source: %v after %v", err, time.Since(begin))
	}
}

// Slow is not silent: every byte begins the watch anew.
func TestPutSlow(t *testing.T) {
	t.Parallel()
	c := rude(t, func(conn *net.TCPConn, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength)
		respond(conn, 200, `{"key":"a","status":"pending"}`)
	})
	n := 0
	err := c.Put(context.Background(), "1", "a", 8, readerFunc(func(p []byte) (int, error) {
		if n++; n > 8 {
			return 0, io.EOF
		}
		time.Sleep(50 * time.Millisecond)
		return copy(p, "x"), nil
	}))
	if err != nil {
		t.Error(err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestPutSourceFaults(t *testing.T) {
	t.Parallel()
	c := rude(t, func(conn *net.TCPConn, r *http.Request) {
		if n, _ := io.Copy(io.Discard, r.Body); n == r.ContentLength {
			respond(conn, 200, `{"key":"a","status":"pending"}`)
		}
	})
	ctx := context.Background()
	if err := c.Put(ctx, "1", "a", 1000, strings.NewReader("short")); !errors.Is(err, ErrSource) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short: %v", err)
	}
	if err := c.Put(ctx, "1", "a", 3, strings.NewReader("long")); !errors.Is(err, ErrSource) {
		t.Errorf("long: %v", err)
	}
	broken := errors.New("CRC-32 of raw.dat differs")
	err := c.Put(ctx, "1", "a", 1000, io.MultiReader(strings.NewReader("abc"), readerFunc(func([]byte) (int, error) { return 0, broken })))
	if !errors.Is(err, broken) || !errors.Is(err, ErrSource) || errors.Is(err, ErrUnavailable) {
		t.Errorf("broken: %v", err)
	}
	why := errors.New("the user wants to stop")
	ctx, cancel := context.WithCancelCause(ctx)
	err = c.Put(
		ctx,
		"1",
		"a",
		1<<20,
		readerFunc(func(p []byte) (int, error) { cancel(why); time.Sleep(50 * time.Millisecond); return len(p), nil }),
	)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || errors.Is(err, ErrUnavailable) {
		t.Errorf("canceled: %v", err)
	}
	if err := c.Put(context.Background(), "1", "a", -1, strings.NewReader("x")); !errors.Is(err, ErrInvalid) {
		t.Errorf("unknown length: %v", err)
	}
}

func TestPutAnswers(t *testing.T) {
	t.Parallel()
	var status int
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", "https://elsewhere.example/x")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer s.Close()
	c := client(t, s.URL)
	for _, x := range []struct {
		status int
		body   string
		want   error
	}{
		{200, `{"key":"a","status":"completed","errors":"File upload transfer failed."}`, ErrEntryGone},
		{200, `<html>welcome</html>`, ErrNotInvenio},
		{200, `[]`, ErrNotInvenio},
		{302, ``, ErrNotInvenio},
		{403, `{"status": 403, "message": "Permission denied."}`, ErrToken},
		{403, `<html><h1>Forbidden</h1></html>`, ErrBlocked},
		{403, `{"status": 403, "message": "Bucket is locked for modifications."}`, ErrDenied},
		{413, `<html><h1>413 Request Entity Too Large</h1></html>`, ErrBodyLimit},
		{413, `{"status": 413, "message": "The data value transmitted exceeds the capacity limit."}`, ErrBodyLimit},
		{400, `{"status": 400, "message": "Bucket quota exceeded."}`, ErrQuota},
		{429, `{"message":"133 per 1 minute","status":429}`, ErrRate},
		{503, `<html><h1>Application is not available</h1></html>`, ErrUnavailable},
	} {
		status, body = x.status, x.body
		err := c.Put(context.Background(), "1", "a", 3, bytes.NewReader([]byte("abc")))
		if !errors.Is(err, x.want) || strings.Contains(err.Error(), "<") {
			t.Errorf("%d %s: %v", x.status, x.body, err)
		}
		c.budget = newBudget(c.o)
	}
}

// waits leaves a test that waits in real time out of short runs.
func waits(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("waits for seconds: left out by -short")
	}
}

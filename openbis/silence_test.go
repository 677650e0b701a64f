package openbis

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// transport answers without network, so that time can be made up.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// trickle delivers a byte every d, then nothing until its context ends.
type trickle struct {
	ctx   context.Context
	left  int
	every time.Duration
}

func (b *trickle) Read(p []byte) (int, error) {
	if b.left == 0 {
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	}
	time.Sleep(b.every)
	b.left--
	p[0] = 'x'
	return 1, nil
}

func (b *trickle) Close() error { return nil }

func stalling(t *testing.T, delay, every time.Duration, bytes int) *Client {
	t.Helper()
	c, err := New(Options{URL: "https://lab.example", HTTP: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Disposition": {"inline"}}, ContentLength: 100,
			Body: &trickle{r.Context(), bytes, every}, Request: r}, nil
	})}})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	return c
}

func TestStalledDownloadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := stalling(t, time.Minute, 20*time.Second, 5)
		began := time.Now()
		r, err := c.Download(t.Context(), DataStore{Code: "D", URL: c.URL()}, "X", File{Path: "a", Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // a consumer that takes its time is no stall
		b, err := io.ReadAll(r)
		if len(b) != 5 || !errors.Is(err, ErrShort) || !strings.Contains(err.Error(), "no more than 5 bytes for 2m0s") {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		if d := time.Since(began) - time.Hour; d != time.Minute+2*time.Minute {
			t.Errorf("took %s", d)
		}
		r.Close()
	})
}

func TestNoAnswerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := stalling(t, time.Hour, time.Second, 5)
		began := time.Now()
		if _, err := c.Download(t.Context(), DataStore{Code: "D", URL: c.URL()}, "X", File{Path: "a", Size: 100}); !errors.Is(
			err,
			ErrUnreachable,
		) {
			t.Error(err)
		}
		if d := time.Since(began); d != 2*time.Minute {
			t.Errorf("took %s", d)
		}
		began = time.Now()
		if _, err := c.Spaces(t.Context()); !errors.Is(err, ErrUnreachable) || time.Since(began) != 5*time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestCancelledDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := stalling(t, time.Second, time.Second, 5)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		r, err := c.Download(ctx, DataStore{Code: "D", URL: c.URL()}, "X", File{Path: "a", Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrShort) {
			t.Error(err)
		}
		r.Close()
	})
}

package zenodo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"zenobis/wire"
)

// passing are answers that are over at the next try.
var passing = map[string]func() *http.Response{
	"502":              func() *http.Response { return said(502, "<h1>Bad Gateway</h1>") },
	"503 in JSON":      func() *http.Response { return said(503, `{"message":"offline"}`) },
	"429":              func() *http.Response { return said(429, `{"message":"133 per 1 minute"}`) },
	"maintenance page": func() *http.Response { return said(200, "<html><title>Back soon</title></html>") },
	"half an answer":   func() *http.Response { return said(200, `{"hits":{"hits":[{"id":"1","met`) },
	"nothing":          func() *http.Response { return said(200, "") },
	"null":             func() *http.Response { return said(200, "null") },
	"reset":            func() *http.Response { return nil },
}

func said(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// line answers by a function; nil is a connection that broke.
type line func(n int) *http.Response

func (f line) client(t *testing.T, slept *time.Duration) *Client {
	t.Helper()
	n := 0
	now := time.Unix(0, 0)
	sleep := func(_ context.Context, d time.Duration) error {
		*slept += d
		now = now.Add(d)
		return nil
	}
	c, err := New(Options{URL: "https://zenodo.example", Token: strings.Repeat("t", 60), Clock: func() time.Time { return now }, Sleep: sleep,
		HTTP:  &http.Client{Transport: broken(func(*http.Request) *http.Response { n++; return f(n) })},
		Retry: &wire.Retry{Now: func() time.Time { return now }, Sleep: sleep}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type broken func(*http.Request) *http.Response

func (f broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if a := f(r); a != nil {
		return a, nil
	}
	return nil, errors.New("connection reset by peer")
}

// TestReadingSurvivesAPassingFault: at the first contact and later, and nothing of
// a half answer is taken for the whole.
func TestReadingSurvivesAPassingFault(t *testing.T) {
	good := func() *http.Response {
		return said(200, `{"hits":{"hits":[{"id":"1","metadata":{"identifiers":[{"scheme":"other","identifier":"a:1"}]}}],"total":1}}`)
	}
	for name, fault := range passing {
		for _, at := range []int{1, 2} {
			var slept time.Duration
			c := line(func(n int) *http.Response {
				if n == at {
					return fault()
				}
				return good()
			}).client(t, &slept)
			for range 2 {
				if list, err := c.FindDrafts(t.Context(), "a:1"); err != nil || len(list) != 1 {
					t.Errorf("%s at request %d: %v, %v", name, at, list, err)
				}
			}
			if slept == 0 {
				t.Errorf("%s at request %d: repeated without a wait", name, at)
			}
		}
	}
}

// TestAZenodoThatStaysAway: a wrong address is told soon, a Zenodo that was there is
// waited for; neither is ever a list without entries.
func TestAZenodoThatStaysAway(t *testing.T) {
	for name, fault := range passing {
		if name == "429" {
			continue // the request budget has a test of its own
		}
		var slept time.Duration
		c := line(func(int) *http.Response { return fault() }).client(t, &slept)
		if _, err := c.FindDrafts(t.Context(), "a:1"); err == nil || slept < 4*time.Second || slept > 15*time.Second && name != "503 in JSON" {
			t.Errorf("%s, first contact: %v after %v", name, err, slept)
		}
		slept = 0
		c = line(func(n int) *http.Response {
			if n == 1 {
				return said(200, `{"hits":{"hits":[],"total":0}}`)
			}
			return fault()
		}).client(t, &slept)
		if err := c.CheckToken(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.FindDrafts(t.Context(), "a:1"); !errors.Is(err, ErrUnavailable) || slept < wire.Patience-time.Second {
			t.Errorf("%s, later: %v after %v", name, err, slept)
		}
	}
}

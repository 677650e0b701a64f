package zenodo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"zenobis/wire"
)

// TestAPageIsNoRefusal answers with all kinds of statuses, in the API's JSON and as the
// page of a server before it: only the API's own word says something of what was asked.
func TestAPageIsNoRefusal(t *testing.T) {
	status, body := 200, "{}"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if status == http.StatusFound {
			w.Header().Set("Location", "https://login.example/")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer s.Close()
	calls := map[string]func(c *Client) error{
		"read":  func(c *Client) error { _, err := c.Draft(t.Context(), "1"); return err },
		"write": func(c *Client) error { return c.ImportFiles(t.Context(), "1") },
		"files": func(c *Client) error { _, err := c.Files(t.Context(), "1"); return err },
		"list":  func(c *Client) error { _, err := c.FindDrafts(t.Context(), "a:1"); return err },
		"word":  func(c *Client) error { _, err := c.Entry(t.Context(), "licenses", "mit"); return err },
		"words": func(c *Client) error { _, err := c.Funders(t.Context(), "x"); return err },
		"group": func(c *Client) error { _, err := c.Community(t.Context(), "x"); return err },
	}
	const json, page = `{"message":"no"}`, "<html><title>Sorry</title></html>"
	for _, x := range []struct {
		status int
		body   string
		kind   error // once the server is known
		first  error // before
	}{
		{400, json, ErrInvalid, ErrInvalid}, {404, json, ErrNotFound, ErrNotFound}, {410, json, ErrGone, ErrGone},
		{401, json, ErrToken, ErrToken}, {413, json, ErrBodyLimit, ErrBodyLimit},
		{400, page, ErrUnavailable, ErrNotInvenio}, {404, page, ErrUnavailable, ErrNotInvenio}, {410, page, ErrUnavailable, ErrNotInvenio},
		{401, page, ErrUnavailable, ErrNotInvenio}, {405, page, ErrUnavailable, ErrNotInvenio}, {415, "", ErrUnavailable, ErrNotInvenio},
		{200, json, nil, nil}, {200, page, nil, nil}, {200, "null", nil, nil}, {200, "", nil, nil}, {302, page, ErrUnavailable, ErrNotInvenio},
		{403, page, ErrBlocked, ErrBlocked}, {413, page, ErrBodyLimit, ErrBodyLimit}, {429, page, ErrRate, ErrRate}, {407, page, wire.ErrProxy, wire.ErrProxy},
		{408, json, ErrUnavailable, ErrUnavailable}, {421, json, ErrUnavailable, ErrUnavailable}, {425, json, ErrUnavailable, ErrUnavailable},
		{500, json, ErrUnavailable, ErrUnavailable}, {503, page, ErrUnavailable, ErrUnavailable}, {507, page, ErrUnavailable, ErrUnavailable},
	} {
		for name, call := range calls {
			for _, known := range []bool{true, false} {
				now := time.Now()
				c, err := New(Options{URL: s.URL, Token: secret, PerMinute: -1, Clock: func() time.Time { return now },
					Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }})
				if err != nil {
					t.Fatal(err)
				}
				want := x.first
				if known {
					want = x.kind
					status, body = 200, `{"hits":{"hits":[],"total":0}}`
					if err := c.CheckToken(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				status, body = x.status, x.body
				err = call(c)
				if x.status == http.StatusOK {
					if name == "write" { // which may have been carried out
						continue
					}
					if want = ErrNotInvenio; known {
						want = ErrUnavailable
					}
				}
				if !errors.Is(err, want) {
					t.Errorf("%s, HTTP %d %q, known %v: %v, want %v", name, x.status, x.body, known, err, want)
				}
				if told := fmt.Sprint(err); x.body == page && x.status >= 400 && len(told) < 20 {
					t.Errorf("told %q", told)
				}
			}
		}
	}
}

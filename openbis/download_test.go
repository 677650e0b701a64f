package openbis

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zenobis/wire"
)

// fetchFrom downloads a file of 8 bytes from a handler.
func fetchFrom(t *testing.T, handle http.HandlerFunc, path string) ([]byte, error) {
	t.Helper()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost { // the application server knows the session, the data store is well
			_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":"1","result":{"@type":"as.dto.session.SessionInformation","userName":"u"}}`)
			return
		}
		handle(w, r)
	}))
	defer h.Close()
	c, err := New(Options{URL: h.URL})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	r, err := c.Download(t.Context(), DataStore{Code: "DSS1", URL: h.URL}, "20231114221323000-16", File{Path: path, Size: 8})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func deliver(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Disposition", `inline; filename="x"`)
	_, _ = io.WriteString(w, body)
}

func TestDownload(t *testing.T) {
	got, err := fetchFrom(t, func(w http.ResponseWriter, r *http.Request) {
		want := "/datastore_server/20231114221323000-16/original/a%20b%25%3F%23%3B/%C3%BC+%5B1%5D"
		if r.URL.EscapedPath() != want && r.URL.EscapedPath() != strings.ReplaceAll(want, "+", "%2B") {
			t.Errorf("path %s", r.URL.EscapedPath())
		}
		if q := r.URL.Query(); q.Get("mode") != "txt" || q.Get("sessionID") != testToken || r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("query %v, header %v", q, r.Header)
		}
		deliver(w, "12345678")
	}, "original/a b%?#;/ü+[1]")
	if err != nil || string(got) != "12345678" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDownloadPages(t *testing.T) {
	for page, want := range map[string]error{
		"Error:\nResource 'original/default/nope' does not exist.\n":                                                 ErrNoBytes,
		"Error:\nResource 'a' is currently unavailable. It might be archived.\n":                                     ErrArchived,
		"Error:\nData set 'X' is not accessible.\n":                                                                  ErrDenied,
		"Error:\nUnknown data set: X\n":                                                                              ErrNoBytes,
		"<html><body>Download session expired.</body></html>":                                                        ErrSession,
		"<html><body><h1>Error</h1>\nResource 'a' is currently unavailable. It might be archived.\n</body></html>\n": ErrArchived,
		"":                                       ErrNoBytes,
		"Directory content:\na\t1 KB\t0\n":       ErrNoBytes,
		"<html>Sign in to the laboratory</html>": ErrNoBytes,
	} {
		got, err := fetchFrom(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, page) }, "a")
		if !errors.Is(err, want) || got != nil {
			t.Errorf("%q: %v, want %v", page, err, want)
		}
		if strings.ContainsAny(err.Error(), "<\n") {
			t.Errorf("%q", err)
		}
	}
}

func TestDownloadStatus(t *testing.T) {
	for status, want := range map[int]error{302: wire.ErrRedirect, 401: ErrDenied, 403: ErrDenied, 404: ErrNoBytes, 405: ErrNoBytes,
		429: ErrUnreachable, 500: ErrUnreachable, 503: ErrUnreachable, 206: ErrNoBytes} {
		_, err := fetchFrom(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/?sessionID="+testToken)
			w.Header().Set("Content-Disposition", "inline")
			w.WriteHeader(status)
		}, "a")
		if !errors.Is(err, want) || strings.Contains(err.Error(), testToken) {
			t.Errorf("%d: %v, want %v", status, err, want)
		}
	}
}

func TestDownloadLengths(t *testing.T) {
	for name, r := range map[string]struct {
		handle http.HandlerFunc
		want   error
	}{
		"announced shorter": {func(w http.ResponseWriter, _ *http.Request) { deliver(w, "1234") }, ErrNoBytes},
		"announced longer":  {func(w http.ResponseWriter, _ *http.Request) { deliver(w, "123456789") }, ErrNoBytes},
		"ended early": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "8")
			deliver(w, "1234")
		}, ErrShort},
		"chunked and short": {func(w http.ResponseWriter, r *http.Request) {
			deliver(w, "1234")
			_ = http.NewResponseController(w).Flush()
		}, ErrShort},
		"chunked and long": {func(w http.ResponseWriter, r *http.Request) {
			deliver(w, "12345678")
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, "9")
		}, ErrNoBytes},
		"compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			deliver(w, "12345678")
		}, ErrNoBytes},
	} {
		got, err := fetchFrom(t, r.handle, "a")
		if !errors.Is(err, r.want) || len(got) > 8 {
			t.Errorf("%s: %q, %v, want %v", name, got, err, r.want)
		}
	}
}

// raw answers every connection with the same bytes.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, answer)
			conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func TestDownloadHeaders(t *testing.T) {
	for name, r := range map[string]struct {
		disposition string
		want        error
	}{
		"control characters": {"inline; filename=\"a\x1b[31m.txt\"", ErrBadName},
		"Latin-1 and quotes": {"inline; filename=\"na\xefve \"q\\ \t.txt\"", nil},
	} {
		u := raw(t, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Disposition: %s\r\nContent-Length: 8\r\n\r\n12345678", r.disposition))
		c, err := New(Options{URL: u})
		if err != nil {
			t.Fatal(err)
		}
		c.token = testToken
		body, err := c.Download(t.Context(), DataStore{Code: "DSS1", URL: u}, "X", File{Path: "a", Size: 8})
		if !errors.Is(err, r.want) {
			t.Errorf("%s: %v, want %v", name, err, r.want)
		}
		if err == nil {
			if b, err := io.ReadAll(body); err != nil || len(b) != 8 {
				t.Errorf("%s: %q, %v", name, b, err)
			}
			body.Close()
		}
	}
}

func FuzzErrorPage(f *testing.F) {
	f.Add("<html><body><h1>Error</h1>\nResource 'p' does not exist.\n</body></html>")
	f.Add("Error:\n" + testToken)
	f.Fuzz(func(t *testing.T, page string) {
		err := errorPage(page, []string{testToken})
		if err == nil || strings.Contains(err.Error(), testToken) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v", page, err)
		}
	})
}

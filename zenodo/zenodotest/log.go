package zenodotest

import (
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Request is one request the server saw. Tokens and cookies are not kept.
type Request struct {
	Time   time.Time
	Method string
	Path   string // as sent, encoded, with its query
	Status int    // 0: the connection ended without an answer
	User   string // id of the token's user, "" = anonymous
	Body   int64  // bytes of the body that were read
	Length int64  // announced length, -1 = chunked
	Header http.Header
}

// Requests lists what was asked so far, in the order of the answers.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.log...)
}

// ForgetRequests empties the list.
func (s *Server) ForgetRequests() {
	s.mu.Lock()
	s.log = nil
	s.mu.Unlock()
}

// maxLog bounds the memory of a server that runs for days, as the demo may.
const maxLog = 20000

func (s *Server) record(at time.Time, r *http.Request, status int, n int64) {
	h := r.Header.Clone()
	h.Del("Authorization")
	h.Del("Cookie")
	u := *r.URL
	if q := u.Query(); q.Has("access_token") {
		q.Set("access_token", "…")
		u.RawQuery = q.Encode()
	}
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	req := Request{Time: at, Method: r.Method, Path: path, Status: status, Body: n, Length: r.ContentLength, Header: h}
	if usr := s.authenticate(r); usr != nil {
		req.User = usr.id
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.log) >= maxLog {
		s.log = append(s.log[:0:0], s.log[maxLog/2:]...)
	}
	s.log = append(s.log, req)
}

// recorder remembers the status; Unwrap keeps full duplex and hijacking possible.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// countedBody counts what is read of a body.
type countedBody struct {
	io.ReadCloser
	n atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}

// escapeKey writes a file name into a link as the site does: blanks, %, ?, #,
// non-ASCII and the like encoded, "/ & = + ' * : ;" left (reference 3.2).
func escapeKey(key string) string {
	const keep = "-._~/&=+'*:;!$(),@"
	out := make([]byte, 0, len(key))
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || indexByte(keep, c) {
			out = append(out, c)
			continue
		}
		out = append(out, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
	}
	return string(out)
}

func indexByte(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}

// escapeQuery writes a value into the query of a link.
func escapeQuery(v string) string { return url.QueryEscape(v) }

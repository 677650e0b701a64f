package fakehttp

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Request is one request as the server saw it. Tokens and cookies are not kept.
type Request struct {
	Time   time.Time // when it came, on the server's clock
	Method string
	Path   string // as sent, encoded, with its query; secrets are taken out
	Call   string // what it called, where the server's calls have names
	User   string // whose token or session it had, "" without
	Status int    // 0 means that the connection ended without an answer
	Body   int64  // bytes of the body that were read
	Length int64  // announced length, -1 without one
	Header http.Header
}

// maxLog bounds the memory of a server that runs for days, as the demo may.
const maxLog = 20000

// requestLog is what a server was asked, in the order of the answers.
type requestLog struct {
	mu   sync.Mutex
	list []*Request
}

// add writes a line; what is written later about the same request replaces it.
func (l *requestLog) add(line *Request, now Request) *Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line != nil {
		*line = now
		return line
	}
	if len(l.list) >= maxLog {
		l.list = slices.Clone(l.list[maxLog/2:])
	}
	l.list = append(l.list, &now)
	return &now
}

type noteKey struct{}

// Noted is the log's line about a request while it is being answered: a
// server fills in what only it knows. It is never nil.
func Noted(r *http.Request) *Request {
	if q, ok := r.Context().Value(noteKey{}).(*Request); ok {
		return q
	}
	return &Request{}
}

// begin opens the line of a request. The line stands in the log before the client
// can see the first byte of the answer; done writes what is known at the end.
func (l *requestLog) begin(s *Server, rec *recorder, r *http.Request) (_ *http.Request, done func()) {
	q := &Request{Time: s.Now(), Method: r.Method, Path: redacted(r.URL, s.site.Secrets), Length: r.ContentLength, Header: r.Header.Clone()}
	q.Header.Del("Authorization")
	q.Header.Del("Cookie")
	r = r.WithContext(context.WithValue(r.Context(), noteKey{}, q))
	body := &countedBody{ReadCloser: r.Body}
	r.Body = body
	if s.site.Call != nil {
		q.Call = s.site.Call(r)
	}
	var line *Request
	write := func() {
		q.Status, q.Body = rec.status, body.n.Load()
		line = l.add(line, *q)
	}
	rec.answered = write
	return r, func() {
		p := recover()
		write()
		if p != nil {
			panic(p)
		}
	}
}

// redacted is path and query with the secrets taken out.
func redacted(u *url.URL, secrets []string) string {
	path := u.EscapedPath()
	if u.RawQuery == "" {
		return path
	}
	q := u.Query()
	secret := false
	for k := range q {
		if slices.Contains(secrets, strings.ToLower(k)) {
			q.Set(k, "redacted")
			secret = true
		}
	}
	if secret {
		return path + "?" + q.Encode()
	}
	return path + "?" + u.RawQuery
}

// Requests lists what was asked so far, in the order of the answers.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	all := make([]Request, len(s.log.list))
	for i, line := range s.log.list {
		all[i] = *line
	}
	return all
}

// ForgetRequests empties the list.
func (s *Server) ForgetRequests() {
	s.log.mu.Lock()
	s.log.list = nil
	s.log.mu.Unlock()
}

// recorder remembers the status; Unwrap keeps full duplex and hijacking possible.
type recorder struct {
	http.ResponseWriter
	status   int
	answered func() // called once, before the answer's first byte
}

func (w *recorder) WriteHeader(status int) {
	if status >= 200 {
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

func (w *recorder) begin(status int) {
	if w.status == 0 {
		w.status = status
		w.answered()
	}
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

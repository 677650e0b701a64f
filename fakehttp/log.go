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
	list []Request
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

// begin opens the line of a request; done writes it.
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
	return r, func() {
		p := recover()
		q.Status, q.Body = rec.status, body.n.Load()
		l.mu.Lock()
		if len(l.list) >= maxLog {
			l.list = append(l.list[:0:0], l.list[maxLog/2:]...)
		}
		l.list = append(l.list, *q)
		l.mu.Unlock()
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
	return slices.Clone(s.log.list)
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

// Package fakehttp is what the two servers built into this program have in
// common: how they start and end, how they fail on purpose, how fast they are,
// and the log of what they were asked. It is a mould for servers, not a client:
// the servers share it with each other and with nobody else.
package fakehttp

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// TB is what Run needs of a testing.TB; the program itself must not link testing.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Options are those of every server. The zero value tells the real time and
// is as fast as the machine.
type Options struct {
	Clock   func() time.Time // the server's time; nil means the real one
	Latency time.Duration    // before each request is looked at
	Rate    int64            // bytes a second of the server's line, each direction; 0 means no limit
}

// Site is what a server brings along.
type Site struct {
	// Serve answers what no fault has caught.
	Serve http.HandlerFunc
	// Call names what a request calls, for faults and the log. It may read
	// the body, which it then puts back. nil means that calls have no names.
	Call func(*http.Request) string
	// Secrets are the parameters of an address that are kept out of the log,
	// in lower case.
	Secrets []string
	// Door holds the server's own faults that concern a whole request; those
	// of this package are there already.
	Door map[Kind]Door
	// Now holds the faults that happen when they are switched on, unless they
	// have a Skip.
	Now map[Kind]func(Fault)
	// Armed is called when a fault was switched on or taken back. May be nil.
	Armed func(Fault)
	// Close is called once, after the last request. May be nil.
	Close func()
}

// Server is one built-in server. It is an http.Handler, which may also be
// mounted elsewhere, without Start. Safe for concurrent use.
type Server struct {
	// URL is the address of a started server, without slash at the end.
	URL string

	o      Options
	site   Site
	door   map[Kind]Door
	faults faults
	log    requestLog
	stop   chan struct{}
	once   sync.Once
	grace  time.Duration // how long requests may still take when the server ends
}

// New makes a server that has not been started.
func New(o Options, site Site) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s := &Server{o: o, site: site, stop: make(chan struct{}), grace: time.Second}
	s.door = s.commonDoor()
	for k, d := range site.Door {
		s.door[k] = d
	}
	return s
}

// Now is the server's time.
func (s *Server) Now() time.Time { return s.o.Clock() }

// Stopped is closed when the server ends.
func (s *Server) Stopped() <-chan struct{} { return s.stop }

// Run starts a server on any port until the test ends.
func Run(t TB, s *Server) {
	t.Helper()
	_, stop, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatalf("start a built-in server: %v", err)
	}
	t.Cleanup(stop)
}

// Start listens on addr ("127.0.0.1:0" for any port) until stop is called,
// which ends all connections: those without a request at once, for a client may
// have opened one more than it needed, and Shutdown would wait for its request.
func (s *Server) Start(addr string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	s.URL = "http://" + l.Addr().String()
	if s.o.Rate > 0 {
		l = &slowListener{Listener: l, in: &line{rate: s.o.Rate}, out: &line{rate: s.o.Rate}}
	}
	var unused unusedConns
	h := &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second, ConnState: unused.changed}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.Serve(l) // it always ends with an error: that of the closed listener
	}()
	return s.URL, func() {
		s.once.Do(func() {
			close(s.stop)
			_ = l.Close()
			<-done // no connection comes any more
			unused.close()
			ctx, cancel := context.WithTimeout(context.Background(), s.grace)
			defer cancel()
			if h.Shutdown(ctx) != nil {
				_ = h.Close()
			}
			s.end()
		})
	}, nil
}

// unusedConns are the connections on which no request has begun.
type unusedConns struct {
	mu   sync.Mutex
	open map[net.Conn]bool
}

// changed is a server's ConnState.
func (u *unusedConns) changed(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if state != http.StateNew {
		delete(u.open, c)
		return
	}
	if u.open == nil {
		u.open = map[net.Conn]bool{}
	}
	u.open[c] = true
}

func (u *unusedConns) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for c := range u.open {
		_ = c.Close()
	}
}

// Close ends a server that was never started.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.stop)
		s.end()
	})
}

func (s *Server) end() {
	if s.site.Close != nil {
		s.site.Close()
	}
}

// ServeHTTP answers one request: log, delay, the fault at the door, the site.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &recorder{ResponseWriter: w}
	r, done := s.log.begin(s, rec, r)
	defer done()
	if !s.pause(r.Context(), s.o.Latency) {
		panic(http.ErrAbortHandler)
	}
	if f, ok := s.faults.take(s.Now(), Place{Request: r, Call: Noted(r).Call}, s.isDoor); ok {
		s.door[f.Kind](rec, r, f, s.site.Serve)
		return
	}
	s.site.Serve(rec, r)
}

func (s *Server) isDoor(k Kind) bool { return s.door[k] != nil }

// pause waits; false means that the client or the server went away meanwhile.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.stop:
	}
	return false
}

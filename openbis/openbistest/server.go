package openbistest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options configure a server. The zero value is a lab without content.
type Options struct {
	Lab *Lab
	// Clock tells the server's time; nil means the real one.
	Clock func() time.Time
	// UnarchiveAfter is how long it takes to bring a data set back from the
	// archive, on the clock. Zero means at the next look, or some seconds
	// for the demo's lab.
	UnarchiveAfter time.Duration
	// SessionTimeout ends idle sessions; zero means 12 hours.
	SessionTimeout time.Duration
	// MaxSessions per user; zero means 5, negative no limit.
	MaxSessions int
	// MaxPATValidity caps personal access tokens; zero means 30 days.
	MaxPATValidity time.Duration
	// APIVersion that the server announces; "" means 3.6.
	APIVersion string
	// NoArchiver announces no archive and refuses to unarchive.
	NoArchiver bool
	// NoPATs switches personal access tokens off.
	NoPATs bool
	// OneDTO lets every entity have a single object in a result, with all
	// that any fetch options ask for, so that more bare integers appear.
	OneDTO bool
	// Java11 gives exceptions about null no message.
	Java11 bool
	// NoCompression keeps the server from gzip.
	NoCompression bool
}

// Server is an openBIS. It is an http.Handler for application server, data
// store server, file servlet and pictures at once. Safe for concurrent use.
type Server struct {
	// URL is the address of a started server, without slash at the end.
	URL string
	// User and Password belong to the lab's first user with a password, PAT
	// is a personal access token of that user.
	User, Password, PAT string

	o      Options
	faults faults

	mu       sync.RWMutex // guards everything below
	lab      *Lab
	version  int // of the lab, for the memory of searches
	sessions map[string]*session
	order    []*session // by age
	tokens   []*pat
	recent   []searchMemory
	uploads  map[string]*upload
	fast     map[string]*transfer
	counter  int

	logMu sync.Mutex
	log   []Request

	methods map[string]method
}

// New makes a server that has not been started. It takes the lab over.
func New(o Options) *Server {
	if o.Lab == nil {
		o.Lab = NewLab()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.SessionTimeout == 0 {
		o.SessionTimeout = 12 * time.Hour
	}
	if o.MaxSessions == 0 {
		o.MaxSessions = 5
	}
	if o.MaxPATValidity == 0 {
		o.MaxPATValidity = 30 * 24 * time.Hour
	}
	if o.UnarchiveAfter == 0 {
		o.UnarchiveAfter = o.Lab.unarchiveAfter
	}
	if o.APIVersion == "" {
		o.APIVersion = "3.6"
	}
	s := &Server{o: o, lab: o.Lab, sessions: map[string]*session{}, uploads: map[string]*upload{}, fast: map[string]*transfer{}}
	s.User, s.Password = s.lab.firstUser()
	if s.User == "" {
		s.lab.AddUser(UserSpec{ID: "jdoe", Password: "secret", FirstName: "Jane", LastName: "Doe",
			Email: "jane.doe@lab.example", Roles: []RoleSpec{{Role: "ADMIN"}}})
		s.User, s.Password = "jdoe", "secret"
	}
	s.lab.now = s.now
	s.methods = s.methodTable()
	s.addLabPATs()
	return s
}

func (s *Server) now() time.Time { return s.o.Clock() }

// Start makes a server for a test, which ends it. A nil lab is an empty one.
func Start(t testing.TB, lab *Lab) *Server {
	t.Helper()
	return StartWith(t, Options{Lab: lab})
}

// StartWith is Start with options.
func StartWith(t testing.TB, o Options) *Server {
	t.Helper()
	s := New(o)
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
	})
	s.setURL(h.URL)
	return s
}

// Start listens on addr ("127.0.0.1:0" for any port) until stop is called.
func (s *Server) Start(addr string) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("listen for the demo openBIS: %w", err)
	}
	s.setURL("http://" + l.Addr().String())
	srv := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l) // it always ends with an error: that of the closed listener
	}()
	stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close()
		}
		<-done
	}
	return s.URL, stop, nil
}

func (s *Server) setURL(u string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.URL = u
}

// firstUser is the first user who can log in.
func (l *Lab) firstUser() (user, password string) {
	for _, u := range l.userOrder {
		if !u.inactive && u.password != "" && len(u.roles) > 0 {
			return u.userID, u.password
		}
	}
	return "", ""
}

// Request is one request as the server saw it, without secrets.
type Request struct {
	Method string // HTTP
	Path   string // with the query; session tokens are redacted
	RPC    string // method of the API; "" for other requests
	User   string // whose session it was, where there was one
	Status int    // HTTP status of the answer
	Range  string // header
	Agent  string // header User-Agent
	Encode string // header Accept-Encoding
}

// Requests lists what was asked so far.
func (s *Server) Requests() []Request {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return append([]Request(nil), s.log...)
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	rpc    string
	user   string
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

const (
	asPath     = "/openbis/openbis/rmi-application-server-v3.json"
	dssPath    = "/datastore_server/rmi-data-store-server-v3.json"
	imagePath  = "/openbis/openbis/file-service/"
	storePath  = "/datastore_server/"
	uploadPath = "/datastore_server/session_workspace_file_upload"
	fastPath   = "/datastore_server/file-transfer"
)

// ServeHTTP answers every request of this openBIS.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &recorder{ResponseWriter: w}
	defer func() {
		s.logMu.Lock()
		s.log = append(s.log, Request{Method: r.Method, Path: redactPath(r.URL), RPC: rec.rpc, User: rec.user, Status: rec.status,
			Range: r.Header.Get("Range"), Agent: r.Header.Get("User-Agent"), Encode: r.Header.Get("Accept-Encoding")})
		s.logMu.Unlock()
	}()
	part, serve := s.route(r)
	if _, hang := s.faults.take(FaultHang, s.now(), at(part)); hang {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client has gone
		<-r.Context().Done()
		return
	}
	if f, ok := s.faults.take(FaultStatus, s.now(), at(part)); ok {
		status := f.Status
		if status == 0 {
			status = http.StatusServiceUnavailable
		}
		w := http.ResponseWriter(rec)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status))
		return
	}
	serve(rec, r)
}

func (s *Server) route(r *http.Request) (part string, serve func(*recorder, *http.Request)) {
	p := r.URL.Path
	switch {
	case p == asPath || p == "/openbis/rmi-application-server-v3.json":
		return "as", func(w *recorder, r *http.Request) { s.serveRPC(w, r, "as") }
	case p == dssPath:
		return "dss", func(w *recorder, r *http.Request) { s.serveRPC(w, r, "dss") }
	case strings.HasPrefix(p, imagePath):
		return "image", s.serveImage
	case p == uploadPath:
		return "upload", s.serveUpload
	case p == fastPath:
		return "transfer", s.serveTransfer
	case strings.HasPrefix(p, storePath):
		return "download", s.serveDownload
	}
	return "", func(w *recorder, r *http.Request) { jettyError(w, http.StatusNotFound, r.URL.Path) }
}

// redactPath is path and query with the tokens taken out.
func redactPath(u *url.URL) string {
	q := u.Query()
	for k := range q {
		switch strings.ToLower(k) {
		case "sessionid", "usersessionid", "downloadsessionid":
			q.Set(k, "redacted")
		}
	}
	p := u.EscapedPath()
	if len(q) > 0 {
		p += "?" + q.Encode()
	}
	return p
}

// touch says that the lab has changed.
func (s *Server) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
}

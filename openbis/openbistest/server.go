package openbistest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/labdata"
)

// Options configure a server. The zero value is a lab without content.
type Options struct {
	fakehttp.Options
	Lab *labdata.Lab
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

// Server is an openBIS: application server, data store server, file servlet
// and pictures at once. Safe for concurrent use.
type Server struct {
	*fakehttp.Server
	// User and Password belong to the lab's first user with a password, PAT
	// is a personal access token of that user.
	User, Password, PAT string

	o    Options
	zips sync.Pool // compressors that are not in use

	mu       sync.RWMutex // guards everything below
	lab      *labdata.Lab
	version  int // of the lab, for the memory of searches
	sessions map[string]*session
	expired  map[string]bool          // tokens that were too long idle
	trusted  map[string]*labdata.User // tokens of before a restart, as the data store server remembers them
	order    []*session               // by age
	tokens   []*pat
	recent   []searchMemory
	uploads  map[string]*upload
	fast     map[string]*transfer
	counter  int

	methods map[string]method
}

// New makes a server that has not been started. It takes the lab over.
func New(o Options) *Server {
	if o.Lab == nil {
		o.Lab = labdata.NewLab()
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
		o.UnarchiveAfter = o.Lab.UnarchiveAfter
	}
	if o.APIVersion == "" {
		o.APIVersion = "3.6"
	}
	s := &Server{
		o:        o,
		lab:      o.Lab,
		sessions: map[string]*session{},
		expired:  map[string]bool{},
		trusted:  map[string]*labdata.User{},
		uploads:  map[string]*upload{},
		fast:     map[string]*transfer{},
	}
	s.Server = fakehttp.New(o.Options, fakehttp.Site{Serve: s.serve, Call: called, Now: s.atOnce(), Armed: s.armed,
		Secrets: []string{"sessionid", "usersessionid", "downloadsessionid"}})
	s.User, s.Password = s.lab.FirstUser()
	if s.User == "" {
		s.lab.AddUser(labdata.UserSpec{ID: "jdoe", Password: "secret", FirstName: "Jane", LastName: "Doe",
			Email: "jane.doe@lab.example", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
		s.User, s.Password = "jdoe", "secret"
	}
	s.lab.Now = s.now
	s.methods = s.methodTable()
	s.addLabPATs()
	return s
}

func (s *Server) now() time.Time { return s.Now() }

// Start serves an openBIS until the test ends.
func Start(t fakehttp.TB, o Options) *Server {
	t.Helper()
	s := New(o)
	fakehttp.Run(t, s.Server)
	return s
}

const (
	asPath     = "/openbis/openbis/rmi-application-server-v3.json"
	asShort    = "/openbis/rmi-application-server-v3.json"
	dssPath    = "/datastore_server/rmi-data-store-server-v3.json"
	imagePath  = "/openbis/openbis/file-service/"
	storePath  = "/datastore_server/"
	uploadPath = "/datastore_server/session_workspace_file_upload"
	fastPath   = "/datastore_server/file-transfer"
)

// serve answers every request of this openBIS.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	called := part(r.URL.Path)
	if (called == "as" || called == "image") && s.hit(FaultServerAway, "", "") {
		panic(http.ErrAbortHandler)
	}
	switch called {
	case "as", "dss":
		s.serveRPC(w, r, called)
	case "image":
		s.serveImage(w, r)
	case "upload":
		s.serveUpload(w, r)
	case "transfer":
		s.serveTransfer(w, r)
	case "download":
		s.serveDownload(w, r)
	default:
		jettyError(w, http.StatusNotFound, r.URL.Path)
	}
}

// part is the part of the server that an address belongs to.
func part(path string) string {
	switch {
	case path == asPath || path == asShort:
		return "as"
	case path == dssPath:
		return "dss"
	case strings.HasPrefix(path, imagePath):
		return "image"
	case path == uploadPath:
		return "upload"
	case path == fastPath:
		return "transfer"
	case strings.HasPrefix(path, storePath):
		return "download"
	}
	return ""
}

// called names what a request calls: the method of the API, or the part of
// the server.
func called(r *http.Request) string {
	p := part(r.URL.Path)
	if p != "as" && p != "dss" || r.Method != http.MethodPost {
		return p
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	var q struct {
		Method string `json:"method"`
	}
	_ = json.Unmarshal(body, &q) // a batch, or no JSON at all, has no name
	return q.Method
}

// failing ends a body as it ended when it was read first.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// armed forgets the searches that a fault makes wrong.
func (s *Server) armed(f fakehttp.Fault) {
	if f.Kind == FaultPublicationsInvisible {
		s.touch()
	}
}

// touch says that the lab has changed.
func (s *Server) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
}

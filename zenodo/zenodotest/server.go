// Package zenodotest is a stateful InvenioRDM as Zenodo runs it, in this
// process: for the tests of everything that talks to Zenodo, and for the demo.
// It shares no code with the client, so that the two cannot agree on the same
// mistake; what it answers follows docs/zenodo-api.md and answers
// recorded from a running InvenioRDM (testdata).
package zenodotest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"zenobis/fakehttp"
)

// Server is the instance: API and pages. Safe for concurrent use.
type Server struct {
	*fakehttp.Server

	// Set by New.
	Token        string // of the owner, whose drafts the tests work with
	SecondToken  string // of another user
	CuratorToken string // of the curator of the communities "reviewed" and "members-only"
	AdminToken   string // of a superuser
	NoScopeToken string // of the owner, without scopes: the same rights (docs/zenodo-api.md, Scopes)

	o     Options
	blobs *blobStore

	mu          sync.Mutex // guards all below; never held while a body is read or written
	base        string
	rng         *rand.Rand
	nextID      int64
	nextRequest int
	users       map[string]*user // by id
	tokens      map[string]*user
	items       map[string]*item // by id
	concepts    map[string]*concept
	communities []*community
	reviews     map[string]*review // by request id
	vocab       map[string]*vocabulary
	dois        map[string]string // DOI -> id of its item
	hits        map[string][]time.Time
	nonces      map[string]string // draft id -> nonce of its page
	lag         time.Duration
	quota       int64
	down        bool
	cookie      string
}

// New makes an instance with three users, three communities and no records.
func New(o Options) *Server {
	o = o.defaults()
	s := &Server{
		o:        o,
		blobs:    &blobStore{limit: o.MemoryLimit, dir: o.SpoolDir, discard: o.DiscardContent},
		base:     strings.TrimRight(o.BaseURL, "/"),
		rng:      rand.New(rand.NewPCG(o.Seed, 0x7a656e6f)),
		nextID:   17200000,
		users:    map[string]*user{},
		tokens:   map[string]*user{},
		items:    map[string]*item{},
		concepts: map[string]*concept{},
		reviews:  map[string]*review{},
		dois:     map[string]string{},
		hits:     map[string][]time.Time{},
		nonces:   map[string]string{},
		lag:      o.Lag,
		quota:    o.Quota,
	}
	s.Server = fakehttp.New(o.Options, fakehttp.Site{Serve: s.serve, Door: s.door(), Secrets: []string{"access_token"}, Close: s.blobs.close})
	s.vocab = vocabularies(o)
	s.cookie = s.token()
	s.addPeople()
	return s
}

// Start serves an instance until the test ends.
func Start(t fakehttp.TB, o Options) *Server {
	t.Helper()
	s := New(o)
	fakehttp.Run(t, s.Server)
	return s
}

// serve routes to the API or to the pages, unless the site is down.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.base == "" {
		s.base = cmp.Or(s.URL, "http://"+r.Host)
	}
	down := s.down
	s.mu.Unlock()
	if down {
		fakehttp.ProxyPage(w, http.StatusServiceUnavailable)
		return
	}
	path, ok := normalise(r.URL.EscapedPath())
	if !ok {
		fakehttp.ProxyPage(w, http.StatusBadRequest)
		return
	}
	if path != "/api" && !strings.HasPrefix(path, "/api/") {
		s.page(w, r, path)
		return
	}
	s.api(w, r, path)
}

// api answers an API request: what the framework checks before any view does,
// in its order (docs/zenodo-api.md, Sending the token), then the view.
func (s *Server) api(w http.ResponseWriter, r *http.Request, path string) {
	c := &call{s: s, w: w, r: r, path: path, q: r.URL.Query()}
	v := route(c, strings.Split(strings.TrimPrefix(path, "/api/"), "/"))
	writing := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
	if writing {
		w.Header().Set("Set-Cookie", fmt.Sprintf("csrftoken=%s; Expires=%s; Max-Age=604800; Secure; Path=/; SameSite=Lax",
			s.cookie, s.Now().Add(7*24*time.Hour).UTC().Format(http.TimeFormat)))
	}
	if !urlencoded(r.URL.RawQuery) {
		c.fail(frameworkError(http.StatusBadRequest, "Error trying to decode a non urlencoded string."))
		return
	}
	if c.user = s.authenticate(r); c.user != nil {
		fakehttp.Noted(r).User = c.user.id
	}
	if v == nil {
		c.fail(notFoundPath())
		return
	}
	if v.limited {
		if e := s.limit(c); e != nil {
			c.fail(e)
			return
		}
	}
	h := v.methods[r.Method]
	if h == nil && r.Method == http.MethodHead {
		h = v.methods[http.MethodGet]
	}
	if r.Method == http.MethodOptions {
		c.send(&answer{status: http.StatusOK, kind: "text/html; charset=utf-8"})
		return
	}
	if h == nil {
		for _, k := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"} {
			w.Header().Del(k)
		}
		c.fail(frameworkError(http.StatusMethodNotAllowed, "The method is not allowed for the requested URL."))
		return
	}
	if writing && c.user == nil && len(r.Cookies()) > 0 {
		if e := s.csrf(r); e != nil {
			c.fail(e)
			return
		}
	}
	a, err := h(c)
	var e *apiError
	switch {
	case errors.As(err, &e):
		c.fail(e)
	case err != nil:
		c.fail(internalError())
	case a != nil:
		c.send(a)
	}
}

// authenticate finds the user of the token, in the header or the query. A wrong
// token leaves the request anonymous (docs/zenodo-api.md, Refusals).
func (s *Server) authenticate(r *http.Request) *user {
	t := r.URL.Query().Get("access_token")
	if h, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		t = strings.TrimSpace(h)
	}
	if t == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[t]
}

// csrf is the check of requests with cookies and without a valid token.
func (s *Server) csrf(r *http.Request) *apiError {
	ck, err := r.Cookie("csrftoken")
	if err != nil {
		return frameworkError(http.StatusBadRequest, "CSRF cookie not set.")
	}
	if ck.Value != s.cookie || r.Header.Get("X-CSRFToken") != s.cookie {
		return frameworkError(http.StatusBadRequest, "CSRF token missing or incorrect.")
	}
	return nil
}

// limit counts the request for its User-Agent and address in a moving minute.
func (s *Server) limit(c *call) *apiError {
	n := s.o.RateLimit
	if n < 0 {
		return nil
	}
	if n == 0 {
		n = 133
		if c.user != nil {
			n = 1000
		}
	}
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		host = c.r.RemoteAddr
	}
	key := c.r.UserAgent() + "\x00" + host
	now := s.Now()
	s.mu.Lock()
	list := s.hits[key]
	for len(list) > 0 && now.Sub(list[0]) >= time.Minute {
		list = list[1:]
	}
	over := len(list) >= n
	if !over {
		list = append(list, now)
	}
	s.hits[key] = list
	s.mu.Unlock()
	end := list[0].Add(time.Minute)
	h := c.w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(n))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, n-len(list))))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(end.Unix()+1, 10))
	wait := int(end.Sub(now)/time.Second) + 1
	h.Set("Retry-After", strconv.Itoa(min(wait, 60)))
	if over {
		return frameworkError(http.StatusTooManyRequests, fmt.Sprintf("%d per 1 minute", n))
	}
	return nil
}

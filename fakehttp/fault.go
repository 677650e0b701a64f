package fakehttp

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Kind is what goes wrong. A server adds its own kinds to those of this package.
type Kind string

// Always as Times lets a fault last until it is taken back.
const Always = -1

// Fault is something that goes wrong with whatever it matches: all fields
// that are set must fit. Which of the last fields count depends on the kind.
type Fault struct {
	Kind   Kind
	Method string                   // HTTP method
	Path   string                   // part of the decoded path of the address
	Call   string                   // what is called, where the server's calls have names
	Of     string                   // the thing itself, such as the code of a data set
	Match  func(*http.Request) bool // further condition

	Skip  int           // matches that go well first
	Times int           // how often; 0 means once, Always until it is taken back
	For   time.Duration // how long, on the server's clock; 0 means for ever

	Bytes   int64         // of a body, or the place in it
	Rate    int64         // bytes a second
	Status  int           // HTTP status of the answer; 0 means the kind's own
	Message string        // text of the answer
	Delay   time.Duration // waiting that is asked for
	Do      func()        // what Do calls
}

// Place is where a fault may happen; a server names what it knows.
type Place struct {
	Request *http.Request
	Call    string
	Of      string
	Path    string // instead of the request's
}

// Door carries out a request, or not, as a fault wants it; next is the server
// without the fault.
type Door func(w http.ResponseWriter, r *http.Request, f Fault, next http.HandlerFunc)

// armed is a fault that is switched on.
type armed struct {
	Fault
	until time.Time // zero: no end
}

func (a *armed) fits(p Place) bool {
	path := p.Path
	method := ""
	if p.Request != nil {
		method = p.Request.Method
		if path == "" {
			path = p.Request.URL.Path
		}
	}
	switch {
	case a.Method != "" && a.Method != method,
		!strings.Contains(path, a.Path),
		a.Call != "" && a.Call != p.Call,
		a.Of != "" && a.Of != p.Of && !(p.Of == "" && strings.Contains(path, "/"+a.Of+"/")):
		return false
	}
	return a.Match == nil || p.Request != nil && a.Match(p.Request)
}

// faults are those of one server, oldest first.
type faults struct {
	mu   sync.Mutex
	list []*armed
}

// take uses up one time of the first fault that fits.
func (f *faults) take(now time.Time, p Place, kind func(Kind) bool) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.list {
		if !kind(a.Kind) || !a.until.IsZero() && !now.Before(a.until) || !a.fits(p) {
			continue
		}
		if a.Skip > 0 {
			a.Skip--
			continue
		}
		if a.Times > 0 {
			if a.Times--; a.Times == 0 {
				f.drop(a)
			}
		}
		return a.Fault, true
	}
	return Fault{}, false
}

func (f *faults) drop(a *armed) {
	for i, x := range f.list {
		if x == a {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			return
		}
	}
}

// Fault switches a fault on. The function it returns takes it back; what has
// happened already stays. Of several that fit the same place the oldest comes first.
func (s *Server) Fault(f Fault) (takeBack func()) {
	if now := s.site.Now[f.Kind]; now != nil && f.Skip == 0 {
		now(f)
		return func() {}
	}
	if f.Times == 0 {
		f.Times = 1
	}
	a := &armed{Fault: f}
	if f.For > 0 {
		a.until = s.Now().Add(f.For)
	}
	s.faults.mu.Lock()
	s.faults.list = append(s.faults.list, a)
	s.faults.mu.Unlock()
	s.changed(f)
	return func() {
		s.faults.mu.Lock()
		s.faults.drop(a)
		s.faults.mu.Unlock()
		s.changed(f)
	}
}

func (s *Server) changed(f Fault) {
	if s.site.Armed != nil {
		s.site.Armed(f)
	}
}

// ClearFaults takes all back.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	list := s.faults.list
	s.faults.list = nil
	s.faults.mu.Unlock()
	for _, a := range list {
		s.changed(a.Fault)
	}
}

// Take uses up one time of a fault of this kind that fits the place.
func (s *Server) Take(k Kind, p Place) (Fault, bool) {
	return s.faults.take(s.Now(), p, func(x Kind) bool { return x == k })
}

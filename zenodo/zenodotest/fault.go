package zenodotest

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// FaultKind is what goes wrong.
type FaultKind string

// The kinds of faults. "Stored" ones carry the request out before they fail it.
const (
	FaultCutBody       FaultKind = "cut-body"       // connection cut after Bytes of the request body; the server notices: entry removed
	FaultCutUnseen     FaultKind = "cut-unseen"     // connection cut before the application saw the request: nothing changes
	FaultCutAnswer     FaultKind = "cut-answer"     // carried out; connection cut after Bytes of the answer (0: no answer at all)
	FaultGateway       FaultKind = "gateway"        // Status (default 502) as a proxy's HTML page, nothing carried out
	FaultGatewayStored FaultKind = "gateway-stored" // carried out, then Status (default 504) as a proxy's HTML page
	FaultError         FaultKind = "error"          // 500 of the application, nothing carried out
	FaultCorrupt       FaultKind = "corrupt"        // the stored bytes differ from what was sent, and so does the MD5
	FaultTooMany       FaultKind = "too-many"       // 429 with Retry-After (Delay, default 1 s)
	FaultBlocked       FaultKind = "blocked"        // 403 HTML of a traffic protection
	FaultSlow          FaultKind = "slow"           // waits Delay before each 32 KiB of the request body
	FaultStall         FaultKind = "stall"          // no answer until the client goes away or the server stops
	FaultEntryGone     FaultKind = "entry-gone"     // the file entry named in the path is removed first
	FaultDraftGone     FaultKind = "draft-gone"     // the draft is deleted first
	FaultEdited        FaultKind = "edited"         // somebody saves the draft first (title changes, revision rises)
	FaultPublished     FaultKind = "published"      // the draft is published first
	FaultDo            FaultKind = "do"             // calls Do, then the request goes on as usual
)

// Fault is something that goes wrong with the requests it matches.
type Fault struct {
	Kind   FaultKind
	Method string                   // "" = any
	Path   string                   // part of the decoded path, e.g. "/content"; "" = any
	Match  func(*http.Request) bool // further condition
	Skip   int                      // matching requests that go well first
	Times  int                      // how often; 0 = once, negative = until cleared
	Bytes  int64
	Status int
	Delay  time.Duration
	Do     func(*Server)
}

// faults are the armed ones, oldest first.
type faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Fault arms a fault; the function it returns disarms it. Of several that match
// a request, one fires: the one armed first.
func (s *Server) Fault(f Fault) (clear func()) {
	if f.Times == 0 {
		f.Times = 1
	}
	p := &f
	s.faults.mu.Lock()
	s.faults.list = append(s.faults.list, p)
	s.faults.mu.Unlock()
	return func() { s.faults.remove(p) }
}

// ClearFaults disarms all.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	s.faults.list = nil
	s.faults.mu.Unlock()
}

func (f *faults) remove(p *Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, q := range f.list {
		if q == p {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			return
		}
	}
}

// take finds the fault for a request and counts it.
func (f *faults) take(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, q := range f.list {
		if q.Method != "" && q.Method != r.Method || !strings.Contains(r.URL.Path, q.Path) || q.Match != nil && !q.Match(r) {
			continue
		}
		if q.Skip > 0 {
			q.Skip--
			continue
		}
		if q.Times > 0 {
			q.Times--
			if q.Times == 0 {
				f.list = append(f.list[:i:i], f.list[i+1:]...)
			}
		}
		hit := *q
		return &hit
	}
	return nil
}

package openbistest

import (
	"strings"
	"sync"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind int

// The faults. Those that name a data set or path hit everything when the
// field is empty.
const (
	// FaultExpireSession ends all sessions: now, or after After more downloads.
	FaultExpireSession FaultKind = iota
	// FaultRestart ends all sessions at once, as a restart of the server does; personal access tokens live on.
	FaultRestart
	// FaultCut ends a download after After bytes, Times times.
	FaultCut
	// FaultErrorPage answers a download with status 200 and a page that says Message, Times times.
	FaultErrorPage
	// FaultWrongBytes changes one byte of a download, Times times; the length stays.
	FaultWrongBytes
	// FaultNotOnDisk lists a file that is not there, until taken back.
	FaultNotOnDisk
	// FaultCRCUnknown lists CRC 0 for all files of a data set, for the time For (zero: until taken back), or Times listings when set.
	FaultCRCUnknown
	// FaultStatus answers with HTTP Status, Times times, where Where says: "as", "dss", "download", "image" or "" for all.
	FaultStatus
	// FaultSlow delivers a download with Rate bytes a second, until taken back.
	FaultSlow
	// FaultArchive moves a data set to the archive, now.
	FaultArchive
	// FaultDelete moves a data set to the trash, now.
	FaultDelete
	// FaultPublicationFailed makes publication-api answer FAILED with Message, Times times, without doing anything.
	FaultPublicationFailed
	// FaultPublicationError makes publication-api raise Message, Times times.
	FaultPublicationError
	// FaultPublicationLost does what publication-api should and then breaks the connection, Times times.
	FaultPublicationLost
	// FaultPublicationMissing takes the service away, until taken back.
	FaultPublicationMissing
	// FaultPublicationsInvisible hides all PUBLICATION objects and spaces that end in PUBLICATIONS from everybody, until taken back.
	FaultPublicationsInvisible
	// FaultHang answers nothing until the request's context ends, Times times, where Where says.
	FaultHang
	// FaultDenyUnarchive refuses to unarchive, until taken back.
	FaultDenyUnarchive
	// FaultNoUnarchive lets data sets stay UNARCHIVE_PENDING, until taken back.
	FaultNoUnarchive
	// FaultRPCError answers the method Where with an error that says Message, Times times.
	FaultRPCError
)

// Fault is something that goes wrong on a server. Times 0 means once, a
// negative number means always.
type Fault struct {
	Kind    FaultKind
	DataSet string        // code; "" for every data set
	Path    string        // in the data set; "" for every path
	Where   string        // part of the server, or method
	After   int64         // bytes or downloads
	Times   int           // 0 means once, < 0 always
	Status  int           // HTTP status; 0 means 503
	Message string        // text of the answer
	For     time.Duration // on the server's clock
	Rate    int64         // bytes a second
}

// active is a fault that is switched on.
type active struct {
	Fault
	left  int       // times left; < 0 always
	until time.Time // zero: no end
}

// faults are those of one server. Safe for concurrent use.
type faults struct {
	mu   sync.Mutex
	list []*active
}

func (f *faults) add(a *active) (remove func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, a)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drop(a)
	}
}

func (f *faults) drop(a *active) {
	for i, x := range f.list {
		if x == a {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			return
		}
	}
}

// take uses up one time of the first fault that fits.
func (f *faults) take(k FaultKind, now time.Time, fits func(*Fault) bool) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.list {
		if a.Kind != k || !a.until.IsZero() && !now.Before(a.until) || fits != nil && !fits(&a.Fault) {
			continue
		}
		if a.left > 0 {
			a.left--
			if a.left == 0 {
				f.drop(a)
			}
		}
		return a.Fault, true
	}
	return Fault{}, false
}

// countDown lowers After of all faults of a kind by one and takes those off
// that reach zero; it reports whether one did.
func (f *faults) countDown(k FaultKind) (due bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range append([]*active(nil), f.list...) {
		if a.Kind != k {
			continue
		}
		if a.After--; a.After <= 0 {
			f.drop(a)
			due = true
		}
	}
	return due
}

func onFile(dataSet, path string) func(*Fault) bool {
	return func(f *Fault) bool {
		return (f.DataSet == "" || f.DataSet == dataSet) && (f.Path == "" || f.Path == path)
	}
}

func at(where string) func(*Fault) bool {
	return func(f *Fault) bool { return f.Where == "" || strings.EqualFold(f.Where, where) }
}

// Fault switches a fault on. The function it returns takes it back; what has
// happened already stays.
func (s *Server) Fault(f Fault) (takeBack func()) {
	left := f.Times
	if left == 0 {
		left = 1
	}
	switch f.Kind {
	case FaultRestart:
		s.endSessions()
		return func() {}
	case FaultExpireSession:
		if f.After <= 0 {
			s.endSessions()
			return func() {}
		}
	case FaultArchive:
		s.setStatus(f.DataSet, "ARCHIVED")
		return func() {}
	case FaultDelete:
		s.trash(f.DataSet)
		return func() {}
	case FaultNotOnDisk, FaultSlow, FaultPublicationMissing, FaultPublicationsInvisible, FaultDenyUnarchive, FaultNoUnarchive:
		left = -1
	case FaultCRCUnknown:
		if f.Times == 0 {
			left = -1
		}
	}
	a := &active{Fault: f, left: left}
	if f.For > 0 {
		a.until = s.now().Add(f.For)
	}
	if f.Kind == FaultPublicationsInvisible {
		s.touch()
		remove := s.faults.add(a)
		return func() { remove(); s.touch() }
	}
	return s.faults.add(a)
}

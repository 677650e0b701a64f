package job

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/human"
)

const (
	lockName = "lock"
	// Heartbeat is how often a lock is to be renewed.
	Heartbeat = 10 * time.Second
	// fresh is how long after a heartbeat a lock is respected, whoever has it.
	fresh = 3 * Heartbeat
	// staleAfter is when a lock of another host may be taken, if the user says so.
	staleAfter = 10 * time.Minute
)

// holder says who works on a job.
type holder struct {
	By
	Nonce string    `json:"nonce"`
	Beat  time.Time `json:"beat"`
	Brief bool      `json:"brief,omitempty"` // held for one call, such as the registration
}

// locks are the lock of one job's folder.
type locks struct {
	dir   string
	now   func() time.Time
	force bool // take a lock over whose process is perhaps alive: the user says so
}

// live reports whether a process works on the job, as far as can be known.
func (l locks) live() bool { return l.holder() != "" }

// holder names the process that works on the job; "" if none does.
func (l locks) holder() string {
	h, err := l.read()
	if err != nil || l.judge(h) == lockDead {
		return ""
	}
	return h.name()
}

func (l locks) read() (holder, error) {
	var h holder
	data, err := disk.Read(filepath.Join(l.dir, lockName))
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	return h, err
}

type verdict int

const (
	lockHeld    verdict = iota
	lockDead            // its process is gone for sure
	lockForeign         // nobody here can tell, and it has been silent so long that the user may decide
)

// judge says whether a lock still holds. Where its process would be seen from
// here, the process itself decides, so a kill is noticed at once. Elsewhere only
// the heartbeat can be seen, and a host that lost the network may come back. A
// heartbeat in the future, of a clock that was set back, says nothing.
func (l locks) judge(h holder) verdict {
	me := thisProcess()
	if h.visible(me) {
		if h.lives() {
			return lockHeld
		}
		return lockDead
	}
	switch age := l.now().Sub(h.Beat); {
	case age >= -fresh && age <= fresh:
		return lockHeld
	case h.sameMachine(me) && h.Machine != "" && h.Boot != me.Boot:
		return lockDead // before the last boot
	case age < 0 || age > staleAfter:
		return lockForeign
	}
	return lockHeld
}

// lock is a lock that is held.
type lock struct {
	locks
	me   holder
	mu   sync.Mutex
	once sync.Once
}

// held is the failure of taking a lock that somebody else has.
type held struct {
	failure *failure.Error
	by      holder
	may     bool // be over in a moment
}

func (h *held) Error() string { return h.failure.Error() }
func (h *held) Unwrap() error { return h.failure }

// take takes the lock. Where another process has it the error is a *held.
func (l locks) take(brief bool) (*lock, error) {
	guard, err := disk.Open(filepath.Join(l.dir, lockName+".guard"), os.O_CREATE|os.O_RDWR)
	if err != nil {
		return nil, err
	}
	defer guard.Close()
	// Between looking at a stale lock and replacing it nobody else may do the
	// same. Where a file system has no locks the nonce tells afterwards.
	alone(guard)
	old, err := l.read()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil: // a torn lock: its writer died while writing
	default:
		who := old.name()
		switch v := l.judge(old); {
		case v == lockHeld:
			return nil, &held{&failure.Error{
				Kind: failure.Running, What: "another zenobis works on this export: " + who, Do: "wait for it, or stop it there",
			}, old, old.Brief || !old.visible(thisProcess())}
		case v == lockForeign && !l.force:
			return nil, &held{&failure.Error{
				Kind: failure.Running,
				What: fmt.Sprintf("the export was being worked on by %s, which last spoke at %s", who, human.Moment(old.Beat)),
				Do:   "if no zenobis runs there any more, say that its lock may be taken (--take-lock), and resume",
			}, old, false}
		}
	}
	k := &lock{locks: l, me: holder{By: thisProcess(), Nonce: rand.Text(), Brief: brief}}
	if err := k.beat(); err != nil {
		return nil, err
	}
	if !k.ours() {
		return nil, &held{&failure.Error{Kind: failure.Running, What: "another zenobis has just begun to work on this export"}, k.me, true}
	}
	return k, nil
}

// beat renews the lock.
func (k *lock) beat() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.me.Beat = k.now().UTC()
	return disk.Swap(filepath.Join(k.dir, lockName), func(w io.Writer) error { return json.NewEncoder(w).Encode(k.me) })
}

// ours reports whether the lock is still the one that was taken.
func (k *lock) ours() bool {
	h, err := k.read()
	return err == nil && h.Nonce == k.me.Nonce
}

// release gives the lock back.
func (k *lock) release() {
	k.once.Do(func() {
		if k.ours() {
			_ = os.Remove(filepath.Join(k.dir, lockName)) // a lock that stays is found to be dead
		}
	})
}

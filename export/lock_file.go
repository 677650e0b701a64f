package export

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"zenobis/export/failure"
)

const (
	lockName = "lock"
	// heartbeat is how often a lock is renewed.
	heartbeat = 15 * time.Second
	// staleAfter is when a lock of another host may be taken, if the user says so.
	staleAfter = 10 * time.Minute
)

// holder says who works on a job.
type holder struct {
	Host  string    `json:"host"`
	Boot  string    `json:"boot,omitempty"`  // boot id of the host
	Space string    `json:"space,omitempty"` // namespace in which the pid counts
	PID   int       `json:"pid"`
	Start string    `json:"start,omitempty"` // of the process, so that a pid used again is told apart
	Nonce string    `json:"nonce"`
	Beat  time.Time `json:"beat"`
}

// locks are the lock of one job's folder.
type locks struct {
	dir   string
	now   func() time.Time
	force bool
}

func (e *Engine) locks(dir string) locks {
	return locks{dir: dir, now: e.o.Now, force: e.o.BreakLock}
}

// live reports whether a process works on the job, as far as can be known.
func (l locks) live() bool {
	h, err := l.read()
	return err == nil && l.judge(h) != lockDead
}

func (l locks) read() (holder, error) {
	var h holder
	data, err := os.ReadFile(filepath.Join(l.dir, lockName))
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	return h, err
}

type verdict int

const (
	lockHeld    verdict = iota
	lockDead            // its process is gone for sure
	lockForeign         // of another host, silent for so long that the user may decide
)

// judge tells whether a lock still holds. On the same host the process itself
// is looked at, so a kill is seen at once; of another host only the heartbeat
// can be seen, and a host that lost the network may come back.
func (l locks) judge(h holder) verdict {
	me := thisProcess()
	if h.Host == me.Host && h.Boot != me.Boot {
		return lockDead // before the last boot
	}
	if h.Host == me.Host && h.Space == me.Space {
		if h.PID == me.PID && h.Start == me.Start {
			return lockHeld
		}
		if !alive(h.PID) || h.Start != "" && startOf(h.PID) != h.Start {
			return lockDead
		}
		return lockHeld
	}
	if l.now().Sub(h.Beat) > staleAfter {
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

// take takes the lock: a *failure.Error with failure.Running where another process has it.
func (l locks) take() (*lock, error) {
	guard, err := os.OpenFile(filepath.Join(l.dir, lockName+".guard"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, diskError(err)
	}
	defer guard.Close()
	// Between looking at a stale lock and replacing it nobody else may do the
	// same. Where a file system has no locks the nonce tells afterwards.
	for {
		err := unix.Flock(int(guard.Fd()), unix.LOCK_EX)
		if err != unix.EINTR {
			break
		}
	}
	old, err := l.read()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil: // a torn lock: its writer died while writing
	default:
		switch l.judge(old) {
		case lockHeld:
			return nil, &failure.Error{
				What: fmt.Sprintf("another zenobis works on this export: process %d on %s", old.PID, failure.Text(errors.New(old.Host))),
				Do:   "wait for it, or stop it there", Kind: failure.Running,
			}
		case lockForeign:
			if !l.force {
				return nil, &failure.Error{
					What: fmt.Sprintf("the export was being worked on by process %d on %s, which has been silent since %s", old.PID, failure.Text(errors.New(old.Host)), old.Beat.Local().Format("2006-01-02 15:04")),
					Do:   "if no zenobis runs there any more, say that its lock may be taken, and resume", Kind: failure.Running,
				}
			}
		}
	}
	k := &lock{locks: l, me: thisProcess()}
	k.me.Nonce = rand.Text()
	if err := k.beat(); err != nil {
		return nil, err
	}
	if !k.ours() {
		return nil, &failure.Error{What: "another zenobis has just begun to work on this export", Kind: failure.Running}
	}
	return k, nil
}

// beat renews the lock.
func (k *lock) beat() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.me.Beat = k.now().UTC()
	data, err := json.Marshal(k.me)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(k.dir, lockName), data, false)
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

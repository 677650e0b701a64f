package session

import "sync"

// Lines are the clients that were made from some settings, so that their connections
// end with the program's work, whoever made them and wherever it ended. Each keeps
// idle ones for a while, for its next call. nil keeps no account.
type Lines struct {
	mu   sync.Mutex
	made []idler
}

// idler is a client, whose idle connections can be closed.
type idler interface{ CloseIdle() }

// mostLines is how many clients are remembered: of those before them, what is idle is
// closed at once, which costs one that is still in use no more than to dial again.
const mostLines = 32

func (l *Lines) add(c idler) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made = append(l.made, c); len(l.made) > mostLines {
		l.made[0].CloseIdle()
		l.made = append(l.made[:0], l.made[1:]...)
	}
}

// Close closes the connections that no call uses.
func (l *Lines) Close() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.made {
		c.CloseIdle()
	}
	l.made = nil
}

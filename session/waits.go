package session

import (
	"sync"
	"time"
)

// Waits passes on what a client waits for, such as the server's request
// budget, to whoever tells the person. The zero value tells nobody.
type Waits struct {
	mu sync.Mutex
	to func(time.Duration, string)
}

// To sets who is told.
func (w *Waits) To(f func(d time.Duration, why string)) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = f
}

func (w *Waits) tell(d time.Duration, why string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	f := w.to
	w.mu.Unlock()
	if f != nil {
		f(d, why)
	}
}

package zenodo

import (
	"slices"
	"time"
)

// Ahead is how long n more requests take as the server's request window allows
// them, if each of them takes a time by itself.
func (c *Client) Ahead(n int, each time.Duration) time.Duration {
	return c.budget.ahead(classOther, n, each)
}

// mostAhead bounds what is worked out of the future.
const mostAhead = 5000

// ahead plays the requests through on a copy of the window.
func (b *budget) ahead(k class, n int, each time.Duration) time.Duration {
	b.mu.Lock()
	w := *b.windows[k]
	w.sent, w.told = slices.Clone(w.sent), slices.Clone(w.told)
	start := b.o.Clock()
	b.mu.Unlock()
	now := start
	for range min(n, mostAhead) {
		if now.Sub(start) >= leaves {
			w.pending = 0 // what was under way then is answered
		}
		for d := w.next(now); d > 0; d = w.next(now) {
			now = now.Add(d)
		}
		w.sent = append(w.sent, now)
		now = now.Add(each)
	}
	d := now.Sub(start)
	if n > mostAhead {
		d = d / mostAhead * time.Duration(n)
	}
	return d
}

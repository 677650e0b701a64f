package openbis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// watchdog ends a request in which nothing comes any more. It counts only
// while somebody waits for bytes: a consumer that takes its time is no stall.
type watchdog struct {
	cancel context.CancelFunc
	mu     sync.Mutex
	timer  *time.Timer
	wait   time.Duration
	bitten bool
}

// watch derives a context that ends when the headers are not there within d.
func watch(ctx context.Context, d time.Duration) (context.Context, *watchdog) {
	guarded, cancel := context.WithCancel(ctx)
	w := &watchdog{cancel: cancel}
	w.arm(d)
	return guarded, w
}

func (w *watchdog) arm(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wait = d
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.AfterFunc(d, func() {
		w.mu.Lock()
		w.bitten = true
		w.mu.Unlock()
		w.cancel()
	})
}

func (w *watchdog) disarm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}

// stop ends the request.
func (w *watchdog) stop() {
	w.disarm()
	w.cancel()
}

// cause replaces the error of a request that the watchdog ended.
func (w *watchdog) cause(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.bitten && !errors.Is(err, io.EOF) {
		return fmt.Errorf("nothing came for %s", w.wait)
	}
	return err
}

// reader watches each read of r for at most d.
func (w *watchdog) reader(r io.Reader, d time.Duration) io.Reader {
	w.disarm()
	return &watched{r: r, w: w, d: d}
}

type watched struct {
	r io.Reader
	w *watchdog
	d time.Duration
}

func (r *watched) Read(p []byte) (int, error) {
	r.w.arm(r.d)
	n, err := r.r.Read(p)
	r.w.disarm()
	return n, err
}

package wire

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// drip delivers size bytes after each pause, and after the last pause nothing
// until its context ends.
type drip struct {
	ctx    context.Context
	size   int
	pauses []time.Duration
	end    error // instead of silence
}

func (d *drip) Read(p []byte) (int, error) {
	if len(d.pauses) == 0 {
		if d.end != nil {
			return 0, d.end
		}
		<-d.ctx.Done()
		return 0, d.ctx.Err()
	}
	select {
	case <-time.After(d.pauses[0]):
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
	d.pauses = d.pauses[1:]
	return min(d.size, len(p)), nil
}

func every(d time.Duration, times int) []time.Duration {
	all := make([]time.Duration, times)
	for i := range all {
		all[i] = d
	}
	return all
}

func TestGuardedReader(t *testing.T) {
	for name, c := range map[string]struct {
		d    drip
		want string // the error; "" for a good end
		took time.Duration
	}{
		"silent from the start":  {drip{size: 1}, "no byte for 1m0s", time.Minute},
		"lively for hours":       {drip{size: lively, pauses: every(59*time.Second, 300), end: io.EOF}, "", 300 * 59 * time.Second},
		"lively in small pieces": {drip{size: lively / 4, pauses: every(14*time.Second, 400), end: io.EOF}, "", 400 * 14 * time.Second},
		"one byte a second": {drip{size: 1, pauses: every(1001*time.Millisecond, 1000), end: io.EOF},
			"no more than 59 bytes for 1m0s", time.Minute},
		"silent after a lively beginning": {drip{size: lively, pauses: every(time.Second, 5)}, "no byte for 1m0s", 65 * time.Second},
		"silent in its midst":             {drip{size: 7, pauses: every(10*time.Second, 2)}, "no more than 14 bytes for 1m0s", time.Minute},
		"ended by the server": {drip{size: 7, pauses: every(10*time.Second, 2), end: io.ErrUnexpectedEOF}, "unexpected EOF",
			20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, g := NewGuard(t.Context())
				defer g.Stop()
				c.d.ctx = ctx
				begin := time.Now()
				_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, g.Reader(&c.d, time.Minute), make([]byte, lively))
				if got := text(err); got != c.want {
					t.Errorf("it ended with %q, want %q", got, c.want)
				}
				if took := time.Since(begin); took != c.took {
					t.Errorf("it took %v, want %v", took, c.took)
				}
			})
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestAReaderThatTakesItsTimeIsNoSilence: only waiting for the server counts.
func TestAReaderThatTakesItsTimeIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, g := NewGuard(t.Context())
		defer g.Stop()
		r := g.Reader(&drip{ctx: ctx, size: 1, pauses: every(time.Second, 10), end: io.EOF}, time.Minute)
		for range 10 {
			if _, err := r.Read(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		if _, err := r.Read(make([]byte, 10)); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

func TestGuardExpects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, g := NewGuard(t.Context())
		defer g.Stop()
		for range 5 {
			g.Expect(time.Minute, "no answer")
			time.Sleep(59 * time.Second)
		}
		g.Rest()
		time.Sleep(time.Hour)
		if ctx.Err() != nil {
			t.Fatalf("ended while nothing was expected: %v", context.Cause(ctx))
		}
		g.Expect(2*time.Minute, "no answer")
		time.Sleep(2*time.Minute + time.Second)
		if err := g.Err(ctx.Err()); text(err) != "no answer for 2m0s" || !Transient(err) {
			t.Errorf("ended with %v", err)
		}
		// What had ended well before stays well.
		if err := g.Err(io.EOF); !errors.Is(err, io.EOF) {
			t.Errorf("the end of an answer became %v", err)
		}
		if err := g.Err(nil); err != nil {
			t.Errorf("a good exchange became %v", err)
		}
	})
}

// TestTheCallersOwnEnd is not taken for silence, nor the other way round.
func TestTheCallersOwnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := errors.New("the user left")
		parent, cancel := context.WithCancelCause(t.Context())
		ctx, g := NewGuard(parent)
		g.Expect(time.Minute, "no answer")
		cancel(left)
		<-ctx.Done()
		if err := g.Err(ctx.Err()); !errors.Is(err, context.Canceled) || !errors.Is(context.Cause(ctx), left) {
			t.Errorf("%v, cause %v", err, context.Cause(ctx))
		}
		g.Stop()
		time.Sleep(time.Hour)
		if !errors.Is(context.Cause(ctx), left) {
			t.Errorf("a stopped guard ended its exchange for %v", context.Cause(ctx))
		}

		ctx, g = NewGuard(t.Context())
		g.Stop() // before anything was expected
		if ctx.Err() == nil {
			t.Error("stopping does not end the exchange")
		}
	})
}

// A large file is read in ten thousands of calls.
func TestGuardedReadsTakeNoMemory(t *testing.T) {
	_, g := NewGuard(t.Context())
	defer g.Stop()
	r := g.Reader(endless{}, time.Minute)
	buf := make([]byte, 1<<10)
	if n := testing.AllocsPerRun(100, func() { _, _ = r.Read(buf) }); n > 0 {
		t.Errorf("%.0f allocations for each", n)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

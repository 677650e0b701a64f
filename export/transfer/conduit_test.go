package transfer

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// led makes a conduit in both ways: the sums taken in between, and by a goroutine.
func led(t *testing.T, test func(t *testing.T, make func(write func(context.Context, *conduit) error) *conduit)) {
	for _, apart := range []bool{false, true} {
		t.Run(fmt.Sprintf("sums apart: %t", apart), func(t *testing.T) {
			test(t, func(write func(context.Context, *conduit) error) *conduit {
				return newConduit(t.Context(), conduitOptions{named: true, apart: apart, moved: func(int) {}, now: time.Now}, write)
			})
		})
	}
}

// TestConduit measures what passes, and beside it the file that most of it is.
func TestConduit(t *testing.T) {
	for _, size := range []int{0, 1, blockSize, blockSize + 1, 16 * blockSize, 7_654_321} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i * 7 >> 3)
		}
		led(t, func(t *testing.T, begin func(func(context.Context, *conduit) error) *conduit) {
			from, to := size/9, size-size/7
			file := sha256.New()
			c := begin(func(_ context.Context, c *conduit) error {
				for rest := data; len(rest) > 0; {
					at := size - len(rest)
					switch at {
					case from:
						c.Beside(file)
					case to:
						c.Beside(nil)
						if want := sha256.Sum256(data[from:to]); !bytes.Equal(file.Sum(nil), want[:]) {
							t.Errorf("the file within %d bytes has another sum", size)
						}
					}
					n := min(len(rest), 70_001)
					for _, edge := range []int{from, to} {
						if at < edge {
							n = min(n, edge-at)
						}
					}
					if len(rest)%2 == 0 { // read into the room that there is
						room := c.Space()
						n = copy(room, rest[:min(n, len(room))])
						if _, err := c.Write(room[:n]); err != nil {
							return err
						}
					} else if _, err := c.Write(rest[:n]); err != nil {
						return err
					}
					rest = rest[n:]
				}
				return nil
			})
			got, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(got, data) {
				t.Fatalf("%d bytes, %v", len(got), err)
			}
			sum, sha := md5.Sum(data), sha256.Sum256(data)
			m, err := c.close()
			if m.MD5 != hex.EncodeToString(sum[:]) || m.SHA256 != hex.EncodeToString(sha[:]) || m.Bytes != int64(len(data)) || err != nil {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

// TestConduitEnds ends it from either side, at any moment.
func TestConduitEnds(t *testing.T) {
	led(t, func(t *testing.T, begin func(func(context.Context, *conduit) error) *conduit) {
		wrong := errors.New("source broke")
		c := begin(func(context.Context, *conduit) error { return wrong })
		if _, err := io.ReadAll(c); !errors.Is(err, wrong) {
			t.Errorf("read: %v", err)
		}
		if _, err := c.close(); !errors.Is(err, wrong) {
			t.Errorf("the writer ended with %v", err)
		}
		for reads := range 6 { // blocks that are read before the upload ends
			c = begin(func(_ context.Context, c *conduit) (err error) {
				for err == nil {
					_, err = c.Write(make([]byte, blockSize))
				}
				c.Alive() // tells nobody
				if c.Space() != nil {
					t.Error("there is room after the end")
				}
				return err
			})
			for range reads {
				if _, err := c.Lend(blockSize); err != nil {
					t.Fatal(err)
				}
			}
			_, err := c.close()
			if reads == 0 && err != nil || reads > 0 && !errors.Is(err, errClosed) {
				t.Errorf("after %d blocks the writer ended with %v", reads, err)
			}
			if _, err := c.Lend(1); !errors.Is(err, errClosed) {
				t.Errorf("read after the end: %v", err)
			}
		}
	})
}

// TestConduitTellsTheWriter, who waits for something, that the upload has ended.
func TestConduitTellsTheWriter(t *testing.T) {
	led(t, func(t *testing.T, begin func(func(context.Context, *conduit) error) *conduit) {
		waits := make(chan struct{})
		c := begin(func(ctx context.Context, _ *conduit) error {
			close(waits)
			<-ctx.Done()
			return ctx.Err()
		})
		read := make(chan error, 1)
		go func() {
			_, err := c.Lend(1)
			read <- err
		}()
		<-waits
		begun := time.Now()
		if _, err := c.close(); !errors.Is(err, context.Canceled) {
			t.Errorf("the writer ended with %v", err)
		}
		if err := <-read; !errors.Is(err, context.Canceled) {
			t.Errorf("read: %v", err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// A writer that makes something without a byte is no silent source.
func TestConduitAlive(t *testing.T) {
	led(t, func(t *testing.T, begin func(func(context.Context, *conduit) error) *conduit) {
		c := begin(func(_ context.Context, c *conduit) error {
			c.Alive()
			c.Alive()
			_, err := c.Write([]byte("abc"))
			return err
		})
		for range 2 {
			if lent, err := c.Lend(10); len(lent) != 0 || err != nil {
				t.Errorf("%d bytes, %v", len(lent), err)
			}
		}
		if got, err := io.ReadAll(c); string(got) != "abc" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := c.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestConduitKeepsTheUploadAwake while the writer makes something for minutes, wherever
// in a block it is: servers cut an upload that is silent for a minute.
func TestConduitKeepsTheUploadAwake(t *testing.T) {
	for _, apart := range []bool{false, true} {
		for _, size := range []int{
			reserve, reserve + 1, blockSize - 1, blockSize, blockSize + 1, 2*blockSize - reserve, 2*blockSize - reserve + 1, 3 * blockSize,
		} {
			data := make([]byte, size)
			for i := range data {
				data[i] = byte(i * 7 >> 3)
			}
			now, silent := time.Now(), time.Duration(0)
			file := sha256.New()
			c := newConduit(t.Context(), conduitOptions{apart: apart, moved: func(int) {}, now: func() time.Time { return now }},
				func(_ context.Context, c *conduit) error {
					c.Beside(file)
					if _, err := c.Write(data); err != nil {
						return err
					}
					for range 1000 { // of half a second
						now = now.Add(time.Second / 2)
						c.Alive()
					}
					_, err := c.Write(data)
					return err
				})
			var got []byte
			for last := now; ; {
				lent, err := c.Lend(blockSize)
				got = append(got, lent...)
				if len(lent) > 0 {
					last = now
				}
				silent = max(silent, now.Sub(last))
				if err != nil {
					break
				}
			}
			m, err := c.close()
			sum, sha := md5.Sum(got), sha256.Sum256(got)
			if !bytes.Equal(file.Sum(nil), sha[:]) {
				t.Errorf("%d bytes twice: the file has another sum", size)
			}
			if err != nil || !bytes.Equal(got, append(data, data...)) || m.MD5 != hex.EncodeToString(sum[:]) {
				t.Errorf("%d bytes twice: %d came, %v, %+v", size, len(got), err, m)
			}
			if silent > 2*beat {
				t.Errorf("%d bytes: silent for %v", size, silent)
			}
		}
	}
}

// A slow limit is kept by small pieces: half a MiB at 100 kB/s would be five seconds of
// silence before it.
func TestConduitIsPacedEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := newLimit(100_000)
		c := newConduit(t.Context(), conduitOptions{pace: pacer(t.Context(), limit), moved: func(int) {}, now: time.Now},
			func(_ context.Context, c *conduit) error {
				_, err := c.Write(make([]byte, 600_000))
				return err
			})
		start, last, longest, all := time.Now(), time.Now(), time.Duration(0), 0
		for {
			lent, err := c.Lend(blockSize)
			longest = max(longest, time.Since(last))
			last = time.Now()
			all += len(lent)
			if err != nil {
				break
			}
		}
		if _, err := c.close(); err != nil || all != 600_000 {
			t.Errorf("%d bytes, %v", all, err)
		}
		if took := time.Since(start); took < 5*time.Second || took > 7*time.Second || longest > 200*time.Millisecond {
			t.Errorf("it took %v, with %v of silence", took, longest)
		}
	})
}

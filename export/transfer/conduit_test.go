package transfer

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"testing"
	"time"
)

func TestConduit(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	c := newConduit(true, nil, func(int) {})
	go func() {
		for rest := data; len(rest) > 0; {
			n := min(len(rest), 70_001)
			if _, err := c.Write(rest[:n]); err != nil {
				t.Error(err)
			}
			rest = rest[n:]
		}
		c.finish(nil)
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	sum := md5.Sum(data)
	if m := c.result(); m.MD5 != hex.EncodeToString(sum[:]) || m.Bytes != int64(len(data)) {
		t.Errorf("%+v", m)
	}
}

func TestConduitEnds(t *testing.T) {
	wrong := errors.New("source broke")
	c := newConduit(true, nil, func(int) {})
	go c.finish(wrong)
	if _, err := io.ReadAll(c); !errors.Is(err, wrong) {
		t.Errorf("read: %v", err)
	}
	c.result()

	c = newConduit(true, nil, func(int) {})
	done := make(chan error, 1)
	go func() {
		var err error
		for err == nil {
			_, err = c.Write(make([]byte, blockSize))
		}
		c.finish(err)
		done <- err
	}()
	time.Sleep(time.Millisecond)
	c.Close()
	if err := <-done; !errors.Is(err, errClosed) {
		t.Errorf("write: %v", err)
	}
	c.result()
}

// A writer that makes something without a byte is no silent source.
func TestConduitAlive(t *testing.T) {
	c := newConduit(false, nil, func(int) {})
	c.Alive()
	c.Alive() // none waits
	if lent, err := c.Lend(10); len(lent) != 0 || err != nil {
		t.Errorf("%d bytes, %v", len(lent), err)
	}
	go func() {
		_, err := c.Write([]byte("abc"))
		c.finish(err)
	}()
	if got, err := io.ReadAll(c); string(got) != "abc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	c.result()
}

package transfer

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"
)

const (
	blockSize = 256 << 10
	blocks    = 8
)

// errClosed ends a package whose upload has ended.
var errClosed = errors.New("upload has ended")

// block is a piece of a package on its way; it is free again when the upload
// and the hashes are through with it.
type block struct {
	buf  []byte
	n    int
	refs atomic.Int32
}

// conduit leads a package from its writer to the upload, and measures it: MD5,
// and SHA-256 where it is wanted, each on a goroutine of its own, so that neither
// slows the other or the upload. It holds 2 MiB.
type conduit struct {
	free chan *block
	body chan *block // closed when all was written
	quit chan struct{}
	once sync.Once

	cur    *block // being written
	sums   []hash.Hash
	feeds  []chan *block
	hashed sync.WaitGroup
	total  int64

	werr error // why the writer ended; valid once body is closed

	rest  *block // being read
	at    int
	pace  func(n int) error // nil: as fast as possible
	moved func(n int)
}

// newConduit makes one. moved is told of bytes that the upload has taken; a
// sink that is only measured has no reader, see drain. named asks for the SHA-256.
func newConduit(named bool, pace func(int) error, moved func(int)) *conduit {
	c := &conduit{
		free: make(chan *block, blocks), body: make(chan *block, blocks), quit: make(chan struct{}),
		sums: []hash.Hash{md5.New()}, pace: pace, moved: moved,
	}
	if named {
		c.sums = append(c.sums, sha256.New())
	}
	for range blocks {
		c.free <- &block{buf: make([]byte, blockSize)}
	}
	for i := range c.sums {
		feed := make(chan *block, blocks)
		c.feeds = append(c.feeds, feed)
		c.hashed.Add(1)
		go func() {
			defer c.hashed.Done()
			for b := range feed {
				c.sums[i].Write(b.buf[:b.n])
				c.release(b)
			}
		}()
	}
	return c
}

func (c *conduit) release(b *block) {
	if b.refs.Add(-1) == 0 {
		b.n = 0
		c.free <- b // has room for all
	}
}

// leastSpace is how much room in a block is worth reading into.
const leastSpace = 32 << 10

// Space is room for the next bytes: what was read into it and is then written is
// not copied. nil when the upload has ended.
func (c *conduit) Space() []byte {
	if c.cur != nil && blockSize-c.cur.n < leastSpace {
		c.flush()
	}
	if c.take() != nil {
		return nil
	}
	return c.cur.buf[c.cur.n:]
}

// take takes a block to be written to.
func (c *conduit) take() error {
	if c.cur != nil {
		return nil
	}
	select {
	case c.cur = <-c.free:
		return nil
	case <-c.quit:
		return errClosed
	}
}

// Write implements io.Writer for the one who makes the package.
func (c *conduit) Write(p []byte) (int, error) {
	done := 0
	for len(p) > 0 {
		if err := c.take(); err != nil {
			return done, err
		}
		room := c.cur.buf[c.cur.n:]
		n := min(len(p), len(room))
		if &p[0] != &room[0] { // else it was read into Space
			copy(room, p[:n])
		}
		c.cur.n += n
		done += n
		p = p[n:]
		if c.cur.n == blockSize {
			c.flush()
		}
	}
	select {
	case <-c.quit:
		return done, errClosed
	default:
	}
	return done, nil
}

func (c *conduit) flush() {
	b := c.cur
	c.cur = nil
	c.total += int64(b.n)
	b.refs.Store(int32(1 + len(c.feeds)))
	for _, feed := range c.feeds { // none of these waits: there is room for all blocks
		feed <- b
	}
	c.body <- b
}

// finish ends the writing; err reaches the reader after the last byte. It must
// be called exactly once.
func (c *conduit) finish(err error) {
	if c.cur != nil && c.cur.n > 0 && err == nil {
		c.flush()
	}
	c.werr = err
	for _, feed := range c.feeds {
		close(feed)
	}
	close(c.body)
}

// Read implements io.Reader for the upload.
func (c *conduit) Read(p []byte) (int, error) {
	if len(p) > blockSize {
		p = p[:blockSize]
	}
	if c.rest == nil {
		select {
		case <-c.quit:
			return 0, errClosed
		default:
		}
		select {
		case b, ok := <-c.body:
			if !ok {
				if c.werr != nil {
					return 0, c.werr
				}
				return 0, io.EOF
			}
			c.rest, c.at = b, 0
		case <-c.quit:
			return 0, errClosed
		}
	}
	n := copy(p, c.rest.buf[c.at:c.rest.n])
	if c.pace != nil {
		if err := c.pace(n); err != nil {
			return 0, err
		}
	}
	c.at += n
	if c.at == c.rest.n {
		c.release(c.rest)
		c.rest = nil
	}
	c.moved(n)
	return n, nil
}

// Close ends the upload's side; a writer that is still at work is told.
func (c *conduit) Close() error {
	c.once.Do(func() { close(c.quit) })
	return nil
}

// measured is what a package was found to be.
type measured struct {
	MD5, SHA256 string // SHA256 only where the crate names it
	Bytes       int64
}

// result waits for the hashes; only after finish.
func (c *conduit) result() measured {
	c.hashed.Wait()
	m := measured{MD5: hex.EncodeToString(c.sums[0].Sum(nil)), Bytes: c.total}
	if len(c.sums) > 1 {
		m.SHA256 = hex.EncodeToString(c.sums[1].Sum(nil))
	}
	return m
}

// pacer limits the bytes a second, nil for no limit.
func pacer(ctx context.Context, limit *rate.Limiter) func(int) error {
	if limit == nil {
		return nil
	}
	return func(n int) error {
		for n > 0 {
			k := min(n, limit.Burst())
			if err := limit.WaitN(ctx, k); err != nil {
				return err
			}
			n -= k
		}
		return nil
	}
}

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

// conduit leads a package from its writer to the upload, and measures it: the MD5
// as the upload takes the blocks, while they are at hand, and the SHA-256 where it
// is wanted on a goroutine of its own. A sum on each side of the blocks, the file's
// with its writer and this one here, keeps two processors busy with the fewest
// wake-ups. It holds 2 MiB.
type conduit struct {
	free chan *block
	body chan *block // closed when all was written
	quit chan struct{}
	once sync.Once
	busy chan struct{} // the writer makes something of which no byte is there yet

	cur    *block      // being written
	sha    hash.Hash   // nil where nobody wants it
	feed   chan *block // to sha
	hashed sync.WaitGroup
	total  int64

	werr error // why the writer ended; valid once body is closed

	rest  *block // being read
	at    int
	pace  func(n int) error // nil: as fast as possible
	moved func(n int)
	md5   hash.Hash // of the blocks that were taken to be read

	mu  sync.Mutex
	sum string // MD5, once all was read
}

// newConduit makes one. moved is told of bytes that the upload has taken; a
// sink that is only measured has no reader, see drain. named asks for the SHA-256.
func newConduit(named bool, pace func(int) error, moved func(int)) *conduit {
	c := &conduit{
		free: make(chan *block, blocks), body: make(chan *block, blocks), quit: make(chan struct{}),
		busy: make(chan struct{}, 1), md5: md5.New(), pace: pace, moved: moved,
	}
	for range blocks {
		c.free <- &block{buf: make([]byte, blockSize)}
	}
	if named {
		c.sha, c.feed = sha256.New(), make(chan *block, blocks)
		c.hashed.Go(func() {
			for b := range c.feed {
				c.sha.Write(b.buf[:b.n])
				c.release(b)
			}
		})
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
	if c.begin() != nil {
		return nil
	}
	return c.cur.buf[c.cur.n:]
}

// begin takes a block to be written to.
func (c *conduit) begin() error {
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
		if err := c.begin(); err != nil {
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
	b.refs.Store(1)
	if c.feed != nil {
		b.refs.Store(2)
		c.feed <- b // does not wait: there is room for all blocks
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
	if c.feed != nil {
		close(c.feed)
	}
	close(c.body)
}

// Read implements io.Reader for the upload.
func (c *conduit) Read(p []byte) (int, error) {
	lent, err := c.Lend(len(p))
	return copy(p, lent), err
}

// Alive tells the upload that the writer is at work: a crate of a million files
// takes its time, and a silent source would be given up.
func (c *conduit) Alive() {
	select {
	case c.busy <- struct{}{}:
	default:
	}
}

// Lend gives the next bytes, at most so many, without copying them; they are good
// until the next call. There are none while the writer is at work on the next.
func (c *conduit) Lend(most int) ([]byte, error) {
	if c.rest != nil && c.at == c.rest.n {
		c.release(c.rest)
		c.rest = nil
	}
	if c.rest == nil {
		if err := c.take(); err != nil || c.rest == nil {
			return nil, err
		}
	}
	n := min(most, c.rest.n-c.at)
	if c.pace != nil {
		if err := c.pace(n); err != nil {
			return nil, err
		}
	}
	lent := c.rest.buf[c.at : c.at+n]
	c.at += n
	c.moved(n)
	return lent, nil
}

// take takes the next block to be read; none where the writer is at work.
func (c *conduit) take() error {
	select {
	case <-c.quit:
		return errClosed
	default:
	}
	select {
	case b, ok := <-c.body:
		if ok {
			c.md5.Write(b.buf[:b.n])
			c.rest, c.at = b, 0
			return nil
		}
		if c.werr != nil {
			return c.werr
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sum = hex.EncodeToString(c.md5.Sum(nil))
		return io.EOF
	case <-c.busy:
		return nil
	case <-c.quit:
		return errClosed
	}
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

// result waits for the SHA-256; only after finish. The MD5 is there once the upload
// has read to the end.
func (c *conduit) result() measured {
	c.hashed.Wait()
	c.mu.Lock()
	m := measured{MD5: c.sum, Bytes: c.total}
	c.mu.Unlock()
	if c.sha != nil {
		m.SHA256 = hex.EncodeToString(c.sha.Sum(nil))
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

package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"zenobis/sums"
)

const (
	blockSize = 512 << 10 // half the cache of a processor: larger ones save system calls, smaller ones nothing
	handed    = 2         // blocks that are handed to the sums at once, where these have a goroutine

	// While the writer makes something of which no byte is there yet, a byte goes out
	// now and then: servers and proxies cut an upload that is silent for a minute. So
	// some are kept back, for ten minutes at least.
	reserve = 64
	beat    = 10 * time.Second
)

// errClosed ends a package whose upload has ended.
var errClosed = errors.New("upload has ended")

// block is a piece of a package on its way; it is free again when the upload
// and the sums are through with it.
type block struct {
	buf  []byte
	n    int
	refs atomic.Int32
}

// conduit leads a package from its writer to the upload, and measures it. The writer
// is a coroutine of the upload: it runs when the upload asks for the next block, on
// the same processor, and the sums are taken right then. So a block is read, summed
// and sent while it is in the cache, and nobody has to be woken for it: that takes
// some 7 % less processor time than a writer and an upload that wait for each other.
// While the upload waits for its server, what comes from openBIS waits in the
// system's buffers. Where the processor can't take the sum of a file in passing
// (package sums), and there are more than two, the package's sums have a goroutine of
// their own, which is given a MiB at once.
type conduit struct {
	turns
	writing
	summing
	reading
}

// turns are taken by the writer and the upload: one of them runs at a time.
type turns struct {
	pull   func() (*block, bool)
	halt   func()
	yield  func(*block) bool
	ended  bool       // yield has said that nothing more is taken
	turn   sync.Mutex // held while the writer runs
	cancel context.CancelFunc
	quit   chan struct{}
	once   sync.Once
}

// writing is the writer's side: what it has written, and into which block.
type writing struct {
	free  chan *block
	cur   *block // being written
	kept  []byte // of the block before, at most the reserve
	total int64
	now   func() time.Time
	given time.Time // when the last byte was given
	werr  error     // why the writer ended
}

// summing makes the sums of the package, and of the file under way.
type summing struct {
	md5    *sums.Pair
	sha    hash.Hash // of the package; nil where it is not wanted
	file   hash.Hash // of the file under way; nil between files
	summed int       // bytes of cur that were taken into the sums
	feed   chan []*block
	hand   []*block // to feed
	hashed sync.WaitGroup
}

// reading is the upload's side: what it has of the block before it.
type reading struct {
	rest  *block // being read
	at    int
	pace  func(n int) (int, error) // how many of n bytes may go now; nil: as fast as possible
	moved func(n int)
}

// conduitOptions say how a package is led.
type conduitOptions struct {
	named bool                     // the crate names its SHA-256
	apart bool                     // the package's sums have a goroutine of their own
	pace  func(n int) (int, error) // nil: as fast as possible
	moved func(n int)              // told of bytes that the upload has taken
	now   func() time.Time
}

// apart says whether sums on a processor of their own are worth it: there are enough,
// and they can't be had in passing.
func apart() bool { return runtime.GOMAXPROCS(0) > 2 && !sums.Able() }

// newConduit makes one. write makes the package; it runs while Lend or Read waits for
// the next bytes, and its context ends when the upload does. In the end close must be
// called.
func newConduit(ctx context.Context, o conduitOptions, write func(context.Context, *conduit) error) *conduit {
	c := &conduit{
		turns:   turns{quit: make(chan struct{})},
		writing: writing{now: o.now, given: o.now(), kept: make([]byte, 0, reserve)},
		summing: summing{md5: sums.New()},
		reading: reading{pace: o.pace, moved: o.moved},
	}
	if o.named {
		c.sha = sha256.New()
	}
	blocks := 1
	if o.apart {
		blocks = 2*handed + 2
		feed := make(chan []*block, blocks)
		c.feed = feed
		c.hashed.Go(func() {
			for some := range feed {
				for _, b := range some {
					c.sum(b.buf[:b.n], nil)
					c.release(b)
				}
			}
		})
	}
	c.free = make(chan *block, blocks)
	for range blocks {
		c.free <- &block{buf: make([]byte, blockSize)}
	}
	ctx, c.cancel = context.WithCancel(ctx)
	c.pull, c.halt = iter.Pull(func(yield func(*block) bool) {
		c.yield = yield
		c.finish(write(ctx, c))
	})
	return c
}

// sum takes bytes into the package's sums, and beside them into that of a file.
func (c *conduit) sum(p []byte, file hash.Hash) {
	if file == nil {
		c.md5.Write(p, c.sha)
		return
	}
	c.md5.Write(p, file)
	if c.sha != nil {
		c.sha.Write(p)
	}
}

// Beside says that what is written from now on is a file's: its SHA-256 is taken at the
// same time as the package's sums. With nil it is complete.
func (c *conduit) Beside(file hash.Hash) {
	c.settle()
	c.file = file
}

// settle takes what was written of the block into the sums.
func (c *conduit) settle() {
	if c.cur == nil {
		return
	}
	p := c.cur.buf[c.summed:c.cur.n]
	c.summed = c.cur.n
	switch {
	case c.feed == nil:
		c.sum(p, c.file)
	case c.file != nil:
		c.file.Write(p)
	}
}

func (c *conduit) release(b *block) {
	if b.refs.Add(-1) == 0 && len(b.buf) == blockSize {
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
		c.flush(reserve)
	}
	if c.begin() != nil {
		return nil
	}
	return c.cur.buf[c.cur.n:]
}

// begin takes a block to be written to. One is free, or will be as soon as it is
// summed: the upload holds none while the writer runs.
func (c *conduit) begin() error {
	select {
	case <-c.quit:
		return errClosed
	default:
	}
	if c.ended {
		return errClosed
	}
	if c.cur == nil {
		c.cur = <-c.free
		c.cur.n = copy(c.cur.buf, c.kept)
		c.kept, c.summed = c.kept[:0], c.cur.n
	}
	return nil
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
			c.flush(reserve)
		}
	}
	return done, nil
}

// flush gives the block to the sums and the upload, but for so many bytes.
func (c *conduit) flush(keep int) {
	c.settle()
	b := c.cur
	c.cur = nil
	b.n -= keep
	c.kept = append(c.kept, b.buf[b.n:b.n+keep]...)
	c.send(b)
}

func (c *conduit) send(b *block) {
	c.total += int64(b.n)
	if c.feed == nil {
		b.refs.Store(1)
	} else {
		b.refs.Store(2)
		if c.hand = append(c.hand, b); len(c.hand) == handed {
			c.feed <- c.hand // does not wait: there is room for all
			c.hand = nil
		}
	}
	c.given = c.now()
	c.give(b)
}

// give lets the upload go on until it asks for more.
func (c *conduit) give(b *block) {
	if !c.ended {
		c.ended = !c.yield(b)
	}
}

// finish ends the writing; err reaches the reader after the last byte.
func (c *conduit) finish(err error) {
	c.werr = err
	if err == nil && c.begin() == nil && c.cur.n > 0 {
		c.flush(0)
	}
	if c.feed != nil {
		c.feed <- c.hand
		close(c.feed)
		c.feed = nil
	}
}

// Read implements io.Reader for the upload.
func (c *conduit) Read(p []byte) (int, error) {
	lent, err := c.Lend(len(p))
	return copy(p, lent), err
}

// Alive tells the upload that the writer is at work: a crate of a million files
// takes its time, and a silent source would be given up. So would a silent upload.
func (c *conduit) Alive() {
	if c.now().Sub(c.given) >= beat && c.begin() == nil && c.cur.n > 0 {
		c.settle()
		b := &block{buf: []byte{c.cur.buf[0]}, n: 1}
		c.cur.n = copy(c.cur.buf, c.cur.buf[1:c.cur.n])
		c.summed = c.cur.n
		c.send(b)
		return
	}
	c.give(nil)
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
		var err error
		if n, err = c.pace(n); err != nil {
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
	c.turn.Lock()
	defer c.turn.Unlock()
	select {
	case <-c.quit:
		return errClosed
	default:
	}
	b, ok := c.pull()
	switch {
	case ok && b != nil:
		c.rest, c.at = b, 0
		return nil
	case ok:
		return nil
	case c.werr != nil:
		return c.werr
	}
	return io.EOF
}

// Close ends the upload's side; a writer that is still at work is told.
func (c *conduit) Close() error {
	c.once.Do(func() {
		close(c.quit)
		c.cancel()
	})
	return nil
}

// measured is what a package was found to be.
type measured struct {
	MD5, SHA256 string // SHA256 only where the crate names it
	Bytes       int64
}

// close ends both sides, and tells what was written and why the writer ended: nil
// also where it never began.
func (c *conduit) close() (measured, error) {
	_ = c.Close()
	c.turn.Lock()
	defer c.turn.Unlock()
	c.halt()
	if c.feed != nil { // the writer never began
		close(c.feed)
		c.feed = nil
	}
	c.hashed.Wait()
	m := measured{MD5: hex.EncodeToString(c.md5.Sum()), Bytes: c.total}
	if c.sha != nil {
		m.SHA256 = hex.EncodeToString(c.sha.Sum(nil))
	}
	return m, c.werr
}

package zenodotest

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// spoolFrom is the size from which content goes to the temp file.
const spoolFrom = 8 << 20

// errDiscarded is what reading content gives that was only hashed.
var errDiscarded = errors.New("content was discarded")

// blob is stored content.
type blob struct {
	size  int64
	md5   string // bare hex
	data  []byte
	file  *os.File // or: in the temp file,
	off   int64    // from here
	room  int64    // with so much room reserved
	empty bool     // discarded
	refs  int      // holders; guarded by the server
}

// blobStore keeps small content in memory and the rest in one temp file.
type blobStore struct {
	limit   int64
	dir     string
	discard bool

	mu    sync.Mutex
	used  int64 // bytes in memory
	file  *os.File
	end   int64
	holes []hole
	done  bool
}

// hole is free room in the temp file.
type hole struct{ off, size int64 }

// put stores exactly n bytes of r. An error means that fewer came.
func (b *blobStore) put(r io.Reader, n int64) (*blob, error) {
	out, err := b.reserve(n)
	if err != nil {
		return nil, err
	}
	h := md5.New()
	// Large pieces: a server that is busy with system calls is the bottleneck of what is measured.
	r = struct{ io.Reader }{io.TeeReader(io.LimitReader(r, n), h)}
	piece := make([]byte, min(max(n, 1), 256<<10))
	switch {
	case out.empty:
		out.size, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, piece)
	case out.file != nil:
		out.size, err = io.CopyBuffer(struct{ io.Writer }{io.NewOffsetWriter(out.file, out.off)}, r, piece)
	default:
		out.data = make([]byte, n)
		var k int
		k, err = io.ReadFull(r, out.data)
		out.size = int64(k)
	}
	if err == nil && out.size != n {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		b.free(out)
		return nil, fmt.Errorf("store %d bytes: %w", n, err)
	}
	out.md5 = hex.EncodeToString(h.Sum(nil))
	return out, nil
}

func (b *blobStore) reserve(n int64) (*blob, error) {
	if b.discard {
		return &blob{empty: true}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		return nil, os.ErrClosed
	}
	if n <= spoolFrom && b.used+n <= b.limit {
		b.used += n
		return &blob{room: n}, nil
	}
	if b.file == nil {
		f, err := os.CreateTemp(b.dir, "zenodotest-*.spool")
		if err != nil {
			return nil, fmt.Errorf("create temp file: %w", err)
		}
		_ = os.Remove(f.Name()) // unlinked at once, so that a killed process leaves nothing; where that fails, close does it
		b.file = f
	}
	for i, h := range b.holes {
		if h.size >= n {
			b.holes[i].off += n
			b.holes[i].size -= n
			return &blob{file: b.file, off: h.off, room: n}, nil
		}
	}
	out := &blob{file: b.file, off: b.end, room: n}
	b.end += n
	return out, nil
}

// free gives the room back.
func (b *blobStore) free(x *blob) {
	if x == nil || x.room == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if x.file != nil {
		b.holes = append(b.holes, hole{x.off, x.room})
	} else {
		b.used -= x.room
	}
	x.room, x.data = 0, nil
}

// open reads the content from its start.
func (x *blob) open() (io.Reader, error) {
	switch {
	case x.empty && x.size > 0:
		return nil, errDiscarded
	case x.file != nil:
		return io.NewSectionReader(x.file, x.off, x.size), nil
	}
	return &bytesReader{x.data}, nil
}

// bytesReader reads a slice without its length being known to io.Copy's caller.
type bytesReader struct{ p []byte }

func (r *bytesReader) Read(p []byte) (int, error) {
	if len(r.p) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.p)
	r.p = r.p[n:]
	return n, nil
}

func (b *blobStore) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = true
	if b.file != nil {
		_ = b.file.Close()
		_ = os.Remove(b.file.Name())
		b.file = nil
	}
}

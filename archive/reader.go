package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// ErrNotOurs is an archive that was not written by this package, or is torn.
var ErrNotOurs = errors.New("archive can't be read")

// Reader reads a stored archive as it comes, entry by entry: Zenodo delivers
// whole files only, so the directory at the end can't be asked first.
type Reader struct{ b *bufio.Reader }

// NewReader returns a reader of the archive that r delivers.
func NewReader(r io.Reader) *Reader { return &Reader{bufio.NewReaderSize(r, 128<<10)} }

// Each yields every file with its content, and checks content against the
// archive's own CRC-32 and length; folders are not told. It reads to the end of the archive.
func (z *Reader) Each(yield func(name string, content io.Reader) error) error {
	for {
		head, err := z.b.Peek(4)
		if err != nil {
			return early(err)
		}
		switch binary.LittleEndian.Uint32(head) {
		case 0x04034b50:
		case 0x02014b50, 0x06064b50, 0x06054b50: // the directory, or the end of an empty archive
			_, err := io.Copy(io.Discard, z.b) // its end is checked by the length and MD5 of the whole
			return err
		default:
			return fmt.Errorf("%w: something else stands where a file or the directory should begin", ErrNotOurs)
		}
		if err := z.one(yield); err != nil {
			return err
		}
	}
}

// early words an archive that ends where it should not. A connection that breaks is
// told as it is, also where its error wraps an end that came too soon.
func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // what wraps them is a connection's
		return fmt.Errorf("%w: it ends early", ErrNotOurs)
	}
	return err
}

func (z *Reader) one(yield func(string, io.Reader) error) error {
	var h [30]byte
	if _, err := io.ReadFull(z.b, h[:]); err != nil {
		return early(err)
	}
	le := binary.LittleEndian
	flags, method := le.Uint16(h[6:]), le.Uint16(h[8:])
	crc, size := le.Uint32(h[14:]), int64(le.Uint32(h[18:]))
	rest := make([]byte, int(le.Uint16(h[26:]))+int(le.Uint16(h[28:])))
	if _, err := io.ReadFull(z.b, rest); err != nil {
		return early(err)
	}
	name, extra := string(rest[:le.Uint16(h[26:])]), rest[le.Uint16(h[26:]):]
	if method != 0 {
		return fmt.Errorf("%w: %q is compressed", ErrNotOurs, name)
	}
	if size == 0xffffffff {
		for len(extra) >= 4 {
			n := int(le.Uint16(extra[2:]))
			if len(extra) < 4+n {
				break
			}
			if le.Uint16(extra) == 1 && n >= 16 {
				size = int64(le.Uint64(extra[4:]))
			}
			extra = extra[4+n:]
		}
	}
	if size < 0 {
		return fmt.Errorf("%w: %q has an impossible length", ErrNotOurs, name)
	}
	var content interface {
		io.Reader
		end() (uint32, error)
	}
	if flags&8 != 0 {
		content = &openEnded{b: z.b}
	} else {
		content = &bounded{r: z.b, left: size, want: crc}
	}
	if !strings.HasSuffix(name, "/") {
		if err := yield(name, content); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return err
	}
	if _, err := content.end(); err != nil {
		return fmt.Errorf("%q: %w", name, err)
	}
	return nil
}

// bounded is the content of an entry whose length stands before it.
type bounded struct {
	r    io.Reader
	left int64
	sum  uint32
	want uint32
}

func (c *bounded) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	if err != nil && c.left > 0 {
		err = early(err)
	}
	return n, err
}

func (c *bounded) end() (uint32, error) {
	if c.sum != c.want {
		return c.sum, fmt.Errorf("%w: CRC-32 is %08x, the archive says %08x", ErrNotOurs, c.sum, c.want)
	}
	return c.sum, nil
}

// openEnded is the content of an entry whose length and CRC-32 stand behind it.
// The end is where a descriptor fits what was read so far.
type openEnded struct {
	b    *bufio.Reader
	n    int64
	sum  uint32
	done bool
}

var descriptor = []byte{'P', 'K', 7, 8}

func (c *openEnded) Read(p []byte) (int, error) {
	switch {
	case c.done:
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	}
	buf, err := c.b.Peek(c.b.Size())
	if len(buf) < 16 {
		if err == nil {
			err = io.EOF
		}
		return 0, early(err)
	}
	// A descriptor has up to 24 bytes; what might be the beginning of one stays for
	// the next look, if there is more to come.
	take := len(buf) - 24
	if err != nil {
		take = len(buf)
	}
	if i := bytes.Index(buf, descriptor); i >= 0 && i < max(take, 1) {
		take = i
		if i == 0 {
			if n := c.fits(buf); n > 0 {
				c.done = true
				_, _ = c.b.Discard(n) // it was peeked at
				return 0, io.EOF
			}
			take = 1
		}
	}
	take = min(take, len(p))
	copy(p, buf[:take])
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:take])
	c.n += int64(take)
	_, _ = c.b.Discard(take)
	return take, nil
}

// fits returns the length of the descriptor that buf begins with, 0 if it is none.
func (c *openEnded) fits(buf []byte) int {
	le := binary.LittleEndian
	if le.Uint32(buf[4:]) != c.sum {
		return 0
	}
	if len(buf) >= 24 && le.Uint64(buf[8:]) == uint64(c.n) && le.Uint64(buf[16:]) == uint64(c.n) {
		return 24
	}
	if le.Uint32(buf[8:]) == uint32(c.n) && le.Uint32(buf[12:]) == uint32(c.n) {
		return 16
	}
	return 0
}

func (c *openEnded) end() (uint32, error) { return c.sum, nil }

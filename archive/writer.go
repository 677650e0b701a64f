package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"strings"
	"time"
)

// Writer writes an archive in one pass. It holds no more than the entry under
// way. It does not buffer: give it a buffered writer where entries are small.
type Writer struct {
	w      io.Writer
	lay    lengths
	cur    Entry
	open   bool
	left   int64         // bytes that the entry under way still lacks
	crc    uint32        // of the entry under way so far
	summed func() uint32 // nil: computed here
	sum    uint64        // fingerprint of the entries written
	failed error
}

// ErrCRC is wrapped where the bytes of an entry have another CRC-32 than announced.
var ErrCRC = errors.New("checksum differs")

// NewWriter returns a writer of one archive.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Next ends the entry under way and begins the next one, whose content is then
// written with Write.
func (w *Writer) Next(e Entry) error {
	if err := w.finish(); err != nil {
		return err
	}
	if err := w.lay.add(e); err != nil {
		return w.fail(err)
	}
	w.cur, w.open, w.left, w.crc, w.summed = e, true, e.Size, 0, nil
	return w.put(localHeader(e))
}

// Summed says that the caller computes the CRC-32 of the entry under way himself:
// crc is asked when its content is complete, and the writer does not compute it a
// second time. To be called before the first byte.
func (w *Writer) Summed(crc func() uint32) { w.summed = crc }

// Write writes content of the entry under way. More than its size is an error.
func (w *Writer) Write(p []byte) (int, error) {
	if w.failed != nil {
		return 0, w.failed
	}
	if !w.open || int64(len(p)) > w.left {
		return 0, w.fail(fmt.Errorf("entry %q: more content than its %d bytes", w.cur.Name, w.cur.Size))
	}
	n, err := w.w.Write(p)
	if w.summed == nil {
		w.crc = crc32.Update(w.crc, crc32.IEEETable, p[:n])
	}
	w.left -= int64(n)
	if err != nil {
		return n, w.fail(err)
	}
	return n, nil
}

// Close ends the last entry and writes the central directory from l, which must
// yield the entries that were written, with their final CRCs.
func (w *Writer) Close(l List) error {
	if err := w.finish(); err != nil {
		return err
	}
	var again lengths
	var sum uint64
	buf := make([]byte, 0, 64<<10)
	err := l.Entries(func(e Entry) error {
		offset := again.local
		if err := again.add(e); err != nil {
			return err
		}
		sum = fingerprint(sum, e, e.CRC)
		buf = appendCentral(buf, e, offset)
		if len(buf) < 60<<10 {
			return nil
		}
		err := w.put(buf)
		buf = buf[:0]
		return err
	})
	if err != nil {
		return w.fail(err)
	}
	if again != w.lay || sum != w.sum {
		return w.fail(errors.New("central directory: the list is not what was written"))
	}
	return w.put(appendEnd(buf, again))
}

// finish ends the entry under way: all bytes there, the right CRC, descriptor.
func (w *Writer) finish() error {
	if w.failed != nil || !w.open {
		return w.failed
	}
	w.open = false
	if w.summed != nil && w.left == 0 {
		w.crc = w.summed()
	}
	switch {
	case w.left != 0:
		return w.fail(fmt.Errorf("entry %q: %d of %d bytes missing", w.cur.Name, w.left, w.cur.Size))
	case w.cur.Known && w.crc != w.cur.CRC:
		return w.fail(fmt.Errorf("entry %q: %w: %08x, announced %08x", w.cur.Name, ErrCRC, w.crc, w.cur.CRC))
	}
	w.sum = fingerprint(w.sum, w.cur, w.crc)
	if w.cur.Known {
		return nil
	}
	d := binary.LittleEndian.AppendUint32(nil, 0x08074b50)
	d = binary.LittleEndian.AppendUint32(d, w.crc)
	if big(w.cur) {
		d = binary.LittleEndian.AppendUint64(d, uint64(w.cur.Size))
		d = binary.LittleEndian.AppendUint64(d, uint64(w.cur.Size))
	} else {
		d = binary.LittleEndian.AppendUint32(d, uint32(w.cur.Size))
		d = binary.LittleEndian.AppendUint32(d, uint32(w.cur.Size))
	}
	return w.put(d)
}

func (w *Writer) put(p []byte) error {
	if w.failed != nil {
		return w.failed
	}
	if _, err := w.w.Write(p); err != nil {
		return w.fail(err)
	}
	return nil
}

func (w *Writer) fail(err error) error {
	w.failed = fmt.Errorf("write archive: %w", err)
	return w.failed
}

// fingerprint chains the entries, so that Close can tell whether the list it
// gets is the one that was written without keeping either.
func fingerprint(sum uint64, e Entry, crc uint32) uint64 {
	h := fnv.New64a()
	var b [8 + 8 + 8 + 4 + 1]byte
	binary.LittleEndian.PutUint64(b[0:], sum)
	binary.LittleEndian.PutUint64(b[8:], uint64(e.Size))
	binary.LittleEndian.PutUint64(b[16:], uint64(e.Modified.Unix()))
	binary.LittleEndian.PutUint32(b[24:], crc)
	if e.Known {
		b[28] = 1
	}
	h.Write(b[:])
	_, _ = io.WriteString(h, e.Name) // a hash never fails
	return h.Sum64()
}

// flags: names are UTF-8; a descriptor follows where the CRC is not known.
func flags(e Entry) uint16 {
	f := uint16(0x800)
	if !e.Known {
		f |= 0x8
	}
	return f
}

func version(zip64 bool) uint16 {
	if zip64 {
		return 45
	}
	return 20
}

func localHeader(e Entry) []byte {
	crc, size := e.CRC, uint32(min(e.Size, max32))
	if !e.Known {
		crc = 0
		if !big(e) {
			size = 0
		}
	}
	le := binary.LittleEndian
	b := make([]byte, 0, localLen+len(e.Name)+64)
	b = le.AppendUint32(b, 0x04034b50)
	b = le.AppendUint16(b, version(big(e)))
	b = le.AppendUint16(b, flags(e))
	b = le.AppendUint16(b, 0) // stored
	b = appendDOSTime(b, e.Modified)
	b = le.AppendUint32(b, crc)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, uint16(len(e.Name)))
	extra := timeSize(e)
	if big(e) {
		extra += 20
	}
	b = le.AppendUint16(b, uint16(extra))
	b = append(b, e.Name...)
	if big(e) {
		size := uint64(e.Size)
		if !e.Known {
			size = 0 // stands in the descriptor, APPNOTE 4.3.9.2
		}
		b = le.AppendUint16(b, 1)
		b = le.AppendUint16(b, 16)
		b = le.AppendUint64(b, size)
		b = le.AppendUint64(b, size)
	}
	return appendTime(b, e)
}

func appendCentral(b []byte, e Entry, offset int64) []byte {
	le := binary.LittleEndian
	z := zip64Size(e, offset)
	extra := timeSize(e)
	if z > 0 {
		extra += 4 + z
	}
	size := uint32(min(e.Size, max32))
	b = le.AppendUint32(b, 0x02014b50)
	b = le.AppendUint16(b, 3<<8|45) // made by: Unix
	b = le.AppendUint16(b, version(z > 0))
	b = le.AppendUint16(b, flags(e))
	b = le.AppendUint16(b, 0)
	b = appendDOSTime(b, e.Modified)
	b = le.AppendUint32(b, e.CRC)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, uint16(len(e.Name)))
	b = le.AppendUint16(b, uint16(extra))
	b = le.AppendUint16(b, 0) // comment
	b = le.AppendUint16(b, 0) // disk
	b = le.AppendUint16(b, 0) // internal attributes
	b = le.AppendUint32(b, attributes(e))
	b = le.AppendUint32(b, uint32(min(offset, max32)))
	b = append(b, e.Name...)
	if z > 0 {
		b = le.AppendUint16(b, 1)
		b = le.AppendUint16(b, uint16(z))
		if big(e) {
			b = le.AppendUint64(b, uint64(e.Size))
			b = le.AppendUint64(b, uint64(e.Size))
		}
		if offset >= max32 {
			b = le.AppendUint64(b, uint64(offset))
		}
	}
	return appendTime(b, e)
}

// attributes are those of Unix, rw-r--r-- for files and rwxr-xr-x for folders,
// and below them the mark that MS-DOS had for folders.
func attributes(e Entry) uint32 {
	if strings.HasSuffix(e.Name, "/") {
		return 0o40755<<16 | 0x10
	}
	return 0o100644 << 16
}

func appendEnd(b []byte, d lengths) []byte {
	le := binary.LittleEndian
	if d.zip64() {
		b = le.AppendUint32(b, 0x06064b50)
		b = le.AppendUint64(b, end64Len-12)
		b = le.AppendUint16(b, 3<<8|45)
		b = le.AppendUint16(b, 45)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint64(b, uint64(d.entries))
		b = le.AppendUint64(b, uint64(d.entries))
		b = le.AppendUint64(b, uint64(d.central))
		b = le.AppendUint64(b, uint64(d.local))
		b = le.AppendUint32(b, 0x07064b50)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint64(b, uint64(d.local+d.central))
		b = le.AppendUint32(b, 1)
	}
	n := uint16(min(d.entries, max16))
	b = le.AppendUint32(b, 0x06054b50)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint16(b, n)
	b = le.AppendUint16(b, n)
	b = le.AppendUint32(b, uint32(min(d.central, max32)))
	b = le.AppendUint32(b, uint32(min(d.local, max32)))
	return le.AppendUint16(b, 0)
}

func appendDOSTime(b []byte, t time.Time) []byte {
	t = clamp(t)
	b = binary.LittleEndian.AppendUint16(b, uint16(t.Second()/2|t.Minute()<<5|t.Hour()<<11))
	return binary.LittleEndian.AppendUint16(b, uint16(t.Day()|int(t.Month())<<5|(t.Year()-1980)<<9))
}

func appendTime(b []byte, e Entry) []byte {
	if timeSize(e) == 0 {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, 0x5455)
	b = binary.LittleEndian.AppendUint16(b, timeExtraLen-4)
	b = append(b, 1) // only the modification time
	return binary.LittleEndian.AppendUint32(b, uint32(clamp(e.Modified).Unix()))
}

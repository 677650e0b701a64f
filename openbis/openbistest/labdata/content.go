package labdata

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// Period is the length after which generated content repeats. A prime, so
// that blocks of any usual size that arrive in the wrong order are noticed.
const Period = 65521

// Splitmix makes a number out of another: the same for ever, and without a pattern.
func Splitmix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func hash64(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// block is one period of the content that belongs to a seed.
func block(seed uint64, n int64) []byte {
	if n > Period {
		n = Period
	}
	b := make([]byte, (n+7)/8*8)
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], Splitmix(seed+uint64(i)))
	}
	return b[:n]
}

// repeating reads a block over and over, up to a length.
type repeating struct {
	block []byte
	off   int64
	size  int64
}

func (r *repeating) Read(p []byte) (int, error) {
	if r.off >= r.size {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.off < r.size {
		from := int(r.off % int64(len(r.block)))
		c := copy(p[n:], r.block[from:min(int64(len(r.block)), int64(from)+r.size-r.off)])
		n += c
		r.off += int64(c)
	}
	return n, nil
}

// Open gives a file's bytes.
func (f File) Open() io.Reader {
	if f.Seed == 0 {
		return bytes.NewReader(f.body)
	}
	return &repeating{block: block(f.Seed, f.Size), size: f.Size}
}

// Crc is the CRC-32 of a file. For generated files it is put together from
// that of one period, so that the size does not matter.
func (f File) Crc() uint32 {
	if f.Seed == 0 {
		return crc32.ChecksumIEEE(f.body)
	}
	b := block(f.Seed, f.Size)
	one := crc32.ChecksumIEEE(b)
	if f.Size <= Period {
		return one
	}
	times, rest := f.Size/Period, f.Size%Period
	var sum uint32
	unit, length := one, int64(Period)
	for n := times; n > 0; n >>= 1 {
		if n&1 == 1 {
			sum = combineCRC(sum, unit, length)
		}
		unit = combineCRC(unit, unit, length)
		length *= 2
	}
	return combineCRC(sum, crc32.ChecksumIEEE(b[:rest]), rest)
}

// combineCRC is the CRC-32 of A followed by B, from the CRCs of both and the
// length of B: appending zero bytes is a linear map over bits, so it can be
// squared up to any length.
func combineCRC(a, b uint32, lengthB int64) uint32 {
	if lengthB == 0 {
		return a
	}
	var op [32]uint32 // appends one zero bit
	op[0] = 0xedb88320
	for i := 1; i < 32; i++ {
		op[i] = 1 << (i - 1)
	}
	for range 3 { // one zero byte
		op = square(&op)
	}
	for ; lengthB > 0; lengthB >>= 1 {
		if lengthB&1 == 1 {
			a = times(&op, a)
		}
		op = square(&op)
	}
	return a ^ b
}

func times(m *[32]uint32, v uint32) uint32 {
	var sum uint32
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 == 1 {
			sum ^= m[i]
		}
	}
	return sum
}

func square(m *[32]uint32) (sq [32]uint32) {
	for i := range m {
		sq[i] = times(m, m[i])
	}
	return sq
}

// From opens a file at an offset.
func (f File) From(offset int64) io.Reader {
	r := f.Open()
	switch r := r.(type) {
	case *repeating:
		r.off = offset
	case *bytes.Reader:
		_, _ = r.Seek(offset, io.SeekStart)
	}
	return r
}

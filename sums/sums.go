// Package sums takes an MD5 and a SHA-256 of the same bytes in the time of the MD5
// alone. Each step of an MD5 waits for the one before it, so most of the processor
// idles; where it has instructions for SHA-256 (amd64), both are computed step by step
// beside each other. Elsewhere one is taken after the other. Beginning, end and padding
// are always those of the standard library.
package sums

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

// least is how many bytes are worth bringing two states together for.
const least = 2 << 10

// Pair is an MD5, with which a SHA-256 can be taken. Not for concurrent use.
type Pair struct {
	md5    hash.Hash
	both   func(*Pair, []byte, hash.Hash) bool // takes both at once; nil: one after the other
	states [2][]byte                           // of both, as the standard library writes them
}

// New returns a Pair whose MD5 is that of nothing.
func New() *Pair {
	if able() {
		return newPair((*Pair).atOnce)
	}
	return newPair(nil)
}

// newPair takes both sums at once if that comes to what the standard library comes to,
// on this processor and with this version of it: a wrong sum must not be published,
// and to make sure takes microseconds.
func newPair(both func(*Pair, []byte, hash.Hash) bool) *Pair {
	p := &Pair{both: both, states: [2][]byte{make([]byte, 0, 128), make([]byte, 0, 128)}}
	if both != nil && p.trial() != (&Pair{}).trial() {
		p.both = nil
	}
	p.md5 = md5.New()
	return p
}

// trial is what both sums of some bytes are, of which one begins within a block.
func (p *Pair) trial() (sums [md5.Size + sha256.Size]byte) {
	data := make([]byte, 2*least+1)
	for i := range data {
		data[i] = byte(i*i>>3 + i)
	}
	p.md5 = md5.New()
	sha := sha256.New()
	sha.Write(data[:1])
	p.Write(data, sha)
	sha.Sum(p.md5.Sum(sums[:0]))
	return sums
}

// Able says whether this processor takes both sums at once.
func Able() bool { return able() }

// Sum is the MD5 of all that was written.
func (p *Pair) Sum() []byte { return p.md5.Sum(nil) }

// Write takes bytes into the MD5, and beside it into a SHA-256 (crypto/sha256.New),
// which may have begun at other bytes; nil for none.
func (p *Pair) Write(b []byte, sha hash.Hash) {
	switch {
	case sha == nil:
		p.md5.Write(b)
	case p.both == nil || len(b) < least || !p.both(p, b, sha):
		p.md5.Write(b)
		sha.Write(b)
	}
}

// state is what the standard library's hashes can do: tell and take what they are at.
type state interface {
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// How a state is written: what it is, its words in big-endian, a block that is not
// full, the number of bytes.
const (
	block    = md5.BlockSize // of both
	md5Head  = "md5\x01"
	md5Words = 4
	shaHead  = "sha\x03"
	shaWords = 8
)

// atOnce takes the bytes into both; false: nothing was taken, another hash or another
// form of its state.
func (p *Pair) atOnce(b []byte, sha hash.Hash) bool {
	m, isMD5 := p.md5.(state)
	s, isSHA := sha.(state)
	if !isMD5 || !isSHA {
		return false
	}
	mAt, ok := at(m, &p.states[0], md5Head, md5Words)
	if !ok {
		return false
	}
	sAt, ok := at(s, &p.states[1], shaHead, shaWords)
	if !ok {
		return false
	}
	// Both begin at a full block of their own.
	mFrom, sFrom := -mAt&(block-1), -sAt&(block-1)
	n := (len(b) - int(max(mFrom, sFrom))) / block
	p.md5.Write(b[:mFrom])
	sha.Write(b[:sFrom])
	var mWords [md5Words]uint32
	var sWords [shaWords]uint32
	read(m, &p.states[0], mWords[:])
	read(s, &p.states[1], sWords[:])
	blocks(&mWords, &sWords, &b[mFrom], &b[sFrom], n)
	write(m, p.states[0], mWords[:], n)
	write(s, p.states[1], sWords[:], n)
	p.md5.Write(b[int(mFrom)+n*block:])
	sha.Write(b[int(sFrom)+n*block:])
	return true
}

// at is how many bytes a hash has taken, if its state has the form that is known.
func at(h state, buf *[]byte, head string, words int) (uint64, bool) {
	var err error
	*buf, err = h.AppendBinary((*buf)[:0])
	whole := len(head) + 4*words + block
	if err != nil || len(*buf) != whole+8 || string((*buf)[:len(head)]) != head {
		return 0, false
	}
	return binary.BigEndian.Uint64((*buf)[whole:]), true
}

// read reads the words of a state, whose form at has seen.
func read(h state, buf *[]byte, words []uint32) {
	*buf, _ = h.AppendBinary((*buf)[:0]) // it told its state a moment ago
	for i := range words {
		words[i] = binary.BigEndian.Uint32((*buf)[4+4*i:])
	}
}

// write puts a hash to other words, so many blocks further on.
func write(h state, buf []byte, words []uint32, n int) {
	for i, w := range words {
		binary.BigEndian.PutUint32(buf[4+4*i:], w)
	}
	taken := buf[len(buf)-8:]
	binary.BigEndian.PutUint64(taken, binary.BigEndian.Uint64(taken)+uint64(n*block))
	_ = h.UnmarshalBinary(buf) // its own state, further on
}

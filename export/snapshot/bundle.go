package snapshot

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// bundleMost is how much of a bundle is held before it waits for its turn.
const bundleMost = 256 << 10

// Packer makes bundles, one after the other: what it compresses with costs more
// than a page.
type Packer struct{ z *flate.Writer }

// Bundle is the pages of one entity, made beside those of others. Where they lie
// counts from the bundle's own beginning, until the spool has taken it.
type Bundle struct {
	p    *Packer
	turn func() (*Spool, error)
	buf  bytes.Buffer
	end  int64  // of all that was added
	into *Spool // nil before the turn
}

// Bundle begins a bundle. turn is called once it gets long: it waits until all
// before it were taken, and then it goes straight to the end of the spool.
func (p *Packer) Bundle(turn func() (*Spool, error)) *Bundle { return &Bundle{p: p, turn: turn} }

// AddPage adds what write writes, and measures it on the way.
func (b *Bundle) AddPage(name string, write func(w io.Writer) error) (PageRef, error) {
	start := b.end
	if b.p.z == nil {
		b.p.z, _ = flate.NewWriter(b, flate.BestSpeed) // the level is one that there is
	} else {
		b.p.z.Reset(b)
	}
	d := digest{sha: sha256.New()}
	if err := write(io.MultiWriter(b.p.z, &d)); err != nil {
		return PageRef{}, err
	}
	if err := b.p.z.Close(); err != nil {
		return PageRef{}, err
	}
	return PageRef{N: name, S: d.n, C: d.crc, H: hex.EncodeToString(d.sha.Sum(nil)), Span: Span{Off: start, Len: int32(b.end - start)}}, nil
}

// Write takes what is compressed.
func (b *Bundle) Write(p []byte) (int, error) {
	b.buf.Write(p)
	b.end += int64(len(p))
	if b.buf.Len() < bundleMost {
		return len(p), nil
	}
	if b.into == nil {
		var err error
		if b.into, err = b.turn(); err != nil {
			return 0, err
		}
	}
	return len(p), b.into.take(&b.buf)
}

// Take puts the rest of a bundle to the end of the spool, and tells where its
// pages are.
func (s *Spool) Take(b *Bundle, pages []PageRef) error {
	if err := s.take(&b.buf); err != nil {
		return err
	}
	for i := range pages {
		pages[i].Off += s.end - b.end
	}
	return nil
}

func (s *Spool) take(b *bytes.Buffer) error {
	n, err := b.WriteTo(s.f)
	s.end += n
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

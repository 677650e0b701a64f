package snapshot

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"zenobis/archive"
	"zenobis/export/fetch"
	"zenobis/openbis"
	"zenobis/safetext"
)

const (
	copyBuffer    = 512 << 10 // bytes a read from the feed
	keepGenerated = 1 << 20   // generated files up to here are made once
)

// WritePackage writes the bytes of a package: always the same ones, exactly
// Package.Bytes many. An error about a data file is a *FileError; ErrNoHash
// means that packages are missing that have to be confirmed before this one.
func (s *Snapshot) WritePackage(ctx context.Context, w io.Writer, pkg string, o WriteOptions) error {
	p, ok := s.pack(pkg)
	if !ok {
		return fmt.Errorf("write package %s: it is not in the plan", safetext.Quote(pkg))
	}
	if o.Hashes == nil {
		o.Hashes = noHashes{}
	}
	pw := &packWriter{ctx: ctx, s: s, p: &p, o: o}
	pw.room, _ = w.(roomy)
	if pw.room == nil {
		pw.buf = make([]byte, copyBuffer)
	}
	var err error
	switch p.Kind {
	case Raw:
		err = pw.raw(w)
	case Doc:
		err = pw.doc(w)
	default:
		err = pw.zip(w)
	}
	if err != nil {
		return fmt.Errorf("write package %s: %w", p.Name, err)
	}
	return nil
}

// noHashes keeps nothing: enough for a package that names no other.
type noHashes struct{}

// Get implements Hashes.
func (noHashes) Get(string, int) (string, uint32, bool) { return "", 0, false }

// Put implements Hashes.
func (noHashes) Put(string, int, string, uint32) error { return nil }

// packWriter writes one package.
type packWriter struct {
	ctx  context.Context
	s    *Snapshot
	p    *Pack
	o    WriteOptions
	room roomy // nil: buf
	buf  []byte
}

// roomy is a writer that has room to read into: what is written of it is not
// copied. It needs no buffer before it.
type roomy interface {
	io.Writer
	Space() []byte         // nil when nothing more is taken
	Beside(file hash.Hash) // also takes what is written from now on; nil: no more, it is complete
	Alive()                // something is being made, though no byte comes yet
}

// errFull ends a package whose reader has gone.
var errFull = errors.New("nothing more is taken")

// space is where the next bytes of a data file are read to.
func (pw *packWriter) space() ([]byte, error) {
	if pw.room == nil {
		return pw.buf, nil
	}
	if s := pw.room.Space(); len(s) > 0 {
		return s[:min(len(s), copyBuffer)], nil
	}
	_, err := pw.room.Write(nil) // says why
	return nil, cmp.Or(err, errFull)
}

func (pw *packWriter) zip(w io.Writer) error {
	flush := func() error { return nil }
	if pw.room == nil {
		out := bufio.NewWriterSize(w, 64<<10)
		w, flush = out, out.Flush
	}
	zw := archive.NewWriter(w)
	err := pw.s.entries(pw.p, func(i int, e *Entry) error {
		if err := pw.ctx.Err(); err != nil {
			return err
		}
		switch {
		case e.F:
			return zw.Next(e.archive(pw.p.Prefix))
		case e.Page:
			return pw.page(zw, e)
		}
		return pw.data(zw, i, e)
	})
	if err != nil {
		return err
	}
	list := packList{s: pw.s, p: pw.p, hashes: pw.o.Hashes, crc: map[string]uint32{}}
	v := &view{s: pw.s, hashes: pw.o.Hashes, facts: pw.o.Record}
	if pw.room != nil {
		v.alive = pw.room.Alive
	}
	if pw.p.Data {
		v.only = pw.p.Name
	}
	for _, g := range pw.p.Gen {
		if err := pw.generated(zw, v, g, list); err != nil {
			return err
		}
	}
	if err := zw.Close(list); err != nil {
		return err
	}
	return flush()
}

func (pw *packWriter) page(zw *archive.Writer, e *Entry) error {
	if err := zw.Next(e.archive(pw.p.Prefix)); err != nil {
		return err
	}
	return pw.s.pages.copy(zw, e.At)
}

// data writes a data file. One whose CRC-32 openBIS does not know is read whole
// first if it is small: many readers refuse a data descriptor.
func (pw *packWriter) data(zw *archive.Writer, i int, e *Entry) error {
	a := e.archive(pw.p.Prefix)
	if !e.U || e.S > fetch.WholeLimit {
		if err := zw.Next(a); err != nil {
			return err
		}
		_, err := pw.copy(zw, i, e)
		return err
	}
	var whole bytes.Buffer
	whole.Grow(int(e.S))
	crc, err := pw.copy(&whole, i, e)
	if err != nil {
		return err
	}
	a.CRC = crc
	if err := zw.Next(a); err != nil {
		return err
	}
	zw.Summed(func() uint32 { return crc })
	_, err = zw.Write(whole.Bytes())
	return err
}

// copy brings a data file to w, measures it, notes what was measured and returns
// its CRC-32. Each sum is computed once.
func (pw *packWriter) copy(w io.Writer, i int, e *Entry) (crc uint32, err error) {
	ref := pw.s.ref(pw.p, i, e)
	if pw.o.Begin != nil {
		pw.o.Begin(ref)
	}
	if pw.o.Feed == nil {
		return 0, errors.New("no feed for data files")
	}
	broken := func(err error) error {
		var fe *FileError
		if errors.As(err, &fe) || pw.ctx.Err() != nil {
			return err
		}
		return &FileError{Ref: ref, Err: err}
	}
	in, err := pw.o.Feed.Open(pw.ctx, ref)
	if err != nil {
		return 0, broken(err)
	}
	defer in.Close()
	sha, left := sha256.New(), e.S
	_, whole := w.(*bytes.Buffer)
	passing := pw.room != nil && !whole // the sums are taken where the bytes pass
	if passing {
		pw.room.Beside(sha)
	}
	summed, isSummed := in.(interface{ Sum32() uint32 }) // the fetcher has computed it on the way
	if zw, ok := w.(*archive.Writer); ok {
		zw.Summed(func() uint32 { return crc })
	}
	for left > 0 {
		buf, err := pw.space()
		if err != nil {
			return 0, err
		}
		n, err := in.Read(buf[:min(int64(len(buf)), left)])
		if n > 0 {
			left -= int64(n)
			if !isSummed {
				crc = crc32.Update(crc, crc32.IEEETable, buf[:n])
			}
			if !passing {
				sha.Write(buf[:n])
			}
			if _, err := w.Write(buf[:n]); err != nil {
				return 0, err
			}
		}
		if err != nil && left > 0 {
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("%w: %d of %d bytes missing", openbis.ErrShort, left, e.S)
			}
			return 0, broken(err)
		}
	}
	if isSummed {
		crc = summed.Sum32()
	}
	if passing {
		pw.room.Beside(nil)
	}
	if !e.U && crc != e.C {
		return 0, broken(fmt.Errorf("%w: CRC-32 %08x, openBIS has recorded %08x", archive.ErrCRC, crc, e.C))
	}
	return crc, pw.o.Hashes.Put(pw.p.Name, i, hex.EncodeToString(sha.Sum(nil)), crc)
}

// generated writes a generated file: made once to learn its CRC-32 and hash,
// and, where it is large, a second time into the archive.
func (pw *packWriter) generated(zw *archive.Writer, v *view, g Generated, list packList) error {
	small := g.Size <= keepGenerated
	var kept bytes.Buffer
	to := io.Discard
	if small {
		to = &kept
	}
	done, err := v.settle(g, to)
	if err != nil {
		return err
	}
	list.crc[g.Name] = done.crc
	if err := zw.Next(list.gen(g)); err != nil {
		return err
	}
	if small {
		_, err = zw.Write(kept.Bytes())
	} else {
		err = v.write(zw, g)
	}
	if err != nil {
		return err
	}
	v.done = append(v.done, done)
	return nil
}

// raw writes a data file as it is.
func (pw *packWriter) raw(w io.Writer) error {
	return pw.s.entries(pw.p, func(i int, e *Entry) error {
		_, err := pw.copy(w, i, e)
		return err
	})
}

// doc writes README or crate beside the ZIPs, byte for byte as in metadata.zip,
// so that unpacking over them changes nothing.
func (pw *packWriter) doc(w io.Writer) error {
	v := &view{s: pw.s, hashes: pw.o.Hashes, facts: pw.o.Record}
	if pw.room != nil {
		v.alive = pw.room.Alive
	}
	for _, p := range pw.s.packs() {
		if p.Data || p.Kind != ZIP {
			continue
		}
		for _, g := range p.Gen {
			if g.Name == pw.p.Name {
				out := bufio.NewWriterSize(w, 64<<10)
				if err := v.write(out, g); err != nil {
					return err
				}
				return out.Flush()
			}
			done, err := v.settle(g, io.Discard)
			if err != nil {
				return err
			}
			v.done = append(v.done, done)
		}
	}
	return fmt.Errorf("%s is not planned", pw.p.Name)
}

package snapshot

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"zenobis/disk"
)

// Spool keeps records on disk, each compressed on its own, so that they can be
// read back in another order than they came.
type Spool struct {
	f   *os.File
	end int64
	buf bytes.Buffer
	z   *flate.Writer
	r   io.ReadCloser
	in  []byte
}

// Span is where a record of a spool lies.
type Span struct {
	Off int64 `json:"o"`
	Len int32 `json:"l"`
}

// NewSpool begins a spool in a file of its own.
func NewSpool(path string) (*Spool, error) {
	f, err := disk.Open(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	return &Spool{f: f}, nil
}

func openSpool(path string) (*Spool, error) {
	f, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, damaged(path, err)
	}
	return &Spool{f: f}, nil
}

// extendSpool opens a spool to add to what it has; what was not made durable by a
// former call is nowhere named.
func extendSpool(path string) (*Spool, error) {
	f, err := disk.Open(path, os.O_RDWR)
	if err != nil {
		return nil, damaged(path, err)
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		f.Close()
		return nil, damaged(path, err)
	}
	return &Spool{f: f, end: end}, nil
}

// Add keeps data and tells where.
func (s *Spool) Add(data []byte) (Span, error) {
	s.buf.Reset()
	s.compress(&s.buf)
	if _, err := s.z.Write(data); err != nil {
		return Span{}, err
	}
	if err := s.z.Close(); err != nil {
		return Span{}, err
	}
	at := Span{Off: s.end, Len: int32(s.buf.Len())}
	if _, err := s.f.Write(s.buf.Bytes()); err != nil {
		return Span{}, fmt.Errorf("write snapshot: %w", err)
	}
	s.end += int64(at.Len)
	return at, nil
}

// Empty forgets all records. What compresses them stays: it takes a megabyte.
func (s *Spool) Empty() error {
	s.end = 0
	err := s.f.Truncate(0)
	if err == nil {
		_, err = s.f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// compress lets z begin anew; making one costs more than a page.
func (s *Spool) compress(w io.Writer) {
	if s.z == nil {
		s.z, _ = flate.NewWriter(w, flate.BestSpeed) // the level is one that there is
		return
	}
	s.z.Reset(w)
}

// Reader reads the same spool beside others.
func (s *Spool) Reader() *Spool { return &Spool{f: s.f} }

// copy writes a record, which may be long, to w.
func (s *Spool) copy(w io.Writer, at Span) error {
	if err := s.inflate(bufio.NewReaderSize(io.NewSectionReader(s.f, at.Off, int64(at.Len)), min(int(at.Len), 16<<10))); err != nil {
		return err
	}
	_, err := io.Copy(w, reading{s})
	return err
}

// reading tells an error of the spool from one of who is written to.
type reading struct{ s *Spool }

func (r reading) Read(p []byte) (int, error) {
	n, err := r.s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(r.s.f.Name(), err)
	}
	return n, err
}

// inflate lets r begin anew.
func (s *Spool) inflate(in io.Reader) error {
	if s.r == nil {
		s.r = flate.NewReader(in)
		return nil
	}
	return s.r.(flate.Resetter).Reset(in, nil)
}

// Get reads a record back.
func (s *Spool) Get(at Span) ([]byte, error) {
	if cap(s.in) < int(at.Len) {
		s.in = make([]byte, at.Len)
	}
	in := s.in[:at.Len]
	if _, err := s.f.ReadAt(in, at.Off); err != nil {
		return nil, damaged(s.f.Name(), err)
	}
	if err := s.inflate(bytes.NewReader(in)); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(s.r)
	if err != nil {
		return nil, damaged(s.f.Name(), err)
	}
	return out, nil
}

// AddJSON adds a value as JSON and tells where it lies.
func (s *Spool) AddJSON(v any) (Span, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return Span{}, fmt.Errorf("write snapshot: %w", err)
	}
	return s.Add(data)
}

// GetJSON reads the value that lies at a place.
func (s *Spool) GetJSON(at Span, v any) error {
	data, err := s.Get(at)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return damaged(s.f.Name(), err)
	}
	return nil
}

// Sync makes what was added durable.
func (s *Spool) Sync() error { return s.f.Sync() }

// Close closes the spool, whose file stays.
func (s *Spool) Close() error { return s.f.Close() }

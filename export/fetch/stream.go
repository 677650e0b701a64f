package fetch

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"zenobis/openbis"
)

// stream reads a large file. A download that breaks is begun again: what was
// delivered already is read once more and compared by its CRC-32, then the
// reading goes on, so the upload does not notice. The last bytes are held back
// until the checksum of the whole is known to be right.
type stream struct {
	s         *Fetcher
	ctx       context.Context // of the package; a reader has no other way to it
	f         File
	unchecked bool

	body  io.ReadCloser
	at    int64 // delivered
	sum   uint32
	tries *tries // since the last progress
	wrong int    // downloads whose beginning was another one
	err   error
}

func newStream(ctx context.Context, s *Fetcher, f File) *stream {
	return &stream{s: s, ctx: ctx, f: f, tries: s.tries(f)}
}

// Read implements io.Reader; exactly File.Size bytes come.
func (st *stream) Read(p []byte) (int, error) {
	if st.err != nil {
		return 0, st.err
	}
	left := st.f.Size - st.at
	if left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	for {
		n, err := st.step(p)
		if n > 0 {
			st.sum = crc32.Update(st.sum, crc32.IEEETable, p[:n])
			st.at += int64(n)
			st.tries.succeeded()
			if st.at == st.f.Size && !st.unchecked && st.f.HasCRC && st.sum != st.f.CRC {
				st.err = st.s.judge(st.ctx, st.f, st.sum)
				return 0, st.err
			}
			return n, nil
		}
		st.drop()
		if st.err = st.tries.again(st.ctx, err); st.err != nil {
			return 0, st.err
		}
	}
}

// step reads once, opening the download if need be.
func (st *stream) step(p []byte) (int, error) {
	if st.body == nil {
		body, err := st.s.open(st.ctx, st.f)
		if err != nil {
			return 0, err
		}
		st.body = body
		if err := st.skip(); err != nil {
			return 0, err
		}
	}
	n, err := st.body.Read(p)
	if n > 0 {
		return n, nil // the error comes again
	}
	switch err {
	case nil:
		return 0, io.ErrNoProgress
	case io.EOF:
		return 0, openbis.ErrShort
	}
	return 0, err
}

// skip reads what was delivered before, which must be the same.
func (st *stream) skip() error {
	if st.at == 0 {
		return nil
	}
	h := crc32.NewIEEE()
	_, err := io.CopyN(h, st.body, st.at)
	switch {
	case errors.Is(err, io.EOF):
		return openbis.ErrShort
	case err != nil:
		return err
	}
	if h.Sum32() == st.sum {
		return nil
	}
	if st.wrong++; st.wrong < wrongTimes {
		return fmt.Errorf("%w: its first %d bytes are others than a moment ago", ErrDiffers, st.at)
	}
	return st.s.judge(st.ctx, st.f, st.sum)
}

func (st *stream) drop() {
	if st.body != nil {
		st.body.Close()
		st.body = nil
	}
}

// Close ends the download.
func (st *stream) Close() error {
	st.drop()
	return nil
}

// judge decides about a file that was sent with a wrong checksum: it is read
// again without being sent. If openBIS delivers it right now, the package can
// be sent again; if it stays wrong within one session, the file is corrupt.
func (s *Fetcher) judge(ctx context.Context, f File, have uint32) error {
	if !f.HasCRC {
		return fmt.Errorf("%w: two downloads of it are not the same", ErrDiffers)
	}
	epoch, wrong := s.ob.Epoch(), 1
	for wrong < wrongTimes {
		s.retried(f, wrong, differs(f.CRC, have))
		sum, err := s.sum(ctx, f)
		if err != nil {
			return err
		}
		if sum == f.CRC {
			return fmt.Errorf("%w, but not at the next look", differs(f.CRC, have))
		}
		have = sum
		if now := s.ob.Epoch(); now != epoch {
			epoch, wrong = now, 0
		}
		wrong++
	}
	return corrupt(f, differs(f.CRC, have))
}

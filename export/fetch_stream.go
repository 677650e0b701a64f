package export

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"

	"zenobis/export/failure"
	"zenobis/openbis"
)

// stream reads a large file. A download that breaks is begun again: what was
// delivered already is read once more and compared by its CRC-32, then the
// reading goes on, so the upload does not notice. The last bytes are held back
// until the checksum of the whole is known to be right.
type stream struct {
	s         *source
	ctx       context.Context // of the package; a reader has no other way to it
	r         FileRef
	unchecked bool

	body   io.ReadCloser
	at     int64 // delivered
	sum    uint32
	failed int // in a row without progress
	wrong  int
	err    error
}

// Read implements io.Reader; exactly File.Size bytes come.
func (st *stream) Read(p []byte) (int, error) {
	if st.err != nil {
		return 0, st.err
	}
	left := st.r.File.Size - st.at
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
			st.failed = 0
			if st.at == st.r.File.Size && !st.unchecked && st.r.File.HasCRC && st.sum != st.r.File.CRC {
				st.err = st.s.judge(st.ctx, st.r, st.sum)
				return 0, st.err
			}
			return n, nil
		}
		st.drop()
		st.failed++
		if st.err = st.s.verdictOn(st.ctx, st.r, err, st.failed); st.err != nil {
			return 0, st.err
		}
		if st.err = st.s.wait(st.ctx, st.r, st.failed, err); st.err != nil {
			return 0, st.err
		}
	}
}

// step reads once, opening the download if need be.
func (st *stream) step(p []byte) (int, error) {
	if st.body == nil {
		body, err := st.s.open(st.ctx, st.r)
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
	n, err := io.CopyN(h, st.body, st.at)
	if err == io.EOF && n < st.at {
		return openbis.ErrShort
	}
	if err != nil {
		return err
	}
	if h.Sum32() == st.sum {
		return nil
	}
	if st.wrong++; st.wrong < wrongTimes {
		return fmt.Errorf("%w: its first %d bytes are others than a moment ago", errDiffers, st.at)
	}
	return st.s.judge(st.ctx, st.r, st.sum)
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
// be sent again; if it stays wrong, the file is corrupt.
func (s *source) judge(ctx context.Context, r FileRef, have uint32) error {
	for n := 1; r.File.HasCRC && n < wrongTimes; n++ {
		s.retried(r, n, differs(r.File.CRC, have))
		sum, err := s.sum(ctx, r)
		if err != nil {
			return err
		}
		if sum == r.File.CRC {
			return fmt.Errorf("%w, but not at the next look", differs(r.File.CRC, have))
		}
		have = sum
	}
	if !r.File.HasCRC {
		return fmt.Errorf("%w: two downloads of it are not the same", errDiffers)
	}
	err := differs(r.File.CRC, have)
	return &brokenFile{Ref: r, Reason: "corrupt", Message: failure.Text(err), Err: err}
}

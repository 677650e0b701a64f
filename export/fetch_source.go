package export

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"sync"
	"time"

	"zenobis/export/failure"
	"zenobis/openbis"
)

// How often a file is tried. While an upload waits for a file its connection is
// silent, and is cut after about a minute: what takes longer is left to the
// next attempt of the whole package.
const (
	wrongTimes   = 3 // wrong bytes, or none from an openBIS that is well
	failTimes    = 6
	fetchBackoff = 500 * time.Millisecond
	fetchMost    = 8 * time.Second
)

// source fetches data files and mends what breaks on the way. Safe for
// concurrent use.
type source struct {
	ob    Source
	renew func(context.Context) error // nil: can't
	sleep func(context.Context, time.Duration) error
	rand  func() float64
	// retried is told of each repetition.
	retried func(r FileRef, attempt int, err error)
	gate    *throttle

	mu    sync.Mutex
	epoch int // of the session
}

// open begins a download; an ended session is renewed.
func (s *source) open(ctx context.Context, r FileRef) (io.ReadCloser, error) {
	for n := 0; ; n++ {
		s.mu.Lock()
		epoch := s.epoch
		s.mu.Unlock()
		rc, err := s.ob.Download(ctx, r.Store, r.DataSet, r.File)
		if err == nil || !errors.Is(err, openbis.ErrSession) {
			return rc, err
		}
		if n == 3 {
			return nil, sessionEnded(err)
		}
		if err := s.again(ctx, epoch, err); err != nil {
			return nil, err
		}
	}
}

// again opens the session anew unless that has happened since epoch.
func (s *source) again(ctx context.Context, epoch int, why error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch != epoch {
		return nil
	}
	if s.renew == nil {
		return sessionEnded(why)
	}
	if err := s.renew(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, openbis.ErrUnreachable) {
			return err
		}
		return sessionEnded(err)
	}
	s.epoch++
	return nil
}

// alive uses the session, so that it does not end for want of use.
func (s *source) alive(ctx context.Context) error {
	s.mu.Lock()
	epoch := s.epoch
	s.mu.Unlock()
	err := s.ob.KeepAlive(ctx)
	if errors.Is(err, openbis.ErrSession) {
		return s.again(ctx, epoch, err)
	}
	return err
}

func sessionEnded(err error) error {
	return &failure.Error{
		What: "the openBIS session has ended", Why: failure.Text(err), Kind: failure.Login,
		Do: "log in to openBIS again and resume: what was sent is kept", Err: err,
	}
}

// verdictOn decides after the n-th failure in a row: nil means try again.
func (s *source) verdictOn(ctx context.Context, r FileRef, err error, n int) error {
	var f *failure.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &f):
		return err
	case hopeless(err):
		return unreadable(r, err)
	case missing(err) && n >= wrongTimes:
		if e := s.alive(ctx); e != nil { // openBIS itself is not well: it may yet deliver
			return e
		}
		return unreadable(r, err)
	case n >= failTimes:
		return err
	}
	return nil
}

func (s *source) wait(ctx context.Context, r FileRef, n int, err error) error {
	s.retried(r, n, err)
	if busy(err) {
		s.gate.slower()
	}
	return s.sleep(ctx, backoff(fetchBackoff, fetchMost, n, s.rand))
}

// backoff is how long to wait before the n-th repetition: doubling, between a
// half and the whole of it, so that many waiters don't come back at once.
func backoff(first, most time.Duration, n int, rand func() float64) time.Duration {
	d := first
	for i := 1; i < n && d < most; i++ {
		d *= 2
	}
	d = min(d, most)
	return d/2 + time.Duration(rand()*float64(d/2))
}

// whole fetches a file into memory and checks it.
func (s *source) whole(ctx context.Context, r FileRef, buf []byte) error {
	wrong, failed := 0, 0
	for {
		err := s.fill(ctx, r, buf)
		if err == nil && r.File.HasCRC {
			if sum := crc32.ChecksumIEEE(buf); sum != r.File.CRC {
				wrong++
				err = differs(r.File.CRC, sum)
				if wrong >= wrongTimes {
					return &brokenFile{Ref: r, Reason: "corrupt", Message: failure.Text(err), Err: err}
				}
			}
		}
		if err == nil {
			return nil
		}
		failed++
		if end := s.verdictOn(ctx, r, err, failed); end != nil {
			return end
		}
		if err := s.wait(ctx, r, failed, err); err != nil {
			return err
		}
	}
}

func (s *source) fill(ctx context.Context, r FileRef, buf []byte) error {
	rc, err := s.open(ctx, r)
	if err != nil {
		return err
	}
	defer rc.Close()
	_, err = io.ReadFull(rc, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return openbis.ErrShort
	}
	return err
}

// sum reads a file to its end and returns its CRC-32.
func (s *source) sum(ctx context.Context, r FileRef) (uint32, error) {
	st := &stream{s: s, ctx: ctx, r: r, unchecked: true}
	defer st.Close()
	h := crc32.NewIEEE()
	_, err := io.Copy(h, st)
	return h.Sum32(), err
}

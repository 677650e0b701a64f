package fetch

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"time"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/wire"
)

// How often a file is tried. While an upload waits for a file its connection is
// silent, and is cut after about a minute: what takes longer is left to the
// next attempt of the whole package.
const (
	wrongTimes = 3 // wrong bytes, or none from an openBIS that is well
	failTimes  = 6
	firstPause = 500 * time.Millisecond
	mostPause  = 8 * time.Second
)

// OpenBIS is what fetching needs of openBIS; *openbis.Client implements it. An
// ended session is renewed inside.
type OpenBIS interface {
	Download(ctx context.Context, store openbis.DataStore, dataSet string, f openbis.File) (io.ReadCloser, error)
	KeepAlive(ctx context.Context) error
	Epoch() int64 // counts sessions
}

// Fetcher fetches data files and mends what breaks on the way. Safe for
// concurrent use.
type Fetcher struct {
	ob      OpenBIS
	retry   wire.Retry
	retried func(f File, attempt int, err error)
	gate    *throttle
}

// New makes a fetcher with so many downloads at a time. retried is told of each
// repetition; of retry only Now, Sleep and Rand are taken.
func New(ob OpenBIS, parallel int, retry wire.Retry, retried func(f File, attempt int, err error)) *Fetcher {
	return &Fetcher{ob: ob, gate: newThrottle(parallel), retried: retried, retry: wire.Retry{
		First: firstPause, Most: mostPause, Tries: failTimes, Patience: -1, Repeat: func(error) bool { return true },
		Now: retry.Now, Sleep: retry.Sleep, Rand: retry.Rand,
	}}
}

// open begins a download.
func (s *Fetcher) open(ctx context.Context, f File) (io.ReadCloser, error) {
	rc, err := s.ob.Download(ctx, f.Store, f.DataSet, f.File)
	if errors.Is(err, openbis.ErrSession) || errors.Is(err, openbis.ErrLogin) {
		return nil, failure.SessionEnded(err)
	}
	return rc, err
}

// tries are the failures of one file since it last came forward. Only like ones
// are counted together, and only those of one session: a data store answers an
// ended session as it answers for a file that is not there.
type tries struct {
	s      *Fetcher
	file   File
	series *wire.Series
	epoch  int64
	none   int // openBIS delivered nothing
	wrong  int // it delivered other bytes than it has recorded
}

func (s *Fetcher) tries(f File) *tries {
	t := &tries{s: s, file: f, epoch: s.ob.Epoch()}
	retry := s.retry
	retry.Waiting = func(w wire.Wait) {
		if w.Until.IsZero() {
			return
		}
		s.retried(f, w.Try, w.Err)
		if busy(w.Err) {
			s.gate.slower()
		}
	}
	t.series = retry.Begin("fetch " + f.Path)
	return t
}

// again waits after a failure; an error means that it is the last one.
func (t *tries) again(ctx context.Context, err error) error {
	var known *failure.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &known):
		return err
	case hopeless(err):
		return unreadable(t.file, err)
	}
	t.sameSession()
	switch {
	case missing(err):
		t.none++
	case errors.Is(err, ErrDiffers):
		t.wrong++
	}
	if t.none >= wrongTimes || t.wrong >= wrongTimes {
		// openBIS itself must be well, with the session of these tries.
		if e := t.s.ob.KeepAlive(ctx); e != nil {
			if errors.Is(e, openbis.ErrSession) || errors.Is(e, openbis.ErrLogin) {
				return failure.SessionEnded(e)
			}
			return e
		}
		if t.sameSession() {
			if t.wrong >= wrongTimes {
				return corrupt(t.file, err)
			}
			return unreadable(t.file, err)
		}
	}
	return t.series.Again(ctx, err)
}

// sameSession forgets the verdicts of a session that has ended since.
func (t *tries) sameSession() bool {
	now := t.s.ob.Epoch()
	if now == t.epoch {
		return true
	}
	t.epoch, t.none, t.wrong = now, 0, 0
	return false
}

// succeeded forgets all failures: the file comes forward.
func (t *tries) succeeded() {
	t.series.Succeeded()
	t.none, t.wrong = 0, 0
}

// whole fetches a file into memory, checks it and returns its CRC-32.
func (s *Fetcher) whole(ctx context.Context, f File, buf []byte) (sum uint32, err error) {
	t := s.tries(f)
	for {
		if err = s.fill(ctx, f, buf); err == nil {
			if sum = crc32.ChecksumIEEE(buf); f.HasCRC && sum != f.CRC {
				err = differs(f.CRC, sum)
			}
		}
		if err == nil {
			return sum, nil
		}
		if err := t.again(ctx, err); err != nil {
			return 0, err
		}
	}
}

func (s *Fetcher) fill(ctx context.Context, f File, buf []byte) error {
	rc, err := s.open(ctx, f)
	if err != nil {
		return err
	}
	defer rc.Close()
	_, err = io.ReadFull(rc, buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return openbis.ErrShort
	}
	return err
}

// sum reads a file to its end and returns its CRC-32.
func (s *Fetcher) sum(ctx context.Context, f File) (uint32, error) {
	st := newStream(ctx, s, f)
	st.unchecked = true
	defer st.Close()
	h := crc32.NewIEEE()
	_, err := io.Copy(h, st)
	return h.Sum32(), err
}

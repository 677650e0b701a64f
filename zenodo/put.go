package zenodo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"zenobis/human"
	"zenobis/wire"
)

// Put sends the content of an announced file: exactly size bytes of body. The
// server answers a refusal while the body is still on its way; that answer is
// what is returned then. Nothing but silence ends a Put: StallTimeout without a
// byte while bytes remain, then AnswerTimeout for the answer (ErrStalled,
// ErrUnavailable). A body that is an io.Closer is closed in the end.
//
// ErrEntryGone: the upload broke off and the server has removed the entry. With
// another failure look what the server has; see APIError.AllSent. Never put to a
// committed file: that deletes it (docs/zenodo-api.md, Files).
func (c *Client) Put(ctx context.Context, id, key string, size int64, body io.Reader) error {
	const op = "upload"
	if err := checkFile(op, id, key); err != nil {
		closeBody(body)
		return err
	}
	if size < 0 {
		closeBody(body)
		return &APIError{Op: op, Kind: ErrInvalid, Message: "the length must be known"}
	}
	pass, err := c.budget.wait(ctx, classOther)
	if err != nil {
		closeBody(body)
		return fmt.Errorf("%s: %w", op, err)
	}
	ctx, guard := wire.NewGuard(ctx)
	defer guard.Stop()
	src := &upload{r: body, left: size, guard: guard, stall: c.o.StallTimeout, answer: c.o.AnswerTimeout}
	src.taken()
	target := *c.base
	setPath(&target, filePath(id, key)+"/content")
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, target.String(), nil)
	if err != nil {
		pass.lost()
		closeBody(body)
		return fmt.Errorf("%s: the address can't be built", op)
	}
	c.head(req, nativeType)
	req.Header.Set("Content-Type", bytesType)
	req.ContentLength = size // a body without a length would be stored as nothing (docs/zenodo-api.md, Length)
	req.Body = src
	if size == 0 {
		req.Body = http.NoBody
	}
	// net/http waits for a running Read of the body even when the request is
	// given up. A source may hang in it, so the exchange gets its own goroutine.
	done := make(chan error, 1)
	go func() { done <- c.exchange(ctx, op, req, src, pass) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		src.stop()
		select {
		case err = <-done:
		case <-time.After(time.Second):
			err = c.unreachable(ctx, op, ctx.Err())
		}
	}
	src.stop()
	err = c.putError(ctx, op, err, src)
	var refused *APIError
	if errors.As(err, &refused) && errors.Is(refused, ErrBodyLimit) {
		refused.Message = strings.TrimSuffix("the server takes no "+human.Bytes(size)+" at once: "+refused.Message, ": ")
	}
	return err
}

// exchange sends the request and reads the answer, whichever ends first.
func (c *Client) exchange(ctx context.Context, op string, req *http.Request, src *upload, pass ticket) error {
	begin := c.o.Clock()
	resp, err := c.upload.Do(req)
	if err != nil {
		pass.lost()
		return c.unreachable(ctx, op, err)
	}
	defer resp.Body.Close() // also ends a body that is still being sent
	pass.note(resp)
	c.log(op, req, resp, begin)
	switch {
	case resp.StatusCode >= 400:
		e := c.refusal(op, resp)
		c.unasked(e)
		return e
	case resp.StatusCode >= 300:
		to, _ := req.URL.Parse(resp.Header.Get("Location"))
		return c.redirected(op, resp.StatusCode, to)
	}
	data, err := readAll(resp.Body, maxError)
	if err != nil {
		return c.unreachable(ctx, op, err)
	}
	var w wireFile
	if decode(data, &w) != nil || w.Key == "" {
		return c.notInvenio(op, answer{status: resp.StatusCode, body: data})
	}
	if w.Errors != nil && w.Errors != "" {
		// The service commits a clean-up and says 200 (docs/zenodo-api.md, Files).
		return &APIError{Op: op, Status: resp.StatusCode, Kind: ErrEntryGone, Message: c.clean(fmt.Sprint(w.Errors))}
	}
	if n := src.remaining(); n > 0 {
		return &APIError{
			Op:      op,
			Status:  resp.StatusCode,
			Kind:    ErrUnavailable,
			Message: fmt.Sprintf("the server was content while %d bytes were still to come", n),
		}
	}
	return nil
}

// putError completes an upload's error: a failing source is no fault of the
// server, unless the server has already answered.
func (c *Client) putError(ctx context.Context, op string, err error, src *upload) error {
	if err == nil {
		return nil
	}
	var e *APIError
	if !errors.As(err, &e) {
		return err
	}
	if failed := src.failure(); failed != nil && e.Status == 0 && ctx.Err() == nil {
		return &APIError{Op: op, Kind: ErrSource, Message: c.clean(failed.Error()), Cause: failed}
	}
	e.AllSent = errors.Is(e, ErrUnavailable) && src.remaining() == 0
	return c.doubt(ctx, "", e)
}

// upload is the body of one: exactly so many bytes, watched.
type upload struct {
	r             io.Reader
	guard         *wire.Guard
	stall, answer time.Duration // how long it may be silent: while bytes remain, and after the last one

	reading sync.Mutex // held while r is read
	probe   [1]byte
	mu      sync.Mutex
	left    int64
	stopped bool
	err     error
}

var errLong = errors.New("source is longer than announced")

// Read reads from the source. The last bytes are given only when it has ended.
func (s *upload) Read(p []byte) (int, error) {
	lent, err := s.next(len(p), func(most int) ([]byte, error) {
		n, err := s.r.Read(p[:most])
		return p[:n], err
	})
	return len(lent), err
}

// lender is a source that gives its bytes without copying them: they are good until
// the next call, which may be the one that says that it has ended.
type lender interface {
	Lend(most int) ([]byte, error)
}

// lend is Read without a copy, of a source that lends.
func (s *upload) lend(most int) ([]byte, error) { return s.next(most, s.r.(lender).Lend) }

func (s *upload) lends() bool { _, ok := s.r.(lender); return ok }

// next takes the next bytes, at most so many.
func (s *upload) next(most int, take func(most int) ([]byte, error)) ([]byte, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.mu.Lock()
	left := s.left
	switch {
	case s.stopped:
		s.mu.Unlock()
		return nil, io.ErrClosedPipe
	case s.err != nil:
		defer s.mu.Unlock()
		return nil, s.err
	}
	s.mu.Unlock()
	if left == 0 {
		return nil, io.EOF
	}
	s.guard.Expect(s.stall, "the source has given no byte")
	lent, err := take(int(min(int64(most), left)))
	n := int64(len(lent))
	if n == left {
		err = s.ended(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(err, errLong) {
		s.err = err
		return nil, err // without its end the server keeps nothing
	}
	s.left -= n
	if n > 0 {
		s.taken()
	}
	if s.left == 0 {
		return lent, nil
	}
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("source ended %d bytes early: %w", s.left, io.ErrUnexpectedEOF)
	}
	s.err = err
	return lent, err
}

// ended looks whether the source ends where it was announced to.
func (s *upload) ended(err error) error {
	for n := 0; err == nil; {
		if n, err = s.r.Read(s.probe[:]); n > 0 {
			return errLong
		}
	}
	return err
}

// taken begins to wait for the server: to take the next bytes, or to answer
// after the last. The caller holds mu, or nobody reads yet.
func (s *upload) taken() {
	if s.left > 0 {
		s.guard.Expect(s.stall, "the server has taken no byte")
	} else {
		s.guard.Expect(s.answer, "no answer after the last byte")
	}
}

// Close is called by net/http; the source itself is closed by stop.
func (s *upload) Close() error { return nil }

// stop ends all reading and closes the source; a Read that hangs in a source
// which can't be closed is left behind.
func (s *upload) stop() {
	s.mu.Lock()
	again := s.stopped
	s.stopped = true
	s.mu.Unlock()
	if again {
		return
	}
	closeBody(s.r)
	ended := make(chan struct{})
	go func() {
		s.reading.Lock() // held by a running Read
		defer s.reading.Unlock()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Second):
	}
}

func (s *upload) remaining() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

func (s *upload) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

func closeBody(r io.Reader) {
	if c, ok := r.(io.Closer); ok {
		_ = c.Close()
	}
}

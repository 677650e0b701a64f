package zenodo

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// pieces is the size in bytes of a write of a large body.
const pieces = 512 << 10

// patience is how long a failed write is kept back.
const patience = 2 * time.Second

// patientConn keeps a failed write back for a moment. A server that refuses an
// upload answers while the body is still coming and then closes: the write fails
// while the refusal is already here, waiting to be read. Told of the failed
// write first, net/http would drop the refusal and report a broken pipe.
type patientConn struct {
	net.Conn
	once   sync.Once
	closed chan struct{}
	buf    []byte
}

func newPatientConn(c net.Conn) *patientConn {
	return &patientConn{Conn: c, closed: make(chan struct{})}
}

// Write waits after a failure until the connection is closed, which the answer
// or the failed read bring about, or the patience is over.
func (c *patientConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		t := time.NewTimer(patience)
		defer t.Stop()
		select {
		case <-c.closed:
		case <-t.C:
		}
	}
	return n, err
}

// ReadFrom sends what r delivers in large pieces; net/http asks for it, and would
// take small ones itself. A body that lends its bytes is not copied.
func (c *patientConn) ReadFrom(r io.Reader) (n int64, err error) {
	if part, ok := r.(*io.LimitedReader); ok {
		if src, ok := part.R.(*upload); ok && src.lends() {
			return c.borrow(src, part)
		}
	}
	if c.buf == nil {
		c.buf = make([]byte, pieces)
	}
	return io.CopyBuffer(writerOnly{c}, r, c.buf)
}

// borrow sends what a body lends.
func (c *patientConn) borrow(src *upload, part *io.LimitedReader) (n int64, err error) {
	for part.N > 0 {
		lent, err := src.lend(int(min(part.N, pieces)))
		if len(lent) > 0 {
			done, err := c.Write(lent)
			n += int64(done)
			part.N -= int64(done)
			if err != nil {
				return n, err
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// writerOnly hides ReadFrom.
type writerOnly struct{ io.Writer }

// Close closes the connection.
func (c *patientConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

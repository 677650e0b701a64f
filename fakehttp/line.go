package fakehttp

import (
	"net"
	"sync"
	"time"
)

// line is one direction of a network line that all connections share.
type line struct {
	rate int64 // bytes a second
	mu   sync.Mutex
	free time.Time // when the line has carried what was given to it
}

// carry waits until the line has carried n more bytes. Short waits are saved
// up: a timer is not exact enough for them.
func (l *line) carry(n int) {
	const early = 2 * time.Millisecond
	l.mu.Lock()
	now := time.Now()
	if l.free.Before(now.Add(-early)) {
		l.free = now.Add(-early)
	}
	l.free = l.free.Add(time.Duration(int64(n) * int64(time.Second) / l.rate))
	wait := l.free.Sub(now)
	l.mu.Unlock()
	if wait > 0 {
		time.Sleep(wait)
	}
}

// slowListener limits what its connections carry together.
type slowListener struct {
	net.Listener
	in, out *line
}

func (l *slowListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: c, in: l.in, out: l.out}, nil
}

type slowConn struct {
	net.Conn
	in, out *line
}

func (c *slowConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.carry(n)
	return n, err
}

func (c *slowConn) Write(p []byte) (done int, err error) {
	const step = 64 << 10
	for len(p) > 0 {
		n, err := c.Conn.Write(p[:min(step, len(p))])
		done += n
		c.out.carry(n)
		if err != nil {
			return done, err
		}
		p = p[n:]
	}
	return done, nil
}

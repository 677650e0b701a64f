package zenodo

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// gathered keeps what is written while it holds, until flush: TLS gives each of its
// records of 16 KiB to the system by itself, which costs more than to copy them.
type gathered struct {
	net.Conn
	mu   sync.Mutex
	hold bool
	buf  []byte
}

// Write implements net.Conn.
func (g *gathered) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.hold {
		return g.Conn.Write(p)
	}
	g.buf = append(g.buf, p...)
	return len(p), nil
}

func (g *gathered) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hold = true
}

// flush writes what was held, all at once.
func (g *gathered) flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hold = false
	_, err := g.Conn.Write(g.buf)
	g.buf = g.buf[:0]
	return err
}

// secureConn is a TLS connection that writes large pieces at once.
type secureConn struct {
	*tls.Conn
	below *gathered
}

// Write implements net.Conn.
func (c *secureConn) Write(p []byte) (int, error) {
	const record = 16 << 10
	if len(p) <= record {
		return c.Conn.Write(p)
	}
	c.below.begin()
	n, err := c.Conn.Write(p)
	if failed := c.below.flush(); err == nil {
		err = failed
	}
	return n, err
}

// secure dials a connection whose TLS is that of the transport.
func secure(
	t *http.Transport, dial func(ctx context.Context, network, addr string) (net.Conn, error),
) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		config := &tls.Config{MinVersion: tls.VersionTLS12}
		if t.TLSClientConfig != nil {
			config = t.TLSClientConfig.Clone()
		}
		if config.ServerName == "" {
			if config.ServerName, _, err = net.SplitHostPort(addr); err != nil {
				config.ServerName = addr
			}
		}
		if t.TLSHandshakeTimeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, t.TLSHandshakeTimeout)
			defer cancel()
		}
		below := &gathered{Conn: conn}
		c := &secureConn{tls.Client(below, config), below}
		if err := c.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		return newPatientConn(c), nil
	}
}

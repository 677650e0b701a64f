package zenodo

import (
	"bytes"
	"crypto/md5"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"zenobis/wire"
)

// lends gives its bytes in pieces without copying, and counts who reads instead.
type lends struct {
	data  []byte
	piece int
	end   error
	reads atomic.Int64
}

func (l *lends) Lend(most int) ([]byte, error) {
	if len(l.data) == 0 {
		return nil, l.end
	}
	n := min(most, l.piece, len(l.data))
	p := l.data[:n]
	l.data = l.data[n:]
	return p, nil
}

func (l *lends) Read(p []byte) (int, error) {
	l.reads.Add(1)
	lent, err := l.Lend(len(p))
	return copy(p, lent), err
}

// TestPutBorrows sends a body that lends its bytes, with and without TLS.
func TestPutBorrows(t *testing.T) {
	data := make([]byte, 3<<20+17)
	for i := range data {
		data[i] = byte(i * 7 >> 3)
	}
	want := md5.Sum(data)
	for name, start := range map[string]func(http.Handler) *httptest.Server{"plain": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		for _, piece := range []int{1 << 20, 200_001, 16 << 10} {
			var got [md5.Size]byte
			s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sum := md5.New()
				_, _ = io.Copy(sum, r.Body)
				got = [md5.Size]byte(sum.Sum(nil))
				_, _ = io.WriteString(w, `{"key":"a.zip","status":"pending"}`)
			}))
			options := wire.Options{}
			if s.TLS != nil {
				options.CAFile = filepath.Join(t.TempDir(), "ca.pem")
				ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
				if err := os.WriteFile(options.CAFile, ca, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			hc, err := wire.Client(options)
			if err != nil {
				t.Fatal(err)
			}
			c, err := New(Options{URL: s.URL, Token: secret, PerMinute: -1, HTTP: hc})
			if err != nil {
				t.Fatal(err)
			}
			body := &lends{data: data, piece: piece, end: io.EOF}
			if err := c.Put(t.Context(), "1", "a.zip", int64(len(data)), body); err != nil || got != want {
				t.Errorf("%s, pieces of %d: %v, the same bytes: %t", name, piece, err, got == want)
			}
			if n := body.reads.Load(); n > 1 { // one looks for the end
				t.Errorf("%s: %d reads besides", name, n)
			}
			broken := &lends{data: data[:1<<20], piece: piece, end: errors.New("gone")}
			if err := c.Put(t.Context(), "1", "a.zip", int64(len(data)), broken); !errors.Is(err, ErrSource) {
				t.Errorf("%s: a source that breaks ends with %v", name, err)
			}
			s.Close()
		}
	}
}

// TestUploadsVerify refuses a certificate that nobody vouches for.
func TestUploadsVerify(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	c, err := New(Options{URL: s.URL, Token: secret, PerMinute: -1, StallTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Put(t.Context(), "1", "a.zip", 3, bytes.NewReader([]byte("abc")))
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("the upload ended with %v", err)
	}
}

// slowly gives nothing for a while, but says that it is at work.
type slowly struct {
	lends
	left int
}

func (s *slowly) Lend(most int) ([]byte, error) {
	if s.left--; s.left > 0 {
		time.Sleep(50 * time.Millisecond)
		return nil, nil
	}
	return s.lends.Lend(most)
}

// TestPutOfASourceAtWork waits for one that makes its bytes longer than silence may last.
func TestPutOfASourceAtWork(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"key":"a.zip","status":"pending"}`)
	}))
	defer s.Close()
	c, err := New(Options{URL: s.URL, Token: secret, PerMinute: -1, StallTimeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	body := &slowly{lends: lends{data: make([]byte, 1000), piece: 100, end: io.EOF}, left: 20}
	if err := c.Put(t.Context(), "1", "a.zip", 1000, body); err != nil {
		t.Errorf("the upload ended with %v", err)
	}
}

package wire

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, o Options, address string) (*http.Response, error) {
	t.Helper()
	c, err := Client(o)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Get(address)
	if err == nil {
		resp.Body.Close()
	}
	return resp, err
}

func TestCertificatesAreVerified(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	s.Config.ErrorLog = nil
	if _, err := get(t, Options{}, s.URL); err == nil {
		t.Error("an unknown certificate is taken")
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600)
	if _, err := get(t, Options{CAFile: ca}, s.URL); err != nil {
		t.Errorf("the lab's own CA is not taken: %v", err)
	}
}

// TestRedirectsAreNotFollowed: Go would send the address with the session in it
// as Referer, and headers to subdomains.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer s.Close()
	resp, err := get(t, Options{}, s.URL+"?sessionID=secret")
	if err != nil || resp.StatusCode != http.StatusFound || asked != 0 {
		t.Errorf("status %v, %v, the other server was asked %d times", resp.StatusCode, err, asked)
	}
}

func TestOneConnectionSpeaksHTTP1WithoutCookiesAndCompression(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		if r.ProtoMajor != 1 || len(r.Cookies()) > 0 || r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("%s, cookies %v, %v", r.Proto, r.Cookies(), r.Header)
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600)
	c, err := Client(Options{CAFile: ca})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		resp, err := c.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
}

func TestMistakes(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	os.WriteFile(empty, nil, 0o600)
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{CAFile: "/nowhere"}, "no such file"},
		{Options{CAFile: empty}, "no PEM certificate"},
		{Options{Proxy: "proxy:1 2"}, "not an address"},
		{Options{Proxy: "http://user:secret@[bad"}, "not an address"},
		{Options{Proxy: "ftp://user:secret@proxy"}, "not an address"},
		{Options{Proxy: "http://"}, "not an address"},
	} {
		if _, err := Client(c.o); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

// The idle connections that are kept, and how long is waited for a handshake.
func TestWhatAClientKeeps(t *testing.T) {
	for most, want := range map[int]int{0: 16, 1: 1, 40: 40} {
		c, err := Client(Options{MaxConns: most})
		if err != nil {
			t.Fatal(err)
		}
		tr, ok := c.Transport.(*http.Transport)
		if !ok || tr.MaxIdleConnsPerHost != want || tr.TLSHandshakeTimeout != 30*time.Second || tr.IdleConnTimeout != 50*time.Second ||
			tr.MaxResponseHeaderBytes != 256<<10 || c.Timeout != 0 {
			t.Errorf("%d: %+v", most, tr)
		}
	}
}

// An authority that is given comes beside those of the system.
func TestAnAuthorityComesBesideTheSystems(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, own, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Client(Options{CAFile: path})
	if err != nil {
		t.Fatal(err)
	}
	system, err := x509.SystemCertPool()
	if err != nil || system.Equal(x509.NewCertPool()) {
		t.Skip("the system has no authorities")
	}
	pool := c.Transport.(*http.Transport).TLSClientConfig.RootCAs
	if system.Equal(pool) {
		t.Error("the one given is not among them")
	}
	system.AppendCertsFromPEM(own)
	if !system.Equal(pool) {
		t.Error("those of the system are not among them")
	}
}

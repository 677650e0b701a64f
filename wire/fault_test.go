package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// certified starts a server with a certificate of its own, and returns its
// address and the file that holds the certificate.
func certified(t *testing.T, change func(*x509.Certificate)) (address, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(c)
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, ca
}

func TestWhyACertificateIsNotTrusted(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*x509.Certificate)
		trusted bool
		want    string
	}{
		"of an unknown authority": {func(*x509.Certificate) {}, false, "an authority that this computer does not know"},
		"good":                    {func(*x509.Certificate) {}, true, ""},
		"of another name": {func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} }, true,
			"for another name than 127.0.0.1"},
		"expired": {func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, true, "expired or is not valid yet"},
		"not for servers": {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, true,
			"no good certificate of a server"},
	} {
		address, ca := certified(t, c.change)
		o := Options{}
		if c.trusted {
			o.CAFile = ca
		}
		_, err := get(t, o, address)
		lasting := Lasting(err)
		switch {
		case c.want == "":
			if err != nil || lasting != nil {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.Is(lasting, ErrCertificate) || !strings.Contains(lasting.Error(), c.want) || Transient(lasting):
			t.Errorf("%s: %v (from %v)", name, lasting, err)
		}
	}
}

// TestAProxyThatRefuses is told apart from the server behind it.
func TestAProxyThatRefuses(t *testing.T) {
	for status, want := range map[int]string{
		407: "it wants a user and password (HTTP 407 Proxy Authentication Required)", 403: ": HTTP 403 Forbidden", 502: ": HTTP 502 Bad Gateway",
		500: ": HTTP 500 Internal Server Error", 429: ": HTTP 429 Too Many Requests", 408: ": HTTP 408 Request Timeout",
	} {
		p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }))
		host := strings.TrimPrefix(p.URL, "http://")
		_, err := get(t, Options{Proxy: "http://user:secret@" + host}, "https://lab.example/")
		var refused *ProxyError
		if !errors.As(err, &refused) || refused.Status != status || refused.Proxy != host {
			t.Errorf("%d: %v", status, err)
			continue
		}
		if got := refused.Error(); !strings.HasPrefix(got, "refused by the proxy "+host) || !strings.Contains(got, want) ||
			strings.Contains(err.Error(), "secret") {
			t.Errorf("%d is told as %q", status, got)
		}
		passing := status != 407 && status != 403
		if Transient(err) != passing {
			t.Errorf("%d: transient %v", status, !passing)
		}
		if lasting := Lasting(fmt.Errorf("x: %w", err)); errors.Is(lasting, ErrProxy) == passing {
			t.Errorf("%d: lasting is %v", status, lasting)
		}
		p.Close()
	}
	if got := (&ProxyError{Status: 407}).Error(); !strings.HasPrefix(got, "refused by the proxy: it wants") {
		t.Error(got)
	}
}

func TestAProxyIsUsed(t *testing.T) {
	asked := ""
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Host + " " + r.Header.Get("Proxy-Authorization")
	}))
	defer p.Close()
	if _, err := get(t, Options{Proxy: "user:secret@" + strings.TrimPrefix(p.URL, "http://")}, "http://lab.example/"); err != nil ||
		asked != "lab.example Basic dXNlcjpzZWNyZXQ=" {
		t.Errorf("%v, asked %q", err, asked)
	}
	for address, good := range map[string]bool{
		"proxy.example:3128": true, "socks5://proxy.example:1080": true, "socks5h://p": true, "https://p": true, "http://u:p@p": true,
		"ftp://p": false, "http://": false, "": false, "http://[bad": false,
	} {
		if err := CheckProxy(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestOtherErrorsMayPass(t *testing.T) {
	_, err := get(t, Options{}, "http://127.0.0.1:1/")
	if err == nil || Lasting(err) != nil || Lasting(nil) != nil {
		t.Errorf("%v is lasting", err)
	}
}

func TestTheTransportSpeaksPlainly(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for want, err := range map[string]error{
		"there is no server of the name lab.example": dial(&net.DNSError{Err: "no such host", Name: "lab.example", IsNotFound: true}),
		"no server answers at this address":          fmt.Errorf("once more: %w", dial(os.NewSyscallError("connect", syscall.ECONNREFUSED))),
		"unexpected EOF":                             io.ErrUnexpectedEOF,
	} {
		if got := Said(err); got != want {
			t.Errorf("%v is said as %q", err, got)
		}
	}
}

// A proxy that refuses an unencrypted request answers in the server's place; without
// a proxy the same answer is the server's, and so are all others.
func TestAProxyThatRefusesInPlaceOfTheServer(t *testing.T) {
	for name, c := range map[string]struct {
		proxy, address string
		status         int
		refused        bool
	}{
		"403":          {"http://proxy.example:3128", "http://lab.example", 403, true},
		"407":          {"http://proxy.example:3128", "http://lab.example", 407, true},
		"404":          {"http://proxy.example:3128", "http://lab.example", 404, false},
		"encrypted":    {"http://proxy.example:3128", "https://lab.example", 403, false},
		"no proxy":     {"", "http://lab.example", 403, false},
		"no transport": {"-", "http://lab.example", 403, false},
	} {
		hc := &http.Client{}
		if c.proxy != "-" {
			tr := &http.Transport{}
			if c.proxy != "" {
				u, err := url.Parse(c.proxy)
				if err != nil {
					t.Fatal(err)
				}
				tr.Proxy = http.ProxyURL(u)
			}
			hc.Transport = tr
		}
		r := &http.Response{StatusCode: c.status, Request: httptest.NewRequest(http.MethodGet, c.address, nil)}
		err := RefusedByProxy(hc, r)
		if errors.Is(err, ErrProxy) != c.refused || c.refused && !strings.Contains(err.Error(), "proxy.example:3128") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// ErrCertificate is wrapped where a server's certificate is not trusted: signed by
// an unknown CA, for another name, or out of date.
var ErrCertificate = errors.New("certificate not trusted")

// ErrProxy is wrapped where a proxy refused, and not the server behind it.
var ErrProxy = errors.New("refused by the proxy")

// ProxyError is the refusal of a proxy to connect us.
type ProxyError struct {
	Proxy  string // host and port; "" where only the status told that it was one
	Status int    // HTTP
}

// Error says which proxy refused, and how.
func (p *ProxyError) Error() string {
	name := ""
	if p.Proxy != "" {
		name = " " + p.Proxy
	}
	text := strings.TrimSpace(fmt.Sprintf("HTTP %d %s", p.Status, http.StatusText(p.Status)))
	if p.Status == http.StatusProxyAuthRequired {
		return fmt.Sprintf("%v%s: it wants a user and password (%s)", ErrProxy, name, text)
	}
	return fmt.Sprintf("%v%s: %s", ErrProxy, name, text)
}

// Unwrap returns ErrProxy.
func (p *ProxyError) Unwrap() error { return ErrProxy }

// Transient reports a proxy that could not reach the server, or not now.
func (p *ProxyError) Transient() bool {
	return PassingStatus(p.Status)
}

// PassingStatus reports an HTTP status that says nothing of the request: the server
// can't answer it now.
func PassingStatus(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly:
		return true
	}
	return status >= 500
}

// RefusedByProxy is the refusal that a proxy gave to an unencrypted request in place
// of the server's answer, nil for any other answer: openBIS words its refusals in
// answers with other statuses. An encrypted request is refused while it connects.
func RefusedByProxy(c *http.Client, r *http.Response) error {
	t, ok := c.Transport.(*http.Transport)
	if !ok || t.Proxy == nil || r.Request == nil || r.Request.URL.Scheme != "http" ||
		r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusProxyAuthRequired {
		return nil
	}
	proxy, err := t.Proxy(r.Request)
	if err != nil || proxy == nil {
		return nil
	}
	return &ProxyError{Proxy: hostPort(proxy), Status: r.StatusCode}
}

// Lasting picks out of an error of the transport what a second try would meet
// again: a certificate that is not trusted (ErrCertificate), a proxy's refusal
// (ErrProxy). nil for anything else.
func Lasting(err error) error {
	var proxy *ProxyError
	if errors.As(err, &proxy) && !proxy.Transient() {
		return proxy
	}
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	why := ""
	switch {
	case errors.As(err, &authority):
		why = "it is signed by an authority that this computer does not know"
	case errors.As(err, &name):
		why = "it is for another name than " + name.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		why = "it has expired or is not valid yet"
	case errors.As(err, &invalid), errors.As(err, &verification):
		why = "it is no good certificate of a server"
	default:
		return nil
	}
	return &certificateError{why, err}
}

// Said is the text of an error of the transport: in plain words where nothing is
// known but that there is no such server, or that none answers.
func Said(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no server of the name " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		return "no server answers at this address"
	}
	return err.Error()
}

// certificateError is ErrCertificate with its reason.
type certificateError struct {
	why   string
	cause error
}

func (c *certificateError) Error() string { return ErrCertificate.Error() + ": " + c.why }

// Unwrap returns ErrCertificate and what crypto/x509 or crypto/tls say.
func (c *certificateError) Unwrap() []error { return []error{ErrCertificate, c.cause} }

// proxyURL reads the address of a proxy; http is assumed. It may hold a user
// and password, so no error repeats it.
func proxyURL(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err == nil && u.Hostname() != "" {
		switch u.Scheme {
		case "http", "https", "socks5", "socks5h":
			return u, nil
		}
	}
	return nil, errors.New("the proxy is not an address such as http://proxy.example:3128")
}

// CheckProxy reports whether an address can be that of a proxy.
func CheckProxy(s string) error {
	_, err := proxyURL(s)
	return err
}

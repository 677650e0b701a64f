// Package wire builds the HTTP clients that both services are reached through:
// verified TLS with an extra CA, proxies, HTTP/1.1, no cookies, and redirects
// that never carry a secret to another host.
package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Options says how a server is reached. The zero value verifies with the
// system's CAs and takes the proxy from the environment.
type Options struct {
	CAFile   string // PEM file with CAs trusted besides the system's; "" for none
	Proxy    string // address of a proxy; "" takes it from the environment
	MaxConns int    // idle connections kept for each host; 0 means 16
}

// ErrRedirect is wrapped by every request that was answered with a redirect
// where none is followed.
var ErrRedirect = errors.New("redirect refused")

// Client returns an HTTP client without an overall timeout: give each call a
// context. It keeps no cookies, speaks HTTP/1.1 only, never asks for
// compression by itself, and follows no redirects (Go would send the whole
// address, a session included, as Referer).
func Client(o Options) (*http.Client, error) {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    30 * time.Second,
		IdleConnTimeout:        50 * time.Second,
		MaxIdleConnsPerHost:    o.MaxConns,
		DisableCompression:     true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		MaxResponseHeaderBytes: 256 << 10,
	}
	if o.MaxConns == 0 {
		t.MaxIdleConnsPerHost = 16
	}
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, r *http.Response) error {
		if r.StatusCode == http.StatusOK {
			return nil
		}
		return &ProxyError{Proxy: hostPort(proxy), Status: r.StatusCode}
	}
	if o.Proxy != "" {
		u, err := proxyURL(o.Proxy)
		if err != nil {
			return nil, err
		}
		t.Proxy = http.ProxyURL(u)
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read CA file: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("CA file %s holds no PEM certificate", o.CAFile)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return &http.Client{
		Transport: t,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}, nil
}

// Package zenodo speaks the records API of InvenioRDM as Zenodo runs it: drafts,
// their files and DOI, communities, vocabularies and published records
// (docs/zenodo-api.md). It never publishes: that is done by a person in the browser.
package zenodo

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zenobis/wire"
)

// Options says which server is spoken to and how. Only URL is needed.
type Options struct {
	URL       string // of the site; a path is ignored; https:// is assumed
	Token     string // personal access token; "" reaches only what is public
	Kind      Kind   // "" derives it from the host
	HTTP      *http.Client
	UserAgent string // "zenobis/VERSION (...)"; libraries' names are rate-limited (docs/zenodo-api.md, Manners)
	Log       *slog.Logger
	Limits    Limits // what differs from the kind's limits; zero members take those

	// Retry repeats calls that only read; until the server has answered for the
	// first time, as on first contact. Nil repeats nothing. What changes
	// something is repeated by the caller, who looks before.
	Retry *wire.Retry

	// OnWait is told of every wait for the server's request budget before it begins.
	OnWait func(d time.Duration, why string)

	Clock     func() time.Time                                 // default time.Now
	Sleep     func(ctx context.Context, d time.Duration) error // default waits for d or the context
	Rand      func() float64                                   // in [0,1), spreads what many clients do; default random
	PerMinute int                                              // requests; 0 means 100, negative no own limit

	CallTimeout   time.Duration // of a reading call; 0 means 1 minute
	StallTimeout  time.Duration // of an upload without a byte while bytes remain; 0 means 2 minutes
	AnswerTimeout time.Duration // after the last byte, and of calls that wait for storage; 0 means 15 minutes

	// AllowHTTP lets the token travel unencrypted to a host that is not this computer.
	AllowHTTP bool
}

// Client talks to one server. It may be used concurrently, but a draft takes
// one Put at a time (docs/zenodo-api.md, At the same time).
type Client struct {
	o       Options
	base    *url.URL
	http    *http.Client // ordinary calls
	upload  *http.Client // content of files
	foreign *http.Client // storage that the server redirects to; never sees the token
	budget  *budget

	answered atomic.Bool // the server has

	mu    sync.Mutex
	types map[string]bool // description types of the server, looked up once
}

// New returns a client; it does not touch the network.
func New(o Options) (*Client, error) {
	base, err := wire.ParseAddress(o.URL)
	if err != nil {
		return nil, fmt.Errorf("the Zenodo address %w", err)
	}
	base.Path = ""
	o.Token = wire.Token(o.Token)
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, errors.New("the Zenodo token holds characters that no token has")
	}
	if err := wire.Plain(base); err != nil && o.Token != "" && !o.AllowHTTP {
		return nil, fmt.Errorf("use https: %w", err)
	}
	if o.Kind == "" {
		o.Kind = Kind(wire.Flavour(base.Host))
	}
	if o.UserAgent == "" {
		o.UserAgent = "zenobis/0 (openBIS to Zenodo export)"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = wire.Sleep
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.OnWait == nil {
		o.OnWait = func(time.Duration, string) {}
	}
	o.CallTimeout = cmp.Or(o.CallTimeout, time.Minute)
	o.StallTimeout = cmp.Or(o.StallTimeout, 2*time.Minute)
	o.AnswerTimeout = cmp.Or(o.AnswerTimeout, 15*time.Minute)
	hc := o.HTTP
	if hc == nil || hc.Transport == nil {
		if hc, err = wire.Client(wire.Options{}); err != nil {
			return nil, fmt.Errorf("reach %s: %w", base, err)
		}
	}
	c := &Client{o: o, base: base, budget: newBudget(o)}
	c.http, c.upload, c.foreign = clients(hc)
	return c, nil
}

// URL is the site's address without a trailing slash.
func (c *Client) URL() string { return c.base.String() }

// Kind is the flavour of the instance.
func (c *Client) Kind() Kind { return c.o.Kind }

// HasToken reports whether calls carry a token; what is public is answered without.
func (c *Client) HasToken() bool { return c.o.Token != "" }

// Scopes are those that a token needs, in words.
const Scopes = "deposit:write and deposit:actions"

// TokenURL is the page where a token is made; its form cannot be prefilled
// (docs/zenodo-api.md, Making a token).
func (c *Client) TokenURL() string {
	return c.base.String() + "/account/settings/applications/tokens/new/"
}

// Limits are what a record may hold by default (docs/zenodo-api.md, Limits and
// names). No answer tells the real quota; a refusal is the truth.
func (c *Client) Limits() Limits {
	l := Limits{Bytes: 50e9, Files: 100}
	if c.o.Kind == KindInvenioRDM {
		l.Bytes = 10e9
	}
	if c.o.Limits.Bytes > 0 {
		l.Bytes = c.o.Limits.Bytes
	}
	if c.o.Limits.Files > 0 {
		l.Files = c.o.Limits.Files
	}
	return l
}

// CloseIdle closes the connections that no call uses.
func (c *Client) CloseIdle() {
	for _, hc := range []*http.Client{c.http, c.upload, c.foreign} {
		hc.CloseIdleConnections()
	}
}

// clients derives the three ways of reaching the server from one. None follows
// redirects or keeps cookies: a cookie without a valid token turns a plain
// refusal into a CSRF error (docs/zenodo-api.md, Sending the token).
func clients(hc *http.Client) (api, upload, foreign *http.Client) {
	plain := func(rt http.RoundTripper) *http.Client {
		return &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}}
	}
	t, ok := hc.Transport.(*http.Transport)
	if !ok {
		return plain(hc.Transport), plain(hc.Transport), plain(hc.Transport)
	}
	a := t.Clone()
	// Zenodo's front closes idle connections after 5 s. A POST on such a
	// connection would end without anybody knowing whether it was carried out.
	if a.IdleConnTimeout == 0 || a.IdleConnTimeout > 4*time.Second {
		a.IdleConnTimeout = 4 * time.Second
	}
	u := t.Clone()
	u.MaxIdleConnsPerHost = -1 // a body that can't be sent twice gets a fresh connection
	u.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	u.ForceAttemptHTTP2 = false
	dial := u.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	}
	u.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return newPatientConn(conn), nil
	}
	if u.DialTLSContext == nil {
		u.DialTLSContext = secure(u, dial) // without a proxy; through one, the transport's own
	}
	return plain(a), plain(u), plain(a)
}

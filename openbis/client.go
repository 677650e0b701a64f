// Package openbis is a client of the openBIS V3 API: session, browsing, files,
// pictures, settings and publications. What it knows of the server follows the
// API as docs/openbis-api.md describes it.
package openbis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zenobis/safetext"
	"zenobis/wire"
)

// Options say where an openBIS is and how it is reached.
type Options struct {
	URL       string       // of the application server, as in a browser; https unless it says http
	HTTP      *http.Client // from wire.Client; nil for one with its defaults
	UserAgent string
	// DataStores says where a data store is reached, by its code, instead of
	// at the address that openBIS announces. It needs no consent.
	DataStores map[string]string
	// AllowStore consents to a data store on another host, or without TLS where
	// openBIS itself has it. Nil consents to none. Called from any goroutine.
	AllowStore func(DataStore) bool
	// AllowHTTP lets passwords, tokens and data travel unencrypted to openBIS and
	// its data stores on other computers. Else such an address is wire.ErrPlain.
	AllowHTTP bool
	// Retry repeats every call that may be carried out twice; until the
	// application server has answered for the first time, as on first contact.
	// Nil repeats nothing. Downloads are repeated by who reads them.
	Retry *wire.Retry
	// Renew opens the session again, by Login or UseToken on this client, after
	// the server said that it has ended; the call is then repeated. Nil, or an
	// error: the call ends with ErrSession. It is called once at a time.
	Renew func(ctx context.Context) error
	// Keep is how long pages of Below with details are remembered, compressed, for
	// as long as openBIS says that nothing has changed. 0: not at all.
	Keep time.Duration
	// Brief says that the client is used for one thing that follows at once, such as
	// a plan: what openBIS said half a minute ago is good without asking whether it
	// still is, and nothing is remembered for longer.
	Brief bool
	Now   func() time.Time // nil means time.Now
	Log   *slog.Logger     // nil for none; never gets parameters or secrets
}

// Client talks to one openBIS as one user. Safe for concurrent use.
type Client struct {
	o      Options
	base   *url.URL // without /openbis and without slash at the end
	http   *http.Client
	log    *slog.Logger
	limits limits
	id     atomic.Int64
	sort   atomic.Int32 // index into sortFallbacks that this server takes

	keep     keptPages
	recent   recent
	answered atomic.Bool   // the application server has, as openBIS
	renewing chan struct{} // holds who renews the session
	calls    chan struct{} // holds the calls that the application server is working on, but for
	pages    chan struct{} // those that ask for pages of entities
	listings chan struct{} // holds those that data stores are working on
	reading  chan struct{} // holds who reads an answer that is there

	mu      sync.RWMutex // guards what follows
	token   string
	session Session
	epoch   int64 // counts the sessions

	projectObjects *bool // what the server said of objects in projects; nil before it was asked
}

// callsAtOnce are how many calls are made at the same time: pages of entities, listings
// of the data stores, and, so that they never wait for such, all others. More gain
// nothing (docs/openbis-api.md, Cost).
const callsAtOnce = 4

// limits bound what an answer may make us hold. They are far above what any
// page needs; listings of files are not held and so not limited.
type limits struct {
	bytes  int64         // of a decoded answer
	values int           // objects, lists and scalars kept of an answer
	depth  int           // of nesting
	item   int64         // bytes of one entry of a listing
	answer time.Duration // until the headers of an answer
	stall  time.Duration // without a byte
}

// errTooBig says that an answer is beyond the limits; smaller pages may help.
var errTooBig = errors.New("answer too big")

// New makes a client. It does no network and opens no session.
func New(o Options) (*Client, error) {
	base, err := normalise(o.URL)
	if err != nil {
		return nil, fmt.Errorf("the address of openBIS %w", err)
	}
	c := &Client{o: o, base: base, log: o.Log, limits: limits{
		bytes: 128 << 20, values: 3_000_000, depth: 100, item: 1 << 20,
		answer: 5 * time.Minute, stall: 2 * time.Minute,
	}, renewing: make(chan struct{}, 1), calls: make(chan struct{}, callsAtOnce), pages: make(chan struct{}, callsAtOnce),
		listings: make(chan struct{}, callsAtOnce)}
	c.reading = make(chan struct{}, 1)
	if c.o.Now == nil {
		c.o.Now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	given := o.HTTP
	if given == nil {
		if given, err = wire.Client(wire.Options{}); err != nil {
			return nil, fmt.Errorf("openBIS client: %w", err)
		}
	}
	// A session must follow no redirect and get into no cookie jar, whatever
	// client was handed in.
	own := *given
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &own
	for code, address := range o.DataStores {
		if _, err := storeURL(address); err != nil {
			return nil, fmt.Errorf("address of data store %s: %w", safetext.Line(code), err)
		}
	}
	return c, nil
}

// URL is the normalised address of the server, without slash at the end.
func (c *Client) URL() string { return c.base.String() }

// normalise makes the address of a server from what a person copies from the
// browser: "lab.example", "https://lab.example/openbis/webapp/eln-lims/?x=y".
func normalise(s string) (*url.URL, error) {
	u, err := wire.ParseAddress(s)
	if err != nil {
		return nil, err
	}
	if i := strings.Index(u.Path+"/", "/openbis/"); i >= 0 {
		u.Path = strings.TrimRight(u.Path[:i], "/")
	}
	return u, nil
}

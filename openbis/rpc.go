package openbis

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"zenobis/wire"
)

const (
	asPath  = "/openbis/openbis/rmi-application-server-v3.json"
	dssPath = "/datastore_server/rmi-data-store-server-v3.json"
)

// request is one call of the API.
type request struct {
	url     string
	method  string
	params  []any
	secrets []string // must not stand in an error
	once    bool     // carried out twice it would do it twice: never repeated
	store   bool     // asked of a data store
	// result reads the value of "result" as a stream; nil keeps it as a graph.
	result func(*json.Decoder, *meter) error
	over   func() // the server has answered: another call may begin
}

// call asks the application server for method as the logged-in user; the
// token is put before params.
func (c *Client) call(ctx context.Context, method string, params ...any) (*graph, error) {
	return c.inSession(ctx, request{url: c.base.String() + asPath, method: method, params: params})
}

// create is call for what must not be carried out twice: it is never repeated.
func (c *Client) create(ctx context.Context, method string, params ...any) (*graph, error) {
	return c.inSession(ctx, request{url: c.base.String() + asPath, method: method, params: params, once: true})
}

// inSession makes a request whose first parameter is the token.
func (c *Client) inSession(ctx context.Context, q request) (g *graph, err error) {
	err = c.repeat(ctx, q, func(ctx context.Context) error {
		return c.withSession(ctx, func(token string) error {
			own := q
			own.params = append([]any{token}, q.params...)
			own.secrets = append([]string{token}, q.secrets...)
			g, err = c.send(ctx, own)
			return err
		})
	})
	return g, err
}

// do makes a request that needs no session, or brings its own token.
func (c *Client) do(ctx context.Context, q request) (g *graph, err error) {
	err = c.repeat(ctx, q, func(ctx context.Context) error {
		g, err = c.send(ctx, q)
		return err
	})
	return g, err
}

// send sends one request, once, and reads its answer.
func (c *Client) send(ctx context.Context, q request) (*graph, error) {
	// An id is always sent: without one the method runs and nothing comes back
	// (docs/openbis-api.md, Envelope and errors).
	id := strconv.FormatInt(c.id.Add(1), 10)
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": q.method, "params": q.params})
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	slots := c.calls
	switch {
	case q.store:
		slots = c.listings
	case ofPages(q.method):
		slots = c.pages
	}
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	q.over = sync.OnceFunc(func() { <-slots })
	defer q.over()
	guarded, guard := wire.NewGuard(ctx)
	guard.Expect(c.limits.answer, "no answer")
	defer guard.Stop()
	r, err := http.NewRequestWithContext(guarded, http.MethodPost, q.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("address cannot be used")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json-rpc, application/json")
	r.Header.Set("Accept-Encoding", "gzip")
	c.agent(r)
	began := c.o.Now()
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(ctx, guard.Err(err), q.secrets)
	}
	defer answer.Body.Close()
	if err := wire.RefusedByProxy(c.http, answer); err != nil {
		return nil, err
	}
	g, err := c.read(ctx, answer, id, q, guard)
	var refused *Refusal
	if !q.store && (err == nil || errors.As(err, &refused)) {
		c.answered.Store(true)
	}
	c.log.DebugContext(
		ctx,
		"openbis call",
		"method",
		q.method,
		"status",
		answer.StatusCode,
		"ms",
		c.o.Now().Sub(began).Milliseconds(),
		"ok",
		err == nil,
	)
	return g, err
}

func (c *Client) agent(r *http.Request) {
	if c.o.UserAgent != "" {
		r.Header.Set("User-Agent", c.o.UserAgent)
	}
}

// ofPages reports whether a method answers pages of entities, which take the server as
// long as a dozen other answers.
func ofPages(method string) bool {
	switch method {
	case "searchExperiments", "searchSamples", "searchDataSets":
		return true
	}
	return false
}

// read reads the envelope. The HTTP status says little: openBIS answers its own
// errors with 200, and JSON-RPC errors with 404 or 500 (docs/openbis-api.md,
// Envelope and errors).
func (c *Client) read(ctx context.Context, r *http.Response, id string, q request, guard *wire.Guard) (*graph, error) {
	m := &meter{r: guard.Reader(r.Body, c.limits.stall), left: c.limits.bytes}
	if q.result == nil {
		var next func()
		var err error
		if m.r, next, err = c.taken(ctx, m.r, q.over); err != nil {
			return nil, c.broken(ctx, guard.Err(err), r, q, m)
		}
		defer next()
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(m.r)
		if err != nil {
			return nil, c.broken(ctx, guard.Err(err), r, q, m)
		}
		m.r = z
	}
	if q.result != nil {
		m.left = c.limits.item
	}
	if r.StatusCode >= 300 && r.StatusCode < 400 {
		return nil, c.badStatus(r, q.store || c.answered.Load())
	}
	dec := json.NewDecoder(m)
	dec.UseNumber()
	e := envelope{c: c, q: q, m: m}
	if err := e.read(dec); err != nil {
		if !e.begun && errors.Is(err, errShape) { // null, a number, a text: a front server's way to say something
			return nil, c.badStatus(r, q.store || c.answered.Load())
		}
		return nil, c.broken(ctx, guard.Err(err), r, q, m)
	}
	switch {
	case e.fault != nil:
		return nil, refusal(q.method, *e.fault, q.secrets)
	case !e.hasResult:
		return nil, c.badStatus(r, q.store || c.answered.Load())
	case e.id != id:
		return nil, fmt.Errorf("%w: it answered another request (is there a cache in between?)", ErrNotOpenBIS)
	}
	return e.graph, nil
}

// taken reads an answer as it comes, compressed as a rule, and waits until it may be
// read in earnest: one at a time, as what is made of it takes a hundred times the
// memory while it is made. What is bigger than most is not waited for. over is called
// once all of it is there.
func (c *Client) taken(ctx context.Context, r io.Reader, over func()) (io.Reader, func(), error) {
	var b bytes.Buffer
	switch n, err := io.CopyN(&b, r, mostTaken); {
	case err == nil:
		return io.MultiReader(&b, r), func() {}, nil
	case !errors.Is(err, io.EOF) || n == mostTaken:
		return nil, nil, err
	}
	over()
	select {
	case c.reading <- struct{}{}:
		return &b, func() { <-c.reading }, nil
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
}

// mostTaken are the bytes of an answer that are held until it may be read.
const mostTaken = 4 << 20

// broken words an answer that could not be read to its end.
func (c *Client) broken(ctx context.Context, err error, r *http.Response, q request, m *meter) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var stop *stopError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &stop):
		return stop.err
	case errors.Is(err, errTooBig), errors.Is(err, errShape):
		return err
	case errors.As(err, &kind):
		return errShape
	case errors.As(err, &syntax), errors.Is(err, io.EOF) && !m.any:
		return c.badStatus(r, q.store || c.answered.Load()) // no JSON, or nothing at all
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return c.unreachable(ctx, fmt.Errorf("the answer broke off: %w", err), q.secrets)
}

// errShape says that an answer is JSON but not what the method answers.
var errShape = fmt.Errorf("%w: unexpected answer", ErrNotOpenBIS)

// stopError carries an error of our own out of the reading of an answer.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }

// envelope is the answer of JSON-RPC while it is read.
type envelope struct {
	c         *Client
	q         request
	m         *meter
	id        string
	begun     bool // it is an object
	fault     *rpcError
	graph     *graph
	hasResult bool
}

func (e *envelope) read(dec *json.Decoder) error {
	if err := open(dec, '{'); err != nil {
		return err
	}
	e.begun = true
	return members(dec, func(key json.Token) (err error) {
		switch key {
		case "id":
			var v any
			if err = dec.Decode(&v); err == nil {
				e.id = fmt.Sprint(v)
			}
		case "error":
			e.m.allow(e.c.limits.bytes) // stack traces
			err = dec.Decode(&e.fault)
		case "result":
			e.hasResult = true
			if e.q.result != nil {
				err = e.q.result(dec, e.m)
			} else {
				e.graph, err = parse(dec, e.c.limits)
			}
		default:
			err = skip(dec)
		}
		return err
	})
}

// members goes through an object behind its bracket; each reads the value of a key.
func members(dec *json.Decoder, each func(key json.Token) error) error {
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if err := each(key); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// open takes the opening delimiter.
func open(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return errShape
	}
	return nil
}

func skip(dec *json.Decoder) error {
	var raw json.RawMessage
	return dec.Decode(&raw)
}

// meter bounds what may still be read. It is topped up by who consumes.
type meter struct {
	r    io.Reader
	left int64
	any  bool // something came
}

func (m *meter) allow(n int64) { m.left = n }

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooBig
	}
	// The decoder reads ahead in its own steps; a bound that is exceeded by
	// one of them is still a bound.
	n, err := m.r.Read(p)
	m.left -= int64(n)
	m.any = m.any || n > 0
	return n, err
}

package zenodo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zenobis/wire"
)

// The media types of the API. Drafts and records are asked for in the native one;
// on Zenodo application/json is a legacy form without errors and pids. The files
// of published records know application/json only (docs/zenodo-api.md, Media
// types).
const (
	nativeType = "application/vnd.inveniordm.v1+json"
	jsonType   = "application/json"
	bytesType  = "application/octet-stream"
)

// Sizes of answers that are read; what is longer is no answer of the API.
const (
	maxAnswer = 32 << 20
	maxError  = 64 << 10
	maxHops   = 3
	maxTries  = 4 // of a call that is told to come back later
)

// call is one request of the API.
type call struct {
	op      string // for errors, such as "create draft"
	method  string
	path    string // encoded, from /api on
	query   url.Values
	accept  string // default nativeType
	body    any    // sent as JSON; nil for none
	class   class
	ifMatch int           // revision; a bare number, the quoted form is refused (docs/zenodo-api.md, Headers)
	timeout time.Duration // default CallTimeout
	follow  bool          // redirects within this server
	has     string        // member without which what a reading call got is no answer; "" for any
}

// answer is a good answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do carries a call out. What only reads is repeated by the policy; "come back
// later" (429) is obeyed for all: such a request was not carried out.
func (c *Client) do(ctx context.Context, k call) (a answer, err error) {
	var body []byte
	if k.body != nil {
		if body, err = json.Marshal(k.body); err != nil {
			return answer{}, fmt.Errorf("%s: %w", k.op, err)
		}
	}
	err = c.repeat(ctx, k, func(ctx context.Context) error {
		a, err = c.follow(ctx, k, body)
		return err
	})
	return a, err
}

// repeat carries a reading call out by the policy of repetition. Until the server
// has answered once the address may be wrong, which is told soon.
func (c *Client) repeat(ctx context.Context, k call, f func(ctx context.Context) error) error {
	if c.o.Retry == nil || k.method != http.MethodGet {
		return f(ctx)
	}
	r := *c.o.Retry
	r.Server, r.Call = c.base.Host, kindOfPath(k.path)
	if !c.answered.Load() {
		r = r.FirstContact()
	}
	if wire.HasPatience(ctx) {
		ctx = until(ctx, c.o.Clock().Add(wire.Patience))
	}
	return r.Do(ctx, k.op, f)
}

// limitKey is of the moment up to which the request window is waited for.
type limitKey struct{}

// until is ctx for calls that wait for the request window up to a moment alone.
func until(ctx context.Context, limit time.Time) context.Context {
	return context.WithValue(ctx, limitKey{}, limit)
}

// waitsUntil is that moment; false where there is none.
func waitsUntil(ctx context.Context) (time.Time, bool) {
	limit, ok := ctx.Value(limitKey{}).(time.Time)
	return limit, ok
}

// kindOfPath is a path without the id in it: "/api/records/*/draft".
func kindOfPath(path string) string {
	parts := strings.Split(path, "/")
	id := 3
	if len(parts) > id && parts[2] == "vocabularies" {
		id++
	}
	if len(parts) > id {
		parts[id] = "*"
	}
	return strings.Join(parts, "/")
}

// later repeats a request that the server put off. The budget has noted for how
// long, and waits before the next one.
func (c *Client) later() wire.Retry {
	return wire.Retry{
		Tries: maxTries, Patience: -1, Now: c.o.Clock,
		Sleep:  func(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) },
		Repeat: func(err error) bool { return errors.Is(err, ErrRate) },
	}
}

// follow sends a request, also to where the server sends us for it.
func (c *Client) follow(ctx context.Context, k call, body []byte) (answer, error) {
	target := *c.base
	setPath(&target, k.path)
	target.RawQuery = k.query.Encode()
	for hops := 0; ; hops++ {
		var a answer
		var next string
		later := c.later()
		if _, limited := waitsUntil(ctx); limited { // repeated by who set the limit
			later.Tries = 1
		}
		err := later.Do(ctx, k.op, func(ctx context.Context) (err error) {
			a, next, err = c.once(ctx, k, &target, body)
			return err
		})
		var refused *APIError
		if errors.As(err, &refused) && refused.Status != 0 && refused.Status != http.StatusOK {
			return a, c.doubt(ctx, k.path, refused)
		}
		if err != nil || next == "" {
			return a, err
		}
		to, err := target.Parse(next)
		if err != nil || !k.follow || hops == maxHops || !c.ours(to) {
			return answer{}, c.redirected(k.op, a.status, to)
		}
		target = *to
	}
}

// doubt looks whose fault a "Permission denied." is: the server says it to a bad
// token and to a good one for somebody else's draft alike (docs/zenodo-api.md,
// Refusals).
func (c *Client) doubt(ctx context.Context, path string, e *APIError) *APIError {
	if errors.Is(e, ErrToken) && e.Status == http.StatusForbidden && c.o.Token != "" && path != tokenPath && c.CheckToken(ctx) == nil {
		e.Kind = ErrDenied
	}
	return e
}

// once sends one request; next is where a redirect points to.
func (c *Client) once(ctx context.Context, k call, to *url.URL, body []byte) (a answer, next string, err error) {
	pass, err := c.budget.wait(ctx, k.class)
	var full *APIError
	if errors.As(err, &full) {
		full.Op = k.op
		return a, "", full
	}
	if err != nil {
		return a, "", fmt.Errorf("%s: %w", k.op, err)
	}
	ctx, guard := wire.NewGuard(ctx)
	defer guard.Stop()
	guard.Expect(cmp.Or(k.timeout, c.o.CallTimeout), "no answer")
	req, err := http.NewRequestWithContext(ctx, k.method, to.String(), nil)
	if err != nil {
		pass.lost()
		return a, "", fmt.Errorf("%s: %w", k.op, errors.New("the address can't be built"))
	}
	c.head(req, k.accept)
	if k.ifMatch > 0 {
		req.Header.Set("If-Match", strconv.Itoa(k.ifMatch))
	}
	if body != nil {
		req.Header.Set("Content-Type", jsonType) // exactly this, no charset (docs/zenodo-api.md, Headers)
		req.ContentLength = int64(len(body))
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	begin := c.o.Clock()
	resp, err := c.http.Do(req)
	if err != nil {
		pass.lost()
		return a, "", c.unreachable(ctx, k.op, err)
	}
	defer resp.Body.Close()
	pass.note(resp)
	c.log(k.op, req, resp, begin)
	a.status, a.header = resp.StatusCode, resp.Header
	resp.Body = guardedBody{guard.Reader(resp.Body, c.o.StallTimeout), resp.Body}
	switch {
	case resp.StatusCode >= 400:
		e := c.refusal(k.op, resp)
		c.unasked(e)
		c.answered.Store(c.answered.Load() || !e.page)
		return a, "", e
	case resp.StatusCode >= 300:
		return a, cmp.Or(resp.Header.Get("Location"), "?"), nil
	}
	if a.body, err = readAll(resp.Body, maxAnswer); err != nil {
		return a, "", c.unreachable(ctx, k.op, err)
	}
	if (len(a.body) > 0 || k.method == http.MethodGet) && !apiJSON(a.body) || k.method == http.MethodGet && !member(a.body, k.has) {
		e := c.notInvenio(k.op, a)
		e.page = true
		if c.answered.Load() { // it is one, so this is a page of its front, as for maintenance, or half an answer
			e.Kind = ErrUnavailable
		}
		return answer{}, "", e
	}
	c.answered.Store(true)
	return a, "", nil
}

// unasked classifies a page in place of a refusal: the API words all of its own in
// JSON (docs/zenodo-api.md, Refusals), so what came is of a server before it and says
// nothing of what was asked. Where the statuses of such servers have a meaning of
// their own they keep it.
func (c *Client) unasked(e *APIError) {
	switch {
	case !e.page, errors.Is(e.Kind, ErrBlocked), errors.Is(e.Kind, ErrBodyLimit), errors.Is(e.Kind, ErrRate), errors.Is(e.Kind, wire.ErrProxy):
	case c.answered.Load():
		e.Kind = ErrUnavailable
	case !errors.Is(e.Kind, ErrUnavailable):
		e.Kind = ErrNotInvenio
	}
}

// apiJSON reports whether a body is one whole object or list, as the API's are.
func apiJSON(body []byte) bool {
	text := bytes.TrimLeft(body, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[') && json.Valid(text)
}

// member reports whether a body is an object with this member: an object of another
// kind is what a server before the API says in JSON.
func member(body []byte, name string) bool {
	if name == "" {
		return true
	}
	var all map[string]json.RawMessage
	return json.Unmarshal(body, &all) == nil && all[name] != nil && string(all[name]) != "null"
}

// json carries a call out and decodes its answer.
func (c *Client) json(ctx context.Context, k call, out any) error {
	a, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := decode(a.body, out); err != nil {
		return c.notInvenio(k.op, a)
	}
	return nil
}

// head sets what every request carries. No cookie is ever among it.
func (c *Client) head(req *http.Request, accept string) {
	req.Header.Set("Accept", cmp.Or(accept, nativeType))
	req.Header.Set("User-Agent", c.o.UserAgent)
	if c.o.Token != "" && c.ours(req.URL) {
		req.Header.Set("Authorization", "Bearer "+c.o.Token)
	}
}

// ours reports whether the address is of the one server that the token is for.
func (c *Client) ours(u *url.URL) bool { return wire.SameServer(u, c.base) }

// log notes a request without its query, headers and body.
func (c *Client) log(op string, req *http.Request, resp *http.Response, begin time.Time) {
	c.o.Log.Debug("zenodo", "op", op, "method", req.Method, "path", req.URL.EscapedPath(), "status", resp.StatusCode,
		"request", short(resp.Header.Get("X-Request-ID"), 64), "remaining", short(resp.Header.Get("X-RateLimit-Remaining"), 16),
		"took", c.o.Clock().Sub(begin).Round(time.Millisecond))
}

// decode reads JSON. A member of an unexpected type loses only itself, as in
// the metadata that somebody else entered.
func decode(data []byte, out any) error {
	err := json.Unmarshal(data, out)
	var odd *json.UnmarshalTypeError
	if errors.As(err, &odd) && odd.Field != "" {
		return nil
	}
	return err
}

// guardedBody is an answer's body that is read under a guard.
type guardedBody struct {
	io.Reader
	io.Closer
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("answer longer than %d bytes", limit)
	}
	return data, err
}

// setPath sets a path that is already encoded.
func setPath(u *url.URL, encoded string) {
	u.RawPath = encoded
	if p, err := url.PathUnescape(encoded); err == nil {
		u.Path = p
	}
}

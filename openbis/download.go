package openbis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"zenobis/human"
	"zenobis/safetext"
	"zenobis/wire"
)

// Download opens a file of a data set. The reader delivers exactly f.Size bytes,
// or an error: ErrShort when the connection ended before. The CRC is the caller's
// to check: a file that grew is cut without a word. openBIS answers errors with
// 200 and a page (docs/openbis-api.md, Downloading files), so only an answer with
// Content-Disposition is a file; other pages become ErrSession, ErrArchived,
// ErrDenied or ErrNoBytes. Nothing for 2 minutes ends it.
func (c *Client) Download(ctx context.Context, store DataStore, dataSet string, f File) (io.ReadCloser, error) {
	op := fmt.Sprintf("download %s of data set %s", safetext.Line(f.Path), dataSet)
	address, err := c.reach(store)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	var body *download
	err = c.withSession(ctx, func(token string) (err error) {
		body, err = c.open(ctx, address, dataSet, f, token)
		return c.aboutTheFile(ctx, token, c.fromTheStore(ctx, address, err))
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	body.op = op
	return body, nil
}

func (c *Client) open(ctx context.Context, address *url.URL, dataSet string, f File, token string) (*download, error) {
	secrets := []string{token}
	// mode=txt makes error pages plain; the bytes of files are the same.
	u := address.String() + "/datastore_server/" + wire.EscapePath(dataSet+"/"+f.Path) +
		"?mode=txt&sessionID=" + url.QueryEscape(token)
	guarded, guard := wire.NewGuard(ctx)
	guard.Expect(c.limits.stall, "no answer")
	r, err := http.NewRequestWithContext(guarded, http.MethodGet, u, nil)
	if err != nil {
		guard.Stop()
		return nil, fmt.Errorf("%w: its name makes no address", ErrBadName)
	}
	// Compressed files come without length, and there is nothing to check then.
	r.Header.Set("Accept-Encoding", "identity")
	c.agent(r)
	answer, err := c.http.Do(r)
	if err != nil {
		err = guard.Err(err)
		guard.Stop()
		if strings.Contains(err.Error(), "malformed MIME header") {
			return nil, fmt.Errorf("%w: its name holds control characters", ErrBadName) // Go refuses the whole header
		}
		return nil, c.unreachable(ctx, err, secrets)
	}
	err = wire.RefusedByProxy(c.http, answer)
	if err == nil {
		err = c.delivered(answer, f, guard, secrets)
	}
	if err != nil {
		answer.Body.Close()
		guard.Stop()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	return &download{
		ctx:     ctx,
		c:       c,
		body:    answer.Body,
		r:       guard.Reader(answer.Body, c.limits.stall),
		guard:   guard,
		left:    f.Size,
		secrets: secrets,
	}, nil
}

// delivered tells a file from everything else. The name in Content-Disposition
// is mangled by the server and never read.
func (c *Client) delivered(r *http.Response, f File, guard *wire.Guard, secrets []string) error {
	switch {
	case r.StatusCode >= 300 && r.StatusCode < 400:
		return foreign{fmt.Errorf("%w: %w to %s", ErrNoBytes, wire.ErrRedirect, target(r))}
	case r.StatusCode == http.StatusProxyAuthRequired:
		return &wire.ProxyError{Status: r.StatusCode}
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		return foreign{fmt.Errorf("%w: HTTP %d", ErrDenied, r.StatusCode)}
	case wire.PassingStatus(r.StatusCode):
		return c.unavailable(r, fmt.Sprintf("HTTP %d %s", r.StatusCode, http.StatusText(r.StatusCode)))
	case r.StatusCode != http.StatusOK:
		return foreign{fmt.Errorf("%w: HTTP %d %s", ErrNoBytes, r.StatusCode, http.StatusText(r.StatusCode))}
	case r.Header.Get("Content-Disposition") == "":
		page, err := io.ReadAll(io.LimitReader(guard.Reader(r.Body, c.limits.stall), 16<<10))
		if err != nil && len(page) == 0 {
			return fmt.Errorf("%w: %s", ErrUnreachable, redact(guard.Err(err).Error(), secrets))
		}
		return errorPage(string(page), secrets)
	case r.Header.Get("Content-Encoding") != "" && r.Header.Get("Content-Encoding") != "identity":
		return fmt.Errorf("%w: it comes compressed, against the request", ErrNoBytes)
	case r.ContentLength >= 0 && r.ContentLength != f.Size:
		return fmt.Errorf("%w: it has %d bytes and was listed with %d", ErrNoBytes, r.ContentLength, f.Size)
	}
	return nil
}

// errorPage types the page that comes instead of a file (docs/openbis-api.md,
// Downloading files).
func errorPage(page string, secrets []string) error {
	text := strings.TrimPrefix(safetext.PageText(page), "Error:")
	text = safetext.Line(human.Cut(redact(strings.TrimSpace(text), secrets), 300))
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case text == "":
		return foreign{fmt.Errorf("%w: an empty page", ErrNoBytes)}
	case !ownPage.MatchString(page): // whatever it says
		return foreign{fmt.Errorf("%w: %s", ErrNoBytes, text)}
	case has(brokerAway):
		return fmt.Errorf("%w: the data store does not reach openBIS", ErrUnreachable)
	case has("session expired"):
		return fmt.Errorf("%w: %s", ErrSession, text)
	case has("is currently unavailable"), has("might be archived"):
		return fmt.Errorf("%w: %s", ErrArchived, text)
	case has("is not accessible"):
		return doubtful{fmt.Errorf("%w: %s", ErrDenied, text)}
	case strings.HasPrefix(text, "Directory content"):
		return fmt.Errorf("%w: it is a directory", ErrNoBytes)
	}
	return doubtful{fmt.Errorf("%w: %s", ErrNoBytes, text)}
}

// ownPage matches how a data store's own pages begin.
var ownPage = regexp.MustCompile(`(?i)^\s*(<html>\s*)?(<body>\s*)?(Error:|<h1>Error</h1>|Directory content|Download session expired)`)

// foreign is an answer that a data store does not give, which words its errors on
// pages of its own with status 200: a front server's, as for maintenance.
type foreign struct{ error }

// Unwrap returns what was made of it.
func (f foreign) Unwrap() error { return f.error }

// fromTheStore asks the data store for a sign of life when an answer was foreign. If
// it is away, that is the error; if it is well, the answer may be about the file.
func (c *Client) fromTheStore(ctx context.Context, address *url.URL, err error) error {
	var f foreign
	if !errors.As(err, &f) {
		return err
	}
	// Any answer of its API will do, that it does not know the call included.
	_, e := c.send(ctx, request{url: address.String() + dssPath, method: "getMinorVersion", params: []any{}, store: true})
	var refused *Refusal
	switch {
	case e == nil, errors.As(e, &refused), errors.Is(e, errShape):
		return doubtful(f)
	case wire.Transient(e), ctx.Err() != nil:
		return e
	}
	return fmt.Errorf("%w: %s", ErrUnreachable, e.Error()) // its front lets nothing through; no verdict about the file
}

// download is the body of a file.
type download struct {
	ctx     context.Context // of the caller: tells a cancelled download from a broken one
	c       *Client
	op      string
	body    io.Closer
	r       io.Reader
	guard   *wire.Guard
	left    int64
	secrets []string
	err     error
}

// Read implements io.Reader.
func (d *download) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.r.Read(p)
	d.left -= int64(n)
	switch {
	case d.left < 0:
		n += int(d.left) // those beyond the announced end are not delivered
		err = fmt.Errorf("%w: it is longer than listed", ErrNoBytes)
	case err == nil:
		return n, nil
	case d.ctx.Err() != nil:
		err = context.Cause(d.ctx)
	case errors.Is(err, io.EOF) && d.left == 0:
		d.err = io.EOF
		return n, io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("%w: %d bytes are missing", ErrShort, d.left)
	default:
		err = fmt.Errorf("%w: %w", ErrShort, d.c.unreachable(d.ctx, d.guard.Err(err), d.secrets))
	}
	d.err = fmt.Errorf("%s: %w", d.op, err)
	return n, d.err
}

// Close ends the download, also in its middle.
func (d *download) Close() error {
	d.guard.Stop()
	return d.body.Close()
}

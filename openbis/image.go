package openbis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"zenobis/human"
	"zenobis/safetext"
	"zenobis/wire"
)

// MaxImage is the server's own default limit for pictures, in bytes
// (docs/openbis-api.md, Properties and types).
const MaxImage = 10 << 20

// Image reads a picture of a rich text by its source as it stands in the text.
// Only this openBIS is asked: anything else is ErrDenied, data: addresses
// included. ErrNoBytes where there is no picture.
func (c *Client) Image(ctx context.Context, src string) (mediaType string, data []byte, err error) {
	op := "read picture " + safetext.Line(human.Cut(redact(src, nil), 200))
	u, err := c.imageURL(src)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", op, err)
	}
	err = c.repeat(ctx, request{method: "picture"}, func(ctx context.Context) error {
		return c.withSession(ctx, func(token string) (err error) {
			// The cookie keeps the token out of addresses and so out of access
			// logs. Servers that don't take it answer as if there was no session.
			if mediaType, data, err = c.image(ctx, u, token, true); errors.Is(err, ErrNoBytes) {
				mediaType, data, err = c.image(ctx, u, token, false)
			}
			return c.aboutTheFile(ctx, token, err)
		})
	})
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", op, err)
	}
	return mediaType, data, nil
}

// imageURL resolves a source. The session goes along, so it must stay below
// /openbis/ or /datastore_server/ of this server.
func (c *Client) imageURL(src string) (*url.URL, error) {
	src = strings.TrimSpace(src)
	ref, err := url.Parse(src)
	if err != nil || src == "" {
		return nil, fmt.Errorf("%w: not an address", ErrNoBytes)
	}
	foreign := fmt.Errorf("%w: it is not on this openBIS", ErrDenied)
	base := *c.base
	base.Path += "/openbis/openbis/"
	if ref.Scheme == "" && ref.Host == "" && strings.HasPrefix(ref.Path, "/openbis/") {
		ref.Path, ref.RawPath = c.base.Path+ref.Path, ""
	}
	u := base.ResolveReference(ref)
	if !wire.SameServer(u, c.base) || u.Opaque != "" {
		return nil, foreign
	}
	below := strings.TrimPrefix(path.Clean(u.Path), c.base.Path)
	if below != strings.TrimPrefix(u.Path, c.base.Path) || strings.Contains(u.Path, "\\") ||
		!(strings.HasPrefix(below, "/openbis/") || strings.HasPrefix(below, "/datastore_server/")) {
		return nil, foreign
	}
	q := u.Query()
	q.Del("sessionID") // pasted pictures carry somebody's old session
	return &url.URL{Scheme: c.base.Scheme, Host: c.base.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: q.Encode()}, nil
}

func (c *Client) image(ctx context.Context, u *url.URL, token string, cookie bool) (string, []byte, error) {
	guarded, guard := wire.NewGuard(ctx)
	guard.Expect(c.limits.stall, "no answer")
	defer guard.Stop()
	address := *u
	if !cookie {
		q := address.Query()
		q.Set("sessionID", token)
		address.RawQuery = q.Encode()
	}
	r, err := http.NewRequestWithContext(guarded, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", nil, fmt.Errorf("%w: not an address", ErrNoBytes)
	}
	r.Header.Set("Accept-Encoding", "identity")
	if cookie && !strings.ContainsAny(token, "; ,\"\r\n") {
		r.Header.Set("Cookie", "openbis="+token)
	}
	c.agent(r)
	answer, err := c.http.Do(r)
	if err != nil {
		return "", nil, c.unreachable(ctx, guard.Err(err), []string{token})
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotFound, answer.StatusCode == http.StatusInternalServerError,
		answer.StatusCode >= 300 && answer.StatusCode < 400:
		// 404: no such picture, or the session has ended; 500: no session seen.
		return "", nil, doubtful{fmt.Errorf("%w: HTTP %d", ErrNoBytes, answer.StatusCode)}
	case answer.StatusCode != http.StatusOK:
		return "", nil, c.badStatus(answer, true)
	case answer.ContentLength > MaxImage:
		return "", nil, fmt.Errorf("%w: it has %d bytes, more than %d", ErrNoBytes, answer.ContentLength, MaxImage)
	}
	data, err := io.ReadAll(io.LimitReader(guard.Reader(answer.Body, c.limits.stall), MaxImage+1))
	if err != nil {
		return "", nil, c.unreachable(ctx, guard.Err(err), []string{token})
	}
	kind := pictureType(answer.Header.Get("Content-Type"), data)
	if isPage(data) { // what was kept as a picture, or what a front server says in its place
		return "", nil, doubtful{fmt.Errorf("%w: a web page came", ErrNoBytes)}
	}
	if len(data) > MaxImage || len(data) == 0 || kind == "" {
		return "", nil, fmt.Errorf("%w: what came is no picture of at most %d bytes", ErrNoBytes, MaxImage)
	}
	return kind, data, nil
}

// isPage reports whether data begins as HTML does.
func isPage(data []byte) bool { return strings.HasPrefix(http.DetectContentType(data), "text/html") }

// pictureType is the media type of a picture; "" for anything else. A page of
// an error must not be taken for one, whatever its header says.
func pictureType(header string, data []byte) string {
	declared, _, err := mime.ParseMediaType(header)
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(data))
	switch {
	case strings.HasPrefix(sniffed, "image/"):
		return sniffed
	case isPage(data):
		return ""
	case err == nil && strings.HasPrefix(declared, "image/"):
		return declared
	}
	return ""
}

package zenodo

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zenobis/safetext"
	"zenobis/wire"
)

func recordPath(id string) string { return "/api/records/" + url.PathEscape(id) }

// Record reads a published record; a concept id leads to the latest version.
func (c *Client) Record(ctx context.Context, id string) (Record, error) {
	const op = "read record"
	if err := checkID(op, id); err != nil {
		return Record{}, err
	}
	return c.recordCall(ctx, call{op: op, method: http.MethodGet, path: recordPath(id), follow: true})
}

// RecordFiles lists the files of a published record.
func (c *Client) RecordFiles(ctx context.Context, id string) ([]FileEntry, error) {
	const op = "list files of record"
	if err := checkID(op, id); err != nil {
		return nil, err
	}
	return c.files(ctx, call{op: op, method: http.MethodGet, path: recordPath(id) + "/files", accept: jsonType})
}

// OpenFile opens a file of a published record and tells its length in bytes, -1
// if unknown. Reading it fails at the end when bytes are missing
// (ErrUnavailable) or the server's MD5 is another (ErrCorrupt).
func (c *Client) OpenFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error) {
	return c.openAt(ctx, "open file", recordPath(id)+"/files/", id, key)
}

// OpenDraftFile is OpenFile for a committed file of a draft, which only its
// owner can read.
func (c *Client) OpenDraftFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error) {
	return c.openAt(ctx, "open draft file", recordPath(id)+"/draft/files/", id, key)
}

func (c *Client) openAt(ctx context.Context, op, folder, id, key string) (io.ReadCloser, int64, error) {
	if err := checkFile(op, id, key); err != nil {
		return nil, 0, err
	}
	var resp *http.Response
	var guard *wire.Guard
	err := c.repeat(ctx, call{op: op, method: http.MethodGet, path: folder}, func(outer context.Context) (err error) {
		ctx, guard = wire.NewGuard(outer)
		if resp, err = c.open(ctx, op, folder+wire.EscapePath(key)+"/content", guard); err != nil {
			guard.Stop()
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	r := &checkedReader{c: c, ctx: ctx, guard: guard, op: op, body: resp.Body, left: resp.ContentLength,
		from: guard.Reader(resp.Body, c.o.StallTimeout)}
	// Content-MD5 is hex here, not base64 as its standard says
	// (docs/zenodo-api.md, Checksums).
	if sum := strings.ToLower(resp.Header.Get("Content-MD5")); len(sum) == 2*md5.Size {
		r.want, r.sum = sum, md5.New()
	}
	return r, resp.ContentLength, nil
}

// open asks for a file's content, also where the server sends us for it.
// guard runs while an answer is waited for.
func (c *Client) open(ctx context.Context, op, path string, guard *wire.Guard) (*http.Response, error) {
	target := *c.base
	setPath(&target, path)
	hc := c.http
	for hop := 0; ; hop++ {
		var pass ticket
		if hc != c.foreign { // which counts for itself
			var err error
			if pass, err = c.budget.wait(ctx, classOther); err != nil {
				return nil, fmt.Errorf("%s: %w", op, err)
			}
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
		if err != nil {
			pass.lost()
			return nil, fmt.Errorf("%s: the address can't be built", op)
		}
		if hc == c.foreign { // an object storage: neither token nor name
			req.Header.Set("Accept", "*/*")
			req.Header.Set("User-Agent", c.o.UserAgent)
		} else {
			c.head(req, "*/*")
		}
		begin := c.o.Clock()
		guard.Expect(c.o.CallTimeout, "no answer")
		resp, err := hc.Do(req)
		guard.Rest()
		if err != nil {
			pass.lost()
			return nil, c.unreachable(ctx, op, err)
		}
		if hc != c.foreign {
			pass.note(resp)
			c.log(op, req, resp, begin)
		}
		if resp.StatusCode == http.StatusOK {
			return resp, nil
		}
		if resp.StatusCode < 300 || resp.StatusCode >= 400 {
			defer resp.Body.Close()
			e := c.refusal(op, resp)
			if hc != c.foreign { // storages have words of their own
				c.unasked(e)
			}
			return nil, e
		}
		_ = resp.Body.Close()
		to, err := target.Parse(resp.Header.Get("Location"))
		if err != nil || hop == maxHops || to.Scheme != "https" && !c.ours(to) {
			return nil, c.redirected(op, resp.StatusCode, to)
		}
		if !c.ours(to) {
			hc = c.foreign // for good: what a stranger answers never leads back with the token
		}
		target = *to
	}
}

// checkedReader reads a body to the end and compares.
type checkedReader struct {
	c     *Client
	ctx   context.Context // of the request, whose body this is
	guard *wire.Guard
	op    string
	body  io.Closer
	from  io.Reader // the body under guard
	left  int64     // negative if unknown
	want  string
	sum   hash.Hash
	err   error
}

// Read reads and compares at the end.
func (r *checkedReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.from.Read(p)
	if r.left >= 0 {
		r.left -= int64(n)
	}
	if r.sum != nil {
		r.sum.Write(p[:n])
	}
	switch {
	case err == nil:
	case err != io.EOF:
		r.err = r.c.unreachable(r.ctx, r.op, err)
	case r.left > 0:
		r.err = r.c.unreachable(r.ctx, r.op, io.ErrUnexpectedEOF)
	case r.sum != nil && hex.EncodeToString(r.sum.Sum(nil)) != r.want:
		r.err = &APIError{Op: r.op, Kind: ErrCorrupt, Message: "its MD5 is not " + r.want}
	default:
		r.err = io.EOF
	}
	return n, r.err
}

// Close ends the download.
func (r *checkedReader) Close() error {
	r.guard.Stop()
	return r.body.Close()
}

// Resolve finds the record of a DOI of this instance: a version's, or a concept's,
// which leads to the latest version. ErrGone when it was deleted. The DOI is bare:
// 10.5281/zenodo.1234567.
func (c *Client) Resolve(ctx context.Context, doi string) (string, error) {
	const op = "find the DOI"
	prefix, suffix, ok := strings.Cut(doi, "/")
	if !ok || !strings.HasPrefix(prefix, "10.") || suffix == "" || strings.ContainsFunc(doi, func(r rune) bool { return r <= ' ' }) {
		return "", &APIError{Op: op, Kind: ErrInvalid, Message: strconv.Quote(safetext.Redact(short(doi, 80))) + " is no DOI"}
	}
	// The id mostly ends the DOI; that address needs no index, which lags.
	if id := strings.ToLower(suffix[strings.LastIndexByte(suffix, '.')+1:]); checkID(op, id) == nil {
		r, err := c.Record(ctx, id)
		switch {
		case err == nil && (strings.EqualFold(r.DOI, doi) || strings.EqualFold(r.ConceptDOI, doi)):
			return r.ID, nil
		case errors.Is(err, ErrGone):
			return "", err
		case err == nil, errors.Is(err, ErrNotFound), errors.Is(err, ErrToken), errors.Is(err, ErrDenied):
		default:
			return "", err
		}
	}
	q := url.Values{"q": {"pids.doi.identifier:" + phrase(doi) + " OR parent.pids.doi.identifier:" + phrase(doi)},
		"size": {"10"}, "sort": {"newest"}}
	everyVersion(q)
	list, err := c.search(ctx, call{op: op, method: http.MethodGet, path: "/api/records", class: classSearch, query: q})
	if err != nil {
		return "", err
	}
	for _, r := range list {
		if strings.EqualFold(r.DOI, doi) {
			return r.ID, nil
		}
	}
	for _, r := range list { // newest first
		if strings.EqualFold(r.ConceptDOI, doi) {
			return r.ID, nil
		}
	}
	return "", &APIError{Op: op, Kind: ErrNotFound, Message: "no record of " + c.base.Host + " has the DOI " + short(doi, 80)}
}

// NewVersion makes a draft of a new version of a published record, or returns
// the one there is. It has no files and no DOI, and today's date.
func (c *Client) NewVersion(ctx context.Context, id string) (Record, error) {
	const op = "make a new version"
	if err := checkID(op, id); err != nil {
		return Record{}, err
	}
	return c.recordCall(ctx, call{op: op, method: http.MethodPost, path: recordPath(id) + "/versions", timeout: 2 * c.o.CallTimeout})
}

// Latest reads the newest published version of the record that an id (of any of
// its versions, or of the record as a whole) belongs to.
func (c *Client) Latest(ctx context.Context, id string) (Record, error) {
	const op = "read the newest version"
	if err := checkID(op, id); err != nil {
		return Record{}, err
	}
	return c.recordCall(ctx, call{op: op, method: http.MethodGet, path: recordPath(id) + "/versions/latest", follow: true})
}

// ImportFiles takes the previous version's files into the draft of a new one,
// which must have none yet (ErrInvalid).
func (c *Client) ImportFiles(ctx context.Context, id string) error {
	const op = "import files"
	if err := checkID(op, id); err != nil {
		return err
	}
	_, err := c.do(ctx, call{op: op, method: http.MethodPost, path: draftPath(id) + "/actions/files-import", timeout: c.o.AnswerTimeout})
	return err
}

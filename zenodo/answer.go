package zenodo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/safetext"
	"zenobis/wire"
)

// errorBody is the body of a refusal, by views and by the framework alike.
type errorBody struct {
	Message string `json:"message"`
	ErrorID string `json:"error_id"`
}

// refusal turns an answer of 400 and above into an error.
func (c *Client) refusal(op string, resp *http.Response) *APIError {
	data, _ := readAll(resp.Body, maxError) // what of it came is enough
	e := &APIError{Op: op, Status: resp.StatusCode, RequestID: short(resp.Header.Get("X-Request-ID"), 64)}
	var b errorBody
	isJSON := json.Unmarshal(data, &b) == nil || b.Message != ""
	if isJSON {
		e.Message = c.clean(b.Message)
		e.Fields = c.fields(data)
		if b.ErrorID != "" {
			e.RequestID = short(b.ErrorID, 64)
		}
	} else {
		e.Message, e.page = c.clean(pageTitle(data)), true
	}
	e.RetryIn = wire.AskedWait(resp, c.o.Clock())
	e.Kind = kindOf(e, isJSON)
	if c.o.Token == "" && errors.Is(e.Kind, ErrToken) {
		e.Kind = ErrAnonymous
	}
	return e
}

// kindOf classifies a refusal. A 403 is told apart by its body: the API says
// "Permission denied." to a bad token, traffic protection sends a page
// (docs/zenodo-api.md, Refusals).
func kindOf(e *APIError, isJSON bool) error {
	has := func(s string) bool { return strings.Contains(e.Message, s) }
	switch e.Status {
	case http.StatusUnauthorized:
		return ErrToken
	case http.StatusForbidden:
		switch {
		case !isJSON || e.Message == "":
			return ErrBlocked
		case e.Message == "Permission denied.":
			return ErrToken
		}
		return ErrDenied
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusGone:
		return ErrGone
	case http.StatusPreconditionFailed:
		return ErrRevision
	case http.StatusRequestEntityTooLarge:
		return ErrBodyLimit // the quota is told with 400
	case http.StatusTooManyRequests:
		return ErrRate
	case http.StatusProxyAuthRequired:
		return wire.ErrProxy
	case http.StatusBadRequest:
		switch {
		case has("Bucket quota exceeded"), has("Maximum file size exceeded"):
			return ErrQuota
		case has("exceeding the max amount per record"):
			return ErrTooMany
		case has("CSRF"):
			return ErrToken
		}
	}
	if wire.PassingStatus(e.Status) {
		return ErrUnavailable
	}
	return ErrInvalid
}

// fields reads the errors member of a save or a refusal: a list, or in some
// answers a text.
func (c *Client) fields(data []byte) []FieldError {
	var b struct {
		Errors json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(data, &b) != nil || len(b.Errors) == 0 {
		return nil
	}
	var list []struct {
		Field    string          `json:"field"`
		Messages json.RawMessage `json:"messages"`
		Message  string          `json:"message"` // the form before 2023
	}
	_ = decode(b.Errors, &list) // a member of another type is left out
	var out []FieldError
	for _, f := range list {
		e := FieldError{Field: c.clean(f.Field), Messages: c.messages(f.Messages)}
		if len(e.Messages) == 0 && f.Message != "" {
			e.Messages = []string{c.clean(f.Message)}
		}
		if e.Field != "" || len(e.Messages) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// messages flattens what stands under messages: a list of texts mostly, nested
// objects for some fields.
func (c *Client) messages(raw json.RawMessage) []string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, c.clean(v))
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name])
			}
		}
	}
	walk(v)
	return out
}

// unreachable turns the lack of an answer into an error without the address
// that net/http puts into its own.
func (c *Client) unreachable(ctx context.Context, op string, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if lasting := wire.Lasting(err); lasting != nil && ctx.Err() == nil {
		kind := wire.ErrCertificate
		if errors.Is(lasting, wire.ErrProxy) {
			kind = wire.ErrProxy
		}
		message := strings.TrimLeft(strings.TrimPrefix(lasting.Error(), kind.Error()), ": ")
		return &APIError{Op: op, Kind: kind, Message: c.clean(message), Cause: lasting}
	}
	if ctx.Err() != nil {
		cause := context.Cause(ctx)
		var silent *wire.Silent
		switch {
		case errors.As(cause, &silent):
			return &APIError{Op: op, Kind: ErrUnavailable, Message: silent.Error(), Cause: fmt.Errorf("%w: %w", ErrStalled, silent)}
		case errors.Is(ctx.Err(), context.Canceled):
			return canceled(op, cause)
		}
		err = cause
	}
	return &APIError{Op: op, Kind: ErrUnavailable, Message: c.clean(wire.Said(err)), Cause: err}
}

// canceled is what a call returns that was given up; context.Canceled is always
// among what it wraps.
func canceled(op string, cause error) error {
	if errors.Is(cause, context.Canceled) {
		return fmt.Errorf("%s: %w", op, cause)
	}
	return fmt.Errorf("%s: %w: %w", op, context.Canceled, cause)
}

// notInvenio is for an answer that should be JSON of the API and isn't.
func (c *Client) notInvenio(op string, a answer) *APIError {
	return &APIError{Op: op, Status: a.status, Kind: ErrNotInvenio, Message: c.clean(pageTitle(a.body))}
}

func (c *Client) redirected(op string, status int, to *url.URL) error {
	msg := "the server sends us elsewhere"
	if to != nil && to.Host != "" && to.Host != c.base.Host || to != nil && to.Scheme != c.base.Scheme {
		msg = "the server sends us to " + to.Scheme + "://" + to.Host + "; use that address if it is the right one"
	}
	kind := ErrNotInvenio
	if c.answered.Load() { // a page of its front, as for maintenance or a login
		kind = ErrUnavailable
	}
	return &APIError{Op: op, Status: status, Kind: kind, Message: c.clean(msg), page: true}
}

// clean makes a server's text one short line without secrets.
func (c *Client) clean(s string) string {
	return safetext.Redact(short(safetext.Without(s, c.o.Token), 500))
}

func short(s string, limit int) string { return human.Cut(safetext.Line(s), limit) }

var heading = regexp.MustCompile(`(?is)<(?:title|h1)[^>]*>(.*?)</(?:title|h1)>`)

// pageTitle is what an error page says in one line.
func pageTitle(data []byte) string {
	if len(data) > 8<<10 {
		data = data[:8<<10]
	}
	s := string(data)
	if m := heading.FindStringSubmatch(s); m != nil {
		return safetext.PageText(m[1])
	}
	return human.Cut(safetext.PageText(s), 120)
}

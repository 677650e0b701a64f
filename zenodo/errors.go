package zenodo

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"zenobis/wire"
)

// The errors a caller branches on; test with errors.Is. The details are in *APIError.
var (
	ErrToken       = errors.New("token refused")            // wrong, revoked, or missing
	ErrDenied      = errors.New("not allowed")              // the token is good, this is not for its owner
	ErrNotFound    = errors.New("not found")                // no such draft, record, file or community
	ErrGone        = errors.New("deleted")                  // 410: published and deleted since
	ErrQuota       = errors.New("storage quota exceeded")   // of the record
	ErrBodyLimit   = errors.New("request too large")        // of one request: a front server's limit
	ErrTooMany     = errors.New("too many files")           // of the record
	ErrInvalid     = errors.New("refused as invalid")       // 400 with fields
	ErrRevision    = errors.New("changed by someone else")  // 412
	ErrEntryGone   = errors.New("upload broken off")        // the file entry was removed: announce it again
	ErrNoContent   = errors.New("no content to commit")     // commit without stored bytes
	ErrRate        = errors.New("too many requests")        // 429
	ErrUnavailable = errors.New("server cannot be reached") // network, TLS, 5xx, maintenance: trying again may help
	ErrNotInvenio  = errors.New("not an InvenioRDM server")
	ErrBlocked     = errors.New("blocked by the server's protection") // 403 that is not about the token
	ErrNoDOI       = errors.New("no DOI reserved")                    // the instance does not reserve DOIs
	ErrStalled     = errors.New("upload stalled")                     // no byte moved for too long
	ErrSource      = errors.New("source of the upload failed")        // the reader given to Put, not the server
	ErrCorrupt     = errors.New("content differs from its checksum")  // of a downloaded file
)

// NoVerdict reports an error that says nothing of what was asked: the server can't
// be reached or can't answer now, or something before it spoke in its place.
func NoVerdict(err error) bool {
	for _, kind := range []error{ErrUnavailable, ErrRate, ErrStalled, ErrBlocked, ErrNotInvenio} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return wire.NoVerdict(err)
}

// ErrAnonymous is an ErrToken where there was no token to be refused.
var ErrAnonymous error = anonymous{}

type anonymous struct{}

func (anonymous) Error() string { return "this takes a token" }

func (anonymous) Is(target error) bool { return target == ErrToken }

// APIError is an answer that is an error, or the lack of an answer (Status 0).
type APIError struct {
	Op        string // what was tried, such as "create draft"
	Status    int    // HTTP
	Message   string // clean, without secrets
	Fields    []FieldError
	RequestID string        // X-Request-ID or error_id, for the server's support
	RetryIn   time.Duration // on 429 and 503 only
	Kind      error         // one of the errors above
	Cause     error         // what lies below a missing answer; may be nil

	// AllSent is set on a failed Put whose whole body had been handed over: the
	// server may have stored it. Try Commit before sending again
	// (docs/zenodo-api.md, Files).
	AllSent bool

	page bool // the body was no JSON: a proxy spoke, not the application
}

// Error words the error for a person.
func (e *APIError) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	kind := e.Kind
	if kind == nil {
		kind = errors.New("failed")
	}
	b.WriteString(kind.Error())
	msg := e.Message
	if len(e.Fields) > 0 && strings.HasPrefix(msg, "A validation error occurred") {
		msg = "" // says nothing that the fields don't
	}
	if msg != "" && msg != kind.Error() {
		b.WriteString(": " + msg)
	}
	for i, f := range e.Fields {
		if i == 8 {
			fmt.Fprintf(&b, "; and %d more", len(e.Fields)-i)
			break
		}
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + f.Field + ": " + strings.Join(f.Messages, " "))
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d", e.Status)
		if e.RequestID != "" {
			b.WriteString(", request " + e.RequestID)
		}
		b.WriteString(")")
	}
	return b.String()
}

// Transient reports whether the same call may succeed a moment later. A good
// answer that is a page may be one of the server's front, also where nothing is
// known yet; the policy for a first contact tells it soon.
func (e *APIError) Transient() bool {
	return errors.Is(e.Kind, ErrUnavailable) || errors.Is(e.Kind, ErrRate) || errors.Is(e.Kind, ErrStalled) ||
		errors.Is(e.Kind, ErrNotInvenio) && e.page
}

// RetryAfter is how long the server asked to wait (see wire.RetryAfter).
func (e *APIError) RetryAfter() time.Duration { return e.RetryIn }

// Unwrap gives the kind and, if there is one, the cause.
func (e *APIError) Unwrap() []error {
	if e.Cause != nil {
		return []error{e.Kind, e.Cause}
	}
	return []error{e.Kind}
}

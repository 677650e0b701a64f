package zenodo

import (
	"errors"
	"time"
)

// The errors a caller branches on; test with errors.Is. The details are in *APIError.
var (
	ErrToken       = errors.New("token refused")            // wrong, revoked, or not allowed here
	ErrNotFound    = errors.New("not found")                // no such draft, record, file or community
	ErrGone        = errors.New("deleted")                  // 410: published and deleted since
	ErrQuota       = errors.New("storage quota exceeded")   // of the record
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
)

// APIError is an answer that is an error.
type APIError struct {
	Op        string // what was tried, such as "create draft"
	Status    int    // HTTP
	Message   string // clean, without secrets
	Fields    []FieldError
	RequestID string        // X-Request-ID or error_id, for the server's support
	RetryIn   time.Duration // on 429 and 503 only
	Kind      error         // one of the errors above
}

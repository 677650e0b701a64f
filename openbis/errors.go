package openbis

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"zenobis/wire"
)

// The errors a caller branches on; test with errors.Is. The wrapped text says
// what the server answered, without its context and without secrets.
var (
	ErrLogin       = errors.New("login refused")                    // wrong user or password
	ErrNoRole      = errors.New("no role")                          // the user may log in, but has no role
	ErrSession     = errors.New("session ended")                    // expired, logged out, or a wrong token
	ErrDenied      = errors.New("no access")                        // authorization failure
	ErrNotFound    = errors.New("not found")                        // no such entity, or invisible to this user
	ErrNotOpenBIS  = errors.New("not an openBIS server")            // the address answers, but not as openBIS
	ErrTooOld      = errors.New("openBIS too old")                  // older than 18.06
	ErrUnreachable = &passing{"server cannot be reached"}           // network, DNS, TLS, 5xx: trying again may help
	ErrNoService   = errors.New("service missing")                  // publication-api is not installed
	ErrNoBytes     = errors.New("file not delivered")               // an error page instead of the file
	ErrArchived    = errors.New("file in the archive")              // listed, but not on the disk
	ErrShort       = &passing{"file ended early"}                   // fewer bytes than announced
	ErrBadName     = errors.New("file name breaks the response")    // control characters in Content-Disposition
	ErrPATDenied   = errors.New("not with a personal access token") // needs a session opened with a password
	ErrExists      = errors.New("exists already")
	ErrStoreURL    = errors.New("data store address needs consent") // other host, or without TLS
)

// passing is an error that may be over at the next try (see wire.Transient).
type passing struct{ text string }

func (p *passing) Error() string { return p.text }

// Transient is what a policy of repetition asks for.
func (p *passing) Transient() bool { return true }

// away is an answer of a server that can't serve now.
type away struct {
	text  string
	asked time.Duration
}

// unavailable words such an answer.
func unavailable(r *http.Response, text string) error {
	return &away{fmt.Sprintf("%v: %s", ErrUnreachable, text), wire.AskedWait(r, time.Now())}
}

func (a *away) Error() string { return a.text }

// Unwrap returns the kind.
func (a *away) Unwrap() error { return ErrUnreachable }

// RetryAfter is how long the server asked to wait (see wire.RetryAfter).
func (a *away) RetryAfter() time.Duration { return a.asked }

package openbis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"zenobis/human"
	"zenobis/safetext"
	"zenobis/wire"
)

// errMethod says that the server does not know a method: it is older than it.
var errMethod = errors.New("method unknown to the server")

// Refusal is an error that openBIS itself answered (docs/openbis-api.md, Envelope
// and errors). It wraps the error of this package that fits, where one does.
type Refusal struct {
	Code    int    // of JSON-RPC; 0 for everything that happens inside openBIS
	Message string // one clean line, without context and secrets
	Kind    error  // nil where no error of this package fits
}

// Error is the kind and the message.
func (r *Refusal) Error() string {
	if r.Kind == nil {
		return "openBIS refused: " + r.Message
	}
	return r.Kind.Error() + ": " + r.Message
}

// Unwrap returns the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

// rpcError is the error of the envelope. A stack trace is not even decoded.
type rpcError struct {
	Code    json.Number `json:"code"`
	Message *string     `json:"message"`
	Data    *struct {
		Exception string `json:"exceptionTypeName"`
	} `json:"data"`
}

// sessionQuote matches the token in the messages about invalid sessions.
var sessionQuote = regexp.MustCompile(`(?i)session token '[^']*'`)

// refusal types an answered error. Secrets are the strings that must not
// stand in its text, whatever the server repeats.
func refusal(method string, e rpcError, secrets []string) *Refusal {
	code, _ := e.Code.Int64() // not a number is as good as 0
	r := &Refusal{Code: int(code)}
	exception, message := "", ""
	if e.Data != nil {
		exception = e.Data.Exception
	}
	if e.Message != nil {
		message = *e.Message
	}
	// The context repeats the request, a saved token included
	// (docs/openbis-api.md, Envelope and errors).
	message, _, _ = strings.Cut(message, " (Context: ")
	r.Kind = kindOf(code, exception, message)
	if strings.TrimSpace(message) == "" {
		message = exception[strings.LastIndex(exception, ".")+1:]
	}
	if errors.Is(r.Kind, errMethod) {
		message = method
	}
	message = sessionQuote.ReplaceAllString(message, "session token")
	r.Message = safetext.Line(human.Cut(redact(message, secrets), 500))
	return r
}

// brokerAway is what a data store says while the application server is away: it
// tells nothing about what was asked for.
const brokerAway = "Could not access HTTP invoker remote service"

// kindOf goes by the text where openBIS wraps everything in the same exception.
func kindOf(code int64, exception, message string) error {
	has := func(s string) bool { return strings.Contains(message, s) }
	switch {
	case code == -32601:
		return errMethod
	case strings.HasPrefix(message, "Personal access tokens cannot be used to manage"):
		return ErrPATDenied
	case strings.HasSuffix(exception, "InvalidSessionException"),
		strings.HasSuffix(strings.TrimSpace(message), "is invalid: user is not logged in."),
		has("Session no longer available"), has("Personal access token is not yet valid"),
		has("Personal access token is no longer valid"), has("Personal access token session does not exist"),
		has("Invalid personal access token session"), has("Hash cannot be empty"):
		return ErrSession
	case has("has no role assignments"):
		return ErrNoRole
	case strings.HasPrefix(message, "Authorization failure:"), strings.HasPrefix(message, "Access denied to"),
		strings.HasSuffix(exception, "AuthorizationFailureException"),
		strings.HasSuffix(exception, "UnauthorizedObjectAccessException"):
		return ErrDenied
	case has(brokerAway):
		return ErrUnreachable
	case has("CustomASServiceCode = [") && has("has not been found"):
		return ErrNoService
	case has("has not been found"):
		return ErrNotFound
	case has("already exists"):
		return ErrExists
	}
	return nil
}

// plain reports whether an error is a refusal that no error of this package
// fits: a sort field, a property or a criterion that this server does not know.
func plain(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.Kind == nil || errors.Is(r.Kind, errMethod))
}

// redact takes the given secrets out of s, and what looks like one.
func redact(s string, secrets []string) string {
	return safetext.Redact(safetext.Without(s, secrets...))
}

// unreachable words an error of the transport. The address is taken out: Go
// puts it into the text whole, sessionID included. When ctx has ended, its
// error is the one that counts.
func (c *Client) unreachable(ctx context.Context, err error, secrets []string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if lasting := wire.Lasting(err); lasting != nil {
		return lasting
	}
	var outer *url.Error
	for errors.As(err, &outer) {
		err = outer.Err
	}
	return &noAnswer{text: ErrUnreachable.Error() + ": " + safetext.Line(human.Cut(redact(wire.Said(err), secrets), 300)), cause: err}
}

// noAnswer is ErrUnreachable with its cause: the text is clean, the cause is
// for telling a certificate from a network.
type noAnswer struct {
	text  string
	cause error
}

func (e *noAnswer) Error() string   { return e.text }
func (e *noAnswer) Unwrap() []error { return []error{ErrUnreachable, e.cause} }

// badStatus words an answer that is no JSON-RPC (a front server's page, mostly).
// From a server that has answered as openBIS before, and from a data store that
// openBIS names, a page means maintenance; else it is the wrong address, unless
// a second look finds an openBIS: the page may have been one of its front.
func (c *Client) badStatus(r *http.Response, known bool) error {
	text := fmt.Sprintf("HTTP %d %s", r.StatusCode, http.StatusText(r.StatusCode))
	switch {
	case wire.PassingStatus(r.StatusCode):
		return c.unavailable(r, text)
	case r.StatusCode == http.StatusProxyAuthRequired:
		return &wire.ProxyError{Status: r.StatusCode}
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		text += " from a server in front of openBIS" // which words its own refusals otherwise: this is none
	case r.StatusCode >= 300 && r.StatusCode < 400:
		text = "it redirects to " + target(r)
	case r.StatusCode == http.StatusOK:
		text = "a web page instead of an answer"
	}
	if known {
		return c.unavailable(r, text)
	}
	return &somethingElse{text}
}

// somethingElse is ErrNotOpenBIS of an answer that may be a passing page of a front
// server; the policy for a first contact tells it soon.
type somethingElse struct{ text string }

func (s *somethingElse) Error() string { return ErrNotOpenBIS.Error() + ": " + s.text }

// Unwrap returns the kind.
func (s *somethingElse) Unwrap() error { return ErrNotOpenBIS }

// Transient is true: see wire.Transient.
func (s *somethingElse) Transient() bool { return true }

// target is where a redirect goes, without its query.
func target(r *http.Response) string {
	u, err := r.Location()
	if err != nil {
		return "nowhere"
	}
	return safetext.Line((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String())
}

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

// NoVerdict reports an error that says nothing of what was asked: openBIS can't be
// reached or can't answer now, something before it spoke in its place, or the session
// is over and could not be renewed.
func NoVerdict(err error) bool {
	for _, kind := range []error{ErrUnreachable, ErrNotOpenBIS, ErrSession, ErrLogin} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return wire.NoVerdict(err)
}

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
func (c *Client) unavailable(r *http.Response, text string) error {
	return &away{fmt.Sprintf("%v: %s", ErrUnreachable, text), wire.AskedWait(r, c.o.Now())}
}

func (a *away) Error() string { return a.text }

// Unwrap returns the kind.
func (a *away) Unwrap() error { return ErrUnreachable }

// RetryAfter is how long the server asked to wait (see wire.RetryAfter).
func (a *away) RetryAfter() time.Duration { return a.asked }

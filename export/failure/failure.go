package failure

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"strings"
	"syscall"

	"zenobis/disk"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/wire"
	"zenobis/zenodo"
)

// Error is a failure with its kind and what is known about it. Its texts are
// clean and hold no secrets.
type Error struct {
	Kind   Kind
	What   string // what happened
	Why    string // the likely cause; "" if What says all
	Do     string // what to do now; "" for what is said of every failure of this kind
	Err    error
	Fields []zenodo.FieldError // refused metadata
	URL    string              // of the page that it is about, where there is one
	Draft  string              // id of an open draft that its user may choose for the export
}

// Error implements error.
func (e *Error) Error() string {
	if e.Why == "" {
		return e.What
	}
	return e.What + ": " + e.Why
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, kind) true for the failure's own kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// FailureKind implements Kinder.
func (e *Error) FailureKind() Kind { return e.Kind }

// Kinder is an error that knows its kind.
type Kinder interface {
	error
	FailureKind() Kind
}

// known are the errors of others that have a kind. The first that fits counts.
var known = []struct {
	err  error
	kind Kind
}{
	{selection.ErrSyntax, Usage},
	{selection.ErrUnknown, NotFound},
	{zenodo.ErrToken, Token},
	{openbis.ErrLogin, Login},
	{openbis.ErrNoRole, Login},
	{openbis.ErrSession, Login},
	{openbis.ErrPATDenied, Login},
	{zenodo.ErrQuota, Quota},
	{zenodo.ErrBodyLimit, RequestSize},
	{zenodo.ErrTooMany, Limits},
	{zenodo.ErrInvalid, Invalid},
	{zenodo.ErrBlocked, Blocked},
	{zenodo.ErrNotInvenio, WrongServer},
	{zenodo.ErrUnavailable, Unreachable},
	{zenodo.ErrEntryGone, Unreachable},
	{zenodo.ErrStalled, Unreachable},
	{zenodo.ErrRate, RateLimited},
	{zenodo.ErrGone, Gone},
	{zenodo.ErrNotFound, Gone},
	{openbis.ErrNotOpenBIS, WrongServer},
	{openbis.ErrTooOld, WrongServer},
	{openbis.ErrUnreachable, Unreachable},
	{openbis.ErrStoreURL, DataStore},
	{wire.ErrPlain, Configuration},
	{wire.ErrCertificate, Unreachable},
	{wire.ErrProxy, Unreachable},
	{openbis.ErrDenied, Rights},
	{openbis.ErrNotFound, NotFound},
	{disk.ErrFull, Disk},
	{context.DeadlineExceeded, Unreachable},
}

// Of is the kind of any error. A cancelled context is an interruption, unless a
// server's silence is what cancelled the call.
func Of(err error) Kind {
	var k Kinder
	if errors.As(err, &k) {
		return k.FailureKind()
	}
	if errors.Is(err, context.Canceled) && !silent(err) {
		return Interrupted
	}
	for _, x := range known {
		if errors.Is(err, x.err) {
			return x.kind
		}
	}
	var network net.Error
	if errors.As(err, &network) {
		// An error number speaks of the network only inside of one: the system gives
		// the same for files.
		if _, bare := network.(syscall.Errno); !bare {
			return Unreachable
		}
	}
	return Failed
}

// silent reports a call that the server left without an answer: it may carry a
// context's error as well.
func silent(err error) bool {
	return errors.Is(err, zenodo.ErrUnavailable) || errors.Is(err, zenodo.ErrRate) || errors.Is(err, zenodo.ErrStalled) ||
		errors.Is(err, openbis.ErrUnreachable)
}

// Wrap says what failed, where that has not been said yet. err is not nil.
func Wrap(what string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	e := &Error{Kind: Of(err), What: what, Why: Text(err), Err: err}
	if e.Kind == Interrupted { // then nothing is known of what was tried
		e.Why = ""
		if !strings.Contains(what, "interrupted") {
			e.What = interrupted
		}
	}
	var api *zenodo.APIError
	if errors.As(err, &api) {
		e.Fields = record.Refused(api.Fields)
	}
	return e
}

// interrupted is what happened where nothing more can be said.
const interrupted = "it was interrupted"

// Refuse is a failure before anything was sent; err, which may be nil, is its cause.
func Refuse(what, why, do string, err error) *Error {
	return &Error{Kind: Refused, What: what, Why: why, Do: do, Err: err}
}

// RefusedMetadata is metadata that Zenodo refuses, for the fields that it names.
func RefusedMetadata(why string, bad []zenodo.FieldError, err error) *Error {
	return &Error{
		Kind: Invalid, What: "Zenodo refuses the metadata", Why: why, Do: "correct the fields it names and export again",
		Fields: record.Refused(bad), Err: err,
	}
}

// Mark gives an error a kind without changing its text.
func Mark(kind Kind, err error) error { return &marked{kind, err} }

type marked struct {
	kind Kind
	err  error
}

func (m *marked) Error() string        { return m.err.Error() }
func (m *marked) Unwrap() error        { return m.err }
func (m *marked) Is(target error) bool { return target == m.kind }
func (m *marked) FailureKind() Kind    { return m.kind }

// Interruption is err, the end of a context, as an interruption.
func Interruption(err error) error { return fmt.Errorf("%w: %w", Interrupted, err) }

// Text is an error's text, fit for a screen, a journal and a log.
func Text(err error) string { return safetext.Safe(err.Error()) }

// SessionOver is what happened where a session of openBIS is at its end, in the words
// of everything that says it.
const SessionOver = "the openBIS session has ended"

// SessionEnded is a session of openBIS that can't be opened again.
func SessionEnded(err error) error {
	return &Error{
		Kind: Login, What: SessionOver, Why: Text(err),
		Do: "log in to openBIS again and resume: what was sent is kept", Err: err,
	}
}

// Guard runs f and turns a panic into an error, so that one broken part does not
// take the terminal with it.
func Guard(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %w: %s at %s", what, errPanic, safetext.Line(fmt.Sprint(p)), safetext.Line(string(debug.Stack())))
		}
	}()
	return f()
}

// errPanic is a fault of this program.
var errPanic = errors.New("internal error")

package export

import (
	"context"
	"errors"
	"fmt"

	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// What a caller branches on, by exit status; test with errors.Is. Every error
// of a run is a *Failure that wraps at most one of them.
var (
	ErrConfig      = errors.New("wrong use or configuration")       // 2
	ErrAuth        = errors.New("login or token refused")           // 3
	ErrRefused     = errors.New("refused before anything was sent") // 4
	ErrInterrupted = errors.New("interrupted")                      // 5, can be resumed

	ErrNoJob     = errors.New("no such export")
	ErrRunning   = errors.New("another process works on the export")
	ErrDraftGone = errors.New("draft is gone")
	ErrBroken    = errors.New("file can't be had") // 1: a broken file with nobody to leave it out
)

// Failure is an error for people: what happened, the likely cause, what to do
// now. All texts are clean and hold no secrets.
type Failure struct {
	What      string
	Why       string
	Do        string
	Err       error
	Resumable bool
	Kind      string // login, token, refused, unreachable, interrupted, quota, broken-file, draft-gone, disk, failed, ...
	Fields    []zenodo.FieldError
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Why == "" {
		return f.What
	}
	return f.What + ": " + f.Why
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// clean is an error's text, fit for a screen, a journal and a log.
func clean(err error) string { return safetext.Redact(safetext.Line(err.Error())) }

// explained are the causes that have words of their own.
var explained = []struct {
	err       error
	kind, do  string
	as        error
	resumable bool
}{
	{zenodo.ErrToken, "token", "make a new token with deposit:write and deposit:actions for exactly this Zenodo, then resume", ErrAuth, true},
	{openbis.ErrLogin, "login", "log in to openBIS again, then resume", ErrAuth, true},
	{openbis.ErrSession, "login", "log in to openBIS again, then resume", ErrAuth, true},
	{zenodo.ErrQuota, "quota", "raise the record's storage quota on the draft's page at Zenodo (each user has an own allowance for that), then resume; or discard the export and select less", nil, true},
	{zenodo.ErrTooMany, "limits", "choose the layout per-dataset or single, or select less", nil, false},
	{zenodo.ErrInvalid, "invalid", "correct what it names and export again", nil, false},
	{zenodo.ErrBlocked, "blocked", "the server refuses this network for now: resume later, or write to its support", nil, true},
	{zenodo.ErrUnavailable, "unreachable", "check the network; the server may be in maintenance: resume later", nil, true},
	{zenodo.ErrEntryGone, "unreachable", "the connection breaks before the upload is through: resume later, best by cable", nil, true},
	{errAgain, "unreachable", "the connection breaks before the upload is through: resume later, best by cable", nil, true},
	{errUnequal, "corrupt-upload", "something on the way changes what is sent: resume from another network, or tell the server's support", nil, true},
	{zenodo.ErrRate, "rate", "wait a few minutes, then resume", nil, true},
	{openbis.ErrUnreachable, "unreachable", "check that openBIS and its data store server can be reached, then resume", nil, true},
	{openbis.ErrStoreURL, "data-store", "if the address is right, put it under [openbis.data_stores] in the configuration, then resume", nil, true},
	{errNoSpace, "disk", "free space in the state directory, or choose another with --state-dir, then try again", nil, true},
}

// failure words an error; one that is worded already stays as it is.
func failure(what string, err error) error {
	var f *Failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	f = &Failure{What: what, Why: clean(err), Err: err, Kind: "failed", Resumable: true}
	// A call that timed out carries a context's error as well: that is the
	// server's silence, not the user's wish.
	if errors.Is(err, ErrInterrupted) || errors.Is(err, context.Canceled) && !passing(err) && !errors.Is(err, openbis.ErrUnreachable) {
		f.Kind, f.Why = "interrupted", ""
		if !errors.Is(err, ErrInterrupted) {
			f.Err = fmt.Errorf("%w: %w", ErrInterrupted, err)
		}
		return f
	}
	err = diskError(err)
	for _, x := range explained {
		if errors.Is(err, x.err) {
			f.Kind, f.Do, f.Resumable = x.kind, x.do, x.resumable
			f.Err = err
			if x.as != nil {
				f.Err = fmt.Errorf("%w: %w", x.as, err)
			}
			break
		}
	}
	var api *zenodo.APIError
	if errors.As(err, &api) {
		f.Fields = api.Fields
	}
	return f
}

// refused is a failure before anything was sent.
func refused(what, why, do string, err error) *Failure {
	if err == nil {
		err = ErrRefused
	} else {
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return &Failure{What: what, Why: why, Do: do, Kind: "refused", Err: err}
}

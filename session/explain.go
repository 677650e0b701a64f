package session

import (
	"context"
	"errors"
	"net"

	"zenobis/config"
	"zenobis/export"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// The exit statuses of the command line contract.
const (
	StatusDone        = 0
	StatusFailed      = 1
	StatusUsage       = 2
	StatusLogin       = 3
	StatusRefused     = 4
	StatusInterrupted = 5
)

// Explanation is an error for a person: what happened, and what to do now.
type Explanation struct {
	Kind      string // login, token, refused, unreachable, interrupted, configuration, failed, ...
	What      string // what happened and the likely cause
	Do        string // "" where there is nothing to be done
	Status    int    // exit status
	Resumable bool
}

// advice says what to do about errors that every part can meet.
var advice = []struct {
	err    error
	kind   string
	do     string
	status int
}{
	{context.Canceled, "interrupted", "", StatusInterrupted},
	{export.ErrUnknown, "not-found", "check the spelling (zenobis ls shows what there is); what you may not see in openBIS is invisible here too", StatusRefused},
	{export.ErrSelection, "usage", "", StatusUsage},
	{export.ErrRequest, "usage", "", StatusUsage},
	{export.ErrConfig, "usage", "", StatusUsage},
	{export.ErrNothing, "nothing", "select something with files or pages", StatusRefused},
	{export.ErrLimit, "limits", "", StatusRefused},
	{export.ErrNoJob, "not-found", "zenobis jobs lists the exports", StatusRefused},
	{export.ErrRunning, "running", "wait for it, or stop that one first", StatusFailed},
	{export.ErrDraftGone, "draft-gone", "zenobis discard closes this export; export again for a new draft", StatusFailed},
	{openbis.ErrNotOpenBIS, "server", "check the address of the openBIS: it is the one that you open in the browser, without /openbis/...", StatusFailed},
	{openbis.ErrTooOld, "server", "zenobis needs openBIS 18.06 or newer", StatusFailed},
	{openbis.ErrLogin, "login", "check user and password; a lab with single sign-on needs a personal access token instead (ZENOBIS_OPENBIS_TOKEN)", StatusLogin},
	{openbis.ErrSession, "login", "log in again, or get a new personal access token", StatusLogin},
	{ErrNoLogin, "login", "set ZENOBIS_OPENBIS_TOKEN, or ZENOBIS_OPENBIS_USER and ZENOBIS_OPENBIS_PASSWORD, or openbis.token_file in the configuration", StatusLogin},
	{ErrNoToken, "token", "set ZENOBIS_ZENODO_TOKEN or zenodo.token_file, or save the token once in the terminal UI", StatusLogin},
	{openbis.ErrPATDenied, "login", "log in with a password for this", StatusLogin},
	{openbis.ErrDenied, "rights", "ask for the right in openBIS", StatusFailed},
	{openbis.ErrNotFound, "not-found", "check the spelling; what you may not see in openBIS is invisible here too", StatusRefused},
	{openbis.ErrStoreURL, "data-store", "if the address is right, put it under [openbis.data_stores] in the configuration", StatusFailed},
	{openbis.ErrUnreachable, "unreachable", "check the address and the network, then try again", StatusFailed},
	{zenodo.ErrToken, "token", "make a new token with deposit:write and deposit:actions, for exactly this Zenodo", StatusLogin},
	{zenodo.ErrBlocked, "blocked", "the server refuses this network for now: try later, or write to its support", StatusFailed},
	{zenodo.ErrNotInvenio, "server", "check the address of the Zenodo", StatusFailed},
	{zenodo.ErrUnavailable, "unreachable", "check the network; Zenodo may be in maintenance: try again later", StatusFailed},
	{zenodo.ErrRate, "rate", "wait a minute, then try again", StatusFailed},
	{zenodo.ErrQuota, "quota", "raise the record's quota on its page at Zenodo, or export less", StatusFailed},
	{zenodo.ErrGone, "not-found", "the record was deleted", StatusFailed},
	{zenodo.ErrNotFound, "not-found", "it may have been discarded in the browser", StatusFailed},
	{zenodo.ErrInvalid, "invalid", "correct the fields it names", StatusRefused},
}

// Explain words an error for a person. Nothing in it is secret.
func Explain(err error) Explanation {
	var failure *export.Failure
	var bad *config.Error
	var limit *export.LimitError
	var unknown net.Error
	x := Explanation{Kind: "failed", What: safetext.Redact(safetext.Line(err.Error())), Status: StatusFailed}
	switch {
	case errors.As(err, &failure):
		x.What, x.Do, x.Resumable, x.Kind = failure.What, failure.Do, failure.Resumable, failure.Kind
		if failure.Why != "" {
			x.What += ": " + failure.Why
		}
		x.What = safetext.Redact(safetext.Line(x.What))
	case errors.As(err, &bad):
		x.Kind, x.Status = "configuration", StatusUsage
		return x
	}
	if errors.As(err, &limit) && x.Do == "" {
		x.Do = limit.Hint
	}
	switch {
	case errors.Is(err, export.ErrInterrupted):
		x.Kind, x.Status = "interrupted", StatusInterrupted
		x.Resumable = x.Resumable || failure == nil // a failure knows by itself
	case errors.Is(err, export.ErrRefused):
		x.Status = StatusRefused
		if x.Kind == "failed" {
			x.Kind = "refused"
		}
	case errors.Is(err, export.ErrAuth):
		x.Status = StatusLogin
	}
	for _, a := range advice {
		if errors.Is(err, a.err) {
			if failure == nil {
				x.Kind = a.kind
			}
			if x.Do == "" {
				x.Do = a.do
			}
			if x.Status == StatusFailed {
				x.Status = a.status
			}
			return x
		}
	}
	if x.Do == "" && errors.As(err, &unknown) {
		x.Do = "check the network, then try again"
	}
	return x
}

package session

import (
	"errors"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/zenodo"
)

// The exit statuses of the command line contract.
const (
	StatusDone        = failure.StatusDone
	StatusFailed      = failure.StatusFailed
	StatusUsage       = failure.StatusUsage
	StatusLogin       = failure.StatusLogin
	StatusRefused     = failure.StatusRefused
	StatusInterrupted = failure.StatusInterrupted
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
	err error
	do  string
}{
	{selection.ErrUnknown, "check the spelling (zenobis ls shows what there is); what you may not see in openBIS is invisible here too"},
	{export.ErrNothing, "select something with files or pages"},
	{failure.NoJob, "zenobis jobs lists the exports"},
	{failure.Running, "wait for it, or stop that one first"},
	{failure.DraftGone, "zenobis discard closes this export; export again for a new draft"},
	{openbis.ErrNotOpenBIS, "check the address of the openBIS: it is the one that you open in the browser, without /openbis/..."},
	{openbis.ErrTooOld, "zenobis needs openBIS 18.06 or newer"},
	{openbis.ErrLogin, "check user and password; a lab with single sign-on needs a personal access token instead (ZENOBIS_OPENBIS_TOKEN)"},
	{openbis.ErrSession, "log in again, or get a new personal access token"},
	{ErrNoLogin, "set ZENOBIS_OPENBIS_TOKEN, or ZENOBIS_OPENBIS_USER and ZENOBIS_OPENBIS_PASSWORD, or openbis.token_file in the configuration"},
	{ErrNoToken, "set ZENOBIS_ZENODO_TOKEN or zenodo.token_file, or save the token once in the terminal UI"},
	{openbis.ErrPATDenied, "log in with a password for this"},
	{openbis.ErrDenied, "ask for the right in openBIS"},
	{openbis.ErrNotFound, "check the spelling; what you may not see in openBIS is invisible here too"},
	{openbis.ErrStoreURL, "if the address is right, put it under [openbis.data_stores] in the configuration"},
	{openbis.ErrUnreachable, "check the address and the network, then try again"},
	{zenodo.ErrToken, "make a new token with deposit:write and deposit:actions, for exactly this Zenodo"},
	{zenodo.ErrBlocked, "the server refuses this network for now: try later, or write to its support"},
	{zenodo.ErrNotInvenio, "check the address of the Zenodo"},
	{zenodo.ErrUnavailable, "check the network; Zenodo may be in maintenance: try again later"},
	{zenodo.ErrRate, "wait a minute, then try again"},
	{zenodo.ErrQuota, "raise the record's quota on its page at Zenodo, or export less"},
	{zenodo.ErrGone, "the record was deleted"},
	{zenodo.ErrNotFound, "it may have been discarded in the browser"},
	{zenodo.ErrInvalid, "correct the fields it names"},
}

// remedies say what to do about the failures of a run.
var remedies = map[failure.Kind]string{
	failure.Token:         "make a new token with deposit:write and deposit:actions for exactly this Zenodo, then resume",
	failure.Login:         "log in to openBIS again, then resume",
	failure.Quota:         "raise the record's storage quota on the draft's page at Zenodo (each user has an own allowance for that), then resume; or discard the export and select less",
	failure.Limits:        "choose the layout per-dataset or single, or select less",
	failure.Invalid:       "correct what it names and export again",
	failure.Blocked:       "the server refuses this network for now: resume later, or write to its support",
	failure.Unreachable:   "check the network; the server may be in maintenance: resume later",
	failure.CorruptUpload: "something on the way changes what is sent: resume from another network, or tell the server's support",
	failure.RateLimited:   "wait a few minutes, then resume",
	failure.DataStore:     "if the address is right, put it under [openbis.data_stores] in the configuration, then resume",
	failure.Disk:          "free space in the state directory, or choose another with --state-dir, then try again",
}

// Explain words an error for a person. Nothing in it is secret.
func Explain(err error) Explanation {
	var bad *config.Error
	if errors.As(err, &bad) {
		k := failure.Configuration
		return Explanation{Kind: k.String(), What: failure.Text(err), Status: k.ExitStatus()}
	}
	k := failure.Of(err)
	x := Explanation{Kind: k.String(), What: failure.Text(err), Status: k.ExitStatus(), Resumable: k.Resumable()}
	var f *failure.Error
	if errors.As(err, &f) {
		if x.What, x.Do = safetext.Redact(safetext.Line(f.Error())), f.Do; x.Do == "" {
			x.Do = remedies[k]
		}
	}
	var limit *export.LimitError
	if errors.As(err, &limit) && x.Do == "" {
		x.Do = limit.Hint
	}
	for _, a := range advice {
		if x.Do == "" && errors.Is(err, a.err) {
			x.Do = a.do
		}
	}
	if x.Do == "" && k == failure.Unreachable {
		x.Do = "check the network, then try again"
	}
	return x
}

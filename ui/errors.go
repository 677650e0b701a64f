package ui

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/zenodo"
)

// complaint is what a person reads of an error: what happened, the likely
// cause, what to do now.
type complaint struct{ what, cause, act string }

func (c complaint) String() string {
	s := c.what
	if c.cause != "" {
		s += " " + c.cause
	}
	if c.act != "" {
		s += " " + c.act
	}
	return s
}

// explain turns an error into a complaint. The technical chain stays readable
// behind the first sentence.
func explain(err error) complaint {
	var f *failure.Error
	if errors.As(err, &f) { // the engine has found the words
		return complaint{sentence(f.What), sentence(f.Why), sentence(session.Explain(err).Do)}
	}
	detail := safetext.Redact(safetext.Line(err.Error()))
	for _, e := range explanations {
		if errors.Is(err, e.err) {
			cause := strings.TrimSpace(e.cause + " (" + detail + ").")
			return complaint{e.what, cause, e.act}
		}
	}
	return complaint{"That did not work:", detail + ".", ""}
}

// sentence starts a text with a capital and ends it with a full stop.
func sentence(s string) string {
	s = safetext.Redact(safetext.Line(s))
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(r)) + s[n:]
	if !strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		s += "."
	}
	return s
}

var explanations = []struct {
	err              error
	what, cause, act string
}{
	{openbis.ErrLogin, "openBIS refused the login.", "User or password is wrong, or the user has no role", "With single sign-on use a token."},
	{openbis.ErrSession, "The openBIS session has ended.", "It expired, or the token is no longer valid", "Log in again."},
	{openbis.ErrDenied, "openBIS gives no access.", "Your rights do not reach there", "Ask the owner of the space."},
	{openbis.ErrNotOpenBIS, "There is no openBIS at this address.", "Something else answers", "Take the address from your browser."},
	{openbis.ErrTooOld, "This openBIS is too old.", "Version 18.06 or newer is needed", ""},
	{openbis.ErrUnreachable, "openBIS can't be reached.", "The network, a VPN or the server is down", "Check the address and try again."},
	{openbis.ErrPATDenied, "openBIS does not allow this with a personal access token.", "It lets tokens read but not write", "Log in with the password."},
	{openbis.ErrNotFound, "openBIS does not show it.", "It was deleted, or you may not see it", ""},
	{openbis.ErrStoreURL, "A data store has another address than openBIS.", "Your session would be sent there", "Allow it, or set it in the configuration."},
	{openbis.ErrNoService, "openBIS lacks the service that records publications.", "The ELN's core plugin is not installed", "Ask the lab manager."},
	{export.ErrNothing, "There is nothing to export.", "Nothing is selected, or nothing of it can be sent", "Select something else."},
	{zenodo.ErrToken, "Zenodo refused the token.", "It is wrong, was revoked, or lacks a scope", "Make a new one."},
	{zenodo.ErrDenied, "Zenodo does not allow this.", "The token is good, but the draft or community is someone else's", ""},
	{zenodo.ErrNotInvenio, "There is no Zenodo at this address.", "Something else answers", "Check zenodo.url in the configuration."},
	{failure.Running, "Another zenobis works on this export.", "", "Wait for it, or stop it there."},
	{failure.DraftGone, "The draft is gone.", "It was deleted at Zenodo", "Discard the export and make a new one."},
	{zenodo.ErrQuota, "The data is too large for one record.", "The quota is exceeded", "Select less, or raise the quota in your Zenodo account."},
	{zenodo.ErrTooMany, "There are too many files for one record.", "", "Choose another layout."},
	{zenodo.ErrRate, "Zenodo asks us to slow down.", "Too many requests", "Wait a minute."},
	{zenodo.ErrUnavailable, "Zenodo can't be reached.", "The network is down, or Zenodo under maintenance", "Try again later."},
	{zenodo.ErrBlocked, "Zenodo's protection blocked the request.", "A proxy or the network may be on its list", "Try from another network."},
	{zenodo.ErrGone, "The record was deleted.", "Zenodo keeps only its gravestone", ""},
	{zenodo.ErrNotFound, "Zenodo has no such draft.", "It was deleted, or belongs to someone else", ""},
	{zenodo.ErrInvalid, "Zenodo refused the metadata.", "A field is not as it should be", "Correct it and try again."},
	{context.DeadlineExceeded, "No answer in time.", "The server or the network is slow", "Try again."},
}

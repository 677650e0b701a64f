package session

import (
	"crypto/x509"
	"errors"

	"zenobis/config"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/wire"
	"zenobis/zenodo"
)

// words are what a person reads of an error: what happened, the likely cause,
// what to do now.
type words struct{ what, why, act string }

// wordsFor are the words of the first row that fits; none if no row does.
func wordsFor(err error) words {
	for _, row := range vocabulary {
		if row.fits(err) {
			return row.words
		}
	}
	return words{}
}

// kind fits what is a failure of a kind.
func kind(k failure.Kind) func(error) bool {
	return func(err error) bool { return failure.Of(err) == k }
}

// is fits what wraps any of the given errors.
func is(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, t := range targets {
			if errors.Is(err, t) {
				return true
			}
		}
		return false
	}
}

// as fits what wraps an error of a type.
func as[T error](err error) bool {
	var t T
	return errors.As(err, &t)
}

const (
	newToken   = "make a new token with " + zenodo.Scopes + ", for exactly this Zenodo"
	otherPlace = "check the address of the Zenodo (zenodo.url, --zenodo)"
)

// vocabulary is the one table of words for errors, the narrower before the
// wider. It is never changed.
var vocabulary = []struct {
	fits func(error) bool
	words
}{
	// What an export ended with, where that says more than what the servers said.
	{kind(failure.NoJob), words{"", "", "zenobis jobs lists the exports"}},
	{kind(failure.Running), words{
		"another zenobis works on this export", "here or on another host",
		"wait for it, or stop that one first",
	}},
	{kind(failure.DraftGone), words{
		"the draft is gone", "it was deleted on Zenodo",
		"zenobis discard closes this export; export again for a new draft",
	}},
	{kind(failure.CorruptUpload), words{
		"the server has other bytes than those sent", "something on the way changes them",
		"try from another network, or tell the server's support",
	}},

	// On the way to a server.
	{as[x509.UnknownAuthorityError], words{
		"the server's certificate can't be verified", "this host does not know the authority that signed it",
		"give the authority's certificate with --ca-file FILE, or as ca_file under [openbis] or [zenodo] in the configuration",
	}},
	{as[x509.HostnameError], words{
		"the server's certificate is for another name", "the address is wrong, or something sits in between",
		"check the address",
	}},
	{as[x509.CertificateInvalidError], words{
		"the server's certificate is not valid", "it has expired, or this host's clock is wrong",
		"check the clock; else tell whoever runs the server",
	}},

	{
		is(wire.ErrCertificate),
		words{"the server's certificate is not trusted", "something may sit in between", "tell whoever runs the server or this network"},
	},
	{is(wire.ErrProxy), words{
		"a proxy refused the connection, not the server itself", "it wants a login, or does not allow this address",
		"check proxy under [openbis] or [zenodo] in the configuration, else HTTPS_PROXY and NO_PROXY; a login stands in the proxy's address",
	}},
	{is(wire.ErrPlain), words{
		"the address is not encrypted", "a password or token could be read on the way",
		"use https; if the network in between is safe, set allow_http = true beside the address under [openbis] in the configuration",
	}},

	// openBIS.
	{is(ErrNoLogin), words{
		"", "",
		"set " + config.EnvOpenBISToken + ", or " + config.EnvOpenBISUser + " and " + config.EnvOpenBISPassword +
			", or openbis.token_file in the configuration",
	}},
	{is(openbis.ErrNoRole), words{
		"openBIS does not let you in", "your user has no role in any space",
		"ask the lab manager or the openBIS administrator for a role; user and password are right",
	}},
	{is(openbis.ErrLogin), words{
		"openBIS refused the login", "the user name or password is wrong",
		"check the user name and password; a lab with single sign-on needs a personal access token instead (" + config.EnvOpenBISToken + ")",
	}},
	{is(openbis.ErrSession), words{
		failure.SessionOver, "it expired, or the token is wrong or no longer valid",
		"log in again, or get a new personal access token",
	}},
	{is(openbis.ErrPATDenied), words{
		"openBIS does not allow this with a personal access token", "such a token reads but changes nothing",
		"log in with a password for this",
	}},
	{is(openbis.ErrDenied), words{"openBIS gives no access", "your rights do not reach there", "ask for the right in openBIS"}},
	{is(openbis.ErrNotOpenBIS), words{
		"there is no openBIS at this address", "something else answers",
		"check the address of the openBIS: it is the one that you open in the browser, without /openbis/...",
	}},
	{is(openbis.ErrTooOld), words{"this openBIS is too old", "zenobis needs openBIS 18.06 or newer", ""}},
	{is(openbis.ErrNoService), words{
		"openBIS lacks the service that records publications", "the ELN's core plugin is not installed",
		"ask the lab manager or the openBIS administrator",
	}},
	{is(openbis.ErrStoreURL), words{
		"a data store has another address than openBIS", "your session would be sent there",
		"if the address is right, put it under [openbis.data_stores] in the configuration",
	}},
	{is(openbis.ErrUnreachable), words{
		"openBIS can't be reached", "the network, a VPN or the server is down",
		"check the address and the network, then try again",
	}},
	{is(selection.ErrUnknown), words{
		"", "", "check the spelling (zenobis ls shows what there is); what you may not see in openBIS is invisible here too",
	}},
	{is(openbis.ErrNotFound), words{"openBIS does not show it", "it was deleted, or you may not see it", "check the spelling"}},

	// Zenodo.
	{is(ErrNoToken, zenodo.ErrAnonymous), words{
		"", "", "set " + config.EnvZenodoToken + " or zenodo.token_file, or save the token once in the terminal UI",
	}},
	{is(zenodo.ErrToken), words{"Zenodo refused the token", "it is wrong, was revoked, or lacks a scope", newToken}},
	{is(zenodo.ErrDenied), words{"Zenodo does not allow this", "the token is good, but the draft or community is someone else's", ""}},
	{is(zenodo.ErrBodyLimit), words{
		"the server takes no request of this size", "a limit of its front server, not the record's quota",
		"export again with --layout per-dataset and a smaller part_size under [export] in the configuration, " +
			"or ask the server's administrator",
	}},
	{is(zenodo.ErrQuota), words{
		"the data is too large for one record", "the storage quota is exceeded",
		"raise the record's storage quota on the draft's page on Zenodo (each user has an allowance for that), " +
			"or discard the export and select less",
	}},
	{is(zenodo.ErrTooMany), words{
		"there are too many files for one record", "the server has a limit",
		"choose the layout per-dataset or single, or select less",
	}},
	{is(zenodo.ErrInvalid), words{
		"Zenodo refused the metadata", "a field is not as it should be",
		"correct what it names and export again",
	}},
	{is(zenodo.ErrBlocked), words{
		"the server's protection blocked the request", "this network may be on its list",
		"try later or from another network, or write to the server's support",
	}},
	{is(zenodo.ErrNotInvenio), words{"there is no Zenodo at this address", "something else answers", otherPlace}},
	{is(zenodo.ErrGone), words{"the record was deleted", "Zenodo keeps only a tombstone page", ""}},
	{is(zenodo.ErrNotFound), words{"Zenodo has no such draft or record", "it was deleted, or belongs to someone else", ""}},
	{is(zenodo.ErrRate), words{"the server asks us to slow down", "too many requests", "wait a few minutes, then try again"}},
	{is(zenodo.ErrEntryGone), words{
		"the upload broke off", "the connection breaks before it is through",
		"try again later, over a cable if possible",
	}},
	{is(zenodo.ErrUnavailable, zenodo.ErrStalled), words{
		"Zenodo can't be reached", "the network is down, or Zenodo under maintenance",
		"check the network; the server may be in maintenance: try again later",
	}},

	// What is left of the kinds.
	{kind(failure.Nothing), words{
		"there is nothing to export", "nothing is selected, or nothing of it can be sent",
		"select something with files or pages",
	}},
	{kind(failure.Limits), words{"", "", "choose the layout per-dataset or single, or select less"}},
	{kind(failure.Disk), words{
		"there is no room in the state directory", "the disk or a quota is full",
		"free space there, or choose another with --state-dir, then try again",
	}},
	{kind(failure.Unreachable), words{
		"no answer in time", "the server or the network is slow or down",
		"check the network, then try again",
	}},
}

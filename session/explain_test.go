package session

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"

	"zenobis/config"
	"zenobis/disk"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/wire"
	"zenobis/zenodo"
)

const secret = "$pat-jdoe-231114221320000x0123456789ABCDEF0123456789ABCDEF"

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		kind   failure.Kind
		status int
		says   string
	}{
		{"configuration", &config.Error{Where: "a", What: "b"}, failure.Configuration, StatusUsage, "a: b"},
		{"wrong password", openbis.ErrLogin, failure.Login, StatusLogin, "check the user name and password"},
		{"no role", openbis.ErrNoRole, failure.Login, StatusLogin, "ask the lab manager"},
		{"session ended", openbis.ErrSession, failure.Login, StatusLogin, "log in again"},
		{"no login", ErrNoLogin, failure.Login, StatusLogin, "ZENOBIS_OPENBIS_TOKEN"},
		{"no token", ErrNoToken, failure.Token, StatusLogin, "ZENOBIS_ZENODO_TOKEN"},
		{"refused token", &zenodo.APIError{Kind: zenodo.ErrToken, Status: 403}, failure.Token, StatusLogin, "deposit:write"},
		{"not an openBIS", openbis.ErrNotOpenBIS, failure.WrongServer, StatusFailed, "browser"},
		{"unreachable", openbis.ErrUnreachable, failure.Unreachable, StatusFailed, "network"},
		{"unknown authority", errors.Join(openbis.ErrUnreachable, x509.UnknownAuthorityError{}), failure.Unreachable, StatusFailed, "--ca-file"},
		{"unknown authority at Zenodo", &zenodo.APIError{Kind: zenodo.ErrUnavailable, Cause: x509.UnknownAuthorityError{}},
			failure.Unreachable, StatusFailed, "ca_file"},
		{"other name", &zenodo.APIError{Kind: zenodo.ErrUnavailable, Cause: x509.HostnameError{Certificate: &x509.Certificate{}}},
			failure.Unreachable, StatusFailed, "another name"},
		{"expired", errors.Join(openbis.ErrUnreachable, x509.CertificateInvalidError{}), failure.Unreachable, StatusFailed, "clock"},
		{"a proxy", &wire.ProxyError{Proxy: "proxy:3128", Status: 407}, failure.Unreachable, StatusFailed, "proxy"},
		{"a proxy on the way to Zenodo", &zenodo.APIError{Kind: wire.ErrProxy, Status: 407}, failure.Unreachable, StatusFailed, "proxy"},
		{"in clear", wire.ErrPlain, failure.Configuration, StatusUsage, "allow_http"},
		{"another fault of a certificate", wire.ErrCertificate, failure.Unreachable, StatusFailed, "certificate"},
		{"no token", &zenodo.APIError{Kind: zenodo.ErrAnonymous, Status: 403}, failure.Token, StatusLogin, "set ZENOBIS_ZENODO_TOKEN"},
		{"a limit of one request", &zenodo.APIError{Kind: zenodo.ErrBodyLimit, Status: 413}, failure.RequestSize, StatusFailed, "part_size"},
		{"selection not found", selection.ErrUnknown, failure.NotFound, StatusRefused, "zenobis ls"},
		{"selection not understood", selection.ErrSyntax, failure.Usage, StatusUsage, ""},
		{"nothing", export.ErrNothing, failure.Nothing, StatusRefused, "select something"},
		{"limit", &export.LimitError{What: "bytes", Have: 2, Max: 1, Hint: "select less"}, failure.Limits, StatusRefused, "select less"},
		{"quota", zenodo.ErrQuota, failure.Quota, StatusFailed, "draft's page"},
		{"refused", failure.Refused, failure.Refused, StatusRefused, ""},
		{"interrupted", context.Canceled, failure.Interrupted, StatusInterrupted, ""},
		{"interrupted by the engine", failure.Interrupted, failure.Interrupted, StatusInterrupted, ""},
		{"said by the engine", &failure.Error{Kind: failure.Quota, What: "no", Why: "full", Do: "raise it", Err: zenodo.ErrQuota},
			failure.Quota, StatusFailed, "raise it"},
		{"no room", disk.ErrFull, failure.Disk, StatusFailed, "--state-dir"},
		{"anything else", errors.New("disk on fire"), failure.Failed, StatusFailed, "disk on fire"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := Explain(fmt.Errorf("trying with %s: %w", secret, c.err))
			if x.Kind != c.kind || x.Kind.ExitStatus() != c.status {
				t.Errorf("kind %s, status %d", x.Kind, x.Kind.ExitStatus())
			}
			all := x.Message() + x.Do
			if !strings.Contains(all, c.says) {
				t.Errorf("%q does not say %q", all, c.says)
			}
			if strings.Contains(all+x.String(), secret) {
				t.Errorf("a secret is told: %+v", x)
			}
		})
	}
}

// What the server refused is told by field, and people count from 1.
func TestExplainFields(t *testing.T) {
	err := failure.RefusedMetadata("creators.0.orcid: wrong", []zenodo.FieldError{
		{Field: "metadata.creators.1.person_or_org.identifiers.0.identifier", Messages: []string{"Invalid ORCID.", "\x1b[31mred"}},
		{Field: "title", Messages: []string{"is needed"}},
	}, nil)
	want := "Zenodo refuses the metadata: creator 2, ORCID: Invalid ORCID. red; title: is needed"
	if got := Explain(fmt.Errorf("plan: %w", err)).Message(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for path, want := range map[string]string{
		"title":                         "title",
		"creators.0.orcid":              "creator 1, ORCID",
		"creators.9":                    "creator 10",
		"contributors.1.affiliations.0": "contributor 2, affiliation",
		"publication_date":              "date",
		"license":                       "licence",
		"related":                       "related works",
		"related.2.identifier":          "related work 3",
		"funding.0.funder":              "grant 1, funder",
		"funding":                       "funding",
		"pids.doi":                      "pids, doi",
	} {
		if got := fieldName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestExplainInSentences(t *testing.T) {
	for _, c := range []struct {
		x    Explanation
		want string
	}{
		{Explanation{What: "openBIS refused the login", Why: "the user name or password is wrong", Do: "check both"},
			"openBIS refused the login. The user name or password is wrong. Check both."},
		{Explanation{What: "Really?"}, "Really?"},
		{Explanation{}, ""},
	} {
		if got := c.x.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Every row of the table says something, in the form that both front ends need.
func TestVocabulary(t *testing.T) {
	for _, row := range vocabulary {
		if row.what == "" && row.act == "" {
			t.Errorf("a row says nothing: %+v", row.words)
		}
		for _, s := range []string{row.what, row.why, row.act} {
			if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "...") || s != strings.TrimSpace(s) || s != "" && s[0] >= 'A' && s[0] <= 'Y' {
				t.Errorf("%q is no part of a sentence", s)
			}
		}
		if row.fits(errors.New("something else")) {
			t.Errorf("%q fits anything", row.what)
		}
	}
}

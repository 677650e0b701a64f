package openbis

import (
	"errors"
	"fmt"
	"testing"

	"zenobis/wire"
)

// TestWhatMayPass: the policy of repetition understands the errors without
// knowing this package.
func TestWhatMayPass(t *testing.T) {
	for _, err := range []error{ErrUnreachable, ErrShort, fmt.Errorf("list: %w", fmt.Errorf("%w: HTTP 502", ErrUnreachable))} {
		if !wire.Transient(err) {
			t.Errorf("%q is taken for lasting", err)
		}
	}
	for _, err := range []error{ErrLogin, ErrNoRole, ErrSession, ErrDenied, ErrNotFound, ErrNotOpenBIS, ErrTooOld, ErrNoService, ErrNoBytes,
		ErrArchived, ErrBadName, ErrPATDenied, ErrExists, ErrStoreURL, errors.New("x"), &Refusal{Message: "no", Kind: ErrDenied}} {
		if wire.Transient(err) {
			t.Errorf("%q is taken for passing", err)
		}
	}
}

func TestNoVerdict(t *testing.T) {
	given := &wire.GivenUp{Err: fmt.Errorf("%w: HTTP 502", ErrUnreachable)}
	for _, err := range []error{ErrUnreachable, ErrShort, ErrSession, fmt.Errorf("log in: %w", ErrLogin), fmt.Errorf("list: %w", given),
		&somethingElse{"HTTP 403"}, &wire.ProxyError{Status: 403}, fmt.Errorf("read: %w", wire.ErrCertificate)} {
		if !NoVerdict(err) {
			t.Errorf("%q is taken for an answer to what was asked", err)
		}
	}
	for _, err := range []error{nil, ErrDenied, ErrNotFound, ErrArchived, ErrStoreURL, ErrNoBytes, errors.New("x"), &Refusal{Message: "no"}} {
		if NoVerdict(err) {
			t.Errorf("%v is taken for no answer", err)
		}
	}
}

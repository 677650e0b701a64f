package zenodo

import (
	"fmt"
	"testing"
	"time"

	"zenobis/wire"
)

// TestWhatMayPass: the policy of repetition understands the errors without
// knowing this package.
func TestWhatMayPass(t *testing.T) {
	passing := map[error]bool{ErrUnavailable: true, ErrRate: true, ErrStalled: true}
	for _, kind := range []error{ErrToken, ErrDenied, ErrNotFound, ErrGone, ErrQuota, ErrTooMany, ErrInvalid, ErrRevision, ErrEntryGone,
		ErrNoContent, ErrRate, ErrUnavailable, ErrNotInvenio, ErrBlocked, ErrNoDOI, ErrStalled, ErrSource, ErrCorrupt} {
		err := fmt.Errorf("send: %w", &APIError{Op: "upload", Kind: kind, RetryIn: time.Minute})
		if wire.Transient(err) != passing[kind] {
			t.Errorf("%q: transient %v", err, !passing[kind])
		}
		if d := wire.RetryAfter(err); d != time.Minute {
			t.Errorf("%q asks for %v", err, d)
		}
	}
	// What a silent upload is given up with says its kind itself.
	if err := (&APIError{Kind: ErrUnavailable, Cause: &wire.Silent{What: "no byte"}}); !wire.Transient(err) {
		t.Error("a silent upload is taken for lasting")
	}
}

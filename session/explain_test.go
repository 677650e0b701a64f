package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/zenodo"
)

func TestExplain(t *testing.T) {
	secret := "$pat-jdoe-231114221320000x0123456789ABCDEF0123456789ABCDEF"
	for _, c := range []struct {
		name   string
		err    error
		kind   string
		status int
	}{
		{"configuration", &config.Error{Where: "a", What: "b"}, "configuration", StatusUsage},
		{"wrong password", openbis.ErrLogin, "login", StatusLogin},
		{"session ended", openbis.ErrSession, "login", StatusLogin},
		{"no login", ErrNoLogin, "login", StatusLogin},
		{"no token", ErrNoToken, "token", StatusLogin},
		{"refused token", &zenodo.APIError{Kind: zenodo.ErrToken, Status: 403}, "token", StatusLogin},
		{"not an openBIS", openbis.ErrNotOpenBIS, "server", StatusFailed},
		{"unreachable", openbis.ErrUnreachable, "unreachable", StatusFailed},
		{"selection not found", selection.ErrUnknown, "not-found", StatusRefused},
		{"selection not understood", selection.ErrSyntax, "usage", StatusUsage},
		{"nothing", export.ErrNothing, "nothing", StatusRefused},
		{"limit", &export.LimitError{What: "bytes", Have: 2, Max: 1, Hint: "select less"}, "limits", StatusRefused},
		{"refused", failure.Refused, "refused", StatusRefused},
		{"interrupted", context.Canceled, "interrupted", StatusInterrupted},
		{"interrupted by the engine", failure.Interrupted, "interrupted", StatusInterrupted},
		{"worded by the engine", &failure.Error{Kind: failure.Quota, What: "no", Why: "full", Do: "raise it", Err: zenodo.ErrQuota}, "quota", StatusFailed},
		{"anything else", errors.New("disk on fire"), "failed", StatusFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := Explain(fmt.Errorf("trying with %s: %w", secret, c.err))
			if x.Kind != c.kind || x.Status != c.status {
				t.Errorf("kind %s, status %d", x.Kind, x.Status)
			}
			if strings.Contains(x.What+x.Do, secret) {
				t.Errorf("a secret is told: %+v", x)
			}
		})
	}
	if x := Explain(&export.LimitError{What: "bytes", Hint: "select less"}); x.Do != "select less" {
		t.Errorf("the hint is lost: %+v", x)
	}
}

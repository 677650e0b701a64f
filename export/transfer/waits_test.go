package transfer

import (
	"errors"
	"testing"
	"time"

	"zenobis/wire"
	"zenobis/zenodo"
)

// TestWhenItIsTriedAgain is told as a time of day, which stays true while it is
// waited for; after a refusal for too many requests, with what the server asked for.
func TestWhenItIsTriedAgain(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.Local)
	clock := func() time.Time { return now }
	b := &base{run: newRun(newGauge(clock)), o: Options{Now: clock}}
	tell := b.policy("").Waiting
	for want, err := range map[string]error{
		"send a.zip again at 12:05:00": errors.New("broken off"),
		"send a.zip again at 12:10:00": &zenodo.APIError{Kind: zenodo.ErrRate, RetryIn: 10 * time.Minute},
		"send a.zip again at 12:15:00": &zenodo.APIError{Kind: zenodo.ErrRate, RetryIn: 24 * time.Hour},
	} {
		tell(wire.Wait{What: "send a.zip", Err: err, Until: now.Add(5 * time.Minute)})
		if got := b.run.Progress().Waiting; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	tell(wire.Wait{What: "send a.zip"})
	if got := b.run.Progress().Waiting; got != "" {
		t.Errorf("afterwards %q", got)
	}
}

package transfer

import (
	"context"
	"time"

	"zenobis/zenodo"
)

// secondLook is how long after the server denied a draft it is asked again.
const secondLook = 10 * time.Second

// State is where a draft stands. That it is gone counts when it is said twice: a
// server that is wrong for a moment must not cost a draft or a registration.
func State(ctx context.Context, z interface {
	State(ctx context.Context, id string) (zenodo.State, zenodo.Record, error)
}, sleep func(context.Context, time.Duration) error, id string) (zenodo.State, zenodo.Record, error) {
	state, rec, err := z.State(ctx, id)
	if err != nil || state != zenodo.StateDiscarded && state != zenodo.StateDeleted {
		return state, rec, err
	}
	if err := sleep(ctx, secondLook); err != nil {
		return zenodo.StateUnknown, rec, err
	}
	return z.State(ctx, id)
}

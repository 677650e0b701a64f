package export

import "context"

func (e *Engine) Verify(ctx context.Context, what string, deep bool, yield func(Verified) error) error {
	return errPending
}

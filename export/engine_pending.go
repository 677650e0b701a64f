package export

import (
	"context"
	"time"
)

func (e *Engine) Plan(ctx context.Context, req Request, dry bool, progress func(stage string, n int)) (Job, *Plan, error) {
	return Job{}, nil, errPending
}
func (e *Engine) Start(ctx context.Context, id string) (*Run, error) { return nil, errPending }
func (e *Engine) Sync(ctx context.Context, id string) ([]Job, error) { return nil, errPending }
func (e *Engine) Discard(ctx context.Context, id string) error       { return errPending }
func (e *Engine) Watch(ctx context.Context, id string, every time.Duration, see func(Job)) error {
	return errPending
}
func (e *Engine) Verify(ctx context.Context, what string, deep bool, yield func(Verified) error) error {
	return errPending
}
func (e *Engine) Manifest(ctx context.Context, id string, yield func(ManifestLine) error) error {
	return errPending
}

package flowtest

import (
	"context"
	"slices"

	"zenobis/export"
)

// Orphans implements flow.Session.
func (f *Fake) Orphans(context.Context) ([]export.Orphan, error) {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	return slices.Clone(f.Left), nil
}

// DiscardOrphan implements flow.Session.
func (f *Fake) DiscardOrphan(_ context.Context, draft string) error {
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.Dropped = append(f.Dropped, draft)
	f.Left = slices.DeleteFunc(f.Left, func(o export.Orphan) bool { return o.Draft == draft })
	return nil
}

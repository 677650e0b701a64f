package page

import (
	"slices"
	"testing"

	"zenobis/shape"
)

// Each format that can be asked for is written, and has a name in links.
func TestEveryFormatIsWritten(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(Formats())), slices.Sorted(slices.Values(shape.Formats())); !slices.Equal(got, want) {
		t.Errorf("%q are written, not %q", got, want)
	}
	for _, w := range writers() {
		if w.called == "" {
			t.Errorf("%s has no name in links", w.format)
		}
	}
}

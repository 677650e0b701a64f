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
	for _, f := range Formats() {
		if (formatNames[f] == "") != (f == HTML) {
			t.Errorf("%s is called %q in links", f, formatNames[f])
		}
	}
}

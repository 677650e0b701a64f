package flow_test

import (
	"testing"

	"zenobis/flow"
	"zenobis/tree"
)

// What is taken only in part is never told as being inside.
func TestAPartIsToldAsAPart(t *testing.T) {
	for in, want := range map[tree.Inside]string{
		{All: 2}:                    "0 of 2 inside",
		{Whole: 2, All: 3}:          "2 of 3 inside",
		{Part: 3, All: 3}:           "3 of 3 in part",
		{Whole: 1, Part: 2, All: 3}: "1 of 3 inside, 2 in part",
	} {
		if got, _ := flow.InsideText(in); got != want {
			t.Errorf("%+v is told as %q, not %q", in, got, want)
		}
	}
	if _, short := flow.InsideText(tree.Inside{Whole: 1, Part: 2, All: 3}); short != "1 of 3 inside" {
		t.Errorf("in short %q", short)
	}
}

package openbis

import "testing"

func TestPermIDs(t *testing.T) {
	for text, want := range map[string]string{
		"20250303141713655-605": "20250303141713655-605",
		`{"permId":"20250303141713655-605","x":"20250303141713655-606"}`: "20250303141713655-605",
		"viewData=%2220250303141713655-605%22":                           "20250303141713655-605",
		"2025-605":                                                       "",
		"":                                                               "",
	} {
		if got := FindPermID(text); got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
		if IsPermID(text) != (text == want && want != "") {
			t.Errorf("%q: %v", text, IsPermID(text))
		}
	}
}

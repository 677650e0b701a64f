package human

import "testing"

func TestNearest(t *testing.T) {
	list := []string{"cc-by-4.0", "cc-by-nc-4.0", "cc0-1.0", "mit", "title", "license", "zenodo.url"}
	for word, want := range map[string]string{
		"cc by 4.0": "cc-by-4.0", "CC BY 4": "cc-by-4.0", "cc-by": "cc-by-4.0", "cc-by-nc": "cc-by-nc-4.0", "titel": "title",
		"licence": "license", "zenod.url": "zenodo.url",
		"cc0": "cc0-1.0", "": "", "something else": "", "-": "", "xyz": "",
	} {
		if got := Nearest(word, list); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestTies(t *testing.T) {
	for _, c := range []struct {
		word, want string
		list       []string
	}{
		{"c.c.0-1,0", "cc0-1.0", []string{"cc0-1.0"}},
		{"abc", "abcxy", []string{"abcxy", "abcyz", "abcxyz"}}, // of those that begin so, the shortest, and of these the first
		{"abc", "abcx", []string{"abcxyz", "abcx"}},
		{"abcdeg", "abcdef", []string{"abcdef", "abcdeh"}}, // of those equally near, the first
		{"abcxyz", "", []string{"abcuvw"}},                 // three of six letters are too many
		{"abcxyz", "abcxvw", []string{"abcxvw"}},
	} {
		if got := Nearest(c.word, c.list); got != c.want {
			t.Errorf("%q among %q: %q, want %q", c.word, c.list, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"a", ""}: 1, {"", "abc"}: 3, {"abc", ""}: 3, {"abc", "abc"}: 0, {"abc", "abd"}: 1, {"abc", "ab"}: 1, {"bc", "abc"}: 1,
		{"ab", "ba"}:   1,
		{"xab", "xba"}: 1, {"abx", "bax"}: 1, {"abcd", "badc"}: 2, {"abc", "cab"}: 2, {"kitten", "sitting"}: 3, {"abcab", "ab"}: 3, {"aab",
			"aba"}: 1,
		{"xyab", "zwba"}: 3, {"abab", "baba"}: 2, {"ca", "abc"}: 3,
	} {
		if got := distance(pair[0], pair[1]); got != want {
			t.Errorf("%q: %d, want %d", pair, got, want)
		}
	}
}

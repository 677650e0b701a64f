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

// The distance is the least number of single steps, for all short words.
func TestDistanceIsTheLeast(t *testing.T) {
	words := []string{""}
	for i := 0; i < len(words); i++ {
		if w := words[i]; len(w) < 4 {
			words = append(words, w+"a", w+"b")
		}
	}
	// least is the definition, without a table: restricted swaps of neighbours.
	var least func(a, b string) int
	least = func(a, b string) int {
		n, m := len(a), len(b)
		switch {
		case n == 0 || m == 0:
			return n + m
		case a[n-1] == b[m-1]:
			return least(a[:n-1], b[:m-1])
		}
		d := 1 + min(least(a[:n-1], b), least(a, b[:m-1]), least(a[:n-1], b[:m-1]))
		if n > 1 && m > 1 && a[n-1] == b[m-2] && a[n-2] == b[m-1] {
			d = min(d, 1+least(a[:n-2], b[:m-2]))
		}
		return d
	}
	for _, a := range words {
		for _, b := range words {
			if got, want := distance(a, b), least(a, b); got != want {
				t.Errorf("%q to %q: %d, want %d", a, b, got, want)
			}
		}
	}
}

// What separates letters does not count.
func TestSeparatorsDoNotCount(t *testing.T) {
	for _, near := range []string{"a-b", "a_b", "a b", "a.b", "a/b", "A,B"} {
		if got := Nearest("ab", []string{near}); got != near {
			t.Errorf("%q: %q", near, got)
		}
	}
}

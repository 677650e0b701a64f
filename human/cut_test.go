package human

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"", 0, ""}, {"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äöü…"}, {"ab cd", 3, "ab…"},
		{"a", 0, "…"}, {"測定測定", 2, "測定…"}, {"a\xffbc", 3, "a\xffb…"},
	} {
		if got := Cut(c.s, c.n); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("a text", 3)
	f.Fuzz(func(t *testing.T, s string, n int) {
		got := Cut(s, max(n, 0))
		if kept, cut := strings.CutSuffix(got, "…"); got != s && (!cut || !strings.HasPrefix(s, kept) || utf8.RuneCountInString(kept) > n) {
			t.Errorf("Cut(%q, %d) = %q", s, n, got)
		}
	})
}

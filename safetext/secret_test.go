package safetext

import "testing"

func TestWithout(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"GET /x?sessionID=jane-1%2F2 failed: jane-1/2", "GET /x?sessionID=[secret] failed: [secret]"},
		{"nothing of it, abc", "nothing of it, abc"}, // too short to be told from a word
		{"abcd", "[secret]"},
	} {
		if got := Without(c.in, "", "abc", "abcd", "jane-1/2"); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestPageText(t *testing.T) {
	if got := PageText("<html>\n<h1 class=\"a>b\">Not</h1>  <p>found\n</p>"); got != `b">Not found` {
		t.Errorf("%q", got)
	}
}

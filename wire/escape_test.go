package wire

import (
	"net/url"
	"strings"
	"testing"
)

func TestEscapePath(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"run 1/é?#%+&=.tar":          "run%201/%C3%A9%3F%23%25%2B%26%3D.tar",
		"a-b._~/Z9":                  "a-b._~/Z9",
		"[x];y,z:@$!'()*\\\"<>^`{|}": "%5Bx%5D%3By%2Cz%3A%40%24%21%27%28%29%2A%5C%22%3C%3E%5E%60%7B%7C%7D",
		"\x00\x7f\xff\n":             "%00%7F%FF%0A",
	} {
		if got := EscapePath(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

func FuzzEscapePath(f *testing.F) {
	f.Add("original/a b+c.txt")
	f.Fuzz(func(t *testing.T, s string) {
		e := EscapePath(s)
		if back, err := url.PathUnescape(e); back != s || err != nil {
			t.Errorf("%q comes back from %q as %q: %v", s, e, back, err)
		}
		u, err := url.Parse("https://lab.example/" + e + "?x=1")
		if err != nil || strings.TrimPrefix(u.Path, "/") != s && u.Path != "/"+s || u.RawQuery != "x=1" || u.Host != "lab.example" {
			t.Errorf("%q: %v, %v", s, u, err)
		}
	})
}

// TestUnreserved are letters, digits and four signs (RFC 3986, 2.3), and nothing beside.
func TestUnreserved(t *testing.T) {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	want := map[byte]bool{}
	for i := range len(all) {
		want[all[i]] = true
	}
	for c := range 256 {
		if Unreserved(byte(c)) != want[byte(c)] {
			t.Errorf("%#02x is left as it is: %v", c, !want[byte(c)])
		}
	}
	if got := Percent("a/b c%\x00é~", Unreserved); got != "a%2Fb%20c%25%00%C3%A9~" {
		t.Errorf("encoded as %s", got)
	}
}

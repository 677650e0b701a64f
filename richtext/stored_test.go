package richtext

import (
	"strings"
	"testing"

	"zenobis/safetext"
)

func TestStored(t *testing.T) {
	file := func(src string) string {
		if strings.Contains(src, "gone") {
			return ""
		}
		return "E1.picture-1.png"
	}
	const session = "alice-230101120000000x0123456789ABCDEF0123456789ABCDEF"
	for _, c := range []struct{ in, want string }{
		{`<p>a  b<!-- c --><img alt="x" src="/openbis/openbis/file-service/eln-lims/1.png?sessionID=` + session + `"></p>`,
			`<p>a  b<!-- c --><img alt="x" src="E1.picture-1.png"></p>`},
		{`<img src="gone.png">`, `<img src="">`},
		{`<a href="/openbis/openbis/file-service/eln-lims/1.pdf">x</a><script>alert(1)</script>`, `<a href="">x</a><script>alert(1)</script>`},
		{"token " + session + ", end", "token [secret], end"},
		{"T<Tc\tand T>0\r\n", "T<Tc\tand T>0\r\n"},
		{"<p>" + strings.Repeat("aB3", 20) + "</p>", "<p>[secret]</p>"},
	} {
		if got := Stored(c.in, file); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// The short way finds what safetext finds.
func FuzzRedact(f *testing.F) {
	for _, s := range []string{
		"alice-230101120000000x0123456789ABCDEF0123456789ABCDEF", "$pat-alice-230101120000000x0123456789ABCDEF", "Bearer abc",
		"access_token=x", "a;sessionID=1&b",
		strings.Repeat("aB3", 20), strings.Repeat("aB3", 21), "x " + strings.Repeat("z9", 30) + ",y", "plain words only",
		"https://u:pw@example.org/x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := redact(s), safetext.Redact(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	})
}

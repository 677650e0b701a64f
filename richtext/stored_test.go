package richtext

import (
	"strings"
	"testing"
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
		{"$pat-alice-" + "230101120000000x0123456789ABCDEF" + " x", "[secret] x"},
		{"see https://lab/x?a=1&sessionID=abc&b=2", "see https://lab/x?a=1&[secret]&b=2"},
		{strings.Repeat("ACGT", 15) + "\n" + strings.Repeat("aB3", 20), strings.Repeat("ACGT", 15) + "\n" + strings.Repeat("aB3", 20)},
	} {
		if got := Stored(c.in, file); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

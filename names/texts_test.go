package names

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestHref leads from a page to another file, in an address.
func TestHref(t *testing.T) {
	for _, c := range []struct{ from, to, readable, address string }{
		{"index.html", "a/b.html", "a/b.html", "a/b.html"},
		{"a/b.html", "a/c.html", "c.html", "c.html"},
		{"a/b.html", "index.html", "../index.html", "../index.html"},
		{"a/b/c.html", "a/d/e.html", "../d/e.html", "../d/e.html"},
		{"a/b.html", "a/a/c.html", "a/c.html", "a/c.html"},
		{"a/b/c.html", "a/b", "../b", "../b"},
		{"a/x/c.html", "b/x/d.html", "../../b/x/d.html", "../../b/x/d.html"},
		{"index.html", "Über 10 %/a b.html", "Über 10 %/a b.html", "Über%2010%20%25/a%20b.html"},
		{"index.html", "a?b#c:d[e].html", "a?b#c:d[e].html", "a%3Fb%23c%3Ad%5Be%5D.html"},
		{"index.html", "a!$&'()*+,;=@-._~z09AZ", "a!$&'()*+,;=@-._~z09AZ", "a!$&'()*+,;=@-._~z09AZ"},
		{"index.html", "a\xff\u0080", "a\xff\u0080", "a\uFFFD\u0080"},
	} {
		if got := Relative(c.from, c.to); got != c.readable {
			t.Errorf("from %s to %s: %q, want %q", c.from, c.to, got, c.readable)
		}
		if got := Href(c.from, c.to); got != c.address {
			t.Errorf("from %s to %s: the address is %q, want %q", c.from, c.to, got, c.address)
		}
	}
}

// TestPlain keeps what an .eln may have in a name, and tells all else by a hash.
func TestPlain(t *testing.T) {
	const kept = "azAZ09._-"
	if got := Plain(kept); got != kept {
		t.Errorf("%q became %q", kept, got)
	}
	for _, c := range []rune{'a' - 1, 'z' + 1, 'A' - 1, 'Z' + 1, '0' - 1, '9' + 1, ' ', 'µ'} {
		if c == '/' || c == '_' {
			continue
		}
		if got := Plain("x" + string(c)); !regexp.MustCompile(`^x_-[0-9a-f]{8}$`).MatchString(got) {
			t.Errorf("x%c became %q", c, got)
		}
	}
	for _, name := range []string{"é", "..", "", "a\u200bb", strings.Repeat("n", maxEntry+1), "CON"} {
		if got := Plain(name); got == name || len(got) > maxEntry || !regexp.MustCompile(`-[0-9a-f]{8}$`).MatchString(got) {
			t.Errorf("%q became %q", name, got)
		}
	}
	if longest := strings.Repeat("n", maxEntry); Plain(longest) != longest {
		t.Error("the longest name is cut")
	}
}

// TestFilesInELN have names of one part, all of them different.
func TestFilesInELN(t *testing.T) {
	n := NewELN()
	seen := map[string]string{}
	longest := strings.Repeat("n", maxInELN-len("ENTRY/")-len("SET--"))
	for file, want := range map[string]string{ // "" for one that carries a hash
		"/b.txt": "SET--b.txt", "raw/c.txt": "SET--raw--c.txt", "raw--c.txt": "", "-d": "", "é.csv": "",
		"x/ro-crate-metadata.json": "", longest: "SET--" + longest, longest + "x": "", longest + "/x.csv": "",
		"y." + strings.Repeat("e", 20) + "/é":       "",
		"long.extension" + strings.Repeat("z", 300): "",
	} {
		got := n.FilePath("ENTRY/SET", file)
		name := path.Base(got)
		switch {
		case path.Dir(got) != "ENTRY" || len(got) > maxInELN || plain(name) != name:
			t.Errorf("%.40q is %q", file, got)
		case want != "" && name != want:
			t.Errorf("%.40q is %q, want %q", file, name, want)
		case want == "" && !regexp.MustCompile(`^SET--.*-[0-9a-f]{8}(\.[a-z]{1,15})?$`).MatchString(name):
			t.Errorf("%.40q is %q", file, name)
		}
		if other, there := seen[Fold(got)]; there {
			t.Errorf("%.40q has the name of %.40q: %s", file, other, got)
		}
		seen[Fold(got)] = file
	}
	first, second, third := n.FilePath("ENTRY/OTHER", "a.txt"), n.FilePath("ENTRY/OTHER", "A.TXT"), n.FilePath("ENTRY/THIRD", "a.txt")
	if first != "ENTRY/OTHER--a.txt" || Fold(second) == Fold(first) || third != "ENTRY/THIRD--a.txt" {
		t.Errorf("%s, %s, %s", first, second, third)
	}
	if ext := path.Ext(n.FilePath("ENTRY/SET", "é."+strings.Repeat("x", 15))); ext != "."+strings.Repeat("x", 15) {
		t.Errorf("the extension became %s", ext)
	}
	if got := n.FilePath("ENTRY/SET", "é."+strings.Repeat("x", 16)); !regexp.MustCompile(`\.x{16}-[0-9a-f]{8}$`).MatchString(got) {
		t.Errorf("what is too long for an extension is one in %s", got)
	}
}

func TestMediaType(t *testing.T) {
	for _, c := range []struct{ name, given, want string }{
		{"a.csv", "", "text/csv"}, {"a.CSV", "", "text/csv"}, {"a", "", "application/octet-stream"}, {"a.none", "", "application/octet-stream"},
		{"a.csv", "image/png", "image/png"}, {"a.csv", "text/plain; charset=utf-8", "text/plain"}, {"a.csv", "no/type/at all", "text/csv"},
		{"a.csv", "/", "text/csv"},
	} {
		if got := MediaType(c.name, c.given); got != c.want {
			t.Errorf("%q, given %q: %q, want %q", c.name, c.given, got, c.want)
		}
	}
}

// TestNaturalAtTheEdges of what is a digit and a letter.
func TestNaturalAtTheEdges(t *testing.T) {
	for _, c := range []struct{ less, more string }{
		{"a9", "a10"}, {"a0", "a1"}, {"a00", "a1"}, {"a09", "a10"}, {"a/", "a0"}, {"a9", "a:"}, {"a10", "a:2"}, {"A2", "a10"}, {"z2", "Z10"},
		{"@b", "ac"}, {"y", "z["}, {"a\x7f", "a\u0080"}, {"ä2", "Ä10"}, {"Ä2x", "ä10x"}, {"a", "a0"}, {"é1", "e\u03012"},
	} {
		if x, y := Natural(c.less, c.more), Natural(c.more, c.less); x >= 0 || y <= 0 {
			t.Errorf("%q and %q: %d and %d", c.less, c.more, x, y)
		}
	}
}

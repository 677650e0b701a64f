package wire

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"lab.example":                    "https://lab.example",
		" https://LAB.example:443/ ":     "https://lab.example",
		"http://lab.example:80":          "http://lab.example",
		"http://lab.example:443":         "http://lab.example:443",
		"https://lab.example:80":         "https://lab.example:80",
		"HTTPS://lab.example/a/b//?q#f":  "https://lab.example/a/b",
		"lab.example:8443/proxy":         "https://lab.example:8443/proxy",
		"http://[::1]:8080":              "http://[::1]:8080",
		"http://[FE80::1]":               "http://[fe80::1]",
		"https://lab.example:":           "https://lab.example",
		"https://lab.example:65535":      "https://lab.example:65535",
		"https://B\u00fccher.example/x":  "https://xn--bcher-kva.example/x",
		"https://zenod\u043e.org":        "https://xn--zenod-nye.org", // Cyrillic: a look-alike is seen to be one
		"http://\uff4cocalhost:8080":     "http://localhost:8080",     // as it is asked for
		"https://\u00fc-.example":        "!has a host that there can't be",
		"":                               "!is empty",
		"  ":                             "!is empty",
		"https://":                       "!has no host",
		"https://:443":                   "!has no host",
		"ftp://lab.example":              "!must begin with https://",
		"https://user:secret@lab":        "!must not hold a user",
		"https://user@lab":               "!must not hold a user",
		"https://lab:secret":             "!is not an address",
		"http://user:secret@[bad":        "!is not an address",
		"https://lab.example:0":          "!has no port",
		"https://lab.example:65536":      "!has no port",
		"https://lab\u200b.example":      "!has no host",
		"https://lab.example%1b:1/":      "!is not an address",
		"javascript://lab.example/%0aaa": "!must begin",
	} {
		u, err := ParseAddress(in)
		got := ""
		if err != nil {
			got = "!" + err.Error()
		} else {
			got = u.String()
		}
		if got != want && !(strings.HasPrefix(want, "!") && strings.HasPrefix(got, want)) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is repeated: %v", in, err)
		}
	}
	if Host("https://Lab:8443/x") != "lab:8443" || Host("lab") != "lab" || Host("ftp://x") != "" {
		t.Error("hosts of addresses")
	}
}

func parse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSameServer(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"https://lab", "https://LAB:443/x"}:                               true,
		{"HTTPS://lab", "https://lab"}:                                     true,
		{"http://lab:80", "http://lab"}:                                    true,
		{"http://[::1]:80", "http://[::1]"}:                                true,
		{"https://lab", "http://lab"}:                                      false,
		{"https://lab", "https://lab:8443"}:                                false,
		{"https://lab", "https://lab.evil.example"}:                        false,
		{"https://lab", "https://user@lab"}:                                false,
		{"https://user@lab", "https://lab"}:                                false,
		{"https:///x", "https:///y"}:                                       false,
		{"https://lab:443", "http://lab:443"}:                              false,
		{"https://a.lab", "https://b.lab"}:                                 false,
		{"mailto:x@lab", "mailto:x@lab"}:                                   false,
		{"https://b\u00fccher.example", "https://xn--bcher-kva.example/x"}: true,
		{"https://zenod\u043e.org", "https://zenodo.org"}:                  false,
		{"https://\u00fc-.example", "https://\u00e4-.example"}:             false,
		{"https://[::1]:443/a", "https://[::1]/b?c"}:                       true,
	} {
		if got := SameServer(parse(t, pair[0]), parse(t, pair[1])); got != want {
			t.Errorf("%q and %q: %v", pair[0], pair[1], got)
		}
	}
	u := parse(t, "https://lab")
	if SameServer(nil, u) || SameServer(u, nil) || SameServer(nil, nil) {
		t.Error("nothing is a server")
	}
}

// TestLoopback: a name that only begins like a loopback address leads anywhere.
func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1": true, "127.8.9.1:443": true, "::1": true, "[::1]": true, "[::1]:80": true,
		"::ffff:127.0.0.1": true, "127.evil.example": false, "127.0.0.1.evil.example": false, "localhost.evil.example": false,
		"x.localhost": false, "10.0.0.1": false, "0.0.0.0": false, "::": false, "": false, "127.1": false, "2130706433": false,
	} {
		if Loopback(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
	for address, private := range map[string]bool{
		"https://lab": true, "http://127.0.0.1:8080": true, "http://localhost": true, "http://lab": false, "http://127.evil.example": false,
	} {
		u := parse(t, address)
		err := Plain(u)
		if Private(u) != private || (err == nil) != private {
			t.Errorf("%s: private %v, %v", address, Private(u), err)
		}
		if err != nil && (!errors.Is(err, ErrPlain) || !strings.Contains(err.Error(), address)) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestWhoIsZenodo(t *testing.T) {
	for host, want := range map[string]bool{
		"zenodo.org": true, "www.zenodo.org": true, "Sandbox.Zenodo.org": true, "my-zenodo.org": false, "zenodo.org.evil.example": false,
		"x.zenodo.org": false, "": false, "zenodo.org:8443": false,
	} {
		if (Flavour(host) == FlavourZenodo) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
	if !Sandbox("SANDBOX.zenodo.org") || Sandbox("zenodo.org") {
		t.Error("sandboxes")
	}
}

func TestPastedTokens(t *testing.T) {
	for in, want := range map[string]string{
		"\ufeffabc\r\n": "abc", " abc\t": "abc", "\u200babc\u00a0": "abc", "": "", "\ufeff": "", "a b": "a b",
	} {
		if got := Token(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// FuzzParseAddress: what is accepted is an address that reads the same again.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"lab", "https://lab:443/x", "http://[::1]:8", "https://u:p@h", "//x", "a://b", "https://h/%2f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseAddress(s)
		if err != nil {
			return
		}
		again, err := ParseAddress(u.String())
		if err != nil || again.String() != u.String() || !SameServer(u, again) {
			t.Errorf("%q: %q, then %v, %v", s, u, again, err)
		}
	})
}

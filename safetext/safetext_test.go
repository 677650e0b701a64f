package safetext

import (
	"strings"
	"testing"
	"unicode"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Measurement 1", "Measurement 1"},
		{"umlauts and CJK stay", "Größe 測定", "Größe 測定"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"window title", "a\x1b]0;owned\x07b", "ab"},
		{"clipboard", "a\x1b]52;c;aGk=\x1b\\b", "ab"},
		{"C1 control sequence", "a\u009b31mb", "a31mb"},
		{"line feed and tab", "a\nb\tc", "a b c"},
		{"direction override", "abc\u202egpj.exe", "abcgpj.exe"},
		{"zero width", "a\u200bb\ufeffc", "abc"},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb"},
		{"blanks at the ends", "  a ", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Line(c.in); got != c.want {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestBlockKeepsLines(t *testing.T) {
	if got := Block("a\x1b[2J\r\nb\tc\n"); got != "a\nb c\n" {
		t.Errorf("got %q", got)
	}
}

func TestRedact(t *testing.T) {
	for _, secret := range []string{
		"alice-231114221320000x0123456789ABCDEF0123456789ABCDEF",
		"$pat-alice-231114221320000x0123456789ABCDEF0123456789ABCDEF",
		"%24pat-alice-231114221320000x0123456789ABCDEF",
		"sessionID=anything",
		strings.Repeat("aZ3", 20),
		"Bearer abc.def",
	} {
		if got := Redact("see " + secret + " here"); got != "see [secret] here" {
			t.Errorf("Redact kept a secret: %q", got)
		}
	}
	if s := "permId 20231114221322000-14 stays"; Redact(s) != s {
		t.Errorf("a permId is no secret: %q", Redact(s))
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[31m\x9b\u202e\n")
	f.Add("\x1b]8;;x\x07")
	f.Fuzz(func(t *testing.T, s string) {
		got := Line(s)
		for _, r := range got {
			if unicode.IsControl(r) {
				t.Fatalf("Line(%q) = %q still holds a control character", s, got)
			}
		}
		if again := Line(got); again != got {
			t.Fatalf("not idempotent: %q, %q", got, again)
		}
	})
}

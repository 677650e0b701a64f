package safetext

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

func TestTheTwoRules(t *testing.T) {
	for _, c := range []struct{ name, in, line, kept string }{
		{"plain", "Measurement 1", "Measurement 1", ""},
		{"nothing", "", "", ""},
		{"the last of ASCII", "~", "~", ""},
		{"umlauts and CJK stay", "Größe 測定", "Größe 測定", ""},
		{"colour", "\x1b[31mred\x1b[0m", "red", "[31mred[0m"},
		{"window title", "a\x1b]0;owned\x07b", "ab", "a]0;ownedb"},
		{"clipboard", "a\x1b]52;c;aGk=\x1b\\b", "ab", "a]52;c;aGk=\\b"},
		{"unended sequence", "a\x1b]b", "a", "a]b"},
		{"escape before a letter", "a\x1bMole", "aole", "aMole"},
		{"C1 control sequence", "a\u009b31mb", "a31mb", ""},
		{"C0", "a\x00\x08b\x1f", "ab", ""},
		{"delete", "a\x7fb", "ab", ""},
		{"line feed and tab", "a\nb\tc", "a b c", ""},
		{"carriage return", "a\rb", "a b", ""},
		{"next line", "a\u0085b", "ab", "a b"},
		{"form feed and vertical tab", "a\fb\vc", "abc", "a b c"},
		{"separators of lines and paragraphs", "a\u2028b\u2029c", "a b c", ""},
		{"direction override", "abc\u202egpj.exe", "abcgpj.exe", ""},
		{"all directions", "a\u202ab\u202bc\u202cd\u202de", "abcde", ""},
		{"isolates", "a\u2066b\u2067c\u2068d\u2069e", "abcde", ""},
		{"marks of direction", "a\u200eb\u200fc", "abc", ""},
		{"Arabic letter mark", "a\u061cb", "ab", ""},
		{"soft hyphen", "a\u00adb", "ab", "a\u00adb"},
		{"Persian", "می\u200cخواهم", "میخواهم", "می\u200cخواهم"},
		{"family", "👩\u200d👧", "👩👧", "👩\u200d👧"},
		{"zero width", "a\u200bb\ufeffc", "abc", "a\u200bb\ufeffc"},
		{"word joiner", "a\u2060b\u2065c", "abc", "a\u2060b\u2065c"},
		{"deprecated formats", "a\u206ab\u206fc", "abc", "a\u206ab\u206fc"},
		{"annotations", "a\ufff9b\ufffac\ufffbd", "abcd", "a\ufff9b\ufffac\ufffbd"},
		{"flag of England", "🏴\U000E0067\U000E0062\U000E007F", "🏴", "🏴\U000E0067\U000E0062\U000E007F"},
		{"first of the tags", "a\U000E0000b", "ab", "a\U000E0000b"},
		{"neighbours that show", "\u00ac\u00ae\u200a\u2010\u205f\u2070\ufefe\ufffc\U000E0100x",
			"¬®\u200a\u2010\u205f\u2070\ufefe\ufffc\U000E0100x", ""},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb", ""},
		{"blanks at the ends", "  a ", "a", ""},
		{"blank at the end", "a ", "a", ""},
		{"blank at the beginning", " a", "a", ""},
		{"nothing but control characters", "\x1b\x07\x01", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Line(c.in); got != c.line {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, c.line)
			}
			if c.kept == "" {
				c.kept = c.line
			}
			if got := Name(c.in); got != c.kept {
				t.Errorf("Name(%q) = %q, want %q", c.in, got, c.kept)
			}
		})
	}
}

func TestBlockKeepsLines(t *testing.T) {
	if got := Block("a\x1b[2J\r\nb\tc\n"); got != "a\nb c\n" {
		t.Errorf("got %q", got)
	}
	if got := Text(" a\u200cb\x1b\r\n\u202ec\td\re\u0085f\vg\xff "); got != " a\u200cb\nc\td\ne\nf g\uFFFD " {
		t.Errorf("got %q", got)
	}
}

func TestQuote(t *testing.T) {
	if got := Quote("a\x1b[2J\nb"); got != `"a b"` {
		t.Errorf("got %s", got)
	}
}

func TestEscapeJSON(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\":\"b\"}\n":      "{\"a\":\"b\"}\n",
		"\"Größe\"":            "\"Größe\"",
		"\"\u009b31m\"":        `"\u009b31m"`,
		"\"\u0080\u009f\x7f\"": `"\u0080\u009f\u007f"`,
		"\"\u202egpj\"":        `"\u202egpj"`,
		"\"\u061c\u00ad\"":     `"\u061c\u00ad"`,
		"\"\U000E0067\"":       `"\udb40\udc67"`,
		"\"~\u00a0\"":          "\"~\u00a0\"",
	} {
		got := string(EscapeJSON([]byte(in)))
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		var a, b any
		if json.Unmarshal([]byte(in), &a) != nil || json.Unmarshal([]byte(got), &b) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%q is another value than %q", got, in)
		}
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
		"access_token=anything",
		"//user:p/w@",
	} {
		if got := Redact("see " + secret + " here"); got != "see [secret] here" {
			t.Errorf("Redact kept a secret: %q", got)
		}
	}
	for _, s := range []string{"https://lab.example:8443/a", "see //x and: y@z", "https://lab/a:b@c", "user:pw@", strings.Repeat("a",
		59), strings.Repeat("a", 61)} {
		if Redact(s) != s || Secrets(s) != nil {
			t.Errorf("%q holds no secret: %q", s, Redact(s))
		}
	}
	if got := Redact("parse \"http://user:pw@[bad\": x"); strings.Contains(got, "pw") {
		t.Errorf("Redact kept a password: %q", got)
	}
	if got := Secrets("a sessionID=x b sessionID=y"); len(got) != 2 || got[1] != "sessionID=y" {
		t.Errorf("Secrets found %q", got)
	}
	if s := "permId 20231114221322000-14 stays"; Redact(s) != s {
		t.Errorf("a permId is no secret: %q", Redact(s))
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[31m\x9b\u202e\n")
	f.Add("\x1b]8;;x\x07")
	f.Fuzz(func(t *testing.T, s string) {
		for name, clean := range map[string]func(string) string{"Line": Line, "Name": Name} {
			got := clean(s)
			for _, r := range got {
				if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
					t.Fatalf("%s(%q) = %q still holds a control character", name, s, got)
				}
			}
			if again := clean(got); again != got {
				t.Fatalf("%s is not idempotent: %q, %q", name, got, again)
			}
		}
	})
}

// The edges of what is seen at a glance to be plain.
func TestLineAtTheEdges(t *testing.T) {
	for in, want := range map[string]string{
		"": "", " ": "", "a": "a", " a": "a", "a ": "a", "a b": "a b", "a\x7fb": "ab", "\x01": "", "\x7f": "", "~": "~", "\x1f": "", "!": "!",
		"a\x01": "a", "\x01a": "a", "a\u0080": "a", "a\u00a0b": "a\u00a0b",
		"\u200a|\u200b|\u200c|\u200d|\u200e": "\u200a||||", "\u205f|\u2060|\u206f|\u2070": "\u205f|||\u2070",
		"\ufff8|\ufff9|\ufffb|\ufffc": "\ufff8|||\ufffc", "\U000dffff|\U000e0000|\U000e007f|\U000e0080": "\U000dffff|||\U000e0080",
	} {
		if got := Line(in); got != strings.TrimSpace(want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Secrets at the edges of texts and of their own length.
func TestRedactAtTheEdges(t *testing.T) {
	hex16 := "0123456789abcdef"
	for in, want := range map[string]string{
		"u-123456789012x" + hex16:       "[secret]",
		"u-123456789012345678x" + hex16: "[secret]",
		"u-12345678901x" + hex16:        "u-12345678901x" + hex16,
		"u-123456789012x" + hex16[:15]:  "u-123456789012x" + hex16[:15],
		"Bearer abc.def":                "[secret]",
		"bearer\tabc":                   "[secret]",
		"BEARER\nabc":                   "[secret]",
		"Bearer":                        "Bearer",
		"earer abc":                     "earer abc",
		"$pat-x":                        "[secret]",
		"$PAT-x":                        "[secret]",
		"pat-x":                         "pat-x",
		"-":                             "-", "=": "=", "/": "/", "@": "@", " ": " ", "/x": "/x", "n=": "n=",
		"SESSIONID=x":                 "[secret]",
		"sessionid=x":                 "[secret]",
		"ACCESS_TOKEN=x":              "[secret]",
		"//u:p@h":                     "[secret]h",
		"//u@h":                       "//u@h",
		"a/b c:d@e":                   "a/b c:d@e",
		strings.Repeat("a", 60):       "[secret]",
		strings.Repeat("z", 60):       "[secret]",
		strings.Repeat("A", 60):       "[secret]",
		strings.Repeat("Z", 60):       "[secret]",
		strings.Repeat("a", 59):       strings.Repeat("a", 59),
		strings.Repeat("a", 61):       strings.Repeat("a", 61),
		strings.Repeat("a", 60) + ".": "[secret].",
		strings.Repeat("09", 30):      "[secret]",
		strings.Repeat("a", 30) + "ſ" + strings.Repeat("a", 29): "[secret]",

		"é" + strings.Repeat("a", 60):   "é[secret]",
		strings.Repeat("`", 60) + "{[@": strings.Repeat("`", 60) + "{[@",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
		if got := len(Secrets(in)) > 0; got != (want != in) {
			t.Errorf("Secrets(%q): %v", in, got)
		}
	}
	for in, want := range map[string]string{
		"u-123456789012x" + hex16:            "[secret]",
		"see u-123456789012x" + hex16 + " x": "see [secret] x",
		"u-123456789012x" + hex16[:15]:       "u-123456789012x" + hex16[:15],
		"u-12345678901x" + hex16:             "u-12345678901x" + hex16,
		"x":                                  "x", "123456789012x": "123456789012x", "12345678901xx": "12345678901xx",
		"x u-123456789012X" + strings.ToUpper(hex16): "x [secret]",
		"a=1&sessionID=y":       "a=1&[secret]",
		"%24pat-u-1":            "[secret]",
		strings.Repeat("a", 60): strings.Repeat("a", 60),
	} {
		if got := RedactSessions(in); got != want {
			t.Errorf("RedactSessions(%q) = %q, want %q", in, got, want)
		}
	}
}

// What is drawn keeps its own styles, and loses what nobody sees.
func TestDrawn(t *testing.T) {
	const styled = "\x1b[1mab\x1b[m \x1b]8;;https://x\x07c\x1b]8;;\x07 é 測"
	if got := Drawn(styled); got != styled {
		t.Errorf("got %q", got)
	}
	if got := Drawn("a\u200bb\u00ad\u202e\u009bc\x7f\xffd"); got != "abc\uFFFDd" {
		t.Errorf("got %q", got)
	}
}

package hypertext

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile are values that would be something else than text where they are not escaped.
var hostile = []string{
	"", "plain", "a+b & c", `"quoted" 'text'`, "<script>alert(1)</script>", "</title></style></textarea><b>", "<!--", "]]>", "&lt;&amp;&#34;",
	"nul\x00nul", "\u202ebidi\u202c", "\xff\xfe", "line\nline\r\n", "{{.}}", "` onclick=alert(1)", "\u2028", "  blanks  ",
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
	"javascript&colon;alert(1)", "&#106;avascript:alert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>", "file:///etc/passwd",
	"https://doi.org/10.1/(a)'b\"+c", "http://example.org/?a=1&b=2#c", "HTTPS://EXAMPLE.ORG", "mailto:a@example.org", "../up/a b.html",
	"#fragment", "//example.org/x", "a:b", "a/b:c", "?x:y", ":", "%41%zz%", "ü/é.html", "[1]*!$;@,", "tel:+41",
}

var oracle = template.Must(template.New("").Parse(
	`<title>{{.}}</title><p title="{{.}}">{{.}}</p><a href="{{.}}">{{.}}</a><img src="{{.}}" alt="{{.}}"><form action="{{.}}"></form>` +
		`<textarea>{{.}}</textarea>`))

// sample is what the oracle's template says, as nodes.
func sample(s string) string {
	return String(El("title", Text(s)), El("p", Attr("title", s), Text(s)), Link(s, s), El("img", Attr("src", s), Attr("alt", s)),
		El("form", Attr("action", s)), El("textarea", Text(s)))
}

// same compares with the standard library's own escaping.
func same(t *testing.T, s string) {
	t.Helper()
	var b bytes.Buffer
	if err := oracle.Execute(&b, s); err != nil {
		t.Fatal(err)
	}
	want := b.String()
	if Address(s) == Nowhere && s != Nowhere {
		want = strings.ReplaceAll(want, `"#ZgotmplZ"`, `"#"`)
	}
	if got := sample(s); got != want {
		t.Errorf("%q:\ngot  %s\nwant %s", s, got, want)
	}
}

// Whatever a value is, a browser reads it as text, and no address leads to a script.
func harmless(t *testing.T, s string) {
	t.Helper()
	var tags []string
	for z := html.NewTokenizer(strings.NewReader(sample(s))); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		if kind != html.TextToken {
			tags = append(tags, token.Data)
		}
		for _, a := range token.Attr {
			switch a.Key {
			case "title", "alt":
			case "href", "src", "action":
				scheme, _, ok := strings.Cut(strings.ToLower(a.Val), ":")
				if ok && !strings.Contains(scheme, "/") && scheme != "http" && scheme != "https" && scheme != "mailto" {
					t.Errorf("%q leads to %q", s, a.Val)
				}
			default:
				t.Errorf("%q is the attribute %s", s, a.Key)
			}
		}
	}
	if got := strings.Join(tags, " "); got != "title title p p a a img form form textarea textarea" {
		t.Errorf("%q makes %s", s, got)
	}
}

func TestValuesStayText(t *testing.T) {
	for _, s := range hostile {
		same(t, s)
		harmless(t, s)
	}
}

func FuzzValues(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		same(t, s)
		harmless(t, s)
	})
}

func TestAddress(t *testing.T) {
	for s, want := range map[string]string{
		"https://doi.org/10.1/x": "https://doi.org/10.1/x", "HTTP://a": "HTTP://a", "mailto:a@b": "mailto:a@b",
		"../a b/ü.html": "../a%20b/%c3%bc.html", "#part": "#part", "?q=1": "?q=1", "//host/x": "//host/x", "%41%4": "%41%254", "": "",
		"javascript:x": Nowhere, " javascript:x": Nowhere, "java\tscript:x": Nowhere, "data:,x": Nowhere, "file:///x": Nowhere,
		"a:b": Nowhere, "a/b:c": "a/b:c",
	} {
		if got := Address(s); got != want {
			t.Errorf("%q leads to %q, want %q", s, got, want)
		}
	}
}

func TestLayout(t *testing.T) {
	got := String(
		Block("ul", Class("files"), nil, If(false, Text("no")), Each([]string{"a", "b"}, func(s string) Node {
			return El("li", Text(s), Flag("hidden", s == "b"), Flag("open", false))
		}), Line{Text("c"), El("br"), nil, HTML("<b>d</b>")}),
		Block("p"), El("p", Group{Attr("id", "x"), Text("y")}))
	want := "<ul class=\"files\">\n<li>a</li>\n<li hidden>b</li>\nc<br><b>d</b>\n</ul><p>\n</p><p id=\"x\">y</p>"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

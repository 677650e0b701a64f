package flow

import "testing"

func TestADescriptionIsEditedWithoutTags(t *testing.T) {
	for _, c := range []struct{ html, text string }{
		{"<p>One.</p><p>Two<br>lines.</p>", "One.\n\nTwo\nlines."},
		{"<p>T&lt;Tc and <strong>bold</strong>, <em>italic</em></p>", "T<Tc and **bold**, *italic*"},
		{"<p>Data:</p><ul><li>raw</li><li>evaluated<ul><li>fits</li></ul></li></ul>", "Data:\n\n- raw\n- evaluated\n  - fits"},
		{"<ol><li>first</li><li>second</li></ol>", "1. first\n2. second"},
		{`<h2>Methods</h2><p>See <a href="https://example.org/a_b">the page</a>.</p>`, "## Methods\n\nSee [the page](https://example.org/a_b)."},
		{"<p>a*b*c and [x]</p>", `a\*b\*c and \[x]`},
		{`<p>C:\dir</p>`, `C:\\dir`},
	} {
		if got := textOf(c.html); got != c.text {
			t.Errorf("%s\n is edited as %q\n      want %q", c.html, got, c.text)
		}
		if got := HTMLOf(c.text); canonical(got) != canonical(c.html) {
			t.Errorf("%q\nbecame %s\n  want %s", c.text, got, c.html)
		}
	}
	table := "<table><tr><td>a</td></tr></table>"
	if got := textOf(table); canonical(HTMLOf(got)) != canonical(table) {
		t.Errorf("a table came back as %q", got)
	}
	if got := HTMLOf("3 * 4 * 5 <b>"); got != "<p>3 * 4 * 5 &lt;b&gt;</p>" && got == "" {
		t.Errorf("stars of a product: %q", got)
	}
}

func FuzzDescription(f *testing.F) {
	for _, s := range []string{"**a** *b* [c](https://d)", "- a\n  - b\n1. c", "# h\n\np\nq", `\* \[`, "<p>x</p>", "***a***b", "a\n- b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := HTMLOf(s)
		if again := HTMLOf(textOf(h)); canonical(again) != canonical(h) {
			t.Errorf("%q is %q, edited again it is %q (text %q)", s, h, again, textOf(h))
		}
	})
}

package richtext

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"zenobis/page/pagetest"
)

func TestIs(t *testing.T) {
	for _, c := range []struct {
		dataType, widget, value string
		want                    bool
	}{
		{"MULTILINE_VARCHAR", "Word Processor", "<p>a</p>", true},
		{"MULTILINE_VARCHAR", "Word Processor", "first line\nsecond line\nT<Tc and T>0", false},
		{"MULTILINE_VARCHAR", "Word Processor", "x<b and c>d", false},
		{"MULTILINE_VARCHAR", "Word Processor", "a <i> d", false},
		{"MULTILINE_VARCHAR", "Word Processor", "p<0.05 & q>1", false},
		{"MULTILINE_VARCHAR", "Word Processor", "one<br>two", true},
		{"MULTILINE_VARCHAR", "Word Processor", "see <b>this</b>", true},
		{"MULTILINE_VARCHAR", "Word Processor", "<p>no end", true},
		{"MULTILINE_VARCHAR", "Word Processor", "a &lt; b", false},
		{"MULTILINE_VARCHAR", "", "<p>a</p>", true},
		{"MULTILINE_VARCHAR", "", "see <b>this</b>", false},
		{"MULTILINE_VARCHAR", "", "  \n<p>T<sub>c</sub></p>", true},
		{"MULTILINE_VARCHAR", "", "<b and c>", false},
		{"MULTILINE_VARCHAR", "Monospace Font", "<p>a</p>", false},
		{"VARCHAR", "", "<p>a</p>", false},
		{"XML", "", "<p>a</p>", false},
		{"", "", "<p>a</p>", true},
		{"", "", "Superconductor below T<Tc and above p>0 at 5 K", false},
		{"", "", "<Tc> is what", false},
		{"", "", "", false},
	} {
		if got := Is(c.dataType, c.widget, c.value); got != c.want {
			t.Errorf("%s %s %q: %v", c.dataType, c.widget, c.value, got)
		}
	}
}

func TestReadable(t *testing.T) {
	const wp = "Word Processor"
	for _, c := range []struct{ name, widget, value, want string }{
		{"lines", wp, "first line\nsecond line\nT<Tc and T>0", "first line\nsecond line\nT<Tc and T>0"},
		{"description", "", "Superconductor below T<Tc and above p>0 at 5 K", "Superconductor below T<Tc and above p>0 at 5 K"},
		{"raised", wp, "<p>10<sup>5</sup> cells, 10<sup>-3</sup> M, x<sup>ab</sup>, CO<sub>2</sub>, T<sub>c</sub></p>",
			"10⁵ cells, 10⁻³ M, x^(ab), CO₂, T_c"},
		{"struck", wp, "<p>a <s>b c</s> d</p>", "a ~~b c~~ d"},
		{"media", wp, `<figure class="media"><oembed url="https://example.org/v"></oembed></figure>`, "https://example.org/v"},
		{"iframe", wp, `<p>a<iframe src="https://example.org/v"></iframe></p>`, "ahttps://example.org/v"},
		{"bare host", wp, `<p><a href="www.example.org/paper">here</a></p>`, "here <https://www.example.org/paper>"},
		{"doi", wp, `<p><a href="doi:10.1234/x">here</a></p>`, "here <https://doi.org/10.1234/x>"},
		{"doi below a prefix", wp, `<p><a href="10.1000.10/x">here</a></p>`, "here <https://doi.org/10.1000.10/x>"},
		{"doi with signs", wp, `<p><a href="doi:10.1002/(SICI)1&lt;a#b?c%3Cd">here</a></p>`,
			"here <https://doi.org/10.1002/%28SICI%291%3Ca%23b%3Fc%3Cd>"},
		{"share", wp, `<p><a href="smb://server/x">here</a></p>`, "here [smb://server/x]"},
		{"within", wp, `<p><a href="/openbis/webapp/eln-lims/?viewData=20240302092000000-3">here</a></p>`,
			"here [in openBIS: 20240302092000000-3]"},
		{"session", wp, `<p><a href="https://x/y?sessionID=alice-1">here</a></p>`, "here [link within openBIS]"},
		{"script", wp, `<p><a href="javascript:alert(1)">here</a></p>`, "here [script left out]"},
		{"place", wp, `<p><a href="#x">here</a> <a name="y">there</a></p>`, "here [link within this text] there"},
		{"Windows share", wp, `<p><a href="\\server\lab\x">here</a></p>`, `here [\\server\lab\x]`},
		{"TeX", wp, `<p>a <script type="math/tex">x^2<y</script> b <script type="math/tex; mode=display">\frac{a}{b}</script> <script>no</script></p>`,
			`a \(x^2<y\) b \[\frac{a}{b}\]`},
		{"abbreviation", wp, `<p><abbr title="polymerase chain reaction">PCR</abbr></p>`, "PCR (polymerase chain reaction)"},
		{"start", wp, `<ol start="3"><li>a</li><li>b</li></ol>`, "3. a\n4. b"},
		{"letters", wp, `<ol style="list-style-type:lower-latin"><li>a</li><li value="27">b</li></ol>`, "a. a\naa. b"},
		{"roman", wp, `<ol type="I" start="4"><li>a</li></ol>`, "IV. a"},
		{"reversed", wp, `<ol reversed><li>a</li><li>b</li></ol>`, "2. a\n1. b"},
		{"nested", wp, `<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>`, "- a\n  - b\n- c"},
		{"tasks", wp, `<ul class="todo-list"><li><label><input type="checkbox" checked disabled><span>done</span></label></li></ul>`,
			"- [x] done"},
		{"blanks", wp, "<p>a  b\tc</p><pre>a\tb  c\n  d</pre>", "a b c\n\na\tb  c\n  d"},
		{"white space kept", wp, `<p style="white-space:pre-wrap">a  b` + "\tc\nd</p>", "a  b\tc\nd"},
		{"plain blanks", "", "a  b\tc\n\n d", "a  b\tc\n\n d"},
		{"joiners", wp, "<p>می‌خواهم 👩‍🔬</p>", "می‌خواهم 👩‍🔬"},
		{"unknown tags", wp, "<p>T<Tc and T>0, a<b and c>d, <o:p>x</o:p> <foo>y</foo></p>", "T<Tc and T>0, a<b and c>d, x y"},
		{"references", wp, "a &lt; b &amp; c R&D", "a < b & c R&D"},
		{"table", wp, "<table><tr><th>a</th><td>b</td></tr>lost<tr><td>c</td></tr></table>", "lost\n\na\tb\nc"},
		{"formula", wp, "<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mfrac><mn>1</mn><mi>y</mi></mfrac></math><p></p>", "x²=1/y"},
		{"controls", wp, "<p>a\x1b[31mb\u202ec</p>", "a[31mbc"},
		{"dangling", wp, "<p>a</b> b <!-- no --> c</p>", "a b c\n\n[the markup is broken and was repaired]"},
		{"goes on", wp, "<p>x <sup>1</p><p>2</sup></p>", "x ¹\n\n²\n\n[the markup is broken and was repaired]"},
		{"quote", wp, "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n\n> b"},
		{"caption", wp, "<table><caption>Cap</caption></table>", "Cap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Readable("MULTILINE_VARCHAR", c.widget, c.value); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSafeHTML(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"a<b and c>d\nnext\n\nthird & last", "<p>a&lt;b and c&gt;d<br>next</p>\n<p>third &amp; last</p>"},
		{`<p onclick="x()">a<script>alert(1)</script> <a href="javascript:x">b</a></p>`, "<p>a b [script left out]</p>"},
		{`<p>see <mark class="marker-green">a</mark><span style="color:rgb(255, 0, 0)">b</span></p>`,
			`<p>see <span style="background-color:#62f962">a</span><span style="color:#ff0000">b</span></p>`},
		{`<ol start="3" type="a"><li>a</li></ol>`, "<ol type=\"a\" start=\"3\">\n<li>a</li>\n</ol>"},
		{"<p>a", "<p>a</p>"},
	} {
		if got := SafeHTML("", "", c.value); got != c.want {
			t.Errorf("%q: %q, want %q", c.value, got, c.want)
		}
	}
}

func TestColour(t *testing.T) {
	for in, want := range map[string]string{
		"Red": "#ff0000", "#abc": "#aabbcc", "#AABBCC80": "#aabbcc", "rgb(1, 2,3)": "#010203", "rgba(100%,0%,0%,.5)": "#ff0000",
		"hsl(0, 75%, 60%)":  "#e64c4c",
		"hsl(240,100%,50%)": "#0000ff", "url(x)": "", "expression(1)": "", "inherit": "", "#12": "", "rgb(1,2)": "", "red;x:y": "",
	} {
		if got := Colour(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// Tables of any shape come out so that each row and column has a cell of its own.
func TestGrid(t *testing.T) {
	for _, s := range []string{
		`<table><tr><td colspan=3>a<tr><td colspan=3>b</table>`, `<table><tr><td rowspan=9>a<td>b<tr></table>`,
		`<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>`, `<table><tr><td>a<tr><td>b<td>c<td>d</table>`, `<table><tr></table>`,
		`<table><thead><tr><th rowspan=2>a<th>b</thead><tbody><tr><td>c</table>`,
		`<table><tr><td rowspan=3>a<td>b<td rowspan=2>c<tr><td>d<tr><td>e</table>`,
	} {
		d, err := Read(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range d.Blocks {
			width := b.Columns()
			begins, taken := map[int]bool{}, map[[2]int]int{}
			for y, r := range b.Rows {
				if len(r) == 0 {
					t.Errorf("%s: row %d is empty", s, y)
				}
				for _, c := range r {
					begins[c.Column] = true
					for dy := range c.RowSpan {
						for dx := range c.ColSpan {
							taken[[2]int{y + dy, c.Column + dx}]++
						}
					}
				}
			}
			if len(begins) != width || len(taken) != width*len(b.Rows) {
				t.Errorf("%s: columns %v of %d, %d places taken", s, begins, width, len(taken))
			}
			for at, n := range taken {
				if n != 1 {
					t.Errorf("%s: %v is taken %d times", s, at, n)
				}
			}
		}
	}
}

// hostile are texts made to cost more than they are long.
var hostile = map[string]func(n int) string{
	"equal spans":  func(n int) string { return "<p>" + strings.Repeat("<span>x</span>", n) + "</p>" },
	"unlike spans": func(n int) string { return "<p>" + strings.Repeat("<b>x</b>y", n) + "</p>" },
	"open spans":   func(n int) string { return "<p>" + strings.Repeat("<span>x", n) },
	"open colours": func(n int) string { return strings.Repeat("<p><font color=red size=1>x", n) },
	"fonts again": func(n int) string {
		return strings.Repeat("<font color=red><b><i>", 60) + strings.Repeat("<p>x</p>", n)
	},
	"stray ends":  func(n int) string { return "<p>" + strings.Repeat("</b>x", n) + "</p>" },
	"deep lists":  func(n int) string { return strings.Repeat("<ul><li>x", n) },
	"deep quotes": func(n int) string { return strings.Repeat("<blockquote>x\n", n) },
	"deep tables": func(n int) string { return strings.Repeat("<table><tr><td>x", n) },
	"wide cells": func(n int) string {
		return "<table>" + strings.Repeat("<tr><td colspan=1000 rowspan=1000>x", n) + "</table>"
	},
	"staggered": func(n int) string { return "<table>" + strings.Repeat("<tr><td rowspan=900>x<td>", n) + "</table>" },
	"one long row": func(n int) string {
		return "<table><tr>" + strings.Repeat("<td>", n) + strings.Repeat("<tr><td>x", n) + "</table>"
	},
	"row and joined": func(n int) string {
		return "<table><tr><td rowspan=1000>" + strings.Repeat("<td>", n) + strings.Repeat("<tr><td>x", n) + "</table>"
	},
	"links":        func(n int) string { return strings.Repeat(`<a href="https://example.org/x">`, n) + "x" },
	"names":        func(n int) string { return strings.Repeat("<Tc and T>0 ", n) + "<p>x</p>" },
	"attributes":   func(n int) string { return "<p" + strings.Repeat(" a=b", n) + ">x</p>" },
	"nested lists": func(n int) string { return strings.Repeat("<ul><li>", 150) + strings.Repeat("<p>x</p>", n) },
	"headings":     func(n int) string { return strings.Repeat("<h1>x</h1><h6>y</h6>", n) },
	"formulas":     func(n int) string { return strings.Repeat("<math><msup><mi>x</mi>", n) },
	"breaks":       func(n int) string { return strings.Repeat("<p><br>", n) },
}

// Twice the text takes about twice the memory that is ever asked for: a copy in
// each step, whatever it is a copy of, would show.
func TestReadingIsLinear(t *testing.T) {
	cost := func(s string) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d, err := Read(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = Plain(d.Blocks), HTML(d.Blocks, nil)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	for name, make := range hostile {
		t.Run(name, func(t *testing.T) {
			n := 1500
			if testing.Short() {
				n = 500
			}
			cost(make(8)) // what is made once
			small, large := cost(make(n)), cost(make(4*n))
			if large > 6*small {
				t.Errorf("%.0f bytes for n, %.0f for 4n", small, large)
			}
			if per := large / float64(len(make(4*n))); per > 4000 {
				t.Errorf("%.0f bytes for each byte read", per)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if _, err := Read("<p>"+strings.Repeat("x", MaxText), nil); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if _, err := Read(`<p><img src="data:image/png;base64,`+strings.Repeat("A", MaxText)+`"></p>`, nil); err != nil {
		t.Error("the bytes of a picture count as text")
	}
	if _, err := Read("<table><tr>"+strings.Repeat("<td>", MaxCells+1), nil); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// visibleText is what a browser shows of HTML.
func visibleText(t testing.TB, s string) string {
	text, err := pagetest.Shown(s)
	if err != nil {
		t.Skip(err)
	}
	return text
}

// No letter or digit that a browser shows is lost on the way to text.
func FuzzNothingIsLost(f *testing.F) {
	for _, make := range hostile {
		f.Add(make(3))
	}
	for _, s := range []string{
		"<p>10<sup>5</sup> and T<Tc and T>0</p>", "<ol start=3><li>a<li>b</ol><table>x<tr>y<td>z</table>",
		"<b><p><i>x</b><table><td><ul>a<li>b</table></i><h1><h2>c</h1>",
		"<select><option>a<option>b</select><textarea>c</textarea><button>d</button>", "<dl><dt>a<dd>b</dl><ruby>x<rt>y</ruby>",
		"</ 3 a><? x>b<!-- c -->d", "<svg><text>a</text></svg>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<13 {
			t.Skip()
		}
		s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
		d, err := Read(s, nil)
		if err != nil {
			t.Skip(err)
		}
		got := pagetest.Letters(Plain(d.Blocks))
		for r, n := range pagetest.Letters(visibleText(t, s)) {
			if got[r] < n {
				t.Fatalf("%q is there %d times, %d times in %q, shown as %q", r, n, got[r], s, Plain(d.Blocks))
			}
		}
		page := HTML(d.Blocks, nil)
		shown := pagetest.Letters(visibleText(t, page))
		for r, n := range pagetest.Letters(visibleText(t, s)) {
			if shown[r] < n {
				t.Fatalf("%q is there %d times, %d times in the HTML of %q: %q", r, n, shown[r], s, page)
			}
		}
	})
}

package page

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page/pagetest"
)

// constructs are what the ELN's editor can write, each with a place for words.
var constructs = []string{
	`<h1>%s</h1>`, `<h2 style="text-align:center;">%s</h2>`, `<h3>%s</h3>`, `<h4>%s</h4>`,
	`<p>%s</p>`, `<p style="text-align:justify;">%s <strong>bold</strong>, <i>italic</i>, <u>underlined</u>, <s>struck</s>, <code>` +
		`code</code></p>`,
	`<p style="margin-left:40px;">%s CO<sub>2</sub>, 10<sup>-3</sup> M, x<sup>ab</sup>, T<sub>c</sub> &lt; 5 &amp; more&nbsp;&nbsp;blanks</p>`,
	`<p><span style="color:hsl(0, 75%%, 60%%);">%s</span> <span style="background-color:hsl(240, 75%%, 60%%);">on blue</span> <span ` +
		`class="text-big" style="font-family:Arial, Helvetica, sans-serif;">big</span></p>`,
	`<p><mark class="marker-yellow">%s</mark> <mark class="marker-green">green</mark> <mark class="marker-pink">pink</mark> <mark ` +
		`class="marker-blue">blue</mark> <mark class="pen-red">red</mark> <mark class="pen-green">pen</mark></p>`,
	`<p><a target="_blank" rel="noopener noreferrer" href="https://example.org/a?b=1&amp;c=2">%s</a>, <a href="www.example.org/paper">` +
		`paper</a>, <a href="doi:10.1234/x">doi</a>, <a href="#here">here</a>, <a href="mailto:a@example.org">mail</a></p>`,
	`<ul><li>%s<ul><li>inner<ul><li>innermost</li></ul></li></ul></li><li>second</li></ul>`,
	`<ol><li>%s</li><li>two</li></ol><figure class="image"><img src="/openbis/openbis/file-service/eln-lims/1.png"></figure><ol ` +
		`start="3"><li>three</li></ol>`,
	`<ol style="list-style-type:lower-latin;"><li>%s</li><li>b</li></ol><ol style="list-style-type:upper-roman;"><li>I</li></ol>`,
	`<ul class="todo-list"><li><label class="todo-list__label"><input type="checkbox" disabled="disabled" checked="checked"><span ` +
		`class="todo-list__label__description">%s</span></label></li>` +
		`<li><label class="todo-list__label"><input type="checkbox" disabled="disabled"><span class="todo-list__label__description">` +
		`open</span></label></li></ul>`,
	`<blockquote><p>%s</p><p>quoted</p></blockquote>`,
	`<pre><code class="language-python">def f(x):` + "\n\t" + `return x  # %s</code></pre>`,
	`<figure class="table" style="width:50%%;"><table style="border:1px solid hsl(0, 0%%, 0%%);"><colgroup><col style="width:30%%;"><col ` +
		`style="width:70%%;"></colgroup><thead><tr><th>Day</th><th>Cells</th></tr></thead>` +
		`<tbody><tr><td rowspan="2" style="vertical-align:top;">1</td><td style="background-color:#ffe066;text-align:right;">%s</td></tr>` +
		`<tr><td>120</td></tr><tr><td colspan="2"><p>sum</p><ul><li>of all</li></ul></td></tr></tbody></table><figcaption>` +
		`Counts</figcaption></figure>`,
	`<figure class="image image_resized image-style-side" style="width:40%%"><img ` +
		`src="/openbis/openbis/file-service/eln-lims/2.png?sessionID=alice-230101120000000x0123456789ABCDEF0123456789ABCDEF" alt="Cells">` +
		`<figcaption>%s</figcaption></figure>`,
	`<figure class="media"><oembed url="https://example.org/video?v=1"></oembed></figure><p>%s</p>`,
	`<hr><div class="page-break" style="page-break-after:always;"><span style="display:none;">&nbsp;</span></div><p>%s</p>`,
	`<p>%s<br>next line <span class="math-tex">\(x^2 + y_1\)</span> <span class="mention" data-mention="@x">@x</span></p>`,
	`<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math><p>%s</p>`,
	`<div class="raw-html-embed"><p>%s <script>alert(1)</script><iframe src="https://example.org/frame"></iframe></p></div>`,
	`<p>%s T<Tc and T>0, می‌خواهم 👩‍🔬 Größe 測定 µl</p>`,
	`<p>%s <img src="gone.png" alt="Gel"> after</p>`,
}

// everything is a text of some 100 kB with each construct again and again.
func everything() string {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("thaw wash grow cells buffer gel lane protein 37 °C PBS µl plate day control sample light Größe 12.5 mM")
	var b strings.Builder
	for b.Len() < 100_000 {
		for _, c := range constructs {
			var text []string
			for range 5 + r.IntN(20) {
				text = append(text, words[r.IntN(len(words))])
			}
			fmt.Fprintf(&b, c, strings.Join(text, " "))
			b.WriteString("\n")
		}
	}
	return b.String()
}

func editorPage(t testing.TB, value string) map[string][]byte {
	e := &openbis.Entity{
		Ref:        openbis.Ref{Kind: openbis.KindObject, Code: "E1", PermID: "20240302092000000-1", Name: "Everything"},
		Properties: map[string][]string{"NOTES": {value}},
		Registered: day1,
	}
	ty := &openbis.EntityType{
		Properties: []openbis.Assignment{{Code: "NOTES", Label: "Notes", DataType: "MULTILINE_VARCHAR", Widget: "Word Processor"}},
	}
	files, _ := render(t, Input{Entity: e, Type: ty, Place: names.Place{Folder: "S/E1", Page: "S/E1"}, Image: fakeImage}, Formats())
	out := map[string][]byte{}
	for _, f := range files {
		out[f.Path[strings.LastIndexByte(f.Path, '.')+1:]] = f.Data
	}
	return out
}

func TestEverythingTheEditorWrites(t *testing.T) {
	value := everything()
	pages := editorPage(t, value)
	for _, ext := range []string{"html", "txt", "json"} {
		t.Run(ext, func(t *testing.T) { golden.RequireEqual(t, pages[ext]) })
	}
	t.Run("docx", func(t *testing.T) { golden.RequireEqual(t, wordPart(t, pages["docx"], "word/document.xml")) })
	t.Run("numbering", func(t *testing.T) { golden.RequireEqual(t, wordPart(t, pages["docx"], "word/numbering.xml")) })
	checkHTML(t, pages["html"])
	lost(t, value, string(pages["txt"]))
}

// seen is what a browser shows of HTML.
func seen(t testing.TB, s string) string {
	text, err := pagetest.Shown(s)
	if err != nil {
		t.Skip(err)
	}
	return text
}

// lost fails where a letter or digit that a browser shows of a value is not in a page.
func lost(t testing.TB, value, page string) {
	t.Helper()
	got := pagetest.Letters(page)
	for r, n := range pagetest.Letters(seen(t, value)) {
		if got[r] < n {
			t.Fatalf("%q is there %d times, %d times in %q", r, n, got[r], value)
		}
	}
}

// No letter or digit of visible text is lost between a value and its text page, be
// it rich text or plain.
func FuzzNoLetterIsLost(f *testing.F) {
	for _, c := range constructs {
		f.Add(fmt.Sprintf(c, "word 1"), true)
		f.Add(fmt.Sprintf(c, "word 1"), false)
	}
	f.Add("first line\nsecond line\nT<Tc and T>0", true)
	f.Add("a\tb  c\r\nd &lt; e", false)
	f.Fuzz(func(t *testing.T, value string, editor bool) {
		value = strings.ToValidUTF8(strings.ReplaceAll(value, "\x00", ""), "")
		if len(value) > 1<<12 || strings.TrimSpace(value) == "" {
			t.Skip()
		}
		a := openbis.Assignment{Code: "NOTES", Label: "Notes", DataType: "MULTILINE_VARCHAR"}
		if editor {
			a.Widget = "Word Processor"
		}
		e := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindObject, Code: "E"}, Properties: map[string][]string{"NOTES": {value}}}
		files, _ := render(
			t,
			Input{Entity: e, Type: &openbis.EntityType{Properties: []openbis.Assignment{a}}, Place: names.Place{Page: "E"}},
			[]Format{Text, HTML},
		)
		shown := string(files[0].Data)
		lost(t, value, shown)
		if page := string(files[1].Data); true {
			lost(t, value, seen(t, page))
		}
	})
}

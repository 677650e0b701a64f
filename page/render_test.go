package page

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
	"golang.org/x/net/html"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/richtext"
)

func TestPages(t *testing.T) {
	l := demo(t)
	for _, c := range []struct{ name, suffix string }{
		{"step.html", "Thaw (STEP1).html"}, {"step.json", "Thaw (STEP1).json"}, {"step.txt", "Thaw (STEP1).txt"}, {"step.csv",
			"Thaw (STEP1).Spreadsheet.csv"},
		{"collection.html", "(EXP_1).html"}, {"collection.json", "(EXP_1).json"}, {"project.txt", "CELLS.txt"},
		{"dataset.html", "Raw data (20240302092000000-6).html"}, {"dataset.json", "Raw data (20240302092000000-6).json"}, {"dataset.txt",
			"Raw data (20240302092000000-6).txt"}, {"collection.csv", "(EXP_1).csv"}, {"space.html", "LAB.html"}, {"linked.txt",
			"20240302092000000-7.txt"}, {"loose.html", "EXP_1 (object).html"},
	} {
		t.Run(c.name, func(t *testing.T) { golden.RequireEqual(t, l.page(t, c.suffix)) })
	}
	t.Run("step.docx", func(t *testing.T) {
		golden.RequireEqual(t, wordPart(t, l.page(t, "Thaw (STEP1).docx"), "word/document.xml"))
	})
}

func TestGapsAreToldAndMarked(t *testing.T) {
	l := demo(t)
	var got []string
	for _, g := range l.gaps {
		got = append(got, g.Entity.Code+" "+g.Where+": "+g.What)
	}
	want := []string{
		"STEP1 Experimental goals: picture missing (Gel): it is gone",
		"STEP1 Experimental results: the markup breaks off at the end",
		"STEP1 Broken sheet: the spreadsheet is not readable",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, ext := range []string{"html", "txt", "json"} {
		page := string(l.page(t, "Thaw (STEP1)."+ext))
		for _, mark := range []string{"picture missing (Gel)", "markup breaks off", "spreadsheet is not readable"} {
			if !strings.Contains(page, mark) {
				t.Errorf("%s does not say %q", ext, mark)
			}
		}
	}
}

// What comes from us tells no e-mail address, user id, session or internal picture.
func TestPagesKeepSecrets(t *testing.T) {
	l := demo(t)
	for p, b := range l.content {
		if strings.HasSuffix(p, ".docx") {
			b = wordPart(t, b, "word/document.xml")
		}
		text := strings.ToLower(string(b))
		secrets := []string{
			"alice@",
			"bob@",
			"sessionid",
			"0123456789abcdef",
			"file-service",
			"secret</root>",
			"xmlcomments",
			"annotations_state",
			"show_in_project",
		}
		if !strings.HasSuffix(p, ".json") { // there the value stands as openBIS holds it
			secrets = append(secrets, "alert(1)</script", "onclick", "<script")
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", p, secret)
			}
		}
	}
}

func TestPictureIsFetchedOnce(t *testing.T) {
	calls := 0
	in := Input{
		Entity: &openbis.Entity{
			Ref:        openbis.Ref{Code: "E"},
			Properties: map[string][]string{"A": {`<p><img src="x.png"><img src="x.png"></p>`}, "B": {`<p><img src="x.png"></p>`}},
		},
		Place: names.Place{Page: "S/P/E"}, Image: func(string) (string, []byte, error) { calls++; return "image/png", pngBytes(), nil },
	}
	pages, gaps := render(t, in, []Format{HTML, JSON, Text, DOCX})
	if calls != 1 || len(gaps) != 0 {
		t.Errorf("%d calls, gaps %v", calls, gaps)
	}
	if n := bytes.Count(pages[1].Data, []byte(`"mediaType"`)); n != 1 {
		t.Errorf("JSON holds the picture %d times", n)
	}
	if n := bytes.Count(pages[0].Data, []byte("data:image/png;base64,")); n != 3 {
		t.Errorf("HTML shows the picture %d times", n)
	}
}

// Every link of every page leads to a file of the package.
func TestLinksWorkOffline(t *testing.T) {
	l := demo(t)
	l.content["index.html"] = nil
	for p, b := range l.content {
		if !strings.HasSuffix(p, ".html") {
			continue
		}
		for z := html.NewTokenizer(bytes.NewReader(b)); z.Next() != html.ErrorToken; {
			for _, a := range z.Token().Attr {
				if a.Key != "href" || strings.HasPrefix(a.Val, "https://") {
					continue
				}
				to, err := url.PathUnescape(a.Val)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := l.content[path.Join(path.Dir(p), to)]; !ok {
					t.Errorf("%s: link to %q leads nowhere", p, a.Val)
				}
			}
		}
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	a, b := demo(t), demo(t)
	if !reflect.DeepEqual(a.content, b.content) || !reflect.DeepEqual(a.gaps, b.gaps) {
		t.Error("two renderings differ")
	}
	one := demo(t, JSON, DOCX)
	for p, data := range one.content {
		if !bytes.Equal(data, a.content[p]) {
			t.Errorf("%s depends on the other formats", p)
		}
	}
}

func TestTextStaysNarrow(t *testing.T) {
	l := demo(t)
	for p, b := range l.content {
		if !strings.HasSuffix(p, ".txt") {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if richtext.Columns(strings.TrimSpace(line)) > tableWidth && !strings.HasPrefix(strings.TrimSpace(line), "see ") {
				t.Errorf("%s: %q", p, line)
			}
		}
	}
}

func TestCSVReadsBack(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(demo(t).page(t, "Spreadsheet.csv"))).ReadAll()
	want := [][]string{{"\ufeffA", "B", "Volume, µl"}, {"x", "1", "2.5"}, {"'=SUM(B1:B1)", "", "line\nbreak"}}
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%q, %v", rows, err)
	}
}

func TestCSVNames(t *testing.T) {
	value := []string{sheetValue(`{"data":[["1"]]}`)}
	e := &openbis.Entity{Properties: map[string][]string{"X.SHEET": value, "Y.SHEET": value, "ONE": value, "TWO": value}}
	ty := &openbis.EntityType{Properties: []openbis.Assignment{
		{
			Code:   "X.SHEET",
			Label:  "Sheet",
			Widget: "Spreadsheet",
		}, {Code: "Y.SHEET", Label: "sheet", Widget: "Spreadsheet"}, {Code: "ONE", Label: "v1.2 / a", Widget: "Spreadsheet"}, {Code: "TWO",
			Label: "Data", Widget: "Spreadsheet"},
	}}
	pages, _ := render(t, Input{Entity: e, Type: ty, Place: names.Place{Page: "P"}}, nil)
	var got []string
	for _, p := range pages {
		got = append(got, p.Path)
	}
	if want := []string{"P.X_SHEET.csv", "P.Y_SHEET.csv", "P.v1_2 _ a.csv", "P.Data.csv"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ dataType, value, text string }{
		{"TIMESTAMP", "2025-03-02 10:20:00 +0200", "2025-03-02T08:20:00Z"},
		{"TIMESTAMP", "yesterday", "yesterday"},
		{"ARRAY_TIMESTAMP", "2025-03-02 10:20:00 +0000", "2025-03-02T10:20:00Z"},
		{"DATE", "2025-03-02", "2025-03-02"},
		{"DATE", "2025-03-02 00:00:00 +0000", "2025-03-02"},
		{"BOOLEAN", "TRUE", "true"},
		{"CONTROLLEDVOCABULARY", "T", "Term"},
		{"CONTROLLEDVOCABULARY", "GONE", "GONE"},
		{"NEVER_HEARD_OF", "a\x1b[31mb\u202ec", "a[31mbc"},
		{"TIMESTAMP", "2025-03-02 10:20:00", "2025-03-02T10:20:00"},
		{"TIMESTAMP", "2025-03-02 10:20", "2025-03-02T10:20"},
		{"TIMESTAMP", "2025-03-02 10:20:00.125 +0200", "2025-03-02T08:20:00.125Z"},
		{"DATE", "2025-03-02 10:20:00 +0000", "2025-03-02T10:20:00Z"},
		{"HYPERLINK", "www.example.org", "www.example.org"},
		{"VARCHAR", "می‌خواهم\ta  b <p>x</p>", "می‌خواهم\ta  b <p>x</p>"},
		{"MULTILINE_VARCHAR", "a\n  b < c", "a\n  b < c"},
	} {
		text, _ := plain(openbis.Assignment{DataType: c.dataType, Terms: map[string]string{"T": "Term"}}, c.value)
		if text != c.text {
			t.Errorf("%s %q: %q, want %q", c.dataType, c.value, text, c.text)
		}
	}
}

func TestSheets(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        [][]string
		err         error
	}{
		{"headers as text", sheetValue(`{"headers":"a,b","data":[[1,true],[null,1.50]]}`), [][]string{{"a", "b"}, {"1", "true"}, {"",
			"1.50"}}, nil},
		{"rows as objects", sheetValue(`{"data":[{"0":"x","1":"y"}]}`), [][]string{{"A", "B"}, {"x", "y"}}, nil},
		{"lower case, line breaks", strings.ToLower("<DATA>") + "\n" + strings.TrimSuffix(strings.TrimPrefix(sheetValue(`{"data":[["x"]]}`),
			"<DATA>"), "</DATA>") + "\n</data>", [][]string{{"A"}, {"x"}}, nil},
		{"empty", sheetValue(`{"headers":["A","B"],"data":[["",""],["",""]]}`), nil, errEmptySheet},
		{"not base64", "<DATA>%%%</DATA>", nil, errSheet},
		{"not JSON", "<DATA>aGVsbG8=</DATA>", nil, errSheet},
		{"data of another shape", sheetValue(`{"data":"x"}`), nil, errSheet},
		{"no data", "<root/>", nil, errNoSheet},
		{"rows alone in Latin-1", "<DATA>" + base64.StdEncoding.EncodeToString([]byte("[[\"5 \xb5l\"]]")) + "</DATA>", [][]string{{"A"},
			{"5 µl"}}, nil},
		{"computed", sheetValue(`{"data":[["2","=A1*3"],["=GONE()","x"]],"values":[["2","6"],["","x"]]}`), [][]string{{"A", "B"}, {"2",
			"6"}, {"=GONE()", "x"}}, nil},
		{"titles only", sheetValue(`{"headers":["Time","Value"],"data":[["",""]]}`), [][]string{{"Time", "Value"}}, nil},
		{"uneven", sheetValue(`{"data":[["x"],["a","b"]]}`), [][]string{{"A", "B"}, {"x"}, {"a", "b"}}, nil},
		{"wide and high", sheetValue(`{"data":[[` + strings.Repeat(`"",`, 60_000) + `""],` + strings.Repeat(`[],`, 60_000) + `["x"]]}`),
			nil, nil},
		{"above the limit", sheetValue(`{"data":[[` + strings.Repeat(`"x",`, 2000) + `"x"],` + strings.Repeat(`["x"],`, 2000) + `["x"]]}`),
			nil, richtext.ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := readSheet(c.value)
			if !errors.Is(err, c.err) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if err == nil && c.want != nil && !reflect.DeepEqual(append([][]string{s.headers}, s.rows...), c.want) {
				t.Errorf("%q %q, want %q", s.headers, s.rows, c.want)
			}
		})
	}
	if columnName(701) != "ZZ" || columnName(702) != "AAA" {
		t.Error(columnName(701), columnName(702))
	}
}

func wordPart(t testing.TB, docx []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkHTML holds a page against what the parser makes of it: what it had to
// move or add was not well formed.
func checkHTML(t testing.TB, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := html.Render(&b, doc); err != nil {
		t.Fatal(err)
	}
	if got, want := tagsOf(b.Bytes()), tagsOf(page); !slices.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("the parser reads %q where %q was written, after %q", got[i], want[i], want[max(0, i-8):i])
			}
		}
		t.Fatalf("the parser reads %d tags, %d were written", len(got), len(want))
	}
}

func tagsOf(page []byte) (tags []string) {
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return tags
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tk := z.Token()
			if tk.Type == html.SelfClosingTagToken { // as the renderer writes elements without an end
				tk.Type = html.StartTagToken
			}
			tags = append(tags, fmt.Sprintf("%v:%s", tk.Type, tk.Data))
			for _, a := range tk.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/") ||
					a.Key == "href" && strings.HasPrefix(strings.ToLower(a.Val), "javascript") {
					tags = append(tags, "bad:"+a.Key)
				}
			}
		}
	}
}

func TestHTMLIsWellFormed(t *testing.T) {
	for p, b := range demo(t, HTML).content {
		if strings.HasSuffix(p, ".html") {
			checkHTML(t, b)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("Label", richValue)
	f.Add("Label", `<b><p><i>x</b><table><td><ul>a<li>b</table></i><h1><h2>c</h1><img src=x><a href="java&#10;script:x">y</a><pre> a</pre>`)
	f.Add("a\x00b", "<div><div><p>\xff\u202e<br><br></div><ol><ol><li>x")
	f.Add("", "<![CDATA[x]]><!--<script>-->\x1b[2J<svg onload=x><math><mi>")
	f.Add("x", sheetValue(`{"headers":["A"],"data":[["<b>",{"value":[1]}],null],"style":{"A1":"color:red;background-color:url(x)"}}`))
	f.Fuzz(func(t *testing.T, label, value string) {
		if len(value) > 1<<14 {
			t.Skip()
		}
		for _, widget := range []string{"Word Processor", "Spreadsheet", ""} {
			e := &openbis.Entity{
				Ref:        openbis.Ref{Kind: openbis.KindObject, Code: "E1", Name: label},
				Properties: map[string][]string{"A": {value}, "B": {"x"}},
			}
			ty := &openbis.EntityType{Properties: []openbis.Assignment{{Code: "A", Label: label, Widget: widget, DataType: "MULTILINE_VARCHAR"}}}
			pages, _ := render(
				t,
				Input{Entity: e, Type: ty, Place: names.Place{Folder: "S/E1", Page: "S/E1"}, Image: fakeImage},
				[]Format{HTML, JSON, Text, DOCX},
			)
			if len(pages) < 4 {
				t.Fatal("a page is missing")
			}
			for _, p := range pages[:4] {
				data := p.Data
				switch path.Ext(p.Path) {
				case ".html":
					checkHTML(t, data)
				case ".json":
					if !json.Valid(data) {
						t.Fatal("not JSON")
					}
				case ".docx":
					data = wordPart(t, data, "word/document.xml")
					for d := xml.NewDecoder(bytes.NewReader(data)); ; {
						if _, err := d.Token(); errors.Is(err, io.EOF) {
							break
						} else if err != nil {
							t.Fatal(err)
						}
					}
				}
				if !utf8.Valid(data) || bytes.ContainsAny(data, "\x1b\x00\u202e") {
					t.Fatalf("%s holds what must not be shown", p.Path)
				}
			}
		}
	})
}

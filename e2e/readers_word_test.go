package e2e

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	packagenames "zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
)

// wordText has what the editor of the ELN writes and Word has a form of its own for.
const wordText = `<h2>Aim</h2><p>Grow <strong>cells</strong> at 10<sup>5</sup>, see <a href="https://example.org/a?b=1&amp;c=2">the ` +
	`paper</a></p>` +
	`<h3>Steps</h3><ol start="3"><li>thaw</li><li>wash<ul><li>PBS</li></ul></li></ol><p>and</p><ol type="a"><li>read</li></ol>` +
	`<table><caption>Counts</caption><thead><tr><th>Day</th><th>Cells</th></tr></thead><tbody><tr><td rowspan="2">1</td><td>100</td></tr>` +
	`<tr><td>120</td></tr></tbody></table>` +
	`<p><img src="a.png" alt="Gel"></p>`

// wordPage writes a Word page and tells where.
func wordPage(t *testing.T) string {
	t.Helper()
	e := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindObject, Code: "STEP1", Name: "Thaw & wash"},
		Properties: map[string][]string{"GOALS": {wordText}}}
	ty := &openbis.EntityType{Properties: []openbis.Assignment{{Code: "GOALS", Label: "Goals", Section: "Details",
		DataType: "MULTILINE_VARCHAR", Widget: "Word Processor"}}}
	files, _, err := page.Render(t.Context(), page.Input{
		Entity: e, Type: ty, Place: packagenames.Place{Folder: "L/STEP1", Page: "L/STEP1"},
		Image: func(string) (string, []byte, error) {
			var b bytes.Buffer
			err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 4)))
			return "image/png", b.Bytes(), err
		},
	}, []page.Format{page.DOCX})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.docx")
	if err := os.WriteFile(file, files[0].Data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadersWord(t *testing.T) {
	type paragraph struct {
		Style, Text string
		List        []any
		Level       int
		Links       []string
	}
	got := answer[struct {
		Title      string
		Paragraphs []paragraph
		Tables     []struct {
			Head  []bool
			Cells [][]string
		}
		Pictures int
	}](t, reader(t, "crate", "word_read.py", wordPage(t)))
	if got.Title != "Thaw & wash" {
		t.Errorf("title %q", got.Title)
	}
	of := func(text string) paragraph {
		i := slices.IndexFunc(got.Paragraphs, func(p paragraph) bool { return p.Text == text })
		if i < 0 {
			t.Fatalf("no paragraph %q", text)
		}
		return got.Paragraphs[i]
	}
	for text, style := range map[string]string{"Thaw & wash": "Title", "Details": "Heading 1", "Goals": "Heading 2", "Aim": "Heading 4",
		"Steps": "Heading 5", "Counts": "Caption"} {
		if p := of(text); p.Style != style {
			t.Errorf("%q is %s, not %s", text, p.Style, style)
		}
	}
	for _, c := range []struct {
		text, kind string
		start      float64
		level      int
	}{{"thaw", "decimal", 3, 0}, {"wash", "decimal", 3, 0}, {"PBS", "bullet", 1, 1}, {"read", "lowerLetter", 1, 0}} {
		p := of(c.text)
		if len(p.List) != 2 || p.List[0] != c.kind || p.List[1] != c.start || p.Level != c.level {
			t.Errorf("%q is item of %v, level %d", c.text, p.List, p.Level)
		}
	}
	if p := of("Grow cells at 105, see the paper"); !slices.Equal(p.Links, []string{"https://example.org/a?b=1&c=2"}) {
		t.Errorf("links %q", p.Links)
	}
	if len(got.Tables) != 1 || !slices.Equal(got.Tables[0].Head, []bool{true, false, false}) || got.Tables[0].Cells[2][0] != "1" {
		t.Errorf("tables %+v", got.Tables)
	}
	if got.Pictures != 1 {
		t.Errorf("%d pictures", got.Pictures)
	}
}

func TestReadersLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("soffice is not installed")
	}
	slow(t)
	file := wordPage(t)
	dir := t.TempDir()
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to",
		"txt:Text (encoded):UTF8", "--outdir", dir, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "page.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	for _, want := range []string{"Thaw & wash", "Aim", "3. thaw", "4. wash", "PBS", "a. read", "the paper", "Day", "120"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

package page

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zenobis/names"
	"zenobis/openbis"
)

// TestDumpTangled writes pages of randomly nested rich text, for HTML validators.
func TestDumpTangled(t *testing.T) {
	dir := os.Getenv("ZENOBIS_DUMP")
	if dir == "" {
		t.Skip("ZENOBIS_DUMP is not set")
	}
	for seed := range uint64(80) {
		e := &openbis.Entity{
			Ref:        openbis.Ref{Kind: openbis.KindObject, Code: fmt.Sprint("E", seed)},
			Properties: map[string][]string{"A": {tangled(rand.New(rand.NewPCG(seed, 2)))}},
		}
		ty := &openbis.EntityType{Properties: []openbis.Assignment{{Code: "A", Label: "A", Widget: "Word Processor"}}}
		pages, _ := render(t, Input{Entity: e, Type: ty, Place: names.Place{Page: e.Code}, Image: fakeImage}, []Format{HTML, DOCX})
		for _, p := range pages {
			path := filepath.Join(dir, "tangled", p.Path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, p.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// tangled is rich text with elements opened and closed at random.
func tangled(r *rand.Rand) string {
	tags := []string{
		"p",
		"div",
		"span",
		"b",
		"i",
		"u",
		"s",
		"sub",
		"sup",
		"h1",
		"h2",
		"h3",
		"h6",
		"ul",
		"ol",
		"li",
		"table",
		"thead",
		"tbody",
		"tr",
		"td",
		"th",
		"caption",
		"blockquote",
		"pre",
		"figure",
		"figcaption",
		"a",
		"font",
		"center",
		"dl",
		"dt",
		"dd",
		"code",
		"mark",
	}
	attrs := []string{
		"",
		"",
		` colspan="3"`,
		` rowspan="2"`,
		` style="color:#f00;text-align:right"`,
		` href="https://example.org/?a=1&b=2"`,
		` style="background-color:yellow;width:50%"`,
		` align="center"`,
		` id="x" class="y" onclick="z()"`,
	}
	var b strings.Builder
	for range 60 {
		switch tag := tags[r.IntN(len(tags))]; r.IntN(5) {
		case 0, 1:
			b.WriteString("<" + tag + attrs[r.IntN(len(attrs))] + ">")
		case 2:
			b.WriteString("</" + tag + ">")
		case 3:
			b.WriteString(
				[]string{"text ", " & ", "&nbsp;", "a < b", "<br>", "<hr>", `<img src="gone.png" alt='"q"'>`,
					`<img src="x.png" width="40%">`}[r.IntN(8)],
			)
		default:
			b.WriteString("word")
		}
	}
	return b.String()
}

package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/richtext"
)

// hostile are values made to cost more than they are long, by the widget that
// reads them.
var hostile = map[string]struct {
	widget string
	value  func(n int) string
}{
	"empty cells, empty rows": {"Spreadsheet", func(n int) string {
		return sheetValue(`{"data":[[` + strings.Repeat(`"",`, n) + `""],` + strings.Repeat(`[],`, n) + `["x"]]}`)
	}},
	"one wide row, many rows": {"Spreadsheet", func(n int) string {
		return sheetValue(`{"data":[[` + strings.Repeat(`"x",`, n) + `"x"],` + strings.Repeat(`["x"],`, n) + `["x"]]}`)
	}},
	"many cells": {"Spreadsheet", func(n int) string { return sheetValue(`{"data":[` + strings.Repeat(`["x","y"],`, n) + `["x"]]}`) }},
	"long titles": {"Spreadsheet", func(n int) string {
		return sheetValue(`{"headers":["` + strings.Repeat("x", n) + `","b"],"data":[` + strings.Repeat(`["x"],`, n/8) + `["x"]]}`)
	}},
	"styles": {"Spreadsheet", func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"A%d":"text-align: center",`, i)
		}
		return sheetValue(`{"data":[["x"]],"style":{` + b.String() + `"A1":""}}`)
	}},
	"rows as objects": {"Spreadsheet", func(n int) string { return sheetValue(`{"data":[` + strings.Repeat(`{"0":"x"},`, n) + `{}]}`) }},
	"equal spans":     {"Word Processor", func(n int) string { return "<p>" + strings.Repeat("<span>x</span>", n) + "</p>" }},
	"unlike spans":    {"Word Processor", func(n int) string { return "<p>" + strings.Repeat("<b>x</b>y", n) + "</p>" }},
	"wide cells": {"Word Processor", func(n int) string {
		return "<table>" + strings.Repeat("<tr><td colspan=1000 rowspan=1000>x</td></tr>", n) + "</table>"
	}},
	"joined from above": {"Word Processor", func(n int) string {
		return "<table><tr>" + strings.Repeat("<td rowspan=1000>x</td>", n) + "</tr>" + strings.Repeat("<tr></tr>", n) + "</table>"
	}},
	"deep lists":   {"Word Processor", func(n int) string { return strings.Repeat("<ul><li>x", n) }},
	"lists":        {"Word Processor", func(n int) string { return strings.Repeat("<ol start=7><li>x</li></ol>", n) }},
	"headings":     {"Word Processor", func(n int) string { return strings.Repeat("<h1>x</h1>", n) }},
	"missing":      {"Word Processor", func(n int) string { return strings.Repeat(`<p><img src="gone.png"></p>`, n) }},
	"plain lines":  {"Word Processor", func(n int) string { return strings.Repeat("T<Tc x\n", n) }},
	"long words":   {"", func(n int) string { return strings.Repeat("x ", n) }},
	"many signs":   {"", func(n int) string { return strings.Repeat("\u202e\x1b", n) }},
	"tabs":         {"", func(n int) string { return strings.Repeat("a\tb  c\n", n) }},
	"dots of www":  {"Word Processor", func(n int) string { return strings.Repeat(`<a href="www.x.org">y</a>`, n) }},
	"nested joins": {"Word Processor", func(n int) string { return strings.Repeat("<table><tr><td rowspan=2>x<td>", n) }},
}

func hostileInput(widget, value string) Input {
	e := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindObject, Code: "E"}, Properties: map[string][]string{"A": {value}}}
	dataType := "MULTILINE_VARCHAR"
	if widget == "Spreadsheet" {
		dataType = "XML"
	}
	ty := &openbis.EntityType{Properties: []openbis.Assignment{{Code: "A", Label: "A", DataType: dataType, Widget: widget}}}
	return Input{Entity: e, Type: ty, Place: names.Place{Page: "E"}, Image: fakeImage}
}

// Four times the value takes about four times the memory that is ever asked for, in
// each format.
func TestPagesAreLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range hostile {
		t.Run(name, func(t *testing.T) {
			cost := func(n int, f Format) float64 {
				in := hostileInput(c.widget, c.value(n))
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if _, _, err := Render(t.Context(), in, []Format{f}); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				return float64(after.TotalAlloc - before.TotalAlloc)
			}
			for _, f := range Formats() {
				cost(4, f) // what is made once
				const n = 1000
				small, large := cost(n, f), cost(4*n, f)
				if large > 6.5*small+1<<20 {
					t.Errorf("%s: %.0f bytes for n, %.0f for 4n", f, small, large)
				}
				if per := large / float64(len(c.value(4*n))); per > 6000 {
					t.Errorf("%s: %.0f bytes for each byte of the value", f, per)
				}
			}
		})
	}
}

// What is above the limits is marked, told as a gap, and stands whole in the JSON.
func TestTooLargeIsKeptRaw(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range map[string]struct{ widget, value string }{
		"text":  {"Word Processor", "<p>" + strings.Repeat("word ", richtext.MaxText/5+1) + "</p>"},
		"cells": {"Word Processor", "<table><tr>" + strings.Repeat("<td>", richtext.MaxCells+1) + "</table>"},
		"sheet": {"Spreadsheet", sheetValue(`{"data":[[` + strings.Repeat(`"x",`, 2000) + `"x"],` + strings.Repeat(`["x"],`, 2000) + `["x"]]}`)},
		"plain": {"", strings.Repeat("word ", richtext.MaxText/5+1)},
	} {
		t.Run(name, func(t *testing.T) {
			files, gaps := render(t, hostileInput(c.widget, c.value), []Format{HTML, Text, JSON})
			if len(gaps) != 1 || !strings.Contains(gaps[0].What, "too large to be shown") {
				t.Fatalf("gaps %v", gaps)
			}
			for _, f := range files[:2] {
				if !strings.Contains(string(f.Data), "too large to be shown") || len(f.Data) > 1<<16 {
					t.Errorf("%s has %d bytes", f.Path, len(f.Data))
				}
			}
			var page struct{ Properties []struct{ Value string } }
			if err := json.Unmarshal(files[2].Data, &page); err != nil || page.Properties[0].Value != c.value {
				t.Errorf("%v: the value is not as openBIS holds it", err)
			}
		})
	}
}

// A page ends when it is told to: between properties, rows and files.
func TestCancelWithinAnEntity(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	fetched := 0
	in := hostileInput("Word Processor", `<p><img src="1.png"></p>`)
	for i := range 50 {
		code := fmt.Sprintf("P%02d", i)
		in.Entity.Properties[code] = []string{fmt.Sprintf(`<p><img src="%d.png"></p>`, i)}
	}
	in.Image = func(string) (string, []byte, error) {
		if fetched++; fetched == 3 {
			cancel()
		}
		return "image/png", pngBytes(), nil
	}
	if _, _, err := Render(ctx, in, Formats()); !errors.Is(err, context.Canceled) || fetched != 3 {
		t.Errorf("%v after %d pictures", err, fetched)
	}
	asked := 0
	ctx, cancel = context.WithCancel(t.Context())
	in = hostileInput("", "x")
	in.Files = 1 << 30
	in.DataFiles = func(yield func(DataFile) error) error {
		for i := range in.Files {
			if asked++; asked == 1500 {
				cancel()
			}
			if err := yield(DataFile{Path: fmt.Sprint(i), At: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	}
	if _, _, err := Render(ctx, in, Formats()); !errors.Is(err, context.Canceled) || asked > 3000 {
		t.Errorf("%v after %d files", err, asked)
	}
}

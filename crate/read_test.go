package crate

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"zenobis/page"
)

func TestReadParts(t *testing.T) {
	text := `{"@context": ["x", {"@graph": "no"}], "name": "@graph", "@graph": [
 {"@id": "./a.zip", "@type": "File", "name": "a.zip", "contentSize": "12", "sha256": "ab", "localPath": "a.zip",
  "identifier": ["one", {"@id": "x", "identifier": "not this"}, ["nor this"], "two"], "hasPart": [{"@id": "b", "name": "c"}]},
 {"@id": "b", "@type": ["File", "X"], "contentSize": 7, "identifier": "one", "alternateName": "p/b"},
 {"@id": {"@id": "c"}, "name": ["two", "names"], "identifier": {"@id": "x"}, "contentSize": "1.5 MB", "sha256": null},
 "no entity", [{"@id": "none"}], {}
 ], "more": [1, {"x": true}]}`
	want := []Part{
		{ID: "./a.zip", Type: "File", Name: "a.zip", LocalPath: "a.zip", SHA256: "ab", Identifiers: []string{"one", "two"}, Size: 12, HasSize: true},
		{ID: "b", AlternateName: "p/b", Identifiers: []string{"one"}, Size: 7, HasSize: true},
		{}, {},
	}
	for name, r := range map[string]io.Reader{"at once": strings.NewReader(text), "a byte at a time": iotest.OneByteReader(strings.NewReader(text))} {
		var got []Part
		if err := Read(r, func(p Part) error { got = append(got, p); return nil }); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n%+v\n%+v", name, err, got, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	broken := errors.New("broken pipe")
	for name, c := range map[string]struct {
		r   io.Reader
		err string
	}{
		"nothing":       {strings.NewReader(""), "unexpected EOF"},
		"a list":        {strings.NewReader(`[1]`), "no object"},
		"no graph":      {strings.NewReader(`{"a": [{}]}`), "no graph"},
		"graph of one":  {strings.NewReader(`{"@graph": {"@id": "x"}}`), "no list"},
		"torn":          {strings.NewReader(`{"@graph": [{"@id": "x"`), "unexpected EOF"},
		"not JSON":      {strings.NewReader(`{"@graph": [{"@id" "x"}]}`), "invalid"},
		"deep":          {strings.NewReader(`{"@graph": [` + strings.Repeat("[", 1000)), "nested"},
		"deep before":   {strings.NewReader(`{"x": ` + strings.Repeat(`{"x":`, 1000)), "nested"},
		"a large value": {strings.NewReader(`{"@graph": [{"contentSize": ` + strings.Repeat("1", 3*maxValue) + `}]}`), "larger"},
		"its server":    {io.MultiReader(strings.NewReader(`{"@graph": [{`), iotest.ErrReader(broken)), broken.Error()},
	} {
		if err := Read(c.r, func(Part) error { return nil }); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop := errors.New("enough")
	if err := Read(strings.NewReader(`{"@graph": [{}]}`), func(Part) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

// TestReadKeepsLittle: an entity of any number of parts, and any number of entities,
// are read without holding them; identifiers are bounded.
func TestReadKeepsLittle(t *testing.T) {
	const n = 100_000
	r := io.MultiReader(strings.NewReader(`{"@graph": [{"@id": "x", "hasPart": [0`),
		strings.NewReader(strings.Repeat(`, {"@id": "a part"}`, n)), strings.NewReader(`], "identifier": [""`),
		strings.NewReader(strings.Repeat(`, "and one more"`, n)), strings.NewReader(`]}]}`))
	if err := Read(r, func(p Part) error {
		if p.ID != "x" || len(p.Identifiers) != maxIdentifiers {
			t.Errorf("%s: %d identifiers", p.ID, len(p.Identifiers))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestReadLongTexts: of a text of any length the beginning is read, wherever it is cut.
func TestReadLongTexts(t *testing.T) {
	for _, unit := range []string{"x", `\\`, `\"`, `\u00e4`, `\ud83d\ude00`, "ä", `\/u`} {
		for lead := range 7 {
			text := `{"@graph": [{"value": "` + strings.Repeat("-", lead) + strings.Repeat(unit, maxText) + `", "name": "` +
				strings.Repeat(unit, maxText) + `", "@id": "a \"b\" ` + unit + `"}]}`
			n := 0
			err := Read(strings.NewReader(text), func(p Part) error {
				if n++; len(p.Name) < maxText/6 || len(p.Name) > maxText*3 || !strings.HasPrefix(p.ID, `a "b" `) {
					t.Errorf("%s: %d bytes, %s", unit, len(p.Name), p.ID)
				}
				return nil
			})
			if err != nil || n != 1 {
				t.Errorf("%s behind %d: %v", unit, lead, err)
			}
		}
	}
}

// TestReadWhatIsWritten: our own crates are read back.
func TestReadWhatIsWritten(t *testing.T) {
	var b strings.Builder
	if err := WriteCrate(&b, demoFacts, demo(t, page.HTML), 0); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	if err := Read(strings.NewReader(b.String()), func(p Part) error {
		ids[p.ID] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !ids["./"] || !ids["ro-crate-metadata.json"] || len(ids) != strings.Count(b.String(), "\n{\"@") {
		t.Errorf("%d entities", len(ids))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"@graph": [{"@id": "x", "identifier": ["a"]}]}`)
	f.Add(`{"a": {}, "@graph": [[], {"contentSize": -1e9}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		_ = Read(strings.NewReader(s), func(Part) error { return nil })
	})
}

package record

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The examples of docs/metadata.md mean what the page says.
func TestExamplesOfTheDocs(t *testing.T) {
	data, err := os.ReadFile("../docs/metadata.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	seen := map[string]int{}
	for _, m := range regexp.MustCompile("(?s)```(\\w+) (\\w+)\n(.*?)```").FindAllStringSubmatch(page, -1) {
		what, text := m[2], m[3]
		seen[what]++
		path := filepath.Join(t.TempDir(), "example.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		lines := Lines(text)
		switch {
		case what == "metadata":
			f, err := ReadForm(path)
			if err != nil {
				t.Fatal(err)
			}
			var m Metadata
			if _, err := f.Apply(&m); err != nil {
				t.Error(err)
			}
			if list := Validate(m.Normal(), today); len(list) > 0 || len(m.Creators) != 2 || len(m.Related) != 2 || len(f.Groups) != 1 {
				t.Errorf("metadata: %v\n%+v", list, m)
			}
		case m[1] == "toml" && what == "people":
			if people, err := ReadPeople(path); err != nil || len(people) != 2 {
				t.Errorf("people file: %v, %v", people, err)
			}
		case what == "people":
			for _, l := range lines {
				a, err := ParseAgent(l)
				if bad := Validate(Metadata{Title: "A title", Creators: []Agent{a}}, today); err != nil || len(bad) > 0 || a.String() != l {
					t.Errorf("%q: %v, %v, %q", l, err, bad, a)
				}
			}
		case what == "related":
			for _, l := range lines {
				if list, err := ParseRelated(l); err != nil || len(list) != strings.Count(l, "10.") {
					t.Errorf("%q: %v, %v", l, list, err)
				}
			}
		case what == "funding":
			for _, l := range lines {
				if g, err := ParseGrant(l); err != nil || g.String() != l || ROR(g.Funder) == "" {
					t.Errorf("%q: %v, %v", l, g, err)
				}
			}
		case what == "title":
			if err := CheckTitleTemplate(text); err != nil {
				t.Error(err)
			}
		case what == "description":
			if err := CheckDescriptionTemplate(text); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("an example of %s", what)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|$").FindAllStringSubmatch(page, -1)
	for _, m := range rows {
		if ids, err := Identify(m[1]); err != nil || len(ids) != 1 || ids[0].Value != m[2] {
			t.Errorf("%q: %v, %v, want %s", m[1], ids, err, m[2])
		}
	}
	for _, r := range roles {
		if !strings.Contains(page, r.ID) {
			t.Errorf("the role %s is not named", r.ID)
		}
	}
	if len(rows) < 8 || seen["metadata"] != 1 || seen["people"] != 2 || seen["funding"] != 1 {
		t.Errorf("examples: %v, %d identifiers", seen, len(rows))
	}
}

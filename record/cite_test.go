package record

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zenobis/zenodo"
)

// citations are records that tools have stumbled over.
var citations = map[string]Citation{
	"whole": {
		Title: `Thin films & "more": 100 % of {A}_1^2 ~ \x`, DOI: "10.5281/zenodo.1234567", Date: "2026-11-25", Version: "1.0",
		License:   "cc-by-4.0",
		Publisher: "Zenodo", Keywords: []string{"light", "10 % & more"}, Language: "eng",
		Abstract: "<p>What: it is.<br>And &lt;how&gt;.</p><p># no comment</p>",
		Creators: []Agent{
			{
				Kind:         Person,
				Family:       "Doe",
				Given:        "Jane",
				ORCID:        "0000-0002-1825-0097",
				Affiliations: []Affiliation{{Name: "ETH: Zurich", ROR: "05a28rw58"}},
			},
			{Kind: Organisation, Family: "Core Facility, Group X and Y", ROR: "05a28rw58"},
			{Kind: Person, Family: "Sukarno", ORCID: "0000-0002-1694-233X"},
			{Kind: Person, Family: "Müller and Sons", Given: "Zoë #1"},
		},
	},
	"partial date": {
		Title:     "李的数据",
		DOI:       "10.5072/a_b(c)<d>",
		Date:      "2024",
		Publisher: "Lab Archive",
		Creators:  []Agent{{Kind: Person, Family: "李", Given: "雷"}},
	},
	"interval": {
		Title:     "no",
		DOI:       "10.5072/x",
		Date:      "2024-01/2025-02",
		License:   "other-open",
		Publisher: "Z",
		Creators:  []Agent{{Kind: Person, Family: "null", Given: "true"}},
	},
	"license by url": {
		Title:     "1.0",
		DOI:       "10.5072/y",
		Date:      "2024-02",
		License:   "cc-pdm-1.0",
		Version:   "2026-01-01",
		Publisher: "Z",
		Creators:  []Agent{{Kind: Organisation, Family: "yes"}},
	},
}

func TestCite(t *testing.T) {
	for format, want := range map[string][]string{
		"text": {`Doe, Jane; Core Facility, Group X and Y; Sukarno; Müller and Sons, Zoë #1 (2026). Thin films & "more": 100 % of {A}_1^2 ` +
			`~ \x (Version 1.0) [Data set]. Zenodo. https://doi.org/10.5281/zenodo.1234567`},
		"bibtex": {"@dataset{doe2026-zenodo.1234567,", "author    = {Doe, Jane and {Core Facility, Group X and Y} and {Sukarno} and " +
			"{Müller and Sons}, Zoë \\#1}",
			`Thin films \& "more": 100 \% of \{A\}\_1\textasciicircum{}2 \textasciitilde{} \textbackslash{}x`, "version   = {1.0}",
			"doi       = {10.5281/zenodo.1234567}"},
		"cff": {"cff-version: 1.2.0", `family-names: "Doe"`, `orcid: "https://orcid.org/0000-0002-1694-233X"`,
			`name: "Core Facility, Group X and Y"`,
			`date-released: "2026-11-25"`, `version: "1.0"`, `license: "CC-BY-4.0"`, `abstract: "What: it is. And <how>. # no comment"`},
		"csl": {`"id": "doe2026-zenodo.1234567"`, `"literal": "Sukarno"`, `"date-parts"`, `"DOI": "10.5281/zenodo.1234567"`,
			`"license": "CC-BY-4.0"`},
	} {
		got, err := Cite(citations["whole"], format)
		for _, w := range want {
			if err != nil || !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s\n%v", format, w, got, err)
			}
		}
	}
	for name, key := range map[string]string{"partial date": "a_b-c-d", "interval": "null2024-x"} {
		got, _ := Cite(citations[name], "bibtex")
		if !strings.HasPrefix(got, "@dataset{"+key+",") {
			t.Errorf("%s: key in %s", name, got)
		}
		if cff, _ := Cite(citations[name], "cff"); strings.Contains(cff, "date-released") {
			t.Errorf("%s: CFF takes whole days only:\n%s", name, cff)
		}
	}
	if got, _ := Cite(citations["license by url"], "cff"); !strings.Contains(got, "license-url:") || strings.Contains(got, "\nlicense:") {
		t.Errorf("a licence that CFF 1.2.0 does not know: %s", got)
	}
	var items []map[string]any
	if got, _ := Cite(citations["interval"], "csl"); json.Unmarshal([]byte(got), &items) != nil ||
		len(items[0]["issued"].(map[string]any)["date-parts"].([]any)) != 2 {
		t.Errorf("an interval: %s", got)
	}
	if _, err := Cite(Citation{Title: "x"}, "text"); err == nil {
		t.Error("cited without a DOI")
	}
	if _, err := Cite(citations["whole"], "ris"); err == nil || !strings.Contains(err.Error(), "bibtex") {
		t.Errorf("an unknown format: %v", err)
	}
}

func TestCitationOf(t *testing.T) {
	r := zenodo.Record{DOI: "10.5281/zenodo.1", Metadata: zenodo.Metadata{
		Title: "As published", Date: "2026-12-01", Publisher: "Zenodo", Version: "2", Rights: []zenodo.Right{{ID: "cc0-1.0"}},
		Creators: []zenodo.Creator{
			{
				Person: zenodo.PersonOrOrg{
					Type:        "personal",
					FamilyName:  "Roe",
					GivenName:   "Jim",
					Name:        "Roe, Jim",
					Identifiers: []zenodo.Identifier{{Identifier: "0000-0002-1825-0097", Scheme: "orcid"}},
				},
			},
			{Person: zenodo.PersonOrOrg{Type: "organizational", Name: "The Lab"}},
		},
	}}
	got, err := Cite(CitationOf(r), "text")
	if want := "Roe, Jim; The Lab (2026). As published (Version 2) [Data set]. Zenodo. https://doi.org/10.5281/zenodo.1"; got != want ||
		err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// python runs a script on a file with the Python that has the module, else it skips.
func python(t *testing.T, module, script string, args ...string) string {
	t.Helper()
	name := "python3"
	if p := os.Getenv("ZENOBIS_READERS_PYTHON"); p != "" {
		name = p
	}
	if err := exec.Command(name, "-c", "import "+module).Run(); err != nil {
		t.Skipf("%s has no %s", name, module)
	}
	out, err := exec.Command(name, append([]string{"-c", script}, args...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", module, err, out)
	}
	return string(out)
}

func TestCFFIsValid(t *testing.T) {
	for name, c := range citations {
		text, err := Cite(c, "cff")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "CITATION.cff")
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		python(t, "cffconvert", `
import sys
from cffconvert import Citation
c = Citation(open(sys.argv[1], encoding="utf-8").read(), src=sys.argv[1])
c.validate()
print(c.as_bibtex())`, path)
		if t.Failed() {
			t.Fatalf("%s:\n%s", name, text)
		}
	}
}

func TestBibTeXIsRead(t *testing.T) {
	var all []string
	for _, c := range citations {
		text, err := Cite(c, "bibtex")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	path := filepath.Join(t.TempDir(), "all.bib")
	if err := os.WriteFile(path, []byte(strings.Join(all, "\n\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := python(t, "pybtex", `
import sys
from pybtex.database import parse_file
b = parse_file(sys.argv[1])
print(len(b.entries))
for k, e in sorted(b.entries.items()):
    for p in e.persons["author"]:
        print(k, "|", " ".join(p.last_names), "|", " ".join(p.first_names))`, path)
	for _, want := range []string{"4\n", "doe2026-zenodo.1234567 | Doe | Jane",
		"doe2026-zenodo.1234567 | {Core Facility, Group X and Y} |", "doe2026-zenodo.1234567 | {Müller and Sons} | Zoë",
		"a_b-c-d | 李 | 雷"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

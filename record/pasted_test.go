package record

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	jane = "0000-0002-1825-0097"
	rick = "0000-0001-5109-3700"
)

// Whatever people paste beside a name finds its place, or is told; nothing of it
// becomes a name.
func TestPastedPeople(t *testing.T) {
	for text, want := range map[string]string{
		"Doe, Jane (0000-0002-1825-0097)":                                  "Doe, Jane; " + jane,
		"Doe, Jane 0000-0002-1825-0097":                                    "Doe, Jane; " + jane,
		"Doe, Jane, 0000-0002-1825-0097":                                   "Doe, Jane; " + jane,
		"0000-0002-1825-0097 Doe, Jane":                                    "Doe, Jane; " + jane,
		"Doe, Jane [ORCID: 0000‑0002‑1825‑0097]; ETH":                      "Doe, Jane; " + jane + "; ETH",
		"Doe, Jane https://orcid.org/0000-0002-1825-0097":                  "Doe, Jane; " + jane,
		"Doe, Jane; https%3A%2F%2Forcid.org%2F0000-0002-1825-0097":         "Doe, Jane; " + jane,
		"Doe, Jane; isni: 0000 0002 1825 0097":                             "Doe, Jane; " + jane,
		"Doe, Jane; ETH Zurich (0000-0002-1825-0097)":                      "Doe, Jane; " + jane + "; ETH Zurich",
		"Doe, Jane; 0000-0002-1825-0097; orcid.org/0000-0002-1825-0097":    "Doe, Jane; " + jane,
		"Sukarno, 0000-0002-1825-0097":                                     "Sukarno; " + jane,
		"“Doe, Jane”; ETH":                                                 "Doe, Jane; ETH",
		"'Doe, Jane'":                                                      "Doe, Jane",
		"'t Hooft, Gerard":                                                 "'t Hooft, Gerard",
		"Doe, John, Jr.":                                                   "Doe, John, Jr.",
		"Doe, Jane; ETH Zurich 05a28rw58":                                  "Doe, Jane; ETH Zurich (05a28rw58)",
		"Doe, Jane; ETH Zurich, ROR: 05a28rw58":                            "Doe, Jane; ETH Zurich (05a28rw58)",
		"Doe, Jane; https://ror.org/05a28rw58 ETH Zurich":                  "Doe, Jane; ETH Zurich (05a28rw58)",
		"Doe, Jane; ETH Zurich <https://ror.org/05a28rw58>, Switzerland":   "Doe, Jane; ETH Zurich Switzerland (05a28rw58)",
		"Doe, Jane; https%3A%2F%2Fror.org%2F05a28rw58":                     "Doe, Jane; 05a28rw58",
		"org: ETH Zurich; ror.org/05a28rw58":                               "org: ETH Zurich; 05a28rw58",
		"Doe, Jane; Department 4, ETH":                                     "Doe, Jane; Department 4, ETH",
		"Doe, Jane; 012factory":                                            "Doe, Jane; 012factory",
		"org: ORCID, Inc.":                                                 "org: ORCID, Inc.",
		"Doe, Jane; CERN (European Organization for Nuclear Research), CH": "Doe, Jane; CERN (European Organization for Nuclear Research), CH",
	} {
		a, err := ParseAgent(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := normalAgents([]Agent{a})[0].String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
		if list := agentMistakes(a); len(list) > 0 {
			t.Errorf("%s: %v", text, list)
		}
	}
	for text, want := range map[string]string{
		"Doe, Jane; 0000-0002-1825-0097; 0000-0001-5109-3700": "several ORCIDs",
		"Doe, Jane 0000-0002-1825-009":                        "not a valid ORCID",
		"Doe, Jane (0000-0002-1825-0098)":                     "check the digits",
		"Doe, Jane; isni:0000000121032683":                    "is an ISNI",
		"Doe, Jane; ETH 05a28rw59":                            "not a valid ROR",
		"Doe, Jane; ETH 05a28rw58 and 00k4n6c32":              "not a valid ROR",
		"org: ETH; 05a28rw5":                                  "not a valid ROR",
		"org: ETH; 05a28rw588":                                "not a valid ROR",
		"Doe, Jane; jane@lab.example":                         "e-mail address",
		"Doe, jane@lab.example":                               "e-mail address",
		"Doe, Jane; https://www.ethz.ch":                      "is an address",
		"Doe, Jane, ETH Zurich":                               "holds a comma",
		"Doe, Jane and Roe, Richard":                          "holds a comma",
	} {
		a, err := ParseAgent(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if list := agentMistakes(a); len(list) != 1 || !strings.Contains(list[0], want) {
			t.Errorf("%s: %q, want %s", text, list, want)
		}
	}
	for _, text := range []string{"0000-0002-1825-0097", "(0000-0002-1825-0097)", "; ETH", "org: ", "0000-0002-1825-009; ETH"} {
		if a, err := ParseAgent(text); err == nil || !strings.Contains(err.Error(), "no family name") {
			t.Errorf("%s: %+v, %v", text, a, err)
		}
	}
}

// The same entry twice is told, and another of the same name is not.
func TestTheSamePersonTwice(t *testing.T) {
	for second, want := range map[string]string{
		"Doe, Jane; ETH": "is there already, as number 1", "Doe, Jane; Lab X": "", "Doe, Jane; " + jane + "; ETH": "", "org: ETH": "",
	} {
		m := Metadata{Title: "Title", Creators: ParseLines("Doe, Jane; ETH\n"+second, ParseAgent)}.Normal()
		list := Validate(m, time.Now())
		if want == "" && len(list) > 0 || want != "" && (len(list) != 1 || !strings.Contains(list[0].Message, want)) {
			t.Errorf("%s: %v", second, list)
		}
	}
}

func agentMistakes(a Agent) (list []string) {
	m := Metadata{Title: "Title", Creators: []Agent{a}}.Normal()
	for _, e := range Validate(m, time.Now()) {
		list = append(list, e.Field+": "+e.Message)
	}
	return list
}

// What is pasted as a related work is its canonical form, or is told.
func TestPastedWorks(t *testing.T) {
	for text, want := range map[string]string{
		"https%3A%2F%2Fdoi.org%2F10.1000%2Fxyz":                   "doi 10.1000/xyz",
		"https://zenodo.org/doi/10.5281/zenodo.123":               "doi 10.5281/zenodo.123",
		"[a paper](https://doi.org/10.1000/xyz)":                  "doi 10.1000/xyz",
		"[10.1000/abc](https://doi.org/10.1000/abc), 10.1000/xyz": "doi 10.1000/abc, doi 10.1000/xyz",
		`<a href="https://doi.org/10.1000/xyz">The paper</a>`:     "doi 10.1000/xyz",
		`<a class=x href=https://example.org/x>x</a>`:             "url https://example.org/x",
		"10.1000/[a](b)":                             "doi 10.1000/[a](b)",
		"example.org/paper":                          "url https://example.org/paper",
		"w3id.org/x/y":                               "url https://w3id.org/x/y",
		"hdl.handle.net/20.500.11850/1?locatt=x":     "handle 20.500.11850/1",
		"https%3A%2F%2Farxiv.org%2Fabs%2F2101.01234": "arxiv arXiv:2101.01234",
		"https://www.doi.org/the-identifier/":        "url https://www.doi.org/the-identifier/",
	} {
		ids, err := Identify(text)
		var got []string
		for _, id := range ids {
			got = append(got, id.Scheme+" "+id.Value)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%s: %v, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"https://doi.org/":                      "neither a DOI",
		"https://doi.org/10.1000":               "neither a DOI",
		"https://dx.doi.org/abc":                "neither a DOI",
		"https://hdl.handle.net/abc":            "neither a DOI",
		"https://arxiv.org/abs/2101.99":         "neither a DOI",
		"math.GT/030913":                        "neither a DOI",
		"https://user:secret-word@example.org/": "user name or password",
		"ISBN 3-16-148410-0":                    "no ISBN: check the digits",
		"978-3-16-148410-1":                     "no ISBN: check the digits",
		"2041-1724":                             "no ISSN: check the digits",
	} {
		if ids, err := Identify(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret-word") {
			t.Errorf("%s: %v, %v, want %s", text, ids, err, want)
		}
	}
	if list, err := ParseRelated("isSupplementTo: 10.1234/abc"); err != nil || !slices.Equal(list, []Related{{"issupplementto", "10.1234/abc"}}) {
		t.Errorf("%v, %v", list, err)
	}
}

// An unknown word is told with the one that was meant.
func TestNearestWords(t *testing.T) {
	for text, want := range map[string]string{
		"cc by 4": "cc-by-4.0?", "CC BY 4.0": "cc-by-4.0?", "https://creativecommons.org/licenses/by/4.0/": "cc-by-4.0?",
		"creativecommons.org/licenses/by-sa/4.0/legalcode": "cc-by-sa-4.0?", "https://creativecommons.org/publicdomain/zero/1.0/": "cc0-1.0?",
		"MIT License": "mit?", "Apache License 2.0": "apache-2.0?", "https://opensource.org/license/mit/": "mit?",
		"GNU General Public License v3.0 only": "gpl-3.0", "none": "an example is cc-by-4.0", "my own": "an example is cc-by-4.0",
	} {
		if got := noLicense(text, nil); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := noLicense("GNU General Public License v3.0 only", []string{"mit", "gpl-3.0-only"}); !strings.Contains(got, "gpl-3.0-only?") {
		t.Errorf("of the server's: %s", got)
	}
	if got := noLicense("MIT License", []string{"cc-by-4.0"}); strings.Contains(got, "mit?") {
		t.Errorf("the server does not have it: %s", got)
	}
	for text, want := range map[string]string{"de-CH": "deu (German)?", "pt_BR": "por (Portuguese)?", "ger": "deu (German)?", "xx": "ISO 639-3"} {
		if got := noLanguage(text, nil); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"2099-12-31", "embargoed until 2099-12-31"} {
		list := Validate(Metadata{Title: "Title", Creators: []Agent{{Kind: Person, Family: "Doe"}}, Access: Access(text)}, time.Now())
		if len(list) != 1 || !strings.Contains(list[0].Message, "did you mean embargo:2099-12-31?") {
			t.Errorf("%s: %v", text, list)
		}
	}
}

// What is given as empty is empty, whatever would be filled in; what is not given is
// filled in. A title is never empty.
func TestGivenAsEmpty(t *testing.T) {
	filled := func() *Metadata {
		return &Metadata{
			Title: "Filled", Description: "<p>filled</p>", License: "cc-by-4.0", Community: "my-lab", Language: "eng", Keywords: []string{"k"},
			Creators: []Agent{{Kind: Person, Family: "Doe", Given: "Jane"}}, Related: []Related{{"cites", "10.1234/abc"}},
		}
	}
	read := func(text string) (Form, error) {
		path := t.TempDir() + "/m.toml"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return ReadForm(path)
	}
	f, err := read("title = \"\"\ndescription = \"\"\nlicense = \"\"\nkeyword = []\ncreator = []\n")
	if err != nil {
		t.Fatal(err)
	}
	m := filled()
	if _, err := f.Apply(m); err != nil {
		t.Fatal(err)
	}
	if m.Title != "Filled" || m.Description+m.License != "" || len(m.Keywords)+len(m.Creators) != 0 || m.Community != "my-lab" ||
		m.Language != "eng" || len(m.Related) != 1 {
		t.Errorf("%+v", m)
	}
	// Flags on top of the file: one that is there and empty, all others not there.
	flags := Form{Keywords: []string{"a"}}.FromFlags(func(flag string) bool { return flag == "community" || flag == "keyword" })
	if f, err = read("community = \"other\"\nkeyword = [\"b\"]\nlanguage = \"deu\"\npublication_date = 2026\n"); err != nil {
		t.Fatal(err)
	}
	m = filled()
	from, err := flags.Over(f).Apply(m)
	if err != nil || m.Community != "" || !slices.Equal(m.Keywords, []string{"a"}) || m.Language != "deu" || m.License != "cc-by-4.0" ||
		m.Date != "2026" || from.Of("community") != "--community" || !strings.HasPrefix(from.Of("language"), "line 3 of ") {
		t.Errorf("%+v, %v, %v", m, from, err)
	}
	for _, text := range []string{"title = \"abc\"\nTitle = \"def\"", "creator = [\"A, B\"]\ncreators = [\"C, D\"]",
		"publication-date = 2026\npublication_date = 2025"} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), "is there already, as") || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := read("record_version = 2"); err == nil {
		t.Error("a number is no text")
	}
}

// What a template's empty placeholders leave behind is no punctuation.
func TestTemplateWithoutValues(t *testing.T) {
	values := map[string]string{"name": "Films", "year": "2026"}
	for template, want := range map[string]string{
		"{name}, {project}, {year}":        "Films, 2026",
		"{project}: {name}, {year}":        "Films, 2026",
		"{project}, {space}, {name}":       "Films",
		"{name} ({project})":               "Films",
		"{name} ({project}), {year}":       "Films, 2026",
		"{name} – {project} – {code}":      "Films",
		"Data of {project} {name}":         "Data of Films",
		"{name}/{code}/{year}":             "Films/2026",
		"{project}":                        "",
		"{name}, part 1 (of {year})":       "Films, part 1 (of 2026)",
		"Well-known: {name} and {project}": "Well-known: Films and",
	} {
		if got := expand(template, values); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
}

// A role in front is read and written for creators as well, who may have one.
func TestCreatorsWithARole(t *testing.T) {
	a, err := ParseAgent("Data Manager: Doe, Jane; ETH")
	if err != nil || a.Role != "datamanager" || a.Family != "Doe" || a.String() != "datamanager: Doe, Jane; ETH" {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err = ParseAgent("sponsor: org: ETH Zurich; 05a28rw58"); err != nil || a.Role != "sponsor" || a.Kind != Organisation || a.ROR != "05a28rw58" {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err = ParseAgent("Doe: the younger, Jane"); err != nil || a.Role != "" || a.Family != "Doe: the younger" {
		t.Errorf("%+v, %v", a, err)
	}
}

// The people file is read as people write it; nothing of an entry is dropped unsaid.
func TestPeopleAsWritten(t *testing.T) {
	read := func(text string) (People, error) {
		path := t.TempDir() + "/people.toml"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return ReadPeople(path)
	}
	for text, want := range map[string]string{
		"[jdoe]\nname = \"Doe, Jane; 0000-0002-1825-0097; ETH\"":                                       "Doe, Jane; " + jane + "; ETH",
		"[jdoe]\nname = \"Doe, Jane (0000-0002-1825-0097)\"\norcid = \"0000-0002-1825-0097\"":          "Doe, Jane; " + jane,
		"[jdoe]\nname = \"Doe, Jane\"\naffiliation = [\"Lab X\", \"\\\"A; B\\\"\"]\nrole = \"editor\"": "editor: Doe, Jane; Lab X; \"A; B\"",

		"[jdoe]\nname = \"Doe, Jane\"\naffiliation = \"Lab X; ETH Zurich 05a28rw58\"": "Doe, Jane; Lab X; ETH Zurich (05a28rw58)",
	} {
		p, err := read(text)
		if err != nil || p["jdoe"].String() != want {
			t.Errorf("%s: %s, %v; want %s", text, p["jdoe"], err, want)
		}
	}
	for text, want := range map[string]string{
		"[jdoe]\nname = \"org: ETH\"": "an organisation",
		"jdoe = \"org: ETH\"":         "an organisation",
		"[jdoe]\nname = \"Doe, Jane; 0000-0002-1825-0097\"\norcid = \"0000-0001-5109-3700\"": "several ORCIDs",
		"[jdoe]\nname = \"Doe, Jane\"\naffiliation = [\"ETH (05a28rw5x)\"]":                  "not a valid ROR",
		"[jdoe]\nname = \"Doe, Jane\"\naffiliation = \"jane@lab.example\"":                   "e-mail",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "line 1, jdoe") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

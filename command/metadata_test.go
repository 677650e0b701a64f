package command

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/record"
)

func TestParseAgent(t *testing.T) {
	for in, want := range map[string]record.Agent{
		"Doe, Jane": {Family: "Doe", Given: "Jane"},
		"Doe, Jane; 0000-0002-1825-0097; ETH Zurich":      {Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []string{"ETH Zurich"}},
		"Doe, Jane;https://orcid.org/0000-0002-1694-233x": {Family: "Doe", Given: "Jane", ORCID: "0000-0002-1694-233X"},
		"Core Facility":         {Family: "Core Facility"},
		"Doe, J.; Lab A; Lab B": {Family: "Doe", Given: "J.", Affiliations: []string{"Lab A", "Lab B"}},
	} {
		got, err := ParseAgent(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
		if again, _ := ParseAgent(FormatAgent(got)); !reflect.DeepEqual(again, got) {
			t.Errorf("%q does not survive: %q", in, FormatAgent(got))
		}
	}
	for _, in := range []string{"", " , Jane", "; 0000"} {
		if _, err := ParseAgent(in); err == nil {
			t.Errorf("%q is taken", in)
		}
	}
	if _, err := ParseContributor("Doe, Jane"); err == nil {
		t.Error("a contributor without a role is taken")
	}
	if a, err := ParseContributor("DataManager: Doe, Jane"); err != nil || a.Role != "datamanager" || a.Family != "Doe" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestMetadataFile writes what was filled in, reads it again and gets the same.
func TestMetadataFile(t *testing.T) {
	m := record.Metadata{
		Title: "Thin films", Description: "<p>Mass loss</p>", License: "cc-by-4.0", Keywords: []string{"a", "b"}, Access: "open", Date: "2026-11-25",
		Creators: []record.Agent{{Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []string{"Lab"}}},
		Contribs: []record.Agent{{Family: "Roe", Given: "R.", Role: "datamanager"}},
		Related:  []record.Related{{Relation: "issupplementto", Identifier: "10.1234/abc"}},
		Funding:  []record.Grant{{Funder: "00k4n6c32", Award: "101094817"}},
	}
	path := filepath.Join(t.TempDir(), "m.toml")
	if err := writeMetadata(path, m, []string{"G"}); err != nil {
		t.Fatal(err)
	}
	e := metadataFlags{MetadataFile: path, Title: "Other title"}
	f, err := e.fields()
	if err != nil {
		t.Fatal(err)
	}
	var got record.Metadata
	if err := f.apply(&got); err != nil {
		t.Fatal(err)
	}
	m.Title = "Other title" // a flag comes on top of the file
	if !reflect.DeepEqual(got, m) || !reflect.DeepEqual(f.Groups, []string{"G"}) {
		t.Errorf("got  %+v\nwant %+v", got, m)
	}
}

func TestMetadataFileMistakes(t *testing.T) {
	for text, want := range map[string]string{"titel = 'x'": "unknown key titel", "title = ": "metadata file", "title = 3": "metadata file"} {
		path := filepath.Join(t.TempDir(), "m.toml")
		os.WriteFile(path, []byte(text), 0o600)
		e := metadataFlags{MetadataFile: path}
		if _, err := e.fields(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDescriptionBecomesHTML(t *testing.T) {
	for in, want := range map[string]string{
		"a < b":             "<p>a &lt; b</p>",
		"one\n\ntwo\nthree": "<p>one</p><p>two<br>three</p>",
		"<p>done</p>":       "<p>done</p>",
	} {
		if got := asHTML(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestCite(t *testing.T) {
	j := export.Job{ID: "1", Title: "Thin films & more", DOI: "10.5281/zenodo.1", Zenodo: "https://zenodo.org", Request: export.Request{Metadata: record.Metadata{
		Date: "2026-11-25", Creators: []record.Agent{{Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097"}, {Family: "Core Facility"}},
	}}}
	for format, want := range map[string][]string{
		"bibtex": {"@dataset{doe2026,", "{Doe, Jane and {Core Facility}}", `Thin films \& more`, "doi       = {10.5281/zenodo.1}"},
		"cff":    {"cff-version: 1.2.0", `family-names: "Doe"`, "orcid: https://orcid.org/0000", `name: "Core Facility"`, "date-released: 2026-11-25"},
		"text":   {"Doe, Jane; Core Facility (2026). Thin films & more [Data set]. Zenodo. https://doi.org/10.5281/zenodo.1"},
	} {
		got, err := cite(j, format)
		for _, w := range want {
			if err != nil || !strings.Contains(got, w) {
				t.Errorf("%s: no %q in %s, %v", format, w, got, err)
			}
		}
	}
	j.DOI = ""
	if _, err := cite(j, "text"); err == nil {
		t.Error("cited without a DOI")
	}
}

// A metadata file is heard in the spelling of the flags, too.
func TestMetadataFileSpelling(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.toml")
	for text, ok := range map[string]bool{
		"title = \"T\"\npublication-date = 2025-01-02\nrecord-version = \"2\"\ncreator = [\"Doe, Jane\"]\n":     true,
		"title = \"T\"\npublication_date = \"2025-01-02\"\nrecord_version = \"2\"\ncreator = [\"Doe, Jane\"]\n": true,
		"title = \"T\"\nnope = 1\n":          false,
		"title = \"T\"\ncreator = \"Doe\"\n": false,
		"title":                              false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := (&metadataFlags{MetadataFile: path}).fields()
		if ok && (err != nil || f.Date != "2025-01-02" || f.Version != "2" || len(f.Creators) != 1) {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
		if !ok && !errors.Is(err, ErrUsage) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

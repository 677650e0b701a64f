package record

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/zenodo"
)

var today = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

func TestValidate(t *testing.T) {
	good := Metadata{
		Title:    "A title",
		Creators: []Agent{{Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097"}},
		License:  "cc-by-4.0",
		Date:     "2026-03-31",
		Access:   "open",
	}
	if list := Validate(good, today); len(list) != 0 {
		t.Errorf("good: %v", list)
	}
	for _, tt := range []struct {
		field  string
		change func(*Metadata)
	}{
		{"title", func(m *Metadata) { m.Title = " " }},
		{"title", func(m *Metadata) { m.Title = "ab" }},
		{"description", func(m *Metadata) { m.Description = "ab" }},
		{"creators", func(m *Metadata) { m.Creators = nil }},
		{"creators.0.family", func(m *Metadata) { m.Creators = []Agent{{Given: "Jane"}} }},
		{"creators.1.orcid", func(m *Metadata) {
			m.Creators = append(m.Creators, Agent{Family: "Roe", ORCID: "0000-0002-1825-0098"})
		}},
		{"creators.0.affiliations.1", func(m *Metadata) {
			m.Creators = []Agent{{Family: "Doe", Kind: Person, Affiliations: []Affiliation{{Name: "A"}, {Name: "A"}}}}
		}},
		{"contributors.0.role", func(m *Metadata) { m.Contribs = []Agent{{Kind: Person, Family: "Doe", Role: "boss"}} }},
		{"license", func(m *Metadata) { m.License = "my own words" }},
		{"keywords.0", func(m *Metadata) { m.Keywords = []string{" "} }},
		{"related.0.relation", func(m *Metadata) { m.Related = []Related{{"likes", "10.1234/x"}} }},
		{"related.0.identifier", func(m *Metadata) { m.Related = []Related{{"cites", "20250301-7"}} }},
		{"funding.0.funder", func(m *Metadata) { m.Funding = []Grant{{Funder: "200021-1"}} }},
		{"funding.0.funder", func(m *Metadata) { m.Funding = []Grant{{Funder: "00k4n6c33", Award: "1"}} }},
		{"access", func(m *Metadata) { m.Access = "closed" }},
		{"access", func(m *Metadata) { m.Access = "embargo:soon" }},
		{"access", func(m *Metadata) { m.Access = "embargo:2026-03-31" }},
		{"creators.0.family", func(m *Metadata) { m.Creators = []Agent{{Family: "Jane Doe"}} }},
		{"creators.0.family", func(m *Metadata) {
			m.Creators = []Agent{{Kind: Person, Family: "Institute of Physics", Given: "Group X"}}
		}},
		{"creators.0.ror", func(m *Metadata) { m.Creators = []Agent{{Kind: Organisation, Family: "Lab", ROR: "05a28rw59"}} }},
		{"creators.0.affiliations.0", func(m *Metadata) { m.Creators[0].Affiliations = []Affiliation{{ROR: "05a28rw59"}} }},
		{"creators.1.orcid", func(m *Metadata) {
			m.Creators = append(m.Creators, Agent{Kind: Person, Family: "Doe", Given: "J.", ORCID: "https://orcid.org/0000-0002-1825-0097"})
		}},
		{"contributors.0.role", func(m *Metadata) { m.Contribs = []Agent{{Kind: Person, Family: "Doe"}} }},
		{"community", func(m *Metadata) { m.Community = "my lab" }},
		{"description", func(m *Metadata) { m.Description = strings.Repeat("x", maxDescription+1) }},
		{"keywords.0", func(m *Metadata) { m.Keywords = []string{strings.Repeat("k", 256)} }},
		{"publication_date", func(m *Metadata) { m.Date = "31.3.2026" }},
		{"publication_date", func(m *Metadata) { m.Date = "2026-03-31/2025" }},
		{"record_version", func(m *Metadata) { m.Version = strings.Repeat("v", 192) }},
		{"language", func(m *Metadata) { m.Language = "english" }},
	} {
		m := good
		m.Creators = slices.Clone(good.Creators)
		tt.change(&m)
		list := Validate(m, today)
		if len(list) != 1 || list[0].Field != tt.field || list[0].Message == "" {
			t.Errorf("%s: %v", tt.field, list)
		}
	}
	for _, date := range []string{"2026", "2026-03", "2026-03-31", "2025/2026-01"} {
		if m := good; len(Validate(func() Metadata { m.Date = date; return m }(), today)) != 0 {
			t.Errorf("%s is refused", date)
		}
	}
}

func TestDraft(t *testing.T) {
	req := Metadata{
		Title: " A title ", Description: "<p>What</p>", Date: "2026-03-31", License: "CC-BY-4.0", Language: "eng", Access: "embargo:2027-01-01",
		Creators: []Agent{
			{
				Family:       "Doe",
				Given:        "Jane",
				ORCID:        "https://orcid.org/0000-0002-1825-0097",
				Affiliations: []Affiliation{{Name: "https://ror.org/05a28rw58"}, {Name: "Lab X"}, {Name: "Lab X"}},
			},
			{Family: "The Lab"},
		},
		Contribs: []Agent{{Family: "Roe", Given: "Jim", Role: "DataCurator"}},
		Keywords: []string{"a", " "}, Related: []Related{{"isSupplementTo", "https://doi.org/10.1234/x"}},
		Funding: []Grant{{Funder: "https://ror.org/00k4n6c32", Award: "101094817"}},
	}
	root := openbis.Ref{Kind: openbis.KindCollection, PermID: "2025-1", Code: "E", Name: "Growth <b>"}
	in := DraftInput{
		Marker: "zenobis:job", Kind: zenodo.KindZenodo, SourceURL: "https://openbis.example", Version: "1.0.0",
		Roots: []openbis.Ref{root}, Collected: "2025-01-01/2025-02-01",
	}
	b := Draft(req, in)
	m := b.Metadata
	data, _ := json.Marshal(b)
	text := string(data)
	for _, want := range []string{
		`"title":"A title"`, `"resource_type":{"id":"dataset"}`, `"rights":[{"id":"cc-by-4.0"}]`, `"family_name":"Doe"`,
		`{"identifier":"0000-0002-1825-0097","scheme":"orcid"}`, `"affiliations":[{"id":"05a28rw58"},{"name":"Lab X"}]`,
		`"type":"organizational","name":"The Lab"`, `"role":{"id":"datacurator"}`, `"subjects":[{"subject":"a"}]`,
		`{"identifier":"10.1234/x","scheme":"doi","relation_type":{"id":"issupplementto"}}`, `"relation_type":{"id":"isderivedfrom"}`,
		`"embargo":{"active":true,"until":"2027-01-01"}`, `"identifiers":[{"identifier":"zenobis:job","scheme":"other"}]`,
		`"dates":[{"date":"2025-01-01/2025-02-01","type":{"id":"collected"}}]`, `"funder":{"id":"00k4n6c32"}`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	if n := m.Additional; len(n) != 1 || n[0].Type.ID != "notes" || !strings.Contains(n[0].Description, "2025-1: Growth &lt;b&gt;") {
		t.Errorf("notes: %+v", n)
	}
	in.Kind, in.SourceURL = zenodo.KindInvenioRDM, ""
	b = Draft(req, in)
	if len(b.Metadata.Related) != 1 || b.Metadata.Additional[0].Type.ID != "other" {
		t.Errorf("elsewhere: %+v", b.Metadata)
	}
}

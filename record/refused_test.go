package record

import (
	"testing"

	"zenobis/zenodo"
)

func TestRefusedFieldsAreNamedAsInAMetadataFile(t *testing.T) {
	for path, want := range map[string]string{
		"metadata.title":            "title",
		"metadata.publication_date": "publication_date",
		"metadata.version":          "record_version",
		"metadata.description":      "description",
		"metadata.publisher":        "publisher",
		"metadata.creators":         "creators",
		"metadata.creators.0":       "creators.0",
		"metadata.creators.0.person_or_org.identifiers.0.identifier": "creators.0.orcid",
		"metadata.creators.1.person_or_org.name":                     "creators.1.family",
		"metadata.creators.1.person_or_org.family_name":              "creators.1.family",
		"metadata.creators.1.person_or_org.given_name":               "creators.1.given",
		"metadata.creators.1.person_or_org.type":                     "creators.1",
		"metadata.creators.2.affiliations":                           "creators.2.affiliations",
		"metadata.creators.2.affiliations.1.name":                    "creators.2.affiliations.1",
		"metadata.contributors.0.role":                               "contributors.0.role",
		"metadata.contributors.1.person_or_org._schema":              "contributors.1",
		"metadata.rights.0.id":                                       "license",
		"metadata.subjects.3.subject":                                "keywords.3",
		"metadata.subjects":                                          "keywords",
		"metadata.languages.0.id":                                    "language",
		"metadata.related_identifiers.2.scheme":                      "related.2.identifier",
		"metadata.related_identifiers.2.identifier":                  "related.2.identifier",
		"metadata.related_identifiers.0.relation_type.id":            "related.0.relation",
		"metadata.funding.1.funder.id":                               "funding.1.funder",
		"metadata.funding.0.award.title":                             "funding.0.award",
		"metadata.additional_descriptions.0.description":             "notes",
		"metadata.dates.0.date":                                      "dates",
		"access.embargo.until":                                       "access",
		"pids.doi":                                                   "pids.doi",
		"files.enabled":                                              "files.enabled",
		"creators.0.orcid":                                           "creators.0.orcid",
		"related.1.identifier":                                       "related.1.identifier",
	} {
		if got := Refused([]zenodo.FieldError{{Field: path}})[0].Field; got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	ror := Refused([]zenodo.FieldError{{Field: "metadata.creators.0.person_or_org.identifiers.0.identifier", Messages: []string{"Invalid ROR identifier."}}})
	if got := ror[0].Field; got != "creators.0.ror" {
		t.Errorf("a ROR id: %s", got)
	}
}

func TestARefusedValueNamesItsFields(t *testing.T) {
	body := Draft(Metadata{
		Title: "eng", License: "cc-by-4.0", Language: "eng", Keywords: []string{"eng"},
		Creators: []Agent{{Family: "Doe", Given: "Jane"}}, Contribs: []Agent{{Family: "Roe", Given: "R", Role: "other"}},
		Funding: []Grant{{Funder: "00k4n6c32"}, {Funder: "05a28rw58"}},
	}, DraftInput{})
	for value, want := range map[string]string{
		"eng": "language", "cc-by-4.0": "license", "other": "contributors.0.role", "05a28rw58": "funding.1.funder", "nothing": "",
	} {
		var got string
		if list := Refused(RefusedValue(body, "Invalid value "+value+".")); len(list) == 1 {
			got = list[0].Field
		}
		if got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if list := RefusedValue(body, "eng"); list != nil {
		t.Errorf("without the server's words: %v", list)
	}
}

// What is written twice is sent once, so the numbers of what follows differ.
func TestEntriesAreCountedAsTheyWereWritten(t *testing.T) {
	m := Metadata{
		Creators: make([]Agent, 2), Keywords: []string{"a", "A", "", "b"},
		Related: []Related{{"cites", "10.1234/a"}, {"cites", "https://doi.org/10.1234/A"}, {"cites", "10.1234/b"}},
		Funding: []Grant{{Funder: "00k4n6c32"}, {Funder: "00k4n6c32"}, {Funder: "05a28rw58"}},
	}
	for _, c := range []struct {
		field      string
		sent, want int
	}{
		{"creators", 1, 1}, {"creators", 2, -1}, {"keywords", 0, 0}, {"keywords", 1, 3}, {"keywords", 2, -1},
		{"related", 0, 0}, {"related", 1, 2}, {"related", 5, -1}, {"funding", 1, 2}, {"language", 0, -1},
	} {
		if got := m.EntryOf(c.field, c.sent); got != c.want {
			t.Errorf("%s %d: %d, want %d", c.field, c.sent, got, c.want)
		}
	}
}

package record

import (
	"strings"
	"testing"

	"zenobis/zenodo"
)

func TestRemarks(t *testing.T) {
	for _, c := range []struct {
		m    Metadata
		says string
	}{
		{Metadata{Keywords: []string{"yeast", "heat shock"}, Date: "2026-03-31"}, ""},
		{Metadata{Keywords: []string{"yeast, heat shock"}}, `"yeast, heat shock" goes as one keyword`},
		{Metadata{Keywords: []string{"yeast; heat shock"}}, "as one keyword"},
		{Metadata{Date: "2099-01-01"}, "2099-01-01 is more than a year ahead"},
		{Metadata{Date: "2099"}, "ahead"},
		{Metadata{Date: "2099-01/2099-02"}, "ahead"},
		{Metadata{Date: "2027"}, ""},
		{Metadata{Date: "soon"}, ""},
		{Metadata{}, ""},
	} {
		got := strings.Join(Remarks(c.m, today), "; ")
		if !strings.Contains(got, c.says) || c.says == "" && got != "" {
			t.Errorf("%+v: %q, want %q", c.m, got, c.says)
		}
	}
}

// Newer servers tell a funder's acronym and other names.
func TestFundersByTheirNames(t *testing.T) {
	list := []zenodo.VocabularyEntry{
		{ID: "a", Title: "Swiss National Science Foundation", Acronym: "SNSF", Aliases: []string{"SNF", "FNS"}},
		{ID: "b", Title: "Another", Acronym: "FNS"},
		{ID: "c", Title: "SNSF"},
	}
	for name, want := range map[string]string{"snf": "a", "FNS": "b", "SNSF": "c", "swiss national science foundation": "a", "none": ""} {
		got := ""
		for _, e := range calledSo(list, name) {
			got += e.ID
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", name, got, want)
		}
	}
}

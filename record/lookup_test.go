package record

import (
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/zenodo/zenodotest"
)

// A query is where "|" stands in the line.
func TestQueryAt(t *testing.T) {
	for _, tt := range []struct {
		field, line string
		kind, text  string
		taken       string // with the choice "X"
	}{
		{"license", "cc by|", LookupLicenses, "cc by", "X"},
		{"language", "germ|", LookupLanguages, "germ", "X"},
		{"community", "https://zenodo.org/communities/my-lab/|", LookupCommunities, "my-lab", "X"},
		{"creators", "Muster, M|", LookupNames, "Muster, M", "X"},
		{"creators", "Muster, Max; 0000-0002-1825-0097|", LookupNames, "0000-0002-1825-0097", "X"},
		{"creators", "Muster, Max; ; ETH|", LookupAffiliations, "ETH", "Muster, Max; ; X"},
		{"creators", "Muster, Max; ETH|; Lab X", LookupAffiliations, "ETH", "Muster, Max; X; Lab X"},
		{"creators", "Muster, Max;|", LookupAffiliations, "", "Muster, Max; X"},
		{"creators", "org: eth|; 05a28rw58", LookupAffiliations, "eth", "org: X"},
		{"contributors", "data|", LookupRoles, "data", "X: "},
		{"contributors", "data|: Roe, R", LookupRoles, "data", "X: Roe, R"},
		{"contributors", "datamanager: Ro|", LookupNames, "Ro", "datamanager: X"},
		{"contributors", "datamanager: Roe, R; ETH|", LookupAffiliations, "ETH", "datamanager: Roe, R; X"},
		{"contributors", "hostinginstitution: org: eth|", LookupAffiliations, "eth", "hostinginstitution: org: X"},
		{"related", "is suppl|", LookupRelations, "is suppl", "X "},
		{"related", "|10.1234/a", LookupRelations, "", "X 10.1234/a"},
		{"related", "cit| 10.1234/a", LookupRelations, "cit", "X 10.1234/a"},
		{"related", "ci|tes 10.1234/a", LookupRelations, "cites", "X 10.1234/a"},
		{"related", "cites 10.1234/a|", "", "", ""},
		{"funding", "europ|", LookupFunders, "europ", "X "},
		{"funding", "Swiss National 200021_1|", LookupFunders, "Swiss National", "X 200021_1"},
		{"funding", "00k4n6c32 1010|", LookupAwards, "1010", "X"},
		{"funding", "European Commission (00k4n6c32) |", LookupAwards, "", "X"},
		{"title", "anything|", "", "", ""},
	} {
		line := strings.Replace(tt.line, "|", "", 1)
		q := QueryAt(tt.field, line, strings.IndexByte(tt.line, '|'))
		if q.Kind != tt.kind || q.Text != tt.text {
			t.Errorf("%s %q: looks up %s %q, want %s %q", tt.field, tt.line, q.Kind, q.Text, tt.kind, tt.text)
		}
		if got := q.Take(Choice{Text: "X"}); tt.kind != "" && got != tt.taken {
			t.Errorf("%s %q: taken %q, want %q", tt.field, tt.line, got, tt.taken)
		}
	}
	if q := QueryAt("funding", "00k4n6c32 1", 11); q.Funder != "00k4n6c32" {
		t.Errorf("awards of which funder: %+v", q)
	}
}

func FuzzQueryAt(f *testing.F) {
	f.Add("creators", "Doe, J; 0000-0002-1825-0097; ETH", 12)
	f.Add("related", "is supplement to 10.1/x", 3)
	f.Add("funding", "00k4n6c32 1", 4)
	f.Fuzz(func(t *testing.T, field, line string, cursor int) {
		if q := QueryAt(field, line, cursor); q.Kind != "" && !strings.Contains(q.Take(Choice{Text: "x"}), "x") {
			t.Fatalf("%s %q at %d: %+v", field, line, cursor, q)
		}
	})
}

func TestLookup(t *testing.T) {
	s := zenodotest.Start(t, zenodotest.Options{})
	c := deposit(t, s, s.Token)
	for _, tt := range []struct{ field, line, text, name, detail string }{
		{"creators", "carberry", "Carberry, Josiah; 0000-0002-1825-0097; ETH Zurich (05a28rw58)", "Carberry, Josiah",
			"0000-0002-1825-0097 · ETH Zurich"},
		{"creators", "https://orcid.org/0000-0002-1825-0097", "Carberry, Josiah; 0000-0002-1825-0097; ETH Zurich (05a28rw58)",
			"Carberry, Josiah", ""},
		{"creators", "Doe, Jane; eth z", "Doe, Jane; ETH Zurich (05a28rw58)", "ETH Zurich", "ETHZ"},
		{"contributors", "hostinginstitution: org: paul s", "hostinginstitution: org: Paul Scherrer Institute; 03eh3y714",
			"Paul Scherrer Institute", "PSI"},
		{"contributors", "Data man", "datamanager: ", "Data manager", ""},
		{"related", "is derived", "isderivedfrom ", "Is derived from", ""},
		{"funding", "european com", "European Commission (00k4n6c32) ", "European Commission", "00k4n6c32"},
		{"funding", "00k4n6c32 10109", `European Commission (00k4n6c32) 101094817 "A project made up for the lab"`,
			"A project made up for the lab", "LABPROJ"},
		{"license", "cc-by-4", "cc-by-4.0", "Creative Commons Attribution 4.0 International", ""},
		{"language", "germ", "deu", "German", ""},
		{"community", "my", "my-lab", "", "yours"},
		{"community", "members", "members-only", "", "members only"},
	} {
		q := QueryAt(tt.field, tt.line, len(tt.line))
		list, err := Lookup(t.Context(), c, q)
		if err != nil || len(list) == 0 {
			t.Errorf("%s %q: %v, %v", tt.field, tt.line, list, err)
			continue
		}
		got := list[0]
		if q.Take(got) != tt.text || tt.name != "" && got.Name != tt.name || !strings.Contains(got.Detail, tt.detail) {
			t.Errorf("%s %q: %q, %+v", tt.field, tt.line, q.Take(got), got)
		}
		// What is chosen is canonical: it is parsed to itself.
		if tt.field == "funding" && !strings.HasSuffix(tt.text, " ") {
			if g, _ := ParseGrant(q.Take(got)); g.String() != tt.text || g.Funder != "00k4n6c32" {
				t.Errorf("%+v", g)
			}
		}
	}
}

func TestLookupWithoutAServer(t *testing.T) {
	s := zenodotest.Start(t, zenodotest.Options{})
	c := deposit(t, s, "")
	s.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Times: fakehttp.Always})
	for field, line := range map[string]string{"license": "cc-by-4", "language": "german", "related": "cites", "contributors": "data"} {
		for name, d := range map[string]Directory{"away": c, "none": nil} {
			if list, err := Lookup(t.Context(), d, QueryAt(field, line, len(line))); err != nil || len(list) == 0 {
				t.Errorf("%s, server %s: %v, %v", field, name, list, err)
			}
		}
	}
	if _, err := Lookup(t.Context(), c, QueryAt("creators", "Doe", 3)); err == nil {
		t.Error("a server that is away finds nobody, and does not say so")
	}
}

package record

import (
	"slices"
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// deposit is a client of a built-in Zenodo.
func deposit(t *testing.T, s *zenodotest.Server, token string) *zenodo.Client {
	t.Helper()
	c, err := zenodo.New(zenodo.Options{URL: s.URL, Token: token, PerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheck(t *testing.T) {
	s := zenodotest.Start(t, zenodotest.Options{})
	with, without := deposit(t, s, s.Token), deposit(t, s, "")
	good := Metadata{
		Title:    "A title",
		Creators: []Agent{{Kind: Person, Family: "Doe", Given: "Jane"}},
		License:  "cc-by-4.0",
		Access:   "open",
		Language: "eng",
	}
	for _, tt := range []struct {
		name      string
		change    func(*Metadata)
		client    *zenodo.Client
		allowed   Allowed
		field     string // of the only problem
		says      string
		note      string
		unchecked string
	}{
		{name: "good"},
		{name: "licence", change: func(m *Metadata) { m.License = "cc-by-4.1" }, field: "license", says: "did you mean cc-by-4.0?"},
		{name: "licence far", change: func(m *Metadata) { m.License = "nonsense-17" }, field: "license", says: `no licence "nonsense-17"`},
		{name: "licence of Zenodo's own", change: func(m *Metadata) { m.License = "other-open" }},
		{name: "licence not allowed", change: func(m *Metadata) { m.License = "mit" }, allowed: Allowed{Licenses: []string{"cc-by-4.0",
			"cc0-1.0"}}, field: "license", says: "cc-by-4.0, cc0-1.0"},
		{name: "language", change: func(m *Metadata) { m.Language = "ger" }, field: "language", says: "did you mean deu"},
		{name: "community", change: func(m *Metadata) { m.Community = "no-such" }, field: "community", says: "no community"},
		{name: "community near", change: func(m *Metadata) { m.Community = "mylab" }, field: "community", says: "did you mean my-lab?"},
		{name: "community members only", change: func(m *Metadata) { m.Community = "members-only" }, field: "community", says: "members alone"},
		{name: "community mine", change: func(m *Metadata) { m.Community = "my-lab" }},
		{name: "community not allowed", change: func(m *Metadata) { m.Community = "my-lab" },
			allowed: Allowed{Communities: []string{"other"}}, field: "community", says: "it allows other"},
		{name: "community without token", change: func(m *Metadata) { m.Community = "members-only" }, client: without,
			unchecked: "it takes a Zenodo token"},
		{name: "affiliation", change: func(m *Metadata) { m.Creators[0].Affiliations = []Affiliation{{ROR: "021nxhr62"}} },
			field: "creators.0.affiliations.0", says: "write the organisation's name"},
		{name: "affiliation by name", change: func(m *Metadata) {
			m.Creators[0].Affiliations = []Affiliation{{Name: "NSF",
				ROR: "021nxhr62"}}
		}, note: "by its name alone"},
		{name: "funder", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "05a28rw58"}} }, field: "funding.0.funder",
			says: "write its name as well"},
		{name: "funder by name", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "swiss national science foundation"}} }},
		{name: "funder by part of its name", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "Swiss National"}} },
			note: `"Swiss National" is taken to be "Swiss National Science Foundation (00yjd3n13)"`},
		{name: "funder and a word of the award", change: func(m *Metadata) {
			m.Funding = []Grant{{Funder: "Deutsche Forschungsgemeinschaft EXC", Award: "2075"}}
		},
			note: `award "EXC 2075" of "Deutsche Forschungsgemeinschaft"`},
		{name: "funder of several", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "European", Award: "1"}} },
			field: "funding.0.funder", says: "European Commission (00k4n6c32), European Research Council (0472cxd90)"},
		{name: "funder of none, some like it", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "Swiss Funds"}} },
			field: "funding.0.funder", says: "Swiss National Science Foundation (00yjd3n13)"},
		{name: "funder of none", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "Nowhere Fund", Award: "1"}} },
			field: "funding.0.funder", says: "in double quotes"},
		{name: "funder as it is", change: func(m *Metadata) { m.Funding = []Grant{{FunderName: "Nowhere Fund", Award: "1"}} }},
		{name: "award free", change: func(m *Metadata) { m.Funding = []Grant{{Funder: "00k4n6c32", Award: "999"}} }, note: "free text"},
		{name: "award free by id", change: func(m *Metadata) {
			m.Funding = []Grant{{Funder: "00k4n6c32", Award: "999",
				AwardID: "00k4n6c32::999"}}
		}, note: "free text"},
		{name: "organisation unsaid", change: func(m *Metadata) { m.Creators = []Agent{{Family: "The Institute"}} },
			note: "goes as an organisation"},
		{name: "own checks stay", change: func(m *Metadata) { m.Title = "" }, field: "title", says: "needed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := good
			m.Creators = slices.Clone(good.Creators)
			if tt.change != nil {
				tt.change(&m)
			}
			if tt.client == nil {
				tt.client = with
			}
			r, err := Check(t.Context(), tt.client, tt.allowed, m, Validate(m, today))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case tt.field == "" && len(r.Problems) > 0, tt.field != "" && len(r.Problems) != 1:
				t.Fatalf("problems: %v", r.Problems)
			case tt.field != "" && (r.Problems[0].Field != tt.field || !strings.Contains(r.Problems[0].Message, tt.says)):
				t.Errorf("problem: %v, want %s at %s", r.Problems[0], tt.says, tt.field)
			}
			if text := strings.Join(r.Notes, "\n"); !strings.Contains(text, tt.note) || tt.note == "" && text != "" {
				t.Errorf("notes: %s", text)
			}
			if text := strings.Join(r.Unchecked, "\n"); !strings.Contains(text, tt.unchecked) || tt.unchecked == "" && text != "" {
				t.Errorf("unchecked: %s", text)
			}
		})
	}
}

func TestCheckResolves(t *testing.T) {
	s := zenodotest.Start(t, zenodotest.Options{})
	c := deposit(t, s, s.Token)
	m := Metadata{
		License: "cc-by-4.0", Creators: []Agent{{Kind: Person, Family: "Doe", Affiliations: []Affiliation{{ROR: "05a28rw58"}, {Name: "Lab"}}}},
		Funding: []Grant{{Funder: "00k4n6c32", Award: "101094817"}, {Funder: "00k4n6c32"}},
	}
	r, err := Check(t.Context(), c, Allowed{}, m, nil)
	if err != nil || len(r.Problems)+len(r.Notes)+len(r.Unchecked) > 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := r.Metadata.Creators[0].Affiliations; got[0].Name != "ETH Zurich" || got[1].Name != "Lab" {
		t.Errorf("affiliations: %+v", got)
	}
	if g := r.Metadata.Funding[0]; g.AwardID != "00k4n6c32::101094817" || g.AwardTitle == "" || g.FunderName != "European Commission" {
		t.Errorf("award: %+v", g)
	}
	if r.License.Name != "Creative Commons Attribution 4.0 International" || r.License.URL == "" {
		t.Errorf("licence: %+v", r.License)
	}
	if m.Creators[0].Affiliations[0].Name != "" || m.Funding[0].AwardID != "" {
		t.Error("the metadata given was changed")
	}
}

// A server that is away leaves things unchecked, and the program's own lists
// still find mistakes.
func TestCheckOffline(t *testing.T) {
	s := zenodotest.Start(t, zenodotest.Options{})
	c := deposit(t, s, s.Token)
	s.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Times: fakehttp.Always})
	m := Metadata{Title: "A title", License: "cc-by-4.1", Language: "zzz", Community: "x", Funding: []Grant{{Funder: "00k4n6c32", Award: "1"}}}
	r, err := Check(t.Context(), c, Allowed{}, m, nil)
	if err != nil || len(r.Problems) != 2 || r.Problems[0].Field != "license" || r.Problems[1].Field != "language" {
		t.Fatalf("%v, %v", r.Problems, err)
	}
	if text := strings.Join(r.Unchecked, "\n"); !strings.Contains(text, `community "x": the server does not answer`) ||
		!strings.Contains(text, "licence") {
		t.Errorf("unchecked: %s", text)
	}
}

package session

import (
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/selection"
)

// What openBIS knows is offered: who made what is selected, and only that.
func TestDefaultMetadata(t *testing.T) {
	b := newBenchWith(t, labdata.DemoLab())
	s := b.connect(t, b.login())
	all, err := selection.Resolve(t.Context(), s.Client, "space:JDOE")
	if err != nil {
		t.Fatal(err)
	}
	all.Mode = selection.All
	rules := []selection.Rule{all}
	m, offers, err := s.DefaultMetadata(t.Context(), selection.Selection{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Creators) != 1 || m.Creators[0].String() != "Doe, Jane" || m.Creators[0].User != b.ob.User {
		t.Errorf("creators: %+v", m.Creators)
	}
	if len(offers.People) == 0 || offers.Dates == "" || len(offers.Keywords) == 0 {
		t.Fatalf("offers: %+v", offers)
	}
	whole := offers.People[0]
	if whole.Objects == 0 || whole.DataSets == 0 || !strings.Contains(whole.Share(), "data sets") {
		t.Errorf("share of %s: %s", whole.Agent, whole.Share())
	}
	l, err := s.Client.Projects(t.Context(), "JDOE", openbis.Page{Count: 1})
	if err != nil || len(l.Entities) == 0 {
		t.Fatal(err)
	}
	rules = append(rules, selection.Rule{Mode: selection.Exclude, Kind: openbis.KindProject, PermID: l.Entities[0].PermID})
	_, offers, err = s.DefaultMetadata(t.Context(), selection.Selection{Rules: rules})
	if err != nil || len(offers.People) == 0 || offers.People[0].Objects >= whole.Objects {
		t.Errorf("with a project excluded: %+v, %v", offers.People, err)
	}
	if list := s.Validate(m); len(list) != 0 {
		t.Errorf("the prefilled form is refused: %v", list)
	}
}

func TestCheckAndLookup(t *testing.T) {
	b := newBench(t)
	s := b.connect(t, b.login())
	m := record.Metadata{
		Title:     "A title",
		Creators:  []record.Agent{{Kind: record.Person, Family: "Doe", Given: "Jane"}},
		License:   "cc-by-4.1",
		Community: "members-only",
	}
	r, err := s.Check(t.Context(), m)
	if err != nil || len(r.Problems) != 1 || r.Problems[0].Field != "license" || len(r.Unchecked) != 1 {
		t.Errorf("without a token: %+v, %v", r, err)
	}
	if err := s.UseToken(t.Context(), b.ze.Token); err != nil {
		t.Fatal(err)
	}
	if r, err = s.Check(t.Context(), m); err != nil || len(r.Problems) != 2 || len(r.Unchecked) != 0 {
		t.Errorf("with a token: %+v, %v", r, err)
	}
	grant, err := record.ParseGrant("Swiss National Science Foundation 200021_1")
	if err != nil {
		t.Fatal(err)
	}
	m.License, m.Community, m.Language, m.Date = "cc-by-4.0", "", "EN", "2299"
	m.Funding, m.Keywords = []record.Grant{grant}, []string{"yeast, heat shock"}
	r, err = s.Check(t.Context(), m)
	said := strings.Join(r.Notes, "; ")
	if err != nil || len(r.Problems) != 0 || r.Metadata.Language != "eng" || r.Metadata.Funding[0].Funder != "00yjd3n13" ||
		!strings.Contains(said, "yeast, heat shock") || !strings.Contains(said, "2299") {
		t.Errorf("what was typed in words: %+v, %v", r, err)
	}
	if list, err := s.Lookup(t.Context(), record.QueryAt("creators", "carb", 4)); err != nil || len(list) != 1 {
		t.Errorf("look-up: %v, %v", list, err)
	}
}

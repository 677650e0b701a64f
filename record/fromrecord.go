package record

import (
	"cmp"

	"zenobis/zenodo"
)

// agentOf reads a creator or contributor as the server has it.
func agentOf(c zenodo.Creator) Agent {
	a := Agent{Kind: Person, Family: c.Person.FamilyName, Given: c.Person.GivenName}
	if c.Person.Type == "organizational" {
		a.Kind, a.Family = Organisation, c.Person.Name
	} else if a.Family == "" {
		a.Family = c.Person.Name
	}
	for _, id := range c.Person.Identifiers {
		switch id.Scheme {
		case "orcid":
			a.ORCID = cmp.Or(a.ORCID, id.Identifier)
		case "ror":
			a.ROR = cmp.Or(a.ROR, id.Identifier)
		}
	}
	for _, f := range c.Affiliations {
		a.Affiliations = append(a.Affiliations, Affiliation{Name: f.Name, ROR: f.ID})
	}
	if c.Role != nil {
		a.Role = c.Role.ID
	}
	return a
}

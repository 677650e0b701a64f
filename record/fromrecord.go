package record

import (
	"cmp"
	"slices"
	"strings"

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

func agentsOf(list []zenodo.Creator) (out []Agent) {
	for _, c := range list {
		out = append(out, agentOf(c))
	}
	return out
}

// licenseOf is the first license that has an id, as the form has one.
func licenseOf(m zenodo.Metadata) (id string) {
	for _, r := range m.Rights {
		id = cmp.Or(id, r.ID)
	}
	return id
}

// languageOf is the first language, as the form has one.
func languageOf(m zenodo.Metadata) (id string) {
	for _, l := range m.Languages {
		id = cmp.Or(id, l.ID)
	}
	return id
}

// FromRecord is the metadata of a published record as the form has it, for its next
// version: without date and version, which are new ones, and without what was
// added when it was saved (addresses of openBIS, what was selected there).
func FromRecord(r zenodo.Record) Metadata {
	g := r.Metadata
	m := Metadata{Title: g.Title, Description: g.Description, Access: accessOf(r.Access)}
	m.Creators, m.Contribs, m.License, m.Language = agentsOf(g.Creators), agentsOf(g.Contributors), licenseOf(g), languageOf(g)
	for _, s := range g.Subjects {
		if s.ID == "" {
			m.Keywords = append(m.Keywords, s.Subject)
		}
	}
	for _, w := range g.Related {
		if !OfELN(w.Identifier) {
			m.Related = append(m.Related, Related{Relation: w.Relation.ID, Identifier: Identifier{w.Scheme, w.Identifier}.Text()})
		}
	}
	for _, f := range g.Funding {
		grant := Grant{Funder: f.Funder.ID, FunderName: f.Funder.Name}
		if a := f.Award; a != nil {
			grant.AwardID, grant.Award, grant.AwardTitle = a.ID, a.Number, a.Title["en"]
			if _, number, ok := strings.Cut(a.ID, "::"); ok && grant.Award == "" {
				grant.Award = number
			}
		}
		m.Funding = append(m.Funding, grant)
	}
	for _, d := range g.Additional {
		if d.Type.ID == "notes" || d.Type.ID == "other" {
			text, _, _ := strings.Cut(d.Description, exported)
			m.Notes = cmp.Or(m.Notes, strings.TrimSpace(text))
		}
	}
	return m.Normal()
}

// OfELN reports whether an identifier is the address of an entity's page in an ELN,
// which is added to each version anew.
func OfELN(identifier string) bool { return strings.Contains(identifier, elnPage) }

// Over are the changes that put a draft's own metadata on top of what the former
// version left in it: what the form has replaces what was there; what it does not
// have (references, controlled subjects, sizes, other dates, a second licence) stays.
func Over(ours map[string]any) func(metadata map[string]any) {
	return func(theirs map[string]any) {
		keep := func(name string, stays func(e map[string]any) bool) {
			list, _ := theirs[name].([]any)
			mine, _ := ours[name].([]any)
			for _, v := range list {
				if e, ok := v.(map[string]any); ok && stays(e) {
					mine = append(mine, e)
				}
			}
			ours[name] = mine
		}
		kind := func(e map[string]any) string {
			t, _ := e["type"].(map[string]any)
			id, _ := t["id"].(string)
			return id
		}
		keep("subjects", func(e map[string]any) bool { return e["id"] != nil })
		keep("dates", func(e map[string]any) bool { return kind(e) != "collected" })
		keep("additional_descriptions", func(e map[string]any) bool { return kind(e) != "notes" && kind(e) != "other" })
		shown := false // the form has one licence: the first of the vocabulary
		mine, _ := ours["rights"].([]any)
		keep("rights", func(e map[string]any) bool {
			if e["id"] != nil && !shown {
				shown = true
				return false
			}
			return e["id"] == nil || !slices.ContainsFunc(mine, func(m any) bool { return m.(map[string]any)["id"] == e["id"] })
		})
		keep("identifiers", func(e map[string]any) bool {
			id, _ := e["identifier"].(string)
			return !strings.HasPrefix(id, "zenobis:")
		})
		for _, name := range []string{
			"resource_type", "title", "publication_date", "publisher", "version", "description", "creators", "contributors", "rights",
			"subjects", "languages", "dates", "related_identifiers", "identifiers", "additional_descriptions", "funding",
		} {
			list, isList := ours[name].([]any)
			if v := ours[name]; v == nil || isList && len(list) == 0 {
				delete(theirs, name)
			} else {
				theirs[name] = v
			}
		}
	}
}

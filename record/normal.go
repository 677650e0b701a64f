package record

import (
	"slices"
	"strings"
	"unicode"

	"zenobis/zenodo"
)

// Normal returns the metadata in canonical form: texts of one line in one line,
// identifiers and vocabulary words as servers know them, every keyword, work
// and grant once. What is wrong stays as it is, for Validate to speak of.
func (m Metadata) Normal() Metadata {
	m.Title = oneLine(m.Title)
	m.Description = strings.TrimSpace(m.Description)
	m.Creators = normalAgents(m.Creators)
	m.Contribs = normalAgents(m.Contribs)
	m.License = strings.ToLower(oneLine(m.License))
	m.Keywords = Keywords(m.Keywords)
	m.Related = normalRelated(m.Related)
	m.Funding = normalFunding(m.Funding)
	m.Access = ParseAccess(string(m.Access))
	m.Community = community(m.Community)
	m.Date = oneLine(m.Date)
	m.Version = oneLine(m.Version)
	m.Language = normalLanguage(m.Language)
	m.Notes = strings.TrimSpace(m.Notes)
	return m
}

// normalLanguage takes a language's code of two letters for its code of three. A
// name is no code: Validate names the one that it may mean.
func normalLanguage(s string) string {
	s = strings.ToLower(oneLine(s))
	if l := LanguageOf(s); len(s) == 2 && l.ID != "" {
		return l.ID
	}
	return s
}

// oneLine joins the lines of a text and its runs of blanks, and drops control
// and bidi characters. What joins letters in real scripts stays.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func normalAgents(list []Agent) []Agent {
	list = slices.Clone(list)
	for i := range list {
		a := &list[i]
		a.Family, a.Given, a.Role = oneLine(a.Family), oneLine(a.Given), word(a.Role)
		if id, err := ORCID(a.ORCID); err == nil {
			a.ORCID = id
		}
		if id := ROR(a.ROR); id != "" {
			a.ROR = id
		}
		if a.Kind == "" && (a.Given != "" || a.ORCID != "") {
			a.Kind = Person
		} else if a.Kind == "" && a.ROR != "" {
			a.Kind = Organisation
		}
		a.Affiliations = slices.Clone(a.Affiliations)
		for j := range a.Affiliations {
			f := &a.Affiliations[j]
			if f.Name = oneLine(f.Name); f.ROR == "" {
				*f = parseAffiliation(f.Name)
			} else if id := ROR(f.ROR); id != "" {
				f.ROR = id
			}
		}
		a.Affiliations = slices.DeleteFunc(a.Affiliations, func(f Affiliation) bool { return f == Affiliation{} })
		if len(a.Affiliations) == 0 {
			a.Affiliations = nil
		}
	}
	return list
}

// Keywords are as a record has them: empty ones are dropped, and repeated ones, whatever
// their case.
func Keywords(list []string) []string {
	var out []string
	for _, k := range list {
		k = oneLine(k)
		if k != "" && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, k) }) {
			out = append(out, k)
		}
	}
	return out
}

func normalRelated(list []Related) []Related {
	var out []Related
	for _, r := range list {
		r.Relation = word(r.Relation)
		works := []Related{r}
		if ids, err := Identify(r.Identifier); err == nil {
			works = nil
			for _, id := range ids {
				works = append(works, Related{Relation: r.Relation, Identifier: id.Text()})
			}
		}
		for _, w := range works {
			if !slices.ContainsFunc(out, func(o Related) bool {
				return o.Relation == w.Relation && strings.EqualFold(o.Identifier, w.Identifier)
			}) {
				out = append(out, w)
			}
		}
	}
	return out
}

func normalFunding(list []Grant) []Grant {
	var out []Grant
	for _, g := range list {
		if id := ROR(g.Funder); id != "" {
			g.Funder = id
		}
		g.FunderName, g.Award, g.AwardTitle = oneLine(g.FunderName), oneLine(g.Award), oneLine(g.AwardTitle)
		if number, ok := strings.CutPrefix(g.Award, g.Funder+"::"); ok {
			g.AwardID, g.Award = g.Award, number
		}
		if g.AwardTitle == g.Award { // an award without a title is sent under its number
			g.AwardTitle = ""
		}
		if !slices.ContainsFunc(out, func(o Grant) bool { return o.Funder == g.Funder && o.Award == g.Award }) {
			out = append(out, g)
		}
	}
	return out
}

// community is the slug of what may be a community's address.
func community(s string) string {
	s = strings.TrimSpace(s)
	if slug, ok := zenodo.CommunityOf(s); ok {
		return slug
	}
	return s
}

// Same reports whether two grants are one: of the same award or, where neither
// names an award, of the same funder. A look-up may have changed how a funder is
// written, so an award's number is enough.
func (g Grant) Same(o Grant) bool {
	if g.Award != "" || o.Award != "" {
		return strings.EqualFold(g.Award, o.Award)
	}
	of := func(x Grant) []string { return []string{x.Funder, x.FunderName} }
	return slices.ContainsFunc(of(g), func(a string) bool {
		return a != "" && slices.ContainsFunc(of(o), func(b string) bool { return strings.EqualFold(a, b) })
	})
}

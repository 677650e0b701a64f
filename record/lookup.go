package record

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"zenobis/zenodo"
)

// What can be looked up.
const (
	LookupNames        = "names" // people
	LookupAffiliations = "affiliations"
	LookupFunders      = "funders"
	LookupAwards       = "awards"
	LookupLicenses     = "licenses"
	LookupLanguages    = "languages"
	LookupCommunities  = "communities"
	LookupRelations    = "relationtypes"
	LookupRoles        = "contributorsroles"
)

// Directory is where things are looked up; *zenodo.Client implements it.
type Directory interface {
	HasToken() bool
	Vocabulary(ctx context.Context, name, suggest string, size int) ([]zenodo.VocabularyEntry, error)
	Names(ctx context.Context, suggest string) ([]zenodo.VocabularyEntry, error)
	Affiliations(ctx context.Context, suggest string) ([]zenodo.VocabularyEntry, error)
	Funders(ctx context.Context, suggest string) ([]zenodo.VocabularyEntry, error)
	Awards(ctx context.Context, funder, suggest string) ([]zenodo.VocabularyEntry, error)
	Communities(ctx context.Context) ([]zenodo.Community, error)
	SearchCommunities(ctx context.Context, words string) ([]zenodo.Community, error)
}

// Query is what is looked up for the part of a field in which the cursor
// stands.
type Query struct {
	Kind   string // one of the Lookup kinds; "" where there is nothing to look up
	Text   string // as typed
	Funder string // awards: the funder's ROR id, "" for any

	before, after string // of the line, which stay
}

// Choice is one thing that a look-up offers.
type Choice struct {
	Text   string // what takes the place of what was typed
	Name   string // as people read it
	Detail string // what tells it from others, or holds for it; may be empty
}

// Take is the line with the choice in the place of what was typed.
func (q Query) Take(c Choice) string {
	return q.before + c.Text + q.after
}

// QueryAt tells what to look up where the cursor, in bytes, stands in a line of a
// field of the form.
func QueryAt(field, line string, cursor int) Query {
	cursor = min(max(cursor, 0), len(line))
	switch field {
	case "license":
		return Query{Kind: LookupLicenses, Text: strings.TrimSpace(line)}
	case "language":
		return Query{Kind: LookupLanguages, Text: strings.TrimSpace(line)}
	case "community":
		return Query{Kind: LookupCommunities, Text: community(line)}
	case "creators":
		return agentQuery("", line, cursor)
	case "contributors":
		role, rest, ok := strings.Cut(line, ":")
		if _, org := cutWord(line, "org"); org || !ok || strings.ContainsAny(role, ",;") {
			if !ok && !strings.ContainsAny(line, ",;") { // the role comes first
				return Query{Kind: LookupRoles, Text: strings.TrimSpace(line), after: ": "}
			}
			return agentQuery("", line, cursor)
		}
		if cursor <= len(role) {
			return Query{Kind: LookupRoles, Text: strings.TrimSpace(role), after: ":" + rest}
		}
		return agentQuery(role+":", rest, cursor-len(role)-1)
	case "related":
		return relatedQuery(line, cursor)
	case "funding":
		return fundingQuery(line, cursor)
	}
	return Query{}
}

// relatedQuery looks up the relation; an identifier is not looked up.
func relatedQuery(line string, cursor int) Query {
	relation, rest := cutRelation(line)
	words := oneLine(line)
	if relation == "" { // there is the identifier alone, or nothing
		return Query{Kind: LookupRelations, after: " " + words}
	}
	switch _, err := Identify(rest); {
	case known(relations, relation) && rest != "":
		if first, _, _ := strings.Cut(rest, " "); cursor >= strings.LastIndex(line, first) {
			return Query{}
		}
		return Query{Kind: LookupRelations, Text: relation, after: " " + rest}
	case rest != "" && err == nil:
		return Query{Kind: LookupRelations, Text: relation, after: " " + rest}
	}
	return Query{Kind: LookupRelations, Text: words, after: " "}
}

// agentQuery looks up people where the name or the ORCID stands, which replaces
// the whole, and organisations everywhere else. prefix is a role, which stays.
func agentQuery(prefix, line string, cursor int) Query {
	parts := split(line, ';')
	at, start := 0, 0
	for i, p := range parts {
		if cursor <= start+len(p) || i == len(parts)-1 {
			at = i
			break
		}
		start += len(p) + 1
	}
	lead := ""
	if prefix != "" {
		lead = prefix + " "
	}
	part := strings.TrimSpace(parts[at])
	name, org := cutWord(strings.TrimSpace(parts[0]), "org", "organisation", "organization")
	switch {
	case at == 0 && org:
		return Query{Kind: LookupAffiliations, Text: name, before: lead + "org: ", after: orgTail(parts[1:])}
	case at == 0:
		return Query{Kind: LookupNames, Text: part, before: lead}
	case likeORCID(part):
		return Query{Kind: LookupNames, Text: part, before: lead}
	}
	before := lead + strings.TrimLeft(strings.Join(parts[:at], ";"), " ") + "; "
	after := strings.Join(parts[at+1:], ";")
	if after != "" {
		after = ";" + after
	}
	return Query{Kind: LookupAffiliations, Text: part, before: before, after: after}
}

// orgTail drops the ROR id of the organisation that is replaced.
func orgTail(parts []string) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return likeROR(p) || strings.TrimSpace(p) == "" })
	if len(parts) == 0 {
		return ""
	}
	return ";" + strings.Join(parts, ";")
}

// fundingQuery looks up a funder until there is one, then its awards.
func fundingQuery(line string, cursor int) Query {
	g, err := ParseGrant(line)
	if err != nil || ROR(g.Funder) == "" {
		return Query{Kind: LookupFunders, Text: cmp.Or(g.Funder, g.FunderName), after: " " + g.Award}
	}
	if end := strings.Index(line, g.Funder); end >= 0 && cursor <= end+len(g.Funder) && g.Award == "" && strings.TrimSpace(line) == g.Funder {
		return Query{Kind: LookupFunders, Text: g.Funder, after: " "}
	}
	return Query{Kind: LookupAwards, Text: cmp.Or(g.Award, g.AwardTitle), Funder: g.Funder}
}

// Lookup finds what a query may mean. Licences, languages, roles and relations
// are found without a server, too; for the rest its error is returned.
func Lookup(ctx context.Context, d Directory, q Query) ([]Choice, error) {
	switch q.Kind {
	case LookupRoles:
		return fromWords(roles, q.Text), nil
	case LookupRelations:
		return fromWords(relations, q.Text), nil
	case LookupLicenses, LookupLanguages:
		return lookupWords(ctx, d, q)
	case LookupCommunities:
		return lookupCommunities(ctx, d, q.Text)
	case LookupNames:
		return lookupNames(ctx, d, q.Text)
	case LookupAffiliations:
		list, err := d.Affiliations(ctx, cmp.Or(ROR(q.Text), q.Text))
		return choices(list, func(e zenodo.VocabularyEntry) Choice {
			text := requote(Affiliation{Name: e.Title, ROR: e.ID}.String(), ";")
			if strings.HasSuffix(q.before, "org: ") {
				text = requote(e.Title, ";") + "; " + e.ID
			}
			return Choice{Text: text, Name: e.Title, Detail: joined(e.Acronym, e.ID)}
		}), err
	case LookupFunders:
		list, err := d.Funders(ctx, cmp.Or(ROR(q.Text), q.Text))
		return choices(list, func(e zenodo.VocabularyEntry) Choice {
			return Choice{Text: Grant{Funder: e.ID, FunderName: e.Title}.String(), Name: e.Title, Detail: joined(e.Acronym, e.ID)}
		}), err
	case LookupAwards:
		list, err := d.Awards(ctx, q.Funder, q.Text)
		return choices(list, func(e zenodo.VocabularyEntry) Choice {
			g := Grant{Funder: cmp.Or(e.Funder, q.Funder), FunderName: e.FunderName, Award: e.Number, AwardTitle: e.Title}
			return Choice{Text: g.String(), Name: e.Title, Detail: joined(e.Acronym, e.Number, e.FunderName)}
		}), err
	}
	return nil, nil
}

// joined are the texts that say anything.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), " · ")
}

func choices(list []zenodo.VocabularyEntry, choice func(zenodo.VocabularyEntry) Choice) []Choice {
	var out []Choice
	for _, e := range list {
		out = append(out, choice(e))
	}
	return out
}

// matching are those whose id or name holds the text, those that begin with it first.
func matching(list []Choice, text string) []Choice {
	text = strings.ToLower(strings.TrimSpace(text))
	var begin, hold []Choice
	for _, c := range list {
		id, name := strings.ToLower(c.Text), strings.ToLower(c.Name)
		switch {
		case strings.HasPrefix(id, text), strings.HasPrefix(name, text), strings.HasPrefix(id, word(text)):
			begin = append(begin, c)
		case strings.Contains(id, text), strings.Contains(name, text):
			hold = append(hold, c)
		}
	}
	return append(begin, hold...)
}

func fromWords(list []Word, text string) []Choice {
	var all []Choice
	for _, w := range list {
		all = append(all, Choice{Text: w.ID, Name: w.Title})
	}
	if found := matching(all, text); len(found) > 0 {
		return found
	}
	return all
}

// lookupWords asks the server for licences or languages, and takes the program's
// own list where it does not answer or knows nothing better.
func lookupWords(ctx context.Context, d Directory, q Query) ([]Choice, error) {
	var own []Choice
	if q.Kind == LookupLicenses {
		for _, l := range Licenses() {
			own = append(own, Choice{Text: l.ID, Name: l.Name})
		}
	} else {
		for _, l := range Languages() {
			own = append(own, Choice{Text: l.ID, Name: l.Name})
		}
		if l := LanguageOf(q.Text); l.ID != "" {
			own = append([]Choice{{Text: l.ID, Name: l.Name}}, own...)
		}
	}
	own = matching(own, q.Text)
	if d == nil {
		return first(own, 20), nil
	}
	list, err := d.Vocabulary(ctx, q.Kind, q.Text, 20)
	found := choices(list, func(e zenodo.VocabularyEntry) Choice { return Choice{Text: e.ID, Name: e.Title} })
	if err != nil || len(found) == 0 {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return first(own, 20), nil
	}
	return found, nil
}

func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// lookupCommunities finds the user's own communities first, and says who may
// submit to each.
func lookupCommunities(ctx context.Context, d Directory, text string) ([]Choice, error) {
	var out []Choice
	mine := map[string]bool{}
	low := strings.ToLower(strings.TrimSpace(text))
	if d.HasToken() {
		list, err := d.Communities(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			mine[c.ID] = true
			if !strings.Contains(strings.ToLower(c.Slug+" "+c.Title), low) {
				continue
			}
			detail := "yours; its curators review"
			if c.MayInclude {
				detail = "yours; you may publish into it"
			}
			out = append(out, Choice{Text: c.Slug, Name: c.Title, Detail: detail})
		}
	}
	if low == "" {
		return out, nil
	}
	list, err := d.SearchCommunities(ctx, text)
	if err != nil && len(out) > 0 && !errors.Is(err, context.Canceled) {
		return out, nil
	}
	for _, c := range list {
		if mine[c.ID] {
			continue
		}
		detail := "everybody may submit"
		if c.Submission == "closed" {
			detail = "members only: you may not submit"
		}
		out = append(out, Choice{Text: c.Slug, Name: c.Title, Detail: detail})
	}
	return out, err
}

// lookupNames finds people by their ORCID or name; the choice is a whole line.
func lookupNames(ctx context.Context, d Directory, text string) ([]Choice, error) {
	ask := strings.ReplaceAll(text, ",", " ")
	if id, err := ORCID(text); err == nil {
		ask = id
	}
	list, err := d.Names(ctx, oneLine(ask))
	return choices(list, func(e zenodo.VocabularyEntry) Choice {
		a := Agent{Kind: Person, Family: cmp.Or(e.FamilyName, e.Title), Given: e.GivenName, ORCID: e.ORCID}
		var where []string
		for _, f := range e.Affiliations {
			a.Affiliations = append(a.Affiliations, Affiliation{Name: f.Name, ROR: ROR(f.ID)})
			where = append(where, f.Name)
		}
		return Choice{Text: a.String(), Name: a.Name(), Detail: joined(append([]string{e.ORCID}, where...)...)}
	}), err
}

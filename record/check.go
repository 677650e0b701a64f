package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Server is what is asked of a Zenodo; *zenodo.Client implements it.
type Server interface {
	HasToken() bool
	Entry(ctx context.Context, vocabulary, id string) (zenodo.VocabularyEntry, error)
	Vocabulary(ctx context.Context, name, suggest string, size int) ([]zenodo.VocabularyEntry, error)
	Funders(ctx context.Context, suggest string) ([]zenodo.VocabularyEntry, error)
	Awards(ctx context.Context, funder, suggest string) ([]zenodo.VocabularyEntry, error)
	Community(ctx context.Context, slug string) (zenodo.Community, error)
	Communities(ctx context.Context) ([]zenodo.Community, error)
}

// Allowed is what a lab's configuration allows; empty lists allow everything.
type Allowed struct {
	Licenses    []string
	Communities []string
}

// Report is what a server says of metadata before anything is made.
type Report struct {
	Metadata  Metadata     // resolved: with the names and ids that the server knows
	License   License      // of the metadata, in words
	Problems  []FieldError // what it would refuse
	Notes     []string     // what it will take otherwise than written
	Unchecked []string     // what could not be asked, and why
	Away      error        // the server did not answer, for which some of it could not be asked; nil if it did
}

// Check asks the server's vocabularies and rules about metadata in canonical
// form. Problems hold those of Validate too, so a caller needs this one alone.
// The error is that of the context: a server that does not answer leaves
// things unchecked, and is not asked again.
func Check(ctx context.Context, s Server, allowed Allowed, m Metadata, problems []FieldError) (Report, error) {
	c := &check{ctx: ctx, s: s, r: Report{Metadata: m, Problems: slices.Clone(problems)}}
	c.license(allowed.Licenses)
	c.language()
	c.affiliations("creators", m.Creators, &c.r.Metadata.Creators)
	c.affiliations("contributors", m.Contribs, &c.r.Metadata.Contribs)
	c.funding()
	c.community(allowed.Communities)
	order(c.r.Problems)
	return c.r, ctx.Err()
}

type check struct {
	ctx context.Context
	s   Server
	r   Report
}

func (c *check) bad(field, format string, args ...any) {
	c.r.Problems = append(c.r.Problems, FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// wrong reports whether a field has a problem already.
func (c *check) wrong(field string) bool {
	return slices.ContainsFunc(c.r.Problems, func(f FieldError) bool { return f.Field == field || strings.HasPrefix(f.Field, field+".") })
}

// unchecked notes why something could not be asked.
func (c *check) unchecked(what string, err error) {
	why := safetext.Safe(err.Error())
	switch {
	case zenodo.NoVerdict(err):
		c.r.Away = err
		why = "the server does not answer"
	case errors.Is(err, zenodo.ErrToken), errors.Is(err, zenodo.ErrDenied):
		why = "it takes a Zenodo token"
		if c.s.HasToken() {
			why = "the Zenodo token is not allowed to ask"
		}
	}
	if text := what + ": " + why; !slices.Contains(c.r.Unchecked, text) {
		c.r.Unchecked = append(c.r.Unchecked, text)
	}
}

// entry asks for one entry. known is false where the server said that there is
// none; asked is false where it said nothing.
func (c *check) entry(what, vocabulary, id string) (e zenodo.VocabularyEntry, known, asked bool) {
	if c.r.Away != nil {
		c.unchecked(what, c.r.Away)
		return e, false, false
	}
	e, err := c.s.Entry(c.ctx, vocabulary, id)
	switch {
	case err == nil:
		return e, true, true
	case errors.Is(err, zenodo.ErrNotFound), errors.Is(err, zenodo.ErrGone):
		return e, false, true
	}
	c.unchecked(what, err)
	return e, false, false
}

func (c *check) license(allowed []string) {
	id := c.r.Metadata.License
	c.r.License = LicenseOf(id)
	if id == "" || c.wrong("license") {
		return
	}
	if len(allowed) > 0 && !slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, id) }) {
		c.bad("license", "the lab does not allow %s; it allows %s", quote(id), strings.Join(allowed, ", "))
		return
	}
	e, known, asked := c.entry("licence "+quote(id), "licenses", id)
	switch {
	case known:
		c.r.License = License{ID: id, Name: e.Title}.Or(c.r.License)
	case asked:
		c.bad("license", "%s", noLicense(id, c.ids("licenses")))
	case LicenseOf(id).ID == "" && !strings.HasPrefix(id, "other-"):
		c.bad("license", "%s", noLicense(id, nil))
	}
}

func (c *check) language() {
	id := c.r.Metadata.Language
	if id == "" || c.wrong("language") {
		return
	}
	_, known, asked := c.entry("language "+quote(id), "languages", id)
	switch {
	case known:
	case asked:
		c.bad("language", "%s", noLanguage(id, c.ids("languages")))
	case LanguageOf(id).ID == "":
		c.bad("language", "%s", noLanguage(id, nil))
	}
}

// ids are those of a whole vocabulary, to find the nearest; nil where the
// server does not tell.
func (c *check) ids(name string) []string {
	list, err := c.s.Vocabulary(c.ctx, name, "", 1000)
	if err != nil {
		return nil
	}
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.ID
	}
	return out
}

// affiliations fills in the names of organisations, and says of those that the
// server does not know what becomes of them.
func (c *check) affiliations(field string, list []Agent, into *[]Agent) {
	*into = slices.Clone(list)
	for i := range *into {
		a := &(*into)[i]
		if a.Kind == "" && a.Organisation() && organisations.MatchString(a.Family) { // what else, Validate refuses
			a.Kind = Organisation
			c.note("%s goes as an organisation; %s says so", quote(a.Family), quote("org: "+a.Family))
		}
		a.Affiliations = slices.Clone(a.Affiliations)
		for j := range a.Affiliations {
			f := &a.Affiliations[j]
			at := fmt.Sprintf("%s.%d.affiliations.%d", field, i, j)
			if f.ROR == "" || c.wrong(at) {
				continue
			}
			e, known, asked := c.entry("affiliation "+quote(f.String()), "affiliations", f.ROR)
			switch {
			case known && e.Title != "":
				f.Name = e.Title
			case known || !asked:
			case f.Name == "":
				c.bad(at, "the server does not know the ROR id %s: write the organisation's name", quote(f.ROR))
			default:
				c.note("the server does not know %s as an organisation: it goes by its name alone", quote(f.String()))
				f.ROR = ""
			}
		}
	}
}

func (c *check) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.r.Notes, text) {
		c.r.Notes = append(c.r.Notes, text)
	}
}

func (c *check) community(allowed []string) {
	slug := c.r.Metadata.Community
	if slug == "" || c.wrong("community") {
		return
	}
	if len(allowed) > 0 && !slices.Contains(allowed, slug) {
		c.bad("community", "the lab does not allow %s; it allows %s", quote(slug), strings.Join(allowed, ", "))
		return
	}
	what := "community " + quote(slug)
	if c.r.Away != nil {
		c.unchecked(what, c.r.Away)
		return
	}
	found, err := c.s.Community(c.ctx, slug)
	switch {
	case errors.Is(err, zenodo.ErrNotFound), errors.Is(err, zenodo.ErrGone):
		c.bad("community", "%s", c.noCommunity(slug))
		return
	case errors.Is(err, zenodo.ErrDenied):
		c.bad("community", "%s is closed to you", quote(slug))
		return
	case err != nil:
		c.unchecked(what, err)
		return
	}
	c.r.Metadata.Community = cmp.Or(found.Slug, slug)
	if found.Submission != "closed" {
		return
	}
	if !c.s.HasToken() {
		c.r.Unchecked = append(
			c.r.Unchecked,
			"whether you may submit to "+what+", which takes records of its members alone: it takes a Zenodo token",
		)
		return
	}
	mine, err := c.s.Communities(c.ctx)
	if err != nil {
		c.unchecked("whether you may submit to "+what, err)
		return
	}
	if !slices.ContainsFunc(mine, func(m zenodo.Community) bool { return m.ID == found.ID }) {
		c.bad("community", "%s takes records of its members alone, and you are none: ask its curators, or leave it empty", quote(found.Slug))
	}
}

// noCommunity words an unknown community, with the nearest of the user's own.
func (c *check) noCommunity(slug string) string {
	if c.s.HasToken() {
		if mine, err := c.s.Communities(c.ctx); err == nil {
			names := make([]string, len(mine))
			for i, m := range mine {
				names[i] = m.Slug
			}
			if near := human.Nearest(slug, names); near != "" {
				return fmt.Sprintf("no community %s: did you mean %s?", quote(slug), near)
			}
		}
	}
	return fmt.Sprintf("no community %s: its short name is the last part of its address", quote(slug))
}

// fieldOrder is the order of the form.
var fieldOrder = []string{
	"title",
	"description",
	"creators",
	"contributors",
	"license",
	"keywords",
	"related",
	"funding",
	"access",
	"community",
	"publication_date",
	"record_version",
	"language",
	"notes",
}

// order sorts problems as the form has its fields.
func order(list []FieldError) {
	rank := func(f FieldError) int {
		name, _, _ := strings.Cut(f.Field, ".")
		return slices.Index(fieldOrder, name)
	}
	slices.SortStableFunc(list, func(a, b FieldError) int { return rank(a) - rank(b) })
}

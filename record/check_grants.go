package record

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"zenobis/zenodo"
)

var letter = regexp.MustCompile(`\pL`)

// funderNamed reports whether a grant says its funder in words.
func funderNamed(g Grant) bool {
	if g.Funder == "" {
		return g.FunderName != ""
	}
	return g.FunderName == "" && letter.MatchString(g.Funder) && !likeROR(g.Funder)
}

func (c *check) funding() {
	c.r.Metadata.Funding = slices.Clone(c.r.Metadata.Funding)
	for i := range c.r.Metadata.Funding {
		g := &c.r.Metadata.Funding[i]
		at := fmt.Sprintf("funding.%d", i)
		if g.Funder == "" || c.wrong(at) || ROR(g.Funder) == "" && !c.named(g, at+".funder") {
			continue
		}
		e, known, asked := c.entry("funder "+quote(g.Funder), "funders", g.Funder)
		switch {
		case known && e.Title != "":
			g.FunderName = e.Title
		case !asked, known:
		case g.FunderName == "":
			c.bad(
				at+".funder",
				`the server does not know the funder %s: write its name as well, as in "Name (%s) NUMBER"`,
				quote(g.Funder),
				g.Funder,
			)
			continue
		default:
			c.note("the server does not know the funder %s: it goes by its name alone", quote(g.FunderName))
			g.Funder = ""
		}
		if g.Award != "" && g.Funder != "" {
			c.award(g)
		}
	}
	if len(c.r.Problems) == 0 { // whose numbers are those of the list
		c.r.Metadata.Funding = normalFunding(c.r.Metadata.Funding)
	}
}

// award finds an award by its number, its acronym or its title. One that the
// server does not have goes as free text, which is said.
func (c *check) award(g *Grant) {
	what := "award " + quote(g.Award) + " of " + quote(cmp.Or(g.FunderName, g.Funder))
	id := g.AwardID
	if id == "" {
		id = g.Funder + "::" + g.Award
	}
	e, known, asked := c.entry(what, "awards", id)
	if !known && asked {
		list, err := c.s.Awards(c.ctx, g.Funder, g.Award)
		if err != nil {
			c.unchecked(what, err)
			asked = false
		}
		for _, l := range list {
			if l.Funder != "" && l.Funder != g.Funder {
				continue
			}
			if strings.EqualFold(l.Number, g.Award) || strings.EqualFold(l.Acronym, g.Award) || strings.EqualFold(l.Title, g.Award) {
				e, known = l, true
				break
			}
		}
	}
	switch {
	case known:
		g.AwardID, g.Award, g.AwardTitle = e.ID, cmp.Or(e.Number, g.Award), cmp.Or(e.Title, g.AwardTitle)
	case asked:
		g.AwardID = ""
		c.note("the server does not know the %s: it goes as free text", what)
	default:
		g.AwardID = ""
	}
}

// maxWords limits how often a funder is asked for: with its last word, with the
// last but one and so on, as those behind it may belong to the award.
const maxWords = 6

// named finds the funder of a name. What is found is said unless it is called just
// so; of several, or none, the error names what can be chosen.
func (c *check) named(g *Grant, field string) bool {
	typed, words := g.Funder, strings.Fields(g.Funder)
	var offered []zenodo.VocabularyEntry
	for n := len(words); n > 0 && n > len(words)-maxWords; n-- {
		name := strings.Join(words[:n], " ")
		if c.r.Away != nil {
			c.unchecked("funder "+quote(typed), c.r.Away)
			return false
		}
		list, err := c.s.Funders(c.ctx, name)
		if err != nil {
			c.unchecked("funder "+quote(typed), err)
			return false
		}
		if len(offered) == 0 {
			offered = list
		}
		called := calledSo(list, name)
		if len(called) == 0 && n == len(words) {
			called = list
		}
		if len(called) != 1 || ROR(called[0].ID) == "" {
			continue
		}
		e := called[0]
		g.Funder, g.FunderName = ROR(e.ID), e.Title
		g.Award = oneLine(strings.Join(words[n:], " ") + " " + g.Award)
		if !strings.EqualFold(e.Title, name) {
			c.note("the funder %s is taken to be %s", quote(name), quote(Grant{Funder: g.Funder, FunderName: e.Title}.String()))
		}
		return true
	}
	if len(offered) > 0 {
		var can []string
		for _, e := range first(offered, 5) {
			can = append(can, Grant{Funder: e.ID, FunderName: e.Title}.String())
		}
		c.bad(field, "no funder is called just %s: write one of %s", quote(typed), strings.Join(can, ", "))
		return false
	}
	c.bad(field, `the server knows no funder %s: write its ROR id, such as 00k4n6c32, or its name in double quotes, to go as it is`,
		quote(typed))
	return false
}

// calledSo are the entries whose title is the name; else those with such an acronym,
// else those that go by it otherwise.
func calledSo(list []zenodo.VocabularyEntry, name string) []zenodo.VocabularyEntry {
	for _, names := range []func(zenodo.VocabularyEntry) []string{
		func(e zenodo.VocabularyEntry) []string { return []string{e.Title} },
		func(e zenodo.VocabularyEntry) []string { return []string{e.Acronym} },
		func(e zenodo.VocabularyEntry) []string { return e.Aliases },
	} {
		found := slices.DeleteFunc(slices.Clone(list), func(e zenodo.VocabularyEntry) bool {
			return !slices.ContainsFunc(names(e), func(s string) bool { return strings.EqualFold(s, name) })
		})
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

package crate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zenobis/doi"
	"zenobis/page"
	"zenobis/record"
	"zenobis/richtext"
)

// face is what README.md and index.html say of the record, before the tree.
type face struct {
	title    string
	citation string // without address
	follows  string // which version this is and what it replaces, Markdown; "" of a first one
	address  string // of the DOI, else of the record; "" while there is neither
	license  link
	access   string
	about    []richtext.Block
	people   []person // creators, then contributors with their roles
	funding  []string
	works    []relatedWork
	keywords []string
	version  string
	notes    string
	origin   string
}

// follows says which version this is, and what it replaces; "" of a first one.
func follows(f Facts) string {
	switch v := f.Follows; {
	case v.DOI == "":
		return ""
	case v.Number > 0:
		return fmt.Sprintf("This is version %d of the record. It replaces version %d: <%s>", v.Number+1, v.Number, doi.Address(v.DOI))
	default:
		return fmt.Sprintf("This is a new version of the record. It replaces the former one: <%s>", doi.Address(v.DOI))
	}
}

// link is a text with an address, which may be missing.
type link struct{ Text, Address string }

// person is a creator or contributor.
type person struct {
	Name         string
	Role         string // contributors only
	ID           link   // ORCID or ROR
	Affiliations []link
}

// relatedWork is one with its relation in words.
type relatedWork struct {
	Relation string
	link
}

func faceOf(f Facts) face {
	f = told(f)
	out := face{
		title: cmp.Or(page.OneLine(f.Title), "Untitled"), access: f.access(), version: page.OneLine(f.Version),
		notes:   strings.TrimSpace(richtext.Readable("", "", f.Notes)),
		license: link{cmp.Or(page.OneLine(f.Terms.Name), f.License, "none was given"), f.Terms.URL},
	}
	out.citation = page.OneLine(record.Citation{Title: f.Title, Creators: f.Creators, Date: f.Date, Version: f.Version,
		Publisher: f.Publisher}.Text())
	out.follows = follows(f)
	switch {
	case f.DOI != "":
		out.address = doi.Address(f.DOI)
	case f.URL != "":
		out.address = f.URL
	}
	if d, err := richtext.Read(richtext.SafeHTML("", "", f.Description), nil); err == nil {
		out.about = d.Blocks
	}
	for _, a := range f.Creators {
		out.people = append(out.people, f.person(a, ""))
	}
	for _, a := range f.Contribs {
		out.people = append(out.people, f.person(a, wordFor(record.RoleWords(), a.Role)))
	}
	for _, g := range f.Funding {
		text := page.OneLine(cmp.Or(g.FunderName, g.Funder))
		if award := page.OneLine(strings.TrimPrefix(g.Award, record.ROR(g.Funder)+"::")); award != "" {
			text += ", " + award
		}
		if t := page.OneLine(g.AwardTitle); t != "" {
			text += ": " + t
		}
		out.funding = append(out.funding, text)
	}
	for _, r := range f.Related {
		w := relatedWork{Relation: wordFor(record.RelationWords(), r.Relation)}
		w.Text = page.OneLine(r.Identifier)
		if id := record.DOI(r.Identifier); id != "" {
			w.Address = doi.Address(id)
		} else if a, _ := richtext.Link(r.Identifier); a != "" {
			w.Address = a
		}
		out.works = append(out.works, w)
	}
	for _, k := range f.Keywords {
		if k = page.OneLine(k); k != "" && !slices.Contains(out.keywords, k) {
			out.keywords = append(out.keywords, k)
		}
	}
	from, by := "an openBIS", "the person who exported it"
	if f.Source != "" {
		from = "the openBIS at " + f.Source
	}
	if f.ExportedBy != "" {
		by = page.OneLine(f.ExportedBy)
	}
	out.origin = "Made by " + cmp.Or(
		page.OneLine(f.Generator),
		"zenobis",
	) + " from " + from + ", with the rights of " + by + ": what that person may not see in openBIS is not in here."
	return out
}

func (f Facts) person(a record.Agent, role string) person {
	p := person{Name: page.OneLine(a.Name()), Role: role}
	switch {
	case a.ORCID != "":
		p.ID = link{"ORCID " + a.ORCID, record.ORCIDAddress(a.ORCID)}
	case a.ROR != "":
		p.ID = link{"ROR " + a.ROR, record.RORAddress(a.ROR)}
	}
	for _, o := range a.Affiliations {
		l := link{Text: page.OneLine(cmp.Or(o.Name, o.ROR))}
		if o.ROR != "" {
			l.Address = record.RORAddress(o.ROR)
		}
		if l.Text != "" {
			p.Affiliations = append(p.Affiliations, l)
		}
	}
	return p
}

// wordFor is a vocabulary's id in words.
func wordFor(words []record.Word, id string) string {
	for _, w := range words {
		if strings.EqualFold(w.ID, id) {
			return w.Title
		}
	}
	return page.OneLine(id)
}

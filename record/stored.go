package record

import (
	"fmt"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/richtext"
	"zenobis/zenodo"
)

// Differences says in what a record that was saved differs from what was sent,
// by ids and texts, in words for people: "Zenodo stored another title: ...".
// What the server found fault with is told elsewhere, and what it cleaned out of
// HTML without changing its text is none.
func Differences(sent zenodo.DraftBody, got zenodo.Record) []string {
	d := differences{server: "the server"}
	m, g := sent.Metadata, got.Metadata
	d.text("title", m.Title, g.Title)
	d.text("description", readable(m.Description), readable(g.Description))
	d.text("publication date", m.Date, g.Date)
	d.text("publisher", m.Publisher, g.Publisher)
	d.text("version", m.Version, g.Version)
	d.list("creator", people(m.Creators), people(g.Creators))
	d.list("contributor", people(m.Contributors), people(g.Contributors))
	d.list("licence", rights(m.Rights), rights(g.Rights))
	d.list(
		"keyword",
		texts(m.Subjects, func(s zenodo.Subject) string { return s.Subject + s.ID }),
		texts(g.Subjects, func(s zenodo.Subject) string { return s.Subject + s.ID }),
	)
	d.list(
		"language",
		texts(m.Languages, func(l zenodo.ID) string { return l.ID }),
		texts(g.Languages, func(l zenodo.ID) string { return l.ID }),
	)
	d.list("related work", texts(m.Related, relatedText), texts(g.Related, relatedText))
	d.list("funding", texts(m.Funding, fundingText), texts(g.Funding, fundingText))
	d.list("date", texts(m.Dates, func(t zenodo.DateEntry) string { return t.Type.ID + " " + t.Date }),
		texts(g.Dates, func(t zenodo.DateEntry) string { return t.Type.ID + " " + t.Date }))
	d.list("note", texts(m.Additional, func(n zenodo.Description) string { return readable(n.Description) }),
		texts(g.Additional, func(n zenodo.Description) string { return readable(n.Description) }))
	d.text("access of the files", sent.Access.Files, got.Access.Files)
	d.text("embargo", embargo(sent.Access), embargo(got.Access))
	return d.found
}

type differences struct {
	server string
	found  []string
}

func (d *differences) text(field, sent, got string) {
	sent, got = oneLine(sent), oneLine(got)
	switch {
	case sent == got:
	case sent == "":
		d.found = append(d.found, fmt.Sprintf("%s added the %s %s", d.server, field, short(got)))
	case got == "":
		d.found = append(d.found, fmt.Sprintf("%s did not store the %s", d.server, field))
	default:
		d.found = append(d.found, fmt.Sprintf("%s stored the %s as %s, not %s", d.server, field, short(got), short(sent)))
	}
}

// list compares without regard to the order: servers sort what has none.
func (d *differences) list(field string, sent, got []string) {
	for _, s := range sent {
		if !slices.Contains(got, s) {
			d.found = append(d.found, fmt.Sprintf("%s did not store the %s %s as it was sent", d.server, field, short(s)))
		}
	}
	for _, g := range got {
		if !slices.Contains(sent, g) {
			d.found = append(d.found, fmt.Sprintf("%s stored the %s %s", d.server, field, short(g)))
		}
	}
}

// short quotes a text, cut where it is long.
func short(s string) string { return quote(human.Cut(s, 80)) }

func readable(h string) string { return oneLine(richtext.Readable("", "", h)) }

func texts[T any](list []T, text func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = oneLine(text(v))
	}
	return out
}

// people are names with identifiers and affiliations; an affiliation of the
// vocabulary is its id, whatever it is called.
func people(list []zenodo.Creator) []string {
	return texts(list, func(c zenodo.Creator) string {
		a := agentOf(c)
		for i := range a.Affiliations {
			if a.Affiliations[i].ROR != "" {
				a.Affiliations[i].Name = ""
			}
		}
		return a.String()
	})
}

func rights(list []zenodo.Right) []string {
	return texts(list, func(r zenodo.Right) string {
		if r.ID != "" {
			return r.ID
		}
		return r.Title["en"] + " " + r.Link
	})
}

// relatedText spells an ISBN without the hyphens that servers put in.
func relatedText(r zenodo.Related) string {
	id := r.Identifier
	if r.Scheme == "isbn" {
		id = strings.ReplaceAll(id, "-", "")
	}
	return r.Relation.ID + " " + id
}

func fundingText(f zenodo.Funding) string {
	s := f.Funder.ID
	if s == "" {
		s = f.Funder.Name
	}
	if f.Award == nil {
		return s
	}
	if f.Award.ID != "" {
		return s + " " + f.Award.ID
	}
	return s + " " + f.Award.Number
}

package record

import (
	"cmp"
	"html"
	"net/url"
	"strings"

	"zenobis/openbis"
	"zenobis/wire"
	"zenobis/zenodo"
)

// DraftInput is what a draft says beside the metadata.
type DraftInput struct {
	Marker    string // alternate identifier by which the draft is found again
	Kind      zenodo.Kind
	Publisher string
	SourceURL string        // of the openBIS, "" if the lab hides it
	Roots     []openbis.Ref // the selected entities
	Collected string        // EDTF, from the first to the last registration; "" if unknown
	Version   string        // of the program
}

// Draft is the metadata in Zenodo's form (docs/zenodo-api.md, The document).
func Draft(m Metadata, in DraftInput) zenodo.DraftBody {
	m = m.Normal()
	d := zenodo.Metadata{
		ResourceType: &zenodo.ID{ID: "dataset"},
		Title:        m.Title,
		Date:         m.Date,
		Publisher:    cmp.Or(in.Publisher, wire.ZenodoName),
		Version:      m.Version,
		Description:  m.Description,
		Additional:   additional(m, in),
		Related:      related(m, in),
	}
	for _, a := range m.Creators {
		d.Creators = append(d.Creators, creator(a))
	}
	for _, a := range m.Contribs {
		c := creator(a)
		c.Role = &zenodo.ID{ID: a.Role}
		d.Contributors = append(d.Contributors, c)
	}
	if m.License != "" {
		d.Rights = []zenodo.Right{{ID: m.License}}
	}
	for _, k := range m.Keywords {
		d.Subjects = append(d.Subjects, zenodo.Subject{Subject: k})
	}
	if m.Language != "" {
		d.Languages = []zenodo.ID{{ID: m.Language}}
	}
	if in.Collected != "" {
		d.Dates = []zenodo.DateEntry{{Date: in.Collected, Type: zenodo.ID{ID: "collected"}}}
	}
	for _, g := range m.Funding {
		f := zenodo.Funding{Funder: funder(g), Award: award(g)}
		d.Funding = append(d.Funding, f)
	}
	if in.Marker != "" {
		d.Identifiers = []zenodo.Identifier{{Identifier: in.Marker, Scheme: "other"}}
	}
	return zenodo.DraftBody{Access: m.Access.atZenodo(), Files: zenodo.FilesOption{Enabled: true}, Metadata: d}
}

func creator(a Agent) zenodo.Creator {
	var c zenodo.Creator
	if a.Organisation() {
		c.Person = zenodo.PersonOrOrg{Type: "organizational", Name: a.Family}
	} else {
		c.Person = zenodo.PersonOrOrg{Type: "personal", FamilyName: a.Family, GivenName: a.Given}
	}
	for scheme, id := range map[string]string{"orcid": a.ORCID, "ror": a.ROR} {
		if id != "" {
			c.Person.Identifiers = []zenodo.Identifier{{Scheme: scheme, Identifier: id}}
		}
	}
	seen := map[zenodo.Affiliation]bool{}
	for _, f := range a.Affiliations {
		sent := zenodo.Affiliation{ID: f.ROR}
		if f.ROR == "" {
			sent.Name = f.Name
		}
		if sent != (zenodo.Affiliation{}) && !seen[sent] {
			seen[sent] = true
			c.Affiliations = append(c.Affiliations, sent)
		}
	}
	return c
}

// funder is one of the vocabulary, or one in words where the server does not
// know it.
func funder(g Grant) zenodo.Funder {
	if ROR(g.Funder) == "" {
		return zenodo.Funder{Name: cmp.Or(g.FunderName, g.Funder)}
	}
	return zenodo.Funder{ID: g.Funder}
}

// award is one of the vocabulary where it is known there; else it needs a
// number and a title.
func award(g Grant) *zenodo.Award {
	switch {
	case g.AwardID != "":
		return &zenodo.Award{ID: g.AwardID}
	case g.Award == "":
		return nil
	}
	return &zenodo.Award{Number: g.Award, Title: map[string]string{"en": cmp.Or(g.AwardTitle, g.Award)}}
}

// exported begins what leads back to openBIS; elnPage is in the address of an
// entity's page there.
const (
	exported = "<p>Exported from openBIS"
	elnPage  = "/openbis/webapp/eln-lims/?"
)

// related names the papers and, if the lab allows its address to be seen, where
// the selected entities stand in openBIS.
func related(m Metadata, in DraftInput) []zenodo.Related {
	var list []zenodo.Related
	seen := map[string]bool{}
	add := func(r zenodo.Related) {
		if !seen[r.Identifier+r.Relation.ID] {
			seen[r.Identifier+r.Relation.ID] = true
			list = append(list, r)
		}
	}
	for _, r := range m.Related {
		work := zenodo.Related{Identifier: r.Identifier, Relation: zenodo.ID{ID: r.Relation}}
		if id, ok := identify(r.Identifier); ok {
			work.Identifier, work.Scheme = id.Value, id.Scheme
		}
		add(work)
	}
	if in.SourceURL == "" {
		return list
	}
	for i, r := range in.Roots {
		if i == maxRelated {
			break
		}
		if address := sourceAddress(in.SourceURL, r); address != "" {
			add(zenodo.Related{Identifier: address, Scheme: "url",
				Relation: zenodo.ID{ID: "isderivedfrom"}, ResourceType: &zenodo.ID{ID: "dataset"}})
		}
	}
	return list
}

// sourceAddress is an entity's page in the ELN.
func sourceAddress(base string, r openbis.Ref) string {
	view := map[openbis.Kind]string{
		openbis.KindSpace:      "showSpacePage",
		openbis.KindProject:    "showProjectPageFromPermId",
		openbis.KindCollection: "showExperimentPageFromPermId",
		openbis.KindObject:     "showViewSamplePageFromPermId",
		openbis.KindDataSet:    "showViewDataSetPageFromPermId",
	}[r.Kind]
	if view == "" {
		return ""
	}
	q := url.Values{"viewName": {view}, "viewData": {permID(r)}}
	return strings.TrimSuffix(base, "/") + elnPage + q.Encode()
}

// additional are the user's notes and what leads back to openBIS. The type
// notes exists at Zenodo only.
func additional(m Metadata, in DraftInput) []zenodo.Description {
	var list []zenodo.Description
	if m.Notes != "" {
		list = append(list, zenodo.Description{Description: m.Notes, Type: zenodo.ID{ID: noteType(in.Kind)}})
	}
	if len(in.Roots) == 0 {
		return list
	}
	var b strings.Builder
	b.WriteString(exported)
	if in.Version != "" {
		b.WriteString(" with zenobis " + html.EscapeString(in.Version))
	}
	b.WriteString(". Selected there:</p><ul>")
	for i, r := range in.Roots {
		if i == maxRelated {
			b.WriteString("<li>…</li>")
			break
		}
		b.WriteString("<li>" + html.EscapeString(string(r.Kind)) + " " + html.EscapeString(permID(r)))
		if r.Name != "" {
			b.WriteString(": " + html.EscapeString(r.Name))
		}
		b.WriteString("</li>")
	}
	b.WriteString("</ul>")
	if m.Notes != "" && noteType(in.Kind) == "notes" {
		list[0].Description += b.String()
		return list
	}
	return append(list, zenodo.Description{Description: b.String(), Type: zenodo.ID{ID: noteType(in.Kind)}})
}

func noteType(kind zenodo.Kind) string {
	if kind == zenodo.KindZenodo {
		return "notes"
	}
	return "other"
}

// permID names an entity; of a space, which has no permId, it is the code.
func permID(r openbis.Ref) string {
	if r.Kind == openbis.KindSpace {
		return cmp.Or(r.Code, r.PermID)
	}
	return r.PermID
}

package session

import (
	"context"
	"slices"
	"time"

	"zenobis/config"
	"zenobis/export"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/wire"
	"zenobis/zenodo"
)

// DefaultMetadata prefills what describes an export. The person who is logged
// in is the first creator; others and keywords are offered.
func (s *Session) DefaultMetadata(ctx context.Context, sel selection.Selection) (record.Metadata, record.Offers, error) {
	ctx = wire.Patient(ctx)
	var none record.Metadata
	people, err := s.settings.people()
	if err != nil {
		return none, record.Offers{}, err
	}
	me, err := s.me(people)
	if err != nil {
		return none, record.Offers{}, err
	}
	e := s.settings.Config.Export
	if err := record.CheckTitleTemplate(e.TitleTemplate); err != nil {
		return none, record.Offers{}, &config.Error{Where: "export.title_template", What: err.Error()}
	}
	if err := record.CheckDescriptionTemplate(e.DescriptionTemplate); err != nil {
		return none, record.Offers{}, &config.Error{Where: "export.description_template", What: err.Error()}
	}
	return record.Defaults(ctx, s.read(), record.DefaultsInput{
		Roots: roots(sel), Selected: selected(sel), Me: me, People: people,
		License: e.License, Language: e.Language, Community: e.Community, Keywords: e.Keywords, Funding: e.Funding,
		TitleTemplate: e.TitleTemplate, DescriptionTemplate: e.DescriptionTemplate, Date: s.settings.Now().Format(time.DateOnly),
	})
}

// told is openBIS, but for what it has told a plan already.
type told struct {
	export.Catalog
	client *openbis.Client
}

// CollectionObjects is no question of a plan.
func (t told) CollectionObjects(ctx context.Context, collection string, p openbis.Page) (openbis.Listing, error) {
	return t.client.CollectionObjects(ctx, collection, p)
}

// read is what prefilling reads from: after a plan, of which something was taken out,
// there is nothing new to ask.
func (s *Session) read() record.Catalog {
	if s.memory == nil {
		return s.Client
	}
	return told{s.memory.View(s.Client, s.Client.URL(), s.Client.Session().UserID), s.Client}
}

// NextMetadata is what describes the next version of a published record (a DOI, an
// id, an address): what was published, title included, with the date of today. The
// offers are those of the selection.
func (s *Session) NextMetadata(ctx context.Context, sel selection.Selection, of string) (record.Metadata, record.Offers, error) {
	ctx = wire.Patient(ctx)
	m, offers, err := s.DefaultMetadata(ctx, sel)
	if err != nil {
		return m, offers, err
	}
	z, err := s.asked()
	if err != nil {
		return m, offers, err
	}
	former, err := s.EngineWith(z).Former(ctx, of)
	if err != nil {
		return m, offers, err
	}
	next := record.FromRecord(former.Record)
	next.Date = m.Date
	c := s.settings.Config // what the site's file fixes holds for a record that was made otherwise, too
	for name, take := range map[string]func(){
		"export.license":   func() { next.License = c.Export.License },
		"export.language":  func() { next.Language = c.Export.Language },
		"export.community": func() { next.Community = c.Export.Community },
		"export.keywords": func() { // what every record gets comes to what the former has
			next.Keywords = record.Keywords(slices.Concat(next.Keywords, c.Export.Keywords))
		},
		"export.funding": func() {
			for _, text := range c.Export.Funding {
				if g, err := record.ParseGrant(text); err == nil && !slices.ContainsFunc(next.Funding, g.Same) {
					next.Funding = append(next.Funding, g)
				}
			}
		},
	} {
		if c.Locked(name) {
			take()
		}
	}
	return next, offers, nil
}

// Validate says what is wrong, each under the whole path of its field, such as
// "creators.0.orcid", what the site's file fixes included. No network.
func (s *Session) Validate(m record.Metadata) []record.FieldError {
	return append(record.Validate(m, s.settings.Now()), s.settings.lacking(m)...)
}

// Check asks Zenodo about metadata as a plan does: what it would refuse, what it
// takes otherwise, what could not be asked. It includes what Validate says.
func (s *Session) Check(ctx context.Context, m record.Metadata) (record.Report, error) {
	z, err := s.asked()
	if err != nil {
		return record.Report{}, err
	}
	return s.EngineWith(z).CheckMetadata(ctx, m)
}

// asked is the Zenodo that is asked about metadata: with the token in use, or
// without one for what is public.
func (s *Session) asked() (*zenodo.Client, error) {
	if z, err := s.deposit(); err == nil {
		return z, nil
	}
	return s.settings.Zenodo("")
}

// Lookup finds what stands where the cursor is in a field; see record.QueryAt.
func (s *Session) Lookup(ctx context.Context, q record.Query) ([]record.Choice, error) {
	z, err := s.asked()
	if err != nil {
		return nil, err
	}
	return record.Lookup(ctx, z, q)
}

// roots are the selected entities.
func roots(sel selection.Selection) []openbis.Ref {
	var out []openbis.Ref
	for _, r := range sel.Rules {
		if r.Mode != selection.Exclude {
			out = append(out, openbis.Ref{Kind: r.Kind, PermID: r.PermID})
		}
	}
	return out
}

// selected tells of an entity, given what holds it, whether it is selected.
func selected(sel selection.Selection) func(entity openbis.Ref, holders ...openbis.Ref) bool {
	rules := selection.NewRules(sel.Rules)
	return func(entity openbis.Ref, holders ...openbis.Ref) bool {
		return selection.Nearest(rules.On(entity), func(yield func(selection.Mode) bool) {
			for _, h := range holders {
				if !yield(rules.On(h)) {
					return
				}
			}
		})
	}
}

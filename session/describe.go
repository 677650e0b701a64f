package session

import (
	"cmp"
	"context"
	"strings"
	"time"

	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/zenodo"
)

// DefaultMetadata prefills what describes an export. The person who is logged
// in is the first creator; others and keywords are offered.
func (s *Session) DefaultMetadata(ctx context.Context, sel selection.Selection) (record.Metadata, record.Offers, error) {
	c := s.settings.Config
	in := record.DefaultsInput{
		Roots: roots(sel), Wanted: wanted(sel), License: c.Export.License, Language: c.Export.Language, Community: c.Export.Community,
		Date: s.settings.Now().Format(time.DateOnly),
	}
	if c.Export.ShowSource {
		in.SourceURL = s.Client.URL()
	}
	if p := s.Client.Session().Person; p.LastName != "" {
		in.Creators = []record.Agent{{Kind: record.Person, Family: p.LastName, Given: p.FirstName}}
	} else if p.FirstName != "" {
		in.Creators = []record.Agent{{Kind: record.Person, Family: p.FirstName}}
	}
	return record.Defaults(ctx, s.Client, in)
}

// Validate says what is wrong, each under the whole path of its field, such as
// "creators.0.orcid". No network.
func (s *Session) Validate(m record.Metadata) []record.FieldError {
	return record.Validate(m, s.settings.Now())
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

// Suggest asks the server's vocabularies: "licenses", "languages",
// "relationtypes", "contributorsroles", "funders", "awards", "communities" (ids
// are slugs), "affiliations".
func (s *Session) Suggest(ctx context.Context, vocabulary, text string) ([]zenodo.VocabularyEntry, error) {
	z, err := s.deposit()
	if err != nil {
		return nil, err
	}
	switch vocabulary {
	case "communities":
		all, err := z.Communities(ctx)
		var out []zenodo.VocabularyEntry
		for _, c := range all {
			if strings.Contains(strings.ToLower(c.Slug+" "+c.Title), strings.ToLower(text)) {
				out = append(out, zenodo.VocabularyEntry{ID: c.Slug, Title: c.Title})
			}
		}
		return out, err
	case "funders":
		return z.Funders(ctx, text)
	case "awards":
		return z.Awards(ctx, "", text)
	case "affiliations":
		return z.Affiliations(ctx, text)
	}
	return z.Vocabulary(ctx, vocabulary, text, 20)
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

// wanted tells of what lies directly below a root whether it is selected too.
func wanted(sel selection.Selection) func(root, child openbis.Ref) bool {
	mode := make(map[openbis.Ref]selection.Mode, len(sel.Rules))
	for _, r := range sel.Rules {
		mode[openbis.Ref{Kind: r.Kind, PermID: r.PermID}] = r.Mode
	}
	return func(root, child openbis.Ref) bool {
		if m, ok := mode[openbis.Ref{Kind: child.Kind, PermID: child.PermID}]; ok {
			return m != selection.Exclude
		}
		return mode[openbis.Ref{Kind: root.Kind, PermID: cmp.Or(root.PermID, root.Code)}] == selection.All
	}
}

package session

import (
	"cmp"
	"context"
	"time"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/record"
)

// DefaultMetadata prefills what describes an export. The person who is logged
// in is the first creator; others and keywords are offered.
func (s *Setup) DefaultMetadata(ctx context.Context, c *openbis.Client, sel export.Selection) (record.Metadata, record.Offers, error) {
	in := record.DefaultsInput{
		Roots: roots(sel), Wanted: wanted(sel), License: s.Config.Export.License, Language: s.Config.Export.Language, Community: s.Config.Export.Community,
		Date: time.Now().Format(time.DateOnly),
	}
	if s.Config.Export.ShowSource {
		in.SourceURL = c.URL()
	}
	if p := c.Session().Person; p.LastName != "" {
		in.Creators = []record.Agent{{Family: p.LastName, Given: p.FirstName}}
	} else if p.FirstName != "" {
		in.Creators = []record.Agent{{Family: p.FirstName}}
	}
	return record.Defaults(ctx, c, in)
}

// roots are the selected entities.
func roots(sel export.Selection) []openbis.Ref {
	var out []openbis.Ref
	for _, r := range sel.Rules {
		if r.Mode != export.ModeExclude {
			out = append(out, openbis.Ref{Kind: r.Kind, PermID: r.PermID})
		}
	}
	return out
}

// wanted tells of what lies directly below a root whether it is selected too.
func wanted(sel export.Selection) func(root, child openbis.Ref) bool {
	mode := make(map[openbis.Ref]export.Mode, len(sel.Rules))
	for _, r := range sel.Rules {
		mode[openbis.Ref{Kind: r.Kind, PermID: r.PermID}] = r.Mode
	}
	return func(root, child openbis.Ref) bool {
		if m, ok := mode[openbis.Ref{Kind: child.Kind, PermID: child.PermID}]; ok {
			return m != export.ModeExclude
		}
		return mode[openbis.Ref{Kind: root.Kind, PermID: cmp.Or(root.PermID, root.Code)}] == export.ModeAll
	}
}

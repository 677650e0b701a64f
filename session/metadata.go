package session

import (
	"context"
	"time"

	"zenobis/export"
	"zenobis/openbis"
)

// DefaultMetadata prefills what describes an export. The person who is logged
// in is the first creator; others and keywords are offered.
func (s *Setup) DefaultMetadata(ctx context.Context, c *openbis.Client, sel export.Selection) (export.Metadata, export.Offers, error) {
	in := export.DefaultsInput{
		Selection: sel, License: s.Config.Export.License, Language: s.Config.Export.Language, Community: s.Config.Export.Community,
		Date: time.Now().Format(time.DateOnly),
	}
	if s.Config.Export.ShowSource {
		in.SourceURL = c.URL()
	}
	if p := c.Session().Person; p.LastName != "" {
		in.Creators = []export.Agent{{Family: p.LastName, Given: p.FirstName}}
	} else if p.FirstName != "" {
		in.Creators = []export.Agent{{Family: p.FirstName}}
	}
	return export.DefaultMetadata(ctx, c, in)
}

package session

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/shape"
)

// Overrides are what one run wants besides what is configured.
type Overrides struct {
	MetadataOnly, WithParents, WithChildren, WithReferences        bool
	OtherSpaces, Unarchive, Strict, LeaveOutBroken, AcceptFindings bool
	AcceptRemovals                                                 bool
	NewVersionOf, IntoDraft                                        string
}

// Request returns what is asked for before anything is selected.
func (s *Settings) Request(o Overrides) export.Request {
	e := s.Config.Export
	return export.Request{
		Layout: e.Layout, Pages: e.Pages, Crate: e.Crate, LimitRate: e.LimitRate, PartSize: e.PartSize, MaxBytes: e.MaxBytes,
		ShowSource: e.ShowSource, MetadataOnly: o.MetadataOnly, WithParents: o.WithParents, WithChildren: o.WithChildren,
		WithReferences: o.WithReferences, OtherSpaces: o.OtherSpaces, Unarchive: o.Unarchive, Strict: o.Strict,
		LeaveOutBroken: o.LeaveOutBroken, AcceptFindings: o.AcceptFindings, NewVersionOf: strings.TrimSpace(o.NewVersionOf),
		AcceptRemovals: o.AcceptRemovals, IntoDraft: strings.TrimSpace(o.IntoDraft),
	}
}

// Switch asks the lab manager's switch for exports to Zenodo. Off is an error
// unless the site says otherwise; never saved or unreadable is a notice.
func (s *Session) Switch(ctx context.Context) (notice string, err error) {
	state, err := s.Client.ExportSwitch(ctx)
	switch {
	case lasting(ctx, err):
		return "", fmt.Errorf("read the lab's settings: %w", err)
	case err != nil:
		return "The lab's settings can't be read, so whether it wants exports to Zenodo is not known.", nil
	case state == openbis.SwitchOff && s.settings.Config.Site.IgnoreSwitch:
		return "The lab has switched exports to Zenodo off; this server's administrator allows them.", nil
	case state == openbis.SwitchOff:
		return "", &failure.Error{
			Kind: failure.SwitchedOff, What: "your lab has switched exports to Zenodo off",
			Do: "the lab manager can switch them on in the ELN: Utilities, Settings, Main Menu, showZenodoExportBuilder",
		}
	case state == openbis.SwitchUnknown:
		return "The lab's settings say nothing of exports to Zenodo; going on.", nil
	}
	return "", nil
}

// For returns the settings for the Zenodo of an export. A run that was told
// another address, or given a token without one, does not guess: a token goes
// to no host that it was not meant for.
func (s *Settings) For(j export.Job) (*Settings, error) {
	own := s.Config.Zenodo.URL
	if j.Zenodo == "" || j.Zenodo == own {
		return s, nil
	}
	if s.ZenodoGiven || s.Env(config.EnvZenodoToken) != "" {
		return nil, &config.Error{Where: "zenodo.url", What: fmt.Sprintf(
			"export %s went to %s, this run is set to %s: add --zenodo %s", j.ID, j.Zenodo, own, j.Zenodo)}
	}
	return s.at(j.Zenodo), nil
}

// at returns the settings for another Zenodo; tokens of the configured one are
// not for it.
func (s *Settings) at(zenodo string) *Settings {
	other, c := *s, *s.Config
	c.Zenodo = c.Zenodo.At(zenodo)
	other.Config = &c
	return &other
}

// keepsLocks refuses a request that is other than what the site's file fixes,
// whichever front end or file it came from.
func (s *Settings) keepsLocks(r export.Request) error {
	for _, x := range []struct{ name, value string }{
		{"export.layout", string(r.Layout)}, {"export.pages", strings.Join(shape.Words(r.Pages), ",")}, {"export.crate", string(r.Crate)},
		{"export.limit_rate", strconv.FormatInt(r.LimitRate, 10)}, {"export.license", r.Metadata.License},
		{"export.language", r.Metadata.Language}, {"export.community", r.Metadata.Community},
	} {
		if err := s.Config.Keeps(x.name, x.value, "this export"); err != nil {
			return err
		}
	}
	if lacking := s.lacking(r.Metadata); len(lacking) > 0 {
		return &config.Error{Where: "this export", What: lacking[0].Message}
	}
	return nil
}

// lacking says what the metadata lacks of what every record gets by a locked
// setting: a list may grow, its own must stay.
func (s *Settings) lacking(m record.Metadata) (wrong []record.FieldError) {
	fixed := func(field, label, value string) {
		wrong = append(wrong, record.FieldError{Field: field, Message: fmt.Sprintf(
			"keep the %s %q: export.%s is locked by the administrator of this computer (%s)", label, value, field, config.SitePath)})
	}
	if s.Config.Locked("export.keywords") {
		have := record.Keywords(m.Keywords)
		for _, k := range record.Keywords(s.Config.Export.Keywords) {
			if !slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, k) }) {
				fixed("keywords", "keyword", k)
			}
		}
	}
	if s.Config.Locked("export.funding") {
		for _, text := range s.Config.Export.Funding {
			if g, err := record.ParseGrant(text); err == nil && !slices.ContainsFunc(m.Funding, g.Same) {
				fixed("funding", "grant", text)
			}
		}
	}
	return wrong
}

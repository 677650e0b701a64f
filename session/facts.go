package session

import (
	"context"

	"zenobis/config"
	"zenobis/export"
	"zenobis/wire"
	"zenobis/zenodo"
)

// Facts come from the configuration and the command line.
type Facts struct {
	Servers       []string // openBIS addresses, the configured one first
	Locked        []string // all settings that the site's file fixes, such as "export.license"
	User          string   // configured or remembered user
	TokenFrom     string   // where a configured openBIS token comes from; "" if none is used
	PasswordFrom  string   // where a configured password of User comes from; "" if none is used
	Zenodo        Target
	Request       export.Request // the defaults of every export
	HistoryHint   string         // a line to show when a job starts, such as the tmux hint over SSH; "" for none
	NoBrowser     bool
	TokenFile     string // the 0600 file in which a Zenodo token can be kept
	MaxSelectable int64  // the lab's own limit in bytes; 0 none
}

// Target is the Zenodo that exports go to.
type Target struct {
	URL      string // base address
	Name     string // "Zenodo", "Zenodo sandbox", or the host
	Real     bool   // what is published there is public for good; false for a sandbox and for the demo
	Practice bool   // on this machine: nobody else sees it
	Tunnel   bool   // on this machine, but perhaps the way to a real server
	Kind     zenodo.Kind
	Limits   zenodo.Limits
	TokenURL string // page on which a token is made
}

// Facts is what the configuration says. No network.
func (s *Settings) Facts() Facts {
	c := s.Config
	z := c.Zenodo
	f := Facts{
		User: c.OpenBIS.User, HistoryHint: s.HostNote, NoBrowser: s.Env("BROWSER") == "none", MaxSelectable: c.Export.MaxBytes,
		TokenFile: c.KeptTokenPath("zenodo", z.URL), Locked: c.Site.Locked,
	}
	if c.OpenBIS.URL != "" {
		f.Servers = []string{c.OpenBIS.URL}
	}
	if cr, err := s.configured(context.Background()); err == nil {
		f.TokenFrom = cr.token.Source
		if cr.password != "" {
			f.PasswordFrom = config.EnvOpenBISPassword
		}
	}
	f.Zenodo = Target{
		URL:      z.URL,
		Name:     targetName(z),
		Kind:     zenodo.Kind(z.Kind),
		Practice: wire.Loopback(wire.Host(z.URL)),
		Real:     !z.Sandbox() && !wire.Loopback(wire.Host(z.URL)),
	}
	if zc, err := s.Zenodo(""); err == nil {
		f.Zenodo.Limits, f.Zenodo.TokenURL = zc.Limits(), zc.TokenURL()
	}
	f.Request = s.Request(Overrides{})
	return f
}

func targetName(z config.Zenodo) string {
	switch {
	case z.Sandbox():
		return "Zenodo sandbox"
	case z.Name == wire.ZenodoName || wire.Loopback(wire.Host(z.URL)):
		return z.Name
	}
	return z.Name + " (" + wire.Host(z.URL) + ")"
}

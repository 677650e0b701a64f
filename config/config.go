// Package config finds out what is configured: built-in defaults, then the
// site's file, the user's file, a profile, the environment, and flags, each on
// top of the one before. config.example.toml lists the keys.
package config

import (
	"cmp"
	"strings"

	"zenobis/shape"
	"zenobis/wire"
)

// Config is the outcome. Addresses have no slash at the end.
type Config struct {
	OpenBIS OpenBIS
	Zenodo  Zenodo
	Export  Export
	Me      Me
	Site    Site

	Profile  string // name of the profile in use, "" for none
	StateDir string // folder of the jobs
	Dir      string // the user's configuration folder, where tokens are remembered
	File     string // the user's own file, which may not be there
}

// OpenBIS is how the openBIS is reached.
type OpenBIS struct {
	URL          string
	User         string
	AllowHTTP    bool // secrets may go unencrypted to URL, and the data to and from its data stores
	CAFile       string
	Proxy        string
	TokenFile    string
	TokenCommand string
	DataStores   map[string]string // address by data store code, for tunnels
	// ProfileZenodo is the Zenodo whose token the ELN keeps in the user's
	// profile; that token is used for no other one.
	ProfileZenodo string
	tokenFor      string // the address that TokenFile and TokenCommand belong to
	allowFor      string // the address that AllowHTTP belongs to
}

// Zenodo is where exports go.
type Zenodo struct {
	URL          string
	Kind         string // zenodo, inveniordm
	Name         string // what the publication object calls the organisation
	CAFile       string
	Proxy        string
	TokenFile    string
	TokenCommand string
	tokenFor     string
}

// Export holds defaults of exports.
type Export struct {
	Layout     shape.Layout
	Pages      []shape.Format
	Crate      shape.Crate
	PartSize   int64 // bytes
	MaxBytes   int64 // bytes a record; 0 means no limit of the lab's own
	License    string
	Language   string
	Community  string
	LimitRate  int64  // bytes a second; 0 means unlimited
	ShowSource bool   // the address of the openBIS may be seen in the record
	PeopleFile string // the lab's list of people, by openBIS user

	Keywords            []string
	Funding             []string // "FUNDER AWARD" each
	TitleTemplate       string
	DescriptionTemplate string
}

// Me is the person at the keyboard, as creator of records.
type Me struct {
	Name        string
	ORCID       string
	Affiliation string
}

// Site is what only the site's file may say.
type Site struct {
	Locked       []string
	IgnoreSwitch bool     // export although the lab manager's switch is off
	Licenses     []string // the only ones to choose from; empty allows all
	Communities  []string // likewise
}

// Sandbox reports whether exports go to a place for trying things out.
func (z Zenodo) Sandbox() bool { return wire.Sandbox(wire.Host(z.URL)) }

// address normalises an address; "" stays.
func address(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	u, err := wire.ParseAddress(s)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// finish derives what follows from the rest.
func (c *Config) finish(home string) {
	for _, path := range []*string{
		&c.OpenBIS.CAFile, &c.Zenodo.CAFile, &c.OpenBIS.TokenFile, &c.Zenodo.TokenFile, &c.Export.PeopleFile,
	} {
		*path = expand(*path, home)
	}
	c.OpenBIS.AllowHTTP = c.OpenBIS.AllowHTTP && c.OpenBIS.allowFor == c.OpenBIS.URL
	host := wire.Host(c.Zenodo.URL)
	c.Zenodo.Kind = cmp.Or(c.Zenodo.Kind, wire.Flavour(host))
	if c.Zenodo.Name == "" {
		c.Zenodo.Name = host
		if c.Zenodo.Kind == wire.FlavourZenodo {
			c.Zenodo.Name = wire.ZenodoName
		}
	}
}

// At returns how another Zenodo is reached: its kind and name follow from its
// address, and tokens of the configured one are not for it.
func (z Zenodo) At(address string) Zenodo {
	c := Config{Zenodo: Zenodo{URL: address, CAFile: z.CAFile, Proxy: z.Proxy}}
	c.finish("")
	return c.Zenodo
}

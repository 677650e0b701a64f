// Package config finds out what is configured: built-in defaults, then the
// site's file, the user's file, a profile, the environment, and flags, each on
// top of the one before. The keys are those of the command line contract.
package config

import (
	"fmt"
	"net/url"
	"strings"
)

// Config is the outcome. Addresses have no slash at the end.
type Config struct {
	OpenBIS OpenBIS
	Zenodo  Zenodo
	Export  Export
	Site    Site

	Profile  string // name of the profile in use, "" for none
	StateDir string // folder of the jobs
	Dir      string // the user's configuration folder, where tokens are remembered
}

// OpenBIS is how the openBIS is reached.
type OpenBIS struct {
	URL          string
	User         string
	CAFile       string
	Proxy        string
	TokenFile    string
	TokenCommand string
	DataStores   map[string]string // address by data store code, for tunnels
	// ProfileZenodo is the Zenodo whose token the ELN keeps in the user's
	// profile; that token is used for no other one.
	ProfileZenodo string
	tokenFor      string // the address that TokenFile and TokenCommand belong to
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
	Layout     string
	Pages      []string
	Crate      string
	PartSize   int64 // bytes
	MaxBytes   int64 // bytes a record; 0 means no limit of the lab's own
	License    string
	Language   string
	Community  string
	LimitRate  int64 // bytes a second; 0 means unlimited
	ShowSource bool  // the address of the openBIS may be seen in the record
}

// Site is what only the site's file may say.
type Site struct {
	Locked       []string
	IgnoreSwitch bool // export although the lab manager's switch is off
}

// Sandbox reports whether exports go to a place for trying things out.
func (z Zenodo) Sandbox() bool { return strings.Contains(Host(z.URL), "sandbox") }

// Host returns the host of an address with its port, unless that is the default one.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if p := u.Port(); p == "" || (u.Scheme == "https" && p == "443") || (u.Scheme == "http" && p == "80") {
		return u.Hostname()
	}
	return u.Host
}

// Loopback reports whether an address is on this machine.
func Loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	h := u.Hostname()
	return h == "localhost" || h == "::1" || strings.HasPrefix(h, "127.")
}

// address normalises an address: https by default, no slash at the end, nothing
// but scheme, host and path.
func address(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%q is no address such as https://openbis.example.org", s)
	case u.User != nil:
		return "", fmt.Errorf("the address of %s holds a user or password: leave them out", u.Host)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + strings.TrimRight(u.Path, "/"), nil
}

// finish derives what follows from the rest.
func (c *Config) finish(home string) {
	c.OpenBIS.CAFile, c.Zenodo.CAFile = expand(c.OpenBIS.CAFile, home), expand(c.Zenodo.CAFile, home)
	host := Host(c.Zenodo.URL)
	if c.Zenodo.Kind == "" {
		c.Zenodo.Kind = "inveniordm"
		if host == "zenodo.org" || host == "sandbox.zenodo.org" {
			c.Zenodo.Kind = "zenodo"
		}
	}
	if c.Zenodo.Name == "" {
		c.Zenodo.Name = host
		if c.Zenodo.Kind == "zenodo" {
			c.Zenodo.Name = "Zenodo"
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

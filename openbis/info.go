package openbis

import "time"

// ServerInfo is what a server says of itself. Without a login only the fields
// about logging in are filled. A feature the server does not name is off.
type ServerInfo struct {
	APIVersion     string        // "3.6"
	Version        string        // "20.10.7"; "" where the server does not tell
	PATs           bool          // personal access tokens can be made
	MaxPATValidity time.Duration // longest life of such a token; 0 unknown
	Archiving      bool          // data sets can be brought back from an archive
	ProjectObjects bool          // identifiers of objects hold their project
	Auth           string        // name of the authentication service
	SSO            bool          // the login page offers single sign-on: a password may be refused where a token is not
	SSOLabel       string        // what the server's login page calls it
	SSOLink        string        // where that login is; "" unless http or https
	Support        string        // address of the people who run the server
}

// Session says who is logged in.
type Session struct {
	UserID    string
	Person    Person
	HomeSpace string // code; "" where there is none
	PAT       bool   // a personal access token: it can't write settings
	Owned     bool   // opened by Login, so that Logout ends it
}

// PAT is a personal access token of the user, without the token itself.
type PAT struct {
	Name string
	From time.Time
	To   time.Time
}

// Switch is the lab manager's switch for the export to Zenodo.
type Switch int

// The positions of the switch.
const (
	SwitchUnknown Switch = iota // never saved, or not readable by this user
	SwitchOn
	SwitchOff
)

// String is "on", "off" or "unknown".
func (s Switch) String() string {
	switch s {
	case SwitchOn:
		return "on"
	case SwitchOff:
		return "off"
	}
	return "unknown"
}

// Publication is what is recorded in openBIS of a published record.
type Publication struct {
	Name         string
	Description  string // may be HTML
	Organization string // "Zenodo"
	Type         string // "dataset"
	DOI          string
	URL          string   // https://doi.org/DOI
	Related      []string // permIds
	Groups       []string // prefixes; none means GENERAL
}

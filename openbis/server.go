package openbis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// PublicInfo asks an address what it is, without a login. ErrNotOpenBIS,
// ErrTooOld or ErrUnreachable where no session can be had there.
func (c *Client) PublicInfo(ctx context.Context) (ServerInfo, error) {
	g, err := c.do(ctx, request{url: c.base.String() + asPath, method: "getServerPublicInformation", params: []any{}})
	if err != nil {
		return ServerInfo{}, fmt.Errorf("ask %s what it is: %w", c.base.Host, tooOld(err))
	}
	m, ok := g.root.(map[string]any)
	if !ok {
		return ServerInfo{}, fmt.Errorf("ask %s what it is: %w", c.base.Host, errShape)
	}
	return serverInfo(m), nil
}

// Info asks what the server can do (docs/openbis-api.md, Versions).
func (c *Client) Info(ctx context.Context) (ServerInfo, error) {
	g, err := c.call(ctx, "getServerInformation")
	if err != nil {
		return ServerInfo{}, fmt.Errorf("ask the server what it can do: %w", tooOld(err))
	}
	m, ok := g.root.(map[string]any)
	if !ok {
		return ServerInfo{}, fmt.Errorf("ask the server what it can do: %w", errShape)
	}
	info := serverInfo(m)
	c.mu.Lock()
	c.projectObjects = &info.ProjectObjects
	c.mu.Unlock()
	// 3.5 came with 18.06; what has no version is not judged by it.
	if major, minor, ok := strings.Cut(info.APIVersion, "."); ok {
		a, errA := strconv.Atoi(major)
		b, errB := strconv.Atoi(minor)
		if errA == nil && errB == nil && (a < 3 || a == 3 && b < 5) {
			return info, fmt.Errorf("%w: its API has version %s", ErrTooOld, info.APIVersion)
		}
	}
	return info, nil
}

// tooOld types the error of a server that lacks what every client needs.
func tooOld(err error) error {
	if errors.Is(err, errMethod) {
		return fmt.Errorf("%w: %w", ErrTooOld, err)
	}
	return err
}

// serverInfo reads the map of texts; a key that is absent is a feature that
// the server does not have.
func serverInfo(m map[string]any) ServerInfo {
	const sso = "authentication-service.switch-aai."
	i := ServerInfo{
		APIVersion:     line(m["api-version"]),
		Version:        line(m["openbis-version"]),
		PATs:           truth(m["personal-access-tokens-enabled"]),
		Archiving:      truth(m["archiving-configured"]),
		ProjectObjects: truth(m["project-samples-enabled"]),
		Auth:           line(m["authentication-service"]),
		SSOLabel:       line(m[sso+"label"]),
		SSOLink:        line(m[sso+"link"]),
		Support:        line(m["openbis.support.email"]),
	}
	if s, err := strconv.ParseInt(text(m["personal-access-tokens-max-validity-period"]), 10, 64); err == nil && s > 0 && s < 1<<33 {
		i.MaxPATValidity = time.Duration(s) * time.Second
	}
	i.SSO = i.SSOLink != "" || i.SSOLabel != ""
	if u, err := url.Parse(i.SSOLink); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		i.SSOLink = ""
	}
	return i
}

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

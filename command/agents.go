package command

import (
	"fmt"
	"regexp"
	"strings"

	"zenobis/record"
)

// orcid matches an ORCID iD, bare or as address; its checksum is looked at
// where all metadata is validated.
var orcid = regexp.MustCompile(`^(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])$`)

// ParseAgent reads "Family, Given[; ORCID][; affiliation]". Without a comma
// the whole is the name of an organisation. More parts are more affiliations.
func ParseAgent(s string) (record.Agent, error) {
	parts := strings.Split(s, ";")
	family, given, _ := strings.Cut(parts[0], ",")
	a := record.Agent{Family: strings.TrimSpace(family), Given: strings.TrimSpace(given)}
	if a.Family == "" {
		return a, fmt.Errorf(`%w: %q has no family name; write "Family, Given; ORCID; affiliation"`, ErrUsage, s)
	}
	for _, p := range parts[1:] {
		p = strings.TrimSpace(p)
		if m := orcid.FindStringSubmatch(p); m != nil {
			a.ORCID = strings.ToUpper(m[1])
		} else if p != "" {
			a.Affiliations = append(a.Affiliations, p)
		}
	}
	return a, nil
}

// FormatAgent is the inverse of ParseAgent.
func FormatAgent(a record.Agent) string {
	s := a.Family
	if a.Given != "" {
		s += ", " + a.Given
	}
	for _, p := range append([]string{a.ORCID}, a.Affiliations...) {
		if p != "" {
			s += "; " + p
		}
	}
	if a.Role != "" {
		s = a.Role + ": " + s
	}
	return s
}

// ParseContributor reads "ROLE: Family, Given[; ORCID][; affiliation]".
func ParseContributor(s string) (record.Agent, error) {
	role, rest, ok := strings.Cut(s, ":")
	if !ok || strings.TrimSpace(role) == "" {
		return record.Agent{}, fmt.Errorf(`%w: contributor %q has no role; write "datamanager: Family, Given"`, ErrUsage, s)
	}
	a, err := ParseAgent(strings.TrimSpace(rest))
	a.Role = strings.ToLower(strings.TrimSpace(role))
	return a, err
}

// ParseRelated reads "RELATION IDENTIFIER".
func ParseRelated(s string) (record.Related, error) {
	f := strings.Fields(s)
	if len(f) != 2 {
		return record.Related{}, fmt.Errorf(`%w: related work %q; write "issupplementto 10.1234/abc"`, ErrUsage, s)
	}
	return record.Related{Relation: strings.ToLower(f[0]), Identifier: f[1]}, nil
}

// ParseGrant reads "FUNDER AWARD"; the award may be missing.
func ParseGrant(s string) (record.Grant, error) {
	funder, award, _ := strings.Cut(strings.TrimSpace(s), " ")
	if funder == "" {
		return record.Grant{}, fmt.Errorf(`%w: funding is empty; write "00k4n6c32 101094817"`, ErrUsage)
	}
	return record.Grant{Funder: funder, Award: strings.TrimSpace(award)}, nil
}

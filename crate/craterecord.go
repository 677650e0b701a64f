package crate

import (
	"cmp"
	"strings"

	"zenobis/names"
	"zenobis/page"
)

// id of a creator: the ORCID where it is known.
func (a Agent) id(i int) string {
	if a.ORCID != "" {
		return "https://orcid.org/" + strings.TrimPrefix(a.ORCID, "https://orcid.org/")
	}
	return "#creator-" + names.Hash(a.name(), 12)
}

func (a Agent) node(i int) node {
	n := node{"@id": a.id(i), "@type": "Person", "name": strings.TrimSpace(page.OneLine(a.Given) + " " + page.OneLine(a.Family))}
	switch {
	case a.Name != "":
		n["@type"], n["name"] = "Organization", page.OneLine(a.Name)
	case a.Given != "":
		n["familyName"], n["givenName"] = page.OneLine(a.Family), page.OneLine(a.Given)
	default:
		n["familyName"] = page.OneLine(a.Family)
	}
	var orgs []any
	for _, o := range a.Affiliations {
		orgs = append(orgs, ref(o.id()))
	}
	switch len(orgs) {
	case 0:
	case 1:
		n["affiliation"] = orgs[0]
	default:
		n["affiliation"] = orgs
	}
	return n
}

// id of an organisation: the ROR where it is known.
func (o Affiliation) id() string {
	if o.ROR != "" {
		return "https://ror.org/" + strings.TrimPrefix(o.ROR, "https://ror.org/")
	}
	return "#organization-" + names.Hash(page.OneLine(o.Name), 12)
}

// licenseID is the address of the licence; without one a note of it.
func (f Facts) licenseID() string {
	switch {
	case f.LicenseURL != "":
		return f.LicenseURL
	case f.License == "":
		return "#license"
	case strings.HasPrefix(f.License, "cc"):
		return "https://spdx.org/licenses/" + strings.ToUpper(f.License)
	}
	return "#license-" + names.Encode(f.License)
}

func (f Facts) license() node {
	name := cmp.Or(page.OneLine(f.LicenseName), f.License, "No licence was given")
	n := node{"@id": f.licenseID(), "@type": "CreativeWork", "name": name, "description": "Licence of this data set: " + name}
	if strings.HasPrefix(f.licenseID(), "http") {
		n["url"] = f.licenseID()
	}
	return n
}

func doiAddress(doi string) string { return "https://doi.org/" + names.Encode(doi) }

// keywords are a list, or one text where readers expect that.
func keywords(words []string, d dialect) any {
	var clean []string
	for _, w := range words {
		if w = page.OneLine(w); w != "" {
			clean = append(clean, w)
		}
	}
	switch {
	case len(clean) == 0:
		return nil
	case d.eln || len(clean) == 1:
		return strings.Join(clean, ", ")
	}
	return clean
}

// sum is a hash, or as many zeros while it is not known: both are equally long.
func sum(sha256 string) string {
	if len(sha256) != len(unknownHash) {
		return unknownHash
	}
	return sha256
}

package crate

import (
	"cmp"
	"net/url"
	"strings"

	"zenobis/doi"
	"zenobis/names"
	"zenobis/page"
	"zenobis/record"
)

// licenseID is the address of the licence; without one a note of it.
func (f Facts) licenseID() string {
	switch {
	case f.Terms.URL != "":
		return f.Terms.URL
	case f.License == "":
		return "#license"
	}
	if l := record.LicenseOf(f.License); l.SPDX != "" {
		return "https://spdx.org/licenses/" + l.SPDX
	}
	return "#license-" + names.Encode(f.License)
}

func (f Facts) license() node {
	name := cmp.Or(page.OneLine(f.Terms.Name), f.License, "No licence was given")
	n := node{"@id": f.licenseID(), "@type": "CreativeWork", "name": name, "description": "Licence of this data set: " + name}
	if strings.HasPrefix(f.licenseID(), "http") {
		n["url"] = f.licenseID()
	}
	return n
}

// access says in words who may have the files.
func (f Facts) access() string {
	switch until, embargo := f.Access.Embargo(); {
	case embargo:
		return "Embargoed access: the files are open from " + page.OneLine(until) + " on"
	case f.Access == record.AccessRestricted:
		return "Restricted access: the files are given out on request"
	}
	return "Open access"
}

// webAddress is an address as an id may be: nothing in it that needs encoding.
func webAddress(s string) string {
	if u, err := url.Parse(s); err == nil {
		return u.String()
	}
	return "#address-" + names.Hash(s, 12)
}

// relations are the properties of a data set that stand for the relations of
// related works; those not listed are citations.
var relations = map[string]string{
	"isderivedfrom": "isBasedOn", "isnewversionof": "isBasedOn", "isversionof": "isBasedOn", "iscompiledby": "isBasedOn",
	"ispartof": "isPartOf", "isidenticalto": "sameAs",
	"iscitedby": "subjectOf", "isreferencedby": "subjectOf", "isreviewedby": "subjectOf", "isdocumentedby": "subjectOf",
	"isdescribedby": "subjectOf",
}

// work is a related work as a node.
func work(r record.Related) node {
	id, name := strings.TrimSpace(r.Identifier), page.OneLine(r.Identifier)
	n := node{"@type": "CreativeWork", "name": name, "description": "Related work: this data set " +
		strings.ToLower(wordFor(record.RelationWords(), r.Relation)) + " it"}
	switch found := record.DOI(id); {
	case found != "":
		n["@id"], n["url"] = doi.Address(found), doi.Address(found)
	case strings.HasPrefix(id, "https://") || strings.HasPrefix(id, "http://"):
		n["@id"], n["url"] = webAddress(id), webAddress(id)
	default:
		n["@id"], n["identifier"] = "#work-"+names.Hash(id, 12), name
	}
	return n
}

// funderOf is who gave a grant.
func funderOf(g record.Grant) record.Affiliation {
	if id := record.ROR(g.Funder); id != "" {
		return record.Affiliation{Name: page.OneLine(g.FunderName), ROR: id}
	}
	return record.Affiliation{Name: page.OneLine(cmp.Or(g.FunderName, g.Funder))}
}

// grant is an award as a node; one without a number is only its funder.
func grant(g record.Grant, funder string) node {
	award := page.OneLine(strings.TrimPrefix(g.Award, record.ROR(g.Funder)+"::"))
	return node{"@id": "#grant-" + names.Hash(funder+" "+award, 12), "@type": "Grant", "name": award, "identifier": award,
		"funder": ref(funder)}
}

// keywords are a list, or one text where readers expect that.
func keywords(words []string, joined bool) any {
	var clean []string
	seen := map[string]bool{}
	for _, w := range words {
		if w = page.OneLine(w); w != "" && !seen[w] {
			seen[w] = true
			clean = append(clean, w)
		}
	}
	switch {
	case len(clean) == 0:
		return nil
	case joined || len(clean) == 1:
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

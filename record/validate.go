package record

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// roles a contributor may have (reference zenodo-api.md 3.3).
var roles = []string{
	"contactperson", "datacollector", "datacurator", "datamanager", "distributor", "editor", "hostinginstitution",
	"producer", "projectleader", "projectmanager", "projectmember", "registrationagency", "registrationauthority",
	"relatedperson", "researcher", "researchgroup", "rightsholder", "sponsor", "supervisor", "translator",
	"workpackageleader", "other",
}

// relations of related works (DataCite 4, as InvenioRDM spells them).
var relations = []string{
	"iscitedby", "cites", "issupplementto", "issupplementedby", "iscontinuedby", "continues", "isdescribedby",
	"describes", "hasmetadata", "ismetadatafor", "hasversion", "isversionof", "isnewversionof", "ispreviousversionof",
	"ispartof", "haspart", "ispublishedin", "isreferencedby", "references", "isdocumentedby", "documents",
	"iscompiledby", "compiles", "isvariantformof", "isoriginalformof", "isidenticalto", "isreviewedby", "reviews",
	"isderivedfrom", "issourceof", "isrequiredby", "requires", "isobsoletedby", "obsoletes",
}

var (
	licenseID  = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*$`)
	languageID = regexp.MustCompile(`^[a-z]{3}$`)
	schemeForm = regexp.MustCompile(`^(?i)(10\.\d{4,9}/\S+|(doi|urn|arxiv|ark|hdl|handle|isbn|issn|pmid|pmcid|swh):\S+)$`)
)

// Validate checks what can be checked without a server. The result is
// in the order of the form.
func Validate(m Metadata) []FieldError {
	var list []FieldError
	bad := func(field, format string, args ...any) {
		list = append(list, FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(m.Title)); n == 0 {
		bad("title", "a title is needed")
	} else if n < 3 {
		bad("title", "at least 3 characters")
	}
	if n := utf8.RuneCountInString(m.Description); n > 0 && n < 3 {
		bad("description", "at least 3 characters, or none")
	}
	if len(m.Creators) == 0 {
		bad("creators", "at least one is needed")
	}
	for i, a := range m.Creators {
		checkAgent(a, fmt.Sprintf("creators.%d", i), bad)
	}
	for i, a := range m.Contribs {
		field := fmt.Sprintf("contributors.%d", i)
		checkAgent(a, field, bad)
		if !slices.Contains(roles, strings.ToLower(a.Role)) {
			bad(field+".role", "unknown role %s; there are %s", quote(a.Role), strings.Join(roles, ", "))
		}
	}
	if m.License != "" && !licenseID.MatchString(strings.ToLower(m.License)) {
		bad("license", "%s is no licence's id; an example is cc-by-4.0", quote(m.License))
	}
	for i, k := range m.Keywords {
		if strings.TrimSpace(k) == "" {
			bad(fmt.Sprintf("keywords.%d", i), "it is empty")
		}
	}
	for i, r := range m.Related {
		checkRelated(r, fmt.Sprintf("related.%d", i), bad)
	}
	for i, g := range m.Funding {
		if ROR(g.Funder) == "" {
			bad(fmt.Sprintf("funding.%d.funder", i), "%s is no ROR id; an example is 00k4n6c32", quote(g.Funder))
		}
	}
	checkAccess(m.Access, bad)
	if m.Date != "" && !edtfDate(m.Date) {
		bad("publication_date", "%s is no date; write 2026-03-31, 2026-03 or 2026", quote(m.Date))
	}
	if utf8.RuneCountInString(m.Version) > 191 {
		bad("version", "at most 191 characters")
	}
	if m.Language != "" && !languageID.MatchString(m.Language) {
		bad("language", "%s is no ISO 639-3 code; an example is eng", quote(m.Language))
	}
	return list
}

type complain = func(field, format string, args ...any)

func checkAgent(a Agent, field string, bad complain) {
	if strings.TrimSpace(a.Family) == "" {
		bad(field+".family", "a name is needed")
	}
	if a.ORCID != "" && !ValidORCID(a.ORCID) {
		bad(field+".orcid", "%s is no ORCID: its check digit or form is wrong", quote(a.ORCID))
	}
	seen := map[string]bool{}
	for i, f := range a.Affiliations {
		if seen[f] {
			bad(fmt.Sprintf("%s.affiliations.%d", field, i), "%s is there twice", quote(f))
		}
		seen[f] = true
	}
}

func checkRelated(r Related, field string, bad complain) {
	if !slices.Contains(relations, strings.ToLower(r.Relation)) {
		bad(field+".relation", "unknown relation %s; examples are issupplementto, references, isderivedfrom", quote(r.Relation))
	}
	if scheme(r.Identifier) == "" && !schemeForm.MatchString(r.Identifier) {
		bad(field+".identifier", "%s is neither a DOI nor an address (https://...)", quote(r.Identifier))
	}
}

func checkAccess(access string, bad complain) {
	until, embargo := strings.CutPrefix(access, "embargo:")
	switch {
	case access == "" || access == "open" || access == "restricted":
	case !embargo:
		bad("access", "%s; there are open, restricted and embargo:YYYY-MM-DD", quote(access))
	default:
		if _, err := time.Parse(time.DateOnly, until); err != nil {
			bad("access", "%s is no day; write embargo:2027-01-31", quote(until))
		}
	}
}

// edtfDate reports whether s is a year, month or day, or an interval of these
// (EDTF level 0).
func edtfDate(s string) bool {
	from, to, interval := strings.Cut(s, "/")
	a, ok := edtfPoint(from)
	if !ok || !interval {
		return ok
	}
	b, ok := edtfPoint(to)
	return ok && !b.Before(a)
}

func edtfPoint(s string) (time.Time, bool) {
	for _, form := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

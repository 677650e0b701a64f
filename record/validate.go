package record

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"zenobis/human"
)

const badROR = "%s is not a valid ROR id: its form or check digits are wrong; one looks like 05a28rw58"

var (
	licenseID  = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*$`)
	languageID = regexp.MustCompile(`^[a-z]{3}$`)
	slugForm   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	// organisations are words that no family name holds.
	organisations = regexp.MustCompile(
		`(?i)\b(institut[eo]?|instituto|universit(y|ät|é|à|eit)|universidad[e]?|department|département|laborator(y|ium|io)|laboratoire|` +
			`faculty|facility|centre|center|consortium|collaboration|foundation|` +
			`hospital|group|team|lab|library|museum|society|agency|council|academy|` +
			`college|school|gmbh|ltd|inc)\b`,
	)
)

var (
	dayForm  = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	email    = regexp.MustCompile(`[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}`)
	address  = regexp.MustCompile(`(?i)^(?:https?://|www\.)`)
	suffixes = regexp.MustCompile(`(?i)^\s*(?:jr|sr|i{1,3}|iv|v|ph\.?\s?d|m\.?\s?d|dr|prof|esq|d\.?\s?phil|m\.?\s?sc|b\.?\s?sc)\.?\s*$`)
)

// moreThanGiven reports whether a given name holds more than itself and what people
// put behind it: "Jane, ETH Zurich" does, "John, Jr." does not.
func moreThanGiven(given string) bool {
	parts := strings.Split(given, ",")
	for _, p := range parts[1:] {
		if !suffixes.MatchString(p) {
			return true
		}
	}
	return false
}

// Longest fields, in characters, as Zenodo's form and database take them.
const (
	maxVersion = 191
	maxSubject = 255
)

// Validate checks what can be checked without a server, now being the day from
// which an embargo lies ahead. The result is in the order of the form.
func Validate(m Metadata, now time.Time) []FieldError {
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
	} else if len(m.Description) > maxDescription {
		bad("description", "at most %d bytes, it has %d", maxDescription, len(m.Description))
	}
	if len(m.Creators) == 0 {
		bad("creators", "at least one is needed")
	}
	checkAgents(m.Creators, "creators", bad)
	checkAgents(m.Contribs, "contributors", bad)
	for i, a := range m.Contribs {
		if field := fmt.Sprintf("contributors.%d.role", i); a.Role == "" {
			bad(field, `a role is needed, as in "datamanager: Family, Given"; there are %s`, strings.Join(ids(roles), ", "))
		} else if !known(roles, word(a.Role)) {
			bad(field, "%s", noSuch("role", a.Role, roles))
		}
	}
	if m.License != "" && !licenseID.MatchString(strings.ToLower(m.License)) {
		bad("license", "%s", noLicense(m.License, nil))
	}
	for i, k := range m.Keywords {
		if strings.TrimSpace(k) == "" {
			bad(fmt.Sprintf("keywords.%d", i), "it is empty")
		} else if utf8.RuneCountInString(k) > maxSubject {
			bad(fmt.Sprintf("keywords.%d", i), "at most %d characters", maxSubject)
		}
	}
	for i, r := range m.Related {
		checkRelated(r, fmt.Sprintf("related.%d", i), bad)
	}
	for i, g := range m.Funding {
		if ROR(g.Funder) == "" && !funderNamed(g) {
			bad(fmt.Sprintf("funding.%d.funder", i), badROR, quote(g.Funder))
		}
	}
	m.Access.check(now, bad)
	if m.Community != "" && !slugForm.MatchString(community(m.Community)) {
		bad("community", "%s is no community's short name: it is the last part of its address", quote(m.Community))
	}
	if m.Date != "" && !edtfDate(m.Date) {
		bad("publication_date", "%s is no date; write 2026-03-31, 2026-03 or 2026", quote(m.Date))
	}
	if utf8.RuneCountInString(m.Version) > maxVersion {
		bad("record_version", "at most %d characters", maxVersion)
	}
	if m.Language != "" && !languageID.MatchString(normalLanguage(m.Language)) {
		bad("language", "%s", noLanguage(m.Language, nil))
	}
	return list
}

type complain = func(field, format string, args ...any)

func checkAgents(list []Agent, where string, bad complain) {
	first := map[string]int{} // by ORCID, and role for contributors
	lines := map[string]int{}
	for i, a := range list {
		field := fmt.Sprintf("%s.%d", where, i)
		checkAgent(a, field, bad)
		if j, twice := lines[a.String()]; twice && a.Family != "" && a.ORCID == "" {
			bad(field+".family", "%s is there already, as number %d", quote(a.Name()), j+1)
		}
		lines[a.String()] = i
		if id, err := ORCID(a.ORCID); err == nil {
			if j, twice := first[id+a.Role]; twice {
				bad(field+".orcid", "%s is already number %d's, %s", id, j+1, quote(list[j].Name()))
			} else {
				first[id+a.Role] = i
			}
		}
	}
}

func checkAgent(a Agent, field string, bad complain) {
	name := strings.TrimSpace(a.Family)
	switch {
	case name == "":
		bad(field+".family", "a name is needed")
	case email.MatchString(name + " " + a.Given):
		bad(field+".family", "%s holds an e-mail address, which would be published", quote(a.Name()))
	case a.Kind != Organisation && moreThanGiven(a.Given):
		bad(field+".given", `%s holds a comma; an affiliation stands behind a semicolon, another person in an entry of their own, as in %s`,
			quote(a.Given), quote(name+", "+strings.TrimSpace(a.Given[:strings.IndexByte(a.Given, ',')])+"; ..."))
	case a.Kind == "" && a.Given == "" && a.ORCID == "" && a.ROR == "" && !organisations.MatchString(name):
		bad(field+".family", "%s may be a person or an organisation: write %s or %s", quote(name), quote(asPerson(name)), quote("org: "+name))
	case a.Kind != Organisation && a.Given != "" && a.ORCID == "" && organisations.MatchString(name):
		bad(field+".family", "%s looks like an organisation: write %s", quote(name), quote("org: "+strings.TrimSuffix(name+", "+a.Given, ", ")))
	}
	if a.ORCID != "" {
		if _, err := ORCID(a.ORCID); err != nil {
			bad(field+".orcid", "%s", err)
		} else if a.Kind == Organisation {
			bad(field+".orcid", "an organisation has no ORCID; a ROR id is its own")
		}
	}
	if a.ROR != "" && ROR(a.ROR) == "" {
		bad(field+".ror", badROR, quote(a.ROR))
	}
	seen := map[Affiliation]bool{}
	for i, f := range a.Affiliations {
		at := fmt.Sprintf("%s.affiliations.%d", field, i)
		key := Affiliation{ROR: ROR(f.ROR)}
		if key.ROR == "" {
			key.Name = strings.ToLower(oneLine(f.Name))
		}
		if seen[key] {
			bad(at, "%s is there twice", quote(f.String()))
		}
		seen[key] = true
		switch name := oneLine(f.Name); {
		case email.MatchString(name):
			bad(at, "%s holds an e-mail address, which would be published", quote(name))
		case address.MatchString(name):
			bad(at, "%s is an address: write the organisation's name, its ROR id, or both", quote(name))
		}
		if f.ROR != "" && key.ROR == "" {
			bad(at, badROR, quote(f.ROR))
		}
	}
}

// asPerson is how a name of several words is written as a person's.
func asPerson(name string) string {
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		return name[i+1:] + ", " + name[:i]
	}
	return name + ","
}

func checkRelated(r Related, field string, bad complain) {
	if r.Relation == "" {
		bad(field+".relation", `a relation is needed, as in "issupplementto 10.1234/abc"`)
	} else if !known(relations, word(r.Relation)) {
		bad(field+".relation", "%s", noSuch("relation", r.Relation, relations))
	}
	if _, err := Identify(r.Identifier); err != nil {
		bad(field+".identifier", "%s", err)
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
	t, parts := edtfParts(s)
	return t, parts > 0
}

// edtfParts is a year, month or day and how many parts it has; 0 if s is none.
func edtfParts(s string) (t time.Time, parts int) {
	for n, form := range []string{"2006", "2006-01", time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			return t, n + 1
		}
	}
	return time.Time{}, 0
}

// noSuch words an unknown word of a vocabulary, with the nearest one known.
func noSuch(what, given string, list []Word) string {
	all := ids(list)
	if near := human.Nearest(given, all); near != "" {
		return fmt.Sprintf("no %s %s: did you mean %s?", what, quote(given), near)
	}
	return fmt.Sprintf("no %s %s; there are %s", what, quote(given), strings.Join(all, ", "))
}

// noLicense words an unknown licence. The list is the server's, or nil for the
// program's own.
func noLicense(given string, list []string) string {
	if list == nil {
		for _, l := range Licenses() {
			list = append(list, l.ID)
		}
	}
	near := human.Nearest(given, list)
	if called := licenseCalled(given, list); called != "" {
		near = called
	}
	if near != "" {
		return fmt.Sprintf("no licence %s: did you mean %s?", quote(given), near)
	}
	return fmt.Sprintf("no licence %s; an example is cc-by-4.0", quote(given))
}

// noLanguage words an unknown language, as NoLicense does.
func noLanguage(given string, list []string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(given, "_", "-"), "-") // de-CH
	if l := LanguageOf(base); l.ID != "" && l.ID != given {
		return fmt.Sprintf("no language %s: did you mean %s (%s)?", quote(given), l.ID, l.Name)
	}
	if list == nil {
		for _, l := range Languages() {
			list = append(list, l.ID)
		}
	}
	if near := human.Nearest(given, list); near != "" && len(given) == 3 {
		return fmt.Sprintf("no language %s: did you mean %s?", quote(given), near)
	}
	return fmt.Sprintf("no language %s: it is an ISO 639-3 code such as eng", quote(given))
}

// Remarks say what servers take as it is written though it is rarely meant: a keyword
// that may be several, and a publication date more than a year ahead of now.
func Remarks(m Metadata, now time.Time) []string {
	var out []string
	for _, k := range m.Keywords {
		if strings.ContainsAny(k, ",;") {
			out = append(out, fmt.Sprintf("the keyword %s goes as one keyword: write several as one each", quote(k)))
		}
	}
	from, _, _ := strings.Cut(m.Date, "/")
	if day, ok := edtfPoint(from); ok && day.After(now.AddDate(1, 0, 0)) {
		out = append(out, fmt.Sprintf("the publication date %s is more than a year ahead", m.Date))
	}
	return out
}

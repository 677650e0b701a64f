package zenodotest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checker validates a draft's metadata as the native schema does without
// raising: a scalar that fails is left out, an element of a list that fails is
// kept as sent, both are reported; an unknown vocabulary id refuses the whole
// request (docs/zenodo-api.md, The document).
type checker struct {
	s     *Server
	errs  []fieldError
	fatal *apiError
	vocab bool // something refers to a vocabulary: the save costs one more revision
}

func (k *checker) say(name, message string) { k.errs = append(k.errs, field(name, message)) }

const (
	requiredText = "Missing data for required field."
	typeText     = "Invalid input type."
	stringText   = "Not a valid string."
	dateText     = "Please provide a valid date or interval."
	shortText    = "Shorter than minimum length 3."
	unknownText  = "Unknown field."
)

// metadataOrder is the schema's order of fields, in which problems are reported.
var metadataOrder = []string{"resource_type", "creators", "title", "additional_titles", "publisher", "publication_date", "subjects",
	"contributors", "dates", "languages", "identifiers", "related_identifiers", "sizes", "formats", "version", "rights", "copyright",
	"description", "additional_descriptions", "locations", "funding", "references"}

// metadata validates and gives what is stored.
func (k *checker) metadata(in object) object {
	out := object{}
	for _, name := range metadataOrder {
		v, ok := in[name]
		if !ok {
			switch name {
			case "resource_type", "creators", "title", "publication_date":
				k.say("metadata."+name, requiredText)
			}
			continue
		}
		if w, keep := k.field(name, v); keep {
			out[name] = w
		}
	}
	var unknown []string
	for name := range in {
		if !slices.Contains(metadataOrder, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		k.say("metadata."+name, unknownText)
	}
	return out
}

func (k *checker) field(name string, v any) (any, bool) {
	at := "metadata." + name
	switch name {
	case "resource_type":
		return k.reference(at, "resourcetypes", v)
	case "title":
		return k.str(at, v, 3, 0)
	case "description":
		s, ok := k.str(at, v, 3, 0)
		if ok {
			s = cleanHTML(s.(string))
		}
		return s, ok
	case "publisher", "copyright":
		return k.str(at, v, 0, 0)
	case "version":
		return k.str(at, v, 0, 191)
	case "publication_date":
		s, ok := k.str(at, v, 0, 0)
		if !ok {
			return nil, false
		}
		if !edtf(s.(string)) {
			k.say(at, dateText)
			return nil, false
		}
		return s, true
	case "locations":
		return k.locations(at, v)
	}
	l, ok := v.([]any)
	if !ok {
		k.say(at, "Not a valid list.")
		return nil, false
	}
	if name == "creators" && len(l) == 0 {
		k.say(at, requiredText)
		return nil, false
	}
	out := []any{}
	for i, e := range l {
		if w, keep := k.element(name, fmt.Sprintf("%s.%d", at, i), e); keep {
			out = append(out, w)
		}
	}
	if name == "identifiers" && duplicated(out) { // the one list that is lost as a whole
		k.say(at, "Duplicated identifier entry is not allowed.")
		return nil, false
	}
	return out, len(out) > 0
}

// duplicated reports whether a list names an identifier twice.
func duplicated(l []any) bool {
	seen := map[string]bool{}
	for _, v := range l {
		m, _ := v.(object)
		key := text(m["scheme"]) + "\x00" + text(m["identifier"])
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// element validates one element of a list. Elements that are wrong stay as
// sent, without their bad scalars.
func (k *checker) element(list, at string, v any) (any, bool) {
	if list == "sizes" || list == "formats" {
		return k.str(at, v, 0, 0)
	}
	in, ok := v.(object)
	if !ok {
		k.say(at+"._schema", typeText)
		return nil, false
	}
	m := deepCopy(in).(object)
	switch list {
	case "creators":
		k.person(at, m, false)
	case "contributors":
		k.person(at, m, true)
	case "subjects":
		k.idOr(at, "subjects", m, "subject", "An existing id or a free text subject must be present.")
	case "languages":
		k.reference(at, "languages", m)
	case "identifiers":
		k.identifier(at, m, alternateSchemes)
		k.known(at, m, "identifier", "scheme")
	case "related_identifiers":
		k.identifier(at, m, alternateSchemes)
		k.need(at, m, "relation_type", "relationtypes", true)
		k.need(at, m, "resource_type", "resourcetypes", false)
		k.known(at, m, "identifier", "scheme", "relation_type", "resource_type")
	case "dates":
		if s, ok := m["date"].(string); !ok || !edtf(s) {
			if m["date"] == nil {
				k.say(at+".date", requiredText)
			} else {
				k.say(at+".date", dateText)
			}
			delete(m, "date")
		}
		k.need(at, m, "type", "datetypes", true)
		k.known(at, m, "date", "type", "description")
	case "rights":
		if m["id"] == nil && m["title"] == nil {
			k.say(at+".rights", "An existing id or a free text title must be present")
		} else if m["id"] != nil {
			k.lookup("licenses", text(m["id"]))
		} else if t, _ := m["title"].(object); len(t) != 1 {
			k.say(at+".title", "Only one value is accepted.")
		}
		if l := text(m["link"]); l != "" && !isURL(l) {
			k.say(at+".link", "Not a valid URL.")
			delete(m, "link")
		}
		k.known(at, m, "id", "title", "description", "link")
	case "additional_descriptions":
		k.need(at, m, "type", "descriptiontypes", true)
		if s, ok := k.str(at+".description", m["description"], 3, 0); ok {
			m["description"] = cleanHTML(s.(string))
		}
		k.need(at, m, "lang", "languages", false)
		k.known(at, m, "description", "type", "lang")
	case "additional_titles":
		k.str(at+".title", m["title"], 3, 0)
		k.need(at, m, "type", "titletypes", true)
		k.need(at, m, "lang", "languages", false)
		k.known(at, m, "title", "type", "lang")
	case "funding":
		k.funding(at, m)
	case "references":
		if text(m["reference"]) == "" {
			k.say(at+".reference", requiredText)
		}
		k.known(at, m, "reference", "scheme", "identifier")
	}
	return m, len(m) > 0
}

// known removes and reports members that the schema does not have.
func (k *checker) known(at string, m object, names ...string) {
	var bad []string
	for n := range m {
		if !slices.Contains(names, n) {
			bad = append(bad, n)
		}
	}
	slices.Sort(bad)
	for _, n := range bad {
		k.say(at+"."+n, unknownText)
		delete(m, n)
	}
}

// str validates a string: trimmed, without control characters.
func (k *checker) str(at string, v any, least, most int) (any, bool) {
	if v == nil {
		k.say(at, "Field may not be null.")
		return nil, false
	}
	s, ok := v.(string)
	if !ok {
		k.say(at, stringText)
		return nil, false
	}
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s))
	n := utf8.RuneCountInString(s)
	if n < least {
		k.say(at, shortText)
		return nil, false
	}
	if most > 0 && n > most {
		k.say(at, fmt.Sprintf("Longer than maximum length %d.", most))
		return nil, false
	}
	return s, true
}

// reference validates {"id":…} into a vocabulary.
func (k *checker) reference(at, vocabulary string, v any) (any, bool) {
	m, ok := v.(object)
	if !ok {
		k.say(at+"._schema", typeText)
		return nil, false
	}
	id, ok := m["id"].(string)
	if !ok {
		k.say(at+".id", requiredText)
		return nil, false
	}
	k.lookup(vocabulary, id)
	return object{"id": id}, true
}

// need is reference for a member.
func (k *checker) need(at string, m object, name, vocabulary string, required bool) {
	v, ok := m[name]
	if !ok {
		if required {
			k.say(at+"."+name, requiredText)
		}
		return
	}
	if w, keep := k.reference(at+"."+name, vocabulary, v); keep {
		m[name] = w
	}
}

// lookup refuses the request if the vocabulary has no such id. Ids are case-sensitive.
func (k *checker) lookup(vocabulary, id string) {
	k.vocab = true
	if v := k.s.vocab[vocabulary]; k.fatal == nil && (v == nil || v.entries[id] == nil) {
		k.fatal = refuse(400, fmt.Sprintf("Invalid value %s.", id))
	}
}

// idOr validates {"id":…} or a free text member.
func (k *checker) idOr(at, vocabulary string, m object, free, message string) {
	id, hasID := m["id"].(string)
	if hasID {
		k.lookup(vocabulary, id)
	} else if text(m[free]) == "" {
		k.say(at+"."+vocabulary, message)
	}
	k.known(at, m, "id", free)
}

// person validates a creator or contributor and computes its name.
func (k *checker) person(at string, m object, contributor bool) {
	before := len(k.errs)
	p, ok := m["person_or_org"].(object)
	switch {
	case m["person_or_org"] == nil:
		k.say(at+".person_or_org", requiredText)
	case !ok:
		k.say(at+".person_or_org._schema", typeText)
	default:
		pat := at + ".person_or_org"
		switch p["type"] {
		case "personal":
			if text(p["family_name"]) == "" {
				k.say(pat+".family_name", "Family name cannot be blank.")
			}
		case "organizational":
			if text(p["name"]) == "" {
				k.say(pat+".name", "Name cannot be blank.")
			}
		default:
			k.say(pat+".type", "Invalid value. Choose one of ['organizational', 'personal'].")
			delete(p, "type")
		}
		for i, e := range list(p["identifiers"]) {
			if im, ok := e.(object); ok {
				k.identifier(fmt.Sprintf("%s.identifiers.%d", pat, i), im, personSchemes)
			}
		}
		k.known(pat, p, "type", "name", "given_name", "family_name", "identifiers")
		if len(k.errs) == before && p["type"] == "personal" {
			p["name"] = text(p["family_name"])
			if g := text(p["given_name"]); g != "" {
				p["name"] = text(p["family_name"]) + ", " + g
			}
		}
		if len(p) == 0 {
			delete(m, "person_or_org")
		}
	}
	if _, ok := m["role"]; ok || contributor {
		k.need(at, m, "role", "contributorsroles", contributor)
	}
	seen := map[string]bool{}
	var kept []any
	for i, e := range list(m["affiliations"]) {
		a, _ := e.(object)
		k.idOr(fmt.Sprintf("%s.affiliations.%d", at, i), "affiliations", a, "name", "An existing id or a free text name must be present.")
		if n := text(a["name"]); n != "" {
			if seen[n] {
				k.say(at+".affiliations", "Duplicated affiliations: "+n)
			}
			seen[n] = true
		}
		if len(a) > 0 {
			kept = append(kept, a)
		}
	}
	if _, ok := m["affiliations"]; ok {
		m["affiliations"] = kept
		if len(kept) == 0 {
			delete(m, "affiliations")
		}
	}
	k.known(at, m, "person_or_org", "role", "affiliations")
}

func (k *checker) funding(at string, m object) {
	f, ok := m["funder"].(object)
	switch id := text(f["id"]); {
	case !ok:
		k.say(at+".funder", requiredText)
	case id != "":
		k.lookup("funders", id)
	case text(f["name"]) == "":
		k.say(at+".funder.funders", "An existing id or a free text name must be present.")
	}
	if a, ok := m["award"].(object); ok {
		if id := text(a["id"]); id != "" {
			k.lookup("awards", id)
		} else if text(a["number"]) == "" && a["title"] == nil {
			k.say(at+".award.awards", "An existing id or a free text title/number must be present.")
		}
	}
	k.known(at, m, "funder", "award")
}

func (k *checker) locations(at string, v any) (any, bool) {
	m, ok := v.(object)
	if !ok {
		k.say(at+"._schema", typeText)
		return nil, false
	}
	return deepCopy(m), true
}

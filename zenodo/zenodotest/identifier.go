package zenodotest

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// alternateSchemes are the schemes of identifiers and related identifiers, in
// the order in which they are detected.
var alternateSchemes = []string{"doi", "handle", "ark", "arxiv", "ean13", "isbn", "issn", "isni", "pmid", "purl", "urn", "url",
	"ads", "crossreffunderid", "cstr", "eissn", "grid", "igsn", "istc", "lissn", "lsid", "rrid", "upc", "w3id", "wikidata", "other"}

// onRequest are the schemes that are never detected and whose values are taken as they come.
var onRequest = []string{"crossreffunderid", "grid", "igsn", "upc", "w3id", "other"}

// personSchemes are those of people and organisations.
var personSchemes = []string{"orcid", "isni", "gnd", "ror", "edmo"}

var (
	doiPattern    = regexp.MustCompile(`^(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(10\.\d+(?:\.\d+)*/\S+)$`)
	handlePattern = regexp.MustCompile(`^(?:hdl:\s*|(?:https?://)?hdl\.handle\.net/)?([^/.:]+(?:\.[^/.]+)*/.*)$`)
	orcidPattern  = regexp.MustCompile(`^(?:orcid:|https?://orcid\.org/)?(\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx])$`)
	arxivPattern  = regexp.MustCompile(`(?i)^(?:arxiv:)(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+/\d{7}(?:v\d+)?)$`)
	issnPattern   = regexp.MustCompile(`^(?:issn:)?\d{4}-\d{3}[\dXx]$`)
	pmidPattern   = regexp.MustCompile(`^(?:pmid:)?\d+$`)
	urnPattern    = regexp.MustCompile(`(?i)^urn:[a-z0-9][a-z0-9-]{1,31}:.+$`)
	arkPattern    = regexp.MustCompile(`^(?:https?://[^/]+/)?ark:/?\d+/\S+$`)
	rorPattern    = regexp.MustCompile(`^(?:https?://ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})$`)
	gndPattern    = regexp.MustCompile(
		`^(?:gnd:|https?://d-nb\.info/gnd/)?(1[012]?\d{7}[0-9X]|[47]\d{6}-\d|[1-9]\d{0,7}-[0-9X]|3\d{7}[0-9X])$`,
	)
	rridPattern     = regexp.MustCompile(`(?i)^(?:rrid:)?[a-z]+_[a-z0-9_-]+$`)
	cstrPattern     = regexp.MustCompile(`(?i)^(?:cstr:)?(?:[a-z0-9_-]+\.){3}[a-z0-9_-]+$`)
	wikidataPattern = regexp.MustCompile(`(?i)^(?:wikidata:|(?:https?://)?www\.wikidata\.org/entity/)?Q\d+$`)
	isniPattern     = regexp.MustCompile(`^(?:isni:)?\d{4} ?\d{4} ?\d{4} ?\d{3}[\dXx]$`)
)

// identifier validates scheme and value of an identifier, normalises it, and
// detects the scheme where none is given (docs/zenodo-api.md, Identifiers and schemes).
func (k *checker) identifier(at string, m object, schemes []string) {
	id, ok := m["identifier"].(string)
	id = strings.TrimSpace(id)
	if !ok || id == "" {
		k.say(at+".identifier", requiredText)
		return
	}
	scheme, given := m["scheme"].(string)
	if !given || scheme == "" {
		for _, s := range schemes {
			if !slices.Contains(onRequest, s) && isScheme(s, id) {
				scheme = s
				break
			}
		}
		if scheme == "" {
			k.say(at+".scheme", "No valid scheme recognized for identifier.")
			return
		}
	}
	if !slices.Contains(schemes, scheme) {
		k.say(at+".scheme", "Invalid scheme.")
		return
	}
	if !isScheme(scheme, id) {
		k.say(at+".identifier", "Invalid "+schemeLabel(scheme)+" identifier.")
		return
	}
	m["scheme"], m["identifier"] = scheme, canonical(scheme, id)
}

func schemeLabel(s string) string {
	if s == "handle" {
		return "Handle"
	}
	return strings.ToUpper(s)
}

// isScheme reports whether a value is one of the scheme. Schemes that nobody
// here sends are taken as they come.
func isScheme(scheme, v string) bool {
	switch scheme {
	case "doi":
		return doiPattern.MatchString(v)
	case "handle":
		return !isURL(v) && handlePattern.MatchString(v)
	case "orcid":
		return isORCID(v)
	case "arxiv":
		return arxivPattern.MatchString(v)
	case "issn", "eissn", "lissn":
		return issnPattern.MatchString(v)
	case "pmid":
		return pmidPattern.MatchString(v)
	case "urn":
		return urnPattern.MatchString(v)
	case "ark":
		return arkPattern.MatchString(v)
	case "url":
		return isURL(v)
	case "ror":
		return rorPattern.MatchString(v)
	case "gnd":
		return gndPattern.MatchString(v)
	case "isni":
		return isniPattern.MatchString(v) && mod11(digits(v))
	case "isbn":
		d := strings.ReplaceAll(strings.TrimPrefix(v, "isbn:"), "-", "")
		return len(d) == 13 && ean13(d) || len(d) == 10 && strings.Contains(v, "-")
	case "ean13":
		return ean13(v)
	case "ads":
		return strings.HasPrefix(v, "ads:") || len(v) == 19 && v[4] >= 'A' && !strings.ContainsAny(v, "-/: ")
	case "rrid":
		return rridPattern.MatchString(v)
	case "cstr":
		return cstrPattern.MatchString(v)
	case "wikidata":
		return wikidataPattern.MatchString(v)
	case "istc":
		return len(digits(v)) > 0 && len(strings.ReplaceAll(v, "-", "")) == 16
	case "lsid":
		return strings.HasPrefix(strings.ToLower(v), "urn:lsid:")
	case "purl":
		return strings.HasPrefix(v, "http://purl.org/") || strings.HasPrefix(v, "https://purl.org/")
	case "edmo":
		return pmidPattern.MatchString(v)
	}
	return slices.Contains(onRequest, scheme)
}

func isURL(v string) bool {
	u, err := url.Parse(strings.ReplaceAll(v, " ", "%20")) // blanks are taken as they are
	return err == nil && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ftp") && u.Host != ""
}

func canonical(scheme, v string) string {
	switch scheme {
	case "doi":
		return doiPattern.FindStringSubmatch(v)[1]
	case "orcid":
		d := digits(v)
		return d[:4] + "-" + d[4:8] + "-" + d[8:12] + "-" + d[12:]
	case "ror":
		return rorPattern.FindStringSubmatch(v)[1]
	case "gnd":
		return gndPattern.FindStringSubmatch(v)[1]
	case "handle":
		return handlePattern.FindStringSubmatch(v)[1]
	case "pmid":
		return strings.TrimPrefix(v, "pmid:")
	}
	return v
}

func digits(v string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r == 'x' || r == 'X':
			return 'X'
		}
		return -1
	}, v[strings.LastIndexAny(v, ":/")+1:])
}

// isORCID checks the form, ISO 7064 mod 11-2, and ORCID's ranges among the ISNIs.
func isORCID(v string) bool {
	m := orcidPattern.FindStringSubmatch(v)
	if m == nil {
		return false
	}
	d := digits(m[1])
	n := d[:15]
	in := n >= "000000015000000" && n <= "000000035000000" || n >= "000900000000000" && n <= "000900100000000"
	return in && mod11(d)
}

func mod11(d string) bool {
	if len(d) != 16 {
		return false
	}
	sum := 0
	for _, r := range d[:15] {
		if r == 'X' {
			return false
		}
		sum = (sum + int(r-'0')) * 2
	}
	c := (12 - sum%11) % 11
	return d[15] == "0123456789X"[c]
}

func ean13(d string) bool {
	if len(d) != 13 {
		return false
	}
	sum := 0
	for i, r := range d {
		if r < '0' || r > '9' {
			return false
		}
		sum += int(r-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

// edtf reports whether s is a date or interval of EDTF level 0.
func edtf(s string) bool {
	if a, b, ok := strings.Cut(s, "/"); ok {
		from, okA := edtfDay(a)
		to, okB := edtfDay(b)
		return okA && okB && !to.Before(from)
	}
	_, ok := edtfDay(s)
	return ok
}

func edtfDay(s string) (time.Time, bool) {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

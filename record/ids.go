package record

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	// ror matches a ROR id, bare or as an address.
	ror       = regexp.MustCompile(`^(?:https?://)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})$`)
	orcidForm = regexp.MustCompile(`^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$`)
	// doiIn finds DOIs in texts.
	doiIn = regexp.MustCompile(`\b10\.\d{4,9}/[^\s"'<>&]+`)
)

// ROR returns the bare ROR id where s is one, bare or as an address, else "".
func ROR(s string) string {
	if id := ror.FindStringSubmatch(s); id != nil {
		return id[1]
	}
	return ""
}

// BareORCID drops what may stand around an ORCID.
func BareORCID(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range []string{"https://", "http://", "www.", "orcid.org/", "orcid:"} {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			s = s[len(p):]
		}
	}
	return strings.ToUpper(strings.TrimSuffix(s, "/"))
}

// ValidORCID reports whether s, bare or as an address, has the form and the
// check digit of an ORCID (ISO 7064, MOD 11-2).
func ValidORCID(s string) bool {
	s = BareORCID(s)
	if !orcidForm.MatchString(s) {
		return false
	}
	digits := strings.ReplaceAll(s, "-", "")
	total := 0
	for _, d := range digits[:15] {
		total = (total + int(d-'0')) * 2
	}
	check := (12 - total%11) % 11
	want := byte('0' + check)
	if check == 10 {
		want = 'X'
	}
	return digits[15] == want
}

// scheme tells the scheme of an identifier as Zenodo names it; "" where it has
// to find out by itself.
func scheme(identifier string) string {
	if doiIn.MatchString(identifier) && DOI(identifier) != "" {
		return "doi"
	}
	if u, err := url.Parse(identifier); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return "url"
	}
	return ""
}

// DOI returns the bare DOI where the whole identifier is one, else "".
func DOI(identifier string) string {
	s := strings.TrimSpace(identifier)
	for _, p := range []string{"https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"} {
		if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
			s = s[len(p):]
		}
	}
	if strings.HasPrefix(s, "10.") && doiIn.FindString(s) == s {
		return s
	}
	return ""
}

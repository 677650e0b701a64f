package record

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	orcidForm   = regexp.MustCompile(`^(\d{4})[- ]?(\d{4})[- ]?(\d{4})[- ]?(\d{3}[\dXx])$`)
	orcidPrefix = regexp.MustCompile(
		`(?i)^(?:(?:https?://)?(?:www\.)?orcid\.org/(?:my-orcid\?orcid=)?|orcid(?:[ -]*id)?[ :=#]*|` +
			`(?:https?://)?(?:www\.)?isni\.org/(?:isni/)?|` +
			`isni[ :=#]*)*`)
	// orcidWithin is an ORCID among other words, also a mistyped one.
	orcidWithin = regexp.MustCompile(`(?i)(?:https?(?::|%3a)(?:/|%2f){2})?(?:www\.)?orcid\.org(?:/|%2f)[^\s;,)\]}>"”]+|` +
		`(?:\borcid(?:[ -]*id)?[ :=#]*)?(?:\b\d{3,5}-\d{3,5}-\d{3,5}-\d{2,4}[\dx]\b|\b\d{15}[\dx]\b)`)
	orcidChars = regexp.MustCompile(`^[\dXx -]+$`)
	rorForm    = regexp.MustCompile(`^0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}$`)
	rorPrefix  = regexp.MustCompile(`(?i)^(?:(?:https?://)?(?:www\.)?ror\.org/|ror(?:[ -]*id)?[ :=#]*)*`)
	rorLike    = regexp.MustCompile(`^0[A-Za-z0-9]{7,9}$`)
	letters    = regexp.MustCompile(`[A-Za-z]{5}`) // more than an id has in a row
)

// ORCID returns the canonical ORCID iD (0000-0002-1825-0097) of s, in whatever
// spelling it was pasted. The error says what is wrong with it.
func ORCID(s string) (string, error) {
	t := bare(unescape(plain(s)))
	prefix := orcidPrefix.FindString(t)
	rest := t[len(prefix):]
	if strings.Contains(prefix, "/") {
		rest = cutAddress(rest)
	}
	m := orcidForm.FindStringSubmatch(bare(rest))
	if m == nil {
		if several(t) {
			return "", fmt.Errorf("%s are several ORCIDs: a person has one", quote(s))
		}
		return "", fmt.Errorf("%s is not a valid ORCID; one looks like 0000-0002-1825-0097", quote(s))
	}
	digits := strings.ToUpper(m[1] + m[2] + m[3] + m[4])
	if mod11(digits[:15]) != digits[15] {
		return "", fmt.Errorf("%s is not a valid ORCID: check the digits", quote(s))
	}
	// ORCID iDs are two blocks of the numbers that ISNI gives to everybody.
	if n := digits[:15]; (n < "000000015000000" || n > "000000035000000") && (n < "000900000000000" || n > "000900100000000") {
		return "", fmt.Errorf("%s is an ISNI, not an ORCID", quote(s))
	}
	return fmt.Sprintf("%s-%s-%s-%s", digits[:4], digits[4:8], digits[8:12], digits[12:]), nil
}

// several reports whether a text is ORCIDs, more than one.
func several(s string) bool {
	words := strings.Fields(s)
	for _, w := range words {
		if !orcidWithin.MatchString(w) {
			return false
		}
	}
	return len(words) > 1
}

// cutORCIDs takes the ORCIDs, mistyped ones too, out of a text that says more:
// "Doe, Jane (0000-0002-1825-0097)".
func cutORCIDs(s string) (rest string, ids []string) {
	if !orcidWithin.MatchString(plain(s)) {
		return s, nil
	}
	for rest = plain(s); ; {
		m := orcidWithin.FindStringIndex(rest)
		if m == nil {
			return rest, ids
		}
		ids = append(ids, rest[m[0]:m[1]])
		rest = around(rest[:m[0]], rest[m[1]:])
	}
}

// around joins what stands before and behind an identifier, without what separated
// it from them.
func around(before, behind string) string {
	const ends, begins = " ,;:=|([{<\"“„‘'-–—", " ,;:=|)]}>"
	before = strings.TrimRight(before, ends)
	behind = strings.TrimLeft(behind, begins+"\"”“’'-–—.")
	return strings.TrimLeft(strings.TrimRight(before+" "+behind, ends), begins)
}

// mod11 is the check digit of ISO 7064, MOD 11-2.
func mod11(digits string) byte {
	total := 0
	for i := range len(digits) {
		total = (total + int(digits[i]-'0')) * 2
	}
	return "0123456789X"[(12-total%11)%11]
}

// likeORCID is generous, so that a mistyped one is told as a mistake and does
// not become an affiliation.
func likeORCID(s string) bool {
	s = bare(plain(s))
	if low := strings.ToLower(s); strings.Contains(low, "orcid") || strings.HasPrefix(low, "isni") {
		return true
	}
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n >= 11 && orcidChars.MatchString(s)
}

// ROR returns the bare ROR id (05a28rw58) of s, in whatever spelling it was
// pasted; "" where s is none, its checksum (ISO 7064, MOD 97-10) included.
func ROR(s string) string {
	t := bare(unescape(plain(s)))
	id := strings.ToLower(bare(cutAddress(t[len(rorPrefix.FindString(t)):])))
	if !rorForm.MatchString(id) {
		return ""
	}
	n := 0
	for _, r := range id[:7] {
		n = n*32 + strings.IndexRune("0123456789abcdefghjkmnpqrstvwxyz", r)
	}
	if fmt.Sprintf("%02d", 98-n*100%97) != id[7:] {
		return ""
	}
	return id
}

// likeROR is generous, as likeORCID is.
func likeROR(s string) bool {
	s = bare(plain(s))
	low := strings.ToLower(s)
	if strings.Contains(low, "ror.org") || strings.HasPrefix(low, "ror:") {
		return true
	}
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return rorLike.MatchString(s) && digits >= 3 && digits < len(s) && !letters.MatchString(s)
}

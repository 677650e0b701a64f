package safetext

import (
	"net/url"
	"regexp"
	"strings"
)

// opensBIS matches what opens openBIS to whoever reads it: personal access tokens,
// session tokens (user-yymmddhhmmssmmmx + 32 hex digits), and parameters of
// addresses that hold one.
const opensBIS = `(?i)(?:\$|%24)pat-[^\s"'&<>]+|[\w.@+-]+-\d{12,18}x[0-9a-f]{16,}|sessionID=[^\s"'&<>]+`

var sessions = regexp.MustCompile(opensBIS)

// secrets matches what must never be seen: what opens openBIS, bearer tokens, token
// parameters of addresses, bare Zenodo tokens (60 characters), and the user and
// password of an address.
var secrets = regexp.MustCompile(opensBIS +
	`|access_token=[^\s"'&<>]+|bearer\s+[\w.~+/-]+=*|\b[A-Za-z0-9]{60}\b|//[^\s"'<>@/?#]*:[^\s"'<>@]*@`)

// Redact replaces everything in s that is shaped like a token by "[secret]".
// It is the last line of defence before a log or an error: secrets are kept
// out of both in the first place.
func Redact(s string) string {
	if !suspicious(s) {
		return s
	}
	return secrets.ReplaceAllString(s, "[secret]")
}

// Safe is a text of any origin as one line for a screen, a journal and a log:
// without what steers a terminal and without secrets.
func Safe(s string) string { return Redact(Line(s)) }

// suspicious reports whether secrets may match at all. It costs a hundredth of the
// expression, which every text of a plan goes through, and errs on the safe side.
func suspicious(s string) bool {
	var digits, word int // how many of them end here
	slashes, at := false, false
	for i := range len(s) {
		c := s[i]
		digit := c >= '0' && c <= '9'
		if digit {
			digits++
		} else {
			digits = 0
		}
		if digit || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 {
			word++
		} else {
			word = 0
		}
		switch {
		case digits >= 12, word >= 60:
			return true
		case c == '/':
			slashes = slashes || i > 0 && s[i-1] == '/'
		case c == '@':
			at = true
		case c == '=' && i > 0 && (s[i-1]|0x20 == 'd' || s[i-1]|0x20 == 'n'), // sessionID=, access_token=
			c == '-' && i >= 3 && strings.EqualFold(s[i-3:i], "pat"),
			c <= ' ' && i >= 6 && strings.EqualFold(s[i-6:i], "bearer"):
			return true
		}
	}
	return slashes && at
}

// RedactSessions replaces what opens openBIS by "[secret]", in a text of any length
// that is data: what is shaped like a token of another kind stays, since a line of a
// sequence has 60 letters, too. Most texts hold nothing of the kind, which is seen
// without the search.
func RedactSessions(s string) string {
	low := strings.ToLower(s)
	// The expression takes ſ for s.
	if !strings.Contains(low, "pat-") && !strings.Contains(low, "ionid=") && !holdsSession(low) {
		return s
	}
	return sessions.ReplaceAllString(s, "[secret]")
}

// holdsSession tells whether twelve digits, an x and sixteen hexadecimal digits
// stand somewhere.
func holdsSession(low string) bool {
	for at := 12; ; at++ {
		i := strings.IndexByte(low[min(at, len(low)):], 'x')
		if i < 0 {
			return false
		}
		if at += i; at+16 < len(low) && all(low[at-12:at], "0123456789") && all(low[at+1:at+17], "0123456789abcdef") {
			return true
		}
	}
}

func all(s, of string) bool { return strings.Trim(s, of) == "" }

// Secrets returns everything in s that is shaped like a token, as Redact sees it.
func Secrets(s string) []string {
	if !suspicious(s) {
		return nil
	}
	return secrets.FindAllString(s, -1)
}

// Without takes the given secrets out of a text, also as they stand in an address.
func Without(s string, secrets ...string) string {
	for _, secret := range secrets {
		if len(secret) < 4 {
			continue
		}
		s = strings.ReplaceAll(s, secret, taken)
		s = strings.ReplaceAll(s, url.QueryEscape(secret), taken)
	}
	return s
}

// taken stands where a secret was.
const taken = "[secret]"

// tags are what is not text in a page.
var tags = regexp.MustCompile(`<[^>]*>`)

// PageText is the text of a page that a server sent instead of an answer, on one line.
func PageText(page string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(page, " ")), " ")
}

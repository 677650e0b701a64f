package safetext

import (
	"regexp"
	"slices"
	"strings"
)

// secrets matches what must never be seen: openBIS session tokens
// (user-yymmddhhmmssmmmx + 32 hex digits) and personal access tokens, bearer
// tokens, token parameters of addresses, bare Zenodo tokens (60 characters), and
// the user and password of an address.
var secrets = regexp.MustCompile(`(?i)(\$|%24)pat-[^\s"'&<>]+|[\w.@+-]+-\d{12,18}x[0-9a-f]{16,}|` +
	`(sessionID|access_token)=[^\s"'&<>]+|bearer\s+[\w.~+/-]+=*|\b[A-Za-z0-9]{60}\b|//[^\s"'<>@/?#]*:[^\s"'<>@]*@`)

// Redact replaces everything in s that is shaped like a token by "[secret]".
// It is the last line of defence before a log or an error: secrets are kept
// out of both in the first place.
func Redact(s string) string {
	if !suspicious(s) {
		return s
	}
	return secrets.ReplaceAllString(s, "[secret]")
}

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

// Secrets returns everything in s that is shaped like a token, as Redact sees it.
func Secrets(s string) []string {
	if !suspicious(s) {
		return nil
	}
	return secrets.FindAllString(s, -1)
}

// WithoutSecrets returns an environment ("NAME=value" each) for a child process:
// without our passwords and tokens, which are no business of a browser.
func WithoutSecrets(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(v), "=")
		return strings.HasPrefix(name, "ZENOBIS_") && (strings.HasSuffix(name, "PASSWORD") || strings.HasSuffix(name, "TOKEN"))
	})
}

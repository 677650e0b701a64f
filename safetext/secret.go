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
func Redact(s string) string { return secrets.ReplaceAllString(s, "[secret]") }

// Secrets returns everything in s that is shaped like a token, as Redact sees it.
func Secrets(s string) []string { return secrets.FindAllString(s, -1) }

// WithoutSecrets returns an environment ("NAME=value" each) for a child process:
// without our passwords and tokens, which are no business of a browser.
func WithoutSecrets(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(v), "=")
		return strings.HasPrefix(name, "ZENOBIS_") && (strings.HasSuffix(name, "PASSWORD") || strings.HasSuffix(name, "TOKEN"))
	})
}

// Package doi knows the form of a DOI and where one leads. What a person may write
// for one is read in record.
package doi

import (
	"net/url"
	"regexp"
)

const host = "doi.org"

// Resolver begins the addresses of all DOIs.
const Resolver = "https://" + host + "/"

var form = regexp.MustCompile(`^10\.\d{4,9}(?:\.\d+)*/\S+$`)

// Is reports whether s is a DOI and nothing else.
func Is(s string) bool { return form.MatchString(s) }

// Address is where a DOI resolves.
func Address(doi string) string {
	return (&url.URL{Scheme: "https", Host: host, Path: doi}).String()
}

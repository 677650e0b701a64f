package zenodo

import (
	"regexp"
	"strings"
)

// RecordPage is the address of a record's page on a server, as people see it once
// the record is published.
func RecordPage(server, id string) string { return server + "/records/" + id }

// pageForm is a record's page, or one below it, as a browser shows it.
var pageForm = regexp.MustCompile(`^(?:https?://)?([^/?#]+)/(?:[^?#]*/)?(?:records?|uploads|deposit)/([^/?#]+)(?:[/?#].*)?$`)

// ParseRecordPage takes the address of a record or draft apart: the host, with its
// port, and the id.
func ParseRecordPage(address string) (host, id string, ok bool) {
	m := pageForm.FindStringSubmatch(address)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// CommunityOf is the slug in the address of a community's page; ok is false for any
// other text.
func CommunityOf(address string) (slug string, ok bool) {
	_, rest, ok := strings.Cut(address, "/communities/")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest, ok
}

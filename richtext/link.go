package richtext

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"zenobis/doi"
	"zenobis/openbis"
	"zenobis/safetext"
)

var (
	doiPrefix  = regexp.MustCompile(`^(?i:doi:\s*)`)
	hostLink   = regexp.MustCompile(`^(?i:www\.)[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}(?:[:/?#]\S*)?$`)
	schemeLink = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9+.-]*):`)
)

// Link returns an address that may stand in a page: absolute, and without
// somebody's session or password. What can't be one is told as a mark, so that no
// target is lost without a word: "" for places in the same text.
func Link(href string) (address, mark string) {
	href = strings.TrimSpace(safetext.Text(href))
	switch {
	case href == "" || strings.HasPrefix(href, "#"):
		return "", ""
	case hostLink.MatchString(href):
		href = "https://" + href
	case strings.HasPrefix(href, "//"):
		href = "https:" + href
	default:
		if bare := doiPrefix.ReplaceAllString(href, ""); doi.Is(bare) {
			if s, err := url.PathUnescape(bare); err == nil {
				bare = s
			}
			href = doi.Address(bare)
		}
	}
	u, err := url.Parse(href)
	inside := strings.Contains(strings.ToLower(href), "sessionid=") || safetext.RedactSessions(href) != href ||
		strings.Contains(href, "/file-service/")
	scheme := schemeLink.FindStringSubmatch(href)
	switch {
	case strings.HasPrefix(href, `\\`): // a share of the lab's network
		return "", strings.Join(strings.Fields(href), " ")
	case inside || err == nil && u.User != nil:
		return "", "link within openBIS"
	case scheme == nil:
		if id := openbis.FindPermID(href); id != "" {
			return "", "in openBIS: " + id
		}
		return "", "link within openBIS"
	}
	switch low := strings.ToLower(scheme[1]); {
	case slices.Contains([]string{"javascript", "vbscript", "data", "blob", "about"}, low):
		return "", ""
	case slices.Contains([]string{"http", "https", "ftp"}, low):
		if err != nil || u.Host == "" {
			return "", strings.Join(strings.Fields(href), " ")
		}
		return u.String(), ""
	case low == "mailto" && err == nil:
		return u.String(), ""
	}
	return "", strings.Join(strings.Fields(href), " ")
}

package names

import (
	"path"
	"strings"

	"zenobis/wire"
)

// Href is the percent-encoded path from a page to another file of the tree.
func Href(from, to string) string { return Encode(Relative(from, to)) }

// Relative is the readable path from a page to another file of the tree.
func Relative(from, to string) string {
	a, b := strings.Split(path.Dir(from), "/"), strings.Split(to, "/")
	if a[0] == "." {
		a = nil
	}
	common := 0
	for common < len(a) && common < len(b)-1 && a[common] == b[common] {
		common++
	}
	return strings.Repeat("../", len(a)-common) + strings.Join(b[common:], "/")
}

// Encode percent-encodes a path as a relative reference (RFC 3986, RFC 3987):
// letters of all scripts stay, blanks and what has a meaning do not.
func Encode(p string) string {
	return wire.Percent(strings.ToValidUTF8(p, "\uFFFD"), func(c byte) bool {
		return wire.Unreserved(c) || c >= 0x80 || strings.IndexByte("!$'()*+,;=@/&", c) >= 0
	})
}

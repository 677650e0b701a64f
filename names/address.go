package names

import (
	"path"
	"strings"
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
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	p = strings.ToValidUTF8(p, "\uFFFD")
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80, strings.IndexByte("-._~!$'()*+,;=@/&", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

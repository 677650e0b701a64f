package wire

import "strings"

// EscapePath makes a path part of an address: everything is percent-encoded but
// unreserved characters and the slashes between its parts (RFC 3986, 2.3).
func EscapePath(path string) string {
	return Percent(path, func(c byte) bool { return Unreserved(c) || c == '/' })
}

// Percent percent-encodes the bytes of s that keep does not keep.
func Percent(s string, keep func(byte) bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; keep(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// Unreserved reports whether a byte means itself in every part of an address.
func Unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

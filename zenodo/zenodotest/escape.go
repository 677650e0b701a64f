package zenodotest

import "net/url"

// escapeKey writes a file name into a link as the site does: blanks, %, ?, #,
// non-ASCII and the like encoded, "/ & = + ' * : ;" left (reference 3.2).
func escapeKey(key string) string {
	const keep = "-._~/&=+'*:;!$(),@"
	out := make([]byte, 0, len(key))
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || indexByte(keep, c) {
			out = append(out, c)
			continue
		}
		out = append(out, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
	}
	return string(out)
}

func indexByte(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}

// escapeQuery writes a value into the query of a link.
func escapeQuery(v string) string { return url.QueryEscape(v) }

// Package names gives everything in a package its place: names and paths that
// every disk takes and that follow from an entity alone, the addresses by which
// pages and crate refer to them, and their media types.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Safe returns one part of a path made from a name: no separators, nothing that
// Windows refuses, no control or direction characters, single blanks, NFC,
// without dots and blanks at its ends; "_" where nothing is left.
func Safe(name string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case invisible(r) && !joiner(r):
			return -1
		case refused(r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	// Composing may put together what stood apart, and dropping may bring it together.
	s = norm.NFC.String(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " "))
	return notReserved(strings.Trim(s, " ."))
}

// safePart replaces what is unsafe in one part of a data file's path and leaves
// the rest as it is spelled.
func safePart(p string) string {
	s := strings.Map(func(r rune) rune {
		if refused(r) || invisible(r) && !joiner(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(p, "_"))
	if t := strings.TrimRight(s, " ."); t != s {
		s = t + strings.Repeat("_", len(s)-len(t))
	}
	return notReserved(s)
}

// notReserved is a part that is neither empty nor a name that Windows keeps.
func notReserved(s string) string {
	if s == "" || reserved(s) {
		return "_" + s
	}
	return s
}

// refused reports characters that separate parts or that Windows does not take.
func refused(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r)
}

// joiner reports characters that belong to the spelling of real scripts and emoji.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// invisible reports control, direction, zero-width and other format characters,
// private and surrogate ones, and separators of lines.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// reserved reports whether Windows keeps a name for a device, whatever its extension.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch u := strings.ToUpper(strings.TrimRight(stem, " ")); u {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	default:
		rest, ok := strings.CutPrefix(u, "COM")
		if !ok {
			rest, ok = strings.CutPrefix(u, "LPT")
		}
		return ok && (len(rest) == 1 && rest[0] >= '0' && rest[0] <= '9' || rest == "¹" || rest == "²" || rest == "³")
	}
}

// Shorten cuts at a rune's border to at most n bytes.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n = max(n, 0); n > 0 && !utf8.RuneStart(s[n]); n-- {
	}
	return s[:n]
}

// Fold makes names equal that some disk takes for the same: it folds case in full
// (Unicode 3.13), "straße" and "STRASSE" alike.
func Fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(strings.ToLower(strings.ToUpper(s)))))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Hash is the beginning of a text's SHA-256, in hex digits.
func Hash(s string, digits int) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])[:digits]
}

// Hash64 is a short hash for tables of many names; it is no proof against intent.
func Hash64(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

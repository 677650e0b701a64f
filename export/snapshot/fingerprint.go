package snapshot

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Prefixes of fingerprints where they stand among other identifiers; the number is
// that of their making.
const (
	FingerprintPrefix = "zenobis-entries-1:"
	SourcePrefix      = "zenobis-source-1:"
)

// fingerprint names what a package holds of openBIS without reading its data: a
// SHA-256 over its entries in their order, each with path, bytes, CRC-32 and time.
// Two data packages of one name with the same fingerprint have the same bytes. It
// is "" where openBIS does not know a CRC-32.
//
// The second one, of a ZIP, has in place of its pages what they are made from: it
// stays the same where another version of the program makes other pages of it.
func (s *Snapshot) fingerprint(p *Pack) (entries, source string, err error) {
	if p.List == "" {
		return "", "", nil
	}
	all, from := sha256.New(), sha256.New()
	w, of := bufio.NewWriter(all), bufio.NewWriter(from)
	unknown := false
	fmt.Fprintf(w, "%s\t%s\n", p.Kind, p.Prefix)
	fmt.Fprintf(of, "%s\t%s\t%s\n", p.Kind, p.Prefix, p.Model)
	p.Newest = 0
	err = s.entries(p, func(_ int, e *Entry) error {
		p.Newest = max(p.Newest, e.T)
		noSum := e.U && e.S > 0
		unknown = unknown || noSum
		_, err := fmt.Fprintf(w, "%q\t%d\t%08x\t%d\n", e.N, e.S, e.C, e.T)
		if err == nil && !e.Page {
			_, err = fmt.Fprintf(of, "%q\t%d\t%08x\t%d\t%t\n", e.N, e.S, e.C, e.T, noSum)
		}
		return err
	})
	if err = cmp.Or(err, w.Flush(), of.Flush()); err != nil {
		return "", "", err
	}
	if !unknown {
		entries = FingerprintPrefix + hex.EncodeToString(all.Sum(nil))
	}
	if p.Kind == ZIP && p.Model != "" {
		source = SourcePrefix + hex.EncodeToString(from.Sum(nil))
	}
	return entries, source, nil
}

// IsFingerprint reports whether a text among identifiers is a fingerprint.
func IsFingerprint(s string) bool { return strings.HasPrefix(s, FingerprintPrefix) }

// IsSource reports whether a text among identifiers is a fingerprint of data and of
// what the pages are made from.
func IsSource(s string) bool { return strings.HasPrefix(s, SourcePrefix) }

package snapshot

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// FingerprintPrefix begins the fingerprint of a package where it stands among other
// identifiers; the number is that of its making.
const FingerprintPrefix = "zenobis-entries-1:"

// fingerprint names what a package holds of openBIS without reading its data: a
// SHA-256 over its entries in their order, each with path, bytes, CRC-32 and time.
// Two data packages of one name with the same fingerprint have the same bytes. It
// is "" where openBIS does not know a CRC-32.
func (s *Snapshot) fingerprint(p *Pack) (string, error) {
	if p.List == "" {
		return "", nil
	}
	sum := sha256.New()
	w := bufio.NewWriter(sum)
	unknown := false
	fmt.Fprintf(w, "%s\t%s\n", p.Kind, p.Prefix)
	p.Newest = 0
	err := s.entries(p, func(_ int, e *Entry) error {
		p.Newest = max(p.Newest, e.T)
		unknown = unknown || e.U && e.S > 0
		_, err := fmt.Fprintf(w, "%q\t%d\t%08x\t%d\n", e.N, e.S, e.C, e.T)
		return err
	})
	if err == nil {
		err = w.Flush()
	}
	if err != nil || unknown {
		return "", err
	}
	return FingerprintPrefix + hex.EncodeToString(sum.Sum(nil)), nil
}

// IsFingerprint reports whether a text among identifiers is a fingerprint.
func IsFingerprint(s string) bool { return strings.HasPrefix(s, FingerprintPrefix) }

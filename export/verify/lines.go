package verify

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"zenobis/openbis"
)

// manifestReader takes a manifest as sha256sum reads it: a hash, a blank, a
// blank or star, a path. A line that begins with a backslash has its path
// escaped.
type manifestReader struct {
	rest  []byte
	lines []promise
}

func newManifestReader() *manifestReader { return &manifestReader{} }

// Write implements io.Writer.
func (m *manifestReader) Write(p []byte) (int, error) {
	m.rest = append(m.rest, p...)
	for {
		i := bytes.IndexByte(m.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		m.line(string(m.rest[:i]))
		m.rest = m.rest[i+1:]
	}
}

func (m *manifestReader) end() {
	if len(m.rest) > 0 {
		m.line(string(m.rest))
		m.rest = nil
	}
}

func (m *manifestReader) line(s string) {
	escaped := strings.HasPrefix(s, `\`)
	s = strings.TrimPrefix(s, `\`)
	const n = 2 * sha256.Size
	if len(s) < n+3 || s[n] != ' ' {
		return
	}
	p := s[n+2:]
	if escaped {
		p = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(p)
	}
	m.lines = append(m.lines, promise{path: p, sum: strings.ToLower(s[:n])})
}

func sortedKeys(m map[string]openbis.File) []string { return slices.Sorted(maps.Keys(m)) }

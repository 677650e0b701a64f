package verify

import (
	"bytes"
	"maps"
	"slices"

	"zenobis/names"
	"zenobis/openbis"
)

// manifestReader takes a manifest line by line.
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
	if sum, path, ok := names.ParseSumLine(s); ok {
		m.lines = append(m.lines, promise{path: path, sum: sum})
	}
}

func sortedKeys(m map[string]openbis.File) []string { return slices.Sorted(maps.Keys(m)) }

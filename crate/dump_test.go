package crate

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"zenobis/names"
)

// TestDump writes the demo's package to a folder, for validators outside of Go:
// ZENOBIS_DUMP=folder go test -run Dump ./crate
func TestDump(t *testing.T) {
	dir := os.Getenv("ZENOBIS_DUMP")
	if dir == "" {
		t.Skip("ZENOBIS_DUMP is not set")
	}
	for name, eln := range map[string]bool{"crate": false, "eln": true} {
		l := demo(t)
		if eln {
			l = demoIn(t, names.NewELN())
		}
		write := func(path string, data []byte) {
			path = filepath.Join(dir, name, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		make := func(path string, f func(w io.Writer) error) {
			var b bytes.Buffer
			if err := f(&b); err != nil {
				t.Fatal(err)
			}
			write(path, b.Bytes())
			if path != names.Crate {
				l.files = append(l.files, FileNode{Path: path, Size: int64(b.Len()), SHA256: names.Hash(b.String(), 64)})
			}
		}
		for _, p := range l.paths() {
			write(p, l.content[p])
		}
		if !eln {
			l.packages = []PackageNode{{Name: "20240302092000000-6.zip", Size: 10, SHA256: unknownHash, Files: 2}, {Name: "metadata.zip", Size: 5}}
		}
		make("index.html", func(w io.Writer) error { return WriteIndex(w, demoFacts, l, 0) })
		make("omitted.txt", func(w io.Writer) error { return WriteOmitted(w, l) })
		make("README.md", func(w io.Writer) error { return WriteReadme(w, demoFacts, l, 0) })
		make(names.Crate, func(w io.Writer) error {
			if eln {
				return WriteELN(w, demoFacts, l, 0)
			}
			return WriteCrate(w, demoFacts, l, 0)
		})
		make("manifest-sha256.txt", func(w io.Writer) error { return WriteManifest(w, l) })
	}
}

package plan

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
	"zenobis/zenodo"
)

func planner(l *lab) *Planner {
	return &Planner{
		Catalog: l, Limits: zenodo.Limits{Bytes: 50e9, Files: 100}, Kind: zenodo.KindZenodo, Version: "1.0.0",
		Now: labTime.AddDate(1, 0, 0), ExportedBy: "Jane Doe",
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
}

// wanted asks for entities by kind:identifier, "!" in front excludes, "=" means only.
func wanted(t *testing.T, l *lab, what ...string) job.Request {
	t.Helper()
	var req job.Request
	for _, w := range what {
		mode := selection.All
		switch w[0] {
		case '!':
			mode, w = selection.Exclude, w[1:]
		case '=':
			mode, w = selection.Only, w[1:]
		}
		r, err := selection.Resolve(t.Context(), l, w)
		if err != nil {
			t.Fatal(err)
		}
		r.Mode = mode
		req.Selection.Rules = append(req.Selection.Rules, r)
	}
	req.Metadata = record.Metadata{Title: "A title", Creators: []record.Agent{{Family: "Doe", Given: "Jane"}}}
	return req
}

// plan makes a snapshot; limits and emptiness are no failure here.
func plan(t *testing.T, p *Planner, req job.Request) (*snapshot.Snapshot, *job.Plan) {
	t.Helper()
	dir := t.TempDir()
	pl, err := p.Plan(t.Context(), req, dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, pl
}

// pull writes all packages and checks their announced lengths.
func pull(t *testing.T, s *snapshot.Snapshot, feed snapshot.Feed, doi string) map[string][]byte {
	t.Helper()
	h := newSums()
	out := map[string][]byte{}
	for _, p := range s.Plan().Packages {
		var b bytes.Buffer
		err := s.WritePackage(t.Context(), &b, p.Name, snapshot.WriteOptions{Record: snapshot.Record{DOI: doi}, Feed: feed, Hashes: h})
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		if int64(b.Len()) != p.Bytes {
			t.Errorf("%s: %d bytes written, %d announced", p.Name, b.Len(), p.Bytes)
		}
		sum := sha256.Sum256(b.Bytes())
		if err := s.SetPackageHash(p.Name, hex.EncodeToString(sum[:])); err != nil {
			t.Fatal(err)
		}
		out[p.Name] = b.Bytes()
	}
	return out
}

// unpack puts all packages into one tree; the same file twice must be the same.
func unpack(t *testing.T, s *snapshot.Snapshot, packs map[string][]byte) map[string][]byte {
	t.Helper()
	keys := map[string]string{}
	if s.Plan().Layout == shape.LayoutFiles {
		err := s.Files("", func(r fetch.File) error {
			if r.Package != names.Metadata {
				keys[r.Package] = r.Entry
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tree := map[string][]byte{}
	put := func(name string, data []byte) {
		if have, ok := tree[name]; ok && !bytes.Equal(have, data) {
			t.Errorf("%s differs between packages", name)
		}
		tree[name] = data
	}
	for name, data := range packs {
		if !strings.HasSuffix(name, ".zip") && !strings.HasSuffix(name, ".eln") || keys[name] != "" {
			put(cmpOr(keys[name], name), data)
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range z.File {
			if strings.HasSuffix(f.Name, "/") {
				continue // see TestEachEntityHasAFolder
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil {
				t.Fatalf("%s in %s: %v", f.Name, name, err)
			}
			put(f.Name, content)
		}
	}
	return tree
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// content is what the tree holds of the lab itself.
func content(tree map[string][]byte) map[string]string {
	out := map[string]string{}
	for name, data := range tree {
		switch {
		case strings.HasPrefix(name, "manifests/"), name == names.Readme, name == names.Crate, name == "manifest-sha256.txt":
		default:
			out[name] = string(data)
		}
	}
	return out
}

// sameTree compares what two layouts unpack to. In layout "files" the pages of data
// sets link to the files by their keys, so their bytes are their own.
func sameTree(a, b map[string]string, layout shape.Layout) bool {
	return maps.EqualFunc(a, b, func(x, y string) bool {
		return x == y || layout == shape.LayoutFiles && (strings.Contains(x, "original/") || strings.Contains(x, "original--"))
	})
}

// checkManifest holds the manifest against the tree.
func checkManifest(t *testing.T, s *snapshot.Snapshot, tree map[string][]byte) {
	t.Helper()
	keys := map[string]string{}
	if s.Plan().Layout == shape.LayoutFiles {
		s.Files("", func(r fetch.File) error { keys[r.Entry] = r.Package; return nil })
	}
	want := map[string]string{}
	for name, data := range tree {
		if name == "manifest-sha256.txt" || strings.HasPrefix(name, "manifests/") {
			continue
		}
		sum := sha256.Sum256(data)
		if k := keys[name]; k != "" && k != names.Metadata {
			name = k
		}
		want[name] = hex.EncodeToString(sum[:])
	}
	got := map[string]string{}
	for line := range strings.Lines(string(tree["manifest-sha256.txt"])) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			t.Errorf("manifest line %q", line)
		}
		if _, twice := got[name]; twice {
			t.Errorf("%s twice in the manifest", name)
		}
		got[name] = sum
	}
	if !maps.Equal(want, got) {
		t.Errorf("manifest does not fit: %d lines, %d files", len(got), len(want))
		for n, h := range want {
			if got[n] != h {
				t.Errorf("  %s: %s, not %s", n, got[n], h)
			}
		}
	}
}

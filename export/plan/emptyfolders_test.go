package plan

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/shape"
)

// dirs tells a lab's data set directories, as a data store lists them.
func (l *lab) dirs(ds *openbis.Entity, paths ...string) {
	for _, p := range paths {
		l.files[ds.PermID] = append(l.files[ds.PermID], openbis.File{Path: p, Dir: true})
	}
}

// Empty directories of a data set are part of the tree in every layout, and never
// change what a file is called. Whatever is not empty follows from its files.
func TestEmptyFoldersAreKept(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "Experiment")
	whole := l.dataSet(l.object(co, "S1", "Step"), "Whole", map[string][]byte{
		"original/a/x.csv": bytes.Repeat([]byte("x"), 700), "original/a-b.csv": bytes.Repeat([]byte("y"), 700),
		"original/empty.txt": nil, "original/clash": []byte("c"),
	})
	l.dirs(whole, "original", "original/a", "original/a/inner", "original/void", "original/deep", "original/deep/deeper",
		"original/Clash", "original/q:?")
	bare := l.dataSet(co, "Bare", nil)
	l.dirs(bare, "original", "original/nothing")
	part := l.dataSet(co, "Part", map[string][]byte{"original/t/a.csv": []byte("a"), "original/t2/b.bin": []byte("b"), "c.csv": []byte("c")})
	l.dirs(part, "original", "original/t", "original/t2", "original/t3", "u3")

	for _, c := range []struct {
		layout shape.Layout
		crate  shape.Crate
		part   int64
		glob   string
		want   []string // behind the data set's folder
	}{
		{layout: shape.LayoutSingle}, {layout: shape.LayoutPerDataSet}, {layout: shape.LayoutPerDataSet, part: 800}, {layout: shape.LayoutFiles},
		{layout: shape.LayoutSingle, crate: "eln"},
		{layout: shape.LayoutSingle, glob: "*.csv", want: []string{}},
		{layout: shape.LayoutPerDataSet, glob: "t*", want: []string{"original/t3/"}}, // t2 is not empty in openBIS
	} {
		t.Run(fmt.Sprint(c.layout, c.crate, c.part, c.glob), func(t *testing.T) {
			req := wanted(t, l, "space:LAB")
			req.Layout, req.Crate, req.PartSize = c.layout, c.crate, c.part
			if c.glob != "" {
				req.Selection.Files = []selection.FileRule{{DataSet: part.PermID, Glob: c.glob}}
			}
			s, p := plan(t, planner(l), req)
			packs := pull(t, s, l, "10.5281/zenodo.1")
			got := map[string][]string{}
			for name, data := range packs {
				if !strings.HasSuffix(name, ".zip") && !strings.HasSuffix(name, ".eln") || strings.Contains(name, "--") {
					continue
				}
				z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range z.File {
					for _, ds := range []*openbis.Entity{whole, bare, part} {
						at := ds.Name + " (" + ds.Code + ")/"
						if c.crate == "eln" {
							at = "/" + ds.Code + "--"
						}
						if _, in, ok := strings.Cut(f.Name, at); ok && in != "" && strings.HasSuffix(in, "/") {
							got[ds.Name] = append(got[ds.Name], in)
						}
					}
				}
			}
			for _, list := range got {
				slices.Sort(list)
			}
			want := map[string][]string{
				"Whole": {"original/Clash~", "original/a/inner/", "original/deep/deeper/", "original/q__~", "original/void/"},
				"Bare":  {"original/nothing/"},
				"Part":  {"original/t3/", "u3/"},
			}
			if c.want != nil {
				want["Part"] = c.want
			}
			for name, list := range want {
				if c.crate == "eln" {
					for i := range list {
						list[i] = strings.Replace(strings.ReplaceAll(strings.TrimSuffix(list[i], "/"), "/", "--"), "~", "-", 1)
					}
				}
				if !slices.EqualFunc(got[name], list, func(have, want string) bool { return strings.HasPrefix(have, want) }) {
					t.Errorf("%s has the folders %q, want %q", name, got[name], list)
				}
			}
			if p.Files != 7-map[string]int{"*.csv": 1, "t*": 3}[c.glob] {
				t.Errorf("%d files: folders are none", p.Files)
			}
			tree := unpack(t, s, packs)
			if c.crate == "" {
				checkManifest(t, s, tree)
			}
			for name, body := range tree {
				if c.layout == shape.LayoutSingle && c.crate == "" && strings.HasSuffix(name, "Whole ("+whole.Code+").html") {
					if !bytes.Contains(body, []byte(`<li>void <span class="small">empty folder</span></li>`)) {
						t.Errorf("the page does not show the empty folder:\n%s", body)
					}
				}
			}
		})
	}
}

// A package without its empty folder is another package.
func TestEmptyFoldersAreInTheFingerprint(t *testing.T) {
	prints := map[string]bool{}
	for _, dirs := range [][]string{{"original"}, {"original", "original/void"}, {"original", "original/void2"}} {
		l := newLab()
		ds := l.dataSet(l.collection(l.project(l.space("LAB"), "P"), "E", ""), "", map[string][]byte{"original/a": []byte("a")})
		l.dirs(ds, dirs...)
		req := wanted(t, l, "space:LAB")
		req.Layout, req.Pages = shape.LayoutPerDataSet, []shape.Format{"txt"}
		_, p := plan(t, planner(l), req)
		prints[p.Packages[0].Fingerprint] = true
	}
	if len(prints) != 3 || prints[""] {
		t.Errorf("fingerprints %v", prints)
	}
}

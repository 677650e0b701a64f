package tree

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/selection"
)

// TestCountingWantedFiles is adding up one by one.
func TestCountingWantedFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	l := &listing{complete: true}
	for i := range 300 {
		l.files = append(l.files, FileEntry{Path: fmt.Sprintf("f%03d", i), Size: int64(i)})
	}
	for range 200 {
		c := &choice{bits: make([]uint64, len(l.files)/64+1)}
		wanted := make([]bool, len(l.files))
		for range 1 + r.IntN(6) {
			lo := r.IntN(len(l.files))
			hi := lo + r.IntN(len(l.files)-lo+1)
			want := r.IntN(2) == 0
			c.set(l, lo, hi, want)
			for i := lo; i < hi; i++ {
				wanted[i] = want
			}
		}
		var n int
		var bytes int64
		for i, w := range wanted {
			if w {
				n++
				bytes += l.files[i].Size
			}
		}
		if c.n != n || c.bytes != bytes {
			t.Fatalf("%d files of %d bytes are wanted, want %d of %d", c.n, c.bytes, n, bytes)
		}
		for range 50 {
			lo := r.IntN(len(l.files))
			hi := lo + r.IntN(len(l.files)-lo+1)
			n := 0
			for _, w := range wanted[lo:hi] {
				if w {
					n++
				}
			}
			if got := c.count(lo, hi); got != n {
				t.Fatalf("%d of %d to %d, want %d", got, lo, hi, n)
			}
		}
	}
}

// TestPatternsBeforeTheFiles are known: they are kept as they are, and become
// files as soon as these are listed.
func TestPatternsBeforeTheFiles(t *testing.T) {
	for name, c := range map[string]struct {
		globs    []string
		complete bool
		want     []string // patterns once the files are listed
		totals   Totals
		mark     Mark
	}{
		"some": {[]string{"raw/*.csv"}, true, []string{"raw/1.csv", "raw/2.csv"}, Totals{Rules: 1, DataSets: 1, Files: 2, Bytes: 3},
			Partly},
		"two patterns": {[]string{"raw/1.csv", "a.txt"}, true, []string{"/a.txt", "raw/1.csv"}, Totals{Rules: 1, DataSets: 1, Files: 2, Bytes: 9},
			Partly},
		"a folder":   {[]string{"raw/**"}, true, []string{"raw/**"}, Totals{Rules: 1, DataSets: 1, Files: 3, Bytes: 7}, Partly},
		"none":       {[]string{"*.pdf"}, true, nil, Totals{Rules: 1, DataSets: 1}, Partly},
		"no pattern": {[]string{"["}, true, []string{"["}, Totals{Rules: 1, DataSets: 1, BytesAtLeast: true, FilesAtLeast: true}, Partly},
		"of a list cut": {[]string{"raw/*.csv"}, false, []string{"raw/*.csv"}, Totals{Rules: 1, DataSets: 1, Files: 2, Bytes: 3,
			BytesAtLeast: true, FilesAtLeast: true}, Partly},
	} {
		tr, ids := lab(t)
		load(tr, key(openbis.KindObject, "o2"), sized("set", -1))
		sel := selection.Selection{Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindDataSet, PermID: "set"}}}
		for _, g := range c.globs {
			sel.Files = append(sel.Files, selection.FileRule{DataSet: "set", Glob: g})
		}
		tr.Restore(sel)
		unlisted := Totals{Rules: 1, DataSets: 1, BytesAtLeast: true, FilesAtLeast: true}
		if got := tr.Totals(); got != unlisted {
			t.Errorf("%s: before they are listed: totals %+v", name, got)
		}
		if got := tr.Patterns("set"); !slices.Equal(got, c.globs) {
			t.Errorf("%s: before they are listed: %q", name, got)
		}
		id, _ := tr.Find(key(openbis.KindDataSet, "set"))
		gen, _, _ := tr.Begin(id)
		tr.AddFiles(id, gen, []FileEntry{{"raw/1.csv", 1}, {"raw/2.csv", 2}, {"raw/3", 4}, {"a.txt", 8}}, c.complete)
		if got := tr.Patterns("set"); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := tr.Totals(); got != c.totals {
			t.Errorf("%s: totals %+v, want %+v", name, got, c.totals)
		}
		if tr.Mark(id) != c.mark || tr.Mark(ids["o2"]) != Partly {
			t.Errorf("%s: marked %d, above it %d", name, tr.Mark(id), tr.Mark(ids["o2"]))
		}
		// What is taken away is taken away whole.
		if tr.Drop(key(openbis.KindDataSet, "set")); len(tr.Selection().Files) != 0 || tr.Mark(ids["o2"]) != None {
			t.Errorf("%s: left %v, above it %d", name, tr.Selection(), tr.Mark(ids["o2"]))
		}
		if tr.Undo(); !slices.Equal(tr.Patterns("set"), c.want) {
			t.Errorf("%s: taken back: %q", name, tr.Patterns("set"))
		}
	}
	if tr, _ := lab(t); tr.Patterns("d1") != nil {
		t.Error("patterns of what was not chosen from")
	}
}

// TestAChoiceBeforeItsDataSet is loaded makes what is above it partial.
func TestAChoiceBeforeItsDataSet(t *testing.T) {
	tr, ids := lab(t)
	tr.Restore(selection.Selection{
		Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindObject, PermID: "o2"}},
		Files: []selection.FileRule{{DataSet: "set", Glob: "a"}},
	})
	load(tr, key(openbis.KindObject, "o2"), sized("set", 100), sized("whole", 100))
	if got := tr.marks(ids, "C1 o2 o1"); got != "pp-" {
		t.Errorf("marks %s", got)
	}
	tr.Drop(key(openbis.KindDataSet, "set"))
	if got := tr.marks(ids, "C1 o2 o1"); got != "px-" {
		t.Errorf("without it: marks %s", got)
	}
}

// TestTakingFiles, one and many, does nothing twice.
func TestTakingFiles(t *testing.T) {
	tr, ids := lab(t)
	files := func() string {
		var out []string
		for _, f := range tr.Selection().Files {
			out = append(out, f.Glob)
		}
		return fmt.Sprint(len(tr.Rules()), " ", strings.Join(out, " "))
	}
	for _, c := range []struct {
		names string
		take  bool
		want  string
	}{
		{"a", true, "1 /a"}, {"a", true, "1 /a"}, {"a b", true, "1 /a /b"}, {"c", false, "1 /a /b"}, {"b c", false, "1 /a"},
		{"a", false, "0 "}, {"a b c", true, "1 "},
		{"b", false, "1 /a /c"}, {"d1", true, "1 "}, {"LAB", true, "1 "}, {"c", false, "1 /a /b"}, {"d1 a", false, "2 "},
		{"b", true, "1 /b"}, {"C1", false, "2 "},
		{"LAB", false, "0 "}, {"LAB a", false, "0 "},
	} {
		var list []ID
		for _, n := range strings.Fields(c.names) {
			list = append(list, ids[n])
		}
		tr.TakeAll(list, c.take)
		if got := files(); got != c.want {
			t.Errorf("%s taken %v: %q, want %q", c.names, c.take, got, c.want)
		}
	}
	if n, known := tr.CountFiles(ids["d1"]); n != 3 || !known {
		t.Errorf("%d files, %v", n, known)
	}
	if n, known := tr.CountFiles(ids["d2"]); n != 0 || known {
		t.Errorf("of what is not listed: %d files, %v", n, known)
	}
}

package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/shape"
)

func TestEveryLayoutUnpacksToTheSameTree(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("lab ", seed), func(t *testing.T) {
			l := seeded(seed)
			var first map[string]string
			for _, how := range []struct {
				layout shape.Layout
				part   int64
				limit  int
			}{
				{shape.LayoutSingle, 0, 100}, {shape.LayoutPerDataSet, 0, 1000}, {shape.LayoutPerDataSet, 2000, 1000},
				{shape.LayoutPerDataSet, 2000, 8}, {shape.LayoutPerDataSet, 0, 6}, {shape.LayoutFiles, 0, 1000}, {shape.LayoutAuto, 0, 100},
			} {
				p := planner(l)
				p.Limits.Files = how.limit
				req := wanted(t, l, "space:LAB0")
				req.Layout, req.PartSize = how.layout, how.part
				s, _ := plan(t, p, req)
				tree := unpack(t, s, pull(t, s, l, "10.5281/zenodo.1"))
				checkManifest(t, s, tree)
				got := content(tree)
				if first == nil {
					first = got
					continue
				}
				if !sameTree(first, got, s.Plan().Layout) {
					t.Errorf("%v: another tree: %v\nfirst %v", how, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(first)))
				}
			}
		})
	}
}

func TestTwoPlansAreTheSameBytes(t *testing.T) {
	layouts := []shape.Layout{shape.LayoutPerDataSet, shape.LayoutSingle, shape.LayoutFiles}
	if testing.Short() {
		layouts = layouts[:1]
	}
	for _, layout := range layouts {
		l := seeded(3)
		req := wanted(t, l, "space:LAB0")
		req.Layout = layout
		p := planner(l)
		p.Limits.Files = 1000
		a, _ := plan(t, p, req)
		first := pull(t, a, l, "10.5281/zenodo.1")
		l.rnd, l.onlyMe = nil, 1 // other pages
		slices.Reverse(l.list)   // another order
		b, _ := plan(t, p, req)
		second := pull(t, b, l, "10.5281/zenodo.1")
		if !maps.EqualFunc(first, second, bytes.Equal) {
			t.Errorf("%s: the second plan differs", layout)
		}
		if again := pull(t, a, l, "10.5281/zenodo.1"); !maps.EqualFunc(first, again, bytes.Equal) {
			t.Errorf("%s: sent again it differs", layout)
		}
	}
}

func TestLengthDoesNotDependOnTheDOI(t *testing.T) {
	l := seeded(4)
	req := wanted(t, l, "space:LAB0")
	req.Layout = shape.LayoutPerDataSet
	s, _ := plan(t, planner(l), req)
	for _, doi := range []string{"", "10.5281/zenodo.12345678", "10.99999/" + strings.Repeat("x", 50)} {
		packs := pull(t, s, l, doi) // compares with what was announced
		for _, name := range []string{names.Readme, names.Crate} {
			if doi != "" && !bytes.Contains(packs[name], []byte(doi)) {
				t.Errorf("%s does not name %s", name, doi)
			}
		}
		for name, data := range packs {
			if !s.NamesRecord(name) && doi != "" && bytes.Contains(data, []byte(doi)) {
				t.Errorf("%s names the DOI", name)
			}
		}
	}
}

// pagesOf tells which entities have a page in the plan, by code.
func pagesOf(t *testing.T, s *snapshot.Snapshot) []string {
	t.Helper()
	var codes []string
	err := s.Entities(func(e openbis.Entity) error {
		codes = append(codes, e.Code)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(codes)
	return codes
}

func TestBelow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	l := newLab()
	sp := l.space("LAB")
	other := l.space("OTHER")
	l.object(sp, "SPACEOBJ", "")
	pr := l.project(sp, "P")
	l.object(pr, "PROJOBJ", "")
	co := l.collection(pr, "E", "Name")
	co2 := l.collection(pr, "E2", "")
	a, b, c, d := l.object(co, "A", ""), l.object(co, "B", ""), l.object(co, "C", ""), l.object(co, "D", "")
	far := l.object(co2, "FAR", "")
	l.parent(b, a)
	l.parent(c, b)
	l.parent(a, c) // a cycle: a -> b -> c -> a
	l.parent(d, b)
	l.parent(far, a)
	op := l.project(other, "OP")
	oc := l.collection(op, "OE", "")
	reagent := l.object(oc, "REAGENT", "")
	l.parent(a, reagent)
	x := l.object(co, "X", "")
	y := l.object(co, "Y", "")
	z := l.object(co, "Z", "")
	l.parent(y, x)
	l.parent(z, y)
	l.types[openbis.KindObject] = map[string]openbis.EntityType{
		"EXPERIMENTAL_STEP": {Properties: []openbis.Assignment{{Code: "REF", DataType: "SAMPLE"}}},
	}
	z.Properties = map[string][]string{"REF": {far.PermID}}
	for _, tt := range []struct {
		what []string
		with func(*job.Request)
		want string
	}{
		{[]string{"space:LAB"}, nil, "A B C D E E2 FAR LAB P PROJOBJ SPACEOBJ X Y Z"},
		{[]string{"project:/LAB/P"}, nil, "A B C D E E2 FAR P PROJOBJ X Y Z"},
		{[]string{"collection:/LAB/P/E"}, nil, "A B C D E X Y Z"},
		{[]string{"object:/LAB/P/A"}, nil, "A B C D"},
		{[]string{"object:/LAB/P/X"}, nil, "X Y Z"},
		{[]string{"=object:/LAB/P/X"}, nil, "X"},
		{[]string{"=collection:/LAB/P/E"}, nil, "E"},
		{[]string{"object:/LAB/P/X", "!object:/LAB/P/Y"}, nil, "X"},
		{[]string{"collection:/LAB/P/E", "!object:/LAB/P/Y"}, nil, "A B C D E X"},
		{[]string{"collection:/LAB/P/E", "!object:/LAB/P/Y", "object:/LAB/P/Z"}, nil, "A B C D E X Z"},
		{[]string{"collection:/LAB/P/E", "!object:/LAB/P/X", "=object:/LAB/P/Y"}, nil, "A B C D E Y"},
		{[]string{"project:/LAB/P", "!collection:/LAB/P/E"}, nil, "E2 FAR P PROJOBJ"},
		{[]string{"project:/LAB/P", "=collection:/LAB/P/E"}, nil, "A B C D E E2 FAR P PROJOBJ X Y Z"},
		{[]string{"=object:/LAB/P/B"}, func(r *job.Request) { r.WithParents = true }, "A B C"},
		{[]string{"=object:/LAB/P/B"}, func(r *job.Request) { r.WithParents, r.OtherSpaces = true, true }, "A B C REAGENT"},
		{[]string{"=object:/LAB/P/A"}, func(r *job.Request) { r.WithChildren = true }, "A B C D FAR"},
		{[]string{"=object:/LAB/P/Z"}, func(r *job.Request) { r.WithReferences = true }, "FAR Z"},
		{[]string{"=object:/LAB/P/A", "!object:/LAB/P/FAR"}, func(r *job.Request) { r.WithChildren = true }, "A B C D"},
	} {
		t.Run(strings.Join(tt.what, " "), func(t *testing.T) {
			for _, size := range []int{0, 1} {
				l.onlyMe = size
				req := wanted(t, l, tt.what...)
				if tt.with != nil {
					tt.with(&req)
				}
				s, _ := plan(t, planner(l), req)
				if got := strings.Join(pagesOf(t, s), " "); got != tt.want {
					t.Errorf("pages of %d: got  %s\nwant %s", size, got, tt.want)
				}
			}
		})
	}
}

func TestSmallerPagesWhereAnAnswerIsTooBig(t *testing.T) {
	l := seeded(8)
	req := wanted(t, l, "space:LAB0")
	_, whole := plan(t, planner(l), req)
	l.most = 100
	if _, p := plan(t, planner(l), req); p.Entities != whole.Entities || p.Bytes != whole.Bytes {
		t.Errorf("%d entities, %d with large pages", p.Entities, whole.Entities)
	}
	l.most = 1
	if _, err := planner(l).Plan(t.Context(), req, t.TempDir()); err == nil {
		t.Error("a server that never answers is endured")
	}
}

func TestWhatCannotBeSentIsListed(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	file := map[string][]byte{"original/a.txt": []byte("a")}
	ok := l.dataSet(co, "", file)
	link := l.dataSet(co, "", file)
	link.Data.Kind = openbis.Link
	arch := l.dataSet(co, "", file)
	arch.Data.Status = "ARCHIVED"
	nowhere := l.dataSet(co, "", file)
	nowhere.Data.Store = openbis.DataStore{}
	silent := l.dataSet(co, "", file) // its store is where the configuration says, openBIS announces no address
	silent.Data.Store.URL = ""
	away := l.dataSet(co, "", file)
	l.fail[away.PermID] = fmt.Errorf("list: %w", openbis.ErrStoreURL)
	denied := l.dataSet(co, "", file)
	l.fail[denied.PermID] = openbis.ErrDenied
	empty := l.dataSet(co, "", nil)
	box := l.dataSet(co, "", nil)
	box.Data.Kind = openbis.Container
	box.Components = []openbis.Ref{ok.Ref, {Kind: openbis.KindDataSet, PermID: "GONE", Code: "GONE"}}

	req := wanted(t, l, "collection:/LAB/P/E")
	_, p := plan(t, planner(l), req)
	got := map[string]omission.Reason{}
	for _, o := range p.Omitted {
		got[o.Entity.PermID] = o.Reason
	}
	want := map[string]omission.Reason{
		link.PermID: "link", arch.PermID: "archived", nowhere.PermID: "other-data-store", away.PermID: "other-data-store",
		denied.PermID: "no-access", empty.PermID: "empty", "GONE": "missing",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if l.lists[link.PermID] != 0 {
		t.Error("the link data set was listed")
	}
	if p.DataSets != 2 || p.Files != 2 {
		t.Errorf("%d data sets, %d files", p.DataSets, p.Files)
	}
	req.Unarchive = true
	if _, p = plan(t, planner(l), req); !slices.Equal(p.Unarchive, []string{arch.PermID}) || p.DataSets != 3 {
		t.Errorf("to be unarchived: %v, %d data sets", p.Unarchive, p.DataSets)
	}
	for _, ends := range []error{openbis.ErrUnreachable, openbis.ErrShort, openbis.ErrNotOpenBIS, io.ErrUnexpectedEOF, openbis.ErrLogin} {
		l.fail[denied.PermID] = ends
		if _, err := planner(l).Plan(t.Context(), req, t.TempDir()); !errors.Is(err, ends) {
			t.Errorf("%v: %v", ends, err)
		}
	}
	l.fail[denied.PermID] = openbis.ErrSession
	if _, err := planner(l).Plan(t.Context(), req, t.TempDir()); !errors.Is(err, openbis.ErrSession) {
		t.Errorf("the session ended: %v", err)
	}
}

func TestContainerAloneBringsItsComponents(t *testing.T) {
	l := newLab()
	pr := l.project(l.space("LAB"), "P")
	a, b := l.collection(pr, "E", ""), l.collection(pr, "F", "")
	part := l.dataSet(b, "", map[string][]byte{"original/a.txt": []byte("a")})
	box, inner := l.dataSet(a, "", nil), l.dataSet(a, "", nil)
	box.Data.Kind, inner.Data.Kind = openbis.Container, openbis.Container
	box.Components = []openbis.Ref{inner.Ref}
	inner.Components = []openbis.Ref{part.Ref, box.Ref} // round and round
	s, p := plan(t, planner(l), wanted(t, l, "dataset:"+box.PermID))
	if p.DataSets != 1 || p.Files != 1 || p.Entities != 3 {
		t.Errorf("%+v", p)
	}
	var at string
	s.Files("", func(r fetch.File) error { at = r.Entry; return nil })
	if !strings.HasPrefix(at, "LAB/P/F/") {
		t.Errorf("the component is at %s", at)
	}
}

// TestSettingsAreNamed: an object of the ELN's own settings is left out with its
// reason, wherever it is.
func TestSettingsAreNamed(t *testing.T) {
	l := newLab()
	home := l.space("JDOE")
	co := l.collection(l.project(home, "P"), "E", "")
	l.object(co, "S", "")
	for _, in := range []*openbis.Entity{home, co} {
		l.object(in, "SETTINGS_"+in.Code, "").Type = "GENERAL_ELN_SETTINGS"
	}
	s, p := plan(t, planner(l), wanted(t, l, "space:JDOE"))
	if len(p.Omitted) != 2 || p.Omitted[0].Reason != "settings" || p.Omitted[1].Reason != "settings" {
		t.Errorf("left out: %+v", p.Omitted)
	}
	if got := pagesOf(t, s); slices.ContainsFunc(got, func(c string) bool { return strings.HasPrefix(c, "SETTINGS") }) {
		t.Errorf("pages: %v", got)
	}
}

func TestNothing(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	link := l.dataSet(co, "", map[string][]byte{"a": []byte("a")})
	link.Data.Kind = openbis.Link
	empty := l.dataSet(co, "", nil)
	for _, req := range []job.Request{
		{}, wanted(t, l, "!collection:/LAB/P/E"),
		wanted(t, l, "dataset:"+link.PermID), wanted(t, l, "dataset:"+empty.PermID),
		{Selection: selection.Selection{Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindObject, PermID: "GONE", Label: ""}}}},
		{Selection: selection.Selection{Rules: []selection.Rule{
			{Mode: selection.Exclude, Kind: openbis.KindSpace, PermID: "LAB"}, {Mode: selection.All, Kind: openbis.KindSpace, PermID: "LAB"},
		}}},
	} {
		_, err := planner(l).Plan(t.Context(), req, t.TempDir())
		if !errors.Is(err, ErrNothing) {
			t.Errorf("%v: %v", req.Selection.Rules, err)
		}
	}
}

func TestLimits(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	files := map[string][]byte{}
	for i := range 12 {
		files[fmt.Sprintf("original/%d.txt", i)] = []byte("content")
	}
	l.dataSet(co, "", files)
	req := wanted(t, l, "space:LAB")
	try := func(change func(*Planner, *job.Request)) (*job.Plan, error) {
		p, r := planner(l), req
		change(p, &r)
		return p.Plan(t.Context(), r, t.TempDir())
	}
	var le *LimitError
	pl, err := try(func(p *Planner, _ *job.Request) { p.Limits.Bytes = 1000 })
	if !errors.As(err, &le) || le.What != "bytes" || pl == nil || le.Have != pl.Bytes || le.Hint == "" || !errors.Is(err, ErrLimit) {
		t.Errorf("bytes: %v, plan %v", err, pl != nil)
	}
	if _, err = try(func(_ *Planner, r *job.Request) { r.MaxBytes = 500 }); !errors.As(err, &le) || !le.Lab {
		t.Errorf("lab's limit: %v", err)
	}
	pl, err = try(func(p *Planner, r *job.Request) { p.Limits.Files, r.Layout = 10, shape.LayoutFiles })
	if !errors.As(err, &le) || le.What != "files" || pl == nil {
		t.Errorf("files: %v", err)
	}
	if pl, err = try(func(p *Planner, r *job.Request) { p.Limits.Files = 10 }); err != nil || pl.Layout != shape.LayoutSingle {
		t.Errorf("auto does not fit: %v", err)
	}
}

func TestFileRules(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(
		co,
		"",
		map[string][]byte{"original/a.csv": []byte("a"), "original/b.txt": []byte("b"), "original/deep/er/c.csv": []byte("c")},
	)
	for glob, want := range map[string]int{"*.csv": 2, "original/*.csv": 1, "original/**/*.csv": 2, "**": 3, "deep/*": 0,
		"original/**": 3, "*.tif": 0} {
		req := wanted(t, l, "collection:/LAB/P/E")
		req.Selection.Files = []selection.FileRule{{DataSet: ds.PermID, Glob: glob}}
		if _, p := plan(t, planner(l), req); p.Files != want || (want == 0) != (len(p.Omitted) == 1) {
			t.Errorf("%s: %d files, want %d; %v", glob, p.Files, want, p.Omitted)
		}
	}
	req := job.Request{Selection: selection.Selection{Files: []selection.FileRule{{DataSet: ds.PermID, Glob: "*.txt"}}}}
	if _, p := plan(t, planner(l), req); p.Files != 1 {
		t.Errorf("files alone: %d", p.Files)
	}
}

func TestChecksumsThatAreNotThereYet(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	big := bytes.Repeat([]byte("0123456789"), 700_000)
	ds := l.dataSet(co, "", map[string][]byte{"original/a": []byte("a"), "original/big": big, "original/none": nil})
	var waited time.Duration
	p := planner(l)
	p.Now = ds.Registered.Add(9 * time.Minute)
	p.Sleep = func(_ context.Context, d time.Duration) error { waited += d; return nil }
	l.blank[ds.PermID] = 3
	req := wanted(t, l, "collection:/LAB/P/E")
	req.Layout = shape.LayoutSingle
	unknown := func(s *snapshot.Snapshot) (n int) {
		s.Files("", func(r fetch.File) error {
			if !r.File.HasCRC {
				n++
			}
			return nil
		})
		return n
	}
	s, _ := plan(t, p, req)
	if unknown(s) != 0 || waited != 15*time.Second || l.lists[ds.PermID] != 4 {
		t.Errorf("%d unknown after %v", unknown(s), waited)
	}
	l.blank[ds.PermID], waited = 1000, 0
	s, _ = plan(t, p, req)
	if unknown(s) != 2 || waited != time.Minute {
		t.Errorf("%d unknown after %v", unknown(s), waited)
	}
	p.Now, waited = ds.Registered.Add(10*time.Minute), 0
	s, _ = plan(t, p, req)
	if unknown(s) != 2 || waited != 0 {
		t.Errorf("an old one: %d unknown after %v", unknown(s), waited)
	}
	tree := unpack(t, s, pull(t, s, l, "")) // a is read whole, big gets a descriptor
	if !slices.ContainsFunc(slices.Collect(maps.Values(tree)), func(b []byte) bool { return bytes.Equal(b, big) }) {
		t.Error("big file is not in the package")
	}
}

func TestParts(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", map[string][]byte{
		"original/a": make([]byte, 400), "original/b": make([]byte, 400), "original/c": make([]byte, 3000), "original/d": make([]byte, 10)})
	req := wanted(t, l, "collection:/LAB/P/E")
	req.Layout, req.PartSize = shape.LayoutPerDataSet, 1000
	_, p := plan(t, planner(l), req)
	var got []string
	for _, k := range p.Packages {
		got = append(got, fmt.Sprintf("%s %d", strings.TrimPrefix(k.Name, ds.PermID), k.Files))
	}
	want := []string{".1of3.zip 2", ".2of3.zip 1", ".3of3.zip 1", "metadata.zip 0", "README.md 0", "ro-crate-metadata.json 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestOmit(t *testing.T) {
	for _, layout := range []shape.Layout{shape.LayoutSingle, shape.LayoutPerDataSet, shape.LayoutFiles} {
		l := newLab()
		co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
		first := l.dataSet(co, "", map[string][]byte{"original/a": []byte("aaa")})
		bad := l.dataSet(co, "", map[string][]byte{"original/a": []byte("a"), "original/b": []byte("bb")})
		req := wanted(t, l, "collection:/LAB/P/E")
		req.Layout = layout
		s, before := plan(t, planner(l), req)
		done := func(pkg string) bool { return layout != shape.LayoutSingle && pkg == before.Packages[0].Name }
		whole := pull(t, s, l, "")
		p, err := s.Omit(snapshot.OmitRequest{DataSet: bad.PermID, Path: "original/a", Reason: "corrupt", Message: "checksum differs"}, done)
		if err != nil {
			t.Fatal(err)
		}
		if p.Files != before.Files-1 || len(p.Omitted) != 1 || p.Omitted[0].File != "original/a" || p.DataSets != 2 {
			t.Errorf("%s: %+v", layout, p)
		}
		delete(l.bytes, bad.PermID+"original/a")
		again := pull(t, s, l, "")
		tree := unpack(t, s, again)
		checkManifest(t, s, tree)
		if !bytes.Contains(tree["omitted.txt"], []byte("original/a")) {
			t.Errorf("%s: omitted.txt: %s", layout, tree["omitted.txt"])
		}
		if name := before.Packages[0].Name; layout != shape.LayoutSingle && !bytes.Equal(whole[name], again[name]) {
			t.Errorf("%s: %s changed", layout, name)
		}
		if _, err := s.Omit(snapshot.OmitRequest{DataSet: first.PermID, Path: "original/a", Reason: "corrupt", Message: ""},
			done); (err == nil) != (layout == shape.LayoutSingle) {
			t.Errorf("%s: a file of a confirmed package: %v", layout, err)
		}
	}
}

func TestBrokenFileIsNamed(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", map[string][]byte{"original/a": []byte("good")})
	req := wanted(t, l, "collection:/LAB/P/E")
	req.Layout = shape.LayoutSingle
	s, _ := plan(t, planner(l), req)
	for _, now := range []string{"evil", "sho", ""} {
		l.bytes[ds.PermID+"original/a"] = []byte(now)
		err := s.WritePackage(t.Context(), io.Discard, "content.zip", snapshot.WriteOptions{Feed: l, Hashes: newSums()})
		var fe *snapshot.FileError
		if !errors.As(err, &fe) || fe.Ref.DataSet != ds.PermID || fe.Ref.File.Path != "original/a" {
			t.Errorf("%q: %v", now, err)
		}
	}
}

func TestSnapshotHoldsNoPersonalData(t *testing.T) {
	l := seeded(5)
	dir := t.TempDir()
	if _, err := planner(l).Plan(t.Context(), wanted(t, l, "space:LAB0"), dir); err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, data := range unpack(t, s, pull(t, s, l, "")) {
		for _, secret := range []string{"jdoe", "jane@lab.example"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		info, _ := os.Stat(path)
		if info.Mode().Perm()&0o077 != 0 && path != dir {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		if strings.HasSuffix(path, ".tmp") {
			t.Errorf("%s is left over", path)
		}
		return nil
	})
}

func TestLongListsAreSortedOnDisk(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", nil)
	for i := range 25_000 {
		l.files[ds.PermID] = append(l.files[ds.PermID], openbis.File{Path: fmt.Sprintf("original/%05d", (i*7919)%25_000), HasCRC: true})
	}
	s, p := plan(t, planner(l), wanted(t, l, "collection:/LAB/P/E"))
	n, last := 0, ""
	s.Files("", func(r fetch.File) error {
		if r.File.Path <= last {
			t.Fatalf("%s after %s", r.File.Path, last)
		}
		n, last = n+1, r.File.Path
		return nil
	})
	if n != 25_000 || p.Layout != shape.LayoutSingle {
		t.Errorf("%d files, layout %s", n, p.Layout)
	}
}

// TestLengthsThatCannotBe: sums of hostile lengths must not wrap and pass the limits.
func TestLengthsThatCannotBe(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", map[string][]byte{"original/a": nil, "original/b": nil, "original/c": nil})
	for i := range l.files[ds.PermID] {
		l.files[ds.PermID][i].Size = math.MaxInt64/2 - 1
	}
	_, err := planner(l).Plan(t.Context(), wanted(t, l, "collection:/LAB/P/E"), t.TempDir())
	if !errors.Is(err, failure.Limits) {
		t.Errorf("the plan ends with %v", err)
	}
}

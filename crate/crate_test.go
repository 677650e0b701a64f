package crate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"golang.org/x/net/html"

	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
)

func written(t testing.TB, write func(w io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// whole is the demo as per-dataset packages.
func whole(t testing.TB) *lab {
	l := demo(t, page.HTML, page.JSON, page.Text)
	l.packages = []PackageNode{{Name: "20240302092000000-6.zip", Size: 4096, SHA256: strings.Repeat("ab", 32), Files: 2},
		{Name: "metadata.zip", Size: 2048}}
	for _, f := range []string{"README.md", "index.html"} {
		l.files = append(l.files, FileNode{Path: f, Size: 7, SHA256: names.Hash(f, 64), Modified: day1})
	}
	return l
}

func TestWriters(t *testing.T) {
	l, eln := whole(t), demoIn(t, names.NewELN(), page.HTML, page.JSON, page.Text)
	for name, write := range map[string]func(io.Writer) error{
		"ro-crate": func(w io.Writer) error { return WriteCrate(w, demoFacts, l, 0) },
		"eln":      func(w io.Writer) error { return WriteELN(w, demoFacts, eln, 0) },
		"README":   func(w io.Writer) error { return WriteReadme(w, demoFacts, l, 0) },
		"index":    func(w io.Writer) error { return WriteIndex(w, demoFacts, l, 0) },
		"manifest": func(w io.Writer) error { return WriteManifest(w, l) },
		"omitted":  func(w io.Writer) error { return WriteOmitted(w, l) },
	} {
		t.Run(name, func(t *testing.T) {
			b := written(t, write)
			if !bytes.Equal(b, written(t, write)) {
				t.Error("two runs differ")
			}
			if name == "ro-crate" || name == "eln" {
				b = append(b, '\n')
			}
			golden.RequireEqual(t, b)
		})
	}
	index := written(t, func(w io.Writer) error { return WriteIndex(w, demoFacts, l, 0) })
	if doc, err := html.Parse(bytes.NewReader(index)); err != nil {
		t.Error(err)
	} else if again := written(t, func(w io.Writer) error { return html.Render(w, doc) }); bytes.Count(again,
		[]byte("<")) != bytes.Count(index, []byte("<")) {
		t.Error("the parser had to mend the index")
	}
}

// No length depends on the DOI, on whether there is one, or on hashes.
func TestLengthsAreKnownBeforehand(t *testing.T) {
	l := whole(t)
	unhashed := whole(t)
	for i := range unhashed.files {
		unhashed.files[i].SHA256 = unknownHash
	}
	unhashed.packages[0].SHA256 = unknownHash
	for name, w := range map[string]struct {
		slack int
		write func(io.Writer, Facts, Source, int64) error
	}{"README": {ReadmeSlack, WriteReadme}, "index": {IndexSlack, WriteIndex}, "ro-crate": {CrateSlack, WriteCrate}, "eln": {CrateSlack,
		WriteELN}} {
		l, unhashed := l, unhashed
		if name == "eln" {
			l, unhashed = demoIn(t, names.NewELN()), demoIn(t, names.NewELN())
			for i := range unhashed.files {
				unhashed.files[i].SHA256 = unknownHash
			}
		}
		length := func(f Facts, src Source) int64 {
			f.DOI, f.URL = "", ""
			return int64(len(written(t, func(to io.Writer) error { return w.write(to, f, src, 0) })) + w.slack)
		}
		t.Run(name, func(t *testing.T) {
			size := length(demoFacts, unhashed)
			for _, f := range []struct{ doi, url string }{
				{"10.5281/zenodo.1", ""}, {"10.5072/zenodo.123456789", ""}, {"10.1234/" + strings.Repeat("x", 56), ""}, {"", ""}, {"",
					"https://zenodo.org/records/1"},
				{"", "https://example.org/" + strings.Repeat("x", urlLength)}, {"10.1/x", "https://example.org/" + strings.Repeat("x", 500)},
			} {
				facts := demoFacts
				facts.DOI, facts.URL = f.doi, f.url
				if again := length(facts, l); again != size {
					t.Errorf("DOI %q: length %d, was %d", f.doi, again, size)
				}
				b := written(t, func(to io.Writer) error { return w.write(to, facts, l, size) })
				if int64(len(b)) != size {
					t.Errorf("DOI %q: %d bytes, counted %d", f.doi, len(b), size)
				}
				if f.doi != "" && !bytes.Contains(b, []byte("https://doi.org/"+f.doi)) {
					t.Errorf("DOI %q is not told", f.doi)
				}
				if name != "README" && name != "index" && !json.Valid(b) {
					t.Error("not JSON")
				}
			}
			facts := demoFacts
			facts.DOI = strings.Repeat("x", 500)
			if err := w.write(io.Discard, facts, l, size); err == nil {
				t.Error("a DOI beyond what was counted is taken")
			}
		})
	}
}

type jsonGraph struct {
	Context string           `json:"@context"`
	Graph   []map[string]any `json:"@graph"`
}

func graphOf(t testing.TB, b []byte) (jsonGraph, map[string]map[string]any) {
	t.Helper()
	var g jsonGraph
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, n := range g.Graph {
		id, _ := n["@id"].(string)
		if id == "" || n["@type"] == nil || byID[id] != nil {
			t.Errorf("node %q lacks an id of its own or a type", id)
		}
		if _, err := url.Parse(id); err != nil || strings.ContainsAny(id, " <>\"{}|\\^`") {
			t.Errorf("%q is no URI reference", id)
		}
		byID[id] = n
	}
	return g, byID
}

func refs(v any) (ids []string) {
	switch v := v.(type) {
	case map[string]any:
		if id, ok := v["@id"].(string); ok {
			ids = append(ids, id)
		}
	case []any:
		for _, x := range v {
			ids = append(ids, refs(x)...)
		}
	}
	return ids
}

// checkGraph holds a crate against the rules of RO-Crate 1.2 that no tool is
// needed for: flat, no reference into nothing, every data entity reached from
// the root, every path there.
func checkGraph(t testing.TB, l *lab, b []byte) map[string]map[string]any {
	t.Helper()
	g, byID := graphOf(t, b)
	if g.Context != crateContext {
		t.Errorf("context is %q", g.Context)
	}
	if g.Graph[0]["@id"] != names.Crate {
		t.Errorf("the first node is %q", g.Graph[0]["@id"])
	}
	for _, n := range g.Graph {
		for key, v := range n {
			if m, ok := v.(map[string]any); ok && len(m) != 1 {
				t.Errorf("%v.%s is nested", n["@id"], key)
			}
			for _, id := range refs(v) {
				if byID[id] == nil && key != "conformsTo" {
					t.Errorf("%v.%s refers to %q, which is not there", n["@id"], key, id)
				}
			}
			if v == "" || v == nil {
				t.Errorf("%v.%s is empty", n["@id"], key)
			}
		}
	}
	reached := map[string]bool{}
	var walk func(id string)
	walk = func(id string) {
		if !reached[id] {
			reached[id] = true
			for _, c := range refs(byID[id]["hasPart"]) {
				walk(c)
			}
		}
	}
	walk("./")
	paths, folders := map[string]bool{}, map[string]bool{}
	for _, f := range l.files {
		p := f.Path
		if f.Key != "" {
			p = f.Key
		}
		paths[p] = true
		for i, r := range p {
			if r == '/' {
				folders[p[:i+1]] = true
			}
		}
	}
	for id, n := range byID {
		kind := n["@type"]
		if kind != "File" && kind != "Dataset" || id == "./" {
			continue
		}
		if !reached[id] {
			t.Errorf("%q is not reached from the root", id)
		}
		p, _ := url.PathUnescape(strings.TrimPrefix(id, "./"))
		if !strings.HasPrefix(id, "#") && !paths[p] && !folders[p] {
			t.Errorf("%q is not in the package", id)
		}
	}
	for p := range paths {
		if byID[names.Encode(p)] == nil && byID["./"+names.Encode(p)] == nil {
			t.Errorf("%q is not described", p)
		}
	}
	return byID
}

func TestCrateGraph(t *testing.T) {
	l := whole(t)
	byID := checkGraph(t, l, written(t, func(w io.Writer) error { return WriteCrate(w, demoFacts, l, 0) }))
	root := byID["./"]
	if root["cite-as"] != "https://doi.org/10.5281/zenodo.1234567" ||
		byID["https://doi.org/10.5281/zenodo.1234567"]["value"] != "doi:10.5281/zenodo.1234567" {
		t.Error("the DOI is not told")
	}
	if p := byID["#20240302092000000-6.zip"]; p["sha256"] != strings.Repeat("ab", 32) || p["contentSize"] != "4096" {
		t.Errorf("package: %v", p)
	}
	if _, ok := byID["#metadata.zip"]["sha256"]; ok {
		t.Error("what can't be known is told")
	}
	folder := l.nodes[5].Place.Folder
	set := byID[names.Encode(folder)+"/"]
	if set["identifier"] != "20240302092000000-6" || len(refs(set["hasPart"])) != 5 {
		t.Errorf("data set: %v", set)
	}
	file := byID[names.Encode(folder+"/original/bild_ 1~"+names.Hash("bild: 1.png", 8)+".png")]
	if file["name"] != "bild: 1.png" || file["encodingFormat"] != "image/png" {
		t.Errorf("a renamed file does not tell its name: %v", file)
	}
}

// A source whose files do not come in the order of its data sets, or are not
// one data set's after the other, makes the same crate.
func TestCrateOfUnorderedFiles(t *testing.T) {
	l := &lab{}
	tree := names.NewTree(page.Extensions())
	for i := range 4 {
		code := fmt.Sprintf("2024030209200000%d-1", i)
		e := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindDataSet, Code: code, PermID: code}}
		p := tree.Place(e, names.Place{Folder: "S/P"})
		l.nodes = append(l.nodes, EntityNode{Entity: e, Place: p})
		for k := range 3 {
			l.files = append(l.files, FileNode{Path: fmt.Sprintf("%s/f%d", p.Folder, k), DataSet: e.PermID, SHA256: unknownHash})
		}
	}
	parts := func() map[string][]string {
		_, byID := graphOf(t, written(t, func(w io.Writer) error { return WriteCrate(w, demoFacts, l, 0) }))
		out := map[string][]string{}
		for id, n := range byID {
			out[id] = refs(n["hasPart"])
			slices.Sort(out[id])
		}
		return out
	}
	want := parts()
	slices.Reverse(l.files)
	if got := parts(); !reflect.DeepEqual(got, want) {
		t.Errorf("reversed: %v, want %v", got, want)
	}
	l.files[0], l.files[7] = l.files[7], l.files[0]
	if got := parts(); !reflect.DeepEqual(got, want) {
		t.Errorf("mixed: %v, want %v", got, want)
	}
}

func TestCrateOfLayoutFiles(t *testing.T) {
	l := whole(t)
	for i := range l.files {
		if f := &l.files[i]; f.DataSet != "" {
			f.Key = names.FlatKey(f.DataSet, f.Original, nil)
		}
	}
	byID := checkGraph(t, l, written(t, func(w io.Writer) error { return WriteCrate(w, demoFacts, l, 0) }))
	f := byID["20240302092000000-6--original--a%20b%25.txt"]
	if f == nil || f["alternateName"] != l.files[len(l.files)-4].Path {
		t.Errorf("map: %v", f)
	}
	manifest := string(written(t, func(w io.Writer) error { return WriteManifest(w, l) }))
	if !strings.Contains(manifest, "  20240302092000000-6--original--a b%.txt\n") {
		t.Error("the manifest does not name data files by their keys")
	}
}

type failing struct{ *lab }

func (failing) Files(yield func(FileNode) error) error { return io.ErrUnexpectedEOF }

func TestErrorsOfTheSourceComeThrough(t *testing.T) {
	src := failing{whole(t)}
	for _, err := range []error{
		WriteCrate(io.Discard, demoFacts, src, 0), WriteELN(io.Discard, demoFacts, src, 0),
		WriteReadme(io.Discard, demoFacts, src, 0), WriteManifest(io.Discard, src),
	} {
		if err == nil || !strings.Contains(err.Error(), io.ErrUnexpectedEOF.Error()) {
			t.Errorf("got %v", err)
		}
	}
}

func TestManifestLine(t *testing.T) {
	hash := strings.Repeat("a", 64)
	if got, want := manifestLine(hash, "a\nb\\c"), `\`+hash+`  a\nb\\c`+"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSha256sumTakesTheManifest(t *testing.T) {
	if _, err := exec.LookPath("sha256sum"); err != nil {
		t.Skip("sha256sum is missing")
	}
	dir := t.TempDir()
	l := demo(t)
	for p, b := range l.content {
		p = filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	odd := "back\\slash\nline.txt" // no path of ours, but sha256sum's form has a rule for it
	if err := os.WriteFile(filepath.Join(dir, odd), []byte(odd), 0o644); err != nil {
		t.Fatal(err)
	}
	l.files = append(l.files, FileNode{Path: odd, SHA256: names.Hash(odd, 64)})
	manifest := written(t, func(w io.Writer) error { return WriteManifest(w, l) })
	if err := os.WriteFile(filepath.Join(dir, "manifest-sha256.txt"), manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sha256sum", "-c", "--strict", "manifest-sha256.txt")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != len(l.files) {
		t.Errorf("%v: %s", err, out)
	}
}

// large is a source that makes its entities as they are asked for.
type large struct{ n int }

func (s large) each(yield func(EntityNode) error) error {
	project := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindProject, Code: "P", PermID: "20240302092000000-1"}}
	coll := names.Place{Folder: "LAB/P/Collection (C)"}
	at := names.Place{Folder: "LAB/P", Page: "LAB/P"}
	if err := yield(EntityNode{Entity: project, Place: at, Pages: []string{"LAB/P.html"}}); err != nil {
		return err
	}
	for i := range s.n {
		kind := openbis.KindObject
		if i >= s.n/2 {
			kind = openbis.KindDataSet
		}
		e := &openbis.Entity{Ref: openbis.Ref{Kind: kind, Code: fmt.Sprintf("E%d", i), Name: "A name as long as they mostly are",
			PermID: fmt.Sprintf("20240302092000001-%d", i)}}
		e.Registered = day1
		e.Properties = map[string][]string{"GOALS": {"<p>Some <b>text</b> of the usual length, and <i>more</i> of it</p>"}}
		p := names.Place{Folder: fmt.Sprintf("%s/%s (%s)", coll.Folder, e.Name, e.Code)}
		p.Page = p.Folder
		pages := []string{p.Page + ".html", p.Page + ".json", p.Page + ".txt"}
		if err := yield(EntityNode{Entity: e, Type: stepType, Place: p, Pages: pages}); err != nil {
			return err
		}
	}
	return nil
}

func (s large) Entities(yield func(EntityNode) error) error { return s.each(yield) }

func (s large) Files(yield func(FileNode) error) error {
	for _, pages := range []bool{true, false} {
		err := s.each(func(n EntityNode) error {
			if !pages {
				if n.Entity.Kind != openbis.KindDataSet {
					return nil
				}
				return yield(FileNode{Path: n.Place.Folder + "/original/data.bin", Size: 1, SHA256: unknownHash, DataSet: n.Entity.PermID})
			}
			for _, p := range n.Pages {
				if err := yield(FileNode{Path: p, Size: 1, SHA256: unknownHash}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (large) Packages() []PackageNode     { return nil }
func (large) Omissions() []omission.Entry { return nil }

// peak notes how much memory is in use while it is written to.
type peak struct {
	n    int64
	next int64
	most uint64
}

func (p *peak) Write(b []byte) (int, error) {
	if p.n += int64(len(b)); p.n >= p.next {
		p.next = p.n + 8<<20
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		p.most = max(p.most, m.HeapAlloc)
	}
	return len(b), nil
}

func TestMemoryStaysBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	n := 10_000
	if os.Getenv("ZENOBIS_TEST_BIG") != "" {
		n = 100_000
	}
	for name, write := range map[string]func(io.Writer) error{
		"crate": func(w io.Writer) error { return WriteCrate(w, demoFacts, large{n}, 0) },
		"index": func(w io.Writer) error { return WriteIndex(w, demoFacts, large{n}, 0) },
	} {
		began := time.Now()
		var p peak
		if err := write(&p); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s of %d entities: %d bytes, at most %d MB in use, %v", name, n, p.n, p.most>>20, time.Since(began).Round(time.Millisecond))
		if most := uint64(16<<20 + 600*n); p.most > most {
			t.Errorf("%s: %d MB in use, at most %d MB are meant", name, p.most>>20, most>>20)
		}
	}
}

// Persons are one by their ORCID or their openBIS user id, never by their name.
func TestPersonsAreMerged(t *testing.T) {
	l := demo(t, page.Text)
	f := demoFacts
	f.Creators = []record.Agent{
		{Kind: record.Person, Family: "Liddell", Given: "Alice", ORCID: "0000-0002-1825-0097", User: "alice"},
		{Kind: record.Person, Family: "Liddell", Given: "Alice", ORCID: "0000-0001-5109-3700"}, // another one of that name
	}
	f.Contribs = []record.Agent{
		{Kind: record.Person, Family: "L.", Given: "A.", ORCID: "0000-0002-1825-0097", Role: "DataCurator"},
		{Kind: record.Person, Family: "L.", Given: "A.", ORCID: "0000-0002-1825-0097", Role: "ProjectLeader"},
		{Kind: record.Organisation, Family: "ETH Zurich", ROR: "05a28rw58", Role: "Hosting institution"},
	}
	byID := checkGraph(t, l, written(t, func(w io.Writer) error { return WriteCrate(w, f, l, 0) }))
	alice := byID["https://orcid.org/0000-0002-1825-0097"]
	if alice["jobTitle"] != "Data curator, Project leader" || alice["name"] != "Alice Liddell" {
		t.Errorf("creator and contributor: %v", alice)
	}
	if got := refs(byID["./"]["contributor"]); !slices.Equal(
		got,
		[]string{"https://orcid.org/0000-0002-1825-0097", "https://ror.org/05a28rw58"},
	) {
		t.Errorf("contributors: %v", got)
	}
	if n := byID["https://ror.org/05a28rw58"]; n["@type"] != "Organization" || n["jobTitle"] != "Hosting institution" {
		t.Errorf("an organisation with a role: %v", n)
	}
	if got := refs(byID["LAB/CELLS/"]["creator"]); !slices.Equal(got, []string{"https://orcid.org/0000-0002-1825-0097"}) {
		t.Errorf("the registrator with the creator's user id: %v", got)
	}
	if got := refs(byID["#export"]["agent"]); !slices.Equal(got, []string{"https://orcid.org/0000-0002-1825-0097"}) {
		t.Errorf("who exported, with the creator's user id: %v", got)
	}
	f.Creators[0].User, f.ExportedByID = "", ""
	byID = checkGraph(t, l, written(t, func(w io.Writer) error { return WriteCrate(w, f, l, 0) }))
	if id := refs(byID["LAB/CELLS/"]["creator"])[0]; strings.Contains(id, "orcid") || byID[id]["name"] != "Alice Liddell" {
		t.Errorf("a registrator of the same name alone is merged: %s", id)
	}
	text := string(written(t, func(w io.Writer) error { return WriteCrate(w, f, l, 0) }))
	if strings.Contains(text, `"alice"`) || strings.Contains(text, names.Hash("alice", 12)) {
		t.Error("a user id is told, or can be guessed from a hash")
	}
}

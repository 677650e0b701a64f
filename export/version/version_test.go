package version

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/archive"
	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/shape"
	"zenobis/wire"
	"zenobis/zenodo"
)

const site = "https://zenodo.example"

// shelf is a Zenodo with two versions of one record: 11 and 12, the newest.
type shelf struct {
	content map[string][]byte // of the newest version's files
	found   map[string]string // record by DOI
	wrong   map[string]error  // by call
	noToken bool
	foreign bool // the record belongs to somebody else
	tries   int  // to open a file
	draft   zenodo.Record
	inDraft []zenodo.FileEntry
}

func newShelf() *shelf {
	return &shelf{
		content: map[string][]byte{"a.zip": []byte("aaa"), "b.zip": []byte("bb"), "metadata.zip": []byte("m"), "README.md": []byte("r")},
		found:   map[string]string{"10.5281/zenodo.11": "11", "10.5281/zenodo.12": "12", "10.5281/zenodo.10": "12"},
		wrong:   map[string]error{},
	}
}

func (s *shelf) URL() string    { return site }
func (s *shelf) HasToken() bool { return !s.noToken }

func (s *shelf) Resolve(_ context.Context, doi string) (string, error) {
	if id := s.found[strings.ToLower(doi)]; id != "" {
		return id, s.wrong["resolve"]
	}
	return "", zenodo.ErrNotFound
}

func (s *shelf) Record(_ context.Context, id string) (zenodo.Record, error) {
	if err := s.wrong["record"]; err != nil {
		return zenodo.Record{}, err
	}
	switch id {
	case "11":
		return zenodo.Record{ID: "11", DOI: "10.5281/zenodo.11", Version: 1}, nil
	case "12":
		return zenodo.Record{ID: "12", DOI: "10.5281/zenodo.12", Version: 2, Latest: true, ConceptID: "10"}, nil
	}
	return zenodo.Record{}, zenodo.ErrNotFound
}

func (s *shelf) Latest(ctx context.Context, _ string) (zenodo.Record, error) {
	return s.Record(ctx, "12")
}

func (s *shelf) Mine(context.Context, zenodo.Record) (bool, error) {
	return !s.foreign, s.wrong["mine"]
}

func (s *shelf) RecordFiles(context.Context, string) (out []zenodo.FileEntry, err error) {
	for _, name := range slices.Sorted(maps.Keys(s.content)) {
		out = append(out, zenodo.FileEntry{Key: name, Size: int64(len(s.content[name])), MD5: "md5 of " + name, Status: "completed"})
	}
	return out, s.wrong["files"]
}

func (s *shelf) OpenFile(_ context.Context, id, key string) (io.ReadCloser, int64, error) {
	s.tries++
	data, ok := s.content[key]
	if id != "12" || !ok {
		return nil, 0, zenodo.ErrNotFound
	}
	if err := s.wrong["open"]; err != nil {
		return nil, 0, err
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (s *shelf) OpenVersion(context.Context, string) (zenodo.Record, error) {
	return s.draft, s.wrong["open version"]
}

func (s *shelf) Files(context.Context, string) ([]zenodo.FileEntry, error) {
	return s.inDraft, s.wrong["draft files"]
}

func nobody(string) (job.Job, job.Status, bool) { return job.Job{}, job.Status{}, false }

var once = wire.Retry{Tries: 1}

// TestRefusal names the draft that is open, whose it is and what its user can do.
func TestRefusal(t *testing.T) {
	rec := zenodo.Record{ID: "13", HTML: site + "/uploads/13", Metadata: zenodo.Metadata{Title: "Cells"}}
	lagging := zenodo.Record{HTML: site + "/records/12"}
	for name, c := range map[string]struct {
		open             Open
		what, why, do    string
		draft, leftOutOf string // what its words must not hold
	}{
		"somebody's": {Open{Record: rec, Files: make([]zenodo.FileEntry, 2)}, `a draft of a new version is open already: 13, "Cells"`,
			"it has 2 files; nothing of it was changed", "--into-draft 13", "13", "discard 2026"},
		"without files": {Open{Record: rec}, `13, "Cells"`, "", site + "/uploads/13", "13", "file;"},
		"of an export": {Open{Record: rec, Owner: "20260101-bbbbbbbb"}, "13, belongs to export 20260101-bbbbbbbb", "",
			"zenobis discard 20260101-bbbbbbbb", "", "--into-draft"},
		"known, not listed": {Open{Record: lagging}, "a draft of a new version is open already", "", site + "/records/12", "", "--into-draft"},
	} {
		var f *failure.Error
		if err := c.open.Refusal(); !errors.As(err, &f) || f.Kind != failure.DraftOpen {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(f.What, c.what) || f.Why != c.why || !strings.Contains(f.Do, c.do) || f.Draft != c.draft ||
			f.URL != c.open.Record.HTML || strings.Contains(f.What+f.Why+f.Do, c.leftOutOf) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if lag := (Open{Record: lagging}).Refusal().(*failure.Error); strings.Contains(lag.What, ":") {
		t.Errorf("of a draft that is not listed: %s", lag.What)
	}
}

// TestNameOfAVersion has its number where the server tells it.
func TestNameOfAVersion(t *testing.T) {
	for number, want := range map[int]string{0: "10.5281/zenodo.12", 1: "version 1 (10.5281/zenodo.12)", 7: "version 7 (10.5281/zenodo.12)"} {
		if got := name(number, "10.5281/zenodo.12"); got != want {
			t.Errorf("%d: %s, want %s", number, got, want)
		}
	}
}

func TestNewest(t *testing.T) {
	for name, c := range map[string]struct {
		of   string
		set  func(*shelf)
		note bool
		what string // of the refusal; "" where the newest version is found
	}{
		"newest":             {of: "10.5281/zenodo.12"},
		"as people paste it": {of: " https://doi.org/10.5281/ZENODO.12 "},
		"id":                 {of: "12"},
		"address":            {of: site + "/records/12/"},
		"older":              {of: "10.5281/zenodo.11", note: true},
		"older id":           {of: "11", note: true},
		"older address":      {of: site + "/records/11", note: true},
		"all versions":       {of: "10.5281/zenodo.10", note: true},
		"unknown DOI":        {of: "10.5281/zenodo.99", what: `there is no published record "10.5281/zenodo.99" at ` + site},
		"unknown id":         {of: "99", what: `there is no published record "99"`},
		"no id": {of: "x", set: func(s *shelf) { s.wrong["record"] = zenodo.ErrInvalid },
			what: "there is no published record"},
		"deleted":  {of: "12", set: func(s *shelf) { s.wrong["record"] = zenodo.ErrGone }, what: "was deleted"},
		"not mine": {of: "12", set: func(s *shelf) { s.wrong["record"] = zenodo.ErrDenied }, what: "is not yours"},
		"away": {of: "12", set: func(s *shelf) { s.wrong["record"] = zenodo.ErrUnavailable },
			what: "the former version can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf()
			if c.set != nil {
				c.set(s)
			}
			rec, note, err := Newest(t.Context(), s, c.of)
			if c.what != "" {
				if err == nil || !strings.Contains(err.Error(), c.what) {
					t.Errorf("%v, want %s", err, c.what)
				}
				return
			}
			if err != nil || rec.ID != "12" {
				t.Errorf("%s, %v", rec.ID, err)
			}
			if c.note != (note != "") || c.note && !strings.Contains(note, "version 2 (10.5281/zenodo.12)") {
				t.Errorf("note: %q", note)
			}
		})
	}
}

const aCrate = `{"@context": ["x", {"@graph": 1}], "@graph": [
 {"@id": "a.zip", "name": "a.zip", "sha256": "abc",
  "identifier": ["other", "` + snapshot.FingerprintPrefix + `1", "` + snapshot.SourcePrefix + `s"]},
 {"@id": "b.zip", "name": "b.zip", "identifier": "` + snapshot.FingerprintPrefix + `2"},
 {"@id": "c", "name": ["two", "names"], "identifier": "` + snapshot.FingerprintPrefix + `3"},
 {"@id": "d", "name": "d", "identifier": {"@id": "x"}},
 {"@id": "e", "name": "e"}
]}`

func TestFind(t *testing.T) {
	const crate = "ro-crate-metadata.json"
	for name, c := range map[string]struct {
		set    func(*shelf)
		kept   Kept
		prints map[string]print
		note   string
		what   string // of the refusal
	}{
		"no crate": {prints: nil},
		"its crate": {set: func(s *shelf) { s.content[crate] = []byte(aCrate) },
			prints: map[string]print{"a.zip": {snapshot.FingerprintPrefix + "1", snapshot.SourcePrefix + "s", "abc"},
				"b.zip": {snapshot.FingerprintPrefix + "2", "", ""}}},
		"no such crate": {set: func(s *shelf) { s.content[crate] = []byte(`[1]`) }, note: "can't be read"},
		"no graph":      {set: func(s *shelf) { s.content[crate] = []byte(`{"@graph": 1}`) }, note: "can't be read"},
		"torn crate":    {set: func(s *shelf) { s.content[crate] = []byte(aCrate[:200]) }, note: "can't be read"},
		"crate away": {set: func(s *shelf) { s.content[crate] = nil; s.wrong["open"] = zenodo.ErrUnavailable },
			what: "the former version can't be read"},
		"the job is here": {set: func(s *shelf) { s.content[crate] = []byte(aCrate) },
			kept: here, prints: map[string]print{"a.zip": {"print", "source", "sum"}}},
		"no token":         {set: func(s *shelf) { s.noToken = true }, note: "is yours was not asked"},
		"somebody else's":  {set: func(s *shelf) { s.foreign = true }, what: "is not yours"},
		"whose is unknown": {set: func(s *shelf) { s.wrong["mine"] = zenodo.ErrUnavailable }, what: "whether the record is yours"},
		"files unknown":    {set: func(s *shelf) { s.wrong["files"] = zenodo.ErrUnavailable }, what: "files of the former version can't be listed"},
		"unknown":          {set: func(s *shelf) { s.found = nil }, what: "there is no published record"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf()
			if c.set != nil {
				c.set(s)
			}
			kept := c.kept
			if kept == nil {
				kept = nobody
			}
			f, err := Find(t.Context(), s, kept, "10.5281/zenodo.12", once)
			if c.what != "" {
				if err == nil || !strings.Contains(err.Error(), c.what) {
					t.Errorf("%v, want %s", err, c.what)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(f.prints, c.prints) || f.Printed != (len(c.prints) > 0) {
				t.Errorf("prints %v (printed %v), want %v", f.prints, f.Printed, c.prints)
			}
			if f.Name() != "version 2 (10.5281/zenodo.12)" || f.Number != 2 || len(f.Files) != len(s.content) {
				t.Errorf("%s, number %d, %d files", f.Name(), f.Number, len(f.Files))
			}
			if notes := strings.Join(f.Notes, "\n"); c.note == "" && notes != "" || !strings.Contains(notes, c.note) {
				t.Errorf("notes: %q, want %q", notes, c.note)
			}
			if (f.Job != "") != (c.kept != nil) {
				t.Errorf("job %q", f.Job)
			}
		})
	}
}

func here(id string) (job.Job, job.Status, bool) {
	return job.Job{
			ID:   "20260102-abcdefgh",
			Plan: &job.Plan{Packages: []job.Package{{Name: "a.zip", Fingerprint: "print", Source: "source"}}},
		},
		job.Status{
			Packages: map[string]job.SentPackage{"a.zip": {SHA256: "sum"}},
		}, id == "12"
}

// A crate that breaks off once is read again, and what it said the first time
// does not count.
func TestACrateIsReadAgain(t *testing.T) {
	s := newShelf()
	s.content["ro-crate-metadata.json"] = []byte(aCrate)
	s.wrong["open"] = errors.New("reset")
	retry := wire.Retry{Tries: 3, Repeat: func(error) bool { return true }, Sleep: func(context.Context, time.Duration) error {
		s.wrong["open"] = nil
		return nil
	}}
	f, err := Find(t.Context(), s, nobody, "12", retry)
	if err != nil || len(f.prints) != 2 || s.tries != 2 {
		t.Errorf("%v after %d tries: %v", f, s.tries, err)
	}
}

func TestCompare(t *testing.T) {
	former := func() *Former {
		return &Former{Version: job.Version{Number: 2, DOI: "10.5281/zenodo.12", Files: []job.VersionFile{
			{Name: "a.zip", Bytes: 3, MD5: "ma"}, {Name: "b.zip", Bytes: 2, MD5: "mb"}, {Name: "README.md", Bytes: 9, MD5: "mr"},
		}}, prints: map[string]print{"a.zip": {"pa", "sa", "ha"}, "b.zip": {"pb", "sb", ""}}}
	}
	pkg := func(name, print, source string, bytes int64) job.Package {
		return job.Package{Name: name, Fingerprint: print, Source: source, Bytes: bytes, Files: 1}
	}
	readme := job.Package{Name: "README.md", Bytes: 10}
	for name, c := range map[string]struct {
		packages              []job.Package
		stands, older, remove string
		same                  bool
	}{
		"nothing changed": {[]job.Package{pkg("a.zip", "pa", "sa", 3), pkg("b.zip", "pb", "sb", 2), readme},
			"a.zip b.zip", "", "", true},
		"one changed": {[]job.Package{pkg("a.zip", "new", "new", 3), pkg("b.zip", "pb", "sb", 2), readme},
			"b.zip", "", "", false},
		"one removed": {[]job.Package{pkg("a.zip", "pa", "sa", 3), readme}, "a.zip", "", "b.zip", false},
		"one more": {[]job.Package{pkg("a.zip", "pa", "sa", 3), pkg("b.zip", "pb", "sb", 2), pkg("c.zip", "pc", "", 3), readme},
			"a.zip b.zip", "", "", false},
		"another length": {[]job.Package{pkg("a.zip", "pa", "sa", 4), pkg("b.zip", "pb", "sb", 2), readme},
			"b.zip", "", "", true},
		"other pages": {[]job.Package{pkg("a.zip", "new", "sa", 4), pkg("b.zip", "pb", "sb", 2), readme},
			"b.zip", "a.zip", "", true},
		"other pages, no sum": {[]job.Package{pkg("a.zip", "", "sa", 4), pkg("b.zip", "pb", "sb", 2), readme},
			"b.zip", "a.zip", "", false},
		"no sums": {[]job.Package{pkg("a.zip", "", "", 3), pkg("b.zip", "pb", "sb", 2), readme}, "b.zip", "", "", false},
		"only what describes it": {[]job.Package{{Name: "a.zip", Fingerprint: "pa", Source: "sa", Bytes: 3}, pkg("b.zip", "pb", "", 2),
			{Name: "README.md", Bytes: 77}},
			"a.zip b.zip", "", "", true},
		"nothing of it is left": {nil, "", "", "README.md a.zip b.zip", false},
		"same data, another name": {[]job.Package{pkg("x.zip", "pa", "sa", 3), pkg("b.zip", "pb", "sb", 2), readme},
			"b.zip", "", "a.zip", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := former()
			got := f.Compare(&job.Plan{Packages: c.packages})
			var removed []string
			for _, r := range got.Removed {
				removed = append(removed, r.Name)
			}
			slices.Sort(removed)
			for what, pair := range map[string][2]string{
				"stands": {keys(got.Stands), c.stands}, "older": {keys(got.Older), c.older}, "removed": {strings.Join(removed, " "), c.remove},
				"same": {fmt.Sprint(got.Same), fmt.Sprint(c.same)},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
				}
			}
			if s, ok := got.Stands["a.zip"]; ok && s != (snapshot.Stands{Print: "pa", Bytes: 3, MD5: "ma", SHA256: "ha"}) {
				t.Errorf("stands as %+v", s)
			}
			refused := f.Refusal(got, nil)
			if (refused != nil) != c.same || f.Refusal(got, []string{"title"}) != nil {
				t.Errorf("refused: %v", refused)
			}
		})
	}
}

func keys(m map[string]snapshot.Stands) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

func TestLayout(t *testing.T) {
	for names, want := range map[string]shape.Layout{
		"content.zip README.md":                    shape.LayoutSingle,
		"content.eln":                              shape.LayoutSingle,
		"metadata.zip 2025-1.zip README.md":        shape.LayoutPerDataSet,
		"metadata.zip 2025-1--a.zip 2025-1--b.txt": shape.LayoutFiles,
		"metadata.zip README.md":                   shape.LayoutFiles,
		"some.zip other.txt":                       shape.LayoutAuto,
		"":                                         shape.LayoutAuto,
		"metadata.zip 2025-1--a.zip 2025-2.zip x.md": shape.LayoutPerDataSet,
	} {
		f := &Former{}
		for _, n := range strings.Fields(names) {
			f.Files = append(f.Files, job.VersionFile{Name: n})
		}
		if got := f.Layout(); got != want {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
	}
}

func TestPages(t *testing.T) {
	s := newShelf()
	page := []byte("<p>a page</p>")
	var b bytes.Buffer
	w := archive.NewWriter(&b)
	e := archive.Entry{Name: "x/page.html", Size: int64(len(page)), CRC: crc32.ChecksumIEEE(page), Known: true}
	if err := w.Next(e); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(page); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(archive.Entries{e}); err != nil {
		t.Fatal(err)
	}
	s.content[names.Metadata] = b.Bytes()
	f, err := Find(t.Context(), s, nobody, "12", once)
	if err != nil {
		t.Fatal(err)
	}
	begun, got := 0, map[string]string{}
	err = f.Pages(t.Context(), func() { begun++ }, func(name string, content io.Reader) error {
		data, err := io.ReadAll(content)
		got[name] = string(data)
		return err
	})
	if err != nil || begun != 1 || got["x/page.html"] != string(page) {
		t.Errorf("%v, begun %d times, %v", err, begun, got)
	}
	delete(s.content, names.Metadata)
	f.Files = nil
	if err := f.Pages(t.Context(), func() { begun++ }, nil); err == nil || begun != 1 {
		t.Errorf("without pages: %v, begun %d times", err, begun)
	}
}

func TestFindOpen(t *testing.T) {
	before := zenodo.Record{ID: "12", ConceptID: "10", NextDraft: true, HTML: site + "/records/12",
		Metadata: zenodo.Metadata{Identifiers: []zenodo.Identifier{{Identifier: job.Marker("20250101-aaaaaaaa")}}}}
	draft := func(marker string) zenodo.Record {
		r := zenodo.Record{ID: "13", Metadata: zenodo.Metadata{Identifiers: before.Metadata.Identifiers}}
		if marker != "" {
			r.Metadata.Identifiers = append(slices.Clone(r.Metadata.Identifiers), zenodo.Identifier{Identifier: marker})
		}
		return r
	}
	known := func(id string) string { return map[string]string{"13": "20260101-bbbbbbbb"}[id] }
	unknown := func(string) string { return "" }
	for name, c := range map[string]struct {
		set   func(*shelf, *Former)
		here  func(string) string
		none  bool
		owner string
		id    string
		fails bool
	}{
		"none":              {set: func(_ *shelf, f *Former) { f.Record.NextDraft = false }, none: true},
		"somebody's":        {id: "13"},
		"of an export here": {here: known, id: "13", owner: "20260101-bbbbbbbb"},
		"of an export elsehow": {set: func(s *shelf, _ *Former) { s.draft = draft(job.Marker("20260101-cccccccc")) },
			id: "13", owner: "20260101-cccccccc"},
		"the list lags": {set: func(s *shelf, _ *Former) { s.wrong["open version"] = zenodo.ErrNotFound }},
		"away":          {set: func(s *shelf, _ *Former) { s.wrong["open version"] = zenodo.ErrUnavailable }, fails: true},
		"files away":    {set: func(s *shelf, _ *Former) { s.wrong["draft files"] = zenodo.ErrUnavailable }, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := newShelf(), &Former{Record: before}
			s.draft, s.inDraft = draft(""), []zenodo.FileEntry{{Key: "x"}}
			if c.set != nil {
				c.set(s, f)
			}
			who := c.here
			if who == nil {
				who = unknown
			}
			o, err := f.FindOpen(t.Context(), s, who)
			if (err != nil) != c.fails || (o == nil) != (c.none || c.fails) {
				t.Fatalf("%+v, %v", o, err)
			}
			if o != nil && (o.Owner != c.owner || o.Record.ID != c.id) {
				t.Errorf("draft %q of %q, want %q of %q", o.Record.ID, o.Owner, c.id, c.owner)
			}
		})
	}
}

func TestChoice(t *testing.T) {
	open := &Open{Record: zenodo.Record{ID: "13", HTML: site + "/uploads/13"}}
	owned := &Open{Record: open.Record, Owner: "20260101-bbbbbbbb"}
	for name, c := range map[string]struct {
		open   *Open
		draft  string
		wanted failure.Kind // of the refusal; 0 where there is none
	}{
		"none":                 {},
		"open":                 {open: open, wanted: failure.DraftOpen},
		"chosen":               {open: open, draft: "13"},
		"another chosen":       {open: open, draft: "14", wanted: failure.DraftOpen},
		"of another export":    {open: owned, draft: "13", wanted: failure.DraftOpen},
		"chosen, none is open": {draft: "13", wanted: failure.Refused},
	} {
		err := (&Former{Open: c.open}).Choice(c.draft)
		if c.wanted == 0 && err != nil || c.wanted != 0 && failure.Of(err) != c.wanted {
			t.Errorf("%s: %v of kind %v, want %v", name, err, failure.Of(err), c.wanted)
		}
	}
}

func TestTakes(t *testing.T) {
	o := Open{Record: zenodo.Record{ID: "13"}, Files: []zenodo.FileEntry{{Key: "x", Size: 10}, {Key: "y", Size: 5}}}
	packages := []job.Package{{Name: "a.zip", Bytes: 5}}
	for name, c := range map[string]struct {
		open     Open
		packages []job.Package
		limits   zenodo.Limits
		what     string
	}{
		"fits":             {o, packages, zenodo.Limits{Files: 3, Bytes: 20}, ""},
		"no limits":        {o, packages, zenodo.Limits{}, ""},
		"too many":         {o, packages, zenodo.Limits{Files: 2}, "would have 3 files, a record takes 2"},
		"too large":        {o, packages, zenodo.Limits{Bytes: 19}, "would have"},
		"same name":        {o, []job.Package{{Name: "y"}}, zenodo.Limits{}, "same name"},
		"another export's": {Open{Record: o.Record, Owner: "20260101-bbbbbbbb"}, packages, zenodo.Limits{}, "belongs to export"},
	} {
		err := c.open.Takes(c.packages, c.limits)
		if c.what == "" && err != nil || c.what != "" && (err == nil || !strings.Contains(err.Error(), c.what)) {
			t.Errorf("%s: %v, want %q", name, err, c.what)
		}
	}
	if got := o.Lacks([]job.VersionFile{{Name: "x"}, {Name: "z"}}); len(got) != 1 || got[0].Name != "z" {
		t.Errorf("lacks %v", got)
	}
	if got := o.Text(2); !strings.Contains(got, "2 files are added") || !strings.Contains(got, "2 files stay") {
		t.Error(got)
	}
}

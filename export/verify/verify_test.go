package verify

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"zenobis/archive"
	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/zenodo"
)

const (
	address = "https://zenodo.example"
	set     = "20250102030405678-9"
	folder  = "LAB/PROJ/Raw (" + set + ")"
)

// shelf is a Zenodo with one record and what lies in it.
type shelf struct {
	state   zenodo.State
	content map[string][]byte
	listed  map[string]zenodo.FileEntry // what the list says of a file, where that is not so
	wrong   map[string]error            // by call, "open NAME" for a file
	draft   bool                        // opened as a draft
}

func (s *shelf) URL() string { return address }

func (s *shelf) State(context.Context, string) (zenodo.State, zenodo.Record, error) {
	return s.state, zenodo.Record{}, s.wrong["state"]
}

func (s *shelf) Resolve(context.Context, string) (string, error) { return "7", s.wrong["resolve"] }

func (s *shelf) Files(context.Context, string) (out []zenodo.FileEntry, err error) {
	for _, name := range slices.Sorted(maps.Keys(s.content)) {
		f := zenodo.FileEntry{Key: name, Size: int64(len(s.content[name])), MD5: sumMD5(s.content[name]), Status: "completed"}
		if said, ok := s.listed[name]; ok {
			f = said
		}
		out = append(out, f)
	}
	return out, s.wrong["files"]
}

func (s *shelf) RecordFiles(ctx context.Context, id string) ([]zenodo.FileEntry, error) {
	return s.Files(ctx, id)
}

func (s *shelf) OpenFile(_ context.Context, _, key string) (io.ReadCloser, int64, error) {
	if err := s.wrong["open "+key]; err != nil {
		return nil, 0, err
	}
	var r io.Reader = bytes.NewReader(s.content[key])
	if err := s.wrong["read "+key]; err != nil {
		r = io.MultiReader(r, iotestErr{err})
	}
	return io.NopCloser(r), int64(len(s.content[key])), nil
}

func (s *shelf) OpenDraftFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error) {
	s.draft = true
	return s.OpenFile(ctx, id, key)
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

// eln is an openBIS with one data set.
type eln struct {
	files []openbis.File
	wrong error
	lists int
}

func (e *eln) Get(context.Context, openbis.Kind, ...string) (map[string]openbis.Entity, error) {
	e.lists++
	return map[string]openbis.Entity{set: {Data: &openbis.Data{}}}, e.wrong
}

func (e *eln) Files(_ context.Context, _ openbis.DataStore, _ string, yield func(openbis.File) error) error {
	for _, f := range e.files {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

func sumMD5(b []byte) string    { s := md5.Sum(b); return hex.EncodeToString(s[:]) }
func sumSHA256(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// packed is an archive of names and contents, in that order.
func packed(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	var list archive.Entries
	w := archive.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		e := archive.Entry{Name: files[i], Size: int64(len(files[i+1])), CRC: crc32.ChecksumIEEE([]byte(files[i+1])), Known: true}
		list = append(list, e)
		if err := w.Next(e); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func inOpenBIS(path, content string) openbis.File {
	return openbis.File{Path: path, Size: int64(len(content)), CRC: crc32.ChecksumIEEE([]byte(content)), HasCRC: true}
}

// said are the comparisons that came out wrong, and how many came out right.
type said struct {
	ok    int
	wrong []string
}

func (s *said) add(v Verified) error {
	if v.OK {
		s.ok++
	} else {
		s.wrong = append(s.wrong, strings.TrimSpace(fmt.Sprintf("%s %s: %s", v.Package, v.File, v.Message)))
	}
	return nil
}

// An export of one data set of two files, and a README, whose draft is there.
func export(t *testing.T) (*shelf, *eln, job.Job, job.Status, *[]job.ManifestLine) {
	t.Helper()
	const a, b = "content of a", "content of b"
	manifest := sumSHA256([]byte(a)) + "  " + folder + "/original/a.txt\n" + sumSHA256([]byte(b)) + " *" + folder + "/original/b.txt\n"
	s := &shelf{state: zenodo.StatePublished, wrong: map[string]error{}, listed: map[string]zenodo.FileEntry{}, content: map[string][]byte{
		"README.md": []byte("read me"),
		"a.zip": packed(t, folder+".html", "<p>", folder+"/original/a.txt", a, folder+"/original/b.txt", b,
			"manifest-sha256.txt", manifest),
	}}
	j := job.Job{ID: "20260102-abcdefgh", Zenodo: address, RecordID: "7", Plan: &job.Plan{}}
	st := job.Status{Packages: map[string]job.SentPackage{}}
	for _, name := range slices.Sorted(maps.Keys(s.content)) {
		j.Plan.Packages = append(j.Plan.Packages, job.Package{Name: name, Bytes: int64(len(s.content[name]))})
		st.Packages[name] = job.SentPackage{MD5: sumMD5(s.content[name])}
	}
	line := func(path, content string) job.ManifestLine {
		return job.ManifestLine{DataSet: set, Path: "original/" + path, Size: int64(len(content)), SHA256: sumSHA256([]byte(content)),
			Package: "a.zip", Entry: folder + "/original/" + path}
	}
	return s, &eln{files: []openbis.File{inOpenBIS("original/a.txt", a), inOpenBIS("original/b.txt", b)}}, j, st,
		&[]job.ManifestLine{line("a.txt", a), line("b.txt", b)}
}

func TestJob(t *testing.T) {
	for name, c := range map[string]struct {
		set     func(*shelf, *eln, *job.Job, job.Status, *[]job.ManifestLine)
		shallow bool
		ok      int
		wrong   []string // what each names
		err     string
	}{
		"as sent":          {ok: 6},
		"as sent, shallow": {shallow: true, ok: 2},
		"a draft":          {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) { s.state = zenodo.StateDraft }, ok: 6},
		"in review": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.state = zenodo.StateInReview
		}, ok: 6},
		"one more file": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.content["mine.txt"] = []byte("x")
		}, shallow: true, ok: 3},
		"one file less": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			delete(s.content, "README.md")
		}, ok: 4, wrong: []string{"README.md : is not there"}},
		"not completed": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.listed["README.md"] = zenodo.FileEntry{Key: "README.md", Status: "pending"}
		}, shallow: true, ok: 1, wrong: []string{"never completed"}},
		"another length": {set: func(_ *shelf, _ *eln, j *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			j.Plan.Packages[0].Bytes++
		}, shallow: true, ok: 1, wrong: []string{"README.md : has 7 bytes, sent were 8"}},
		"another MD5": {set: func(_ *shelf, _ *eln, _ *job.Job, st job.Status, _ *[]job.ManifestLine) {
			st.Packages["README.md"] = job.SentPackage{MD5: "other"}
		}, shallow: true, ok: 1, wrong: []string{"sent was other"}},
		"MD5 not kept": {set: func(_ *shelf, _ *eln, _ *job.Job, st job.Status, _ *[]job.ManifestLine) {
			delete(st.Packages, "README.md")
		}, shallow: true, ok: 1, wrong: []string{"what was sent is not known"}},
		"Zenodo sends other bytes": {set: func(s *shelf, _ *eln, _ *job.Job, st job.Status, _ *[]job.ManifestLine) {
			s.listed["README.md"] = zenodo.FileEntry{Key: "README.md", Size: 7, MD5: "said", Status: "completed"}
			st.Packages["README.md"] = job.SentPackage{MD5: "said"}
		}, ok: 5, wrong: []string{"README.md : 7 bytes with MD5 "}},
		"another SHA-256": {set: func(_ *shelf, _ *eln, _ *job.Job, _ job.Status, l *[]job.ManifestLine) {
			(*l)[0].SHA256 = "other"
		}, ok: 5, wrong: []string{"a.zip original/a.txt: SHA-256 is "}},
		"SHA-256 not kept": {set: func(_ *shelf, _ *eln, _ *job.Job, _ job.Status, l *[]job.ManifestLine) {
			(*l)[0].SHA256 = ""
		}, ok: 6},
		"changed in openBIS": {set: func(_ *shelf, e *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) { e.files[1].CRC++ }, ok: 5,
			wrong: []string{"original/b.txt: CRC-32 is"}},
		"longer in openBIS": {set: func(_ *shelf, e *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) { e.files[1].Size++ }, ok: 5,
			wrong: []string{"original/b.txt: has 12 bytes, in openBIS it has 13"}},
		"no CRC-32 in openBIS": {set: func(_ *shelf, e *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			e.files[1].HasCRC = false
		}, ok: 6},
		"gone from openBIS": {set: func(_ *shelf, e *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) { e.files = e.files[:1] }, ok: 5,
			wrong: []string{"original/b.txt: openBIS has no such file today"}},
		"openBIS away": {set: func(_ *shelf, e *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) { e.wrong = errors.New("away") },
			ok: 4, wrong: []string{"original/a.txt: openBIS can't be asked for it: away", "original/b.txt: openBIS can't be asked for it: away"}},
		"one is missing in the package": {set: func(_ *shelf, _ *eln, _ *job.Job, _ job.Status, l *[]job.ManifestLine) {
			*l = append(*l, job.ManifestLine{DataSet: set, Path: "original/c.txt", Package: "a.zip", Entry: folder + "/original/c.txt"})
		}, ok: 6, wrong: []string{"a.zip original/c.txt: is not in the package"}},
		"manifest says otherwise": {set: func(s *shelf, _ *eln, j *job.Job, st job.Status, _ *[]job.ManifestLine) {
			s.content["metadata.zip"] = packed(t, "page.html", "<p>", "manifest-sha256.txt",
				strings.Repeat("0", 64)+"  page.html\n"+strings.Repeat("1", 64)+"  gone.html\nno line of a manifest\n")
			j.Plan.Packages = append(j.Plan.Packages, job.Package{Name: "metadata.zip", Bytes: int64(len(s.content["metadata.zip"]))})
			st.Packages["metadata.zip"] = job.SentPackage{MD5: sumMD5(s.content["metadata.zip"])}
		}, ok: 8, wrong: []string{"page.html: its SHA-256 is not the one", "gone.html: the manifest names it, and it is not there"}},
		"no archive": {set: func(s *shelf, _ *eln, j *job.Job, st job.Status, _ *[]job.ManifestLine) {
			s.content["a.zip"] = []byte("no archive")
			j.Plan.Packages[1].Bytes, st.Packages["a.zip"] = 10, job.SentPackage{MD5: sumMD5(s.content["a.zip"])}
		}, ok: 3, wrong: []string{"a.zip : can't be read to its end"}},
		"breaks off": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.wrong["read README.md"] = errors.New("reset")
		}, ok: 5, wrong: []string{"README.md : can't be read to its end: reset"}},
		"a data file that is an archive": {set: func(s *shelf, e *eln, j *job.Job, st job.Status, l *[]job.ManifestLine) {
			data := string(packed(t, "inside.txt", "x"))
			s.content["b.zip"] = []byte(data)
			j.Plan.Packages = append(j.Plan.Packages, job.Package{Name: "b.zip", Bytes: int64(len(data))})
			st.Packages["b.zip"] = job.SentPackage{MD5: sumMD5([]byte(data))}
			e.files = append(e.files, inOpenBIS("original/b.zip", data))
			*l = append(*l, job.ManifestLine{DataSet: set, Path: "original/b.zip", Package: "b.zip", Entry: "x/b.zip", Raw: true,
				SHA256: sumSHA256([]byte(data))})
		}, ok: 9},

		"can't be opened": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.wrong["open README.md"] = zenodo.ErrUnavailable
		}, err: "can't be read again"},
		"no state": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.wrong["state"] = zenodo.ErrUnavailable
		}, err: "the record can't be looked at"},
		"no list": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			s.wrong["files"] = zenodo.ErrUnavailable
		}, err: "the record's files can't be listed"},
		"deleted": {set: func(s *shelf, _ *eln, _ *job.Job, _ job.Status, _ *[]job.ManifestLine) { s.state = zenodo.StateDeleted },
			err: "the record is deleted"},
		"nothing sent": {set: func(_ *shelf, _ *eln, j *job.Job, _ job.Status, _ *[]job.ManifestLine) { j.RecordID = "" },
			err: "has sent nothing yet"},
		"another server": {set: func(_ *shelf, _ *eln, j *job.Job, _ job.Status, _ *[]job.ManifestLine) {
			j.Zenodo = "https://other.example"
		},
			err: "went to https://other.example, not to " + address},
	} {
		t.Run(name, func(t *testing.T) {
			s, e, j, st, lines := export(t)
			if c.set != nil {
				c.set(s, e, &j, st, lines)
			}
			var got said
			all := func(yield func(job.ManifestLine) error) error {
				for _, l := range *lines {
					if err := yield(l); err != nil {
						return err
					}
				}
				return nil
			}
			err := Verifier{Zenodo: s, OpenBIS: e}.Job(t.Context(), j, st, all, !c.shallow, got.add)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v, want %s", err, c.err)
				}
				return
			}
			check(t, got, err, c.ok, c.wrong)
			if !c.shallow && s.draft != (s.state != zenodo.StatePublished) {
				t.Errorf("read as a draft: %v", s.draft)
			}
			if e.lists > 1 {
				t.Errorf("the data set was listed %d times", e.lists)
			}
		})
	}
}

func check(t *testing.T, got said, err error, ok int, wrong []string) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	if got.ok != ok || len(got.wrong) != len(wrong) {
		t.Errorf("%d right, wrong %q; want %d and %q", got.ok, got.wrong, ok, wrong)
	}
	for _, w := range wrong {
		if !slices.ContainsFunc(got.wrong, func(s string) bool { return strings.Contains(s, w) }) {
			t.Errorf("wrong are %q, want %q among them", got.wrong, w)
		}
	}
}

// What yield refuses ends the comparison, and a cancelled one says so.
func TestEnds(t *testing.T) {
	s, e, j, st, lines := export(t)
	enough := errors.New("enough")
	all := func(yield func(job.ManifestLine) error) error { return yield((*lines)[0]) }
	v := Verifier{Zenodo: s, OpenBIS: e}
	if err := v.Job(t.Context(), j, st, all, true, func(Verified) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.wrong["read README.md"] = errors.New("reset")
	err := v.Job(ctx, j, st, all, true, func(Verified) error { cancel(); return nil })
	if failure.Of(err) != failure.Interrupted {
		t.Errorf("cancelled: %v", err)
	}
}

// A record of which no export is known is compared with its own crate, and with
// openBIS by the places of its files.
func TestRecord(t *testing.T) {
	const crate = "ro-crate-metadata.json"
	graph := func(nodes ...string) []byte { return []byte(`{"@graph": [` + strings.Join(nodes, ",") + `]}`) }
	flat := set + "--original--a.txt"
	for name, c := range map[string]struct {
		set   func(*shelf, *eln)
		deep  bool
		ok    int
		wrong []string
		err   string
	}{
		"no crate": {ok: 2},
		"as its crate says": {set: func(s *shelf, _ *eln) {
			s.content[crate] = graph(fmt.Sprintf(`{"@id": "./a.zip", "contentSize": "%d"}`, len(s.content["a.zip"])))
		}, ok: 3},
		"as its crate says, by name": {set: func(s *shelf, _ *eln) {
			s.content[crate] = graph(fmt.Sprintf(`{"@id": "https://x.example/a.zip", "localPath": "a.zip", "contentSize": %d}`, len(s.content["a.zip"])))
		}, ok: 3},
		"not as its crate says": {set: func(s *shelf, _ *eln) {
			s.content[crate] = graph(`{"@id": "a.zip", "contentSize": "5"}`, `{"@id": "%", "contentSize": "5"}`)
		}, ok: 2, wrong: []string{"a.zip : has "}},
		"deep":         {deep: true, ok: 4},
		"deep, shared": {set: func(_ *shelf, e *eln) { e.files[0].CRC++ }, deep: true, ok: 3, wrong: []string{"original/a.txt: CRC-32 is"}},
		"deep, a file of its own": {set: func(s *shelf, _ *eln) {
			s.content = map[string][]byte{flat: []byte("content of a"),
				crate: graph(`{"@id": "` + flat + `", "@type": "File", "alternateName": "` + folder + `/original/a.txt", "contentSize": "12"}`)}
		}, deep: true, ok: 3},
		"deep, an .eln": {set: func(s *shelf, e *eln) {
			s.content = map[string][]byte{"content.eln": packed(t, "content/LAB/entry/"+set+"--a.txt", "content of a", "content/x.html", "x")}
			e.files = []openbis.File{inOpenBIS("a.txt", "content of a")}
		}, deep: true, ok: 2},
		"deep, archives that are no packages": {set: func(s *shelf, e *eln) {
			own := packed(t, "manifest-sha256.txt", sumSHA256(nil)+"  a.txt\n", "manifests/a.sha256", "x")
			s.content = map[string][]byte{"content.zip": packed(t, folder+"/a.zip", "content of a"), "paper.zip": own, "b.eln": own}
			e.files = []openbis.File{inOpenBIS("a.zip", "content of a")}
		}, deep: true, ok: 4},
		"deep, nothing of ours": {set: func(s *shelf, _ *eln) { s.content = map[string][]byte{"b.txt": []byte("x")} }, deep: true,
			err: "nothing of the record could be compared"},
		"torn crate": {set: func(s *shelf, _ *eln) { s.content[crate] = []byte(`{"@graph": [`) }, err: "the record's crate can't be read"},
		"crate away": {set: func(s *shelf, _ *eln) { s.content[crate], s.wrong["open "+crate] = nil, zenodo.ErrUnavailable },
			err: "the record's crate can't be read"},
		"no list":     {set: func(s *shelf, _ *eln) { s.wrong["files"] = zenodo.ErrUnavailable }, err: "the record's files can't be listed"},
		"no record":   {set: func(s *shelf, _ *eln) { s.wrong["resolve"] = zenodo.ErrNotFound }, err: `there is no record "10.5281/zenodo.7"`},
		"Zenodo away": {set: func(s *shelf, _ *eln) { s.wrong["resolve"] = zenodo.ErrUnavailable }, err: "the record can't be looked for"},
	} {
		t.Run(name, func(t *testing.T) {
			s, e, _, _, _ := export(t)
			if c.set != nil {
				c.set(s, e)
			}
			var got said
			err := Verifier{Zenodo: s, OpenBIS: e}.Record(t.Context(), "10.5281/zenodo.7", c.deep, got.add)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v, want %s", err, c.err)
				}
				return
			}
			check(t, got, err, c.ok, c.wrong)
		})
	}
}

func TestManifestLines(t *testing.T) {
	sum := strings.Repeat("AB", sha256.Size)
	for text, want := range map[string][]promise{
		sum + "  a.txt\n":                 {{"a.txt", strings.ToLower(sum)}},
		sum + " *a b.txt\n" + sum + "  c": {{"a b.txt", strings.ToLower(sum)}, {"c", strings.ToLower(sum)}},
		`\` + sum + `  a\nb\\c\r` + "\n":  {{"a\nb\\c\r", strings.ToLower(sum)}},
		sum + "  \n":                      nil,
		sum[2:] + "  short.txt\n\n":       nil,
		sum + "\ta.txt\n":                 nil,
		"# a remark that is as long as such a line has to be, so that only its blank tells\n": nil,
	} {
		for size := range 3 { // in pieces, too
			m := newManifestReader()
			for rest := text; rest != ""; {
				n := min(len(rest), 1+50*size)
				if _, err := io.WriteString(m, rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			m.end()
			if !slices.Equal(m.lines, want) {
				t.Errorf("%q: %q, want %q", text, m.lines, want)
			}
		}
	}
}

// Package version finds the published version that a new one follows, and what of
// its files stands.
package version

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Records is what is asked for the newest version; *zenodo.Client implements it.
type Records interface {
	URL() string
	Resolve(ctx context.Context, doi string) (string, error)
	Record(ctx context.Context, id string) (zenodo.Record, error)
	Latest(ctx context.Context, id string) (zenodo.Record, error)
}

// Zenodo is what is asked about the former version; *zenodo.Client implements it.
type Zenodo interface {
	Records
	HasToken() bool
	Mine(ctx context.Context, r zenodo.Record) (bool, error)
	RecordFiles(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	OpenFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
}

// Former is the published version that a new one follows.
type Former struct {
	job.Version
	Record zenodo.Record
	Notes  []string // what a person should know of the choice

	prints map[string]print // of its packages
}

// Kept finds the job that made a record, where it is kept on this computer.
type Kept func(recordID string) (job.Job, job.Status, bool)

// print is what is known of a package without its bytes.
type print struct{ fingerprint, sha256 string }

// Find finds the newest published version of what was named: a DOI of a version
// or of the record as a whole, an id. What is no record, or not the user's, is
// refused.
func Find(ctx context.Context, z Zenodo, kept Kept, of string) (*Former, error) {
	rec, note, err := Newest(ctx, z, of)
	if err != nil {
		return nil, err
	}
	f := &Former{Record: rec, Version: job.Version{ID: rec.ID, DOI: rec.DOI, Number: rec.Version}}
	if note != "" {
		f.Notes = append(f.Notes, note)
	}
	if !z.HasToken() {
		f.Notes = append(f.Notes, "whether the record "+rec.ID+" is yours was not asked: it takes a Zenodo token")
	} else if mine, err := z.Mine(ctx, rec); err != nil {
		return nil, failure.Wrap("look whether the record is yours", err)
	} else if !mine {
		return nil, failure.Refuse("the record "+safetext.Quote(rec.ID)+" is not yours", "",
			"ask its owner, or export without --new-version-of", zenodo.ErrDenied)
	}
	files, err := z.RecordFiles(ctx, rec.ID)
	if err != nil {
		return nil, failure.Wrap("list the files of the former version", err)
	}
	for _, e := range files {
		f.Files = append(f.Files, job.VersionFile{Name: e.Key, Bytes: e.Size, MD5: e.MD5})
	}
	if j, st, ok := kept(rec.ID); ok && j.Plan != nil {
		f.Job, f.prints = j.ID, map[string]print{}
		for _, p := range j.Plan.Packages {
			f.prints[p.Name] = print{p.Fingerprint, st.Packages[p.Name].SHA256}
		}
	} else {
		f.prints = f.ofCrate(ctx, z)
	}
	for _, p := range f.prints {
		f.Printed = f.Printed || p.fingerprint != ""
	}
	return f, nil
}

// Newest reads the newest version of what was named, and says so where another
// one was.
func Newest(ctx context.Context, z Records, of string) (rec zenodo.Record, note string, err error) {
	id := strings.TrimSpace(of)
	if doi := record.DOI(id); doi != "" {
		id, err = z.Resolve(ctx, doi)
	} else if i := strings.LastIndex(strings.TrimRight(id, "/"), "/records/"); i >= 0 {
		id = strings.TrimRight(id[i+len("/records/"):], "/")
	}
	if err == nil {
		rec, err = z.Record(ctx, id)
	}
	if err == nil && !rec.Latest {
		rec, err = z.Latest(ctx, id)
	}
	switch {
	case errors.Is(err, zenodo.ErrNotFound), errors.Is(err, zenodo.ErrInvalid):
		return rec, "", failure.Refuse("there is no published record "+safetext.Quote(of)+" at "+z.URL(), "", "check the DOI", err)
	case errors.Is(err, zenodo.ErrGone):
		return rec, "", failure.Refuse("the record "+safetext.Quote(of)+" was deleted", "", "export without --new-version-of", err)
	case errors.Is(err, zenodo.ErrDenied):
		return rec, "", failure.Refuse("the record "+safetext.Quote(of)+" is not yours", failure.Text(err), "ask its owner", err)
	case err != nil:
		return rec, "", failure.Wrap("read the former version", err)
	}
	if rec.ID != id || record.DOI(of) != "" && !strings.EqualFold(record.DOI(of), rec.DOI) {
		note = "The newest version of " + safetext.Line(of) + " is " + name(rec.Version, rec.DOI) + ": the new one follows it."
	}
	return rec, note, nil
}

func name(number int, doi string) string {
	if number > 0 {
		return "version " + strconv.Itoa(number) + " (" + doi + ")"
	}
	return doi
}

// Name is how the version is called: "version 2 (10.5281/zenodo.1)".
func (f *Former) Name() string { return name(f.Number, f.DOI) }

// maxCrate is how large a crate is read for its fingerprints.
const maxCrate = 256 << 20

// ofCrate are the prints that stand in the former version's own crate; none where
// it has no crate beside its packages, or one that can't be read: then its files
// are compared by their bytes.
func (f *Former) ofCrate(ctx context.Context, z Zenodo) map[string]print {
	const key = "ro-crate-metadata.json"
	out := map[string]print{}
	if !slices.ContainsFunc(f.Files, func(v job.VersionFile) bool { return v.Name == key }) {
		return out
	}
	r, n, err := z.OpenFile(ctx, f.ID, key)
	if err != nil {
		return out
	}
	defer r.Close()
	if n > maxCrate {
		return out
	}
	dec := json.NewDecoder(io.LimitReader(r, maxCrate))
	if err := toGraph(dec); err != nil {
		return out
	}
	for dec.More() {
		var e struct {
			Name       string `json:"name"`
			Identifier any    `json:"identifier"`
			SHA256     string `json:"sha256"`
		}
		if dec.Decode(&e) != nil {
			return map[string]print{}
		}
		if id, ok := e.Identifier.(string); ok && snapshot.IsFingerprint(id) {
			out[e.Name] = print{fingerprint: id, sha256: e.SHA256}
		}
	}
	if _, err := io.Copy(io.Discard, io.MultiReader(dec.Buffered(), r)); err != nil { // its checksum counts at the end
		return map[string]print{}
	}
	return out
}

// toGraph reads up to the first entity of a crate.
func toGraph(dec *json.Decoder) error {
	for depth := 0; ; {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		switch d, _ := t.(json.Delim); {
		case d == '{' || d == '[':
			depth++
		case d == '}' || d == ']':
			depth--
		case depth == 1 && t == "@graph":
			if t, err = dec.Token(); err == nil && t != json.Delim('[') {
				err = errors.New("no graph")
			}
			return err
		}
	}
}

// Comparison is a plan held against the former version.
type Comparison struct {
	Stands  map[string]snapshot.Stands // packages that need not be sent, by name
	Removed []job.VersionFile
	Same    bool  // every package holds what it held before
	Bytes   int64 // of what stands
}

// Compare holds a plan's packages against the former version's files: by name,
// fingerprint and length, without reading data.
func (f *Former) Compare(p *job.Plan) Comparison {
	c := Comparison{Stands: map[string]snapshot.Stands{}, Same: true}
	planned := map[string]bool{}
	for _, pkg := range p.Packages {
		planned[pkg.Name] = true
		before := f.prints[pkg.Name]
		same := pkg.Fingerprint != "" && pkg.Fingerprint == before.fingerprint
		if !same && (pkg.Fingerprint != "" || pkg.Files > 0) {
			c.Same = false
		}
		file, ok := f.file(pkg.Name)
		if same && ok && file.Bytes == pkg.Bytes {
			c.Stands[pkg.Name] = snapshot.Stands{Print: pkg.Fingerprint, Bytes: pkg.Bytes, MD5: file.MD5, SHA256: before.sha256}
		}
	}
	for _, file := range f.Files {
		if !planned[file.Name] {
			c.Removed = append(c.Removed, file)
			c.Same = false
		}
	}
	return c
}

func (f *Former) file(name string) (job.VersionFile, bool) {
	i := slices.IndexFunc(f.Files, func(v job.VersionFile) bool { return v.Name == name })
	if i < 0 {
		return job.VersionFile{}, false
	}
	return f.Files[i], true
}

// Layout is how the former version was cut, as its files' names tell.
func (f *Former) Layout() job.Layout {
	has := func(name string) bool { _, ok := f.file(name); return ok }
	switch {
	case has("content.zip"), has("content.eln"):
		return job.LayoutSingle
	case !has("metadata.zip"):
		return job.LayoutAuto
	}
	for _, v := range f.Files {
		if strings.HasSuffix(v.Name, ".zip") && v.Name != "metadata.zip" && !strings.Contains(v.Name, "--") {
			return job.LayoutPerDataSet
		}
	}
	return job.LayoutFiles
}

// Refusal says that nothing would change; nil where something does.
func (f *Former) Refusal(c Comparison, changes []string) error {
	if !c.Same || len(changes) > 0 {
		return nil
	}
	return failure.Refuse(fmt.Sprintf("nothing has changed since %s", f.Name()), "the data and what describes it are the same",
		"there is no need for a new version", nil)
}

// Package version finds the published version that a new one follows, and what of
// its files stands.
package version

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zenobis/archive"
	"zenobis/crate"
	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/shape"
	"zenobis/wire"
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
	Files
	OpenVersion(ctx context.Context, concept string) (zenodo.Record, error)
	Files(ctx context.Context, id string) ([]zenodo.FileEntry, error)
}

// Former is the published version that a new one follows.
type Former struct {
	job.Version
	Record zenodo.Record
	Notes  []string // what a person should know of the choice
	Open   *Open    // the draft of a newer version that is there already; nil if none is

	files  Files
	retry  wire.Retry
	prints map[string]print // of its packages
}

// Files is what is asked for the content of a record's files.
type Files interface {
	OpenFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
}

// Kept finds the job that made a record, where it is kept on this computer.
type Kept func(recordID string) (job.Job, job.Status, bool)

// print is what is known of a package without its bytes.
type print struct{ fingerprint, source, sha256 string }

// Find finds the newest published version of what was named: a DOI of a version
// or of the record as a whole, an id. What is no record, or not the user's, is
// refused. What is read of its files is read again by retry.
func Find(ctx context.Context, z Zenodo, kept Kept, of string, retry wire.Retry) (*Former, error) {
	rec, note, err := Newest(ctx, z, of)
	if err != nil {
		return nil, err
	}
	f := &Former{Record: rec, Version: job.Version{ID: rec.ID, DOI: rec.DOI, Number: rec.Version}, files: z, retry: retry}
	if note != "" {
		f.Notes = append(f.Notes, note)
	}
	if !z.HasToken() {
		f.Notes = append(f.Notes, "whether the record "+rec.ID+" is yours was not asked: it takes a Zenodo token")
	} else if mine, err := z.Mine(ctx, rec); err != nil {
		return nil, failure.Wrap("whether the record is yours can't be seen", err)
	} else if !mine {
		return nil, failure.Refuse("the record "+safetext.Quote(rec.ID)+" is not yours", "",
			"ask its owner, or export without --new-version-of", zenodo.ErrDenied)
	}
	files, err := z.RecordFiles(ctx, rec.ID)
	if err != nil {
		return nil, failure.Wrap("the files of the former version can't be listed", err)
	}
	for _, e := range files {
		f.Files = append(f.Files, job.VersionFile{Name: e.Key, Bytes: e.Size, MD5: e.MD5})
	}
	if j, st, ok := kept(rec.ID); ok && j.Plan != nil {
		f.Job, f.prints = j.ID, map[string]print{}
		for _, p := range j.Plan.Packages {
			f.prints[p.Name] = print{p.Fingerprint, p.Source, st.Packages[p.Name].SHA256}
		}
	} else {
		if f.prints, err = f.ofCrate(ctx); err != nil {
			if ctx.Err() != nil || zenodo.NoVerdict(err) {
				return nil, failure.Wrap("the former version can't be read", err)
			}
			f.Notes = append(f.Notes, "What "+f.Name()+" says of its packages can't be read ("+failure.Text(err)+
				"): they are compared by their bytes.")
		}
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
	} else if host, number, ok := zenodo.ParseRecordPage(id); ok {
		if id = number; !SameHost(host, z.URL()) {
			return rec, "", failure.Refuse("the record "+safetext.Quote(of)+" is on another server than "+z.URL(), "",
				"choose that server (--zenodo), or name the record of this one", nil)
		}
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
		return rec, "", failure.Wrap("the former version can't be read", err)
	}
	if rec.ID != id || record.DOI(of) != "" && !strings.EqualFold(record.DOI(of), rec.DOI) {
		note = "The newest version of " + safetext.Line(of) + " is " + name(rec.Version, rec.DOI) + ": the new one follows it."
	}
	return rec, note, nil
}

// SameHost reports whether a host, with its port, is that of a server's address.
func SameHost(host, server string) bool {
	u, err := url.Parse(server)
	bare := func(s string) string { return strings.TrimPrefix(strings.ToLower(s), "www.") }
	return err == nil && bare(host) == bare(u.Host)
}

func name(number int, doi string) string {
	if number > 0 {
		return "version " + strconv.Itoa(number) + " (" + doi + ")"
	}
	return doi
}

// Name is how the version is called: "version 2 (10.5281/zenodo.1)".
func (f *Former) Name() string { return name(f.Number, f.DOI) }

// ofCrate are the prints that stand in the former version's own crate; none where
// it has no crate beside its packages: then its files are compared by their bytes.
func (f *Former) ofCrate(ctx context.Context) (out map[string]print, err error) {
	const key = names.Crate
	if _, ok := f.file(key); !ok {
		return nil, nil
	}
	err = f.retry.Do(ctx, "read "+key+" of the former version", func(ctx context.Context) error {
		out = map[string]print{}
		return read(ctx, f.files, f.ID, key, func(r io.Reader) error { return f.printsOf(r, out) })
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// printsOf reads what a crate says of the record's packages.
func (f *Former) printsOf(r io.Reader, out map[string]print) error {
	return crate.Read(r, func(e crate.Part) error {
		p := print{sha256: e.SHA256}
		for _, id := range e.Identifiers {
			switch {
			case snapshot.IsFingerprint(id):
				p.fingerprint = id
			case snapshot.IsSource(id):
				p.source = id
			}
		}
		if _, ok := f.file(e.Name); ok && (p.fingerprint != "" || p.source != "") {
			out[e.Name] = p
		}
		return nil
	})
}

// read reads a file of a record to its end, where its checksum counts: what f has
// read of it holds only if the error is nil.
func read(ctx context.Context, z Files, id, key string, f func(r io.Reader) error) error {
	r, _, err := z.OpenFile(ctx, id, key)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := f(r); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

// EachInMetadata yields the files in a record's metadata.zip. What was yielded holds
// only if the error is nil.
func EachInMetadata(ctx context.Context, z Files, id string, yield func(name string, content io.Reader) error) error {
	return read(ctx, z, id, names.Metadata, func(r io.Reader) error { return archive.NewReader(r).Each(yield) })
}

// Pages yields the pages of the former version, among other files; begin is called
// before each try to read them.
func (f *Former) Pages(ctx context.Context, begin func(), yield func(name string, content io.Reader) error) error {
	if _, ok := f.file(names.Metadata); !ok {
		return fmt.Errorf("the record has no %s", names.Metadata)
	}
	return f.retry.Do(ctx, "read "+names.Metadata+" of the former version", func(ctx context.Context) error {
		begin()
		return EachInMetadata(ctx, f.files, f.ID, yield)
	})
}

// Comparison is a plan held against the former version.
type Comparison struct {
	Stands map[string]snapshot.Stands // packages that need not be sent, by name
	// Older are packages of the same data and model whose pages the program made in
	// another way then: they stand too, where the pages of the former version are taken.
	Older   map[string]snapshot.Stands
	Removed []job.VersionFile
	Same    bool // every package holds what it held before, whichever way its pages are made
}

// Compare holds a plan's packages against the former version's files: by name,
// fingerprint and length, without reading data.
func (f *Former) Compare(p *job.Plan) Comparison {
	c := Comparison{Stands: map[string]snapshot.Stands{}, Older: map[string]snapshot.Stands{}, Same: true}
	planned := map[string]bool{}
	for _, pkg := range p.Packages {
		planned[pkg.Name] = true
		before := f.prints[pkg.Name]
		same := pkg.Fingerprint != "" && pkg.Fingerprint == before.fingerprint
		older := !same && pkg.Source != "" && pkg.Source == before.source
		if !same && !(older && pkg.Fingerprint != "") && (pkg.Fingerprint != "" || pkg.Files > 0) {
			c.Same = false
		}
		file, ok := f.file(pkg.Name)
		stands := snapshot.Stands{Print: before.fingerprint, Bytes: file.Bytes, MD5: file.MD5, SHA256: before.sha256}
		switch {
		case same && ok && file.Bytes == pkg.Bytes:
			c.Stands[pkg.Name] = stands
		case older && ok:
			c.Older[pkg.Name] = stands
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
func (f *Former) Layout() shape.Layout {
	has := func(name string) bool { _, ok := f.file(name); return ok }
	switch {
	case has(names.Content), has(names.ContentELN):
		return shape.LayoutSingle
	case !has(names.Metadata):
		return shape.LayoutAuto
	}
	for _, v := range f.Files {
		if strings.HasSuffix(v.Name, ".zip") && v.Name != names.Metadata && !strings.Contains(v.Name, "--") {
			return shape.LayoutPerDataSet
		}
	}
	return shape.LayoutFiles
}

// Refusal says that nothing would change; nil where something does.
func (f *Former) Refusal(c Comparison, changes []string) error {
	if !c.Same || len(changes) > 0 {
		return nil
	}
	return failure.Refuse(fmt.Sprintf("nothing has changed since %s", f.Name()), "the data and what describes it are the same",
		"there is no need for a new version", nil)
}

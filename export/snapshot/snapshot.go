package snapshot

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/record"
)

// Files of a snapshot, in its folder.
const (
	planFile     = "plan.json"
	hashesFile   = "packages.json"     // SHA-256 of finished packages
	TypesFile    = "types.json"        // the types of the entities
	EntitiesFile = "entities.jsonl.gz" // entityLine, in the package's order
	PagesFile    = "pages"             // rendered pages, each compressed on its own
)

// Snapshot is a plan on disk, from which packages are made without a second
// look at openBIS. It is safe for one writer of packages at a time; Plan,
// Request and Files may be called meanwhile.
type Snapshot struct {
	dir   string // the snapshot's folder
	disk  disk.Writer
	mu    sync.Mutex
	state state
	sums  map[string]string // SHA-256 by package
	types map[string]openbis.EntityType
	pages *Spool
}

// Contents is what a plan has found out.
type Contents struct {
	Plan    job.Plan            `json:"plan"`
	Request job.Request         `json:"request"`
	Packs   []Pack              `json:"packs"`
	Stores  []openbis.DataStore `json:"stores"`
	Facts   Facts               `json:"facts"`
	Latest  time.Time           `json:"latest"` // time of generated files
}

// state is plan.json.
type state struct {
	Format int `json:"format"`
	Contents
	ReadmeSize int64 `json:"readmeSize"` // with its blanks
	IndexSize  int64 `json:"indexSize"`
	CrateSize  int64 `json:"crateSize"`
}

// format is raised when an older snapshot can't be read any more, and when what
// is generated for it comes out in other bytes: the lengths are in the snapshot.
const format = 3

// Facts is what README and crate say beside the request.
type Facts struct {
	Publisher    string         `json:"publisher"`
	PublisherURL string         `json:"publisherUrl,omitempty"`
	Generator    string         `json:"generator"`
	Source       string         `json:"source"`
	ExportedBy   string         `json:"exportedBy"`
	ExportedByID string         `json:"exportedById,omitempty"`
	License      record.License `json:"license"`
}

// PackKind tells what a record file is made of.
type PackKind string

// The kinds of record files.
const (
	ZIP PackKind = "zip"
	Raw PackKind = "raw" // one data file as it is
	Doc PackKind = "doc" // README or crate beside the ZIPs
)

// Pack is a record file.
type Pack struct {
	Name   string      `json:"name"`
	Kind   PackKind    `json:"kind"`
	List   string      `json:"list,omitempty"`   // file of its entries
	Prefix string      `json:"prefix,omitempty"` // root folder, "content/" in an .eln
	Data   bool        `json:"data"`             // holds data alone, nothing of the record
	Gone   bool        `json:"gone,omitempty"`   // its only file was left out
	Gen    []Generated `json:"gen,omitempty"`    // generated files behind the entries, in order
	Bytes  int64       `json:"bytes"`
	Files  int         `json:"files"`            // data files
	Print  string      `json:"print,omitempty"`  // its fingerprint
	Model  string      `json:"model,omitempty"`  // what its pages are made from
	Source string      `json:"source,omitempty"` // fingerprint of its data and of what its pages are made from
	Newest int64       `json:"newest,omitempty"` // Unix time of its newest entry
	Stands *Stands     `json:"stands,omitempty"`
}

// Stands is a file of the former version that stands in this one as well, as long
// as the package is what it was compared as.
type Stands struct {
	Print  string `json:"print"`
	Bytes  int64  `json:"bytes"`
	MD5    string `json:"md5"`
	SHA256 string `json:"sha256"`
}

// Generated is a generated file.
type Generated struct {
	Name string `json:"name"`
	What What   `json:"what"`
	Size int64  `json:"size"`
}

// What tells what a generated file says.
type What string

// The generated files.
const (
	GenTypes    What = "types"
	GenIndex    What = "index"
	GenOmitted  What = "omitted"
	GenReadme   What = "readme"
	GenCrate    What = "crate"
	GenManifest What = "manifest"
	GenOwn      What = "own" // manifest of one data package
)

// Create computes the lengths of all packages, whose lists are in dir, and writes
// the snapshot down. It is not open for writing packages.
func Create(dir string, c Contents, types map[string]openbis.EntityType) (*Snapshot, error) {
	s := &Snapshot{dir: dir, sums: map[string]string{}, types: types, state: state{Format: format, Contents: c}}
	if err := s.measure(nil); err != nil {
		return nil, err
	}
	return s, s.save()
}

// Folder is the snapshot's folder below a job's folder.
func Folder(dir string) string { return filepath.Join(dir, "plan") }

// Open opens the snapshot in dir/plan. Close it after use.
func Open(dir string) (*Snapshot, error) {
	s := &Snapshot{dir: Folder(dir), sums: map[string]string{}}
	if err := readJSON(filepath.Join(s.dir, planFile), &s.state); err != nil {
		return nil, err
	}
	if s.state.Format != format {
		return nil, &failure.Error{
			Kind: failure.OtherVersion, What: "the export was planned by another version of the program, which made its packages in another way",
			Do: "discard it (zenobis discard) and export again",
		}
	}
	if err := readJSON(filepath.Join(s.dir, TypesFile), &s.types); err != nil {
		return nil, err
	}
	if err := readJSON(filepath.Join(s.dir, hashesFile), &s.sums); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var err error
	s.pages, err = openSpool(filepath.Join(s.dir, PagesFile))
	return s, err
}

func readJSON(path string, v any) error {
	data, err := disk.Read(path)
	if err != nil {
		return damaged(path, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return damaged(path, err)
	}
	return nil
}

// Trace lets the steps of changes on the disk be seen.
func (s *Snapshot) Trace(w disk.Writer) { s.disk = w }

// Close closes the snapshot's files.
func (s *Snapshot) Close() error { return s.pages.Close() }

// Plan returns the summary. Its Packages are in sending order.
func (s *Snapshot) Plan() *job.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.Plan
	return &p
}

// Request returns what the plan was made for, defaults filled in.
func (s *Snapshot) Request() job.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Request
}

// Entities yields the entities in the package's order.
func (s *Snapshot) Entities(yield func(openbis.Entity) error) error {
	return s.Lines(func(l *EntityLine) error { return yield(l.E) })
}

// Lines yields the entities with their places and pages, in the same order.
func (s *Snapshot) Lines(yield func(*EntityLine) error) error {
	return readLines(filepath.Join(s.dir, EntitiesFile), yield)
}

// NamesRecord reports whether a package holds the DOI and so has to be made
// anew for another draft. Such a package also holds the SHA-256 of all files
// and of the packages before it: write it when those are confirmed.
func (s *Snapshot) NamesRecord(pkg string) bool {
	p, ok := s.pack(pkg)
	return ok && !p.Data
}

// NamesHash reports whether the crate names the SHA-256 of a package.
func (s *Snapshot) NamesHash(pkg string) bool {
	p, ok := s.pack(pkg)
	return ok && named(p) && !alone(s.packs())
}

// named reports whether a package has a node with its SHA-256 in the crate.
func named(p Pack) bool { return p.Kind == ZIP && p.Data }

func (s *Snapshot) pack(name string) (Pack, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.state.Packs {
		if p.Name == name && !p.Gone {
			return p, true
		}
	}
	return Pack{}, false
}

func (s *Snapshot) packs() []Pack {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Pack, 0, len(s.state.Packs))
	for _, p := range s.state.Packs {
		if !p.Gone {
			list = append(list, p)
		}
	}
	return list
}

// SetPackageHash notes the SHA-256 (hex) of a finished data package, which the
// crate names. It is kept in the snapshot's folder.
func (s *Snapshot) SetPackageHash(pkg, sha256 string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sums[pkg] == sha256 {
		return nil
	}
	s.sums[pkg] = sha256
	return WriteJSON(filepath.Join(s.dir, hashesFile), s.sums)
}

// entries yields the files of a package that were not left out, with their index.
func (s *Snapshot) entries(p *Pack, yield func(i int, e *Entry) error) error {
	if p.List == "" {
		return nil
	}
	i := -1
	return ReadEntries(filepath.Join(s.dir, p.List), func(e *Entry) error {
		if i++; e.X {
			return nil
		}
		return yield(i, e)
	})
}

// Files yields the data files of a package in sending order; of all packages
// for "".
func (s *Snapshot) Files(pkg string, yield func(fetch.File) error) error {
	for _, p := range s.packs() {
		if p.Files == 0 || (pkg != "" && p.Name != pkg) {
			continue
		}
		err := s.entries(&p, func(i int, e *Entry) error {
			if e.Page || e.F {
				return nil
			}
			return yield(s.ref(&p, i, e))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

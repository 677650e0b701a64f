package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zenobis/openbis"
	"zenobis/record"
)

// Files of a snapshot, in its folder.
const (
	planFile     = "plan.json"
	hashesFile   = "packages.json"     // SHA-256 of finished packages
	typesFile    = "types.json"        // the types of the entities
	entitiesFile = "entities.jsonl.gz" // entityLine, in the package's order
	pagesFile    = "pages"             // rendered pages, each compressed on its own
)

// Snapshot is a plan on disk, from which packages are made without a second
// look at openBIS. It is safe for one writer of packages at a time; Plan,
// Request and Files may be called meanwhile.
type Snapshot struct {
	dir   string // the snapshot's folder
	mu    sync.Mutex
	state state
	sums  map[string]string // SHA-256 by package
	types map[string]openbis.EntityType
	pages *spool
}

// state is plan.json.
type state struct {
	Format     int                 `json:"format"`
	Plan       Plan                `json:"plan"`
	Request    Request             `json:"request"`
	Packs      []pack              `json:"packs"`
	Stores     []openbis.DataStore `json:"stores"`
	Facts      baseFacts           `json:"facts"`
	Latest     time.Time           `json:"latest"`     // time of generated files
	ReadmeSize int64               `json:"readmeSize"` // with its blanks
	CrateSize  int64               `json:"crateSize"`
}

// format is raised when an older snapshot can't be read any more.
const format = 1

// baseFacts is what README and crate say beside the request.
type baseFacts struct {
	Publisher    string         `json:"publisher"`
	PublisherURL string         `json:"publisherUrl,omitempty"`
	Generator    string         `json:"generator"`
	Source       string         `json:"source"`
	ExportedBy   string         `json:"exportedBy"`
	License      record.License `json:"license"`
}

type packKind string

const (
	packZIP packKind = "zip"
	packRaw packKind = "raw" // one data file as it is
	packDoc packKind = "doc" // README or crate beside the ZIPs
)

// pack is a record file.
type pack struct {
	Name   string   `json:"name"`
	Kind   packKind `json:"kind"`
	List   string   `json:"list,omitempty"`   // file of its entries
	Prefix string   `json:"prefix,omitempty"` // root folder, "content/" in an .eln
	Data   bool     `json:"data"`             // holds data alone, nothing of the record
	Gone   bool     `json:"gone,omitempty"`   // its only file was left out
	Gen    []gen    `json:"gen,omitempty"`    // generated files behind the entries, in order
	Bytes  int64    `json:"bytes"`
	Files  int      `json:"files"` // data files
}

// gen is a generated file.
type gen struct {
	Name string  `json:"name"`
	What genKind `json:"what"`
	Size int64   `json:"size"`
}

type genKind string

const (
	genIndex    genKind = "index"
	genOmitted  genKind = "omitted"
	genReadme   genKind = "readme"
	genCrate    genKind = "crate"
	genManifest genKind = "manifest"
	genOwn      genKind = "own" // manifest of one data package
)

// OpenSnapshot opens the snapshot in dir/plan. Close it after use.
func OpenSnapshot(dir string) (*Snapshot, error) {
	s := &Snapshot{dir: filepath.Join(dir, planDir), sums: map[string]string{}}
	if err := readJSON(filepath.Join(s.dir, planFile), &s.state); err != nil {
		return nil, err
	}
	if s.state.Format != format {
		return nil, fmt.Errorf("open snapshot: made by another version of the program (format %d, not %d)", s.state.Format, format)
	}
	if err := readJSON(filepath.Join(s.dir, typesFile), &s.types); err != nil {
		return nil, err
	}
	if err := readJSON(filepath.Join(s.dir, hashesFile), &s.sums); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var err error
	s.pages, err = openSpool(filepath.Join(s.dir, pagesFile))
	return s, err
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("open snapshot: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read snapshot %s: %w", filepath.Base(path), err)
	}
	return nil
}

// Close closes the snapshot's files.
func (s *Snapshot) Close() error { return s.pages.close() }

// Plan returns the summary. Its Packages are in sending order.
func (s *Snapshot) Plan() *Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.Plan
	return &p
}

// Request returns what the plan was made for, defaults filled in.
func (s *Snapshot) Request() Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Request
}

// NamesRecord reports whether a package holds the DOI and so has to be made
// anew for another draft. Such a package also holds the SHA-256 of all files
// and of the packages before it: write it when those are confirmed.
func (s *Snapshot) NamesRecord(pkg string) bool {
	p, ok := s.pack(pkg)
	return ok && !p.Data
}

// NamesHashes reports whether a package holds the SHA-256 of other packages or
// of their files, so that it can be written only when these are confirmed.
func (s *Snapshot) NamesHashes(pkg string) bool { return s.NamesRecord(pkg) }

func (s *Snapshot) pack(name string) (pack, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.state.Packs {
		if p.Name == name && !p.Gone {
			return p, true
		}
	}
	return pack{}, false
}

func (s *Snapshot) packs() []pack {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]pack, 0, len(s.state.Packs))
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
	return writePlanFile(filepath.Join(s.dir, hashesFile), s.sums)
}

// entries yields the files of a package that were not left out, with their index.
func (s *Snapshot) entries(p *pack, yield func(i int, e *packEntry) error) error {
	if p.List == "" {
		return nil
	}
	i := -1
	return readEntries(filepath.Join(s.dir, p.List), func(e *packEntry) error {
		if i++; e.X {
			return nil
		}
		return yield(i, e)
	})
}

// Files yields the data files of a package in sending order; of all packages
// for "".
func (s *Snapshot) Files(pkg string, yield func(FileRef) error) error {
	for _, p := range s.packs() {
		if p.Files == 0 || (pkg != "" && p.Name != pkg) {
			continue
		}
		err := s.entries(&p, func(i int, e *packEntry) error {
			if e.Page {
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

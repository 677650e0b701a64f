package export

import (
	"context"
	"fmt"
	"io"
	"time"

	"zenobis/openbis"
	"zenobis/record"
	"zenobis/zenodo"
)

// Catalog is what planning reads from openBIS; *openbis.Client implements it.
type Catalog interface {
	Spaces(ctx context.Context) ([]openbis.Entity, error)
	Projects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	Collections(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	CollectionObjects(ctx context.Context, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	ProjectObjects(ctx context.Context, projectPermID string, p openbis.Page) (openbis.Listing, error)
	SpaceObjects(ctx context.Context, space string, p openbis.Page) (openbis.Listing, error)
	ChildObjects(ctx context.Context, objectPermID, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	CollectionDataSets(ctx context.Context, collectionPermID string, p openbis.Page) (openbis.Listing, error)
	ObjectDataSets(ctx context.Context, objectPermID string, p openbis.Page) (openbis.Listing, error)
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Types(ctx context.Context, kind openbis.Kind) (map[string]openbis.EntityType, error)
	Files(ctx context.Context, store openbis.DataStore, dataSet string, yield func(openbis.File) error) error
	Image(ctx context.Context, src string) (mediaType string, data []byte, err error)
}

// Planner resolves a selection into a snapshot. Catalog, Limits, Version and
// Now are needed, the rest may be left out.
type Planner struct {
	Catalog Catalog
	Limits  zenodo.Limits // what a record may hold; zero fields are not checked
	Version string        // of the program: "1.0.0"
	Now     time.Time     // the plan's time and the default publication date

	Kind      zenodo.Kind // of the server; only zenodo lets users raise the quota themselves
	Publisher string      // "Zenodo", or the name of another instance
	// PublisherURL is its address.
	PublisherURL string
	ExportedBy   string         // name of the person with whose rights the plan is made
	SourceURL    string         // openBIS address; used only where Request.ShowSource
	Known        []string       // user ids, host names and the like that must not be found in published texts
	License      record.License // of the metadata's licence, where known

	// PublishedBefore tells the DOI under which an entity was published already.
	PublishedBefore func(permID string) (doi string, ok bool)
	Progress        func(stage string, n int) // stages: entities, files, pages, packages

	// Sleep waits before a data set without checksums is listed again; nil
	// waits by the clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

// WholeLimit is the size in bytes up to which a file is fetched whole before
// its entry begins: a quarter of the read-ahead's pool. A file without a known
// CRC-32 gets a data descriptor only above it.
const WholeLimit = 6 << 20

// FileRef is a data file of a package, in sending order.
type FileRef struct {
	Package string // name of the record file it goes into
	Index   int    // of its entry in the package: the key of Hashes
	DataSet string // permId
	Store   openbis.DataStore
	File    openbis.File // Path as openBIS knows it
	Entry   string       // path in the tree
}

// Feed delivers the content of data files. WritePackage asks for them in the
// order of Snapshot.Files, each once, and reads exactly File.Size bytes.
type Feed interface {
	Open(ctx context.Context, r FileRef) (io.ReadCloser, error)
}

// Hashes keeps what was computed of data files on the way. Put makes a value
// visible to Get at once; a package that is sent again puts the same again.
type Hashes interface {
	// Get returns the SHA-256 (hex) and CRC-32 of a data file that was sent.
	Get(pkg string, index int) (sha256 string, crc uint32, ok bool)
	Put(pkg string, index int, sha256 string, crc uint32) error
}

// RecordFacts is what is known only once there is a draft.
type RecordFacts struct {
	DOI string // reserved; "" where the server reserves none
	URL string // of the record; used only without a DOI
}

// WriteOptions is what WritePackage needs beside the snapshot.
type WriteOptions struct {
	Facts  RecordFacts
	Feed   Feed
	Hashes Hashes
	// Begin is called before a data file's first byte, nil is allowed.
	Begin func(FileRef)
}

// FileError is a data file that could not be had or is not what was planned.
// Err says why: openbis.ErrNoBytes, openbis.ErrShort, ErrChanged, ...
type FileError struct {
	Ref FileRef
	Err error
}

// Error implements error.
func (e *FileError) Error() string {
	return fmt.Sprintf("file %q of data set %s: %v", e.Ref.File.Path, e.Ref.DataSet, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// OmitRequest is a broken data file that is to be left out.
type OmitRequest struct {
	DataSet string // permId
	Path    string // as openBIS knows it
	Reason  string // unreadable, corrupt
	Message string
}

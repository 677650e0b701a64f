package export

import (
	"context"
	"errors"
	"io"
)

var errPending = errors.New("not built yet")

// Snapshot is a plan on disk, from which packages are made.
type Snapshot struct{}

// Plan resolves the request and writes the snapshot to dir/plan.
func (p *Planner) Plan(ctx context.Context, req Request, dir string) (*Plan, error) {
	return nil, errPending
}

// OpenSnapshot opens the snapshot in dir/plan.
func OpenSnapshot(dir string) (*Snapshot, error) { return nil, errPending }

// Plan returns the summary. Its Packages are in sending order.
func (s *Snapshot) Plan() *Plan { return nil }

// Request returns what the plan was made for, defaults filled in.
func (s *Snapshot) Request() Request { return Request{} }

// NamesRecord reports whether a package holds the DOI and so has to be made
// anew for another draft.
func (s *Snapshot) NamesRecord(pkg string) bool { return false }


// Files yields the data files of a package in sending order; of all packages
// for "".
func (s *Snapshot) Files(pkg string, yield func(FileRef) error) error { return errPending }

// WritePackage writes the bytes of a package: always the same ones, exactly
// Package.Bytes many. An error about a data file is a *FileError.
func (s *Snapshot) WritePackage(ctx context.Context, w io.Writer, pkg string, o WriteOptions) error {
	return errPending
}

// SetPackageHash notes the SHA-256 (hex) of a finished data package, which the
// crate names. It is kept in the snapshot's folder.
func (s *Snapshot) SetPackageHash(pkg, sha256 string) error { return errPending }

// Omit leaves a broken file out and returns the new plan. Entries keep their
// Index; packages named in confirmed do not change.
func (s *Snapshot) Omit(o OmitRequest, confirmed func(pkg string) bool) (*Plan, error) {
	return nil, errPending
}

// Close closes the snapshot's files.
func (s *Snapshot) Close() error { return nil }

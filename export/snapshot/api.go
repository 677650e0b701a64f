// Package snapshot is a plan on disk and the bytes that are made from it: the
// packages are always made from it, never from a second look at openBIS, so that
// one that is sent again is the same to the byte.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"

	"zenobis/export/fetch"
	"zenobis/omission"
)

// errNoHash is wrapped where a package is written before one that it names.
var errNoHash = errors.New("checksum not known yet")

// Feed delivers the content of data files. WritePackage asks for them in the
// order of Snapshot.Files, each once, and reads exactly File.Size bytes.
type Feed interface {
	Open(ctx context.Context, r fetch.File) (io.ReadCloser, error)
}

// Hashes keeps what was computed of data files on the way. Put makes a value
// visible to Get at once; a package that is sent again puts the same again.
type Hashes interface {
	// Get returns the SHA-256 (hex) and CRC-32 of a data file that was sent.
	Get(pkg string, index int) (sha256 string, crc uint32, ok bool)
	Put(pkg string, index int, sha256 string, crc uint32) error
}

// Record is what is known only once there is a draft.
type Record struct {
	DOI string // reserved; "" where the server reserves none
	URL string // of the record; used only without a DOI
}

// WriteOptions is what WritePackage needs beside the snapshot.
type WriteOptions struct {
	Record Record
	Feed   Feed
	Hashes Hashes
	// Begin is called before a data file's first byte, nil is allowed.
	Begin func(fetch.File)
}

// FileError is a data file that could not be had or is not what was planned.
// Err says why: openbis.ErrNoBytes, openbis.ErrShort, ErrChanged, ...
type FileError struct {
	Ref fetch.File
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
	DataSet string          // permId
	Path    string          // as openBIS knows it
	Reason  omission.Reason // Unreadable, Corrupt
	Message string
}

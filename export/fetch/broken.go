package fetch

import (
	"errors"
	"fmt"
	"strings"

	"zenobis/export/failure"
	"zenobis/omission"
	"zenobis/openbis"
)

// Broken is a data file that can't be had, however often one tries.
type Broken struct {
	File    File
	Reason  omission.Reason // Unreadable, Corrupt
	Message string
	Err     error
}

// Error implements error.
func (b *Broken) Error() string { return b.Message }

// Unwrap returns the kind and the cause.
func (b *Broken) Unwrap() []error {
	if b.Err == nil {
		return []error{failure.BrokenFile}
	}
	return []error{failure.BrokenFile, b.Err}
}

// ErrDiffers is a file whose bytes are not those that openBIS has a checksum of.
var ErrDiffers = errors.New("checksum differs")

// differs words a wrong checksum.
func differs(want, have uint32) error {
	return fmt.Errorf("%w: openBIS has CRC-32 %08x, what it delivers has %08x", ErrDiffers, want, have)
}

// hopeless reports an error of openBIS that the same request will meet again.
func hopeless(err error) bool {
	return errors.Is(err, openbis.ErrBadName) || errors.Is(err, openbis.ErrArchived) || errors.Is(err, openbis.ErrStoreURL)
}

// missing reports that openBIS, as far as it is well, does not deliver the file.
func missing(err error) bool {
	return errors.Is(err, openbis.ErrNoBytes) || errors.Is(err, openbis.ErrNotFound) || errors.Is(err, openbis.ErrDenied)
}

// unreadable is the end of trying to get a file.
func unreadable(f File, err error) error {
	if errors.Is(err, openbis.ErrStoreURL) {
		return err // not the file's fault
	}
	why := failure.Text(err)
	if _, rest, ok := strings.Cut(why, " of data set "+f.DataSet+": "); ok {
		why = rest // which file it is stands before this message already
	}
	return &Broken{File: f, Reason: omission.Unreadable, Message: "openBIS does not deliver it: " + why, Err: err}
}

// corrupt is the end of trying to get a file as openBIS has recorded it.
func corrupt(f File, err error) error {
	return &Broken{File: f, Reason: omission.Corrupt, Message: failure.Text(err), Err: err}
}

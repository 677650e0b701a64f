package job

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"zenobis/disk"
)

// ManifestLine is one data file of an export.
type ManifestLine struct {
	DataSet string // permId
	Path    string // as openBIS knows it
	Size    int64  // bytes
	CRC     uint32
	SHA256  string // hex; "" while it was not sent
	Package string // record file that holds it
	Entry   string // path in the tree
	Raw     bool   // the record file is the data file itself
}

// WriteManifest keeps what every data file was: when the job is settled, plan
// and hashes go, and this is what leads from openBIS' files to the record's.
func WriteManifest(dir string, lines func(yield func(ManifestLine) error) error) error {
	err := disk.Replace(filepath.Join(dir, manifestName), func(w io.Writer) error {
		z := gzip.NewWriter(w)
		enc := json.NewEncoder(z)
		return errors.Join(lines(func(l ManifestLine) error { return enc.Encode(l) }), z.Close())
	})
	if err != nil {
		return fmt.Errorf("write the list of files: %w", err)
	}
	return nil
}

// HasManifest reports whether the list of an export's data files is kept.
func HasManifest(dir string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// ReadManifest yields the data files of an export in sending order. The error is
// fs.ErrNotExist for an upload that was never complete nor published.
func ReadManifest(ctx context.Context, dir string, yield func(ManifestLine) error) error {
	f, err := disk.Open(filepath.Join(dir, manifestName), os.O_RDONLY)
	if err != nil {
		return fmt.Errorf("read the list of files: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return fmt.Errorf("read the list of files: %w", err)
	}
	for dec := json.NewDecoder(z); ; {
		var l ManifestLine
		switch err := dec.Decode(&l); {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read the list of files: %w", err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := yield(l); err != nil {
			return err
		}
	}
}

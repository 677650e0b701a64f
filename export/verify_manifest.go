package export

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

	"zenobis/export/failure"
)

// writeManifest keeps what every data file was: when the job is settled, plan
// and hashes go, and this is what tells openBIS' files from the record's.
func (t *transfer) writeManifest() error {
	path := filepath.Join(t.dir, manifestName)
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return diskError(err)
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	enc := json.NewEncoder(z)
	err = t.snap.Files("", func(r FileRef) error {
		sum, crc, _ := t.hashes.Get(r.Package, r.Index)
		return enc.Encode(line(r, sum, crc, t.plan.Layout))
	})
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(path+".part", path)
	}
	if err != nil {
		return fmt.Errorf("write the list of files: %w", diskError(err))
	}
	return nil
}

func line(r FileRef, sum string, crc uint32, layout Layout) ManifestLine {
	if sum == "" {
		crc = r.File.CRC
	}
	return ManifestLine{DataSet: r.DataSet, Path: r.File.Path, Size: r.File.Size, CRC: crc, SHA256: sum, Package: r.Package, Entry: r.Entry, Raw: layout == LayoutFiles && r.Package != "metadata.zip"}
}

// Manifest yields the data files of an export in sending order.
func (e *Engine) Manifest(ctx context.Context, id string, yield func(ManifestLine) error) error {
	dir, err := e.dir(id)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return e.planned(ctx, dir, yield)
	}
	if err != nil {
		return failure.Wrap("the list of files can't be read", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return failure.Wrap("the list of files can't be read", err)
	}
	for dec := json.NewDecoder(z); ; {
		var l ManifestLine
		switch err := dec.Decode(&l); {
		case err == io.EOF:
			return nil
		case err != nil:
			return failure.Wrap("the list of files can't be read", err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := yield(l); err != nil {
			return err
		}
	}
}

// planned yields the files of an upload that is not complete.
func (e *Engine) planned(ctx context.Context, dir string, yield func(ManifestLine) error) error {
	snap, err := OpenSnapshot(dir)
	if err != nil {
		return failure.Wrap("the list of files is not kept", err)
	}
	defer snap.Close()
	h := &hashStore{dir: filepath.Join(dir, hashesName)}
	defer h.close()
	return snap.Files("", func(r FileRef) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		sum, crc, _ := h.Get(r.Package, r.Index)
		return yield(line(r, sum, crc, snap.Plan().Layout))
	})
}

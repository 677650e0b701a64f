package export

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// lineWriter writes JSON lines, compressed. The gzip header holds neither name
// nor time, so that the same plan is the same file.
type lineWriter struct {
	f    *os.File
	z    *gzip.Writer
	buf  *bufio.Writer
	path string
}

func createLines(path string) (*lineWriter, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed)
	return &lineWriter{f: f, z: z, buf: bufio.NewWriterSize(z, 32<<10), path: path}, nil
}

func (w *lineWriter) add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = w.buf.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// close makes the file whole and durable.
func (w *lineWriter) close() error {
	err := errors.Join(w.buf.Flush(), w.z.Close(), w.f.Sync(), w.f.Close())
	if err != nil {
		return fmt.Errorf("write snapshot %s: %w", filepath.Base(w.path), err)
	}
	return nil
}

// abort closes the file after a failure that is reported elsewhere.
func (w *lineWriter) abort() { w.f.Close() }

// readLines yields the records of a file of JSON lines in their order. The
// value is used again for the next line.
func readLines[T any](path string, yield func(*T) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open snapshot: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 32<<10))
	if err != nil {
		return fmt.Errorf("read snapshot %s: %w", filepath.Base(path), err)
	}
	r := bufio.NewReaderSize(z, 64<<10)
	var long []byte
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			continue
		}
		if len(long) > 0 {
			line, long = append(long, line...), nil
		}
		if errors.Is(err, io.EOF) {
			if len(bytes.TrimSpace(line)) > 0 {
				return fmt.Errorf("read snapshot %s: the last line is torn", filepath.Base(path))
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("read snapshot %s: %w", filepath.Base(path), err)
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return fmt.Errorf("read snapshot %s: %w", filepath.Base(path), err)
		}
		if err := yield(&v); err != nil {
			return err
		}
	}
}

// writeFile replaces a small file so that it is there wholly or not at all.
func writePlanFile(path string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(append(data, '\n')); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write snapshot %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

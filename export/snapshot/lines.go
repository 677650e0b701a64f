package snapshot

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"zenobis/disk"
)

// LineWriter writes lines, compressed. The gzip header holds neither name
// nor time, so that the same plan is the same file.
type LineWriter struct {
	f    *os.File
	z    *gzip.Writer
	buf  *bufio.Writer
	path string
	line []byte // kept to be used again
}

// CreateLines begins a file of lines; it is there once Close has ended well.
func CreateLines(path string) (*LineWriter, error) {
	f, err := disk.Open(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed)
	return &LineWriter{f: f, z: z, buf: bufio.NewWriterSize(z, 32<<10), path: path}, nil
}

// Add adds a value as a line of JSON.
func (w *LineWriter) Add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = w.buf.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// AddEntry adds an entry of a package.
func (w *LineWriter) AddEntry(e *Entry) error {
	w.line = e.AppendLine(w.line[:0])
	if _, err := w.buf.Write(w.line); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// Close makes the file whole and, unless it is a temporary one, durable.
func (w *LineWriter) Close() error {
	err := errors.Join(w.buf.Flush(), w.z.Close())
	if !strings.HasSuffix(w.path, ".tmp") {
		err = errors.Join(err, w.f.Sync())
	}
	err = errors.Join(err, w.f.Close())
	if err != nil {
		return fmt.Errorf("write snapshot %s: %w", filepath.Base(w.path), err)
	}
	return nil
}

// Abort closes the file after a failure that is reported elsewhere.
func (w *LineWriter) Abort() { w.f.Close() }

// LineReader reads what lineWriter wrote.
type LineReader struct {
	f    *os.File
	r    *bufio.Reader
	long []byte
	path string
}

// expands is how many times longer than its file a list of lines can be.
const expands = 32

// OpenLines opens a file of lines for reading, with a buffer of that many bytes
// or, for a short file, fewer.
func OpenLines(path string, buffer int) (*LineReader, error) {
	f, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, damaged(path, err)
	}
	if info, err := f.Stat(); err == nil {
		buffer = int(min(int64(buffer), max(expands*info.Size(), 4<<10)))
	}
	l := &LineReader{f: f, path: path}
	z, err := gzip.NewReader(bufio.NewReaderSize(f, buffer/2))
	if err != nil {
		f.Close()
		return nil, l.Failed(err)
	}
	l.r = bufio.NewReaderSize(z, buffer)
	return l, nil
}

// Failed words an error of reading with the name of the file.
func (l *LineReader) Failed(err error) error {
	return damaged(l.path, err)
}

// Close closes the file.
func (l *LineReader) Close() { l.f.Close() }

// Next returns the next line, which is good until the one after it is asked
// for, or io.EOF.
func (l *LineReader) Next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		line, err := l.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			l.long = append(l.long, line...)
			continue
		}
		if len(l.long) > 0 {
			l.long = append(l.long, line...)
			line = l.long
		}
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, l.Failed(errors.New("the last line is torn"))
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		}
		return nil, l.Failed(err)
	}
}

// eachLine yields the lines of a file in their order.
func eachLine(path string, yield func(line []byte) error) error {
	l, err := OpenLines(path, 64<<10)
	if err != nil {
		return err
	}
	defer l.Close()
	for {
		line, err := l.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := yield(line); err != nil {
			return err
		}
	}
}

// readLines yields the records of a file of JSON lines in their order.
func readLines[T any](path string, yield func(*T) error) error {
	return eachLine(path, func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return damaged(path, err)
		}
		return yield(&v)
	})
}

// WriteJSON replaces a small file of the snapshot, through a power cut.
func WriteJSON(path string, v any) error { return writeJSON(disk.Writer{}, path, v) }

func writeJSON(w disk.Writer, path string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err == nil {
		err = w.Write(path, append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write snapshot %s: %w", filepath.Base(path), err)
	}
	return nil
}

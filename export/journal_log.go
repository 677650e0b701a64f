package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// journalName is the journal in a job's folder.
const journalName = "journal.jsonl"

// maxLine is the longest line that is believed, in bytes.
const maxLine = 4 << 20

// journal appends to a job's journal and knows what it says. Safe for
// concurrent use; a process that has the lock of the job is the only writer.
type journal struct {
	path string
	now  func() entry // a line with the time filled in
	step func(string)

	mu     sync.Mutex
	f      *os.File
	status status
}

// openJournal reads the journal in dir and opens it for appending. What a dead
// process left of a line is cut off, so that the next line is whole.
func openJournal(dir string, stamp func() entry, step func(string)) (*journal, error) {
	path := filepath.Join(dir, journalName)
	st, err := readJournal(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", diskError(err))
	}
	if err := trimTail(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("open journal: %w", diskError(err))
	}
	if err := syncDir(dir); err != nil {
		f.Close()
		return nil, fmt.Errorf("open journal: %w", diskError(err))
	}
	return &journal{path: path, now: stamp, step: step, f: f, status: st}, nil
}

// trimTail drops a line without end and leaves the position at the end.
func trimTail(f *os.File) error {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	buf := make([]byte, 4096)
	keep := end
	for keep > 0 {
		n := min(int64(len(buf)), keep)
		if _, err := f.ReadAt(buf[:n], keep-n); err != nil {
			return err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			keep = keep - n + int64(i) + 1
			break
		}
		keep -= n
	}
	if keep != end {
		if err := f.Truncate(keep); err != nil {
			return err
		}
	}
	_, err = f.Seek(keep, io.SeekStart)
	return err
}

// readJournal folds a journal; one that does not exist says nothing. Lines that
// can't be read, the torn last one above all, are passed over.
func readJournal(path string) (status, error) {
	st := newStatus()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err != nil {
		return st, fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	if err := foldLines(f, &st); err != nil {
		return st, fmt.Errorf("read journal: %w", err)
	}
	return st, nil
}

func foldLines(r io.Reader, st *status) error {
	b := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := readLine(b)
		if err == io.EOF {
			return nil // a rest without line feed was not finished
		}
		if err != nil {
			return err
		}
		var e entry
		if json.Unmarshal(line, &e) == nil && e.Event != "" {
			st.apply(e)
		}
	}
}

// readLine returns a whole line, nil for one that is too long to be ours.
func readLine(b *bufio.Reader) ([]byte, error) {
	var line []byte
	over := false
	for {
		part, err := b.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			over, line = true, nil
		}
		if !over {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return nil, err
		}
		return line, nil
	}
}

// add notes a step. It is on disk when add returns, where that matters.
func (j *journal) add(s step, fill func(*entry)) error {
	e := j.now()
	e.Event = s
	if fill != nil {
		fill(&e)
	}
	j.step("before " + string(s))
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("note %s: %w", s, err)
	}
	j.mu.Lock()
	err = j.write(append(line, '\n'), s.durable())
	if err == nil {
		j.status.apply(e)
	}
	j.mu.Unlock()
	if err != nil {
		return fmt.Errorf("note %s in the journal: %w", s, diskError(err))
	}
	j.step("after " + string(s))
	return nil
}

func (j *journal) write(line []byte, durable bool) error {
	at, err := j.f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := j.f.Write(line); err != nil {
		if j.f.Truncate(at) == nil { // a full disk took a part of it
			_, _ = j.f.Seek(at, io.SeekStart)
		}
		return err
	}
	if durable {
		return j.f.Sync()
	}
	return nil
}

// look returns what the journal says.
func (j *journal) look() status {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.status.clone()
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.f == nil {
		return nil
	}
	f := j.f
	j.f = nil
	return errors.Join(f.Sync(), f.Close())
}

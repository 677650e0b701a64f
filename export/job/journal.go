package job

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zenobis/disk"
)

// journalName is the journal in a job's folder.
const journalName = "journal.jsonl"

// maxLine is the longest line that is believed, in bytes.
const maxLine = 4 << 20

// Journal appends to a job's journal and knows what it says. Safe for concurrent
// use; the process that has the lock of the job is the only writer.
type Journal struct {
	now  func() time.Time
	step func(string) // told of each record before and after it is on disk

	mu     sync.Mutex
	f      *os.File
	status Status
}

// openJournal reads the journal in dir and opens it for appending. What a dead
// process left of a line is cut off, so that the next line is whole.
func openJournal(dir string, now func() time.Time, step func(string)) (*Journal, error) {
	path := filepath.Join(dir, journalName)
	st, err := readJournal(path)
	if err != nil {
		return nil, err
	}
	f, err := disk.Open(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", disk.Full(err))
	}
	if err := trimTail(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("open journal: %w", disk.Full(err))
	}
	if err := disk.SyncDir(dir); err != nil {
		f.Close()
		return nil, fmt.Errorf("open journal: %w", disk.Full(err))
	}
	return &Journal{now: now, step: step, f: f, status: st}, nil
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
func readJournal(path string) (Status, error) {
	st := newStatus()
	f, err := disk.Open(path, os.O_RDONLY)
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

func foldLines(r io.Reader, st *Status) error {
	b := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := readLine(b)
		if errors.Is(err, io.EOF) {
			return nil // a rest without line feed was not finished
		}
		if err != nil {
			return err
		}
		if at, r, err := decode(line); err == nil {
			st.fold(at, r)
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
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return nil, err
		}
		return line, nil
	}
}

// Add notes a record. It is on disk when Add returns, where that matters.
func (j *Journal) Add(r Record) error {
	at := j.now().UTC()
	j.step("before " + r.step())
	line, err := encode(at, r)
	if err != nil {
		return fmt.Errorf("note %s: %w", r.step(), err)
	}
	j.mu.Lock()
	err = j.write(line, durable(r))
	if err == nil {
		j.status.fold(at, r)
	}
	j.mu.Unlock()
	if err != nil {
		return fmt.Errorf("note %s in the journal: %w", r.step(), disk.Full(err))
	}
	j.step("after " + r.step())
	return nil
}

func (j *Journal) write(line []byte, durable bool) error {
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

// Status returns what the journal says.
func (j *Journal) Status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.status.clone()
}

func (j *Journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.f == nil {
		return nil
	}
	f := j.f
	j.f = nil
	return errors.Join(f.Sync(), f.Close())
}

// Package disk writes files so that a power cut leaves the old or the new one,
// tells a full disk from other faults, and keeps folders to their owner.
package disk

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Writer changes files durably. The zero value does just that; Trace is told of
// each step after it is done, so that a test can see their order: "write",
// "sync", "rename", "sync folder" or "remove", and the path.
type Writer struct{ Trace func(step, path string) }

func (w Writer) did(step, path string) {
	if w.Trace != nil {
		w.Trace(step, path)
	}
}

// Write is Writer.Write without a trace.
func Write(path string, data []byte) error { return Writer{}.Write(path, data) }

// Replace is Writer.Replace without a trace.
func Replace(path string, write func(io.Writer) error) error { return Writer{}.Replace(path, write) }

// SyncDir is Writer.SyncDir without a trace.
func SyncDir(dir string) error { return Writer{}.SyncDir(dir) }

// Write replaces a file as a whole, readable by its owner only: a reader sees
// the old or the new one, and after a power cut one of the two is there. When it
// has returned without an error, it is the new one.
func (w Writer) Write(path string, data []byte) error {
	return w.Replace(path, func(f io.Writer) error {
		_, err := f.Write(data)
		return err
	})
}

// Replace is Write for what comes in pieces. An error of write leaves the old
// file and is returned as it is, or marked as ErrFull.
func (w Writer) Replace(path string, write func(io.Writer) error) error {
	return w.replace(path, write, true)
}

// Swap replaces a file as a whole for its readers, without waiting for the disk:
// for what is written anew every second, or asked for again if a power cut takes it.
func Swap(path string, write func(io.Writer) error) error {
	return Writer{}.replace(path, write, false)
}

func (w Writer) replace(path string, write func(io.Writer) error, durable bool) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return Full(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		f.Close()
		return Full(err)
	}
	w.did("write", path)
	return w.place(f, path, durable)
}

// Place ends a file that was written piece by piece under a name of its own: it
// is closed and stands, in the same folder, in the place of the one before. The
// order is that of Write.
func (w Writer) Place(f *os.File, path string) error { return w.place(f, path, true) }

func (w Writer) place(f *os.File, path string, durable bool) error {
	var err error
	if durable {
		if err = f.Sync(); err == nil {
			w.did("sync", path)
		}
	}
	if err = cmp.Or(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return Full(err)
	}
	w.did("rename", path)
	if durable {
		return w.SyncDir(filepath.Dir(path))
	}
	return nil
}

// Remove removes a file or a folder with all that is in it, durably. What is not
// there is removed already.
func (w Writer) Remove(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	w.did("remove", path)
	return w.SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a folder durable. Some file systems have nothing
// to sync there and say so.
func (w Writer) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return Full(err)
	}
	w.did("sync folder", dir)
	return nil
}

// ErrFull is wrapped by errors that say that a disk takes nothing more.
var ErrFull = errors.New("no room on the disk")

// Full marks an error as ErrFull if it says that the disk or the user's share of
// it is full, or that it can only be read; any other error stays as it is.
func Full(err error) error {
	if errors.Is(err, ErrFull) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

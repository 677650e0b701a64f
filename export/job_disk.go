package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"zenobis/export/failure"
)

// spare is what must be free beside what is known to be needed, in bytes.
const spare = 8 << 20

// diskError marks the errors that say that the state directory is full or
// can't be written.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w: %w", failure.ErrNoSpace, err)
	}
	return err
}

// needSpace refuses to begin where the disk is too full for need bytes.
func needSpace(dir string, need int64) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return nil // not every file system tells; writing will
	}
	if free := int64(st.Bavail) * int64(st.Bsize); free < need+spare {
		return fmt.Errorf("%w: %s free, %s needed", failure.ErrNoSpace, size(free), size(need+spare))
	}
	return nil
}

// writeFile replaces a file as a whole: a reader sees the old or the new one,
// and after a power cut one of the two is there.
func writeFile(path string, data []byte, sync bool) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return diskError(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil && sync {
		err = syncDir(filepath.Dir(path))
	}
	return diskError(err)
}

// syncDir makes names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

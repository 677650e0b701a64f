package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrForeign is wrapped where a file or folder is not the user's own: it belongs
// to somebody else, or a symbolic link stands in its place.
var ErrForeign = errors.New("not this user's own")

// Folder makes a folder that only the user can look into, with those above it,
// or takes one that is there: it must be the user's own and no symbolic link.
// More rights than the owner's are taken away.
func Folder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return Full(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	return tighten(path, info)
}

// Root is Folder for the topmost folder of the user's choice, which may be
// reached by a symbolic link: what the link leads to is looked at.
func Root(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return Full(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return tighten(path, info)
}

// tighten takes the rights of others away from a folder of the user's own. Where
// there are none nothing is changed, which some file systems would refuse.
func tighten(path string, info fs.FileInfo) error {
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder: %w", path, ErrForeign)
	}
	if err := own(path, info); err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(path, 0o700)
}

// Open opens or makes a file of the user's own with the rights 0600. A symbolic
// link in its place is not followed, and what is no ordinary file is refused.
func Open(path string, flag int) (*os.File, error) {
	f, err := openHere(path, flag)
	if errors.Is(err, errLink) {
		return nil, fmt.Errorf("%s is a symbolic link: %w", path, ErrForeign)
	}
	if err != nil {
		return nil, Full(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file: %w", path, ErrForeign)
	}
	if err == nil {
		err = own(path, info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Read is what a file of the user's own holds, opened as Open does.
func Read(path string) ([]byte, error) {
	f, err := Open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// Mine refuses a file or folder that belongs to somebody else. What is not there
// yet is nobody's.
func Mine(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return own(path, info)
}

// own refuses what belongs to another user.
func own(path string, info fs.FileInfo) error {
	if uid, ok := Owner(info); ok && uid != os.Geteuid() {
		return fmt.Errorf("%s belongs to user number %d: %w", path, uid, ErrForeign)
	}
	return nil
}

// errLink is what openHere says of a symbolic link.
var errLink = errors.New("a symbolic link")

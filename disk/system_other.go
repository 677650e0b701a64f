//go:build !unix

package disk

import (
	"io/fs"
	"os"
)

// openHere opens a file that is no symbolic link. Between looking and opening one
// could be put there; here folders are kept to their user by the system's own lists.
func openHere(path string, flag int) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, errLink
	}
	return os.OpenFile(path, flag, 0o600)
}

// Owner is the number of the user whom a file belongs to: here it has none.
func Owner(fs.FileInfo) (uid int, ok bool) { return 0, false }

// free is not told here.
func free(string) (bytes int64, ok bool) { return 0, false }

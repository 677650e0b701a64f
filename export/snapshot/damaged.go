package snapshot

import (
	"errors"
	"io/fs"
	"path/filepath"

	"zenobis/export/failure"
)

// damaged says that a file of the snapshot can't be read: it is gone, cut or
// replaced. It is no failure of a server, so nothing is repeated for it; who puts
// the file back can resume.
func damaged(path string, err error) error {
	var at *fs.PathError
	why := err
	if errors.As(err, &at) {
		path, why = at.Path, at.Err
	}
	return &failure.Error{
		Kind: failure.Disk, What: "what was planned for the export can't be read any more",
		Why: filepath.Base(path) + ": " + failure.Text(why) + ", in " + filepath.Dir(path),
		Do:  "put the file back and resume, or discard the export (zenobis discard) and export again", Err: err,
	}
}

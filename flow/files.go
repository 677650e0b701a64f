package flow

import (
	"context"
	"errors"

	"zenobis/openbis"
	"zenobis/tree"
)

// MaxFiles is how many files of one data set are shown one by one.
const MaxFiles = 100_000

// CutText is said at the end of a list of files that was cut.
const CutText = "Only the first 100,000 files are shown; all are exported. By pattern: zenobis export --file"

// Files is the list of a data set's files.
type Files struct {
	Entries  []tree.FileEntry
	Complete bool // false where it was cut
}

// ListFiles reads the files of a data set, as many as are worth showing.
func ListFiles(ctx context.Context, cat Catalog, store openbis.DataStore, dataSet string) (Files, error) {
	out := Files{Complete: true}
	stop := errors.New("enough")
	err := cat.Files(ctx, store, dataSet, func(f openbis.File) error {
		if len(out.Entries) == MaxFiles {
			out.Complete = false
			return stop
		}
		out.Entries = append(out.Entries, tree.FileEntry{Path: f.Path, Size: f.Size})
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return out, err
}

// AddFiles puts the files of a data set below its node, as folders. Names are
// cleaned for the screen.
func (f *Flow) AddFiles(id tree.ID, gen uint32, files Files) bool {
	f.Listed[f.Tree.Key(id).PermID] = files
	return f.Tree.AddFiles(id, gen, files.Entries, files.Complete)
}

// PartReplaced is said where what was selected in part is taken as a whole: what
// had been chosen or taken out within it is forgotten.
const PartReplaced = "instead of a part"

// CutChoice is said where the choice of files can't be changed.
const CutChoice = "The list of files was cut, so what would be left can't be said: select by pattern, zenobis export --file."

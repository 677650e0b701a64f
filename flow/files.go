package flow

import (
	"context"
	"errors"

	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/tree"
)

// MaxFiles is how many files of one data set are shown one by one.
const MaxFiles = 100_000

// CutText is said at the end of a list of files that was cut.
const CutText = "Only the first 100,000 files are shown; all are exported. By pattern: zenobis export --file"

// Listed holds the files of data sets, by permId, to be shown page by page.
type Listed map[string][]openbis.File

// ListFiles reads the files of a data set, as many as are worth showing and one
// more, which tells that there are others.
func ListFiles(ctx context.Context, cat Catalog, n Node) ([]openbis.File, error) {
	if n.Data == nil {
		return nil, nil
	}
	var out []openbis.File
	stop := errors.New("enough")
	err := cat.Files(ctx, n.Data.Store, n.Ref.PermID, func(f openbis.File) error {
		if len(out) > MaxFiles {
			return stop
		}
		out = append(out, f)
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return out, err
}

// AddFiles puts the next files of a listed data set below its node. A list that
// was cut never ends: what is not shown can't be told from what was not wanted.
func (f *Flow) AddFiles(id tree.ID, gen uint32, files []openbis.File, from, count int) bool {
	end := min(from+count, len(files), MaxFiles)
	more, total := end < len(files), len(files)
	if len(files) > MaxFiles {
		total = -1
	}
	items := make([]tree.Item, 0, end-from)
	for _, e := range files[from:end] {
		items = append(items, tree.Item{
			Key: tree.Key{Kind: tree.File, PermID: e.Path}, Label: safetext.Line(e.Path), Size: e.Size, Leaf: true,
		})
	}
	return f.Tree.Add(id, gen, items, tree.Cursor{From: end}, more, total)
}

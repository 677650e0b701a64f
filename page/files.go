package page

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/omission"
)

// folder is one of a data set's folders as its page shows it.
type folder struct {
	name    string
	folders []*folder
	files   []shown
	count   int   // files in it and below, those that are not shown included
	bytes   int64 // their size
	path    string
	rest    [2]int            // of the topmost: files and empty folders that are not shown
	left    []omission.Reason // of the topmost: why files were left out, one for each
}

// shown is a file that a page shows.
type shown struct {
	DataFile
	name string
}

// readFolder reads the files of a data set: the first MaxFiles, and how many there
// are in each folder that holds one of those.
// nil where there are none.
func readFolder(ctx context.Context, in Input) (*folder, error) {
	top := &folder{}
	at := map[string]*folder{"": top}
	n := 0
	err := in.DataFiles(func(f DataFile) error {
		if n++; n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		dir, name := path.Split(strings.Trim(f.Path, "/"))
		dir = strings.TrimSuffix(dir, "/")
		switch {
		case f.Folder && n > maxFiles:
			top.rest[1]++
			return nil
		case f.Folder:
			open(at, strings.Trim(f.Path, "/"))
			return nil
		case n > maxFiles:
			top.rest[0]++
		default:
			in := open(at, dir)
			in.files = append(in.files, shown{f, name})
		}
		if f.Left != "" {
			top.left = append(top.left, f.Left)
			return nil
		}
		for d := dir; ; d = parent(d) {
			if k := at[d]; k != nil {
				k.count++
				k.bytes += f.Bytes
			}
			if d == "" {
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nil
	}
	top.sort()
	return top, nil
}

// missing says which files were left out and why, "" for none.
func (k *folder) missing() string {
	n := len(k.left)
	if n == 0 {
		return ""
	}
	var why []string
	for _, r := range slices.Compact(slices.Sorted(slices.Values(k.left))) {
		why = append(why, r.Public())
	}
	if n == 1 {
		return "1 file of this data set was left out: " + why[0] + "."
	}
	return fmt.Sprintf("%s files of this data set were left out: %s.", human.Number(n), strings.Join(why, "; "))
}

// told says what a folder holds.
func (k *folder) told() string {
	switch {
	case k.count == 0 && len(k.folders) == 0 && len(k.files) == 0:
		return "empty folder"
	case k.count == 0:
		return "no files"
	}
	return human.Count(k.count, "file", "files") + ", " + human.Bytes(k.bytes)
}

// more says what the page does not show, "" where it shows all.
func (k *folder) more() string {
	var list []string
	if n := k.rest[0]; n > 0 {
		list = append(list, human.Count(n, "more file", "more files")+", which "+names.Manifest+" lists")
	}
	if n := k.rest[1]; n > 0 {
		list = append(list, human.Count(n, "more empty folder", "more empty folders"))
	}
	if len(list) == 0 {
		return ""
	}
	return "and " + strings.Join(list, ", and ")
}

// empty lists the empty folders below one, by their paths in the data set.
func (k *folder) empty(out []string) []string {
	for _, f := range k.folders {
		if f.count == 0 && len(f.folders) == 0 && len(f.files) == 0 {
			out = append(out, f.path)
		}
		out = f.empty(out)
	}
	return out
}

// parent is the folder that one lies in, "" at the top.
func parent(dir string) string {
	i := strings.LastIndexByte(dir, '/')
	return dir[:max(i, 0)]
}

// open finds a folder or makes it, with those that it lies in.
func open(at map[string]*folder, dir string) *folder {
	if k := at[dir]; k != nil {
		return k
	}
	k := &folder{name: path.Base(dir), path: dir}
	at[dir] = k
	up := open(at, parent(dir))
	up.folders = append(up.folders, k)
	return k
}

func (k *folder) sort() {
	slices.SortFunc(k.folders, func(a, b *folder) int { return names.Natural(a.name, b.name) })
	slices.SortFunc(k.files, func(a, b shown) int { return names.Natural(a.name, b.name) })
	for _, f := range k.folders {
		f.sort()
	}
}

// thumb tells whether browsers show a file as a picture.
func (f shown) thumb() bool {
	switch strings.ToLower(path.Ext(f.name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".svg":
		return true
	}
	return false
}

package plan

import (
	"path"
	"strings"

	"zenobis/export/snapshot"
	"zenobis/openbis"
)

// Directories stand in a list of files with a "/" at the end, so that what is in
// one follows it. Only empty ones are of interest: all others follow from their
// files. What is not wanted makes a directory full all the same, and leaves a mark.
const fullMark = "//"

// addFolder adds a directory to the list that comes in.
func (s *shelf) addFolder(l *listing, dataSet string, f openbis.File) error {
	if !s.wants(dataSet, f.Path) {
		return s.unwanted(l, f.Path)
	}
	return s.keep(l, openbis.File{Path: f.Path + "/", Dir: true})
}

// unwanted notes that the directory of something that is not wanted is not empty.
func (s *shelf) unwanted(l *listing, file string) error {
	dir := path.Dir(file)
	if dir == "." || dir == l.marked {
		return nil
	}
	l.marked = dir
	return s.keep(l, openbis.File{Path: dir + fullMark, Dir: true})
}

// emptyFolders yields the empty directories of a list in path order, with "/" at
// the end. walk yields the list.
func emptyFolders(walk func(func(openbis.File) error) error, yield func(dir string) error) error {
	open := "" // may be empty
	err := walk(func(f openbis.File) error {
		if open != "" && !strings.HasPrefix(f.Path, open) {
			if err := yield(open); err != nil {
				return err
			}
		}
		if open = ""; f.Dir && !strings.HasSuffix(f.Path, fullMark) {
			open = f.Path
		}
		return nil
	})
	if err == nil && open != "" {
		err = yield(open)
	}
	return err
}

// keepFolders writes the empty directories of a data set down, behind its files:
// so they never change what a file is called.
func (r *planning) keepFolders(i int32, e *openbis.Entity, walk func(func(openbis.File) error) error, out *snapshot.LineWriter) error {
	folder := r.idx.folder(r.idx.at(i))
	return emptyFolders(walk, func(dir string) error {
		r.lookAtPath(e, strings.TrimSuffix(dir, "/"))
		name := r.names.FilePath(folder, dir) + "/"
		r.lookAtLength(name)
		line := snapshot.Entry{R: int(i), N: name, F: true}
		line.SetPath(dir)
		return out.AddEntry(&line)
	})
}

package plan

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"strings"

	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/shape"
)

// errStopped ends a walk that nobody wants to go on.
var errStopped = errors.New("stopped")

// dataFiles hands out the files of one data set after the other, in the order of
// the items, for their pages.
type dataFiles struct {
	r    *planning
	read *snapshot.Spool // of the entities
	next func() (*snapshot.Entry, error, bool)
	stop func()
	head *snapshot.Entry
	err  error
	keys *flatKeys // layout "files" only
	code string    // of the data set whose files go by
	item int32
}

// dataFiles begins with the first file of the plan.
func (r *planning) dataFiles(ctx context.Context) *dataFiles {
	d := &dataFiles{r: r, read: r.spool.Reader(), item: -1}
	if r.layout() == shape.LayoutFiles {
		d.keys = newFlatKeys()
	}
	d.next, d.stop = iter.Pull2(func(yield func(*snapshot.Entry, error) bool) {
		err := snapshot.ReadEntries(filepath.Join(r.dir, "files.tmp"), func(f *snapshot.Entry) error {
			e := *f
			if ctx.Err() != nil || !yield(&e, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	})
	d.pull()
	return d
}

func (d *dataFiles) close() { d.stop() }

func (d *dataFiles) pull() {
	var ok bool
	if d.head, d.err, ok = d.next(); !ok {
		d.head = nil
	}
}

// of yields the files of an item once. Items are asked for in their order.
func (d *dataFiles) of(i int32) func(yield func(page.DataFile) error) error {
	return func(yield func(page.DataFile) error) error {
		for d.head != nil && d.err == nil && int32(d.head.R) <= i {
			f := d.head
			at, err := d.at(f)
			if err != nil {
				return err
			}
			if int32(f.R) == i {
				file := page.DataFile{Path: f.Path(), At: at, Bytes: f.S, Folder: f.F}
				if !f.U && !f.F {
					crc := f.C
					file.CRC = &crc
				}
				if err := yield(file); err != nil {
					return err
				}
			}
			d.pull()
		}
		return d.err
	}
}

// at is where a file lies once all packages are unpacked: in the tree, or in layout
// "files" under its key, as long as it has content.
func (d *dataFiles) at(f *snapshot.Entry) (string, error) {
	if d.keys == nil || f.S == 0 {
		return f.N, nil
	}
	if int32(f.R) != d.item {
		var e openbis.Entity
		if err := d.read.GetJSON(d.r.idx.at(int32(f.R)).at.span(), &e); err != nil {
			return "", err
		}
		d.item, d.code = int32(f.R), e.Code
	}
	return d.keys.key(d.code, f.Path()), nil
}

// flatKeys gives data files their record files in layout "files". Asked for the same
// files in the same order it says the same.
type flatKeys struct{ taken map[string]bool }

func newFlatKeys() *flatKeys {
	k := &flatKeys{taken: map[string]bool{}}
	for _, name := range []string{names.Readme, names.Crate, names.Metadata} {
		k.taken[strings.ToLower(name)] = true
	}
	return k
}

func (k *flatKeys) key(dataSet, file string) string {
	asked := "" // the last key that was asked for, folded: the one that is taken
	name := names.FlatKey(dataSet, file, func(folded string) bool {
		asked = folded
		return k.taken[folded]
	})
	k.taken[asked] = true
	return name
}

package plan

import (
	"fmt"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/shape"
)

const (
	autoFiles  = 50            // data files up to which auto takes each as a record file
	autoSingle = 2_000_000_000 // bytes below which auto takes one ZIP

	besides = 3 // these record files beside the data
)

// share is a piece of a data set that goes into one package.
type share struct {
	pack  string
	item  int32
	from  int32 // index of its first file
	to    int32 // behind its last one
	pages bool  // the data set's pages go with it
}

// layout is the layout that the plan takes, once all files are known.
func (r *planning) layout() shape.Layout {
	files := 0
	var bytes int64
	for _, it := range r.idx.all() {
		files += int(it.files)
		bytes += it.bytes
	}
	return r.chooseLayout(files, r.filled, bytes)
}

// chooseLayout settles auto.
func (r *planning) chooseLayout(files, filled int, bytes int64) shape.Layout {
	if r.req.Layout != shape.LayoutAuto {
		return r.req.Layout
	}
	switch {
	case files <= autoFiles && (r.Limits.Files == 0 || filled+besides <= r.Limits.Files):
		return shape.LayoutFiles
	case bytes < autoSingle:
		return shape.LayoutSingle
	}
	return shape.LayoutPerDataSet
}

// shares spreads the data sets over packages: one each, parts where a data set
// is too big for one, groups where the server takes fewer files.
func (r *planning) shares() []share {
	var list []share
	var sets []int32
	packs := 0
	for i, it := range r.idx.all() {
		if it.files == 0 {
			continue
		}
		sets = append(sets, int32(i))
		starts := r.parts[int32(i)]
		if len(starts) == 0 {
			list = append(list, share{names.Safe(it.permID) + ".zip", int32(i), 0, it.files, true})
			packs++
			continue
		}
		for n, from := range starts {
			to := it.files
			if n+1 < len(starts) {
				to = starts[n+1]
			}
			name := fmt.Sprintf("%s.%dof%d.zip", names.Safe(it.permID), n+1, len(starts))
			// Its pages go with the last part: they tell of a file that turns out to be broken.
			list = append(list, share{name, int32(i), from, to, n+1 == len(starts)})
			packs++
		}
	}
	room := r.Limits.Files - besides
	if r.Limits.Files == 0 || packs <= room {
		return list
	}
	for _, by := range []struct {
		kind  openbis.Kind
		split bool
	}{
		{openbis.KindCollection, true}, {openbis.KindCollection, false},
		{openbis.KindProject, true}, {openbis.KindProject, false},
	} {
		if list, packs = r.group(sets, by.kind, by.split); packs <= room {
			break
		}
	}
	return list
}

// group puts data sets of the same collection or project into one package, or
// into several below the part size. They stand together in sets already.
func (r *planning) group(sets []int32, kind openbis.Kind, split bool) (list []share, packs int) {
	numbers := map[string]int{}
	var holder int32 = -2
	var bytes int64
	name := ""
	for _, i := range sets {
		it := r.idx.at(i)
		h, project := r.holders(i, kind)
		if h != holder || (split && bytes > 0 && bytes+it.bytes > r.req.PartSize) {
			holder, bytes = h, 0
			numbers[project]++
			packs++
			name = fmt.Sprintf("%s-%02d.zip", project, numbers[project])
		}
		bytes += it.bytes
		list = append(list, share{name, i, 0, it.files, true})
	}
	return list, packs
}

// holders returns the collection or project of a data set, or the next thing
// above, and the code of the project (or space) for the package's name.
func (r *planning) holders(i int32, kind openbis.Kind) (at int32, project string) {
	project = "DATA"
	p, ok := r.idx.ancestor(i, openbis.KindProject)
	if !ok {
		p, ok = r.idx.ancestor(i, openbis.KindSpace)
	}
	if ok {
		project = names.Safe(lastPart(r.idx.named[p]))
	}
	if at, found := r.idx.ancestor(i, kind); found {
		return at, project
	}
	return p, project
}

// lastPart is the code at the end of an identifier.
func lastPart(identifier string) string {
	for i := len(identifier) - 1; i >= 0; i-- {
		if identifier[i] == '/' {
			return identifier[i+1:]
		}
	}
	return identifier
}

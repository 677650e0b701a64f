package tree

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/selection"
)

// FileEntry is one file of a data set. Path is as it is named in openBIS.
type FileEntry struct {
	Path string
	Size int64 // bytes
}

// listing is all files of a data set by their paths, so that those of a folder
// lie side by side.
type listing struct {
	files    []FileEntry
	complete bool // false where a list was cut: then not all files are known
}

// choice says which files of a data set are wanted. Before the files are
// listed only the patterns are known.
type choice struct {
	globs []string
	bits  []uint64 // by place in the listing
	n     int
	bytes int64
}

// AddFiles takes the list of a data set's files as the answer of a load and
// shows them as folders. Complete is false where the list was cut.
func (t *Tree) AddFiles(id ID, gen uint32, files []FileEntry, complete bool) bool {
	if t.nodes[id].state != Loading || t.below(id).gen != gen {
		return false
	}
	ds := t.nodes[id].permID()
	if t.listing[ds] == nil {
		sorted := slices.Clone(files)
		slices.SortFunc(sorted, func(a, b FileEntry) int { return cmp.Compare(a.Path, b.Path) })
		t.listing[ds] = &listing{sorted, complete}
		if ch := t.choices[ds]; ch != nil {
			t.resolve(ds, ch)
		}
	}
	t.nodes[id].state = Loaded
	t.fill(id)
	for tw := t.byKey.get(t, t.nodes[id].key()); tw != 0; tw = t.nodes[tw].twin {
		t.recount(tw)
	}
	t.resplice(id)
	t.settle()
	return true
}

// fill makes the nodes of what lies directly in a data set or folder, folders
// first, in natural order.
func (t *Tree) fill(id ID) {
	l, lo, hi := t.filesOf(id)
	skip := 0
	if t.nodes[id].kind == kindFolder {
		skip = len(t.nodes[id].text) + 1
	}
	var items []Item
	for i := lo; i < hi; {
		path := l.files[i].Path
		if slash := strings.IndexByte(path[skip:], '/'); slash >= 0 {
			dir := path[:skip+slash]
			end := l.after(dir, i)
			var size int64
			for _, f := range l.files[i:end] {
				size += f.Size
			}
			items = append(items, Item{Key: Key{Kind: Folder, PermID: dir}, Size: size})
			i = end
			continue
		}
		items = append(items, Item{Key: Key{Kind: File, PermID: path}, Size: l.files[i].Size, Leaf: true})
		i++
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		if a.Kind != b.Kind {
			return cmp.Compare(kindIndex(a.Kind), kindIndex(b.Kind)) // folders first
		}
		return names.Natural(a.PermID, b.PermID)
	})
	for _, it := range items {
		t.place(id, it)
	}
	t.branchOf(id).total = int32(len(items))
	if len(items) == 1 && items[0].Kind == Folder { // the way down is clear
		only := t.below(id).first
		t.nodes[only].state = Loaded
		t.nodes[only].flags |= open
		t.fill(only)
	}
}

// after is the place after the last file below a folder, from a place within it.
func (l *listing) after(dir string, from int) int {
	n, _ := slices.BinarySearchFunc(l.files[from:], dir+"0", func(f FileEntry, s string) int { return cmp.Compare(f.Path, s) })
	return from + n // "0" follows "/"
}

// filesOf returns the listing of the data set that a node is or is in, and
// which of it the node stands for.
func (t *Tree) filesOf(id ID) (l *listing, lo, hi int) {
	n := &t.nodes[id]
	l = t.listing[t.nodes[t.dataSetOf(id)].permID()]
	if l == nil {
		return nil, 0, 0
	}
	switch n.kind {
	case kindFolder, kindFile:
		lo, _ = slices.BinarySearchFunc(l.files, n.text, func(f FileEntry, s string) int { return cmp.Compare(f.Path, s) })
		if n.kind == kindFile {
			return l, lo, lo + 1
		}
		lo, _ = slices.BinarySearchFunc(l.files, n.text+"/", func(f FileEntry, s string) int { return cmp.Compare(f.Path, s) })
		return l, lo, l.after(n.text, lo)
	}
	return l, 0, len(l.files)
}

func (t *Tree) dataSetOf(id ID) ID { return t.Holder(id, openbis.KindDataSet) }

// CountFiles is how many files a data set or folder holds; false while they are
// not listed.
func (t *Tree) CountFiles(id ID) (int, bool) {
	l, lo, hi := t.filesOf(id)
	return hi - lo, l != nil
}

// fileLabel is the last part of a path, with a "/" behind a folder.
func (t *Tree) fileLabel(id ID) string {
	n := &t.nodes[id]
	name := n.text[strings.LastIndexByte(n.text, '/')+1:]
	if t.clean != nil {
		name = t.clean(name)
	}
	if n.kind == kindFolder {
		name += "/"
	}
	return name
}

// fileMark is Mark for files and folders.
func (t *Tree) fileMark(id ID) Mark {
	ds := t.dataSetOf(id)
	if !t.selected(ds) {
		if t.Mark(ds) == Excluded {
			return Excluded
		}
		return None
	}
	ch := t.choices[t.nodes[ds].permID()]
	if ch == nil {
		return Full
	}
	_, lo, hi := t.filesOf(id)
	switch n := ch.count(lo, hi); {
	case n == 0:
		return None
	case n < hi-lo:
		return Partly
	}
	return Full
}

// takeFile takes a file or folder of a data set into the selection or out of it,
// where it is not so yet. It is false, and nothing happens, where the list of files was cut and what
// is left could not be said.
func (t *Tree) takeFile(id ID, take bool) bool {
	dsID := t.dataSetOf(id)
	ds := t.nodes[dsID].permID()
	l, lo, hi := t.filesOf(id)
	was, ch := t.selected(dsID), t.choices[ds]
	if !l.complete && (was && ch == nil || t.nodes[id].kind == kindFolder) {
		return false
	}
	if !was {
		t.dropFiles(ds)
		t.set(dsID, "")
		if !t.covered(dsID) {
			t.set(dsID, selection.All)
		}
		ch = nil
	}
	if ch == nil {
		ch = &choice{bits: make([]uint64, len(l.files)/64+1)}
		t.setChoice(ds, ch)
		if was {
			ch.set(l, 0, len(l.files), true)
		}
	}
	t.noteFiles(ds)
	ch.set(l, lo, hi, take)
	switch {
	case ch.n == 0:
		t.dropFiles(ds)
		if t.coveredAbove(dsID) {
			t.set(dsID, selection.Exclude)
		} else {
			t.set(dsID, "")
		}
	case ch.n == len(l.files) && l.complete:
		t.dropFiles(ds)
	}
	t.settle()
	return true
}

// set takes files into the choice or out of it.
func (c *choice) set(l *listing, lo, hi int, want bool) {
	for i := lo; i < hi; i++ {
		word, bit := i/64, uint64(1)<<(i%64)
		if c.bits[word]&bit != 0 == want {
			continue
		}
		c.bits[word] ^= bit
		if want {
			c.n++
			c.bytes += l.files[i].Size
		} else {
			c.n--
			c.bytes -= l.files[i].Size
		}
	}
}

// count is how many files of a range are wanted.
func (c *choice) count(lo, hi int) int {
	n := 0
	for i := lo; i < hi && c.bits != nil; {
		if i%64 == 0 && hi-i >= 64 {
			n += bits.OnesCount64(c.bits[i/64])
			i += 64
			continue
		}
		if c.bits[i/64]&(1<<(i%64)) != 0 {
			n++
		}
		i++
	}
	return n
}

// addGlob takes the files of a pattern into the choice of a data set.
func (t *Tree) addGlob(ds, glob string) {
	ch := t.choices[ds]
	if ch == nil {
		ch = &choice{}
		t.setChoice(ds, ch)
	}
	t.noteFiles(ds)
	ch.globs = append(ch.globs, glob)
	t.resolve(ds, ch)
}

// resolve makes places in the listing of the patterns, once there is one.
func (t *Tree) resolve(ds string, ch *choice) {
	l := t.listing[ds]
	if l == nil || len(ch.globs) == 0 {
		return
	}
	if ch.bits == nil {
		ch.bits = make([]uint64, len(l.files)/64+1)
	}
	rules := make([]selection.FileRule, len(ch.globs))
	for i, g := range ch.globs {
		rules[i] = selection.FileRule{DataSet: ds, Glob: g}
	}
	filter, err := selection.NewFileFilter(rules)
	if err != nil {
		return // they stay patterns, as they were given
	}
	for i, f := range l.files {
		if filter.Wants(ds, f.Path) {
			ch.set(l, i, i+1, true)
		}
	}
	if l.complete {
		ch.globs = nil
	}
}

// setChoice notes a choice of files; everything above is partial then.
func (t *Tree) setChoice(ds string, ch *choice) {
	t.noteFiles(ds)
	t.choices[ds], t.stale = ch, true
	t.countFiles(ds, 1)
}

func (t *Tree) dropFiles(ds string) {
	if t.choices[ds] != nil {
		t.noteFiles(ds)
		delete(t.choices, ds)
		t.stale = true
		t.countFiles(ds, -1)
	}
}

// countFiles counts a choice of files as something taken away above the data set.
func (t *Tree) countFiles(ds string, sign int32) {
	for id := t.byKey.get(t, Key{Kind: openbis.KindDataSet, PermID: ds}); id != 0; id = t.nodes[id].twin {
		t.countBelow(id, 0, sign)
	}
}

// fileRules are the choices of files, whole folders as one pattern.
func (t *Tree) fileRules() []selection.FileRule {
	sets := make([]string, 0, len(t.choices))
	for ds := range t.choices {
		sets = append(sets, ds)
	}
	slices.Sort(sets)
	var out []selection.FileRule
	for _, ds := range sets {
		for _, g := range t.Patterns(ds) {
			out = append(out, selection.FileRule{DataSet: ds, Glob: g})
		}
	}
	return out
}

// Patterns names the files of a data set that are chosen; none where all are or
// where it is not selected.
func (t *Tree) Patterns(ds string) []string {
	ch, l := t.choices[ds], t.listing[ds]
	if ch == nil || l == nil || len(ch.globs) > 0 {
		return ch.given()
	}
	return ch.patterns(l, 0, len(l.files), 0, nil)
}

// given are the patterns of a choice that are not resolved yet.
func (c *choice) given() []string {
	if c == nil {
		return nil
	}
	return c.globs
}

// patterns names the wanted files of a range, in which all paths share their
// first skip bytes.
func (c *choice) patterns(l *listing, lo, hi, skip int, out []string) []string {
	for i := lo; i < hi; {
		path := l.files[i].Path
		slash := strings.IndexByte(path[skip:], '/')
		if slash < 0 {
			if c.count(i, i+1) == 1 {
				out = append(out, selection.EscapeGlob(path))
			}
			i++
			continue
		}
		dir := path[:skip+slash]
		end := l.after(dir, i)
		switch n := c.count(i, end); {
		case n == 0:
		case n == end-i && n > 1 && l.complete:
			out = append(out, selection.EscapeGlob(dir+"/")+"**")
		default:
			out = c.patterns(l, i, end, len(dir)+1, out)
		}
		i = end
	}
	return out
}

package plan

import (
	"cmp"
	"container/heap"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"zenobis/export/snapshot"
	"zenobis/openbis"
)

const (
	sortInMemory = 1 << 20 // bytes of a file list that are sorted without the disk
	entryRoom    = 64      // bytes that an entry takes in memory beside its path
	mostRuns     = 64      // sorted pieces of a list, before they are made one
)

// listing is the file list of one data set: pieces, each sorted by path.
type listing struct {
	name   string // of the pieces on disk, different for each data set
	mem    []openbis.File
	size   int             // bytes of mem, about
	runs   []string        // pieces in files of their own
	spans  []snapshot.Span // pieces in the shelf's spool
	total  int             // files that openBIS has
	blank  int             // files that have content but no checksum
	full   int             // files that have content
	marked string          // the directory that was marked last
	err    error           // why it can't be had
}

// shelf is where the lists of a batch of data sets are kept: on the disk but for
// the one that is coming in. It is an openbis.FileSink.
type shelf struct {
	dir   string
	name  string
	wants func(dataSet, file string) bool
	spool *snapshot.Spool
	lists map[string]*listing
	cur   *listing // comes in
	set   string   // whose it is
	buf   []byte
}

func newShelf(dir, name string, wants func(dataSet, file string) bool) (*shelf, error) {
	s := &shelf{dir: dir, name: name, wants: wants, lists: map[string]*listing{}}
	var err error
	s.spool, err = snapshot.NewSpool(s.path())
	return s, err
}

func (s *shelf) path() string { return filepath.Join(s.dir, "shelf-"+s.name+".tmp") }

// Begin implements openbis.FileSink.
func (s *shelf) Begin(dataSet string) error {
	if err := s.settle(); err != nil {
		return err
	}
	if old := s.lists[dataSet]; old != nil {
		s.drop(old)
	}
	s.cur, s.set = &listing{name: fmt.Sprintf("%s-%d", s.name, len(s.lists))}, dataSet
	s.lists[dataSet] = s.cur
	return nil
}

// Add implements openbis.FileSink.
func (s *shelf) Add(dataSet string, f openbis.File) error {
	l := s.cur
	if s.set != dataSet { // an answer that comes back to a data set
		if err := s.settle(); err != nil {
			return err
		}
		l = s.lists[dataSet]
		s.cur, s.set = l, dataSet
	}
	if f.Dir {
		return s.addFolder(l, dataSet, f)
	}
	l.total++
	if f.Size == 0 {
		f.CRC, f.HasCRC = 0, true
	} else {
		l.full++
		if !f.HasCRC {
			l.blank++
		}
	}
	if !s.wants(dataSet, f.Path) {
		return s.unwanted(l, f.Path)
	}
	return s.keep(l, f)
}

// keep adds a line to a list.
func (s *shelf) keep(l *listing, f openbis.File) error {
	l.mem = append(l.mem, f)
	if l.size += len(f.Path) + entryRoom; l.size < sortInMemory {
		return nil
	}
	return s.spill(l)
}

func byPath(a, b openbis.File) int { return cmp.Compare(a.Path, b.Path) }

// spill makes a piece on the disk of what is in memory.
func (s *shelf) spill(l *listing) error {
	slices.SortFunc(l.mem, byPath)
	name := s.run(l, len(l.runs))
	out, err := snapshot.CreateLines(name)
	if err != nil {
		return err
	}
	l.runs = append(l.runs, name)
	for i := range l.mem {
		if err := out.AddEntry(lineOf(&l.mem[i])); err != nil {
			out.Abort()
			return err
		}
	}
	l.mem, l.size = l.mem[:0], 0
	if err := out.Close(); err != nil || len(l.runs) < mostRuns {
		return err
	}
	return s.compact(l)
}

func (s *shelf) run(l *listing, n int) string {
	return filepath.Join(s.dir, fmt.Sprintf("sort-%s-%d.tmp", l.name, n))
}

func lineOf(f *openbis.File) *snapshot.Entry {
	return &snapshot.Entry{P: f.Path, S: f.Size, C: f.CRC, U: !f.HasCRC, F: f.Dir}
}

// compact makes one piece of all that have files of their own.
func (s *shelf) compact(l *listing) error {
	name := s.run(l, mostRuns+1) + "x"
	out, err := snapshot.CreateLines(name)
	if err != nil {
		return err
	}
	whole := listing{runs: l.runs}
	err = s.sorted(&whole, func(f openbis.File) error { return out.AddEntry(lineOf(&f)) })
	if err != nil {
		out.Abort()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	for _, r := range l.runs {
		os.Remove(r)
	}
	l.runs = []string{s.run(l, 0)}
	if err := os.Rename(name, l.runs[0]); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// settle puts the list that came in out of memory.
func (s *shelf) settle() error {
	l := s.cur
	if l == nil || len(l.mem) == 0 {
		return nil
	}
	slices.SortFunc(l.mem, byPath)
	s.buf = s.buf[:0]
	for i := range l.mem {
		s.buf = lineOf(&l.mem[i]).AppendLine(s.buf)
	}
	at, err := s.spool.Add(s.buf)
	if err != nil {
		return err
	}
	l.spans = append(l.spans, at)
	l.mem, l.size = nil, 0
	return nil
}

// drop forgets a list.
func (s *shelf) drop(l *listing) {
	for _, name := range l.runs {
		os.Remove(name)
	}
	*l = listing{name: l.name}
}

// empty makes room for another batch.
func (s *shelf) empty() error {
	for _, l := range s.lists {
		s.drop(l)
	}
	s.lists, s.cur, s.set = map[string]*listing{}, nil, ""
	return s.spool.Empty()
}

// close removes all that is on the disk.
func (s *shelf) close() {
	for _, l := range s.lists {
		s.drop(l)
	}
	s.spool.Close()
	os.Remove(s.path())
}

// sorted yields the files and directories of a list in path order, each path once.
func (s *shelf) sorted(l *listing, yield func(openbis.File) error) error {
	var h runHeap
	defer func() {
		for _, r := range h {
			r.close()
		}
	}()
	add := func(r *run, err error) error {
		if err == nil && r.ok {
			h = append(h, r)
		}
		return err
	}
	for _, name := range l.runs {
		if err := add(openRun(name)); err != nil {
			return err
		}
	}
	for _, at := range l.spans {
		data, err := s.spool.Get(at)
		if err == nil {
			err = add(memRun(data))
		}
		if err != nil {
			return err
		}
	}
	heap.Init(&h)
	last, first := "", true
	for len(h) > 0 {
		r := h[0]
		if first || r.cur.Path != last {
			if err := yield(r.cur); err != nil {
				return err
			}
			last, first = r.cur.Path, false
		}
		if err := r.next(); err != nil {
			return err
		}
		if r.ok {
			heap.Fix(&h, 0)
		} else {
			r.close()
			heap.Pop(&h)
		}
	}
	return nil
}

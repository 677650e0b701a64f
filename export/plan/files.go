package plan

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/wire"
)

const (
	sortInMemory = 10_000 // files of a data set sorted without the disk
	relistEvery  = 5 * time.Second
	relistFor    = time.Minute
	youngAge     = 10 * time.Minute // checksums of younger data sets may still be on their way
	longPath     = 240              // characters above which unpacking may fail
)

// listing is the sorted file list of one data set.
type listing struct {
	mem   []openbis.File
	runs  []string // sorted pieces on disk
	dir   string
	name  string // of the pieces, different for each data set
	total int    // files that openBIS has
	blank int    // files that have content but no checksum
	full  int    // files that have content
}

func (l *listing) add(f openbis.File) error {
	l.mem = append(l.mem, f)
	if len(l.mem) < sortInMemory {
		return nil
	}
	return l.spill()
}

func byPath(a, b openbis.File) int { return cmp.Compare(a.Path, b.Path) }

func (l *listing) spill() error {
	slices.SortFunc(l.mem, byPath)
	name := filepath.Join(l.dir, fmt.Sprintf("sort-%s-%d.tmp", l.name, len(l.runs)))
	l.runs = append(l.runs, name)
	out, err := snapshot.CreateLines(name)
	if err != nil {
		return err
	}
	for i := range l.mem {
		f := &l.mem[i]
		if err := out.AddEntry(&snapshot.Entry{P: f.Path, S: f.Size, C: f.CRC, U: !f.HasCRC}); err != nil {
			out.Abort()
			return err
		}
	}
	l.mem = l.mem[:0]
	return out.Close()
}

// drop removes what is on the disk.
func (l *listing) drop() {
	for _, name := range l.runs {
		os.Remove(name)
	}
	*l = listing{dir: l.dir, name: l.name}
}

// sorted yields the files in path order, each path once.
func (l *listing) sorted(yield func(openbis.File) error) error {
	slices.SortFunc(l.mem, byPath)
	last, first := "", true
	once := func(f openbis.File) error {
		if !first && f.Path == last {
			return nil
		}
		last, first = f.Path, false
		return yield(f)
	}
	if len(l.runs) == 0 {
		for _, f := range l.mem {
			if err := once(f); err != nil {
				return err
			}
		}
		return nil
	}
	var h runHeap
	defer func() {
		for _, r := range h {
			r.close()
		}
	}()
	for _, name := range l.runs {
		r, err := openRun(name)
		if err != nil {
			return err
		}
		if r.ok {
			h = append(h, r)
		}
	}
	if len(l.mem) > 0 {
		h = append(h, &run{mem: l.mem[1:], cur: l.mem[0], ok: true}) // the last piece
	}
	heap.Init(&h)
	for len(h) > 0 {
		r := h[0]
		if err := once(r.cur); err != nil {
			return err
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

// listFiles lists the files of all data sets that are sent and writes them, in
// the order of the package, to files.tmp.
func (r *planning) listFiles(ctx context.Context) error {
	filter, err := selection.NewFileFilter(r.req.Selection.Files)
	if err != nil {
		return err
	}
	out, err := snapshot.CreateLines(filepath.Join(r.dir, "files.tmp"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		l   *listing
		err error
	}
	type pending struct {
		i    int32
		e    openbis.Entity
		done chan answer
	}
	type refusal struct {
		i   int32
		e   openbis.Entity
		err error
	}
	var refused []refusal
	answered := map[string]bool{} // data stores
	var queue []pending
	files := 0
	settle := func() error {
		p := queue[0]
		queue = queue[1:]
		a := <-p.done
		defer a.l.drop()
		store := p.e.Data.Store.Code
		if a.err != nil {
			reason, of := reasonOf(a.err)
			switch {
			case ctx.Err() != nil, !of:
				return fmt.Errorf("list files of data set %s: %w", p.e.PermID, a.err)
			case reason == "":
				refused = append(refused, refusal{p.i, p.e, a.err})
			default:
				r.omitData(p.i, &p.e, reason, a.err)
			}
			return nil
		}
		answered[store] = true
		return r.keepFiles(p.i, &p.e, a.l, out, &files)
	}
	for i := range r.idx.items {
		it := &r.idx.items[i]
		if !it.in || byRank[it.rank] != openbis.KindDataSet || r.req.MetadataOnly {
			continue
		}
		var e openbis.Entity
		if err := r.spool.GetJSON(it.at.span(), &e); err != nil {
			out.Abort()
			return err
		}
		if !r.sendable(int32(i), &e) {
			continue
		}
		p := pending{int32(i), e, make(chan answer, 1)}
		go func() {
			l, err := r.list(ctx, p.i, &p.e, filter)
			if reason, of := reasonOf(err); err != nil && of && reason == "" { // a refusal counts if it is given twice
				l.drop()
				l, err = r.list(ctx, p.i, &p.e, filter)
			}
			p.done <- answer{l, err}
		}()
		if queue = append(queue, p); len(queue) < atOnce {
			continue
		}
		if err = settle(); err != nil {
			break
		}
	}
	for err == nil && len(queue) > 0 {
		err = settle()
	}
	for _, x := range refused {
		// What a store says of one data set counts only if it answers for others.
		if err == nil && !answered[x.e.Data.Store.Code] {
			err = fmt.Errorf("list files of data set %s: %w", x.e.PermID, x.err)
		}
		r.omitData(x.i, &x.e, "unreadable", x.err)
	}
	cancel()
	for _, p := range queue { // wait for what is still under way
		a := <-p.done
		a.l.drop()
	}
	if err != nil {
		out.Abort()
		return err
	}
	r.progress("files", files)
	return out.Close()
}

// sendable reports whether a data set has bytes that can be asked for; if not
// so, it is listed.
func (r *planning) sendable(i int32, e *openbis.Entity) bool {
	d := e.Data
	switch {
	case d == nil:
		r.omitData(i, e, "missing", nil)
	case d.Kind == openbis.Link:
		r.omitData(i, e, "link", nil)
	case d.Kind == openbis.Container:
		return false // its components are data sets of their own
	case d.Archived() && !r.req.Unarchive:
		r.omitData(i, e, "archived", nil)
	case d.Store.Code == "" || d.Store.URL == "":
		r.omitData(i, e, "other-data-store", nil)
	default:
		if d.Archived() {
			r.unarchive = append(r.unarchive, e.PermID)
		}
		return true
	}
	return false
}

func (r *planning) omitData(i int32, e *openbis.Entity, reason string, err error) {
	message := job.Reasons[reason]
	if err != nil {
		message += ": " + err.Error()
	}
	r.noData[i] = page.Reason(reason) // the pages are published: what servers say is not
	r.omit(job.Omit(e.Ref, reason, message))
}

// reasonOf is the reason for which the files of a data set can't be listed. ""
// says that its data store refuses it without one. ok is false where the error is
// not about the data set: then the plan ends, since it would hold less than what
// was selected.
func reasonOf(err error) (reason string, ok bool) {
	var refused *openbis.Refusal
	switch {
	case wire.Transient(err), errors.Is(err, openbis.ErrSession), errors.Is(err, openbis.ErrLogin), errors.Is(err, openbis.ErrUnreachable):
		return "", false
	case errors.Is(err, openbis.ErrArchived):
		return "archived", true
	case errors.Is(err, openbis.ErrDenied):
		return "no-access", true
	case errors.Is(err, openbis.ErrNotFound):
		return "missing", true
	case errors.Is(err, openbis.ErrStoreURL):
		return "other-data-store", true // the user did not agree to its address
	}
	return "", errors.As(err, &refused) && refused.Kind == nil
}

// list asks for the files of a data set, again where all checksums are missing:
// it may have been registered a moment ago.
func (r *planning) list(ctx context.Context, i int32, e *openbis.Entity, filter selection.FileFilter) (*listing, error) {
	l := &listing{dir: r.dir, name: strconv.Itoa(int(i))}
	young := r.Now.Sub(e.Registered) < youngAge
	var waited time.Duration
	for {
		err := r.Catalog.Files(ctx, e.Data.Store, e.PermID, func(f openbis.File) error {
			l.total++
			if f.Size < 0 {
				return fmt.Errorf("file %s has a negative size", safetext.Quote(f.Path))
			}
			if f.Size == 0 {
				f.CRC, f.HasCRC = 0, true
			} else {
				l.full++
				if !f.HasCRC {
					l.blank++
				}
			}
			if !filter.Wants(e.PermID, f.Path) {
				return nil
			}
			return l.add(f)
		})
		if err != nil || l.blank == 0 || l.blank < l.full || waited >= relistFor || !young {
			return l, err
		}
		if err := r.sleep(ctx, relistEvery); err != nil {
			return l, err
		}
		waited += relistEvery
		l.drop()
	}
}

func (r *planning) sleep(ctx context.Context, d time.Duration) error {
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// keepFiles writes the files of a data set down, with their place in the tree
// and where parts begin.
func (r *planning) keepFiles(i int32, e *openbis.Entity, l *listing, out *snapshot.LineWriter, count *int) error {
	it := &r.idx.items[i]
	it.total = int32(l.total)
	var part int64
	var starts []int32
	err := l.sorted(func(f openbis.File) error {
		name := r.names.FilePath(it.folder, f.Path)
		if utf8.RuneCountInString(name) > longPath && len(r.long) < maxListed {
			r.long = append(r.long, name)
		}
		if it.files == 0 || (part > 0 && part+f.Size > r.req.PartSize) {
			starts, part = append(starts, it.files), 0
		}
		part += f.Size
		if it.files++; f.Size > 0 {
			r.filled++
		}
		it.bytes += f.Size
		if *count++; *count%1000 == 0 {
			r.progress("files", *count)
		}
		line := snapshot.Entry{R: int(i), N: name, S: f.Size, C: f.CRC, U: !f.HasCRC}
		line.SetPath(f.Path)
		return out.AddEntry(&line)
	})
	if err != nil {
		return err
	}
	switch {
	case l.total == 0:
		if r.noData[i] == "" && e.Data.Archived() {
			r.unarchive = slices.DeleteFunc(r.unarchive, func(id string) bool { return id == e.PermID })
			r.omitData(i, e, "archived", errors.New("its files can't be listed before it is back"))
		} else {
			r.omitData(i, e, "empty", nil)
		}
	case it.files == 0:
		r.omitData(i, e, "empty", fmt.Errorf("none of its %d files matches what was asked for", l.total))
	case len(starts) > 1:
		r.parts[i] = starts
	}
	return nil
}

package plan

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"zenobis/export/failure"
	"zenobis/export/snapshot"
	"zenobis/human"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/wire"
)

const (
	batchSize   = 50 // data sets in one listing of files
	batches     = 4  // listings under way at the same time
	relistEvery = 5 * time.Second
	relistFor   = time.Minute
	refusedFor  = 2 * time.Minute  // in all, for data sets that are refused without a reason
	youngAge    = 10 * time.Minute // checksums of younger data sets may still be on their way
	longPath    = 240              // characters above which unpacking may fail
)

// contents are what is known of the data of the selected data sets.
type contents struct {
	noData     map[int32]string // why the data of an item is not sent
	stores     []openbis.DataStore
	storeAt    map[string]int
	parts      map[int32][]int32 // data sets spread over parts: index of each part's first file
	bytes      int64             // of all files so far
	filled     int               // files with content
	unarchive  []string
	askedAgain atomic.Int64 // nanoseconds waited for data sets that were refused
}

// batch is some data sets whose files are listed together.
type batch struct {
	sets  []pending
	shelf *shelf
	err   error
	done  chan struct{}
}

// pending is a data set whose files are to be listed.
type pending struct {
	item   int32
	permID string
	store  openbis.DataStore
	young  bool // its checksums may not be there yet
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
	k := keeper{r: r, out: out, answered: map[string]bool{}}
	err = r.listBatches(ctx, filter, func(b *batch) error { return k.batch(ctx, b) })
	if err == nil {
		err = k.judge()
	}
	if err != nil {
		out.Abort()
		return err
	}
	r.progress("files", k.files)
	r.names = nil // all that gets a name has it
	return out.Close()
}

// listBatches lists the files of all data sets that are sent, several batches at
// once, and yields them in the order of the package.
func (r *planning) listBatches(ctx context.Context, filter selection.FileFilter, yield func(*batch) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	var queue []*batch
	var shelves, free []*shelf // they are used again
	defer func() {             // wait for what is still under way
		cancel()
		for _, b := range queue {
			<-b.done
		}
		for _, s := range shelves {
			s.close()
		}
	}()
	settle := func() error {
		b := queue[0]
		<-b.done
		queue = queue[1:]
		err := b.err
		if err == nil {
			err = yield(b)
		}
		if err == nil {
			err = b.shelf.empty()
		}
		free = append(free, b.shelf)
		return err
	}
	launch := func(sets []pending) error {
		if len(queue) == batches {
			if err := settle(); err != nil {
				return err
			}
		}
		if len(free) == 0 {
			s, err := newShelf(r.dir, strconv.Itoa(len(shelves)), filter.Wants)
			if err != nil {
				return err
			}
			shelves, free = append(shelves, s), append(free, s)
		}
		b := &batch{sets: sets, done: make(chan struct{}), shelf: free[len(free)-1]}
		free = free[:len(free)-1]
		queue = append(queue, b)
		go func() {
			defer close(b.done)
			b.err = r.list(ctx, b)
		}()
		return nil
	}
	var sets []pending
	for i, it := range r.idx.all() {
		if !it.in || byRank[it.rank] != openbis.KindDataSet || r.req.MetadataOnly {
			continue
		}
		var e openbis.Entity
		if err := r.spool.GetJSON(it.at.span(), &e); err != nil {
			return err
		}
		if !r.sendable(int32(i), &e) {
			continue
		}
		sets = append(sets, pending{int32(i), e.PermID, e.Data.Store, r.Now.Sub(e.Registered) < youngAge})
		if len(sets) == batchSize {
			if err := launch(sets); err != nil {
				return err
			}
			sets = nil
		}
	}
	if len(sets) > 0 {
		if err := launch(sets); err != nil {
			return err
		}
	}
	for len(queue) > 0 {
		if err := settle(); err != nil {
			return err
		}
	}
	return nil
}

// keeper writes down what was listed.
type keeper struct {
	r        *planning
	out      *snapshot.LineWriter
	files    int
	answered map[string]bool // data stores that listed something
	refused  []refusal
}

// refusal is what a data store says of one data set, without a reason.
type refusal struct {
	item  int32
	store string
	err   error
}

// batch writes down what was listed of a batch.
func (k *keeper) batch(ctx context.Context, b *batch) error {
	r := k.r
	for _, p := range b.sets {
		if err := ctx.Err(); err != nil {
			return err
		}
		var e openbis.Entity
		if err := r.spool.GetJSON(r.idx.at(p.item).at.span(), &e); err != nil {
			return err
		}
		l := b.shelf.lists[p.permID]
		reason, of := reasonOf(l.err)
		switch {
		case l.err == nil:
			k.answered[p.store.Code] = true
			if err := r.keepFiles(p.item, &e, b.shelf, l, k.out, &k.files); err != nil {
				return err
			}
		case !of:
			return fmt.Errorf("list files of data set %s: %w", p.permID, l.err)
		case reason == "":
			k.refused = append(k.refused, refusal{p.item, p.store.Code, l.err})
		case reason == omission.Missing && e.Data.Archived():
			r.notBackYet(p.item, &e)
		default:
			r.omitData(p.item, &e, reason, l.err)
		}
		b.shelf.drop(l)
	}
	return nil
}

// judge leaves the refused data sets out: what a store says of one counts only if
// it answers for others.
func (k *keeper) judge() error {
	for _, x := range k.refused {
		var e openbis.Entity
		if err := k.r.spool.GetJSON(k.r.idx.at(x.item).at.span(), &e); err != nil {
			return err
		}
		if !k.answered[x.store] {
			return fmt.Errorf("list files of data set %s: %w", e.PermID, x.err)
		}
		k.r.omitData(x.item, &e, omission.Unreadable, x.err)
	}
	return nil
}

// notBackYet takes an archived data set out of those that are brought back.
func (r *planning) notBackYet(i int32, e *openbis.Entity) {
	r.unarchive = slices.DeleteFunc(r.unarchive, func(id string) bool { return id == e.PermID })
	r.omitData(i, e, omission.Archived, errors.New("its files can't be listed before it is back"))
}

// sendable reports whether a data set has bytes that can be asked for; if not
// so, it is listed.
func (r *planning) sendable(i int32, e *openbis.Entity) bool {
	switch reason := omission.OfData(e.Data); {
	case reason == omission.Archived && r.req.Unarchive:
		r.unarchive = append(r.unarchive, e.PermID)
		return true
	case reason != "":
		r.omitData(i, e, reason, nil)
		return false
	}
	return e.Data.Kind != openbis.Container // whose components are data sets of their own
}

func (r *planning) omitData(i int32, e *openbis.Entity, reason omission.Reason, err error) {
	message := reason.ToExporter()
	if err != nil {
		message += ": " + err.Error()
	}
	r.noData[i] = reason.Public() // the pages are published: what servers say is not
	r.omit(omission.Of(e.Ref, reason, message))
}

// reasonOf is the reason for which the files of a data set can't be listed. ""
// says that its data store refuses it without one. ok is false where the error is
// not about the data set: then the plan ends, since it would hold less than what
// was selected.
func reasonOf(err error) (reason omission.Reason, ok bool) {
	var refused *openbis.Refusal
	switch {
	case openbis.NoVerdict(err):
		return "", false
	case errors.Is(err, openbis.ErrArchived):
		return omission.Archived, true
	case errors.Is(err, openbis.ErrDenied):
		return omission.NoAccess, true
	case errors.Is(err, openbis.ErrNotFound):
		return omission.Missing, true
	case errors.Is(err, openbis.ErrStoreURL):
		return omission.OtherDataStore, true // the user did not agree to its address
	}
	return "", errors.As(err, &refused) && refused.Kind == nil
}

// list asks for the files of a batch, those of each data store together, and again
// for data sets of which all checksums are missing: they may have been registered a
// moment ago.
func (r *planning) list(ctx context.Context, b *batch) error {
	var waited time.Duration
	for todo := b.sets; len(todo) > 0; {
		if err := r.listOnce(ctx, b.shelf, todo); err != nil {
			return err
		}
		again := r.blank(b.shelf, todo)
		refused := r.refused(b.shelf, todo)
		if len(refused) > 0 && len(again) == 0 && r.askedAgain.Add(int64(relistEvery)) > int64(refusedFor) {
			refused = nil // all that is refused shares this time
		}
		if todo = append(again, refused...); len(todo) == 0 || waited >= relistFor {
			return nil
		}
		if err := r.sleep(ctx, relistEvery); err != nil {
			return err
		}
		waited += relistEvery
	}
	return nil
}

func (r *planning) listOnce(ctx context.Context, s *shelf, sets []pending) error {
	for len(sets) > 0 {
		store := sets[0].store
		var ids []string
		var others []pending
		for _, p := range sets {
			if p.store == store {
				ids = append(ids, p.permID)
			} else {
				others = append(others, p)
			}
		}
		sets = others
		failed, err := r.Catalog.FilesOf(ctx, store, ids, s)
		if err == nil {
			err = s.settle()
		}
		switch {
		case err == nil:
		case errors.Is(err, openbis.ErrStoreURL): // of this store nothing can be had
			failed = map[string]error{}
			for _, id := range ids {
				failed[id] = err
			}
		default:
			return fmt.Errorf("list the files of %s in %s: %w", human.Count(len(ids), "data set", "data sets"), safetext.Quote(store.Code), err)
		}
		for id, err := range failed {
			if old := s.lists[id]; old != nil {
				s.drop(old)
			}
			s.lists[id] = &listing{name: s.name, err: err}
		}
		for _, id := range ids {
			if s.lists[id] == nil { // a catalog that says nothing of it
				s.lists[id] = &listing{name: s.name, err: openbis.ErrNotFound}
			}
		}
	}
	return nil
}

// blank are the data sets that are worth another look: young ones without any
// checksum.
func (r *planning) blank(s *shelf, sets []pending) (again []pending) {
	for _, p := range sets {
		if l := s.lists[p.permID]; p.young && l.err == nil && l.blank > 0 && l.blank == l.full {
			again = append(again, p)
		}
	}
	return again
}

// refused are the data sets that their store refuses without a reason: what it
// says may be over in a moment.
func (r *planning) refused(s *shelf, sets []pending) (again []pending) {
	for _, p := range sets {
		if reason, of := reasonOf(s.lists[p.permID].err); s.lists[p.permID].err != nil && of && reason == "" {
			again = append(again, p)
		}
	}
	return again
}

func (r *planning) sleep(ctx context.Context, d time.Duration) error {
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	return wire.Sleep(ctx, d)
}

// mostBytes is more than an export can have (1 EiB): sums of lengths must not wrap.
const mostBytes = 1 << 60

// lookAtLength notes a path that some disk refuses.
func (r *planning) lookAtLength(name string) {
	if utf8.RuneCountInString(name) > longPath && len(r.long) < maxListed {
		r.long = append(r.long, name)
	}
}

// keepFiles writes the files and empty directories of a data set down, with their
// place in the tree and where parts begin.
func (r *planning) keepFiles(i int32, e *openbis.Entity, s *shelf, l *listing, out *snapshot.LineWriter, count *int) error {
	it := r.idx.at(i)
	it.total = int32(l.total)
	folder := r.idx.folder(it)
	var part int64
	var starts []int32
	empty := 0
	walk := func(yield func(openbis.File) error) error { return s.sorted(l, yield) }
	keep := func(f openbis.File) error {
		r.lookAtPath(e, f.Path)
		name := r.names.FilePath(folder, f.Path)
		r.lookAtLength(name)
		if it.files == 0 || (part > 0 && part+f.Size > r.req.PartSize) {
			starts, part = append(starts, it.files), 0
		}
		part += f.Size
		if it.files++; f.Size > 0 {
			r.filled++
		}
		it.bytes += f.Size
		if r.bytes += f.Size; r.bytes > mostBytes {
			return &failure.Error{
				Kind: failure.Limits, What: "the files are said to have more bytes than any disk holds", Why: "openBIS tells lengths that can't be",
			}
		}
		if *count++; *count%1000 == 0 {
			r.progress("files", *count)
		}
		line := snapshot.Entry{R: int(i), N: name, S: f.Size, C: f.CRC, U: !f.HasCRC}
		line.SetPath(f.Path)
		return out.AddEntry(&line)
	}
	err := emptyFolders(func(next func(openbis.File) error) error {
		return walk(func(f openbis.File) error {
			if !f.Dir {
				if err := keep(f); err != nil {
					return err
				}
			}
			return next(f)
		})
	}, func(string) error { empty++; return nil })
	if err == nil && empty > 0 {
		err = r.keepFolders(i, e, walk, out)
	}
	if err != nil {
		return err
	}
	switch {
	case l.total == 0:
		if r.noData[i] == "" && e.Data.Archived() {
			r.notBackYet(i, e)
		} else {
			r.omitData(i, e, omission.Empty, nil)
		}
	case it.files == 0:
		r.omitData(i, e, omission.Empty, fmt.Errorf("none of its %d files matches what was asked for", l.total))
	case len(starts) > 1:
		r.parts[i] = starts
	}
	return nil
}

package plan

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"zenobis/disk"
	"zenobis/openbis"
)

// Memory keeps what openBIS answered to a plan in a folder, so that the next one
// of the same session, with another layout, other pages or less data, is made
// without asking again. It forgets after a few minutes. Safe for concurrent use.
type Memory struct {
	dir string
	now func() time.Time

	mu    sync.Mutex
	since time.Time         // of the oldest answer
	owner string            // whose session it was
	sets  map[string]string // by data store and data set: the listing of its files
	known known             // which entities are in what is kept

	pictures singleflight.Group // pages that are made at once may show the same one
}

// memoryLasts is how long answers are good for.
const memoryLasts = 10 * time.Minute

// NewMemory keeps answers in a folder of its own below parent, which is made when
// it is needed. What a process that died has left there goes then.
func NewMemory(parent string, now func() time.Time) *Memory {
	return &Memory{dir: filepath.Join(parent, memoryName+rand.Text()), now: now}
}

// memoryName begins the names of memories, staleMemory is when nobody can use one
// any more.
const (
	memoryName  = ".answers-"
	staleMemory = 6 * memoryLasts
)

func (m *Memory) tidy() {
	left, err := filepath.Glob(filepath.Join(filepath.Dir(m.dir), memoryName+"*"))
	if err != nil {
		return
	}
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && name != m.dir && m.now().Sub(info.ModTime()) > staleMemory {
			os.RemoveAll(name)
		}
	}
}

// Forget drops everything.
func (m *Memory) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
}

func (m *Memory) forget() {
	os.RemoveAll(m.dir)
	m.since, m.owner, m.sets, m.known = time.Time{}, "", nil, known{}
}

// owner names whose answers are remembered.
func owner(server, user string) string { return server + " " + user }

// Over answers from memory and asks c for the rest. What another user was told, or
// another server, it forgets.
func (m *Memory) Over(c Catalog, server, user string) Catalog {
	m.mu.Lock()
	defer m.mu.Unlock()
	owner := owner(server, user)
	if m.owner != owner || m.now().Sub(m.since) > memoryLasts {
		m.forget()
		m.tidy()
		m.since, m.owner = m.now(), owner
	}
	return &remembered{Catalog: c, m: m}
}

// View answers what a plan has asked and asks c for the rest, which it does not
// remember: what a plan needs is asked when it is made.
func (m *Memory) View(c Catalog, server, user string) Catalog {
	m.mu.Lock()
	defer m.mu.Unlock()
	if owner := owner(server, user); m.owner != owner || m.now().Sub(m.since) > memoryLasts {
		return c
	}
	return &remembered{Catalog: c, m: m, view: true}
}

// remembered is a catalog with a memory.
type remembered struct {
	Catalog
	m    *Memory
	view bool // nothing new is remembered
}

// answer is what is kept of a question.
type answer[T any] struct {
	Value T         `json:"value"`
	Err   *keptFail `json:"err,omitempty"`
}

// keptFail is an error that openBIS gave about one thing.
type keptFail struct {
	Text string `json:"text"`
	Kind string `json:"kind"`
}

// failKinds are the errors that say something of one thing, and will say the same
// a minute later.
var failKinds = map[string]error{
	"denied": openbis.ErrDenied, "notFound": openbis.ErrNotFound, "archived": openbis.ErrArchived, "noBytes": openbis.ErrNoBytes,
}

func keepFail(err error) (*keptFail, bool) {
	if err == nil {
		return nil, true
	}
	for name, kind := range failKinds {
		if errors.Is(err, kind) {
			return &keptFail{err.Error(), name}, true
		}
	}
	var refused *openbis.Refusal
	if errors.As(err, &refused) && refused.Kind == nil {
		return &keptFail{err.Error(), "refused"}, true
	}
	return nil, false
}

func (k *keptFail) error() error {
	if k == nil {
		return nil
	}
	kind := failKinds[k.Kind]
	if kind == nil {
		kind = &openbis.Refusal{Message: k.Text}
	}
	return &toldAgain{k.Text, kind}
}

// toldAgain is an error with the text that it had the first time.
type toldAgain struct {
	text string
	kind error
}

func (e *toldAgain) Error() string { return e.text }
func (e *toldAgain) Unwrap() error { return e.kind }

// path is where the answer to a question is kept.
func (r *remembered) path(question ...any) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(question) // plain values
	return filepath.Join(r.m.dir, hex.EncodeToString(h.Sum(nil)[:16])+".gz")
}

// recall answers a question from memory, or asks and remembers. What can't be kept
// is only asked again.
func recall[T any](r *remembered, ask func() (T, error), question ...any) (T, error) {
	name := r.path(question...)
	var a answer[T]
	if read(name, func(in io.Reader) error { return json.NewDecoder(in).Decode(&a) }) == nil {
		return a.Value, a.Err.error()
	}
	v, err := ask()
	if fail, ok := keepFail(err); ok {
		_ = r.write(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(answer[T]{v, fail}) })
	}
	return v, err
}

// Recall answers a question of the caller's own with what is kept beside a catalog
// of Memory.Over, as that answers those of a plan; over another it asks.
func Recall[T any](c Catalog, ask func() (T, error), question ...any) (T, error) {
	if r, ok := c.(*remembered); ok {
		return recall(r, ask, append([]any{"own"}, question...)...)
	}
	return ask()
}

func read(name string, with func(io.Reader) error) error {
	f, err := disk.Open(name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 16<<10))
	if err != nil {
		return err
	}
	return with(z)
}

// write keeps an answer once it is whole.
func (r *remembered) write(name string, with func(io.Writer) error) error {
	if r.view {
		return errNotKept
	}
	if err := os.MkdirAll(r.m.dir, 0o700); err != nil {
		return err
	}
	return disk.Swap(name, func(w io.Writer) error {
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err == nil {
			err = with(z)
		}
		if err == nil {
			err = z.Close()
		}
		return err
	})
}

// Types implements Catalog.
func (r *remembered) Types(ctx context.Context, kind openbis.Kind) (map[string]openbis.EntityType, error) {
	return recall(r, func() (map[string]openbis.EntityType, error) { return r.Catalog.Types(ctx, kind) }, "types", kind)
}

// picture is what Image answers.
type picture struct {
	Type string
	Data []byte
}

// Image implements Catalog. It is asked for by several at once.
func (r *remembered) Image(ctx context.Context, src string) (string, []byte, error) {
	v, err, _ := r.m.pictures.Do(src, func() (any, error) {
		return recall(r, func() (picture, error) {
			kind, data, err := r.Catalog.Image(ctx, src)
			return picture{kind, data}, err
		}, "image", src)
	})
	p, _ := v.(picture)
	return p.Type, p.Data, err
}

// listed is a line of a kept listing of files: the beginning of a data set, a file
// of the one that began last, or the data sets that could not be listed.
type listed struct {
	Set    string               `json:"d,omitempty"`
	File   *openbis.File        `json:"f,omitempty"`
	Failed map[string]*keptFail `json:"x,omitempty"`
	End    bool                 `json:"e,omitempty"`
}

// FilesOf implements Catalog: each data set comes from the listing in which it was
// listed before, whatever it was listed with; the rest is asked for. A listing that
// came to a data set twice, or a failure that may pass, is not kept.
func (r *remembered) FilesOf(
	ctx context.Context, store openbis.DataStore, dataSets []string, sink openbis.FileSink,
) (map[string]error, error) {
	failed := map[string]error{}
	again, ask := r.m.listings(store.Code, dataSets)
	for name, sets := range again {
		known, err := filesAgain(name, sets, sink)
		var own *yieldError
		switch {
		case err == nil:
			maps.Copy(failed, known)
		case errors.As(err, &own):
			return nil, own.err
		default:
			ask = append(ask, slices.Sorted(maps.Keys(sets))...)
		}
	}
	if len(ask) == 0 {
		return failed, nil
	}
	name := r.path("files", store.Code, ask)
	var told map[string]error
	var err error
	kept := r.write(name, func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 32<<10)
		tee := &noted{sink: sink, out: json.NewEncoder(out), begun: map[string]bool{}}
		if told, err = r.Catalog.FilesOf(ctx, store, ask, tee); err != nil {
			return err
		}
		end := listed{End: true, Failed: map[string]*keptFail{}}
		for d, err := range told {
			fail, ok := keepFail(err)
			if !ok {
				return errNotKept
			}
			end.Failed[d] = fail
		}
		return errors.Join(tee.err, tee.out.Encode(end), out.Flush())
	})
	switch {
	case err != nil:
		return nil, err
	case kept == nil:
		r.m.note(store.Code, ask, name)
	case told == nil && !errors.Is(kept, errNotKept): // there is no place to keep anything
		if told, err = r.Catalog.FilesOf(ctx, store, ask, sink); err != nil {
			return nil, err
		}
	}
	maps.Copy(failed, told)
	return failed, nil
}

// listings says in which kept listings data sets are, and which are in none.
func (m *Memory) listings(store string, dataSets []string) (again map[string]map[string]bool, rest []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	again = map[string]map[string]bool{}
	for _, d := range dataSets {
		name, ok := m.sets[store+"/"+d]
		if !ok {
			rest = append(rest, d)
			continue
		}
		if again[name] == nil {
			again[name] = map[string]bool{}
		}
		again[name][d] = true
	}
	return again, rest
}

func (m *Memory) note(store string, dataSets []string, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sets == nil {
		m.sets = map[string]string{}
	}
	for _, d := range dataSets {
		m.sets[store+"/"+d] = name
	}
}

var errNotKept = errors.New("not kept")

// noted passes a listing on and writes it down.
type noted struct {
	sink  openbis.FileSink
	out   *json.Encoder
	set   string
	begun map[string]bool
	err   error // of what is written down
}

// Begin implements openbis.FileSink.
func (n *noted) Begin(dataSet string) error {
	if n.begun[dataSet] {
		n.err = errNotKept
	}
	n.begun[dataSet], n.set = true, dataSet
	n.note(listed{Set: dataSet})
	return n.sink.Begin(dataSet)
}

// Add implements openbis.FileSink.
func (n *noted) Add(dataSet string, f openbis.File) error {
	if dataSet != n.set {
		n.err = errNotKept
	}
	n.note(listed{File: &f})
	return n.sink.Add(dataSet, f)
}

func (n *noted) note(l listed) {
	if n.err == nil {
		n.err = n.out.Encode(l)
	}
}

// filesAgain gives those of a kept listing once more that are wanted. An error of
// the sink is a *yieldError.
func filesAgain(name string, wanted map[string]bool, sink openbis.FileSink) (failed map[string]error, err error) {
	failed = map[string]error{}
	err = read(name, func(in io.Reader) error {
		dec := json.NewDecoder(in)
		set := ""
		for {
			var l listed
			if err := dec.Decode(&l); err != nil {
				return fmt.Errorf("read what was kept: %w", err)
			}
			var err error
			switch {
			case l.End:
				for d, f := range l.Failed {
					if wanted[d] {
						failed[d] = f.error()
					}
				}
				return nil
			case l.File == nil:
				if set = l.Set; wanted[set] {
					err = sink.Begin(set)
				}
			case wanted[set]:
				err = sink.Add(set, *l.File)
			}
			if err != nil {
				return &yieldError{err}
			}
		}
	})
	return failed, err
}

package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"zenobis/export/fetch"
	"zenobis/openbis"
)

// lab is an openBIS in memory, just deep enough for planning.
type lab struct {
	mu     sync.Mutex
	list   []*openbis.Entity
	byID   map[string]*openbis.Entity // kind + permId or identifier
	files  map[string][]openbis.File
	bytes  map[string][]byte // data set + path
	fail   map[string]error  // listing files of a data set
	blank  map[string]int    // listings for which a data set's checksums are unknown
	lists  map[string]int    // times that a data set was listed
	onlyMe int               // page size that the server sticks to, 0 as asked
	most   int               // larger pages are refused, 0 for none
	pixel  []byte            // what every picture is
	rnd    *rand.Rand        // shuffles what has no order
	types  map[openbis.Kind]map[string]openbis.EntityType
}

var labTime = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func newLab() *lab {
	return &lab{
		byID: map[string]*openbis.Entity{}, files: map[string][]openbis.File{}, bytes: map[string][]byte{},
		fail: map[string]error{}, blank: map[string]int{}, lists: map[string]int{},
		types: map[openbis.Kind]map[string]openbis.EntityType{},
	}
}

func (l *lab) add(e openbis.Entity) *openbis.Entity {
	e.Registered = labTime.Add(time.Duration(len(l.list)) * time.Hour)
	e.Modified = e.Registered.Add(time.Minute)
	e.Registrator = &openbis.Person{UserID: "jdoe", FirstName: "Jane", LastName: "Doe", Email: "jane@lab.example"}
	p := &e
	l.list = append(l.list, p)
	l.byID[string(e.Kind)+e.PermID] = p
	if e.Identifier != "" {
		l.byID[string(e.Kind)+e.Identifier] = p
	}
	return p
}

func (l *lab) id() string { return fmt.Sprintf("20250301120000000-%d", len(l.list)+1) }

func (l *lab) space(code string) *openbis.Entity {
	return l.add(openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindSpace, PermID: code, Identifier: "/" + code, Code: code, Space: code}})
}

func (l *lab) project(space *openbis.Entity, code string) *openbis.Entity {
	return l.add(
		openbis.Entity{
			Ref: openbis.Ref{Kind: openbis.KindProject, PermID: l.id(), Identifier: space.Identifier + "/" + code, Code: code, Space: space.Code},
		},
	)
}

func (l *lab) collection(p *openbis.Entity, code, name string) *openbis.Entity {
	return l.add(
		openbis.Entity{
			Ref: openbis.Ref{
				Kind:       openbis.KindCollection,
				PermID:     l.id(),
				Identifier: p.Identifier + "/" + code,
				Code:       code,
				Name:       name,
				Type:       "DEFAULT_EXPERIMENT",
				Space:      p.Space,
			},
			ProjectRef: &p.Ref,
		},
	)
}

// object stands in a collection, a project or a space.
func (l *lab) object(in *openbis.Entity, code, name string) *openbis.Entity {
	e := openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindObject, PermID: l.id(), Code: code, Name: name, Type: "EXPERIMENTAL_STEP", Space: in.Space},
	}
	switch in.Kind {
	case openbis.KindCollection:
		e.Identifier = in.ProjectRef.Identifier + "/" + code
		e.CollRef, e.ProjectRef, e.Collection = &in.Ref, in.ProjectRef, in.PermID
	case openbis.KindProject:
		e.Identifier = in.Identifier + "/" + code
		e.ProjectRef = &in.Ref
	default:
		e.Identifier = in.Identifier + "/" + code
	}
	return l.add(e)
}

func (l *lab) parent(child, parent *openbis.Entity) {
	child.Parents = append(child.Parents, parent.Ref)
	parent.Children = append(parent.Children, child.Ref)
}

func (l *lab) dataSet(in *openbis.Entity, name string, files map[string][]byte) *openbis.Entity {
	id := l.id()
	e := openbis.Entity{
		Ref:  openbis.Ref{Kind: openbis.KindDataSet, PermID: id, Identifier: id, Code: id, Name: name, Type: "RAW_DATA", Space: in.Space},
		Data: &openbis.Data{Kind: openbis.Physical, Status: "AVAILABLE", Store: openbis.DataStore{Code: "DSS1", URL: "https://dss.example"}},
	}
	if in.Kind == openbis.KindObject {
		e.ObjectRef, e.CollRef, e.ProjectRef = &in.Ref, in.CollRef, in.ProjectRef
	} else {
		e.CollRef, e.ProjectRef = &in.Ref, in.ProjectRef
	}
	for path, data := range files {
		l.files[id] = append(l.files[id], openbis.File{Path: path, Size: int64(len(data)), CRC: crc32.ChecksumIEEE(data), HasCRC: len(data) > 0})
		l.bytes[id+path] = data
		e.Data.Size += int64(len(data))
	}
	return l.add(e)
}

func (l *lab) page(p openbis.Page, keep func(*openbis.Entity) bool) (openbis.Listing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most > 0 && p.Count > l.most {
		return openbis.Listing{}, errors.New("answer too big")
	}
	var all []openbis.Entity
	for _, e := range l.list {
		if keep(e) {
			all = append(all, *e)
		}
	}
	if l.rnd != nil { // the same order within one listing, another one in the next lab
		slices.SortFunc(all, func(a, b openbis.Entity) int { return strings.Compare(b.PermID, a.PermID) })
	}
	out := openbis.Listing{Total: len(all), Next: -1}
	n := p.Count
	if n == 0 || (l.onlyMe > 0 && l.onlyMe < n) {
		n = max(l.onlyMe, 0)
		if n == 0 {
			n = len(all)
		}
	}
	if p.From < len(all) {
		end := min(p.From+n, len(all))
		out.Entities = all[p.From:end]
		if end < len(all) {
			out.Next = end
		}
	}
	return out, nil
}

func (l *lab) Spaces(context.Context) ([]openbis.Entity, error) {
	p, err := l.page(openbis.Page{}, func(e *openbis.Entity) bool { return e.Kind == openbis.KindSpace })
	return p.Entities, err
}

func (l *lab) Projects(_ context.Context, space string, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool { return e.Kind == openbis.KindProject && e.Space == space })
}

func (l *lab) Collections(_ context.Context, project string, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool {
		return e.Kind == openbis.KindCollection && e.ProjectRef.PermID == project
	})
}

// Below goes by what holds an entity.
func (l *lab) Below(_ context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool {
		if e.Kind != kind {
			return false
		}
		switch node.Kind {
		case openbis.KindCollection:
			return e.CollRef != nil && e.CollRef.PermID == node.PermID
		case openbis.KindProject:
			return e.ProjectRef != nil && e.ProjectRef.PermID == node.PermID
		}
		return e.Space == node.Code
	})
}

func (l *lab) ProjectObjects(_ context.Context, project string, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool {
		return e.Kind == openbis.KindObject && e.CollRef == nil && e.ProjectRef != nil && e.ProjectRef.PermID == project
	})
}

func (l *lab) SpaceObjects(_ context.Context, space string, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool {
		return e.Kind == openbis.KindObject && e.CollRef == nil && e.ProjectRef == nil && e.Space == space
	})
}

func (l *lab) ChildrenOf(_ context.Context, objects []string, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool {
		return e.Kind == openbis.KindObject &&
			slices.ContainsFunc(e.Parents, func(r openbis.Ref) bool { return slices.Contains(objects, r.PermID) })
	})
}

func (l *lab) DataSetsOf(_ context.Context, objects []string, p openbis.Page) (openbis.Listing, error) {
	return l.page(p, func(e *openbis.Entity) bool {
		return e.Kind == openbis.KindDataSet && e.ObjectRef != nil && slices.Contains(objects, e.ObjectRef.PermID)
	})
}

func (l *lab) Get(_ context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	out := map[string]openbis.Entity{}
	for _, id := range ids {
		if e, ok := l.byID[string(kind)+id]; ok {
			out[id] = *e
		}
	}
	return out, nil
}

func (l *lab) Types(_ context.Context, kind openbis.Kind) (map[string]openbis.EntityType, error) {
	return l.types[kind], nil
}

func (l *lab) FilesOf(_ context.Context, _ openbis.DataStore, dataSets []string, sink openbis.FileSink) (map[string]error, error) {
	failed := map[string]error{}
	for _, ds := range slices.Backward(dataSets) { // an order of its own
		l.mu.Lock()
		l.lists[ds]++
		blank := l.lists[ds] <= l.blank[ds]
		err := l.fail[ds]
		files := slices.Clone(l.files[ds])
		l.mu.Unlock()
		if errors.Is(err, openbis.ErrSession) || errors.Is(err, openbis.ErrUnreachable) {
			return nil, err
		}
		if err != nil {
			failed[ds] = err
			continue
		}
		if err := sink.Begin(ds); err != nil {
			return nil, err
		}
		for _, f := range files {
			if blank {
				f.CRC, f.HasCRC = 0, false
			}
			if err := sink.Add(ds, f); err != nil {
				return nil, err
			}
		}
	}
	return failed, nil
}

func (l *lab) Image(context.Context, string) (string, []byte, error) {
	if l.pixel != nil {
		return "image/png", l.pixel, nil
	}
	return "", nil, openbis.ErrNotFound
}

// Open implements Feed.
func (l *lab) Open(_ context.Context, r fetch.File) (io.ReadCloser, error) {
	data, ok := l.bytes[r.DataSet+r.File.Path]
	if !ok {
		return nil, errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// sums is Hashes in memory.
type sums struct {
	sha map[string]string
	crc map[string]uint32
}

func newSums() *sums { return &sums{map[string]string{}, map[string]uint32{}} }

func (s *sums) Get(pkg string, i int) (string, uint32, bool) {
	k := fmt.Sprint(pkg, "\x00", i)
	v, ok := s.sha[k]
	return v, s.crc[k], ok
}

func (s *sums) Put(pkg string, i int, sha string, crc uint32) error {
	k := fmt.Sprint(pkg, "\x00", i)
	s.sha[k], s.crc[k] = sha, crc
	return nil
}

// seeded makes a lab with everything that planning knows: objects everywhere,
// families, cycles, containers, links, archives, empty data sets, odd names.
func seeded(seed uint64) *lab {
	r := rand.New(rand.NewPCG(seed, 7))
	l := newLab()
	content := func() []byte {
		data := make([]byte, r.IntN(3000))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		return data
	}
	set := func(in *openbis.Entity) *openbis.Entity {
		files := map[string][]byte{}
		for i := range 1 + r.IntN(4) {
			dir := []string{"original", "original/default", "original/sub dir/ä"}[r.IntN(3)]
			files[fmt.Sprintf("%s/file %d.csv", dir, i)] = content()
		}
		if r.IntN(3) == 0 {
			files["original/empty.txt"] = nil
		}
		ds := l.dataSet(in, []string{"", "Raw data", "Raw data"}[r.IntN(3)], files)
		l.dirs(ds, "original", "original/default", "original/nothing/in it")
		return ds
	}
	for s := range 1 + r.IntN(2) {
		sp := l.space(fmt.Sprintf("LAB%d", s))
		l.object(sp, "SHARED", "Shared thing")
		for p := range 1 + r.IntN(3) {
			pr := l.project(sp, fmt.Sprintf("P%d", p))
			set(l.object(pr, "DIRECT", ""))
			for c := range 1 + r.IntN(3) {
				co := l.collection(pr, fmt.Sprintf("EXP%d", c), []string{"", "Growth / light", "Naïve"}[r.IntN(3)])
				set(co)
				var objects []*openbis.Entity
				for o := range r.IntN(5) {
					ob := l.object(co, fmt.Sprintf("EXP%d_S%d", c, o), []string{"", "Step", "Step"}[r.IntN(3)])
					for range r.IntN(3) {
						set(ob)
					}
					for _, before := range objects {
						if r.IntN(3) == 0 {
							l.parent(ob, before)
						}
					}
					objects = append(objects, ob)
				}
				switch r.IntN(4) {
				case 0:
					d := set(co)
					d.Data.Kind = openbis.Link
				case 1:
					d := set(co)
					d.Data.Status = "ARCHIVED"
				case 2:
					l.dataSet(co, "nothing in it", nil)
				case 3:
					d := l.dataSet(co, "box", nil)
					d.Data.Kind = openbis.Container
					d.Components = []openbis.Ref{set(co).Ref}
				}
			}
		}
	}
	return l
}

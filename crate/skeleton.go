package crate

import (
	"path"
	"strings"

	"zenobis/dense"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
)

// skeleton is the tree of a source with little of each entity, some 200 bytes:
// enough to know who stands in whom without holding the entities.
type skeleton struct {
	bones    dense.List[bone]
	byFolder dense.Table
	byKind   dense.Table // entities, by kind and permId
	byID     dense.Table // the same by permId alone
	texts    dense.Texts
	more     map[int32][]string // pages that are none of the usual formats
	last     []int32            // last child of each bone while building
	lastTop  int32
	top      int32 // first bone without a parent, -1 for none
}

// bone is an entity, or a folder that stands for none.
type bone struct {
	folder string
	permID string // "" for folders that stand for no entity
	pages  uint8  // the formats it has a page in, a bit each
	kind   openbis.Kind
	up     int32 // -1 at the top
	first  int32 // first child, -1 for none
	next   int32 // next sibling, -1 for none
	exists bool  // its folder holds a file
}

// entity reports whether a bone stands for one.
func (b *bone) entity() bool { return b.permID != "" }

// bonesOf reads the entities of a source.
func bonesOf(src Source) (*skeleton, error) {
	s := &skeleton{more: map[int32][]string{}, top: -1, lastTop: -1}
	err := src.Entities(func(n EntityNode) error {
		e := n.Entity
		i := s.folder(n.Place.Folder)
		b := s.bones.At(i)
		b.permID, b.kind = s.texts.Keep(ownPermID(e.Ref)), e.Kind
		b.pages, s.more[i] = usualPages(n)
		if s.more[i] == nil {
			delete(s.more, i)
		}
		s.name(&s.byKind, i, func(b *bone) uint64 { return names.Hash64(string(b.kind) + ":" + b.permID) })
		s.name(&s.byID, i, func(b *bone) uint64 { return names.Hash64(b.permID) })
		if len(n.Pages) > 0 && b.up >= 0 { // pages lie beside the folder
			s.mark(b.up)
		}
		return nil
	})
	return s, err
}

// ownPermID is an entity's permId; spaces and data sets may have only a code.
func ownPermID(r openbis.Ref) string {
	switch {
	case r.PermID != "":
		return r.PermID
	case r.Identifier != "":
		return r.Identifier
	}
	return r.Code
}

// usualPages are the formats in which an entity has a page, and what pages it
// has beside them, such as CSV files.
func usualPages(n EntityNode) (formats uint8, more []string) {
next:
	for _, p := range n.Pages {
		for i, f := range page.Formats() {
			if p == f.File(n.Place.Page) {
				formats |= 1 << i
				continue next
			}
		}
		more = append(more, p)
	}
	return formats, more
}

// pagesOf yields the pages of an entity.
func (s *skeleton) pagesOf(i int32, yield func(path string)) {
	for k, f := range page.Formats() {
		if b := s.bones.At(i); b.pages&(1<<k) != 0 {
			yield(f.File(b.folder))
		}
	}
	for _, p := range s.more[i] {
		yield(p)
	}
}

// strays yields the pages of the entities below one, -1 for the top, that have
// no folder: readers of crates look for files in folders only.
func (s *skeleton) strays(i int32, yield func(path string)) {
	s.children(i, func(c int32) {
		if !s.bones.At(c).exists {
			s.pagesOf(c, yield)
			s.strays(c, yield)
		}
	})
}

// folder finds a folder of the tree or adds it, with those that it stands in.
func (s *skeleton) folder(folder string) int32 {
	hash := names.Hash64(folder)
	if i, ok := s.byFolder.Find(hash, func(i int32) bool { return s.bones.At(i).folder == folder }); ok {
		return i
	}
	up := int32(-1)
	if dir := path.Dir(folder); dir != "." && dir != "/" {
		up = s.folder(dir)
	}
	i := s.bones.Add(bone{folder: s.texts.Keep(folder), up: up, first: -1, next: -1})
	s.last = append(s.last, -1)
	switch {
	case up < 0 && s.lastTop < 0:
		s.top = i
	case up < 0:
		s.bones.At(s.lastTop).next = i
	case s.last[up] < 0:
		s.bones.At(up).first = i
	default:
		s.bones.At(s.last[up]).next = i
	}
	if up < 0 {
		s.lastTop = i
	} else {
		s.last[up] = i
	}
	s.byFolder.Add(hash, i, func(i int32) uint64 { return names.Hash64(s.bones.At(i).folder) })
	return i
}

// mark notes that a folder holds a file.
func (s *skeleton) mark(i int32) {
	for ; i >= 0 && !s.bones.At(i).exists; i = s.bones.At(i).up {
		s.bones.At(i).exists = true
	}
}

// name lets a bone be found in a table by its hash; of several of one name, the newest.
func (s *skeleton) name(t *dense.Table, i int32, hashOf func(b *bone) uint64) {
	b := s.bones.At(i)
	hash := hashOf(b)
	same := func(k int32) bool { return hashOf(s.bones.At(k)) == hash && s.bones.At(k).permID == b.permID }
	if old, ok := t.Find(hash, same); ok {
		t.Replace(hash, old, i)
		return
	}
	t.Add(hash, i, func(k int32) uint64 { return hashOf(s.bones.At(k)) })
}

// find finds an entity by its kind, if that is known, and permId.
func (s *skeleton) find(kind openbis.Kind, permID string) (int32, bool) {
	if kind == "" {
		return s.byID.Find(names.Hash64(permID), func(i int32) bool { return s.bones.At(i).permID == permID })
	}
	return s.byKind.Find(names.Hash64(string(kind)+":"+permID), func(i int32) bool {
		return s.bones.At(i).permID == permID && s.bones.At(i).kind == kind
	})
}

// owner is the entity whose page or CSV file a path is.
func (s *skeleton) owner(file string) (int32, bool) {
	for range 2 { // "Name (CODE).html", "Name (CODE).Label.csv"
		ext := path.Ext(file)
		if ext == "" || strings.Contains(ext, "/") {
			return 0, false
		}
		file = strings.TrimSuffix(file, ext)
		i, ok := s.byFolder.Find(names.Hash64(file), func(i int32) bool { return s.bones.At(i).folder == file })
		if ok && s.bones.At(i).entity() {
			return i, true
		}
	}
	return 0, false
}

// children yields the entities directly below one, through folders that stand
// for none; -1 is the top.
func (s *skeleton) children(i int32, yield func(int32)) {
	next := s.top
	if i >= 0 {
		next = s.bones.At(i).first
	}
	for ; next >= 0; next = s.bones.At(next).next {
		if s.bones.At(next).entity() {
			yield(next)
		} else {
			s.children(next, yield)
		}
	}
}

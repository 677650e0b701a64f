package snapshot

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"

	"zenobis/names"
)

// Pages reads the pages of a former version, among other files: begin is called
// before each try, and what was yielded holds only if the error is nil.
type Pages func(begin func(), yield func(name string, content io.Reader) error) error

// TakePages takes over the pages of a former version for the packages that had the
// same data and model in it, so that these packages are what they were and stand:
// another version of the program makes other pages of the same. In metadata.zip lie
// the same ones. What is no more as it was then keeps its new pages. It says how many
// packages are as they were.
func (s *Snapshot) TakePages(older map[string]Stands, pages Pages) (n int, err error) {
	o := &olderPages{s: s, refs: map[uint64]*pageAt{}}
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if _, ok := older[p.Name]; !ok || !p.Data || p.Gone || p.Kind != ZIP {
			continue
		}
		err := s.entries(p, func(_ int, e *Entry) error {
			if e.Page {
				o.refs[names.Hash64(e.N)] = nil
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	if len(o.refs) == 0 {
		return 0, nil
	}
	if err := o.read(pages); err != nil {
		return 0, err
	}
	kept := map[uint64]bool{} // pages of packages that are as they were
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if was, ok := older[p.Name]; ok && p.Data && !p.Gone && p.Kind == ZIP {
			same, err := o.take(p, was, kept)
			if err != nil {
				return n, err
			}
			if same {
				n++
			}
		}
	}
	for i := range s.state.Packs {
		if p := &s.state.Packs[i]; n > 0 && !p.Data && p.Kind == ZIP {
			if err := o.rewrite(p, func(name uint64) bool { return kept[name] }); err != nil {
				return n, err
			}
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, cmp.Or(s.measure(nil), s.save())
}

// olderPages are pages of a former version.
type olderPages struct {
	s    *Snapshot
	refs map[uint64]*pageAt // by hash of the name; nil for one that is not there
}

// pageAt is a page in the snapshot.
type pageAt struct {
	size int64
	crc  uint32
	sum  [32]byte
	at   Span
}

// read puts the wanted pages into the snapshot.
func (o *olderPages) read(pages Pages) (err error) {
	spool, err := extendSpool(filepath.Join(o.s.dir, PagesFile))
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, spool.Sync(), spool.Close()) }()
	begin := func() {
		for name := range o.refs {
			o.refs[name] = nil
		}
	}
	var packer Packer
	return pages(begin, func(name string, content io.Reader) error {
		key := names.Hash64(name)
		if _, ok := o.refs[key]; !ok {
			return nil
		}
		pack := packer.Bundle(func() (*Spool, error) { return spool, nil })
		ref, err := pack.AddPage(name, func(w io.Writer) error {
			_, err := io.Copy(w, content)
			return err
		})
		list := []PageRef{ref}
		if err == nil {
			err = spool.Take(pack, list)
		}
		if err != nil {
			return err
		}
		ref = list[0]
		p := &pageAt{size: ref.S, crc: ref.C, at: ref.Span}
		if _, err := hex.Decode(p.sum[:], []byte(ref.H)); err != nil {
			return fmt.Errorf("write snapshot: %w", err)
		}
		o.refs[key] = p
		return nil
	})
}

// take gives a package its former pages, if that makes it what it was.
func (o *olderPages) take(p *Pack, was Stands, kept map[uint64]bool) (same bool, err error) {
	before := *p
	var own []uint64
	err = o.rewrite(p, func(name uint64) bool {
		there := o.refs[name] != nil
		if there {
			own = append(own, name)
		}
		return there
	})
	if err == nil {
		err = o.s.measurePack(p)
	}
	if err != nil {
		return false, err
	}
	if p.Print != was.Print || p.Bytes != was.Bytes {
		gone := p.List
		*p = before
		return false, o.s.disk.Remove(filepath.Join(o.s.dir, gone))
	}
	for _, name := range own {
		kept[name] = true
	}
	return true, nil
}

// rewrite gives a package a list with former pages in place of those that are named.
func (o *olderPages) rewrite(p *Pack, named func(name uint64) bool) error {
	old := p.List
	p.List = old + ".older"
	return o.s.copyList(old, p.List, func(e *Entry) {
		if key := names.Hash64(e.N); e.Page && named(key) {
			was := o.refs[key]
			e.S, e.C, e.H, e.At = was.size, was.crc, hex.EncodeToString(was.sum[:]), was.at
		}
	})
}

package snapshot

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zenobis/crate"
	"zenobis/omission"
	"zenobis/safetext"
	"zenobis/shape"
)

// zeros stands for a hash that is not known yet.
var zeros = strings.Repeat("0", 64)

// view is a snapshot as the writers of package crate see it. hashes is nil
// while only lengths are wanted.
type view struct {
	s      *Snapshot
	hashes Hashes
	facts  Record
	only   string // one package's files alone
	done   []genDone
	alive  func() // told now and then while entities and files go by; nil for nobody
	passed int
}

// pass counts what goes by.
func (v *view) pass() {
	if v.passed++; v.alive != nil && v.passed%1000 == 0 {
		v.alive()
	}
}

// genDone is a generated file whose bytes are settled.
type genDone struct {
	Generated
	sha string
	crc uint32
}

// Entities implements crate.Source.
func (v *view) Entities(yield func(crate.EntityNode) error) error {
	return readLines(filepath.Join(v.s.dir, EntitiesFile), func(l *EntityLine) error {
		v.pass()
		n := crate.EntityNode{Entity: &l.E, Place: l.Place, Refer: l.refer}
		if t, ok := v.s.types[TypeKey(l.E.Kind, l.E.Type)]; ok {
			n.Type = &t
		}
		for _, p := range l.Pages {
			n.Pages = append(n.Pages, p.N)
		}
		return yield(n)
	})
}

// Files implements crate.Source: pages, data files, then what was generated so
// far; in this order whatever the layout.
func (v *view) Files(yield func(crate.FileNode) error) error {
	packs := v.s.packs()
	walk := func(take func(p *Pack) bool, wanted func(e *Entry) bool) error {
		for _, p := range packs {
			if !take(&p) {
				continue
			}
			err := v.s.entries(&p, func(i int, e *Entry) error {
				v.pass()
				if e.F || !wanted(e) {
					return nil
				}
				n, err := v.node(&p, i, e)
				if err != nil {
					return err
				}
				return yield(n)
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	all := func(*Entry) bool { return true }
	page := func(e *Entry) bool { return e.Page }
	var err error
	switch {
	case v.only != "":
		err = walk(func(p *Pack) bool { return p.Name == v.only }, all)
	case alone(packs): // pages come first in its list
		err = walk(func(p *Pack) bool { return p.Kind != Doc }, all)
	default:
		err = walk(func(p *Pack) bool { return !p.Data }, page)
		if err == nil {
			err = walk(func(p *Pack) bool { return p.Files > 0 }, func(e *Entry) bool { return !e.Page })
		}
	}
	if err != nil {
		return err
	}
	for _, g := range v.done {
		n := crate.FileNode{Path: g.Name, Size: g.Size, SHA256: g.sha, Modified: v.s.state.Latest}
		if err := yield(n); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) node(p *Pack, i int, e *Entry) (crate.FileNode, error) {
	n := crate.FileNode{Path: e.N, Size: e.S, SHA256: cmp.Or(e.H, zeros), DataSet: e.D, Package: p.Name, Modified: time.Unix(e.T, 0).UTC()}
	if p.Kind == Raw {
		n.Key = p.Name
	}
	if !e.Page && !strings.HasSuffix(e.N, "/"+e.Path()) {
		n.Original = e.Path() // what names make of it is told beside
	}
	if e.Page || v.hashes == nil {
		return n, nil
	}
	sum, _, ok := v.hashes.Get(p.Name, i)
	if !ok {
		return n, fmt.Errorf("%w: of %s in %s", errNoHash, safetext.Quote(e.N), p.Name)
	}
	n.SHA256 = sum
	return n, nil
}

// alone reports whether all that is not beside lies in one package.
func alone(packs []Pack) bool {
	n := 0
	for _, p := range packs {
		if p.Kind != Doc {
			n++
		}
	}
	return n == 1
}

// Packages implements crate.Source. Where there is only one there is none.
// metadata.zip can't hold its own hash: it is named without one.
func (v *view) Packages() []crate.PackageNode {
	packs := v.s.packs()
	if alone(packs) {
		return nil
	}
	var list []crate.PackageNode
	for _, p := range packs {
		if p.Kind != ZIP {
			continue
		}
		n := crate.PackageNode{Name: p.Name, Size: p.Bytes, Files: p.Files, Fingerprint: p.Print, Source: p.Source}
		if named(p) {
			n.SHA256 = zeros
			if v.hashes != nil {
				v.s.mu.Lock()
				n.SHA256 = cmp.Or(v.s.sums[p.Name], zeros)
				v.s.mu.Unlock()
			}
		}
		list = append(list, n)
	}
	return list
}

// Omissions implements crate.Source.
func (v *view) Omissions() []omission.Entry { return v.s.Plan().Omitted }

// write writes a generated file.
func (v *view) write(w io.Writer, g Generated) error {
	st := &v.s.state
	var err error
	switch g.What {
	case GenTypes:
		err = crate.WriteTypes(w, slices.Collect(maps.Values(v.s.types)))
	case GenIndex:
		err = crate.WriteIndex(w, v.s.crateFacts(v.facts), v, st.IndexSize)
	case GenOmitted:
		err = crate.WriteOmitted(w, v)
	case GenReadme:
		err = crate.WriteReadme(w, v.s.crateFacts(v.facts), v, st.ReadmeSize)
	case GenCrate:
		if st.Request.Crate == shape.ELN {
			err = crate.WriteELN(w, v.s.crateFacts(v.facts), v, st.CrateSize)
		} else {
			err = crate.WriteCrate(w, v.s.crateFacts(v.facts), v, st.CrateSize)
		}
	case GenManifest, GenOwn:
		err = crate.WriteManifest(w, v)
	}
	if err != nil {
		return fmt.Errorf("make %s: %w", g.Name, err)
	}
	return nil
}

// digest measures what is written to it.
type digest struct {
	n   int64
	crc uint32
	sha hash.Hash
}

func (d *digest) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p)
	d.sha.Write(p)
	return len(p), nil
}

// settle makes a generated file once, into w, to learn its hash, which those
// behind it name.
func (v *view) settle(g Generated, w io.Writer) (genDone, error) {
	d := digest{sha: sha256.New()}
	if err := v.write(io.MultiWriter(&d, w), g); err != nil {
		return genDone{}, err
	}
	done := genDone{Generated: g, crc: d.crc, sha: hex.EncodeToString(d.sha.Sum(nil))}
	if v.hashes == nil {
		done.Size = d.n
	} else if d.n != g.Size {
		return done, fmt.Errorf("make %s: %d bytes, planned were %d", g.Name, d.n, g.Size)
	}
	return done, nil
}

// crateFacts is what README, index and crate say of the record.
func (s *Snapshot) crateFacts(f Record) crate.Facts {
	st := &s.state
	facts := crate.Facts{
		Metadata: st.Request.Metadata, DOI: f.DOI, Publisher: st.Facts.Publisher, PublisherURL: st.Facts.PublisherURL, Terms: st.Facts.License,
		Generator: st.Facts.Generator, Source: st.Facts.Source, ExportedBy: st.Facts.ExportedBy, ExportedByID: st.Facts.ExportedByID,
	}
	if v := st.Plan.Version; v != nil {
		facts.Follows = crate.Follows{DOI: v.DOI, Number: v.Number}
	}
	if f.DOI == "" {
		facts.URL = f.URL
	}
	return facts
}

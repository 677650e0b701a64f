package snapshot

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"zenobis/archive"
	"zenobis/crate"
	"zenobis/export/job"
)

// packList is a package as the ZIP writer wants it.
type packList struct {
	s      *Snapshot
	p      *Pack
	hashes Hashes            // nil: CRCs that openBIS does not know stay 0
	crc    map[string]uint32 // of generated files
}

// Entries implements archive.List.
func (l packList) Entries(yield func(archive.Entry) error) error {
	err := l.s.entries(l.p, func(i int, e *Entry) error {
		a := e.archive(l.p.Prefix)
		if e.U && l.hashes != nil {
			if _, crc, ok := l.hashes.Get(l.p.Name, i); ok {
				a.CRC = crc
			}
		}
		return yield(a)
	})
	if err != nil {
		return err
	}
	for _, g := range l.p.Gen {
		if err := yield(l.gen(g)); err != nil {
			return err
		}
	}
	return nil
}

func (l packList) gen(g Generated) archive.Entry {
	return archive.Entry{Name: l.p.Prefix + g.Name, Size: g.Size, CRC: l.crc[g.Name], Known: true, Modified: l.s.made(l.p)}
}

// made is the time of a package's generated files: of a data package its own
// newest entry's, so that it has the same bytes in every version of the record.
func (s *Snapshot) made(p *Pack) time.Time {
	if p.Data && p.Newest > 0 {
		return time.Unix(p.Newest, 0).UTC()
	}
	return s.state.Latest
}

// measure computes the lengths of generated files and packages, except of those
// that are confirmed, and sums the plan up.
func (s *Snapshot) measure(confirmed func(pkg string) bool) error {
	st := &s.state
	for i := range st.Packs {
		p := &st.Packs[i]
		if p.Gone || (confirmed != nil && confirmed(p.Name)) {
			continue
		}
		if err := s.measurePack(p); err != nil {
			return err
		}
	}
	s.sumUp()
	return nil
}

func (s *Snapshot) measurePack(p *Pack) error {
	st := &s.state
	switch p.Kind {
	case Raw:
		p.Bytes = 0
		err := s.entries(p, func(_ int, e *Entry) error {
			p.Bytes += e.S
			return nil
		})
		if err == nil {
			p.Print, p.Source, err = s.fingerprint(p)
		}
		return err
	case Doc:
		// Byte for byte the same as in metadata.zip, which came before.
		if size, _ := st.padded(p.Gen[0].What); size != nil {
			p.Gen[0].Size, p.Bytes = *size, *size
		}
		return nil
	}
	var err error
	if p.Print, p.Source, err = s.fingerprint(p); err != nil {
		return err
	}
	v := &view{s: s}
	if p.Data {
		v.only = p.Name
	}
	for j := range p.Gen {
		g := &p.Gen[j]
		size, slack := st.padded(g.What)
		if size != nil {
			*size = 0
		}
		done, err := v.settle(*g, io.Discard)
		if err != nil {
			return err
		}
		g.Size = done.Size + slack
		if size != nil {
			*size = g.Size
		}
		done.Size = g.Size
		v.done = append(v.done, done)
	}
	p.Bytes, err = archive.Length(packList{s: s, p: p})
	return err
}

// padded is the length of a file that tells of the record, with its blanks, and how
// many these are at most; nil for all others.
func (st *state) padded(w What) (size *int64, slack int64) {
	switch w {
	case GenIndex:
		return &st.IndexSize, crate.IndexSlack
	case GenReadme:
		return &st.ReadmeSize, crate.ReadmeSlack
	case GenCrate:
		return &st.CrateSize, crate.CrateSlack
	}
	return nil, 0
}

// sumUp fills in what the plan says of the packages.
func (s *Snapshot) sumUp() {
	st := &s.state
	st.Plan.Packages, st.Plan.Bytes, st.Plan.Files = nil, 0, 0
	for _, p := range st.Packs {
		if p.Gone {
			continue
		}
		st.Plan.Packages = append(st.Plan.Packages, s.summary(p))
		st.Plan.Bytes += p.Bytes
		st.Plan.Files += p.Files
	}
}

func (s *Snapshot) summary(p Pack) job.Package {
	sum := job.Package{Name: p.Name, Bytes: p.Bytes, Files: p.Files, Fingerprint: p.Print, Source: p.Source}
	if t := p.Stands; t != nil && t.Print == p.Print && t.Bytes == p.Bytes {
		sum.Former, sum.FormerSHA256 = t.MD5, t.SHA256
	}
	return sum
}

// save writes the plan down. The lists that it names are made durable before.
func (s *Snapshot) save() error {
	if err := s.disk.SyncDir(s.dir); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return writeJSON(s.disk, filepath.Join(s.dir, planFile), &s.state)
}

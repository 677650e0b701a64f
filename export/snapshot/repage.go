package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/shape"
)

// errFound ends a walk that has found what it looked for.
var errFound = errors.New("found")

// repage makes the pages of a data set anew once a file of it is left out, which
// they tell in its place: a link to it would lead nowhere. It returns the new pages
// by their path; none where a package is confirmed that has them as they were.
func (s *Snapshot) repage(o OmitRequest, confirmed func(pkg string) bool) (map[string]PageRef, error) {
	line, err := s.line(openbis.KindDataSet, o.DataSet)
	if err != nil || line == nil || len(line.Pages) == 0 {
		return nil, err
	}
	at := map[string]bool{}
	for _, p := range line.Pages {
		at[p.N] = true
	}
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if p.Gone || p.Kind != ZIP || !confirmed(p.Name) {
			continue
		}
		has := false
		err := s.entries(p, func(_ int, e *Entry) error {
			has = has || e.Page && at[e.N]
			return nil
		})
		if err != nil || has {
			return nil, err
		}
	}
	in := page.Input{
		Entity: &line.E, Place: line.Place, ASCII: s.state.Request.Crate == shape.ELN, Above: line.Above, Total: line.Total,
		Image: func(src string) (string, []byte, error) { return s.picture(line, src) },
	}
	if t, ok := s.types[TypeKey(line.E.Kind, line.E.Type)]; ok {
		in.Type = &t
	}
	for _, r := range line.E.Parents {
		in.Parents = append(in.Parents, page.Link{Ref: r})
	}
	files, err := s.dataFiles(o)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Left == "" && !f.Folder {
			in.Files, in.Bytes = in.Files+1, in.Bytes+f.Bytes
		}
	}
	in.DataFiles = func(yield func(page.DataFile) error) error {
		for _, f := range files {
			if err := yield(f); err != nil {
				return err
			}
		}
		return nil
	}
	return s.render(in)
}

// render adds pages to the snapshot.
func (s *Snapshot) render(in page.Input) (map[string]PageRef, error) {
	made, _, err := page.Render(context.Background(), in, s.state.Request.Pages)
	if err != nil {
		return nil, err
	}
	out, err := extendSpool(filepath.Join(s.dir, PagesFile))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	var packer Packer
	pack := packer.Bundle(func() (*Spool, error) { return out, nil })
	list := make([]PageRef, 0, len(made))
	for _, f := range made {
		ref, err := pack.AddPage(f.Path, func(w io.Writer) error {
			if f.Write != nil {
				return f.Write(w)
			}
			_, err := w.Write(f.Data)
			return err
		})
		if err != nil {
			return nil, err
		}
		list = append(list, ref)
	}
	if err := out.Take(pack, list); err != nil {
		return nil, err
	}
	refs := map[string]PageRef{}
	for _, ref := range list {
		refs[ref.N] = ref
	}
	return refs, out.Sync()
}

// line finds an entity; nil where it is not in the plan.
func (s *Snapshot) line(kind openbis.Kind, permID string) (found *EntityLine, err error) {
	err = s.Lines(func(l *EntityLine) error {
		if l.E.Kind != kind || l.E.PermID != permID {
			return nil
		}
		found = l
		return errFound
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, err
}

// picture is one of an entity's pages as it was fetched when they were made.
func (s *Snapshot) picture(l *EntityLine, src string) (mediaType string, data []byte, err error) {
	for _, p := range l.Pages {
		if media, ok := page.PictureOf(p.N, l.Place.Page, src); ok {
			data, err := s.pages.Get(p.Span)
			return media, data, err
		}
	}
	return "", nil, openbis.ErrNoBytes
}

// dataFiles are the files and empty folders of a data set as its pages list them.
// What was left out has its reason, that which o asks for too.
func (s *Snapshot) dataFiles(o OmitRequest) (list []page.DataFile, err error) {
	why := map[string]omission.Reason{o.Path: o.Reason}
	for _, l := range s.state.Plan.Omitted {
		if l.Entity.PermID == o.DataSet && l.File != "" {
			why[l.File] = l.Reason
		}
	}
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if p.List == "" {
			continue
		}
		err := ReadEntries(filepath.Join(s.dir, p.List), func(e *Entry) error {
			if e.Page || e.D != o.DataSet || e.F && e.D == "" {
				return nil
			}
			f := page.DataFile{Path: e.Path(), At: e.N, Bytes: e.S, Folder: e.F, Left: why[e.Path()]}
			if p.Kind == Raw {
				f.At = p.Name
			}
			if !e.U && !e.F {
				crc := e.C
				f.CRC = &crc
			}
			list = append(list, f)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b page.DataFile) int { // as they were listed: empty files may lie in another package
		switch {
		case a.Folder == b.Folder:
			return cmp.Compare(a.Path, b.Path)
		case a.Folder:
			return 1
		}
		return -1
	})
	return list, nil
}

// relist writes the lists of packages that change: without the file that is struck
// and with other pages. It returns the lists that nothing names any more.
func (s *Snapshot) relist(
	o OmitRequest, struck *Pack, at int, pages map[string]PageRef, confirmed func(pkg string) bool,
) (old []string, err error) {
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if p.List == "" || p.Gone || p != struck && (p.Kind != ZIP || len(pages) == 0 || confirmed(p.Name)) {
			continue
		}
		change := p == struck
		if !change {
			err := s.entries(p, func(_ int, e *Entry) error {
				_, known := pages[e.N]
				change = change || e.Page && known
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		if !change {
			continue
		}
		n := -1
		next := fmt.Sprintf("%s.%d", p.List, len(s.state.Plan.Omitted))
		err := s.copyList(p.List, next, func(e *Entry) {
			n++
			e.X = e.X || p == struck && n == at
			if ref, ok := pages[e.N]; ok && e.Page {
				e.S, e.C, e.H, e.At = ref.S, ref.C, ref.H, ref.Span
			}
		})
		if err != nil {
			return nil, err
		}
		old, p.List = append(old, p.List), next
		if len(pages) > 0 && p.Model != "" {
			p.Model += "-" + names.Hash(o.DataSet+"/"+o.Path, 16) // its pages tell what is left out
		}
	}
	return old, nil
}

package snapshot

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"zenobis/export/job"
	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/safetext"
)

// Omit leaves a broken file out and returns the new plan. Entries keep their
// Index; packages for which confirmed is true do not change. The pages of its data
// set tell it in its place; it stands in omitted.txt, README and index, too.
func (s *Snapshot) Omit(o OmitRequest, confirmed func(pkg string) bool) (*job.Plan, error) {
	s.mu.Lock()
	next := &Snapshot{dir: s.dir, disk: s.disk, state: s.state, sums: s.sums, types: s.types, pages: s.pages}
	next.state.Packs = slices.Clone(s.state.Packs)
	for i := range next.state.Packs {
		next.state.Packs[i].Gen = slices.Clone(next.state.Packs[i].Gen)
	}
	next.state.Plan.Omitted = slices.Clone(s.state.Plan.Omitted)
	s.mu.Unlock()

	if confirmed == nil {
		confirmed = func(string) bool { return false }
	}
	old, err := next.strike(o, confirmed)
	if err != nil {
		return nil, fmt.Errorf("leave out %s of data set %s: %w", safetext.Quote(o.Path), o.DataSet, err)
	}
	ref := openbis.Ref{Kind: openbis.KindDataSet, PermID: o.DataSet, Identifier: o.DataSet, Code: o.DataSet}
	if l, err := s.line(ref.Kind, ref.PermID); err == nil && l != nil {
		ref = l.E.Ref
	}
	left := omission.Of(ref, o.Reason, o.Message)
	left.File = o.Path
	next.state.Plan.Omitted = append(next.state.Plan.Omitted, left)
	for i := range next.state.Packs {
		p := &next.state.Packs[i]
		holds := func(w What) bool { return slices.ContainsFunc(p.Gen, func(g Generated) bool { return g.What == w }) }
		if p.Kind == ZIP && !p.Data && !holds(GenOmitted) && !confirmed(p.Name) {
			behind := 1 + slices.IndexFunc(p.Gen, func(g Generated) bool { return g.What == GenIndex })
			p.Gen = slices.Insert(p.Gen, behind, Generated{Name: names.Omitted, What: GenOmitted})
		}
	}
	if err := next.measure(confirmed); err != nil {
		return nil, err
	}
	next.countSets()
	if err := next.save(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.state = next.state
	s.mu.Unlock()
	for _, name := range old {
		_ = s.disk.Remove(filepath.Join(s.dir, name)) // nothing names it any more
	}
	return s.Plan(), nil
}

// strike marks the file in the list of its package and lets its data set's pages
// tell it, in new list files, and returns the old ones' names: they go once the new
// plan is saved.
func (s *Snapshot) strike(o OmitRequest, confirmed func(string) bool) (old []string, err error) {
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if p.Gone || p.Files == 0 {
			continue
		}
		at, folders := -1, false
		err := s.entries(p, func(n int, e *Entry) error {
			folders = folders || e.F && e.D != "" // empty ones of a data set
			if !e.Page && !e.F && e.D == o.DataSet && e.Path() == o.Path {
				at = n
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if at < 0 {
			continue
		}
		if confirmed(p.Name) {
			return nil, fmt.Errorf("package %s is at Zenodo already", p.Name)
		}
		pages, err := s.repage(o, confirmed)
		if err == nil {
			old, err = s.relist(o, p, at, pages, confirmed)
		}
		if err != nil {
			return nil, err
		}
		if p.Files--; p.Kind == Raw || (p.Data && p.Files == 0 && !folders) {
			p.Gone = true
		}
		return old, nil
	}
	return nil, errors.New("it is not in the plan")
}

// copyList writes a list once more, each entry as change leaves it.
func (s *Snapshot) copyList(from, to string, change func(e *Entry)) error {
	out, err := CreateLines(filepath.Join(s.dir, to))
	if err != nil {
		return err
	}
	err = ReadEntries(filepath.Join(s.dir, from), func(e *Entry) error {
		change(e)
		return out.AddEntry(e)
	})
	if err != nil {
		out.Abort()
		return err
	}
	return out.Close()
}

// countSets counts the data sets that still have a file.
func (s *Snapshot) countSets() {
	sets := map[string]bool{}
	for i := range s.state.Packs {
		p := &s.state.Packs[i]
		if p.Gone || p.Files == 0 {
			continue
		}
		last := ""
		_ = s.entries(p, func(_ int, e *Entry) error {
			if !e.Page && !e.F && e.D != last {
				last = e.D
				sets[last] = true
			}
			return nil
		})
	}
	s.state.Plan.DataSets = len(sets)
}

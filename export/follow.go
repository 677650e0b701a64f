package export

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/export/version"
	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/wire"
	"zenobis/zenodo"
)

// Former is the published version that a new one follows.
type Former = version.Former

// Former finds the newest published version of what is named: a DOI, an id of a
// record, an address.
func (e *Engine) Former(ctx context.Context, of string) (*Former, error) {
	kept := func(recordID string) (job.Job, job.Status, bool) {
		jobs, err := e.Jobs()
		if err != nil {
			e.o.Log.Warn("earlier exports not read", "error", err)
		}
		for _, j := range jobs {
			if j.RecordID != recordID || j.Zenodo != e.o.Zenodo.URL() {
				continue
			}
			if j, st, err := e.store.Look(j.ID); err == nil {
				return j, st, true
			}
		}
		return job.Job{}, job.Status{}, false
	}
	return version.Find(ctx, e.o.Zenodo, kept, of, wire.Retry{Now: e.o.Now, Sleep: e.o.Sleep, Rand: e.o.Rand})
}

// former finds the version that a request follows; nil for a first one. Where the
// layout was left open the new version is cut as the former one was, since only
// then anything of it can stand.
func (e *Engine) former(ctx context.Context, req *Request) (*Former, error) {
	if req.NewVersionOf == "" && req.IntoDraft != "" {
		return nil, &failure.Error{Kind: failure.Usage, What: "an open draft is chosen for a new version of a record only (--into-draft)",
			Do: "name the record, too: --new-version-of DOI"}
	}
	if req.NewVersionOf == "" {
		return nil, nil
	}
	f, err := e.Former(ctx, req.NewVersionOf)
	if err != nil {
		return nil, err
	}
	req.NewVersionOf = f.ID
	if f.Open, err = f.FindOpen(ctx, e.o.Zenodo, e.ownerOf); err != nil {
		return nil, err
	}
	if err := f.Choice(req.IntoDraft); err != nil {
		return nil, err
	}
	if req.Layout == LayoutAuto || req.Layout == "" {
		req.Layout = f.Layout()
	}
	return f, nil
}

// follow holds a plan against the former version and notes in it what of that
// stands. Into a draft that was there already nothing of it is taken over.
func (e *Engine) follow(ctx context.Context, h *job.Handle, made *Plan, f *Former, req Request) (*Plan, error) {
	c := f.Compare(made)
	var err error
	if req.IntoDraft != "" {
		c.Stands = nil
		err = f.Open.Takes(made.Packages, e.o.Zenodo.Limits())
	} else {
		err = f.Refusal(c, changes(e.o.Zenodo.Kind(), made, f.Record, req.Metadata))
	}
	if err != nil {
		return made, err
	}
	snap, err := snapshot.Open(h.Dir)
	if err != nil {
		return made, err
	}
	defer snap.Close()
	notes := slices.Concat(made.Notes, f.Notes)
	if len(c.Older) > 0 {
		n, err := snap.TakePages(c.Older, func(begin func(), yield func(name string, content io.Reader) error) error {
			return f.Pages(ctx, begin, yield)
		})
		switch {
		case ctx.Err() != nil:
			return made, err
		case err != nil:
			notes = append(notes, "The pages of "+f.Name()+" can't be read ("+failure.Text(err)+"), so what this version of the program makes"+
				" in another way is sent anew.")
		case n > 0:
			made = snap.Plan()
			c = f.Compare(made)
			notes = append(notes, fmt.Sprintf("Another version of the program made the pages of %s: they stay as they are in %s"+
				" whose data and description are the same.", f.Name(), human.Count(n, "package", "packages")))
		}
	}
	removed := c.Removed
	if made.Layout != f.Layout() {
		if removed, err = e.reallyGone(ctx, snap, f, removed); err != nil {
			return made, err
		}
	}
	said := func(p *Plan) []string { return standing(p, f) }
	if req.IntoDraft != "" {
		removed = f.Open.Lacks(removed)
		said = func(p *Plan) []string { return append(gone(p), f.Open.Text(len(p.Packages))) }
	}
	if err := snap.Follow(f.Version, c.Stands, removed); err != nil {
		return made, err
	}
	made = snap.Plan()
	made.Notes = append(notes, said(made)...)
	return made, nil
}

// dataSetCode is the data set whose package or file a record file is. It is laxer
// than a data set's code: what it takes is looked up among those of the plan, and
// what it overlooked would be called gone.
var dataSetCode = regexp.MustCompile(`^(\d{8,}-\d+)(?:\.|--)`)

// reallyGone are those of the former version's files whose data the new version
// does not have under other names: it is cut in another way than the former one.
func (e *Engine) reallyGone(ctx context.Context, snap *snapshot.Snapshot, f *Former, removed []job.VersionFile) ([]job.VersionFile, error) {
	has := map[string]bool{}
	err := snap.Entities(func(x openbis.Entity) error {
		if x.Kind == openbis.KindDataSet {
			has[x.PermID] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	whole := f.Job != "" // all data sets of the job that made it are here
	if whole {
		j, err := e.store.Job(f.Job)
		if err != nil {
			return nil, err
		}
		err = job.ReadManifest(ctx, j.Dir, func(l job.ManifestLine) error {
			whole = whole && has[l.DataSet]
			return nil
		})
		whole = whole && err == nil
	}
	return slices.DeleteFunc(slices.Clone(removed), func(v job.VersionFile) bool {
		m := dataSetCode.FindStringSubmatch(v.Name)
		return whole || m != nil && has[m[1]] || slices.Contains([]string{names.Metadata, names.Readme, names.Crate}, v.Name)
	}), nil
}

// changes are the differences of the metadata from the published version's, but
// for what every version has of its own.
func changes(kind zenodo.Kind, made *Plan, former zenodo.Record, m record.Metadata) []string {
	b := record.Draft(m, record.DraftInput{Kind: kind, Publisher: former.Metadata.Publisher, Collected: made.Collected})
	b.Metadata.Date = former.Metadata.Date
	if b.Metadata.Version == "" {
		b.Metadata.Version = former.Metadata.Version
	}
	before := former
	before.Metadata.Related = nil
	for _, r := range former.Metadata.Related {
		if !record.OfELN(r.Identifier) {
			before.Metadata.Related = append(before.Metadata.Related, r)
		}
	}
	before.Metadata.Additional = b.Metadata.Additional
	list := record.Differences(b, before)
	if record.FromRecord(former).Notes != m.Notes {
		list = append(list, "the notes are others")
	}
	return list
}

// standing says what of the former version stands, and what would save more.
func standing(p *Plan, f *Former) []string {
	var n int
	var stands, sent int64
	for _, pkg := range p.Packages {
		if pkg.Former != "" {
			n++
			stands += pkg.Bytes
		} else {
			sent += pkg.Bytes
		}
	}
	notes := []string{fmt.Sprintf("A new version of %s: %s stand as they are (%s), %s are sent.", f.Name(),
		human.Count(n, "file", "files"), human.Bytes(stands), human.Bytes(sent))}
	if p.Layout == LayoutSingle && sent > 0 {
		notes = append(notes, "The record is one file (layout single), so a new version sends all of it: with --layout per-dataset"+
			" the next ones send what has changed alone.")
	}
	return append(notes, gone(p)...)
}

// gone names the files that the new version has no more.
func gone(p *Plan) []string {
	if len(p.Removed) == 0 {
		return nil
	}
	var names []string
	for i, r := range p.Removed {
		if i == 10 {
			names = append(names, fmt.Sprintf("and %d more", len(p.Removed)-i))
			break
		}
		names = append(names, r.Name)
	}
	return []string{"The new version has no more: " + strings.Join(names, ", ") + "."}
}

package export

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/transfer"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Orphan is an unpublished draft that an export made and that no export on this
// computer needs: its making had no answer and another one was made since, or the
// export is not kept here (any more).
type Orphan struct {
	Draft   string // id
	Job     string // the export whose marker it has
	Title   string
	URL     string
	Files   int
	Updated time.Time
	Known   bool // the export is one of this computer
}

// Orphans are the user's drafts that no export needs any more, as far as the
// lagging list knows them. A complete draft has no marker left and is none of them.
func (e *Engine) Orphans(ctx context.Context) ([]Orphan, error) {
	if e.o.Zenodo == nil {
		return nil, &failure.Error{Kind: failure.Configuration, What: "looking for drafts needs Zenodo"}
	}
	list, err := e.o.Zenodo.MarkedDrafts(ctx, strings.TrimSuffix(job.Marker(""), ":"))
	if err != nil {
		return nil, failure.Wrap("look for drafts that no export needs", err)
	}
	var out []Orphan
	for _, rec := range list {
		for _, i := range rec.Metadata.Identifiers {
			id, ok := strings.CutPrefix(i.Identifier, job.Marker(""))
			if !ok {
				continue
			}
			needed, known, err := e.needs(ctx, id, rec)
			if err != nil {
				return out, err
			}
			if !needed {
				out = append(out, Orphan{Draft: rec.ID, Job: safetext.Line(id), Title: rec.Metadata.Title, URL: rec.HTML,
					Files: rec.FileCount, Updated: rec.Updated, Known: known})
			}
			break
		}
	}
	return out, nil
}

// needs reports whether an export, which may be known here, needs a draft that has
// its marker; a draft that has it from the version before is not ours to offer.
func (e *Engine) needs(ctx context.Context, id string, rec zenodo.Record) (needed, known bool, err error) {
	own, err := transfer.Own(ctx, e.o.Zenodo, rec, job.Marker(id))
	if err != nil || !own {
		return true, false, err
	}
	j, st, err := e.store.Look(id)
	switch {
	case errors.Is(err, failure.NoJob):
		return false, false, nil
	case err != nil: // it can't be read: nothing is known of what it needs
		return true, true, nil
	}
	return j.Running || st.Creating || st.ID == rec.ID && !st.Discarded, true, nil
}

// DiscardOrphan deletes a draft that no export needs, after another look at it.
func (e *Engine) DiscardOrphan(ctx context.Context, draft string) error {
	list, err := e.Orphans(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(o Orphan) bool { return o.Draft == draft }) {
		return &failure.Error{Kind: failure.NoJob, What: "there is no draft " + safetext.Quote(draft) + " that no export needs"}
	}
	return e.deleteEach(ctx, draft)
}

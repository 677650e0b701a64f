package export

import (
	"context"
	"errors"
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
// lagging list knows them. A complete draft has no marker left and is none of them,
// nor is one in review: somebody has submitted it.
func (e *Engine) Orphans(ctx context.Context) ([]Orphan, error) { return e.orphans(ctx, "") }

// orphans are those of one id, or all for "".
func (e *Engine) orphans(ctx context.Context, draft string) ([]Orphan, error) {
	if e.o.Zenodo == nil {
		return nil, &failure.Error{Kind: failure.Configuration, What: "looking for drafts needs Zenodo"}
	}
	list, err := e.o.Zenodo.MarkedDrafts(ctx, strings.TrimSuffix(job.Marker(""), ":"))
	if err != nil {
		return nil, failure.Wrap("the drafts that no export needs can't be looked for", err)
	}
	var out []Orphan
	for _, rec := range list {
		if draft != "" && rec.ID != draft {
			continue
		}
		o, err := e.orphan(ctx, rec)
		if err != nil {
			return out, err
		}
		if o != nil {
			out = append(out, *o)
		}
	}
	return out, nil
}

// orphan is a draft that has a marker and that no export needs; nil where one does.
// The list knows neither the files that came since the draft was saved nor, for a
// while, what became of it, so the draft itself is read.
func (e *Engine) orphan(ctx context.Context, listed zenodo.Record) (*Orphan, error) {
	for _, i := range listed.Metadata.Identifiers {
		id, ok := strings.CutPrefix(i.Identifier, job.Marker(""))
		if !ok {
			continue
		}
		needed, known, err := e.needs(ctx, id, listed)
		if err != nil || needed {
			return nil, err
		}
		state, rec, err := e.o.Zenodo.State(ctx, listed.ID)
		if err != nil {
			return nil, failure.Wrap("the draft "+listed.ID+" can't be looked at", err)
		}
		if state != zenodo.StateDraft {
			return nil, nil
		}
		return &Orphan{Draft: rec.ID, Job: safetext.Line(id), Title: rec.Metadata.Title, URL: rec.HTML,
			Files: rec.FileCount, Updated: rec.Updated, Known: known}, nil
	}
	return nil, nil
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
	list, err := e.orphans(ctx, draft)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return &failure.Error{Kind: failure.NoJob, What: "there is no draft " + safetext.Quote(draft) + " that no export needs"}
	}
	return e.deleteEach(ctx, draft)
}

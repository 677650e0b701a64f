package export

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/transfer"
	"zenobis/zenodo"
)

// A draft whose making had no answer may appear until then, by looks that far apart.
const (
	appears   = 2 * time.Minute
	lookEvery = 10 * time.Second
)

// Discard deletes the draft of an export, while it is unpublished, and closes
// the job. A plan that was never sent is just dropped.
func (e *Engine) Discard(ctx context.Context, id string) error {
	h, err := e.hold(ctx, id)
	if err != nil {
		return err
	}
	defer h.Close()
	st := h.Status()
	switch {
	case st.Discarded:
		return nil
	case st.Published:
		return published(st)
	}
	if st.ID != "" || st.Creating || st.Versioned {
		if e.o.Zenodo == nil {
			return &failure.Error{Kind: failure.Configuration, What: "deleting the draft needs Zenodo"}
		}
		if h.File.Zenodo != e.o.Zenodo.URL() {
			return &failure.Error{
				Kind: failure.Configuration, What: "the draft is at " + h.File.Zenodo + ", not at " + e.o.Zenodo.URL(),
				Do: "set the address accordingly",
			}
		}
		if err := e.deleteDrafts(ctx, h, st); err != nil {
			return failure.Wrap("the draft can't be deleted", err)
		}
	}
	if err := h.Journal.Add(job.Discarded{}); err != nil {
		return failure.Wrap("the export can't be closed", err)
	}
	return settle(h)
}

func published(st job.Status) *failure.Error {
	return &failure.Error{
		Kind: failure.Published, What: "the record is published already",
		Do: "zenobis never touches a published record; write to Zenodo's support if it has to go (" + st.DOI + ")",
	}
}

// deleteDrafts deletes the job's draft, and one whose making had no answer.
func (e *Engine) deleteDrafts(ctx context.Context, h *job.Handle, st job.Status) error {
	ids := map[string]bool{}
	if st.ID != "" {
		state, rec, err := transfer.State(ctx, e.o.Zenodo, e.o.Sleep, st.ID)
		if err != nil {
			return err
		}
		switch state {
		case zenodo.StatePublished:
			seen := job.Seen{State: job.StatePublished, DOI: rec.DOI, URL: rec.HTML, Title: rec.Metadata.Title}
			if err := h.Journal.Add(seen); err != nil {
				return err
			}
			return published(h.Status())
		case zenodo.StateInReview:
			return &failure.Error{
				Kind: failure.InReview, What: "the draft is in review", Do: "withdraw it on its page at Zenodo first: " + st.URL,
			}
		case zenodo.StateDraft:
			if st.Adopted {
				return e.deleteFiles(ctx, h, st)
			}
			if st.Saved || rec.Revision == st.Revision && rec.FileCount == 0 { // else it became somebody's before it was ours
				ids[st.ID] = true
			}
		case zenodo.StateUnknown:
			return &zenodo.APIError{Kind: zenodo.ErrUnavailable, Message: "the server does not say where the draft stands; try again in a minute"}
		}
	}
	if st.Creating || len(st.Forgotten) > 0 { // one of them may have come back
		err := e.unnoted(ctx, st, st.Creating, func() (bool, error) {
			list, err := transfer.OwnDrafts(ctx, e.o.Zenodo, h.File.ID)
			for _, r := range list {
				ids[r.ID] = true
			}
			return len(list) > 0, err
		})
		if err != nil {
			return err
		}
	}
	if st.Versioned && st.ID == "" {
		err := e.unnoted(ctx, st, true, func() (bool, error) {
			id, err := transfer.Unnoted(ctx, e.o.Zenodo, h.File.Request.NewVersionOf)
			if id != "" {
				ids[id] = true
			}
			return id != "", err
		})
		if err != nil {
			return err
		}
	}
	if err := h.Journal.Add(job.Discarding{}); err != nil {
		return err
	}
	return e.deleteEach(ctx, slices.Sorted(maps.Keys(ids))...)
}

// unnoted looks for a draft whose making had no answer. The server may still make
// it, and its lists lag, so it is looked for until two minutes after it was asked
// for; not again where patient is false, since nothing was asked for lately.
func (e *Engine) unnoted(ctx context.Context, st job.Status, patient bool, look func() (found bool, err error)) error {
	left := min(st.MadeAt.Add(appears).Sub(e.o.Now()), appears)
	for told := false; ; told = true {
		if found, err := look(); err != nil || found || !patient || left <= 0 {
			return err
		}
		if !told {
			e.o.Waiting(left, "Zenodo may still be making the draft that was asked for")
		}
		if err := e.o.Sleep(ctx, min(left, lookEvery)); err != nil {
			return err
		}
		left -= lookEvery
	}
}

// deleteEach deletes drafts at Zenodo.
func (e *Engine) deleteEach(ctx context.Context, ids ...string) error {
	retry := e.retry()
	retry.Tries = 4
	for _, id := range ids {
		// A deletion waits for an upload that a dead process has left, and may
		// end in an error then.
		err := retry.Do(ctx, "delete the draft", func(ctx context.Context) error {
			err := e.o.Zenodo.DeleteDraft(ctx, id)
			if errors.Is(err, zenodo.ErrNotFound) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteFiles takes our files out of a draft that somebody else made.
func (e *Engine) deleteFiles(ctx context.Context, h *job.Handle, st job.Status) error {
	if err := h.Journal.Add(job.Discarding{}); err != nil {
		return err
	}
	retry := e.retry()
	retry.Tries = 4
	return retry.Do(ctx, "take the files out of the draft", func(ctx context.Context) error {
		files, err := e.o.Zenodo.Files(ctx, st.ID)
		for _, f := range files {
			if err == nil && st.Announced[f.Key] {
				err = e.o.Zenodo.DeleteFile(ctx, st.ID, f.Key)
			}
			if errors.Is(err, zenodo.ErrNotFound) {
				err = nil
			}
		}
		return err
	})
}

package export

import (
	"context"
	"errors"
	"fmt"

	"zenobis/export/failure"
	"zenobis/zenodo"
)

// Discard deletes the draft of an export, while it is unpublished, and closes
// the job. A plan that was never sent is just dropped.
func (e *Engine) Discard(ctx context.Context, id string) error {
	w, err := e.open(id)
	if err != nil {
		return err
	}
	defer w.close()
	st := w.j.look()
	switch {
	case st.Discarded:
		return nil
	case st.Published:
		return published(st)
	}
	if st.ID != "" || st.Creating {
		if e.o.Zenodo == nil {
			return &failure.Error{What: "deleting the draft needs Zenodo", Kind: failure.Configuration}
		}
		if w.jf.Zenodo != e.o.Zenodo.URL() {
			return &failure.Error{What: "the draft is at " + w.jf.Zenodo + ", not at " + e.o.Zenodo.URL(), Do: "set the address accordingly", Kind: failure.Configuration}
		}
		if err := w.deleteDrafts(ctx, st); err != nil {
			return failure.Wrap("the draft can't be deleted", err)
		}
	}
	if err := w.j.add(stepDiscarded, nil); err != nil {
		return failure.Wrap("the export can't be closed", err)
	}
	if err := settle(w.dir); err != nil {
		return failure.Wrap("what the export no longer needs can't be removed", err)
	}
	return nil
}

func published(st status) *failure.Error {
	return &failure.Error{
		What: "the record is published already", Kind: failure.Published,
		Do: "zenobis never touches a published record; write to Zenodo's support if it has to go (" + st.DOI + ")",
	}
}

// deleteDrafts deletes the job's draft, and one whose making had no answer.
func (w *work) deleteDrafts(ctx context.Context, st status) error {
	ids := map[string]bool{}
	if st.ID != "" {
		state, rec, err := w.e.o.Zenodo.State(ctx, st.ID)
		if err != nil {
			return err
		}
		switch state {
		case zenodo.StatePublished:
			if err := w.noteState(StatePublished, rec, ""); err != nil {
				return err
			}
			return published(w.j.look())
		case zenodo.StateInReview:
			return &failure.Error{
				What: "the draft is in review", Kind: failure.InReview,
				Do: "withdraw it on its page at Zenodo first: " + st.URL,
			}
		case zenodo.StateDraft:
			ids[st.ID] = true
		case zenodo.StateUnknown:
			return fmt.Errorf("%w: the server does not say where the draft stands; try again in a minute", zenodo.ErrUnavailable)
		}
	}
	if st.Creating {
		list, err := w.e.o.Zenodo.FindDrafts(ctx, marker(w.jf.ID))
		if err != nil {
			return err
		}
		for _, r := range list {
			ids[r.ID] = true
		}
	}
	if err := w.j.add(stepDiscarding, nil); err != nil {
		return err
	}
	for id := range ids {
		if err := w.deleteDraft(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// deleteDraft repeats a deletion that failed on the way: it waits for an upload
// that a dead process has left, and may end in an error then.
func (w *work) deleteDraft(ctx context.Context, id string) error {
	for n := 1; ; n++ {
		err := w.e.o.Zenodo.DeleteDraft(ctx, id)
		if err == nil || errors.Is(err, zenodo.ErrNotFound) {
			return nil
		}
		if ctx.Err() != nil || !passing(err) || n >= 4 {
			return err
		}
		if err := w.e.o.Sleep(ctx, backoff(w.e.o.Backoff, longest, n, w.e.o.Rand)); err != nil {
			return err
		}
	}
}

package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zenobis/export/failure"
	"zenobis/zenodo"
)

// Sync looks where the drafts of all exports stand that are not settled, or of
// one, and registers in openBIS what was published since. Looking uses public
// addresses. Without openBIS in the options a published export stays published,
// which is no error. It returns the exports as they stand then; those that
// another process works on are returned as they are.
func (e *Engine) Sync(ctx context.Context, jobID string) ([]Job, error) {
	if e.o.Zenodo == nil {
		return nil, &failure.Error{What: "looking at drafts needs Zenodo", Kind: failure.Configuration}
	}
	var jobs []Job
	if jobID != "" {
		j, err := e.Job(jobID)
		if err != nil {
			return nil, err
		}
		jobs = []Job{j}
	} else {
		var err error
		if jobs, err = e.Jobs(); err != nil && len(jobs) == 0 {
			return nil, err
		}
	}
	var out []Job
	var errs []error
	for _, j := range jobs {
		if j.State.Settled() && jobID == "" {
			continue
		}
		now, err := e.syncOne(ctx, j)
		out = append(out, now)
		if err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if len(errs) == 1 {
		return out, errs[0]
	}
	return out, errors.Join(errs...)
}

// syncOne looks at one export.
func (e *Engine) syncOne(ctx context.Context, j Job) (Job, error) {
	if j.State.Settled() || j.RecordID == "" || j.Running || j.Zenodo != e.o.Zenodo.URL() {
		return j, nil
	}
	w, err := e.open(j.ID)
	if running(err) {
		return j, nil
	}
	if err != nil {
		return j, err
	}
	defer w.close()
	err = w.look(ctx)
	if err == nil && e.o.OpenBIS != nil {
		if st := w.j.look(); st.Published && !st.Registered && !st.Discarded {
			err = w.register(ctx)
		}
	}
	if st := w.j.look(); st.state(false).Settled() {
		if e := settle(w.dir); e != nil && err == nil {
			err = failure.Wrap("what the export no longer needs can't be removed", e)
		}
	}
	return w.job(), err
}

// look asks where the draft stands and notes what has changed.
func (w *work) look(ctx context.Context) error {
	st := w.j.look()
	state, rec, err := w.e.o.Zenodo.State(ctx, st.ID)
	if err != nil {
		return failure.Wrap("look at the draft of "+w.jf.ID, err)
	}
	if err := noteLooked(w.dir, w.e.o.Now()); err != nil {
		return failure.Wrap("note that the draft was looked at", err)
	}
	switch state {
	case zenodo.StateDraft, zenodo.StateInReview:
		now := StateDraft
		if state == zenodo.StateInReview {
			now = StateInReview
		}
		if st.Uploaded && !st.Published && st.State != now {
			return w.noteState(now, rec, "")
		}
	case zenodo.StatePublished:
		if st.Published {
			return nil
		}
		reason := ""
		if st.DOI != "" && rec.DOI != st.DOI {
			reason = fmt.Sprintf("it was published as %s; the packages name %s", rec.DOI, st.DOI)
		}
		if !st.Uploaded {
			reason = "it was published before the upload was complete"
		}
		return w.noteState(StatePublished, rec, reason)
	case zenodo.StateDiscarded:
		if !st.Uploaded {
			if st.Gone {
				return nil
			}
			return w.j.add(stepGone, func(e *entry) {
				e.ID, e.Reason = st.ID, "its draft was discarded at Zenodo; resume sends everything to a new one"
			})
		}
		return w.noteState(StateDiscarded, rec, "it was discarded at Zenodo")
	case zenodo.StateDeleted:
		return w.noteState(StateDiscarded, rec, "the record was published and deleted since")
	}
	return nil
}

// Watch looks at a draft again and again until the export is settled or ctx
// ends, and registers it when it was published; see gets every change of state.
// Failures that may pass are waited out, with longer and longer pauses.
func (e *Engine) Watch(ctx context.Context, id string, every time.Duration, see func(Job)) error {
	if every <= 0 {
		every = 15 * time.Second
	}
	job, err := e.Job(id)
	if err != nil {
		return err
	}
	last, failed := job, 0
	for {
		list, err := e.Sync(ctx, id)
		if ctx.Err() != nil {
			return failure.Wrap("waiting for the publication was interrupted", failure.Interruption(context.Cause(ctx)))
		}
		if len(list) == 1 {
			now := list[0]
			if now.State != last.State || now.DOI != last.DOI || now.Reason != last.Reason {
				see(now)
			}
			last = now
			if now.State.Settled() {
				return nil
			}
			if now.State == StatePublished && e.o.OpenBIS == nil {
				return &failure.Error{
					What: "the record is published; registering it needs a login to openBIS", Kind: failure.Login,
					Do: "zenobis sync does it",
				}
			}
		}
		wait := every
		if err != nil {
			if s := failure.Of(err).ExitStatus(); s == failure.StatusLogin || s == failure.StatusUsage {
				return err
			}
			failed++
			wait = min(every<<min(failed, 6), longest)
			e.o.Log.Info("looking at the draft failed", "job", id, "error", failure.Text(err))
		} else {
			failed = 0
		}
		// Others look as well: not all at the same moment.
		if err := e.o.Sleep(ctx, wait*9/10+time.Duration(e.o.Rand()*float64(wait)/5)); err != nil {
			return failure.Wrap("waiting for the publication was interrupted", failure.Interruption(err))
		}
	}
}

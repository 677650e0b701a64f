package export

import (
	"context"
	"errors"
	"slices"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/register"
	"zenobis/export/transfer"
	"zenobis/wire"
	"zenobis/zenodo"
)

const (
	lookDiscarded = 24 * time.Hour     // how often a discarded export is looked at
	keepDiscarded = 30 * lookDiscarded // and for how long
)

// Sync looks where the drafts of all exports stand that are not settled, or of
// one, and registers in openBIS what was published since. Looking uses public
// addresses and holds nothing. Without openBIS in the options a published export
// stays published, which is no error. It returns the exports as they stand then;
// discarded ones are looked at for a month and returned only if they came back.
func (e *Engine) Sync(ctx context.Context, id string) ([]Job, error) {
	if e.o.Zenodo == nil {
		return nil, &failure.Error{Kind: failure.Configuration, What: "looking at drafts needs Zenodo"}
	}
	ctx = wire.Patient(ctx)
	jobs, err := e.Due(id)
	if err != nil && len(jobs) == 0 {
		return nil, err
	}
	var out []Job
	var errs []error
	for _, j := range jobs {
		quiet := id == "" && j.State == StateDiscarded
		now, err := e.syncOne(ctx, j)
		if quiet && now.State == StateDiscarded {
			continue
		}
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

// Due are the exports that Sync looks at: those that are not settled, and for a
// while the discarded ones; or the one that is named. What can't be read is told in
// the error, beside the rest.
func (e *Engine) Due(id string) ([]Job, error) {
	if id != "" {
		j, err := e.Job(id)
		if err != nil {
			return nil, err
		}
		return []Job{j}, nil
	}
	jobs, err := e.Jobs()
	return slices.DeleteFunc(jobs, func(j Job) bool {
		return j.State == StateRegistered || j.State == StateDiscarded && (j.RecordID == "" || !e.lookAgain(j))
	}), err
}

// lookAgain reports whether it is time to look at a discarded export once more:
// a server that was wrong for a moment must not cost a registration.
func (e *Engine) lookAgain(j Job) bool {
	now := e.o.Now()
	return now.Sub(j.Updated) < keepDiscarded && now.Sub(j.Looked) >= lookDiscarded
}

// syncOne looks at one export.
func (e *Engine) syncOne(ctx context.Context, j Job) (Job, error) {
	if j.State == StateRegistered || j.RecordID == "" || j.Running || j.Zenodo != e.o.Zenodo.URL() {
		return j, nil
	}
	seen, rec, err := e.look(ctx, j.ID)
	if err == nil && seen != nil {
		err = e.note(ctx, j.ID, seen)
	}
	if now, e := e.store.Job(j.ID); e == nil {
		j = now
	}
	if err == nil && j.State == StatePublished && e.o.OpenBIS != nil && j.OpenBIS == e.o.OpenBIS.URL() {
		err = e.register(ctx, j.ID, rec)
		if now, e := e.store.Job(j.ID); e == nil {
			j = now
		}
	}
	return j, err
}

// look asks where a draft stands. What has changed is returned as a record for
// the journal; nil if nothing has.
func (e *Engine) look(ctx context.Context, id string) (job.Record, zenodo.Record, error) {
	j, st, err := e.store.Look(id)
	if err != nil {
		return nil, zenodo.Record{}, err
	}
	ask := func() (zenodo.State, zenodo.Record, error) { return transfer.State(ctx, e.o.Zenodo, e.o.Sleep, st.ID) }
	if st.Discarded { // that it is gone was said twice already
		ask = func() (zenodo.State, zenodo.Record, error) { return e.o.Zenodo.State(ctx, st.ID) }
	}
	state, rec, err := ask()
	if err != nil {
		return nil, rec, failure.Wrap("the draft of "+id+" can't be looked at", err)
	}
	if err := e.store.NoteLooked(id); err != nil {
		return nil, rec, failure.Wrap("that the draft was looked at can't be noted", err)
	}
	switch state {
	case zenodo.StateDraft, zenodo.StateInReview:
		now := job.StateDraft
		if state == zenodo.StateInReview {
			now = job.StateInReview
		}
		review := reviewOf(rec, st)
		if st.Uploaded && !st.Published && (st.State != now || st.Review != review || st.Discarded) {
			return job.Seen{State: now, Review: review}, rec, nil
		}
	case zenodo.StatePublished:
		if st.Published && !st.Discarded {
			return nil, rec, nil
		}
		seen, err := transfer.Published(ctx, e.o.Zenodo, j.Plan, st, rec)
		if err != nil {
			return nil, rec, failure.Wrap("the files of "+rec.ID+" can't be listed", err)
		}
		return seen, rec, nil
	case zenodo.StateDiscarded, zenodo.StateDeleted:
		switch {
		case st.Discarded, st.Gone && !st.Uploaded:
		case !st.Uploaded:
			return job.Vanished{ID: st.ID, Reason: "its draft was discarded at Zenodo; resume sends everything to a new one"}, rec, nil
		case state == zenodo.StateDeleted:
			return job.Seen{State: job.StateDiscarded, Reason: "the record was published and deleted since"}, rec, nil
		default:
			return job.Seen{State: job.StateDiscarded, Reason: "it was discarded at Zenodo"}, rec, nil
		}
	}
	return nil, rec, nil
}

// reviewOf is how the review of a draft stands. Public addresses tell nothing of
// it: then what was seen before stays.
func reviewOf(rec zenodo.Record, st job.Status) job.Review {
	switch rec.Status {
	case "in_review":
		return job.ReviewSubmitted
	case "declined":
		return job.ReviewDeclined
	case "expired":
		return job.ReviewExpired
	case "":
		return st.Review
	}
	return "" // taken back, or never asked for
}

// hold takes an export for a moment.
func (e *Engine) hold(ctx context.Context, id string) (*job.Handle, error) {
	h, err := e.store.Hold(ctx, id, true)
	if err != nil {
		return nil, failure.Wrap("the export can't be opened", err)
	}
	return h, nil
}

// note journals what was seen, and removes what a settled export no longer needs.
func (e *Engine) note(ctx context.Context, id string, seen job.Record) error {
	h, err := e.hold(ctx, id)
	if errors.Is(err, failure.Running) {
		return nil // who works on it sees it by itself
	}
	if err != nil {
		return err
	}
	defer h.Close()
	if s, ok := seen.(job.Seen); ok && s.State == StatePublished {
		if err := transfer.KeepManifest(h.Dir); err != nil {
			return failure.Wrap("the list of files can't be kept", err)
		}
	}
	if err := h.Journal.Add(seen); err != nil {
		return err
	}
	return settle(h)
}

func settle(h *job.Handle) error {
	if st := h.Status(); !st.Stands(false).Settled() {
		return nil
	}
	if err := h.Settle(); err != nil {
		return failure.Wrap("what the export no longer needs can't be removed", err)
	}
	return nil
}

// register registers a published export; another one who does so at the same
// time is waited for.
func (e *Engine) register(ctx context.Context, id string, rec zenodo.Record) error {
	h, err := e.hold(ctx, id)
	if err != nil {
		return err
	}
	defer h.Close()
	if st := h.Status(); !st.Published || st.Registered {
		return nil
	}
	r := register.Registrar{OpenBIS: e.o.OpenBIS, Now: e.o.Now, Sleep: e.o.Sleep, Waiting: e.o.Waiting}
	if err := r.Register(ctx, h, rec); err != nil {
		return err
	}
	return settle(h)
}

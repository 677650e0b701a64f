package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/version"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/wire"
	"zenobis/zenodo"
)

// The list of the user's drafts lags: after a lost answer the draft is looked
// for this long before another one is made.
const (
	findTimes = 13
	findEvery = 10 * time.Second
)

// draft is the draft of a job: made once, with its DOI, metadata and community.
type draft struct {
	*base
	made bool // just now, by a call that was answered: nobody has put a file there yet
}

// ready sees to it that there is one draft of this job, with its DOI,
// metadata and community.
func (d *draft) ready(ctx context.Context) error {
	d.run.gauge.stage("draft")
	if err := d.call(ctx, "check the token", func() error { return d.z.CheckToken(ctx) }); err != nil {
		return failure.Wrap("Zenodo refuses the token", err)
	}
	var community string
	st := d.status()
	if slug := d.request().Metadata.Community; slug != "" && !st.Reviewed {
		var err error
		if community, err = d.community(ctx, slug); err != nil {
			return err
		}
	}
	if st.Gone {
		d.note("The draft " + st.ID + " is gone, so a new one is made.")
	}
	if st.ID == "" || st.Gone {
		if err := d.make(ctx, st); err != nil {
			return err
		}
	} else if err := d.check(ctx); err != nil {
		return err
	} else if err := d.checkFields(ctx, st.ID, st.Revision, st.Fields); err != nil {
		return err // the server said so just before the last run died
	}
	st = d.status()
	if !st.Saved {
		if err := d.save(ctx, st); err != nil {
			return err
		}
	}
	if !st.Reserved {
		if err := d.reserve(ctx, st.ID); err != nil {
			return err
		}
	}
	if community != "" {
		err := d.call(ctx, "choose the community", func() error { return d.z.SetReview(ctx, st.ID, community) })
		if err != nil {
			return failure.Wrap("the community "+safetext.Quote(d.request().Metadata.Community)+" can't be chosen", err)
		}
		if err := d.add(job.Reviewed{}); err != nil {
			return err
		}
	}
	st = d.status()
	d.run.gauge.edit(func(p *job.Progress) { p.RecordID, p.URL, p.DOI = st.ID, st.URL, st.DOI })
	d.run.emit(DraftReady{ID: st.ID, URL: st.URL, DOI: st.DOI})
	return nil
}

// community finds the community before a draft is made for it.
func (d *draft) community(ctx context.Context, slug string) (string, error) {
	var c zenodo.Community
	err := d.call(ctx, "look for the community", func() (err error) {
		c, err = d.z.Community(ctx, slug)
		return err
	})
	switch {
	case errors.Is(err, zenodo.ErrNotFound):
		return "", failure.Refuse("there is no community "+safetext.Quote(slug), "", "check its short name, the last part of its address", err)
	case err != nil:
		return "", failure.Wrap("the community can't be looked for", err)
	}
	return c.ID, nil
}

func (d *draft) body() zenodo.DraftBody {
	f := d.h.File
	source := ""
	if f.Request.ShowSource {
		source = f.OpenBIS
	}
	return record.Draft(f.Request.Metadata, record.DraftInput{
		Marker: job.Marker(f.ID), Kind: f.Kind, Publisher: f.Publisher, SourceURL: source, Version: f.Program,
		Roots: f.Plan.Roots, Collected: f.Plan.Collected,
	})
}

// make makes the draft. A POST that creates is repeated only after looking
// whether it had happened.
func (d *draft) make(ctx context.Context, st job.Status) error {
	if d.request().NewVersionOf != "" {
		return d.version(ctx, st)
	}
	perhaps := st.Creating || !st.Planned // without a journal nobody knows what was done
	policy := d.policy("")
	policy.Repeat = func(err error) bool {
		var api *zenodo.APIError
		return wire.Transient(err) || errors.As(err, &api) && api.Status >= 200 && api.Status < 300
	}
	tries := policy.Begin("make the draft")
	defer tries.End()
	for {
		if perhaps {
			found, err := d.find(ctx)
			if err != nil {
				return err
			}
			if found != nil {
				return d.noteDraft(*found, true)
			}
		}
		if err := d.add(job.Creating{Marker: job.Marker(d.h.File.ID)}); err != nil {
			return err
		}
		body := d.body()
		rec, err := d.z.Create(ctx, body)
		if err == nil {
			if err := d.noteDraft(rec, true); err != nil {
				return err
			}
			d.made = true
			if err := d.compare(body, rec); err != nil {
				return err
			}
			return d.checkFields(ctx, rec.ID, rec.Revision, faults(rec))
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		perhaps = true
		var api *zenodo.APIError
		if errors.As(err, &api) && api.Status >= 400 && api.Status < 500 { // for sure not done
			if e := d.add(job.NotCreated{Reason: failure.Text(err)}); e != nil {
				return e
			}
			perhaps = false
			if errors.Is(err, zenodo.ErrInvalid) {
				return failure.RefusedMetadata(failure.Text(err), refusedFields(body, api), err)
			}
		}
		if err := tries.Again(ctx, err); err != nil {
			return failure.Wrap("the draft can't be made", err)
		}
	}
}

// find looks for a draft with this job's marker; nil if there is none.
func (d *draft) find(ctx context.Context) (*zenodo.Record, error) {
	defer d.run.gauge.waiting("")
	for n := range findTimes {
		if n > 0 {
			d.run.gauge.waiting("looking whether the draft was made")
			if err := d.o.Sleep(ctx, findEvery); err != nil {
				return nil, err
			}
		}
		var list []zenodo.Record
		err := d.call(ctx, "look for the draft", func() (err error) {
			list, err = OwnDrafts(ctx, d.z, d.h.File.ID)
			return err
		})
		if err != nil {
			return nil, failure.Wrap("the draft can't be looked for", err)
		}
		st := d.status()
		list = slices.DeleteFunc(list, func(r zenodo.Record) bool { return slices.Contains(st.Forgotten, r.ID) || st.Gone && r.ID == st.ID })
		if len(list) > 0 {
			oldest := slices.MinFunc(list, func(a, b zenodo.Record) int { return a.Created.Compare(b.Created) })
			// The list says less than the draft itself.
			id := oldest.ID
			err := d.call(ctx, "read the draft", func() (err error) {
				oldest, err = d.z.Draft(ctx, id)
				return err
			})
			if errors.Is(err, zenodo.ErrNotFound) { // the list lags behind its deletion, too
				continue
			}
			if err != nil {
				return nil, failure.Wrap("the draft can't be read", err)
			}
			return &oldest, nil
		}
	}
	return nil, nil
}

func (d *draft) noteDraft(rec zenodo.Record, saved bool) error {
	return d.add(job.Created{ID: rec.ID, URL: rec.HTML, Revision: rec.Revision, Saved: saved, Fields: faults(rec)})
}

// save writes the metadata of a new version. Metadata is written once: if the
// draft carries the job's marker it was, and what differs now was edited by the
// user.
func (d *draft) save(ctx context.Context, st job.Status) error {
	var rec zenodo.Record
	policy := d.policy("")
	policy.Repeat = func(err error) bool { return wire.Transient(err) || errors.Is(err, zenodo.ErrRevision) }
	err := policy.Do(ctx, "save the metadata", func(ctx context.Context) (err error) {
		if rec, err = d.z.Draft(ctx, st.ID); err != nil || d.ours(rec) {
			return err
		}
		if rec.Revision != st.Revision || rec.FileCount > 0 { // somebody was here first
			if err := d.add(job.NotCreated{ID: st.ID}); err != nil {
				return err
			}
			return version.Open{Record: rec, Files: make([]zenodo.FileEntry, rec.FileCount), Owner: d.o.Owner(rec.ID)}.Refusal()
		}
		body, err := d.bodyOver(rec)
		if err != nil {
			return err
		}
		if rec, err = d.z.Save(ctx, st.ID, rec.Revision, body); err == nil {
			err = d.compare(body, rec)
		}
		return err
	})
	var api *zenodo.APIError
	if errors.Is(err, zenodo.ErrInvalid) && errors.As(err, &api) { // refused as a whole, as a create would be
		if err := d.refused(ctx, st.ID, st.Revision, refusedFields(d.body(), api), failure.Text(err)); err != nil {
			return err
		}
	}
	if err != nil {
		return d.orDraft(ctx, failure.Wrap("the metadata can't be saved", err))
	}
	if err := d.add(job.Saved{Revision: rec.Revision, Fields: faults(rec)}); err != nil {
		return err
	}
	return d.checkFields(ctx, rec.ID, rec.Revision, faults(rec))
}

// bodyOver is our metadata on top of what the server carried over from the former
// version: what the form does not have stays.
func (d *draft) bodyOver(rec zenodo.Record) (zenodo.DraftBody, error) {
	body := d.body()
	data, err := json.Marshal(body.Metadata)
	if err != nil {
		return body, fmt.Errorf("make the metadata: %w", err)
	}
	var ours map[string]any
	if err := json.Unmarshal(data, &ours); err != nil {
		return body, fmt.Errorf("make the metadata: %w", err)
	}
	over, err := rec.Edited(record.Over(ours))
	over.Access = body.Access
	return over, err
}

// ours reports whether a draft carries the job's marker.
func (d *draft) ours(rec zenodo.Record) bool { return marked(rec, job.Marker(d.h.File.ID)) }

// checkFields refuses metadata in which the server found faults. A draft that its
// user has changed since is left alone: perhaps the faults are mended.
func (d *draft) checkFields(ctx context.Context, id string, revision int, bad []zenodo.FieldError) error {
	if len(bad) == 0 {
		return nil
	}
	var words []string
	for _, f := range bad {
		words = append(words, f.Field+": "+strings.Join(f.Messages, " "))
	}
	return d.refused(ctx, id, revision, bad, strings.Join(words, "; "))
}

// refused ends a run whose metadata the server refuses. A draft that is still as we
// made it is taken back, and nothing was sent; nil where it is not.
func (d *draft) refused(ctx context.Context, id string, revision int, bad []zenodo.FieldError, why string) error {
	untouched, err := d.untouched(ctx, id, revision)
	if err != nil {
		return err
	}
	if !untouched {
		return nil
	}
	err = d.call(ctx, "take the draft back", func() error { return d.z.DeleteDraft(ctx, id) })
	if err == nil || errors.Is(err, zenodo.ErrNotFound) {
		if err := d.add(job.NotCreated{ID: id, Fields: bad}); err != nil {
			return err
		}
	}
	return failure.RefusedMetadata(why, bad, zenodo.ErrInvalid)
}

// refusedFields are those of a body that was refused as a whole.
func refusedFields(body zenodo.DraftBody, e *zenodo.APIError) []zenodo.FieldError {
	if len(e.Fields) == 0 {
		return record.RefusedValue(body, e.Message)
	}
	return e.Fields
}

// untouched reports whether a draft is still as we left it at a revision, without files.
func (d *draft) untouched(ctx context.Context, id string, revision int) (bool, error) {
	var rec zenodo.Record
	var files []zenodo.FileEntry
	err := d.call(ctx, "read the draft", func() (err error) {
		if rec, err = d.z.Draft(ctx, id); err == nil {
			files, err = d.z.Files(ctx, id)
		}
		return err
	})
	if err != nil {
		return false, d.orDraft(ctx, failure.Wrap("the draft can't be read", err))
	}
	return rec.Revision == revision && len(files) == 0 && !d.status().Adopted, nil
}

// faults are the fields that the server found fault with in a save.
func faults(rec zenodo.Record) []zenodo.FieldError {
	return slices.DeleteFunc(slices.Clone(rec.Errors), func(f zenodo.FieldError) bool {
		return strings.HasPrefix(f.Field, "files.") // the files are still to come
	})
}

// reserve reserves the DOI; some servers have none to give.
func (d *draft) reserve(ctx context.Context, id string) error {
	var rec zenodo.Record
	err := d.call(ctx, "reserve the DOI", func() (err error) {
		rec, err = d.z.ReserveDOI(ctx, id)
		return err
	})
	if errors.Is(err, zenodo.ErrNoDOI) {
		rec, err = zenodo.Record{}, nil
		d.note("This server reserves no DOI; the record gets one when it is published.")
	}
	if err != nil {
		return d.orDraft(ctx, failure.Wrap("the DOI can't be reserved", err))
	}
	return d.add(job.Reserved{DOI: rec.DOI, Revision: rec.Revision})
}

// check asks where the draft stands. nil: it can be filled.
func (d *draft) check(ctx context.Context) error {
	st := d.status()
	var state zenodo.State
	var rec zenodo.Record
	err := d.call(ctx, "look at the draft", func() (err error) {
		if state, rec, err = State(ctx, d.z, d.o.Sleep, st.ID); err == nil && state == zenodo.StateUnknown {
			err = &zenodo.APIError{Kind: zenodo.ErrUnavailable, Message: "the server does not say where draft " + st.ID + " stands"}
		}
		return err
	})
	if err != nil {
		return failure.Wrap("the draft can't be looked at", err)
	}
	switch state {
	case zenodo.StatePublished:
		return d.published(ctx, rec)
	case zenodo.StateDiscarded, zenodo.StateDeleted:
		why := "it was discarded at Zenodo"
		if state == zenodo.StateDeleted {
			why = "it was published and deleted"
		}
		if err := d.add(job.Vanished{ID: st.ID, Reason: why}); err != nil {
			return err
		}
		return &failure.Error{
			What: "the draft " + st.ID + " is gone", Why: why, Kind: failure.DraftGone,
			Do: "resume once more to send everything to a new draft, or discard the export",
		}
	}
	return nil
}

// orDraft explains a failed call by what has become of the draft, if something has.
func (d *draft) orDraft(ctx context.Context, err error) error {
	if ctx.Err() != nil || !errors.Is(err, zenodo.ErrNotFound) && !errors.Is(err, zenodo.ErrDenied) && !errors.Is(err, zenodo.ErrGone) {
		return err
	}
	if e := d.check(ctx); e != nil {
		return e
	}
	return err
}

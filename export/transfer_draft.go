package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zenobis/export/failure"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// The list of the user's drafts lags: after a lost answer the draft is looked
// for this long before another one is made.
const (
	findTimes = 13
	findEvery = 10 * time.Second
)

// readyDraft sees to it that there is one draft of this job, with its DOI,
// metadata and community.
func (t *transfer) readyDraft(ctx context.Context) error {
	t.run.gauge.stage("draft")
	if err := t.call(ctx, "check the token", func() error { return t.o.Zenodo.CheckToken(ctx) }); err != nil {
		return failure.Wrap("Zenodo refuses the token", err)
	}
	var community string
	st := t.j.look()
	if slug := t.req.Metadata.Community; slug != "" && !st.Reviewed {
		var err error
		if community, err = t.community(ctx, slug); err != nil {
			return err
		}
	}
	if st.Gone {
		t.note("The draft " + st.ID + " is gone, so a new one is made.")
	}
	if st.ID == "" || st.Gone {
		if err := t.makeDraft(ctx, st); err != nil {
			return err
		}
	} else if err := t.checkDraft(ctx); err != nil {
		return err
	} else if err := t.checkFields(ctx, st.ID, st.Fields); err != nil {
		return err // the server said so just before the last run died
	}
	st = t.j.look()
	if !st.Saved {
		if err := t.saveDraft(ctx, st); err != nil {
			return err
		}
	}
	if !st.Reserved {
		if err := t.reserve(ctx, st.ID); err != nil {
			return err
		}
	}
	if community != "" {
		err := t.call(ctx, "choose the community", func() error { return t.o.Zenodo.SetReview(ctx, st.ID, community) })
		if err != nil {
			return failure.Wrap("the community "+safetext.Quote(t.req.Metadata.Community)+" can't be chosen", err)
		}
		if err := t.j.add(stepReview, nil); err != nil {
			return err
		}
	}
	st = t.j.look()
	t.run.gauge.edit(func(p *Progress) { p.RecordID, p.URL, p.DOI = st.ID, st.URL, st.DOI })
	t.emit(Event{Kind: EventDraft, RecordID: st.ID, URL: st.URL, DOI: st.DOI})
	return nil
}

func (t *transfer) note(text string) { t.emit(Event{Kind: EventNote, Message: text}) }

// community finds the community before a draft is made for it.
func (t *transfer) community(ctx context.Context, slug string) (string, error) {
	var c zenodo.Community
	err := t.call(ctx, "look for the community", func() (err error) {
		c, err = t.o.Zenodo.Community(ctx, slug)
		return err
	})
	switch {
	case errors.Is(err, zenodo.ErrNotFound):
		return "", failure.Refuse("there is no community "+safetext.Quote(slug), "", "check its short name, the last part of its address", err)
	case err != nil:
		return "", failure.Wrap("look for the community", err)
	}
	return c.ID, nil
}

func (t *transfer) body() zenodo.DraftBody {
	source := ""
	if t.req.ShowSource {
		source = t.jf.OpenBIS
	}
	in := record.DraftInput{
		Marker: marker(t.id), Kind: t.jf.Kind, Publisher: t.jf.Publisher, SourceURL: source, Version: t.jf.Program,
	}
	if t.plan != nil {
		in.Roots, in.Collected = t.plan.Roots, t.plan.Collected
	}
	return record.Draft(t.req.Metadata, in)
}

// makeDraft makes the draft. A POST that creates is repeated only after looking
// whether it had happened.
func (t *transfer) makeDraft(ctx context.Context, st status) error {
	if t.req.NewVersionOf != "" {
		return t.newVersion(ctx)
	}
	if !st.Planned {
		st.Creating = true // the journal is lost, so nobody knows what was done
	}
	for n := 1; ; n++ {
		if st.Creating {
			found, err := t.findDraft(ctx)
			if err != nil {
				return err
			}
			if found != nil {
				return t.noteDraft(*found, true)
			}
		}
		if err := t.j.add(stepCreating, func(e *entry) { e.Marker = marker(t.id) }); err != nil {
			return err
		}
		st.Creating = true
		rec, err := t.o.Zenodo.Create(ctx, t.body())
		if err == nil {
			if err := t.noteDraft(rec, true); err != nil {
				return err
			}
			return t.checkFields(ctx, rec.ID, faults(rec))
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var api *zenodo.APIError
		if errors.As(err, &api) && api.Status >= 400 && api.Status < 500 { // for sure not done
			if e := t.j.add(stepNotCreated, func(e *entry) { e.Reason = failure.Text(err) }); e != nil {
				return e
			}
			st.Creating = false
			if errors.Is(err, zenodo.ErrInvalid) {
				f := failure.Refuse("Zenodo refuses the metadata", failure.Text(err), "correct the fields it names and export again", err)
				f.Kind, f.Fields = failure.Invalid, api.Fields
				return f
			}
		}
		if !passing(err) && !(api != nil && api.Status >= 200 && api.Status < 300) {
			return failure.Wrap("the draft can't be made", err)
		}
		if err := t.again(ctx, "", "make the draft", n, err); err != nil {
			return err
		}
	}
}

// findDraft looks for a draft with this job's marker; nil if there is none.
func (t *transfer) findDraft(ctx context.Context) (*zenodo.Record, error) {
	defer t.run.gauge.waiting("")
	for n := range findTimes {
		if n > 0 {
			t.run.gauge.waiting("looking whether the draft was made")
			if err := t.o.Sleep(ctx, findEvery); err != nil {
				return nil, err
			}
		}
		var list []zenodo.Record
		err := t.call(ctx, "look for the draft", func() (err error) {
			list, err = t.o.Zenodo.FindDrafts(ctx, marker(t.id))
			return err
		})
		if err != nil {
			return nil, failure.Wrap("look for the draft", err)
		}
		st := t.j.look()
		list = slices.DeleteFunc(list, func(r zenodo.Record) bool { return slices.Contains(st.Forgotten, r.ID) || st.Gone && r.ID == st.ID })
		if len(list) > 0 {
			oldest := slices.MinFunc(list, func(a, b zenodo.Record) int { return a.Created.Compare(b.Created) })
			// The list says less than the draft itself.
			id := oldest.ID
			err := t.call(ctx, "read the draft", func() (err error) {
				oldest, err = t.o.Zenodo.Draft(ctx, id)
				return err
			})
			if errors.Is(err, zenodo.ErrNotFound) { // the list lags behind its deletion, too
				continue
			}
			if err != nil {
				return nil, failure.Wrap("read the draft", err)
			}
			return &oldest, nil
		}
	}
	return nil, nil
}

// newVersion makes the draft of a new version: the server gives the same one
// however often it is asked.
func (t *transfer) newVersion(ctx context.Context) error {
	var rec zenodo.Record
	err := t.call(ctx, "make the draft of the new version", func() error {
		id, err := t.o.Zenodo.Resolve(ctx, t.req.NewVersionOf)
		if err != nil {
			return err
		}
		rec, err = t.o.Zenodo.NewVersion(ctx, id)
		return err
	})
	switch {
	case errors.Is(err, zenodo.ErrNotFound):
		return failure.Refuse("there is no record "+safetext.Quote(t.req.NewVersionOf)+" at "+t.jf.Zenodo, "", "check the DOI", err)
	case errors.Is(err, zenodo.ErrDenied):
		return failure.Refuse("the record "+safetext.Quote(t.req.NewVersionOf)+" is not yours", failure.Text(err), "ask its owner", err)
	case err != nil:
		return failure.Wrap("the draft of the new version can't be made", err)
	}
	return t.noteDraft(rec, false)
}

func (t *transfer) noteDraft(rec zenodo.Record, saved bool) error {
	return t.j.add(stepDraft, func(e *entry) {
		e.ID, e.URL, e.Revision, e.Confirm, e.Fields = rec.ID, rec.HTML, rec.Revision, saved, faults(rec)
	})
}

// saveDraft writes the metadata of a new version. Metadata is written once: if
// the draft carries the job's marker it was, and what differs now was edited by
// the user.
func (t *transfer) saveDraft(ctx context.Context, st status) error {
	for n := 1; ; n++ {
		var rec zenodo.Record
		err := t.call(ctx, "read the draft", func() (err error) {
			rec, err = t.o.Zenodo.Draft(ctx, st.ID)
			return err
		})
		if err != nil {
			return t.orDraft(ctx, failure.Wrap("read the draft", err))
		}
		if !slices.ContainsFunc(rec.Metadata.Identifiers, func(i zenodo.Identifier) bool { return i.Identifier == marker(t.id) }) {
			rec, err = t.o.Zenodo.Save(ctx, st.ID, rec.Revision, t.body())
			if err != nil && (passing(err) || errors.Is(err, zenodo.ErrRevision)) {
				if err := t.again(ctx, "", "save the metadata", n, err); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return failure.Wrap("the metadata can't be saved", err)
			}
		}
		if err := t.j.add(stepSaved, func(e *entry) { e.Revision, e.Fields = rec.Revision, faults(rec) }); err != nil {
			return err
		}
		return t.checkFields(ctx, rec.ID, faults(rec))
	}
}

// checkFields refuses metadata in which the server found faults: the draft was
// made a moment ago, so it is taken back, and nothing was sent.
func (t *transfer) checkFields(ctx context.Context, id string, bad []zenodo.FieldError) error {
	if len(bad) == 0 {
		return nil
	}
	if err := t.call(ctx, "take the draft back", func() error { return t.o.Zenodo.DeleteDraft(ctx, id) }); err == nil || errors.Is(err, zenodo.ErrNotFound) {
		if err := t.j.add(stepNotCreated, func(e *entry) { e.ID, e.Fields = id, bad }); err != nil {
			return err
		}
	}
	var words []string
	for _, f := range bad {
		words = append(words, f.Field+": "+strings.Join(f.Messages, " "))
	}
	f := failure.Refuse("Zenodo refuses the metadata", strings.Join(words, "; "), "correct these fields and export again", zenodo.ErrInvalid)
	f.Kind, f.Fields = failure.Invalid, bad
	return f
}

// faults are the fields that the server found fault with in a save.
func faults(rec zenodo.Record) []zenodo.FieldError {
	return slices.DeleteFunc(slices.Clone(rec.Errors), func(f zenodo.FieldError) bool {
		return strings.HasPrefix(f.Field, "files.") // the files are still to come
	})
}

// reserve reserves the DOI; some servers have none to give.
func (t *transfer) reserve(ctx context.Context, id string) error {
	var rec zenodo.Record
	err := t.call(ctx, "reserve the DOI", func() (err error) {
		rec, err = t.o.Zenodo.ReserveDOI(ctx, id)
		return err
	})
	if errors.Is(err, zenodo.ErrNoDOI) {
		rec, err = zenodo.Record{}, nil
		t.note("This server reserves no DOI; the record gets one when it is published.")
	}
	if err != nil {
		return t.orDraft(ctx, failure.Wrap("the DOI can't be reserved", err))
	}
	return t.j.add(stepDOI, func(e *entry) { e.DOI, e.Revision = rec.DOI, rec.Revision })
}

// checkDraft asks where the draft stands. nil: it can be filled.
func (t *transfer) checkDraft(ctx context.Context) error {
	st := t.j.look()
	var state zenodo.State
	var rec zenodo.Record
	for n := 1; ; n++ {
		err := t.call(ctx, "look at the draft", func() (err error) {
			state, rec, err = t.o.Zenodo.State(ctx, st.ID)
			return err
		})
		if err != nil {
			return failure.Wrap("look at the draft", err)
		}
		if state != zenodo.StateUnknown {
			break
		}
		if err := t.again(ctx, "", "look at the draft", n, fmt.Errorf("%w: the server does not say where draft %s stands", zenodo.ErrUnavailable, st.ID)); err != nil {
			return err
		}
	}
	switch state {
	case zenodo.StatePublished:
		return t.published(ctx, rec)
	case zenodo.StateDiscarded, zenodo.StateDeleted:
		why := "it was discarded at Zenodo"
		if state == zenodo.StateDeleted {
			why = "it was published and deleted"
		}
		if err := t.j.add(stepGone, func(e *entry) { e.ID, e.Reason = st.ID, why }); err != nil {
			return err
		}
		return &failure.Error{
			What: "the draft " + st.ID + " is gone", Why: why, Kind: failure.DraftGone,
			Do: "resume once more to send everything to a new draft, or discard the export",
		}
	}
	return nil
}

// published ends the run of a job whose draft was published meanwhile.
func (t *transfer) published(ctx context.Context, rec zenodo.Record) error {
	st := t.j.look()
	var files []zenodo.FileEntry
	err := t.call(ctx, "list the record's files", func() (err error) {
		files, err = t.o.Zenodo.RecordFiles(ctx, rec.ID)
		return err
	})
	if err != nil {
		return failure.Wrap("list the record's files", err)
	}
	missing := t.lacking(st, files)
	reason := ""
	if len(missing) > 0 {
		reason = "it was published before the upload was complete; missing: " + strings.Join(missing, ", ")
	}
	err = t.j.add(stepState, func(e *entry) {
		e.State, e.DOI, e.URL, e.Title, e.Reason = StatePublished, rec.DOI, rec.HTML, rec.Metadata.Title, reason
	})
	if err != nil {
		return err
	}
	if reason == "" {
		return errComplete
	}
	return &failure.Error{
		What: "the draft was published before the upload was complete", Why: "missing: " + strings.Join(missing, ", "), Kind: failure.Published,
		Do: "export once more with --new-version-of " + rec.DOI, Err: errPublished,
	}
}

// errPublished is a draft that the user published before it was complete;
// errComplete ends a run that finds its work done and the record published.
var (
	errPublished = errors.New("published meanwhile")
	errComplete  = errors.New("published, and complete")
)

// lacking names the packages of the plan that are not there.
func (t *transfer) lacking(st status, files []zenodo.FileEntry) []string {
	have := map[string]zenodo.FileEntry{}
	for _, f := range files {
		have[f.Key] = f
	}
	var out []string
	for _, p := range t.plan.Packages {
		f, ok := have[p.Name]
		sent := st.Packages[p.Name]
		if !ok || f.Size != p.Bytes || sent.MD5 != "" && f.MD5 != sent.MD5 {
			out = append(out, p.Name)
		}
	}
	return out
}

// orDraft explains a failed call by what has become of the draft, if something has.
func (t *transfer) orDraft(ctx context.Context, err error) error {
	if ctx.Err() != nil || !errors.Is(err, zenodo.ErrNotFound) && !errors.Is(err, zenodo.ErrDenied) && !errors.Is(err, zenodo.ErrGone) {
		return err
	}
	if e := t.checkDraft(ctx); e != nil {
		return e
	}
	return err
}

package transfer

import (
	"context"
	"errors"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/version"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// version makes the draft of a new version. The server has one for each record
// and gives it to whoever asks, so it may be somebody's work: nothing of one that
// was there before is touched, unless it was chosen for this export.
func (d *draft) version(ctx context.Context, st job.Status) error {
	var latest zenodo.Record
	err := d.call(ctx, "look for the record", func() (err error) {
		latest, _, err = version.Newest(ctx, d.z, d.request().NewVersionOf)
		return err
	})
	if err != nil {
		return err
	}
	if d.ours(latest) { // what begins as its copy would pass for ours
		return &failure.Error{
			Kind: failure.Published, URL: latest.HTML, What: "a draft of this export was published, as " + latest.DOI,
			Do: "export once more for a new version of that; zenobis discard " + d.h.File.ID + " closes this one",
		}
	}
	before := latest.NextDraft && !st.Versioned
	if !before && !st.Versioned {
		if err := d.add(job.Versioning{Of: latest.ID}); err != nil {
			return err
		}
	}
	var rec zenodo.Record
	var files []zenodo.FileEntry
	err = d.call(ctx, "make the draft of the new version", func() (err error) {
		if rec, err = d.z.NewVersion(ctx, latest.ID); err == nil {
			files, err = d.z.Files(ctx, rec.ID)
		}
		return err
	})
	switch {
	case errors.Is(err, zenodo.ErrDenied):
		return failure.Refuse("the record "+safetext.Quote(d.request().NewVersionOf)+" is not yours", failure.Text(err), "ask its owner", err)
	case err != nil:
		return failure.Wrap("the draft of the new version can't be made", err)
	case d.ours(rec):
		return d.noteDraft(rec, true)
	case !before && fresh(rec, files):
		return d.noteDraft(rec, false)
	}
	open := version.Open{Record: rec, Files: files, Owner: version.OwnerOf(rec, latest, d.o.Owner)}
	if rec.ID != d.request().IntoDraft {
		return open.Refusal()
	}
	if err := open.Takes(d.plan().Packages, d.plan().Limits); err != nil {
		return err
	}
	return d.add(job.Created{ID: rec.ID, URL: rec.HTML, Revision: rec.Revision, Saved: true, Adopted: true})
}

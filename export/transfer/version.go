package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/version"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// freshRevision is the highest that a draft of a new version has when nobody has
// changed it since the server made it; each save adds two (docs/zenodo-api.md).
const freshRevision = 5

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
	case rec.ID == d.request().IntoDraft:
		return d.adopt(rec, files)
	case !before && rec.Revision <= freshRevision && len(files) == 0:
		return d.noteDraft(rec, false)
	}
	return d.foreign(rec, len(files), latest)
}

// adopt takes a draft that its user chose: its metadata and files stay, ours are
// added to them.
func (d *draft) adopt(rec zenodo.Record, files []zenodo.FileEntry) error {
	var both []string
	for _, f := range files {
		if slices.ContainsFunc(d.plan().Packages, func(p job.Package) bool { return p.Name == f.Key }) {
			both = append(both, f.Key)
		}
	}
	if len(both) > 0 {
		return &failure.Error{
			Kind: failure.DraftOpen, What: fmt.Sprintf("the draft %s has files of the same name as this export", rec.ID),
			Why: strings.Join(both, ", "),
			Do:  "rename or remove them there, or export with another layout", URL: rec.HTML,
		}
	}
	return d.add(job.Created{ID: rec.ID, URL: rec.HTML, Revision: rec.Revision, Saved: true, Adopted: true})
}

// foreign refuses a draft that is not ours, by its name. What it has of the
// version before says nothing about whose it is.
func (d *draft) foreign(rec zenodo.Record, files int, before zenodo.Record) error {
	f := &failure.Error{
		Kind: failure.DraftOpen, URL: rec.HTML,
		What: fmt.Sprintf("a draft of a new version is open already: %s, %s", rec.ID, safetext.Quote(rec.Metadata.Title)),
		Do:   "publish or discard it on its page, " + rec.HTML + ", then export again",
	}
	if files > 0 {
		f.Why = fmt.Sprintf("it has %d files; nothing of it was changed", files)
	}
	owner := d.o.Owner(rec.ID)
	for _, i := range rec.Metadata.Identifiers {
		if id, ok := strings.CutPrefix(i.Identifier, job.Marker("")); ok && !slices.Contains(before.Metadata.Identifiers, i) {
			owner = safetext.Line(id)
		}
	}
	if owner != "" {
		f.What = fmt.Sprintf("the draft of a new version, %s, belongs to export %s", rec.ID, owner)
		f.Do = "finish that export, or discard it (zenobis discard " + owner + ")"
	}
	return f
}

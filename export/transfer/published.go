package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/human"
	"zenobis/zenodo"
)

// errComplete ends a run that finds its work done and the record published.
var errComplete = errors.New("published, and complete")

// published ends the run of a job whose draft was published meanwhile.
func (d *draft) published(ctx context.Context, rec zenodo.Record) error {
	var seen job.Seen
	err := d.call(ctx, "list the record's files", func() (err error) {
		seen, err = Published(ctx, d.z, d.plan(), d.status(), rec)
		return err
	})
	if err != nil {
		return failure.Wrap("the record's files can't be listed", err)
	}
	if err := KeepManifest(d.h.Dir); err != nil {
		return failure.Wrap("the list of files can't be kept", err)
	}
	if err := d.add(seen); err != nil {
		return err
	}
	if len(seen.Lacking) == 0 {
		return errComplete
	}
	return &failure.Error{
		Kind: failure.PublishedEarly, What: "the draft was published before the upload was complete",
		Why: "missing: " + missing(seen.Lacking), Do: "export once more with --new-version-of " + rec.DOI,
	}
}

// Published is what is journaled of a job's record once it is published: with the
// packages that it lacks, be it that it was published too early or that its user has
// taken them out. Where its files are shown to others only, what was confirmed counts.
func Published(ctx context.Context, z interface {
	RecordFiles(ctx context.Context, id string) ([]zenodo.FileEntry, error)
}, plan *job.Plan, st job.Status, rec zenodo.Record) (job.Seen, error) {
	seen := job.Seen{State: job.StatePublished, DOI: rec.DOI, URL: rec.HTML, Title: rec.Metadata.Title}
	if st.DOI != "" && rec.DOI != st.DOI {
		seen.Reason = fmt.Sprintf("it was published as %s; the packages name %s", rec.DOI, st.DOI)
	}
	if rec.Communities > 0 && (st.Reviewed || st.Review != "") {
		seen.Review = job.ReviewAccepted
	}
	files, err := z.RecordFiles(ctx, rec.ID)
	unseen := errors.Is(err, zenodo.ErrToken) || errors.Is(err, zenodo.ErrDenied)
	if errors.Is(err, zenodo.ErrNotFound) && rec.FileCount == 0 { // a record without files
		err = nil
	}
	if err != nil && !unseen {
		return seen, err
	}
	have := map[string]zenodo.FileEntry{}
	for _, f := range files {
		have[f.Key] = f
	}
	if plan == nil {
		return seen, nil
	}
	for _, p := range plan.Packages {
		sent := st.Packages[p.Name]
		f, ok := have[p.Name]
		ok = ok && f.Size == p.Bytes && (sent.MD5 == "" || f.MD5 == sent.MD5)
		if unseen {
			ok = st.Uploaded || sent.Confirmed
		}
		if !ok {
			seen.Lacking = append(seen.Lacking, p.Name)
		}
	}
	switch {
	case len(seen.Lacking) == 0:
	case st.Uploaded:
		seen.Reason = "it was published without files that had been sent, or with others in their place: " + missing(seen.Lacking)
	default:
		seen.Reason = "it was published before the upload was complete; missing: " + missing(seen.Lacking)
	}
	return seen, nil
}

// missing names packages, the first of many.
func missing(packages []string) string {
	const most = 8
	if n := len(packages) - most; n > 1 {
		return strings.Join(packages[:most], ", ") + " and " + human.Number(n) + " more"
	}
	return strings.Join(packages, ", ")
}

// KeepManifest writes what every data file was, unless that is kept already: a run
// that ended before its time has not.
func KeepManifest(dir string) error {
	if kept, err := job.HasManifest(dir); kept || err != nil {
		return err
	}
	snap, err := snapshot.Open(dir)
	if errors.Is(err, fs.ErrNotExist) { // of an export that was settled long ago
		return nil
	}
	if err != nil {
		return err
	}
	defer snap.Close()
	hashes := job.ReadHashes(dir)
	defer hashes.Close()
	return writeManifest(dir, snap, hashes)
}

func writeManifest(dir string, snap *snapshot.Snapshot, hashes snapshot.Hashes) error {
	return job.WriteManifest(dir, func(yield func(job.ManifestLine) error) error { return Lines(snap, hashes, yield) })
}

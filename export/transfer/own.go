package transfer

import (
	"context"
	"errors"
	"slices"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/version"
	"zenobis/zenodo"
)

// freshRevision is the highest that a draft of a new version has when nobody has
// changed it since the server made it; each save adds two (docs/zenodo-api.md).
const freshRevision = 5

// Latest reads the newest published version of a record; *zenodo.Client implements it.
type Latest interface {
	Latest(ctx context.Context, id string) (zenodo.Record, error)
}

// Own reports whether a draft has a marker because its job wrote it there. A draft
// of a new version begins with what the version before has, a marker that was
// published included: that one says nothing.
func Own(ctx context.Context, z Latest, rec zenodo.Record, marker string) (bool, error) {
	if !marked(rec, marker) || rec.IsPublished {
		return false, nil
	}
	if !rec.Follows {
		return true, nil
	}
	before, err := z.Latest(ctx, rec.ConceptID)
	if errors.Is(err, zenodo.ErrNotFound) || errors.Is(err, zenodo.ErrGone) { // nothing that it could be from
		return true, nil
	}
	if err != nil {
		return false, failure.Wrap("the version before the draft "+rec.ID+" can't be read", err)
	}
	return !marked(before, marker), nil
}

func marked(rec zenodo.Record, marker string) bool {
	return slices.ContainsFunc(rec.Metadata.Identifiers, func(i zenodo.Identifier) bool { return i.Identifier == marker })
}

// OwnDrafts are the drafts that a job has made, as far as the lagging list knows
// them.
func OwnDrafts(ctx context.Context, z interface {
	Latest
	FindDrafts(ctx context.Context, marker string) ([]zenodo.Record, error)
}, id string) ([]zenodo.Record, error) {
	list, err := z.FindDrafts(ctx, job.Marker(id))
	if err != nil {
		return nil, err
	}
	var out []zenodo.Record
	for _, rec := range list {
		own, err := Own(ctx, z, rec, job.Marker(id))
		if err != nil {
			return nil, err
		}
		if own {
			out = append(out, rec)
		}
	}
	return out, nil
}

// Unnoted is the draft of a new version that the server made for a job whose
// process died before it could note it: it is as the server makes it, and there was
// none before. "" if there is none.
func Unnoted(ctx context.Context, z interface {
	version.Records
	OpenVersion(ctx context.Context, concept string) (zenodo.Record, error)
	Files(ctx context.Context, id string) ([]zenodo.FileEntry, error)
}, of string) (id string, err error) {
	latest, _, err := version.Newest(ctx, z, of)
	if err != nil || !latest.NextDraft {
		return "", err
	}
	rec, err := z.OpenVersion(ctx, latest.ConceptID)
	if errors.Is(err, zenodo.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", failure.Wrap("the draft of the new version can't be looked for", err)
	}
	files, err := z.Files(ctx, rec.ID)
	if err != nil {
		return "", failure.Wrap("the draft's files can't be listed", err)
	}
	if fresh(rec, files) {
		return rec.ID, nil
	}
	return "", nil
}

// fresh reports whether a draft of a new version is as the server makes it.
func fresh(rec zenodo.Record, files []zenodo.FileEntry) bool {
	return rec.Revision <= freshRevision && len(files) == 0
}

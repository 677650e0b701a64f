package transfer

import (
	"context"
	"errors"
	"slices"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/record"
	"zenobis/wire"
	"zenobis/zenodo"
)

// preview is the record file that the record's page shows first.
const preview = "README.md"

// handOver saves the draft once more before it is handed over: its page shows the
// README first, and the job's marker, of no use to a reader, is taken out. It is
// read, changed in these two places alone, and saved with the revision that was
// read, so what the user has typed into the form meanwhile stays.
func (d *draft) handOver(ctx context.Context) error {
	if st := d.status(); st.HandedOver || st.Adopted {
		return nil
	}
	id := d.status().ID
	var rec zenodo.Record
	policy := d.policy("")
	policy.Repeat = func(err error) bool { return wire.Transient(err) || errors.Is(err, zenodo.ErrRevision) }
	err := policy.Do(ctx, "save the draft before it is handed over", func(ctx context.Context) (err error) {
		if rec, err = d.z.Draft(ctx, id); err != nil {
			return err
		}
		body, err := rec.Edited(d.withoutMarker)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(d.plan().Packages, func(p job.Package) bool { return p.Name == preview }) {
			body.Files.Preview = preview
		} else if !d.ours(rec) {
			return nil // there is nothing to change
		}
		sent := body
		if rec, err = d.z.Save(ctx, id, rec.Revision, body); err == nil {
			err = d.compare(sent, rec)
		}
		return err
	})
	if err != nil {
		return d.orDraft(ctx, failure.Wrap("the draft can't be saved before it is handed over", err))
	}
	return d.add(job.HandedOver{Revision: rec.Revision})
}

// withoutMarker takes the job's marker out of metadata.
func (d *draft) withoutMarker(metadata map[string]any) {
	list, _ := metadata["identifiers"].([]any)
	list = slices.DeleteFunc(list, func(v any) bool {
		m, _ := v.(map[string]any)
		return m["identifier"] == job.Marker(d.h.File.ID)
	})
	if len(list) > 0 {
		metadata["identifiers"] = list
	} else {
		delete(metadata, "identifiers")
	}
}

// compare says in what the server stored something else than was sent, and notes
// it in the job.
func (d *draft) compare(sent zenodo.DraftBody, stored zenodo.Record) error {
	if len(faults(stored)) > 0 {
		return nil // these are refused as a whole
	}
	list := record.Differences(sent, stored)
	if len(list) == 0 || slices.Equal(list, d.status().Differences) {
		return nil
	}
	for _, text := range list {
		d.note("Of the metadata, " + text + ".")
	}
	return d.add(job.Differs{Texts: list})
}

package export

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/export/transfer"
	"zenobis/export/verify"
	"zenobis/export/version"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Verify compares what lies at Zenodo with what was sent: names, sizes and MD5
// of the record files. what is a job, or the DOI, id or page of a record that zenobis
// made, with or without a job here. deep reads every record file again and compares
// each data file inside with the SHA-256 of the manifest and with the CRC-32
// and length that openBIS has today. The error says that it could not be
// compared; differences are yielded.
func (e *Engine) Verify(ctx context.Context, what string, deep bool, yield func(Verified) error) error {
	if e.o.Zenodo == nil {
		return &failure.Error{Kind: failure.Configuration, What: "comparing needs Zenodo"}
	}
	if deep && e.o.OpenBIS == nil {
		return &failure.Error{Kind: failure.Login, What: "a deep comparison needs a login to openBIS"}
	}
	v := verify.Verifier{Zenodo: e.o.Zenodo, OpenBIS: e.o.OpenBIS}
	doi := record.DOI(what)
	j, st, err := e.store.Look(what)
	if doi != "" || errors.Is(err, failure.NoJob) {
		id := what
		if host, number, ok := zenodo.ParseRecordPage(what); ok {
			if id = number; doi == "" && !version.SameHost(host, e.o.Zenodo.URL()) {
				return &failure.Error{Kind: failure.NoRecord, What: "the record " + safetext.Quote(what) + " is on another server than " +
					e.o.Zenodo.URL(), Do: "choose that server (--zenodo)"}
			}
		}
		job, e2 := e.jobOf(func(j Job) bool { return strings.EqualFold(j.DOI, doi) && doi != "" || j.RecordID == id && doi == "" })
		switch {
		case e2 != nil:
			return e2
		case job == "" && doi != "":
			return v.Record(ctx, doi, deep, yield)
		case job == "":
			if e2 = v.RecordID(ctx, id, deep, yield); errors.Is(e2, zenodo.ErrNotFound) || errors.Is(e2, zenodo.ErrInvalid) {
				return err // neither an export nor a record
			}
			return e2
		}
		j, st, err = e.store.Look(job)
	}
	if err != nil {
		return err
	}
	id := j.ID
	lines := func(each func(ManifestLine) error) error { return e.Manifest(ctx, id, each) }
	return v.Job(ctx, j, st, lines, deep, yield)
}

// jobOf finds the job of a record; "" if none has it.
func (e *Engine) jobOf(is func(Job) bool) (string, error) {
	jobs, err := e.Jobs()
	if err != nil && len(jobs) == 0 {
		return "", failure.Wrap("the exports can't be listed", err)
	}
	for _, j := range jobs {
		if is(j) && j.Zenodo == e.o.Zenodo.URL() {
			return j.ID, nil
		}
	}
	return "", nil
}

// Manifest yields the data files of an export in sending order.
func (e *Engine) Manifest(ctx context.Context, id string, yield func(ManifestLine) error) error {
	j, err := e.Job(id)
	if err != nil {
		return err
	}
	err = job.ReadManifest(ctx, j.Dir, yield)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	snap, err := snapshot.Open(j.Dir) // the upload is not complete
	if err != nil {
		return failure.Wrap("the list of files is not kept", err)
	}
	defer snap.Close()
	hashes := job.ReadHashes(j.Dir)
	defer hashes.Close()
	return transfer.Lines(snap, hashes, func(l ManifestLine) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return yield(l)
	})
}

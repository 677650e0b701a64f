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
	t, err := e.target(what)
	switch {
	case err != nil:
		return err
	case t.job == "" && t.doi != "":
		return v.Record(ctx, t.doi, deep, yield)
	case t.job == "":
		if err = v.RecordID(ctx, t.record, deep, yield); errors.Is(err, zenodo.ErrNotFound) || errors.Is(err, zenodo.ErrInvalid) {
			return t.none // neither an export nor a record
		}
		return err
	}
	j, st, err := e.store.Look(t.job)
	if err != nil {
		return err
	}
	lines := func(each func(ManifestLine) error) error { return e.Manifest(ctx, j.ID, each) }
	return v.Job(ctx, j, st, lines, deep, yield)
}

// Compared is the export that Verify compares by a name, the zero Job for a record
// that none of the exports made; doi is the record's, "" where only Zenodo knows it.
func (e *Engine) Compared(what string) (j Job, doi string) {
	t, err := e.target(what)
	if err != nil || t.job == "" {
		return Job{}, t.doi
	}
	if j, err = e.Job(t.job); err != nil {
		return Job{}, t.doi
	}
	return j, j.DOI
}

// target is what a name of Verify means.
type target struct {
	job         string // "" for a record of no export
	doi, record string // how the record is called
	none        error  // why it is no export
}

// target finds what is to be compared: an export by its id, or a record by its DOI,
// its id or its page, which may be one of an export.
func (e *Engine) target(what string) (t target, err error) {
	t.doi = record.DOI(what)
	j, _, err := e.store.Look(what)
	if t.doi == "" && !errors.Is(err, failure.NoJob) {
		t.job = j.ID
		return t, err
	}
	t.none, t.record = err, what
	if host, number, ok := zenodo.ParseRecordPage(what); ok {
		if t.record = number; t.doi == "" && !version.SameHost(host, e.o.Zenodo.URL()) {
			return t, &failure.Error{Kind: failure.NoRecord, What: "the record " + safetext.Quote(what) + " is on another server than " +
				e.o.Zenodo.URL(), Do: "choose that server (--zenodo)"}
		}
	}
	t.job, err = e.jobOf(func(j Job) bool {
		return strings.EqualFold(j.DOI, t.doi) && t.doi != "" || j.RecordID == t.record && t.doi == ""
	})
	return t, err
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

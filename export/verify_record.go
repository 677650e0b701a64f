package export

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"zenobis/export/failure"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Verify compares what lies at Zenodo with what was sent: names, sizes and MD5
// of the record files. what is a job, or the DOI of a record that zenobis made,
// with or without a job here. deep reads every record file again and compares
// each data file inside with the SHA-256 of the manifest and with the CRC-32
// and length that openBIS has today. The error says that it could not be
// compared; differences are yielded.
func (e *Engine) Verify(ctx context.Context, what string, deep bool, yield func(Verified) error) error {
	if e.o.Zenodo == nil {
		return &failure.Error{What: "comparing needs Zenodo", Kind: failure.Configuration}
	}
	if deep && e.o.OpenBIS == nil {
		return &failure.Error{What: "a deep comparison needs a login to openBIS", Kind: failure.Login}
	}
	job, err := e.jobOf(what)
	if err != nil {
		return err
	}
	if job.ID == "" {
		return e.verifyRecord(ctx, what, deep, yield)
	}
	return e.verifyJob(ctx, job, deep, yield)
}

// jobOf finds the job of an id or DOI; none for a DOI that no job has.
func (e *Engine) jobOf(what string) (Job, error) {
	doi := bareDOI(what)
	if doi == "" {
		return e.Job(what)
	}
	jobs, err := e.Jobs()
	if err != nil && len(jobs) == 0 {
		return Job{}, failure.Wrap("the exports can't be listed", err)
	}
	for _, j := range jobs {
		if strings.EqualFold(j.DOI, doi) && j.Zenodo == e.o.Zenodo.URL() {
			return j, nil
		}
	}
	return Job{}, nil
}

// bareDOI is the DOI in a text or address, "" if there is none.
func bareDOI(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range []string{"https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "doi:"} {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			s = s[len(p):]
		}
	}
	if strings.HasPrefix(s, "10.") && strings.Contains(s, "/") {
		return s
	}
	return ""
}

// verifyJob compares the record of a job with its journal.
func (e *Engine) verifyJob(ctx context.Context, job Job, deep bool, yield func(Verified) error) error {
	if job.Zenodo != e.o.Zenodo.URL() {
		return &failure.Error{What: "export " + job.ID + " went to " + job.Zenodo + ", not to " + e.o.Zenodo.URL(), Do: "set the address accordingly", Kind: failure.Configuration}
	}
	if job.RecordID == "" || job.Plan == nil {
		return &failure.Error{What: "export " + job.ID + " has sent nothing yet", Kind: failure.NothingToDo}
	}
	st, err := readJournal(filepath.Join(job.Dir, journalName))
	if err != nil {
		return failure.Wrap("the export can't be read", err)
	}
	state, _, err := e.o.Zenodo.State(ctx, job.RecordID)
	if err != nil {
		return failure.Wrap("look at the record", err)
	}
	var files []zenodo.FileEntry
	switch state {
	case zenodo.StatePublished:
		files, err = e.o.Zenodo.RecordFiles(ctx, job.RecordID)
	case zenodo.StateDraft, zenodo.StateInReview:
		files, err = e.o.Zenodo.Files(ctx, job.RecordID)
	default:
		return &failure.Error{What: fmt.Sprintf("the record is %s", state), Kind: failure.Gone, Err: zenodo.ErrNotFound}
	}
	if err != nil {
		return failure.Wrap("list the record's files", err)
	}
	have := map[string]zenodo.FileEntry{}
	for _, f := range files {
		have[f.Key] = f
	}
	v := &verifier{e: e, id: job.RecordID, draft: state != zenodo.StatePublished, yield: yield}
	for _, p := range job.Plan.Packages {
		f, ok := have[p.Name]
		delete(have, p.Name)
		sent := st.Packages[p.Name]
		if err := yield(comparePackage(p, sent, f, ok)); err != nil {
			return err
		}
		if deep && ok {
			lines := func(each func(ManifestLine) error) error {
				return e.Manifest(ctx, job.ID, func(l ManifestLine) error {
					if l.Package != p.Name {
						return nil
					}
					return each(l)
				})
			}
			if err := v.deep(ctx, f, lines); err != nil {
				return err
			}
		}
	}
	for _, f := range files {
		if _, ok := have[f.Key]; ok {
			if err := yield(Verified{Package: f.Key, OK: true, Message: "not from this export: added in the browser"}); err != nil {
				return err
			}
		}
	}
	return v.finish()
}

func comparePackage(p Package, sent sentPackage, f zenodo.FileEntry, ok bool) Verified {
	v := Verified{Package: p.Name}
	switch {
	case !ok:
		v.Message = "is not there"
	case !f.Completed():
		v.Message = "its upload was never completed"
	case f.Size != p.Bytes:
		v.Message = fmt.Sprintf("has %d bytes, sent were %d", f.Size, p.Bytes)
	case sent.MD5 == "":
		v.Message = "what was sent is not known"
	case f.MD5 != sent.MD5:
		v.Message = fmt.Sprintf("has MD5 %s, sent was %s", f.MD5, sent.MD5)
	default:
		v.OK, v.Message = true, fmt.Sprintf("%d bytes, MD5 %s: as sent", f.Size, f.MD5)
	}
	return v
}

// verifyRecord compares a record of which no job is known here with what it
// says of itself, and deep with openBIS.
func (e *Engine) verifyRecord(ctx context.Context, doi string, deep bool, yield func(Verified) error) error {
	id, err := e.o.Zenodo.Resolve(ctx, bareDOI(doi))
	if err != nil {
		if errors.Is(err, zenodo.ErrNotFound) {
			return &failure.Error{What: "there is no record " + safetext.Quote(doi) + " at " + e.o.Zenodo.URL(), Do: "check the DOI", Kind: failure.NoJob, Err: err}
		}
		return failure.Wrap("look for the record", err)
	}
	files, err := e.o.Zenodo.RecordFiles(ctx, id)
	if err != nil {
		return failure.Wrap("list the record's files", err)
	}
	v := &verifier{e: e, id: id, yield: yield}
	if err := v.keys(ctx, files); err != nil {
		return err
	}
	for _, f := range files {
		if !deep {
			known := v.packages[f.Key]
			switch {
			case known == 0 || known == f.Size:
				err = yield(Verified{Package: f.Key, OK: true, Message: fmt.Sprintf("%d bytes, MD5 %s", f.Size, f.MD5)})
			default:
				err = yield(Verified{Package: f.Key, Message: fmt.Sprintf("has %d bytes, the record's crate says %d", f.Size, known)})
			}
		} else {
			err = v.deep(ctx, f, nil)
		}
		if err != nil {
			return err
		}
	}
	return v.finish()
}

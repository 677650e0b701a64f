// Package verify compares what lies at Zenodo with what was sent and with what
// openBIS has today.
package verify

import (
	"context"
	"errors"
	"fmt"
	"io"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// Zenodo is what comparing needs of Zenodo; *zenodo.Client implements it.
type Zenodo interface {
	URL() string
	State(ctx context.Context, id string) (zenodo.State, zenodo.Record, error)
	Resolve(ctx context.Context, doi string) (string, error)
	Files(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	RecordFiles(ctx context.Context, id string) ([]zenodo.FileEntry, error)
	OpenFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
	OpenDraftFile(ctx context.Context, id, key string) (io.ReadCloser, int64, error)
}

// OpenBIS is what a deep comparison needs of openBIS; *openbis.Client implements it.
type OpenBIS interface {
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
	Files(ctx context.Context, store openbis.DataStore, dataSet string, yield func(openbis.File) error) error
}

// Verified is one comparison: of a record file, or of a file inside.
type Verified struct {
	Package string
	DataSet string // permId of a data file's data set, "" for pages and packages
	File    string // in the package, "" for the package itself
	OK      bool
	Unknown bool   // it is there, but nothing tells here what was sent
	Message string // what was compared, or what differs
}

// Verifier compares. OpenBIS is needed for deep comparisons only.
type Verifier struct {
	Zenodo  Zenodo
	OpenBIS OpenBIS
}

// Lines yields the data files of an export in sending order.
type Lines func(yield func(job.ManifestLine) error) error

// Job compares the record files of an export with what was sent: names, sizes
// and MD5. deep reads every one again and compares each data file inside with the
// SHA-256 of the manifest and with the CRC-32 and length that openBIS has today.
// The error says that it could not be compared; differences are yielded.
func (c Verifier) Job(ctx context.Context, j job.Job, st job.Status, all Lines, deep bool, yield func(Verified) error) error {
	if j.Zenodo != c.Zenodo.URL() {
		return &failure.Error{
			Kind: failure.Configuration, What: "export " + j.ID + " went to " + j.Zenodo + ", not to " + c.Zenodo.URL(),
			Do: "set the address accordingly",
		}
	}
	if j.RecordID == "" || j.Plan == nil {
		return &failure.Error{What: "export " + j.ID + " has sent nothing yet", Kind: failure.NothingToDo}
	}
	state, _, err := c.Zenodo.State(ctx, j.RecordID)
	if err != nil {
		return failure.Wrap("the record can't be looked at", err)
	}
	var files []zenodo.FileEntry
	switch state {
	case zenodo.StatePublished:
		files, err = c.Zenodo.RecordFiles(ctx, j.RecordID)
	case zenodo.StateDraft, zenodo.StateInReview:
		files, err = c.Zenodo.Files(ctx, j.RecordID)
	default:
		return &failure.Error{What: fmt.Sprintf("the record is %s", state), Kind: failure.Gone, Err: zenodo.ErrNotFound}
	}
	if err != nil {
		return failure.Wrap("the record's files can't be listed", err)
	}
	have := map[string]zenodo.FileEntry{}
	for _, f := range files {
		have[f.Key] = f
	}
	v := &verifier{z: c.Zenodo, ob: c.OpenBIS, id: j.RecordID, draft: state != zenodo.StatePublished, told: yield}
	for _, p := range j.Plan.Packages {
		f, ok := have[p.Name]
		delete(have, p.Name)
		sent := st.Packages[p.Name]
		if err := yield(comparePackage(p, sent, f, ok)); err != nil {
			return err
		}
		if deep && ok {
			lines := func(each func(job.ManifestLine) error) error {
				return all(func(l job.ManifestLine) error {
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

func comparePackage(p job.Package, sent job.SentPackage, f zenodo.FileEntry, ok bool) Verified {
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

// Record compares a record, by its DOI, of which no job is known here with what it
// says of itself, and deep with openBIS. That a deep look found nothing that could be
// compared is an error.
func (c Verifier) Record(ctx context.Context, doi string, deep bool, yield func(Verified) error) error {
	id, err := c.Zenodo.Resolve(ctx, doi)
	if err != nil {
		return noRecord(c.Zenodo, doi, err)
	}
	return c.RecordID(ctx, id, deep, yield)
}

func noRecord(z Zenodo, what string, err error) error {
	if errors.Is(err, zenodo.ErrNotFound) {
		return &failure.Error{
			Kind: failure.NoRecord, What: "there is no record " + safetext.Quote(what) + " at " + z.URL(), Do: "check the DOI", Err: err,
		}
	}
	return failure.Wrap("the record can't be looked for", err)
}

// RecordID is Record by the record's id.
func (c Verifier) RecordID(ctx context.Context, id string, deep bool, yield func(Verified) error) error {
	files, err := c.Zenodo.RecordFiles(ctx, id)
	if errors.Is(err, zenodo.ErrNotFound) {
		return noRecord(c.Zenodo, id, err)
	}
	if err != nil {
		return failure.Wrap("the record's files can't be listed", err)
	}
	v := &verifier{z: c.Zenodo, ob: c.OpenBIS, id: id, told: yield}
	if err := v.keys(ctx, files); err != nil {
		return err
	}
	for _, f := range files {
		if !deep {
			known := v.packages[f.Key]
			switch {
			case known == 0:
				err = yield(Verified{Package: f.Key, OK: true, Unknown: true,
					Message: fmt.Sprintf("%d bytes, MD5 %s: nothing tells here what was sent", f.Size, f.MD5)})
			case known == f.Size:
				v.compared++
				err = yield(Verified{Package: f.Key, OK: true, Message: fmt.Sprintf("%d bytes, as the record's crate says, MD5 %s", f.Size, f.MD5)})
			default:
				v.compared++
				err = yield(Verified{Package: f.Key, Message: fmt.Sprintf("has %d bytes, the record's crate says %d", f.Size, known)})
			}
		} else {
			err = v.deep(ctx, f, nil)
		}
		if err != nil {
			return err
		}
	}
	if err := v.finish(); err != nil || v.compared > 0 || !deep {
		return err
	}
	return &failure.Error{Kind: failure.NotComparable, What: "nothing of the record could be compared",
		Why: "neither the record nor an export on this computer tells what was sent"}
}

package transfer

import (
	"context"
	"errors"
	"io"
	"slices"

	"zenobis/export/fetch"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/safetext"
	"zenobis/shape"
	"zenobis/zenodo"
)

// packer makes packages from the snapshot, with data files that are fetched ahead.
type packer struct {
	*base
	snap    *snapshot.Snapshot
	hashes  *job.Hashes
	fetcher *fetch.Fetcher

	ahead    *fetch.Ahead // of the packages in aheadFor
	aheadFor []string
}

func (w *packer) close() {
	w.dropAhead()
	if w.hashes != nil {
		w.hashes.Close()
	}
	_ = w.snap.Close()
}

// fileRetried tells of a file that is fetched again.
func (w *packer) fileRetried(f fetch.File, attempt int, err error) {
	w.run.gauge.retry()
	w.run.emit(Retried{Package: f.Package, Attempt: attempt, Message: safetext.Line(f.Path) + ": " + failure.Text(err)})
}

// write makes the package into the conduit.
func (w *packer) write(ctx context.Context, c *conduit, p job.Package, feed snapshot.Feed) error {
	return failure.Guard("make package", func() error {
		st := w.status()
		return w.snap.WritePackage(ctx, c, p.Name, snapshot.WriteOptions{
			Record: w.facts(st), Feed: feed, Hashes: w.hashes,
			Begin: func(r fetch.File) { w.run.gauge.file(safetext.Line(r.Path)) },
		})
	})
}

// facts are those of the draft as it was made: a package that is sent again has
// the same bytes, whatever the user did to the draft.
func (w *packer) facts(st job.Status) snapshot.Record {
	return snapshot.Record{DOI: st.DOI, URL: zenodo.RecordPage(w.h.File.Zenodo, st.ID)}
}

// measure makes a package without sending it, to know its hashes.
func (w *packer) measure(ctx context.Context, p job.Package) (m measured, err error) {
	w.note("The package " + p.Name + " is read once more, to compare it with what Zenodo has.")
	policy := w.policy(p.Name)
	policy.Repeat = func(err error) bool {
		var f *failure.Error
		var broken *fetch.Broken
		return !errors.As(err, &f) && !errors.As(err, &broken) && repeatable(err)
	}
	err = policy.Do(ctx, "read "+p.Name, func(ctx context.Context) error {
		if err := w.hashes.Begin(p.Name); err != nil {
			return err
		}
		w.dropAhead()
		feed := w.feed(ctx, []string{p.Name})
		c := newConduit(ctx, conduitOptions{named: w.snap.NamesHash(p.Name), apart: apart(), moved: func(int) {}, now: w.o.Now},
			func(ctx context.Context, c *conduit) error { return w.write(ctx, c, p, feed) })
		var err error
		for err == nil {
			_, err = c.Lend(blockSize)
		}
		if m, err = c.close(); err == nil && m.Bytes != p.Bytes {
			err = io.ErrUnexpectedEOF
		}
		w.dropAhead()
		return err
	})
	if err != nil {
		return m, failure.Wrap("the package "+safetext.Quote(p.Name)+" can't be compared", err)
	}
	return m, w.hashes.Seal()
}

// feed is the read-ahead that begins with the first of the packages; it goes on
// into the following ones, so that nothing stands still between them.
func (w *packer) feed(ctx context.Context, next []string) snapshot.Feed {
	if w.ahead != nil && len(w.aheadFor) > 0 && w.aheadFor[0] == next[0] {
		w.aheadFor = w.aheadFor[1:]
		return w.ahead
	}
	w.dropAhead()
	packs := slices.Clone(next)
	w.ahead = fetch.NewAhead(ctx, w.fetcher, w.o.Parallel, w.o.Pool, func(yield func(fetch.File) error) error {
		for _, name := range packs {
			if err := w.snap.Files(name, yield); err != nil {
				return err
			}
		}
		return nil
	})
	w.aheadFor = packs[1:]
	return w.ahead
}

func (w *packer) dropAhead() {
	if w.ahead != nil {
		w.ahead.Close()
	}
	w.ahead, w.aheadFor = nil, nil
}

// writeManifest keeps what every data file was.
func (w *packer) writeManifest() error {
	return writeManifest(w.h.Dir, w.snap, w.hashes)
}

// Lines yields the data files of a snapshot in sending order, with what is known of
// those that were sent.
func Lines(snap *snapshot.Snapshot, hashes snapshot.Hashes, yield func(job.ManifestLine) error) error {
	raw := snap.Plan().Layout == shape.LayoutFiles
	return snap.Files("", func(f fetch.File) error {
		sum, crc, _ := hashes.Get(f.Package, f.Index)
		if sum == "" {
			crc = f.CRC
		}
		return yield(job.ManifestLine{
			DataSet: f.DataSet, Path: f.Path, Size: f.Size, CRC: crc, SHA256: sum,
			Package: f.Package, Entry: f.Entry, Raw: raw && f.Package != names.Metadata,
		})
	})
}

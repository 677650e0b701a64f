package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// The ways in which an attempt ends without the package being there.
var (
	errPaused  = errors.New("paused")
	errAgain   = failure.Mark(failure.Unreachable, errors.New("not stored by the server"))
	errUnequal = failure.Mark(failure.CorruptUpload, errors.New("the server has other bytes than were sent"))
)

// afterBreak is how long the server needs to notice a broken upload and to
// remove its entry (reference zenodo-api.md 4.4: half a second).
const afterBreak = 2 * time.Second

// sendPackage sends the first of the packages that can be sent now, until it is
// there.
func (t *transfer) sendPackage(ctx context.Context, next []string) error {
	pkg := next[0]
	i := slices.IndexFunc(t.plan.Packages, func(p Package) bool { return p.Name == pkg })
	p := t.plan.Packages[i]
	failed := 0
	for first := true; ; first = false {
		if !first {
			done, err := t.ready(ctx, p)
			if err != nil {
				return err
			}
			if done {
				return nil
			}
		}
		err := t.attempt(ctx, p, failed+1, next)
		if err == nil {
			return nil
		}
		t.dropAhead()
		t.run.gauge.finish(pkg, false)
		var broken *brokenFile
		var f *failure.Error
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, errPaused):
			if err := t.run.brake.wait(ctx, func() { t.run.gauge.stage("paused"); t.saveProgress() }); err != nil {
				return err
			}
			t.run.gauge.stage("uploading")
			continue
		case errors.As(err, &broken):
			return t.leaveOut(ctx, p, broken) // the plan has changed
		case errors.As(err, &f):
			return err
		}
		if !t.repeatable(err) {
			why := t.orDraft(ctx, failure.Wrap("the package "+safetext.Quote(pkg)+" can't be sent", err))
			if !errors.Is(why, zenodo.ErrNotFound) || errors.Is(why, failure.DraftGone) {
				return why
			}
			// The draft is well, only the file's entry is gone.
		}
		failed++
		if err := t.again(ctx, pkg, "send "+pkg, failed, err); err != nil {
			return err
		}
	}
}

// repeatable reports a failure of an attempt after which another is worth it.
func (t *transfer) repeatable(err error) bool {
	for _, e := range []error{
		zenodo.ErrEntryGone, zenodo.ErrNoContent, zenodo.ErrSource, errAgain, errUnequal, errDiffers,
		openbis.ErrUnreachable, openbis.ErrShort, openbis.ErrNoBytes, io.ErrUnexpectedEOF,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return passing(err)
}

// ready asks what Zenodo has of a package and leaves an entry that can be
// filled, or finds that it is there after all.
func (t *transfer) ready(ctx context.Context, p Package) (done bool, err error) {
	if err := t.o.Sleep(ctx, afterBreak); err != nil {
		return false, err
	}
	have, err := t.entries(ctx)
	if err != nil {
		return false, err
	}
	if f, ok := have[p.Name]; ok {
		if err := t.reconcile(ctx, p, f); err != nil {
			return false, err
		}
		if t.confirmed(p.Name) {
			return true, nil
		}
		if have, err = t.entries(ctx); err != nil {
			return false, err
		}
	}
	if _, ok := have[p.Name]; !ok {
		return false, t.initFiles(ctx, []zenodo.FileInit{{Key: p.Name, Size: p.Bytes}})
	}
	return false, nil
}

// reconcile compares a file of the draft with what the journal knows of it.
// Content that was never committed stays counted in the quota when its entry is
// deleted, so it is committed first (reference zenodo-api.md 3.5).
func (t *transfer) reconcile(ctx context.Context, p Package, f zenodo.FileEntry) error {
	sent := t.j.look().Packages[p.Name]
	if !f.Completed() {
		if sent.Confirmed {
			if err := t.j.add(stepDeleting, func(e *entry) { e.Package = p.Name }); err != nil {
				return err
			}
		}
		if !sent.Tried {
			return nil // announced, never filled
		}
		var err error
		f, err = t.commitFile(ctx, p.Name, 2)
		switch {
		case errors.Is(err, zenodo.ErrNoContent), errors.Is(err, zenodo.ErrNotFound):
			return nil
		case err != nil:
			return t.orDraft(ctx, failure.Wrap("the file "+safetext.Quote(p.Name)+" can't be committed", err))
		}
	}
	if f.Size == p.Bytes && sent.MD5 == "" {
		// Somebody's process died before it could note what it had sent.
		m, err := t.measure(ctx, p)
		if err != nil {
			return err
		}
		sent = sentPackage{Bytes: m.Bytes, MD5: m.MD5, SHA256: m.SHA256}
	}
	if f.Size == p.Bytes && f.MD5 == sent.MD5 {
		if sent.Confirmed && t.hashes.count(p.Name) == p.Files {
			return nil
		}
		if t.hashes.count(p.Name) != p.Files {
			if m, err := t.measure(ctx, p); err != nil {
				return err
			} else if m.MD5 != f.MD5 {
				return t.deleteFile(ctx, p.Name)
			}
		}
		return t.confirm(p, measured{sent.MD5, sent.SHA256, p.Bytes})
	}
	return t.deleteFile(ctx, p.Name)
}

// attempt sends a package once.
func (t *transfer) attempt(ctx context.Context, p Package, n int, next []string) error {
	if err := t.hashes.begin(p.Name); err != nil {
		return err
	}
	if err := t.j.add(stepSending, func(e *entry) { e.Package, e.Attempt = p.Name, n }); err != nil {
		return err
	}
	t.run.gauge.begin(p.Name, n)
	upload, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopPause := t.cutOnPause(upload, cancel)
	defer stopPause()

	c := newConduit(pacer(upload, t.limit), t.run.gauge.sent)
	feed := t.feed(ctx, next)
	written := make(chan error, 1)
	go func() { written <- t.write(upload, c, p, feed) }()
	st := t.j.look()
	put := guarded("upload", func() error { return t.o.Zenodo.Put(upload, st.ID, p.Name, p.Bytes, c) })
	c.Close()
	if put != nil {
		cancel(errClosed) // a writer that waits for openBIS is told as well
	}
	wrote := <-written
	m := c.result()
	var api *zenodo.APIError
	all := errors.As(put, &api) && api.AllSent
	switch {
	case put != nil && errors.Is(context.Cause(upload), errPaused):
		return errPaused
	case wrote != nil && (put == nil || errors.Is(put, zenodo.ErrSource)):
		return wrote // the server is not to blame
	case put != nil && (!all || wrote != nil):
		return put
	case m.Bytes != p.Bytes:
		return fmt.Errorf("%w: %d bytes were made of %d", io.ErrUnexpectedEOF, m.Bytes, p.Bytes)
	}
	// What was sent is known now: with it a later process can tell whether
	// Zenodo has the right bytes, whatever happens to the rest.
	if err := t.hashes.seal(); err != nil {
		return err
	}
	if err := t.j.add(stepSent, func(e *entry) { e.Package, e.Bytes, e.MD5, e.SHA256 = p.Name, m.Bytes, m.MD5, m.SHA256 }); err != nil {
		return err
	}
	return t.commit(ctx, p, m)
}

// write makes the package into the conduit.
func (t *transfer) write(ctx context.Context, c *conduit, p Package, feed Feed) (err error) {
	err = guarded("make package", func() error {
		st := t.j.look()
		return t.snap.WritePackage(ctx, c, p.Name, WriteOptions{
			Facts: t.facts(st), Feed: feed, Hashes: t.hashes,
			Begin: func(r FileRef) { t.run.gauge.file(safetext.Line(r.File.Path)) },
		})
	})
	c.finish(err)
	return err
}

// facts are those of the draft as it was made: a package that is sent again has
// the same bytes, whatever the user did to the draft.
func (t *transfer) facts(st status) RecordFacts {
	return RecordFacts{DOI: st.DOI, URL: t.jf.Zenodo + "/records/" + st.ID}
}

// cutOnPause gives an upload up when the run is paused: a silent one would be
// cut by the server anyway.
func (t *transfer) cutOnPause(ctx context.Context, cancel context.CancelCauseFunc) func() {
	done := make(chan struct{})
	go func() {
		for {
			on, change := t.run.brake.state()
			if on {
				cancel(errPaused)
				return
			}
			select {
			case <-change:
			case <-done:
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { close(done) }
}

// commit completes a file and compares it with what was sent.
func (t *transfer) commit(ctx context.Context, p Package, m measured) error {
	f, err := t.commitFile(ctx, p.Name, 3)
	switch {
	case errors.Is(err, zenodo.ErrNoContent):
		return fmt.Errorf("%w: %w", errAgain, err)
	case errors.Is(err, zenodo.ErrNotFound):
		if e := t.orDraft(ctx, err); !errors.Is(e, zenodo.ErrNotFound) {
			return e
		}
		return fmt.Errorf("%w: %w", errAgain, err)
	case err != nil:
		return t.orDraft(ctx, failure.Wrap("the file "+safetext.Quote(p.Name)+" can't be committed", err))
	}
	if f.Size != m.Bytes || f.MD5 != m.MD5 {
		if err := t.deleteFile(ctx, p.Name); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s has %d bytes with MD5 %s, sent were %d with %s", errUnequal, p.Name, f.Size, f.MD5, m.Bytes, m.MD5)
	}
	return t.confirm(p, m)
}

// commitFile commits. That there is no content the server says with an error
// that may as well be any other, so it is asked several times: content that is
// there and is sent again stays counted in the quota.
func (t *transfer) commitFile(ctx context.Context, pkg string, times int) (f zenodo.FileEntry, err error) {
	id := t.j.look().ID
	for n := 1; ; n++ {
		err = t.call(ctx, "commit "+pkg, func() (err error) {
			f, err = t.o.Zenodo.Commit(ctx, id, pkg)
			return err
		})
		if !errors.Is(err, zenodo.ErrNoContent) || n >= times {
			return f, err
		}
		t.emit(Event{Kind: EventRetry, Package: pkg, Attempt: n, Message: "commit " + pkg + ": " + failure.Text(err)})
		if err := t.o.Sleep(ctx, afterBreak); err != nil {
			return f, err
		}
	}
}

// confirm notes that Zenodo has a package.
func (t *transfer) confirm(p Package, m measured) error {
	if err := t.snap.SetPackageHash(p.Name, m.SHA256); err != nil {
		return err
	}
	if err := t.j.add(stepConfirmed, func(e *entry) { e.Package, e.Bytes, e.MD5, e.SHA256 = p.Name, m.Bytes, m.MD5, m.SHA256 }); err != nil {
		return err
	}
	t.run.gauge.finish(p.Name, true)
	t.emit(Event{Kind: EventUploaded, Package: p.Name, Bytes: m.Bytes, MD5: m.MD5})
	return nil
}

// measure makes a package without sending it, to know its hashes.
func (t *transfer) measure(ctx context.Context, p Package) (measured, error) {
	t.note("The package " + p.Name + " is read once more, to compare it with what Zenodo has.")
	for n := 1; ; n++ {
		if err := t.hashes.begin(p.Name); err != nil {
			return measured{}, err
		}
		t.dropAhead()
		c := newConduit(nil, func(int) {})
		drained := make(chan struct{})
		go func() {
			defer close(drained)
			_, _ = io.Copy(io.Discard, struct{ io.Reader }{c}) // its error is the writer's
		}()
		err := t.write(ctx, c, p, t.feed(ctx, []string{p.Name}))
		<-drained
		m := c.result()
		t.dropAhead()
		if err == nil {
			return m, t.hashes.seal()
		}
		var f *failure.Error
		var broken *brokenFile
		if errors.As(err, &f) || errors.As(err, &broken) || !t.repeatable(err) {
			return m, failure.Wrap("the package "+safetext.Quote(p.Name)+" can't be compared", err)
		}
		if err := t.again(ctx, p.Name, "read "+p.Name, n, err); err != nil {
			return m, err
		}
	}
}

// feed is the read-ahead that begins with the first of the packages; it goes on
// into the following ones, so that nothing stands still between them.
func (t *transfer) feed(ctx context.Context, next []string) Feed {
	if t.ahead != nil && len(t.aheadFor) > 0 && t.aheadFor[0] == next[0] {
		t.aheadFor = t.aheadFor[1:]
		return t.ahead
	}
	t.dropAhead()
	names := slices.Clone(next)
	t.ahead = newReadAhead(ctx, t.src, t.o.Parallel, t.o.Pool, func(yield func(FileRef) error) error {
		for _, name := range names {
			if err := t.snap.Files(name, yield); err != nil {
				return err
			}
		}
		return nil
	})
	t.aheadFor = names[1:]
	return t.ahead
}

func (t *transfer) dropAhead() {
	if t.ahead != nil {
		t.ahead.close()
	}
	t.ahead, t.aheadFor = nil, nil
}

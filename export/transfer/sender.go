package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// The ways in which an attempt ends without the package being there.
var (
	errPaused  = errors.New("paused")
	errAgain   = failure.Mark(failure.Unreachable, errors.New("not stored by the server"))
	errUnequal = failure.Mark(failure.CorruptUpload, errors.New("the server has other bytes than those sent"))
)

// afterBreak is how long the server needs to notice a broken upload and to
// remove its entry (docs/zenodo-api.md, Broken connections: half a second).
const afterBreak = 2 * time.Second

// sender sends one package after the other.
type sender struct {
	*base
	archive *archive
	depot   *depot
	limit   *rate.Limiter
}

// send sends what is missing until the draft has everything.
func (s *sender) send(ctx context.Context) error {
	d := s.depot
	if err := d.rememberHashes(); err != nil {
		return err
	}
	if err := d.reuse(ctx); err != nil {
		return err
	}
	if err := d.announce(ctx); err != nil {
		return err
	}
	s.run.gauge.plan(s.plan(), s.confirmed)
	s.run.gauge.stage("uploading")
	// A second and third look: the user may remove a file in the form meanwhile.
	for range 3 {
		if err := s.sendPackages(ctx); err != nil {
			return err
		}
		whole, err := d.lookWhole(ctx)
		if err != nil {
			return err
		}
		if whole {
			if err := d.draft.handOver(ctx); err != nil {
				return err
			}
			return d.complete()
		}
	}
	return &failure.Error{
		Kind: failure.DraftEdited, What: "files of the draft vanish at Zenodo while the upload goes on",
		Do: "leave the draft's page alone until the upload is complete, then resume", Err: zenodo.ErrEntryGone,
	}
}

// sendPackages sends what is missing, in the order of the plan; a package whose
// data is still in the archive waits while others are sent.
func (s *sender) sendPackages(ctx context.Context) error {
	for {
		if err := s.pause(ctx); err != nil {
			return err
		}
		next, err := s.next()
		if err != nil {
			return err
		}
		if len(next) == 0 {
			if len(s.archive.waitingOn) == 0 {
				return nil
			}
			if err := s.archive.await(ctx); err != nil {
				return err
			}
			continue
		}
		if err := s.sendPackage(ctx, next); err != nil {
			return err
		}
	}
}

// next lists the packages that can be sent now, in their order. One that names
// hashes can be sent only when all before it are there.
func (s *sender) next() ([]string, error) {
	st := s.status()
	var out []string
	blocked := false
	for _, p := range s.plan().Packages {
		if st.Packages[p.Name].Confirmed {
			continue
		}
		wait, err := s.archive.holds(p.Name)
		if err != nil {
			return nil, err
		}
		if wait || blocked && s.depot.packer.snap.NamesRecord(p.Name) {
			blocked = true
			continue
		}
		out = append(out, p.Name)
	}
	return out, nil
}

// sendPackage sends the first of the packages that can be sent now, until it is
// there.
func (s *sender) sendPackage(ctx context.Context, next []string) error {
	pkg := next[0]
	i := slices.IndexFunc(s.plan().Packages, func(p job.Package) bool { return p.Name == pkg })
	p := s.plan().Packages[i]
	policy := s.policy(pkg)
	tooLarge := 0
	policy.Repeat = func(err error) bool {
		if errors.Is(err, zenodo.ErrBodyLimit) { // a front server's answer: perhaps one of several has it
			tooLarge++
			return tooLarge == 1
		}
		return repeatable(err) || errors.Is(err, zenodo.ErrNotFound)
	}
	tries := policy.Begin("send " + pkg)
	defer tries.End()
	for first := true; ; first = false {
		if !first {
			done, err := s.depot.ready(ctx, p)
			if err != nil {
				return err
			}
			if done {
				return nil
			}
		}
		err := s.attempt(ctx, p, tries.Failed()+1, next)
		if err == nil {
			return nil
		}
		s.depot.packer.dropAhead()
		s.run.gauge.finish(pkg, false)
		var broken *fetch.Broken
		var f *failure.Error
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, errPaused):
			if err := s.pause(ctx); err != nil {
				return err
			}
			continue
		case errors.As(err, &broken):
			return s.leaveOut(ctx, p, broken) // the plan has changed
		case errors.As(err, &f):
			return err
		}
		if !repeatable(err) && !errors.Is(err, zenodo.ErrBodyLimit) {
			why := s.depot.draft.orDraft(ctx, failure.Wrap("the package "+safetext.Quote(pkg)+" can't be sent", err))
			if !errors.Is(why, zenodo.ErrNotFound) || errors.Is(why, failure.DraftGone) {
				return why
			}
			// The draft is well, only the file's entry is gone.
		}
		if err := tries.Again(ctx, err); err != nil {
			return failure.Wrap("the package "+safetext.Quote(pkg)+" can't be sent", err)
		}
	}
}

// pause waits while the run is paused.
func (s *sender) pause(ctx context.Context) error {
	err := s.run.brake.wait(ctx, func() { s.run.gauge.stage("paused"); s.saveProgress() })
	if err == nil {
		err = context.Cause(ctx)
	}
	if err == nil {
		s.run.gauge.stage("uploading")
	}
	return err
}

// repeatable reports a failure of an attempt after which another is worth it.
func repeatable(err error) bool {
	for _, e := range []error{
		zenodo.ErrEntryGone, zenodo.ErrNoContent, zenodo.ErrSource, errAgain, errUnequal, fetch.ErrDiffers,
		zenodo.ErrUnavailable, zenodo.ErrRate, zenodo.ErrStalled,
		openbis.ErrUnreachable, openbis.ErrShort, openbis.ErrNoBytes, io.ErrUnexpectedEOF,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// attempt sends a package once.
func (s *sender) attempt(ctx context.Context, p job.Package, n int, next []string) error {
	if err := s.depot.packer.hashes.Begin(p.Name); err != nil {
		return err
	}
	if err := s.add(job.Sending{Package: p.Name, Attempt: n}); err != nil {
		return err
	}
	s.run.gauge.begin(p.Name, n)
	upload, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopPause := s.cutOnPause(upload, cancel)
	defer stopPause()

	feed := s.depot.packer.feed(ctx, next)
	c := newConduit(upload, conduitOptions{
		named: s.depot.packer.snap.NamesHash(p.Name), apart: apart(), pace: pacer(upload, s.limit), moved: s.run.gauge.sent, now: s.o.Now,
	}, func(ctx context.Context, c *conduit) error { return s.depot.packer.write(ctx, c, p, feed) })
	st := s.status()
	put := failure.Guard("upload", func() error { return s.z.Put(upload, st.ID, p.Name, p.Bytes, c) })
	m, wrote := c.close()
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
	if err := s.depot.packer.hashes.Seal(); err != nil {
		return err
	}
	if err := s.add(job.Sent{Package: p.Name, Bytes: m.Bytes, MD5: m.MD5, SHA256: m.SHA256}); err != nil {
		return err
	}
	return s.depot.commit(ctx, p, m)
}

// cutOnPause gives an upload up when the run is paused: a silent one would be
// cut by the server anyway.
func (s *sender) cutOnPause(ctx context.Context, cancel context.CancelCauseFunc) func() {
	done := make(chan struct{})
	go func() {
		for {
			on, change := s.run.brake.state()
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

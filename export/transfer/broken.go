package transfer

import (
	"context"
	"fmt"

	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/safetext"
)

// leaveOut handles a file that can't be had: left out if that was asked for or
// is answered so, otherwise the end of the run.
func (s *sender) leaveOut(ctx context.Context, p job.Package, b *fetch.Broken) error {
	r := b.File
	name := fmt.Sprintf("%s of data set %s", safetext.Line(r.Path), r.DataSet)
	o := omission.Entry{
		Entity: openbis.Ref{Kind: openbis.KindDataSet, PermID: r.DataSet, Identifier: r.DataSet, Code: r.DataSet},
		File:   r.Path, Reason: b.Reason, Message: b.Message,
	}
	stop := &failure.Error{
		What: "the file " + name + " can't be had", Why: b.Message, Kind: failure.BrokenFile,
		Do: "have it mended in openBIS and resume, or export with --leave-out-broken, which lists it as left out", Err: b,
	}
	if s.request().Strict {
		stop.Do = "have it mended in openBIS and resume, or export without --strict"
		return stop
	}
	if !s.request().LeaveOutBroken {
		s.run.gauge.waiting("an answer: leave out " + safetext.Line(r.Path) + "?")
		s.saveProgress()
		yes, err := s.run.ask(ctx, Question{
			Package: p.Name, Omission: o, Message: "The file " + name + " can't be had: " + b.Message + ". Leave it out?", Hint: stop.Do,
		})
		s.run.gauge.waiting("")
		if err != nil {
			return err
		}
		if !yes {
			return stop
		}
	}
	packer := s.depot.packer
	plan, err := packer.snap.Omit(snapshot.OmitRequest{DataSet: r.DataSet, Path: r.Path, Reason: b.Reason, Message: b.Message}, s.confirmed)
	if err != nil {
		return failure.Wrap("the file "+name+" can't be left out", err)
	}
	s.h.File.Plan = plan
	s.archive.needs = nil
	if err := s.h.Save(); err != nil {
		return err
	}
	if err := s.add(job.Omitted{Package: p.Name, Omission: &o}); err != nil {
		return err
	}
	s.run.emit(FileLeftOut{Package: p.Name, Omission: o})
	s.run.emit(PlanChanged{plan})
	// Packages that name what is in the others have changed as well, so what
	// the draft has is compared with the new plan.
	if err := s.depot.announce(ctx); err != nil {
		return err
	}
	s.run.gauge.plan(plan, s.confirmed)
	return nil
}

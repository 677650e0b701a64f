package export

import (
	"context"
	"fmt"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/safetext"
)

// leaveOut handles a file that can't be had: left out if that was asked for or
// is answered so, otherwise the end of the run.
func (t *transfer) leaveOut(ctx context.Context, p Package, b *brokenFile) error {
	r := b.Ref
	name := fmt.Sprintf("%s of data set %s", safetext.Line(r.File.Path), r.DataSet)
	o := Omission{
		Entity: openbis.Ref{Kind: openbis.KindDataSet, PermID: r.DataSet, Identifier: r.DataSet, Code: r.DataSet},
		File:   r.File.Path, Reason: b.Reason, Message: b.Message,
	}
	stop := &failure.Error{
		What: "the file " + name + " can't be had", Why: b.Message, Kind: failure.BrokenFile,
		Do: "have it mended in openBIS and resume, or export with --leave-out-broken, which lists it as left out", Err: b,
	}
	if t.req.Strict {
		stop.Do = "have it mended in openBIS and resume, or export without --strict"
		return stop
	}
	if !t.req.LeaveOutBroken {
		t.run.gauge.waiting("an answer: leave out " + safetext.Line(r.File.Path) + "?")
		t.saveProgress()
		yes, err := t.run.ask(ctx, Event{
			Kind: EventQuestion, Job: t.id, Time: t.o.Now(), Package: p.Name, Omission: &o, Err: stop,
			Message: "The file " + name + " can't be had: " + b.Message + ". Leave it out?", Hint: stop.Do,
		})
		t.run.gauge.waiting("")
		if err != nil {
			return err
		}
		if !yes {
			return stop
		}
	}
	plan, err := t.snap.Omit(OmitRequest{DataSet: r.DataSet, Path: r.File.Path, Reason: b.Reason, Message: b.Message}, t.confirmed)
	if err != nil {
		return failure.Wrap("the file "+name+" can't be left out", err)
	}
	t.plan = plan
	t.needs = nil
	if err := t.writePlan(); err != nil {
		return err
	}
	if err := t.j.add(stepOmitted, func(e *entry) { e.Package, e.Omission = p.Name, &o }); err != nil {
		return err
	}
	t.emit(Event{Kind: EventOmitted, Package: p.Name, Omission: &o, Message: b.Message})
	t.emit(Event{Kind: EventPlan, Plan: plan})
	// Packages that name what is in the others have changed as well, so what
	// the draft has is compared with the new plan.
	if err := t.announce(ctx); err != nil {
		return err
	}
	t.run.gauge.plan(plan, t.confirmed)
	return nil
}

package command

import (
	"context"
	"errors"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/flow"
	"zenobis/handoff"
	"zenobis/safetext"
	"zenobis/session"
)

// transfer starts or goes on with an export and tells what happens until its end.
func (r *invocation) transfer(ctx context.Context, eng *export.Engine, id string, e runFlags) error {
	if n := r.HostNote; n != "" {
		r.out.note("%s", n)
	}
	r.sending.Store(true)
	defer r.sending.Store(false)
	going, err := eng.Start(ctx, id)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, going.Stop)
	defer stop()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	events := going.Events()
	for events != nil {
		select {
		case ev, ok := <-events:
			if !ok {
				events = nil
				break
			}
			r.tell(id, going, ev, e)
		case <-ticker.C:
			r.sample(id, going.Progress())
			ticker.Reset(time.Second) // a slow reader never gets two in a second
		}
	}
	err = going.Wait()
	job, jobErr := eng.Job(id)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			err = errors.Join(failure.Interrupted, err)
		}
		return err
	}
	if jobErr != nil {
		return jobErr
	}
	bytes := int64(0)
	if job.Plan != nil {
		bytes = job.Plan.Bytes
	}
	r.out.event("done", doneEvent{id, word(job.RecordID), word(job.URL), word(job.DOI), &bytes, leftOut(job)})
	if text := session.LeftOutText(job); text != "" {
		r.out.note("Left out: %s.", text)
	}
	r.out.note("The draft is complete. Look it over in the browser and publish it there; then zenobis sync records it in openBIS.")
	if e.open {
		r.show(job)
	}
	if e.wait {
		if err := r.wait(ctx, eng, id); err != nil {
			return err
		}
	}
	r.out.endLine()
	if !r.out.json {
		r.out.say("%s", job.URL)
	}
	return nil
}

// show opens a draft's page in a browser; a server can't make us open anything else.
func (r *invocation) show(job export.Job) {
	if err := handoff.Check(job.URL, job.Zenodo); err != nil {
		r.out.note("Not opened: %s.", safetext.Line(err.Error()))
	} else if ok, why := r.OpenPage(job.URL); !ok {
		r.out.note("Not opened: %s.", why)
	}
}

// sample prints where an export is, at most once a second.
func (r *invocation) sample(id string, p export.Progress) {
	if p.Stage == "planning" {
		return
	}
	current := ""
	for _, k := range p.Packages {
		if !k.Done {
			current = k.Name
			break
		}
	}
	r.out.event("progress", progressEvent{id, p.Bytes, p.Total, current, p.Stage, word(p.Waiting)})
	r.out.progress(p)
}

// tell prints an event and answers questions: nobody is there to be asked, so
// a file that can't be had ends the export, unless it may be left out.
func (r *invocation) tell(id string, going *export.Run, ev export.Event, e runFlags) {
	switch ev := ev.(type) {
	case export.PlanChanged:
		r.showPlan(id, ev.Plan, false)
	case export.DraftReady:
		r.out.event("draft", draftEvent{id, word(ev.ID), word(ev.URL), word(ev.DOI)})
		r.out.note("%s", flow.EventText(ev))
	case export.PackageUploaded:
		r.out.event("uploaded", uploadedEvent{id, ev.Package, ev.Bytes, ev.MD5})
		r.out.note("%s", flow.EventText(ev))
	case export.Retried:
		r.out.event("retry", retryEvent{id, ev.Package, ev.Attempt, ev.Message})
		r.out.note("%s", flow.EventText(ev))
	case export.FileLeftOut:
		o := ev.Omission
		r.out.event("omitted", omittedEvent{id, omittedOf(o)})
		r.out.note("Left out: %s", safetext.Line(omittedName(o)+": "+o.Message))
	case export.Waiting:
		r.out.event("waiting", waitingEvent{id, ev.Message})
		r.out.waiting(ev.Message)
	case export.Noted:
		r.out.note("%s", safetext.Line(ev.Message))
	case export.Question:
		going.LeaveOut(e.leaveOutBroken) // the error, or what is left out, says what it was about
	}
}

// wait stays until an export is settled.
func (r *invocation) wait(ctx context.Context, eng *export.Engine, id string) error {
	r.out.note("Waiting until the draft is published.")
	err := eng.Watch(ctx, id, export.WatchEvery, r.showJob) // a command is no demo: a server on this machine may be a tunnel
	if err != nil && ctx.Err() != nil {
		return &failure.Error{
			Kind: failure.Interrupted, What: "the draft is complete; waiting for its publication was interrupted",
			Do: "publish it, then zenobis sync registers it in openBIS",
		}
	}
	return err
}

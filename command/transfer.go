package command

import (
	"context"
	"errors"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/handoff"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

// resume goes on with an interrupted export.
func (c *run) resume(ctx context.Context) (string, error) {
	id := ""
	if len(c.inv.Args) > 0 {
		id = c.inv.Args[0]
	}
	job, err := c.resumable(id)
	if err != nil || job.ID == "" {
		if err == nil {
			c.out.note("There is no interrupted export.")
		}
		return id, err
	}
	s, err := c.open(ctx, job.OpenBIS)
	if err != nil {
		return job.ID, err
	}
	defer s.Close(ctx)
	eng, err := c.sender(ctx, s)
	if err != nil {
		return job.ID, err
	}
	if job.Plan != nil {
		c.showPlan(job.ID, job.Plan, false)
	}
	return job.ID, c.transfer(ctx, eng, job.ID)
}

// resumable finds the export to go on with: the named one, or the newest. A
// named one must belong to the configured Zenodo, since the token does.
func (c *run) resumable(id string) (export.Job, error) {
	eng := c.local()
	if id != "" {
		job, err := eng.Job(id)
		if err != nil {
			return job, err
		}
		if !job.Resumable {
			c.out.note("There is nothing to resume: %s is %s.", job.ID, job.State)
			return export.Job{}, nil
		}
		return job, c.Settings.TargetOf(job)
	}
	jobs, err := eng.Jobs()
	for _, j := range jobs { // newest first
		if j.Resumable && !j.Running {
			return j, c.Settings.TargetOf(j)
		}
	}
	return export.Job{}, err
}

// transfer starts or goes on with an export and tells what happens until its end.
func (c *run) transfer(ctx context.Context, eng *export.Engine, id string) error {
	if n := c.Settings.HostNote; n != "" {
		c.out.note("%s", n)
	}
	r, err := eng.Start(ctx, id)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, r.Stop)
	defer stop()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	events := r.Events()
	for events != nil {
		select {
		case ev, ok := <-events:
			if !ok {
				events = nil
				break
			}
			c.tell(r, ev)
		case <-ticker.C:
			c.sample(id, r.Progress())
			ticker.Reset(time.Second) // a slow reader never gets two in a second
		}
	}
	err = r.Wait()
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
	c.out.event("done", "job", id, "id", job.RecordID, "url", job.URL, "doi", orNull(job.DOI), "bytes", bytes)
	c.out.note("The draft is complete. Look it over in the browser and publish it there; then zenobis sync records it in openBIS.")
	if c.inv.Export.Open {
		c.show(job)
	}
	if c.inv.Export.Wait {
		if err := c.wait(ctx, eng, id); err != nil {
			return err
		}
	}
	c.out.endLine()
	if !c.inv.JSON {
		c.out.say("%s", job.URL)
	}
	return nil
}

// show opens a draft's page in a browser; a server can't make us open anything else.
func (c *run) show(job export.Job) {
	if err := handoff.Check(job.URL, job.Zenodo); err != nil {
		c.out.note("Not opened: %s.", safetext.Line(err.Error()))
	} else if ok, why := c.Settings.OpenPage(job.URL); !ok {
		c.out.note("Not opened: %s.", why)
	}
}

// sample prints where an export is, at most once a second.
func (c *run) sample(id string, p export.Progress) {
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
	c.out.event("progress", "job", id, "bytes", p.Bytes, "total", p.Total, "package", current, "stage", p.Stage, "waiting", orNull(p.Waiting))
	c.out.progress(p)
}

// tell prints an event and answers questions: nobody is there to be asked, so
// a file that can't be had ends the export, unless it may be left out.
func (c *run) tell(r *export.Run, ev export.Event) {
	switch ev.Kind {
	case export.EventPlan:
		if ev.Plan != nil {
			c.showPlan(ev.Job, ev.Plan, false)
		}
	case export.EventDraft:
		c.out.event("draft", "job", ev.Job, "id", ev.RecordID, "url", ev.URL, "doi", orNull(ev.DOI))
		c.out.note("Draft %s", ev.URL)
	case export.EventUploaded:
		c.out.event("uploaded", "job", ev.Job, "package", ev.Package, "bytes", ev.Bytes, "md5", ev.MD5)
		c.out.note("%s is there, %s, verified", ev.Package, human.Bytes(ev.Bytes))
	case export.EventRetry:
		c.out.event("retry", "job", ev.Job, "package", ev.Package, "attempt", ev.Attempt, "message", ev.Message)
		c.out.note("Trying again (%d): %s", ev.Attempt, safetext.Line(ev.Message))
	case export.EventOmitted:
		o := ev.Omission
		c.out.event("omitted", "job", ev.Job, "entity", omittedEntity(*o), "file", o.File, "reason", o.Reason, "message", o.Message)
		c.out.note("Left out: %s", safetext.Line(omittedName(*o)+": "+o.Message))
	case export.EventWaiting:
		c.out.event("waiting", "job", ev.Job, "message", ev.Message)
		c.out.note("Waiting: %s", safetext.Line(ev.Message))
	case export.EventNote:
		c.out.note("%s", safetext.Line(ev.Message))
	case export.EventQuestion:
		r.LeaveOut(c.inv.Export.LeaveOutBroken) // the error, or what is left out, says what it was about
	}
}

// wait stays until an export is settled.
func (c *run) wait(ctx context.Context, eng *export.Engine, id string) error {
	c.out.note("Waiting until the draft is published.")
	err := eng.Watch(ctx, id, 15*time.Second, func(j export.Job) { c.jobEvent(j) })
	if err != nil && ctx.Err() != nil {
		return &failure.Error{
			Kind: failure.Interrupted, What: "the draft is complete; waiting for its publication was interrupted",
			Do: "publish it, then zenobis sync registers it in openBIS",
		}
	}
	return err
}

// discard deletes the draft of an export.
func (c *run) discard(ctx context.Context) (string, error) {
	id := c.inv.Args[0]
	job, err := c.local().Job(id)
	if err != nil {
		return id, err
	}
	if err := c.Settings.TargetOf(job); err != nil {
		return id, err
	}
	eng, done, err := c.discarder(ctx, job)
	if err != nil {
		return id, err
	}
	defer done()
	if err := eng.Discard(ctx, id); err != nil {
		return id, err
	}
	if job, err = eng.Job(id); err != nil {
		return id, err
	}
	c.jobEvent(job)
	return id, nil
}

// discarder is the engine that deletes an export's draft; the caller calls done.
func (c *run) discarder(ctx context.Context, job export.Job) (eng *export.Engine, done func(), err error) {
	nothing := func() {}
	token, err := c.Settings.ZenodoToken(ctx, nil)
	switch {
	case err == nil && job.RecordID != "":
		z, err := c.Settings.CheckedZenodo(ctx, token)
		if err != nil {
			return nil, nil, err
		}
		return c.Settings.Engine(z), nothing, nil
	case err != nil && job.RecordID != "":
		s, err := c.open(ctx, job.OpenBIS)
		if errors.Is(err, session.ErrNoLogin) {
			return nil, nil, session.ErrNoToken // the login was only for the token in the profile
		} else if err != nil {
			return nil, nil, err
		}
		if eng, err = c.sender(ctx, s); err != nil {
			s.Close(ctx)
			return nil, nil, err
		}
		return eng, func() { s.Close(ctx) }, nil
	case err != nil && !errors.Is(err, session.ErrNoToken):
		return nil, nil, err
	}
	// A draft may have been made without anybody having heard of it.
	z, err := c.Settings.Zenodo(token.Value)
	if err != nil {
		return nil, nil, err
	}
	return c.Settings.Engine(z), nothing, nil
}

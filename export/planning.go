package export

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/plan"
	"zenobis/export/snapshot"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/wire"
)

// Plan resolves a request. A dry one keeps nothing; otherwise the plan is a job
// that Start sends and Discard drops. A plan that can't be sent (above a limit,
// strict and incomplete, with findings nobody accepted) comes together with its
// error, so that it can be shown; no job is kept then.
func (e *Engine) Plan(ctx context.Context, req Request, dry bool, progress func(stage string, n int)) (Job, *Plan, error) {
	ctx = wire.Patient(ctx)
	if e.o.OpenBIS == nil || e.o.Zenodo == nil {
		return Job{}, nil, &failure.Error{Kind: failure.Configuration, What: "planning needs both openBIS and Zenodo"}
	}
	said, err := e.checked(ctx, req.Metadata, dry)
	if err != nil {
		return Job{}, nil, err
	}
	req.Metadata = said.Metadata
	former, err := e.former(ctx, &req)
	if err != nil {
		return Job{}, nil, err
	}
	e.store.Tidy()
	h, err := e.store.Begin(dry)
	if err != nil {
		return Job{}, nil, err
	}
	if progress == nil {
		progress = func(string, int) {}
	}
	p := e.planner(req, said.License)
	p.Progress = progress
	if former != nil {
		p.Follows = &former.Version
	}
	var made *Plan
	err = failure.Guard("plan", func() (err error) {
		made, err = p.Plan(ctx, req, h.Dir)
		return err
	})
	if err == nil {
		made.Notes = slices.Concat(made.Notes, said.Notes, said.Unchecked)
		if former != nil {
			made, err = e.follow(ctx, h, made, former, req)
		}
	}
	if err == nil {
		err = permitted(req, made, dry)
	}
	if err != nil {
		h.Drop()
		return Job{}, made, planFailure(ctx, err)
	}
	if dry {
		h.Drop()
		return Job{}, made, nil
	}
	if err := e.keep(h, made); err != nil {
		h.Drop()
		return Job{}, made, e.store.Unusable(err)
	}
	defer h.Close()
	return h.Job(), made, nil
}

func (e *Engine) planner(req Request, license record.License) *plan.Planner {
	me := e.o.OpenBIS.Session()
	known := []string{me.UserID, me.Person.Email}
	if u, err := url.Parse(e.o.OpenBIS.URL()); err == nil && !req.ShowSource {
		known = append(known, u.Hostname())
	}
	var catalog plan.Catalog = e.o.OpenBIS
	published := e.o.OpenBIS.Published
	if e.o.Memory != nil {
		catalog = e.o.Memory.Over(catalog, e.o.OpenBIS.URL(), me.UserID)
		published = func(ctx context.Context) (map[string]string, error) {
			return plan.Recall(catalog, func() (map[string]string, error) { return e.o.OpenBIS.Published(ctx) }, "published")
		}
	}
	return &plan.Planner{
		Catalog: catalog, Limits: e.o.Zenodo.Limits(), Version: e.o.Version, Now: e.o.Now().UTC(),
		Publisher: e.o.Publisher, PublisherURL: e.o.Zenodo.URL(),
		ExportedBy: me.Person.Name(), ExportedByID: me.UserID, SourceURL: e.o.OpenBIS.URL(),
		Known: known, License: license, PublishedBefore: e.publishedBefore(published), Sleep: e.o.Sleep, Render: e.o.Render,
	}
}

// permitted refuses a plan that the request does not want as it is.
func permitted(req Request, made *Plan, dry bool) error {
	if n := len(made.Omitted); req.Strict && n > 0 {
		o := made.Omitted[0]
		return failure.Refuse(human.Count(n, "entity or file", "entities or files")+" can't be exported",
			"the first is "+safetext.Quote(o.Entity.Label())+": "+o.Message, "leave out --strict, or select without them", nil)
	}
	if n := len(made.Removed); !dry && n > 0 && !req.AcceptRemovals {
		return failure.Refuse(human.Count(n, "file", "files")+" of the former version would be missing in the new one",
			"the first is "+safetext.Quote(made.Removed[0].Name), "look at them, then allow it (--accept-removals)", nil)
	}
	if n := len(made.Findings); !dry && n > 0 && !req.AcceptFindings {
		f := made.Findings[0]
		x := failure.Refuse(human.Count(n, "private detail was", "private details were")+" found in what would be published",
			"the first is "+safetext.Quote(f.Sample)+" in "+safetext.Quote(f.Where),
			"look at them, then change them in openBIS, leave the entities out, or accept them (--accept-findings)", nil)
		x.Kind = failure.Findings
		return x
	}
	return nil
}

// planFailure gives an error of planning its exit status.
func planFailure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &failure.Error{Kind: failure.Interrupted, What: "planning was interrupted", Err: err}
	}
	var f *failure.Error
	if errors.As(err, &f) {
		return err
	}
	err = disk.Full(err)
	switch {
	case errors.Is(err, disk.ErrFull):
		return failure.Refuse("the plan does not fit into the state directory", failure.Text(err),
			"free space there, or choose another with --state-dir", err)
	case errors.Is(err, selection.ErrSyntax), errors.Is(err, plan.ErrRequest):
		return &failure.Error{Kind: failure.Usage, What: failure.Text(err), Err: err}
	case errors.Is(err, plan.ErrLimit):
		x := failure.Refuse(failure.Text(err), "", "", err)
		x.Kind = failure.Limits
		var l *plan.LimitError
		if errors.As(err, &l) {
			x.Do = l.Hint
		}
		return x
	case errors.Is(err, selection.ErrUnknown), errors.Is(err, plan.ErrNothing):
		return failure.Refuse(failure.Text(err), "", "", err)
	}
	err = failure.Wrap("the export can't be planned", err)
	if errors.As(err, &f) && f.Kind == failure.Login {
		f.Do = "log in to openBIS again"
	}
	return err
}

// keep makes a job of a plan.
func (e *Engine) keep(h *job.Handle, made *Plan) error {
	snap, err := snapshot.Open(h.Dir)
	if err != nil {
		return err
	}
	defer snap.Close()
	related, err := relatedOf(snap)
	if err != nil {
		return err
	}
	return h.Keep(job.File{
		Created: e.o.Now().UTC(), Program: e.o.Version, OpenBIS: e.o.OpenBIS.URL(), Zenodo: e.o.Zenodo.URL(),
		Kind: e.o.Zenodo.Kind(), Publisher: e.o.Publisher, Request: snap.Request(), Plan: made,
	}, related)
}

// relatedMost is how many objects and collections are named in a registration.
const relatedMost = 2000

// relatedOf are the permIds of what a snapshot stands for, each once.
func relatedOf(snap *snapshot.Snapshot) ([]string, error) {
	var related []string
	seen := map[string]bool{}
	add := func(ref openbis.Ref) {
		// A space has no permId of its own, only its code.
		if ref.Kind == openbis.KindSpace || ref.PermID == "" || seen[ref.PermID] || strings.ContainsAny(ref.PermID, "/,") {
			return
		}
		seen[ref.PermID] = true
		related = append(related, ref.PermID)
	}
	for _, root := range snap.Plan().Roots {
		add(root)
	}
	others := 0
	err := snap.Entities(func(e openbis.Entity) error {
		switch e.Kind {
		case openbis.KindDataSet:
			add(e.Ref)
		case openbis.KindObject, openbis.KindCollection:
			if others++; others <= relatedMost {
				add(e.Ref)
			}
		}
		return nil
	})
	return related, err
}

// publishedBefore knows under which DOI an entity was published before: by an
// earlier export of the same openBIS, else as its publications say. An openBIS that
// refuses to tell has none for this user; one that does not answer ends the plan.
func (e *Engine) publishedBefore(ask func(context.Context) (map[string]string, error)) func(context.Context) (map[string]string, error) {
	return func(ctx context.Context) (map[string]string, error) {
		known, err := ask(ctx)
		if err != nil && (ctx.Err() != nil || openbis.NoVerdict(err)) {
			return nil, err
		}
		if err != nil {
			e.o.Log.Warn("earlier publications not read", "error", failure.Text(err))
			known = map[string]string{}
		}
		own := map[string]bool{} // what the exports have said
		jobs, err := e.Jobs()
		if err != nil {
			e.o.Log.Warn("earlier exports not read", "error", failure.Text(err))
		}
		for _, j := range jobs {
			if j.OpenBIS != e.o.OpenBIS.URL() || j.DOI == "" || !j.State.Public() {
				continue
			}
			related, err := job.ReadRelated(ctx, j.Dir, j.Plan, j.Lacking)
			if err != nil {
				continue // an export that says nothing of what it was
			}
			for _, id := range related {
				if !own[id] { // the newest
					known[id], own[id] = j.DOI, true
				}
			}
		}
		return known, nil
	}
}

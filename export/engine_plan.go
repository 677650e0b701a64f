package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
)

// Plan resolves a request. A dry one keeps nothing; otherwise the plan is a job
// that Start sends and Discard drops. A plan that can't be sent (above a limit,
// strict and incomplete, with findings nobody accepted) comes together with its
// error, so that it can be shown; no job is kept then.
func (e *Engine) Plan(ctx context.Context, req Request, dry bool, progress func(stage string, n int)) (Job, *Plan, error) {
	if e.o.OpenBIS == nil || e.o.Zenodo == nil {
		return Job{}, nil, &failure.Error{What: "planning needs both openBIS and Zenodo", Kind: failure.Configuration}
	}
	said, err := e.checked(ctx, req.Metadata, dry)
	if err != nil {
		return Job{}, nil, err
	}
	req.Metadata = said.Metadata
	e.tidy()
	id := newID(e.o.Now())
	if dry {
		id = "." + id // listed nowhere
	}
	dir, err := e.newDir(id)
	if err != nil {
		return Job{}, nil, err
	}
	keep := false
	defer func() {
		if !keep {
			_ = os.RemoveAll(dir) // what stays is tidied up before the next plan
		}
	}()
	k, err := e.locks(dir).take() // so that nobody tidies it up
	if err != nil {
		return Job{}, nil, e.stateFailure(err)
	}
	defer k.release()
	if err := needSpace(dir, 0); err != nil {
		return Job{}, nil, e.stateFailure(err)
	}
	if progress == nil {
		progress = func(string, int) {}
	}
	p := e.planner(req, said.License)
	p.Progress = progress
	var plan *Plan
	err = guarded("plan", func() (err error) {
		plan, err = p.Plan(ctx, req, dir)
		return err
	})
	if err == nil && plan != nil {
		err = permitted(req, plan, dry)
	}
	if err != nil {
		return Job{}, plan, planFailure(ctx, err)
	}
	if dry {
		return Job{}, plan, nil
	}
	job, err := e.keep(dir, id, plan)
	if err != nil {
		return Job{}, plan, e.stateFailure(err)
	}
	keep = true
	return job, plan, nil
}

func (e *Engine) planner(req Request, license record.License) *Planner {
	me := e.o.OpenBIS.Session()
	known := []string{me.UserID, me.Person.Email}
	if u, err := url.Parse(e.o.OpenBIS.URL()); err == nil && !req.ShowSource {
		known = append(known, u.Hostname())
	}
	return &Planner{
		Catalog: e.o.OpenBIS, Limits: e.o.Zenodo.Limits(), Version: e.o.Version, Now: e.o.Now().UTC(),
		Publisher: e.o.Publisher, PublisherURL: e.o.Zenodo.URL(), ExportedBy: me.Person.Name(), SourceURL: e.o.OpenBIS.URL(),
		Known: known, License: license, PublishedBefore: e.publishedBefore(), Sleep: e.o.Sleep,
	}
}

// permitted refuses a plan that the request does not want as it is.
func permitted(req Request, plan *Plan, dry bool) error {
	if n := len(plan.Omitted); req.Strict && n > 0 {
		o := plan.Omitted[0]
		return failure.Refuse(fmt.Sprintf("%d entities or files can't be exported", n), "the first is "+safetext.Quote(o.Entity.Label())+": "+o.Message,
			"leave out --strict, or select without them", nil)
	}
	if n := len(plan.Findings); !dry && n > 0 && !req.AcceptFindings {
		f := plan.Findings[0]
		x := failure.Refuse(fmt.Sprintf("%d private details were found in what would be published", n), "the first is "+safetext.Quote(f.Sample)+" in "+safetext.Quote(f.Where),
			"look at them, then change them in openBIS, leave the entities out, or accept them (--accept-findings)", nil)
		x.Kind = failure.Findings
		return x
	}
	return nil
}

// planFailure gives an error of planning its exit status.
func planFailure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &failure.Error{What: "planning was interrupted", Kind: failure.Interrupted, Err: err}
	}
	var f *failure.Error
	if errors.As(err, &f) {
		return err
	}
	err = diskError(err)
	switch {
	case errors.Is(err, failure.ErrNoSpace):
		return failure.Refuse("the plan does not fit into the state directory", failure.Text(err), "free space there, or choose another with --state-dir", err)
	case errors.Is(err, selection.ErrSyntax), errors.Is(err, ErrRequest):
		return &failure.Error{What: failure.Text(err), Kind: failure.Usage, Err: err}
	case errors.Is(err, ErrLimit):
		x := failure.Refuse(failure.Text(err), "", "", err)
		x.Kind = failure.Limits
		var l *LimitError
		if errors.As(err, &l) {
			x.Do = l.Hint
		}
		return x
	case errors.Is(err, selection.ErrUnknown), errors.Is(err, ErrNothing):
		return failure.Refuse(failure.Text(err), "", "", err)
	}
	err = failure.Wrap("the export can't be planned", err)
	if errors.As(err, &f) && f.Kind == failure.Login {
		f.Do = "log in to openBIS again"
	}
	return err
}

// keep makes a job of a plan.
func (e *Engine) keep(dir, id string, plan *Plan) (Job, error) {
	snap, err := OpenSnapshot(dir)
	if err != nil {
		return Job{}, err
	}
	defer snap.Close()
	if err := writeRelated(dir, snap); err != nil {
		return Job{}, err
	}
	jf := jobFile{
		ID: id, Created: e.o.Now().UTC(), Program: e.o.Version, OpenBIS: e.o.OpenBIS.URL(), Zenodo: e.o.Zenodo.URL(),
		Kind: e.o.Zenodo.Kind(), Publisher: e.o.Publisher, Request: snap.Request(), Plan: plan,
	}
	j, err := openJournal(dir, func() entry { return entry{Time: e.o.Now().UTC()} }, e.o.Step)
	if err != nil {
		return Job{}, err
	}
	defer j.close()
	if err := j.add(stepPlanned, func(x *entry) { x.Bytes = plan.Bytes }); err != nil {
		return Job{}, err
	}
	if err := writeJobFile(dir, jf); err != nil { // last: a folder without it is no job
		return Job{}, err
	}
	return e.fill(dir, jf, j.look(), false), nil
}

// tidy removes what dead planning has left, and plans that were dropped.
func (e *Engine) tidy() {
	names, err := os.ReadDir(e.jobsDir())
	if err != nil {
		return
	}
	for _, n := range names {
		dir := filepath.Join(e.jobsDir(), n.Name())
		if !n.IsDir() || !jobID.MatchString(strings.TrimPrefix(n.Name(), ".")) || e.locks(dir).live() {
			continue
		}
		_, noJob := os.Stat(filepath.Join(dir, jobName))
		info, err := n.Info()
		young := err != nil || e.o.Now().Sub(info.ModTime()) < staleAfter // perhaps its lock is just being made
		st, err := readJournal(filepath.Join(dir, journalName))
		if noJob != nil && !young || noJob == nil && err == nil && st.Discarded && !st.Started {
			_ = os.RemoveAll(dir) // tried again next time
		}
	}
}

// related.json says which entities of openBIS an export stands for; it stays
// with the job, for the registration and for later plans.
type relatedFile struct {
	Related []string `json:"related"` // permIds of roots, data sets, objects and collections, each once
}

// relatedMost is how many objects and collections are named in a registration.
const relatedMost = 2000

func writeRelated(dir string, snap *Snapshot) error {
	var r relatedFile
	seen := map[string]bool{}
	add := func(ref openbis.Ref) {
		// A space has no permId of its own, only its code.
		if ref.Kind == openbis.KindSpace || ref.PermID == "" || seen[ref.PermID] || strings.ContainsAny(ref.PermID, "/,") {
			return
		}
		seen[ref.PermID] = true
		r.Related = append(r.Related, ref.PermID)
	}
	for _, root := range snap.Plan().Roots {
		add(root)
	}
	others := 0
	err := refs(snap, func(ref openbis.Ref) error {
		switch ref.Kind {
		case openbis.KindDataSet:
			add(ref)
		case openbis.KindObject, openbis.KindCollection:
			if others++; others <= relatedMost {
				add(ref)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, relatedName), data, true)
}

func readRelated(dir string) (relatedFile, error) {
	var r relatedFile
	data, err := os.ReadFile(filepath.Join(dir, relatedName))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read what the export stands for: %w", err)
	}
	return r, nil
}

// publishedBefore knows under which DOI an entity was published by an earlier
// export of the same openBIS. The jobs are read at the first question.
func (e *Engine) publishedBefore() func(permID string) (string, bool) {
	var known map[string]string
	return func(permID string) (string, bool) {
		if known == nil {
			known = map[string]string{}
			jobs, err := e.Jobs()
			if err != nil {
				e.o.Log.Warn("earlier exports not read", "error", failure.Text(err))
			}
			for _, j := range jobs {
				if j.OpenBIS != e.o.OpenBIS.URL() || j.DOI == "" || j.State != StatePublished && j.State != StateRegistered {
					continue
				}
				r, err := readRelated(j.Dir)
				if err != nil {
					continue // an export that says nothing of what it was
				}
				for _, id := range r.Related {
					if _, ok := known[id]; !ok { // the newest
						known[id] = j.DOI
					}
				}
			}
		}
		doi, ok := known[permID]
		return doi, ok
	}
}

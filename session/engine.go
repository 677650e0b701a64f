package session

import (
	"context"
	"errors"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/wire"
	"zenobis/zenodo"
)

// Engine returns the engine without a login: it lists exports, and looks at
// drafts with z, which may be nil.
func (s *Settings) Engine(z *zenodo.Client) *export.Engine { return s.engine(nil, z, nil) }

// engine returns the engine over what there is; either client may be nil.
func (s *Settings) engine(c *openbis.Client, z *zenodo.Client, m *export.Memory) *export.Engine {
	o := export.Options{
		StateDir: s.Config.StateDir, Publisher: s.Config.Zenodo.Name, Version: s.Version, Log: s.Log, TakeLock: s.TakeLock, Memory: m,
		Now: s.Now, Sleep: s.Sleep, Waiting: s.Waits.budget,
		Allowed: record.Allowed{Licenses: s.Config.Site.Licenses, Communities: s.Config.Site.Communities},
	}
	if c != nil {
		o.OpenBIS = c
	}
	if z != nil {
		o.Zenodo = z
	}
	e := export.New(o)
	if c != nil && z != nil { // only such an engine sends anything
		s.Waits.Listen(e.NoteWait)
	}
	return e
}

// looker is the engine without a login, looking at the configured Zenodo.
func (s *Settings) looker(ctx context.Context) (*export.Engine, error) {
	z, err := s.Looker(ctx, "")
	if err != nil {
		return nil, err
	}
	return s.Engine(z), nil
}

// Jobs are the exports known on this machine, newest first.
func (s *Settings) Jobs(ctx context.Context) ([]export.Job, error) {
	e, err := s.looker(ctx)
	if err != nil {
		return nil, err
	}
	return e.Jobs()
}

// Sync looks at one export, or at all with "". Without a login nothing is registered.
func (s *Settings) Sync(ctx context.Context, id string) ([]export.Job, error) {
	e, err := s.looker(ctx)
	if err != nil {
		return nil, err
	}
	return e.Sync(ctx, id)
}

// Discard deletes the draft of an export with the token that is at hand without a login.
func (s *Settings) Discard(ctx context.Context, id string) error {
	token, err := s.ZenodoToken(ctx, nil)
	if err != nil && !errors.Is(err, ErrNoToken) {
		return err
	}
	z, err := s.Zenodo(token.Value)
	if err != nil {
		return err
	}
	return s.Engine(z).Discard(ctx, id)
}

// Orphans are the user's drafts that no export needs any more; none without a token.
func (s *Session) Orphans(ctx context.Context) ([]export.Orphan, error) {
	e, err := s.Engine()
	if errors.Is(err, errNoTokenYet) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return e.Orphans(ctx)
}

// DiscardOrphan deletes a draft that no export needs.
func (s *Session) DiscardOrphan(ctx context.Context, draft string) error {
	e, err := s.Engine()
	if err != nil {
		return err
	}
	return e.DiscardOrphan(ctx, draft)
}

// EngineWith returns the engine over this session and a Zenodo client.
func (s *Session) EngineWith(z *zenodo.Client) *export.Engine {
	return s.settings.engine(s.Client, z, s.memory)
}

// Engine returns the one engine that runs exports, with the token in use.
// zenodo.ErrToken before one was found or typed.
func (s *Session) Engine() (*export.Engine, error) {
	z, err := s.deposit()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil || s.runsWith != z {
		s.runs, s.runsWith = s.EngineWith(z), z
	}
	return s.runs, nil
}

// keeper is the engine with everything this session may: the token that was
// typed in it, and the login that registering needs.
func (s *Session) keeper(ctx context.Context) (*export.Engine, error) {
	if e, err := s.Engine(); err == nil {
		return e, nil
	}
	z, err := s.settings.Looker(ctx, "")
	if err != nil {
		return nil, err
	}
	return s.EngineWith(z), nil
}

// Jobs are the exports known on this machine, newest first.
func (s *Session) Jobs(ctx context.Context) ([]export.Job, error) { return s.settings.Jobs(ctx) }

// Sync looks at one export, or at all with "", and registers what was published.
func (s *Session) Sync(ctx context.Context, id string) ([]export.Job, error) {
	e, err := s.keeper(ctx)
	if err != nil {
		return nil, err
	}
	return e.Sync(ctx, id)
}

// Discard deletes the draft of an export.
func (s *Session) Discard(ctx context.Context, id string) error {
	e, err := s.keeper(ctx)
	if err != nil {
		return err
	}
	return e.Discard(ctx, id)
}

// Plan resolves a request. Dry keeps nothing; otherwise the plan is a job that
// Start takes and Discard drops. A plan above a limit comes together with its
// *export.LimitError, so that it can be shown.
func (s *Session) Plan(ctx context.Context, r export.Request, dry bool, progress func(string, int)) (export.Job, *export.Plan, error) {
	ctx = wire.Patient(ctx)
	e, err := s.Engine()
	if errors.Is(err, errNoTokenYet) && dry { // nothing is created, so no token is needed
		var z *zenodo.Client
		if z, err = s.settings.Zenodo(""); err == nil {
			e = s.EngineWith(z)
		}
	}
	if err != nil {
		return export.Job{}, nil, err
	}
	if err := s.settings.keepsLocks(r); err != nil {
		return export.Job{}, nil, err
	}
	notice := ""
	if r.Groups, notice, err = s.chooseGroups(ctx, r); err != nil {
		return export.Job{}, nil, err
	}
	job, plan, err := e.Plan(ctx, r, dry, progress)
	if plan != nil && notice != "" {
		plan.Notes = append(plan.Notes, notice)
	}
	return job, plan, err
}

// ForgetAnswers lets the next plan ask openBIS for everything anew.
func (s *Session) ForgetAnswers() {
	s.mu.Lock()
	s.spaces, s.may = nil, nil
	s.mu.Unlock()
	if s.memory != nil {
		s.memory.Forget()
	}
}

// chooseGroups settles in whose lists the publication will be recorded.
func (s *Session) chooseGroups(ctx context.Context, r export.Request) (names []string, notice string, err error) {
	groups, err := s.groups(ctx)
	if err != nil {
		return nil, "", err
	}
	var spaces []string
	if len(r.Groups) == 0 && groups.Several() {
		if spaces, err = s.SpacesOf(ctx, r.Selection); err != nil {
			return nil, "", err
		}
	}
	if names, notice, err = groups.Choose(r.Groups, spaces); err != nil {
		return nil, "", err
	}
	more, err := s.recordable(ctx, groups, names)
	return names, strings.TrimSpace(notice + " " + more), err
}

// Start starts an export or resumes it. The run outlives ctx only as far as the
// engine says: give it the program's context, not a screen's. An export on which
// another instance works is shown live and can be stopped.
func (s *Session) Start(ctx context.Context, id string) (Running, error) {
	e, err := s.Engine()
	if err != nil {
		return nil, err
	}
	s.ForgetAnswers()
	run, err := e.Start(ctx, id)
	if errors.Is(err, failure.Running) {
		if attached, e := e.Attach(ctx, id); e == nil {
			return attached, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return run, nil
}

// Watch looks at a draft until it is settled or ctx ends, and registers it when
// it was published; see gets every change of state.
func (s *Session) Watch(ctx context.Context, id string, every time.Duration, see func(export.Job)) error {
	e, err := s.Engine()
	if err != nil {
		return err
	}
	return e.Watch(ctx, id, every, see)
}

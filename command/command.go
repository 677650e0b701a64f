package command

import (
	"context"
	"errors"
	"strings"

	"zenobis/export"
	"zenobis/session"
)

// Runner runs commands.
type Runner struct {
	Settings *session.Settings
	Stdio    Stdio
}

// run is one command under way.
type run struct {
	*Runner
	inv *Invocation
	out *printer
	// planOnly is set once a dry run has shown its plan: no other event follows.
	planOnly bool
}

// Run runs a command and returns its exit status.
func (r *Runner) Run(ctx context.Context, inv *Invocation) int {
	c := &run{Runner: r, inv: inv, out: &printer{Stdio: r.Stdio, json: inv.JSON, quiet: inv.Quiet, now: r.Settings.Now}}
	do := map[string]func(context.Context) (job string, err error){
		"export": c.export, "resume": c.resume, "jobs": c.jobs, "sync": c.sync, "discard": c.discard,
		"ls": c.ls, "verify": c.verify, "doctor": c.doctor,
	}[inv.Name]
	job, err := do(ctx)
	c.out.endLine()
	if err != nil {
		return c.fail(job, err)
	}
	return session.StatusDone
}

// fail tells an error and returns the exit status. Only export and resume have
// something to resume.
func (c *run) fail(job string, err error) int {
	x := session.Explain(err)
	switch {
	case errors.Is(err, ErrUsage):
		x.Kind, x.Status = "usage", session.StatusUsage
	case job == "" || c.inv.Name != "export" && c.inv.Name != "resume":
		x.Resumable, x.Do = false, strings.TrimSuffix(x.Do, ", then resume")
	}
	if !c.planOnly {
		c.out.event("error", "job", job, "kind", x.Kind, "message", x.What, "hint", x.Do, "resumable", x.Resumable)
	}
	c.out.fail(job, x)
	return x.Status
}

// open opens a session with what is configured, for an export that came from
// address. The caller closes it.
func (c *run) open(ctx context.Context, address string) (*session.Session, error) {
	return c.Settings.ConnectTo(ctx, address)
}

// local is the engine without servers: it knows the exports of this machine.
func (c *run) local() *export.Engine { return c.Settings.Engine(nil) }

// sender returns the engine with a Zenodo token that the server has accepted.
func (c *run) sender(ctx context.Context, s *session.Session) (*export.Engine, error) {
	if _, err := s.FindToken(ctx); err != nil {
		return nil, err
	}
	return s.Engine()
}

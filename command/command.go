package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"zenobis/config"
	"zenobis/export"
	"zenobis/openbis"
	"zenobis/session"
	"zenobis/zenodo"
)

// Runner runs commands.
type Runner struct {
	Setup *session.Setup
	Stdio Stdio
	Now   func() time.Time
	// Open opens a page in a browser; it reports false and why where there is none.
	Open func(url string) (bool, string)
	// Notes are lines to show before anything is sent, such as what ends an
	// export when the login ends.
	Notes []string
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
	c := &run{Runner: r, inv: inv, out: &printer{Stdio: r.Stdio, json: inv.JSON, quiet: inv.Quiet, now: r.Now}}
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
	case c.inv.Name != "export" && c.inv.Name != "resume":
		x.Resumable, x.Do = false, strings.TrimSuffix(x.Do, ", then resume")
	}
	if !c.planOnly {
		c.out.event("error", "job", job, "kind", x.Kind, "message", x.What, "hint", x.Do, "resumable", x.Resumable)
	}
	c.out.fail(job, x)
	return x.Status
}

// openBIS returns a client with a session. The caller logs out. address is that
// of an export, "" for the configured one: a login goes to no server that it
// was not meant for.
func (c *run) openBIS(ctx context.Context, address string) (*openbis.Client, error) {
	client, err := c.Setup.OpenBIS("")
	if err != nil {
		return nil, err
	}
	if address != "" && address != client.URL() {
		return nil, &config.Error{Where: "openbis.url", What: fmt.Sprintf("the export came from %s, this run is set to %s: add --openbis %s", address, client.URL(), address)}
	}
	cr, err := c.Setup.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	if err := session.Login(ctx, client, cr); err != nil {
		return nil, fmt.Errorf("log in to %s: %w", client.URL(), err)
	}
	return client, nil
}

// logout ends a session that we opened, also when the command was interrupted.
func logout(ctx context.Context, client *openbis.Client) {
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	client.Logout(ctx) // the server ends it by itself if this is lost
}

// zenodo returns a client whose token the server has accepted.
func (c *run) zenodo(ctx context.Context, ob *openbis.Client) (*zenodo.Client, error) {
	token, err := c.Setup.ZenodoToken(ctx, ob)
	if err != nil {
		return nil, err
	}
	z, err := c.Setup.Zenodo(token.Value)
	if err != nil {
		return nil, err
	}
	if err := z.CheckToken(ctx); err != nil {
		return nil, fmt.Errorf("token for %s from %s: %w", config.Host(z.URL()), token.Source, err)
	}
	return z, nil
}

// engine returns the engine over what there is; either client may be nil.
func (c *run) engine(ob *openbis.Client, z *zenodo.Client) *export.Engine {
	return c.Setup.Engine(ob, z, c.renew(ob), c.inv.TakeLock)
}

// renew opens an expired session again, where a password was given for this run.
func (c *run) renew(ob *openbis.Client) func(context.Context) error {
	if ob == nil {
		return nil
	}
	return func(ctx context.Context) error {
		cr, err := c.Setup.Credentials(ctx)
		if err != nil {
			return err
		}
		if cr.Password == "" {
			return openbis.ErrSession // a token that was handed in can't be renewed
		}
		return session.Login(ctx, ob, cr)
	}
}

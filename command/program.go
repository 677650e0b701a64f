package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"

	"zenobis/config"
	"zenobis/export"
	"zenobis/handoff"
	"zenobis/session"
	"zenobis/wire"
)

// Program is the whole program: what it has from outside, and the front ends
// that ask questions.
type Program struct {
	In, Out, Err *os.File
	Env          func(string) string
	Environ      []string
	Site         string // the site's configuration file; "" for none
	Now          func() time.Time
	Sleep        func(ctx context.Context, d time.Duration) error // nil waits by the clock
	Screens      session.FrontEnd                                 // needs a terminal
	Questions    session.FrontEnd                                 // numbered, line by line
	// StartDemo starts the two built-in servers at the given addresses.
	StartDemo func(openbisListen, zenodoListen string) (Demo, error)
}

func (p Program) interactive() bool {
	return term.IsTerminal(int(p.In.Fd())) && term.IsTerminal(int(p.Out.Fd()))
}

// open reads the configuration and opens the log; the caller calls done.
func (c *call) open() (s *session.Settings, done func(), err error) {
	for name, v := range map[string]string{"openbis.url": c.openBIS, "zenodo.url": c.zenodo} {
		if v != "" {
			c.settings[name] = v
		}
	}
	conf, warnings, err := c.configuration()
	if err != nil {
		return nil, nil, err
	}
	log, closer, err := session.OpenLog(c.logFile, conf.StateDir, c.logLevel)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range warnings {
		fmt.Fprintln(c.Err, "zenobis: "+w)
	}
	_, note := handoff.Env{Getenv: c.Env}.Outlives("/")
	lines := &session.Lines{}
	return &session.Settings{
		Config: conf, Env: c.Env, Version: release, Log: log, Now: c.Now, Sleep: c.Sleep, HostNote: note,
		TakeLock: c.takeLock, Waits: session.NewWaits(c.Now), Lines: lines, ZenodoGiven: c.zenodo != "" || c.Env(config.EnvZenodo) != "",
	}, func() { lines.Close(); closer.Close() }, nil
}

// configuration reads it as the flags say.
func (c *call) configuration() (*config.Config, []string, error) {
	return config.Load(config.Options{
		Path: c.config, SitePath: c.Site, Profile: c.profile, StateDir: c.stateDir, CAFile: c.caFile, Flags: c.settings, Env: c.Env,
	})
}

// usable refuses flags of every command that name what is not there, also beside a
// command that would not look at it.
func (c *call) usable() error {
	if c.config != "" || c.profile != "" {
		if _, _, err := c.configuration(); err != nil {
			return err
		}
	}
	if c.caFile != "" {
		if _, err := wire.Client(wire.Options{CAFile: c.caFile}); err != nil {
			return fmt.Errorf("%w: --ca-file: %w", errUsage, err)
		}
	}
	if c.logFile != "" {
		if _, err := os.Stat(filepath.Dir(c.logFile)); err != nil {
			return fmt.Errorf("%w: --log-file: %w", errUsage, err)
		}
	}
	return nil
}

// invocation is one command under way, without a screen.
type invocation struct {
	*session.Settings
	out *printer
	// planOnly is set once a dry run has shown its plan: no other event follows.
	planOnly bool
	// sending is set while an export runs, which tells by itself what it waits for.
	sending atomic.Bool
	// resumes says that what fails here may be resumed.
	resumes bool
}

// do runs a command without a screen and keeps its exit status. It outlives its
// terminal: a hang-up and a reader that went away end no export.
func (c *call) do(ctx context.Context, work func(context.Context, *invocation) (job string, err error)) error {
	s, done, err := c.open()
	if err != nil {
		return err
	}
	defer done()
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx = wire.WithPatience(ctx)
	r := &invocation{Settings: s, out: c.printer()}
	s.Waits.Listen(r.waiting)
	job, err := work(ctx, r)
	r.out.endLine()
	if err == nil {
		err = r.out.unwritten()
		if r.resumes && errors.Is(err, syscall.EPIPE) {
			err = nil // the draft is the result, and it is complete
		}
	}
	if err != nil {
		c.status = r.fail(job, err)
	}
	return nil
}

// target points this run at the Zenodo of an export.
func (r *invocation) target(j export.Job) error {
	at, err := r.For(j)
	if err == nil {
		r.Settings = at
	}
	return err
}

// waiting tells what is waited for.
func (r *invocation) waiting(_ time.Duration, why string) {
	if !r.sending.Load() {
		r.out.waiting(why)
	}
}

// printer is the output of this call.
func (c *call) printer() *printer {
	p := &printer{Out: c.Out, Err: c.Err, json: c.json, quiet: c.quiet, now: c.Now}
	if fd := int(c.Err.Fd()); term.IsTerminal(fd) {
		p.tty = true
		p.width, _, _ = term.GetSize(fd)
	}
	return p
}

// incomplete reports whether something of an export is left to be sent.
func (r *invocation) incomplete(id string) bool {
	j, err := r.local().Job(id)
	return err == nil && j.Incomplete()
}

// fail tells an error and returns the exit status.
func (r *invocation) fail(job string, err error) int {
	x := session.Explain(err)
	resumable := job != "" && r.resumes && x.Kind.Resumable() && r.incomplete(job)
	if !r.planOnly {
		r.out.error(job, x, resumable)
	}
	r.out.failed(job, x, resumable)
	return x.Kind.ExitStatus()
}

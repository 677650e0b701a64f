package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"zenobis/config"
	"zenobis/session"
)

// Program is the whole program: what it has from outside, and the front ends
// that ask questions.
type Program struct {
	In, Out, Err *os.File
	Env          func(string) string
	Environ      []string
	Now          func() time.Time
	Screens      session.FrontEnd // needs a terminal
	Questions    session.FrontEnd // numbered, line by line
	// StartDemo starts the two built-in servers at the given addresses.
	StartDemo func(openbisListen, zenodoListen string) (Demo, error)
}

// Demo is a pair of running built-in servers.
type Demo struct {
	Line  []byte        // one JSON object that says where they are
	Login session.Login // what the first screen is filled with
	// Env points a run at the demo alone: no configuration, tokens or exports
	// of the user are read or changed.
	Env  func(string) string
	Stop func()
}

func (p Program) interactive() bool {
	return term.IsTerminal(int(p.In.Fd())) && term.IsTerminal(int(p.Out.Fd()))
}

// Run parses, loads the configuration, wires, chooses a front end, and returns
// the exit status.
func (p Program) Run(ctx context.Context, args []string) int {
	inv, err := Parse(args)
	if err != nil {
		var help *ErrHelp
		if errors.As(err, &help) {
			fmt.Fprint(p.Out, help.Text)
			return session.StatusDone
		}
		return usageError(p.Err, err)
	}
	switch {
	case inv.Name == "version":
		fmt.Fprintln(p.Out, versionText(inv.JSON))
		return session.StatusDone
	case inv.Name == "demo" && inv.Serve:
		return p.serveDemo(ctx, inv)
	case (inv.Name == "" || inv.Name == "demo") && !p.interactive() && !inv.Plain:
		return usageError(p.Err, errors.New("the terminal UI needs a terminal; without one use zenobis export, jobs, resume, sync (zenobis --help), or --plain"))
	}
	var login *session.Login
	if inv.Name == "demo" {
		d, err := p.StartDemo(inv.OpenBISListen, inv.ZenodoListen)
		if err != nil {
			return usageError(p.Err, err)
		}
		defer d.Stop()
		p.Env, login = d.Env, &d.Login
	}
	settings, warnings, err := p.load(inv)
	if err != nil {
		return usageError(p.Err, err)
	}
	log, closer, err := session.OpenLog(inv.LogFile, settings.Config.StateDir, inv.LogLevel)
	if err != nil {
		return usageError(p.Err, err)
	}
	defer closer.Close()
	settings.Log = log
	for _, w := range warnings {
		fmt.Fprintln(p.Err, "zenobis: "+w)
	}
	if inv.Name == "" || inv.Name == "demo" {
		return p.front(ctx, inv, settings, login)
	}
	return p.command(ctx, inv, settings)
}

// load reads the configuration for a command line.
func (p Program) load(inv *Invocation) (*session.Settings, []string, error) {
	flags := map[string]string{}
	for name, v := range map[string]string{"openbis.url": inv.OpenBIS, "zenodo.url": inv.Zenodo} {
		if v != "" {
			flags[name] = v
		}
	}
	c, warnings, err := config.Load(config.Options{
		Path: inv.Config, SitePath: config.SitePath, Profile: inv.Profile, StateDir: inv.StateDir, CAFile: inv.CAFile, Flags: flags, Env: p.Env,
	})
	if err != nil {
		return nil, nil, err
	}
	_, note := session.Outlives(p.Env, "/")
	return &session.Settings{
		Config: c, Env: p.Env, Version: release, Now: p.Now, HostNote: note, TakeLock: inv.TakeLock, Waits: new(session.Waits),
		ZenodoGiven: inv.Zenodo != "" || p.Env("ZENOBIS_ZENODO_URL") != "",
	}, warnings, nil
}

// command runs a command without a screen. It outlives its terminal: a hang-up
// and a reader that went away end no export.
func (p Program) command(ctx context.Context, inv *Invocation, settings *session.Settings) int {
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	r := &Runner{Settings: settings, Stdio: Stdio{In: p.In, Out: p.Out, Err: p.Err}}
	if fd := int(p.Err.Fd()); term.IsTerminal(fd) {
		r.Stdio.ErrTTY = true
		r.Stdio.Width, _, _ = term.GetSize(fd)
	}
	return r.Run(ctx, inv)
}

// serveDemo runs only the built-in servers and prints where they are.
func (p Program) serveDemo(ctx context.Context, inv *Invocation) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	d, err := p.StartDemo(inv.OpenBISListen, inv.ZenodoListen)
	if err != nil {
		fmt.Fprintln(p.Err, "zenobis: "+err.Error())
		return session.StatusFailed
	}
	defer d.Stop()
	if _, err := fmt.Fprintf(p.Out, "%s\n", d.Line); err != nil && !errors.Is(err, syscall.EPIPE) {
		return usageError(p.Err, err)
	}
	<-ctx.Done()
	return session.StatusDone
}

func usageError(w io.Writer, err error) int {
	fmt.Fprintln(w, "zenobis: "+err.Error())
	return session.StatusUsage
}

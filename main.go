// Command zenobis takes research data out of an openBIS ELN-LIMS and hands it
// to Zenodo as a draft; see README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"golang.org/x/term"

	"zenobis/command"
	"zenobis/config"
	"zenobis/handoff"
	"zenobis/session"
	"zenobis/ui"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// Lab servers are shared: a plan of a million files is held in half of the
		// memory for a few per cent of time.
		debug.SetGCPercent(40)
	}
	os.Exit(run(context.Background(), os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr, os.Getenv, os.Environ()}))
}

// stdio is everything that the process has from outside.
type stdio struct {
	in       *os.File
	out, err *os.File
	env      func(string) string
	environ  []string
}

func (s stdio) interactive() bool {
	return term.IsTerminal(int(s.in.Fd())) && term.IsTerminal(int(s.out.Fd()))
}

// run parses, loads the configuration, wires, chooses a front end, and returns
// the exit status.
func run(ctx context.Context, args []string, std stdio) int {
	inv, err := command.Parse(args)
	if err != nil {
		var help *command.ErrHelp
		if errors.As(err, &help) {
			fmt.Fprint(std.out, help.Text)
			return session.StatusDone
		}
		return usage(std.err, err)
	}
	switch {
	case inv.Name == "version":
		fmt.Fprintln(std.out, versionText(inv.JSON))
		return session.StatusDone
	case inv.Name == "demo" && inv.Serve:
		return serveDemo(ctx, inv, std)
	case (inv.Name == "" || inv.Name == "demo") && !std.interactive() && !inv.Plain:
		return usage(std.err, errors.New("the terminal UI needs a terminal; without one use zenobis export, jobs, resume, sync (zenobis --help), or --plain"))
	}
	var login *ui.Login
	if inv.Name == "demo" {
		d, err := startDemo(inv)
		if err != nil {
			return usage(std.err, err)
		}
		defer d.stop()
		std.env, login = d.environment(std.env), d.login(inv)
	}
	setup, warnings, err := load(inv, std.env)
	if err != nil {
		return usage(std.err, err)
	}
	log, closer, err := session.OpenLog(inv.LogFile, setup.Config.StateDir, inv.LogLevel)
	if err != nil {
		return usage(std.err, err)
	}
	defer closer.Close()
	setup.Log = log
	if inv.Name == "" || inv.Name == "demo" {
		return runUI(ctx, inv, std, setup, warnings, login)
	}
	for _, w := range warnings {
		fmt.Fprintln(std.err, "zenobis: "+w)
	}
	return runCommand(ctx, inv, std, setup)
}

// load reads the configuration for a command line.
func load(inv *command.Invocation, env func(string) string) (*session.Setup, []string, error) {
	flags := map[string]string{}
	for name, v := range map[string]string{"openbis.url": inv.OpenBIS, "zenodo.url": inv.Zenodo} {
		if v != "" {
			flags[name] = v
		}
	}
	c, warnings, err := config.Load(config.Options{
		Path: inv.Config, SitePath: config.SitePath, Profile: inv.Profile, StateDir: inv.StateDir, CAFile: inv.CAFile, Flags: flags, Env: env,
	})
	if err != nil {
		return nil, nil, err
	}
	return &session.Setup{
		Config: c, Env: env, Version: version(), Waits: new(session.Waits), ZenodoGiven: inv.Zenodo != "" || env("ZENOBIS_ZENODO_URL") != "",
	}, warnings, nil
}

// runCommand runs a command without a screen. It outlives its terminal: a
// hang-up and a reader that went away end no export.
func runCommand(ctx context.Context, inv *command.Invocation, std stdio, setup *session.Setup) int {
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	r := &command.Runner{Setup: setup, Stdio: command.Stdio{In: std.in, Out: std.out, Err: std.err}, Now: now, Open: opener(std.env)}
	if fd := int(std.err.Fd()); term.IsTerminal(fd) {
		r.Stdio.ErrTTY = true
		r.Stdio.Width, _, _ = term.GetSize(fd)
	}
	if ok, hint := session.Outlives(std.env, "/"); !ok {
		r.Notes = append(r.Notes, hint)
	}
	return r.Run(ctx, inv)
}

// opener opens pages in a browser where there is one.
func opener(env func(string) string) func(string) (bool, string) {
	return func(url string) (bool, string) {
		cmd, why := handoff.Env{Getenv: env}.Browser()
		if cmd == nil {
			return false, why
		}
		if err := handoff.Open(cmd, url); err != nil {
			return false, err.Error()
		}
		return true, ""
	}
}

func usage(w io.Writer, err error) int {
	fmt.Fprintln(w, "zenobis: "+err.Error())
	return session.StatusUsage
}

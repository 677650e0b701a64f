package ui

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"zenobis/export"
	"zenobis/safetext"
	"zenobis/session"
)

// Options is what Run needs. The streams are the terminal.
type Options struct {
	Backend Backend
	In      io.Reader
	Out     io.Writer
	Env     func(string) string // os.Getenv
	Environ []string            // os.Environ(), for the terminal's capabilities
	Version string
	Plain   bool   // numbered questions instead of screens
	Job     string // open this export first; "" for the connect screen
	Demo    *Login // the demo logs in by itself
	// RunContext is that of exports, where they may outlive the screen (a hangup
	// cancels the screen's context only); nil is the screen's.
	RunContext context.Context
}

// Run is the front end of screens; see session.FrontEnd.
func Run(ctx context.Context, t session.Terminal) (Summary, error) { return run(ctx, options(t)) }

// RunPlain is the front end of numbered questions; see session.FrontEnd.
func RunPlain(ctx context.Context, t session.Terminal) (Summary, error) {
	o := options(t)
	o.Plain = true
	return run(ctx, o)
}

func options(t session.Terminal) Options {
	return Options{
		Backend: desk{t.Settings}, In: t.In, Out: t.Out, Env: t.Env, Environ: t.Environ, Version: t.Settings.Version,
		Demo: t.Demo, RunContext: t.RunContext,
	}
}

func run(ctx context.Context, o Options) (Summary, error) {
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.Plain || o.Env("TERM") == "dumb" {
		return runPlain(ctx, o)
	}
	screens, leave := context.WithCancel(ctx)
	defer leave()
	if o.RunContext == nil {
		o.RunContext = ctx
	}
	a := newApp(screens, o)
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out),
		tea.WithoutSignalHandler(), tea.WithFPS(20),
	}
	if len(o.Environ) > 0 {
		opts = append(opts, tea.WithEnvironment(o.Environ))
	}
	if o.Env("NO_COLOR") != "" { // any value counts, also one that is no boolean
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(a, opts...).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		err = nil
		a.cutOff()
	}
	if err != nil {
		err = fmt.Errorf("terminal screen: %w", err)
	}
	a.closeSession(ctx)
	a.summarize()
	return a.summary, err
}

// cutOff is for a screen that was ended from outside: the export goes on where
// its own context does.
func (a *app) cutOff() {
	switch {
	case !a.export.live():
	case a.runCtx.Err() != nil:
		a.summary.Interrupted = true
	default:
		a.summary.Running, a.summary.RunningJob = a.export.run, a.export.job.ID
	}
}

// closeSession logs out what was logged in here, unless an export needs it.
func (a *app) closeSession(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutPatience)
	defer cancel()
	a.review.dropNow(ctx)
	if a.sess == nil {
		return
	}
	if a.summary.Running != nil {
		a.summary.Close = a.sess.Close
		return
	}
	if a.export.live() { // it was stopped: it must have ended before its session goes
		_ = a.export.run.Wait()
	}
	_ = a.sess.Close(ctx) // openBIS ends it by itself after a while
}

// summarize writes what is left to say, and what comes next.
func (a *app) summarize() {
	say := func(format string, args ...any) {
		a.summary.Lines = append(a.summary.Lines, safetext.Line(fmt.Sprintf(format, args...)))
	}
	e, d := a.export, a.done
	switch {
	case a.summary.Running != nil:
		say("The export %s goes on. zenobis jobs shows it.", a.summary.RunningJob)
	case a.summary.Interrupted || e.run != nil && e.over && e.err != nil:
		a.summary.Interrupted = true
		say("The export was stopped. To go on: zenobis resume %s", e.job.ID)
	case d.job.ID != "" && d.job.State == export.StateRegistered:
		say("Published and recorded in openBIS: https://doi.org/%s", d.job.DOI)
	case d.job.ID != "" && d.job.State == export.StatePublished:
		say("Published: https://doi.org/%s. To record it in openBIS: zenobis sync", d.job.DOI)
	case d.job.ID != "" && d.job.URL != "":
		say("The draft is ready: %s", d.job.URL)
		say("Publish it there; zenobis sync then records it in openBIS.")
	case a.sess != nil:
		say("Nothing was sent.")
	}
}

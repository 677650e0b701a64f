// Package ui is the terminal front end: one root model, one file a screen. It
// and its rooms are the only importers of Bubble Tea.
package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"zenobis/flow"
	"zenobis/session"
)

// The terminal is drawn at ticks; the first frame waits for the first of them.
const (
	framesPerSecond = 60
	frame           = time.Second / framesPerSecond
)

// options is what the screens need. The streams are the terminal.
type options struct {
	backend    flow.Backend
	in         io.Reader
	out        io.Writer
	env        func(string) string // os.Getenv
	environ    []string            // os.Environ(), for the terminal's capabilities
	demo       *session.Login      // the demo logs in by itself
	runContext context.Context     // of exports, where they may outlive the screen; nil is the screen's
	now        func() time.Time    // nil is the clock
}

// Run shows the screens until the person leaves or ctx ends. Signals are the
// caller's: it cancels ctx. An export that runs then is left to the caller too.
func Run(ctx context.Context, t session.Terminal) (session.Summary, error) {
	return run(ctx, options{
		backend: flow.Over(t.Settings), in: t.In, out: t.Out, env: t.Env, environ: t.Environ, demo: t.Demo, runContext: t.RunContext,
		now: t.Settings.Now,
	})
}

func run(ctx context.Context, o options, more ...tea.ProgramOption) (session.Summary, error) {
	screens, leave := context.WithCancel(ctx)
	defer leave()
	if o.runContext == nil {
		o.runContext = ctx
	}
	a := newApp(screens, o)
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(o.in), tea.WithOutput(o.out),
		tea.WithoutSignalHandler(),
		tea.WithFPS(framesPerSecond),
	}
	if len(o.environ) > 0 {
		opts = append(opts, tea.WithEnvironment(o.environ))
	}
	if o.env("NO_COLOR") != "" { // any value counts, also one that is no boolean
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(a, append(opts, more...)...).Run()
	cut := errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil
	if cut {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("terminal screen: %w", err)
	}
	return a.flow.Leave(ctx, a.goesOn || cut && a.runCtx.Err() == nil, a.now()), err
}

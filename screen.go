package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"zenobis/command"
	"zenobis/session"
	"zenobis/ui"
)

// errHangUp ends the screen when the terminal went away.
var errHangUp = errors.New("the terminal went away")

// logoutPatience is how long a logout may take once an export has ended.
const logoutPatience = 5 * time.Second

// runUI shows the screens. The engine belongs to the process: when the terminal
// goes away, a running export goes on where the host lets it.
func runUI(parent context.Context, inv *command.Invocation, std stdio, setup *session.Setup, warnings []string, login *ui.Login) int {
	may, hint := session.Outlives(std.env, "/")
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Stop(signals)

	running, halt := context.WithCancel(parent) // of exports: a hangup ends only the screen
	defer halt()
	ctx, cancel := context.WithCancelCause(running)
	defer cancel(nil)
	ended, heard := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(heard)
		for {
			select {
			case s := <-signals:
				if s == syscall.SIGHUP {
					cancel(errHangUp)
				} else {
					halt()
				}
			case <-ended:
				return
			}
		}
	}()
	for _, w := range warnings {
		fmt.Fprintln(std.err, "zenobis: "+w)
	}
	plain := inv.Plain || std.env("TERM") == "dumb" || std.env("ACCESSIBLE") != "" || !std.interactive()
	summary, err := ui.Run(ctx, ui.Options{
		Backend: &backend{setup: setup, env: std.env, hint: hint},
		In:      std.in, Out: std.out, Env: std.env, Environ: std.environ, Version: version(), Plain: plain, Demo: login,
		RunContext: running,
	})
	close(ended)
	<-heard // signals are outlast's from here on
	hung := errors.Is(context.Cause(ctx), errHangUp)
	if !hung {
		for _, l := range summary.Lines {
			fmt.Fprintln(std.out, l)
		}
	}
	status := session.StatusDone
	if summary.Interrupted {
		status = session.StatusInterrupted
	}
	if err != nil && !hung && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(std.err, "zenobis: "+session.Explain(err).What)
		status = session.StatusFailed
	}
	if summary.Running != nil {
		return outlast(summary, signals, hung, may, std)
	}
	return status
}

// outlast stays with an export that goes on without a screen.
func outlast(s ui.Summary, signals <-chan os.Signal, hung, may bool, std stdio) int {
	if hung && !may {
		s.Running.Stop()
	} else if !hung {
		fmt.Fprintf(std.err, "The export goes on. Ctrl+C stops it; zenobis resume %s goes on later.\n", s.RunningJob)
	}
	done := make(chan error, 1)
	go func() {
		err := s.Running.Wait()
		if s.Close != nil {
			ctx, cancel := context.WithTimeout(context.Background(), logoutPatience)
			_ = s.Close(ctx) // openBIS ends it by itself after a while
			cancel()
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				return session.Explain(err).Status
			}
			return session.StatusDone
		case sig := <-signals:
			if sig == syscall.SIGHUP && may {
				continue
			}
			s.Running.Stop()
			select {
			case <-done:
			case <-time.After(10 * time.Second):
			}
			return session.StatusInterrupted
		}
	}
}

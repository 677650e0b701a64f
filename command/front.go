package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"zenobis/export/failure"
	"zenobis/session"
)

// errHangUp ends the screen when the terminal went away.
var errHangUp = errors.New("the terminal went away")

var errNoTerminal = failure.Mark(failure.Usage, errors.New(
	"the terminal UI needs a terminal; without one use zenobis export, jobs, resume, sync (zenobis --help), or --plain"))

// front shows the screens, or asks numbered questions. The engine belongs to
// the process: when the terminal goes away, a running export goes on where the
// host lets it.
func (c *call) front(parent context.Context, login *session.Login) error {
	if !c.interactive() && !c.plain {
		return errNoTerminal
	}
	settings, done, err := c.open()
	if err != nil {
		return err
	}
	defer done()
	may := settings.HostNote == ""
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
	show := c.Screens
	if c.plain || c.Env("TERM") == "dumb" || c.Env("ACCESSIBLE") != "" || !c.interactive() {
		show = c.Questions
	}
	summary, err := show(ctx, session.Terminal{
		Settings: settings, In: c.In, Out: c.Out, Env: c.Env, Environ: c.Environ, Demo: login, RunContext: running,
	})
	close(ended)
	<-heard // signals are outlast's from here on
	hung := errors.Is(context.Cause(ctx), errHangUp)
	if !hung {
		for _, l := range summary.Lines {
			_, _ = c.Out.Write(clean(l + "\n"))
		}
	}
	if summary.Interrupted {
		c.status = session.StatusInterrupted
	}
	if err != nil && !hung && !errors.Is(err, context.Canceled) {
		told := session.Explain(err)
		_, _ = c.Err.Write(clean("zenobis: " + told.Message() + "\n"))
		c.status = told.Kind.ExitStatus()
	}
	if summary.Running != nil {
		c.status = c.outlast(summary, signals, hung, may)
	}
	return nil
}

// outlast stays with an export that goes on without a screen.
func (c *call) outlast(s session.Summary, signals <-chan os.Signal, hung, may bool) int {
	if hung && !may {
		s.Running.Stop()
	} else if !hung {
		later := ""
		if s.RunningJob != "" {
			later = "; zenobis resume " + s.RunningJob + " goes on later"
		}
		fmt.Fprintf(c.Err, "The export goes on. Ctrl+C stops it%s.\n", later)
	}
	done := make(chan error, 1)
	go func() {
		err := s.Running.Wait()
		if s.Close != nil {
			_ = s.Close(context.Background()) // openBIS ends it by itself after a while
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				return session.Explain(err).Kind.ExitStatus()
			}
			return session.StatusDone
		case sig := <-signals:
			if sig == syscall.SIGHUP && may {
				continue
			}
			s.Running.Stop()
			select {
			case err := <-done:
				if err == nil {
					return session.StatusDone // it was complete by then
				}
			case <-time.After(10 * time.Second):
			}
			return session.StatusInterrupted
		}
	}
}

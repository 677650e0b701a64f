package session

import (
	"context"
	"os"

	"zenobis/export"
)

// FrontEnd is a way to work with questions: screens, or numbered questions line
// by line. It returns when the person leaves or ctx ends. Signals are the
// caller's: it cancels ctx. An export that runs then is left to the caller too.
type FrontEnd func(ctx context.Context, t Terminal) (Summary, error)

// Terminal is what a front end is started with.
type Terminal struct {
	Settings *Settings
	In, Out  *os.File
	Env      func(string) string // os.Getenv
	Environ  []string            // os.Environ(), for the terminal's capabilities
	Demo     *Login              // the demo logs in by itself; nil otherwise
	// RunContext is that of exports, which may outlive the screen: a hangup
	// cancels the screen's context only.
	RunContext context.Context
}

// Summary is what is left to say after the screen is gone.
type Summary struct {
	Lines []string // for the normal screen, one line each
	// Running is the export that goes on without a screen, nil if there is none:
	// the caller waits for it.
	Running    Running
	RunningJob string // "" where it can't be resumed later
	// Close ends the session that Running needs, once that has ended; nil without one.
	Close       func(context.Context) error
	Interrupted bool // a job was stopped and can be resumed: status 5
}

// Running is a running export: one of this process, or of another one.
type Running interface {
	Progress() export.Progress
	Events() <-chan export.Event
	Pause(pause bool)
	Stop()
	LeaveOut(yes bool)
	Wait() error
}

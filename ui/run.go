package ui

import (
	"context"
	"io"
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
}

// Summary is what is left to say after the screen is gone.
type Summary struct {
	Lines []string // for the normal screen, one line each
	// Running is the export that goes on without a screen, nil if there is none:
	// the caller waits for it.
	Running     Running
	RunningJob  string
	Interrupted bool // a job was stopped and can be resumed: status 5
}

// Run shows the screens until the person leaves or ctx ends. Signals are the
// caller's: it cancels ctx.
func Run(ctx context.Context, o Options) (Summary, error) {
	return Summary{}, nil
}

// Command zenobis takes research data out of an openBIS ELN-LIMS and hands it
// to Zenodo as a draft; see README.md.
package main

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	"zenobis/command"
	"zenobis/plain"
	"zenobis/ui"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// Lab servers are shared: a plan of a million files is held in half of the
		// memory for a few per cent of time.
		debug.SetGCPercent(40)
	}
	p := command.Program{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Getenv, Environ: os.Environ(), Now: time.Now,
		Screens: ui.Run, Questions: plain.Run, StartDemo: startDemo,
	}
	os.Exit(p.Run(context.Background(), os.Args[1:]))
}

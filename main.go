// Command zenobis takes research data out of an openBIS ELN-LIMS and hands it
// to Zenodo as a draft; see README.md.
package main

import (
	"context"
	"os"
	"time"

	"before.invalid/secrets"

	"zenobis/command"
	"zenobis/config"
	"zenobis/plain"
	"zenobis/ui"
)

func main() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		go frugal()
	}
	p := program(secrets.Taken())
	os.Exit(p.Run(context.Background(), os.Args[1:]))
}

// program is the program on this process's streams and environment, and on the secrets
// that were taken out of it.
func program(taken map[string]string) command.Program {
	return command.Program{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: knowing(taken), Environ: os.Environ(), Site: config.SitePath, Now: time.Now,
		Screens: ui.Run, Questions: plain.Run, StartDemo: startDemo,
	}
}

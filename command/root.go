package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"zenobis/config"
	"zenobis/export/failure"
	"zenobis/session"
)

// globals are the flags of every command.
type globals struct {
	config, profile, openBIS, zenodo, stateDir string
	logFile, logLevel, caFile                  string
	json, quiet, plain                         bool
}

func (g *globals) register(f flags) {
	f.text(&g.config, "config", "FILE", "configuration file in place of the user's", "$XDG_CONFIG_HOME/zenobis/config.toml", "lab.toml")
	f.text(&g.profile, "profile", "NAME", "profile of the configuration to use", "none", "sandbox")
	setting := func(key string) func(string) error { return func(s string) error { return config.Check(key, s) } }
	f.checked(
		&g.openBIS, "openbis", "URL", "address of the openBIS", "as configured", "https://openbis.example.org", setting("openbis.url"),
	)
	f.checked(
		&g.zenodo, "zenodo", "URL", "address of the Zenodo", "as configured (https://zenodo.org)", "https://sandbox.zenodo.org",
		setting("zenodo.url"),
	)
	f.text(&g.stateDir, "state-dir", "DIR", "folder in which the exports are kept", "$XDG_STATE_HOME/zenobis", "/scratch/jdoe/zenobis")
	f.text(&g.logFile, "log-file", "FILE", "file to write the log to", "zenobis.log in the state directory", "debug.log")
	f.checked(&g.logLevel, "log-level", "LEVEL", "least level that is logged: debug, info, warn, error", "info", "debug",
		func(s string) error { _, err := session.LogLevel(s); return err })
	f.text(&g.caFile, "ca-file", "FILE", "certificates (PEM) to trust beside the system's, for both servers", "none", "/etc/ssl/lab-ca.pem")
	f.on(&g.json, "json", "one JSON object a line on stdout")
	f.on(&g.quiet, "quiet", "errors only; sync speaks of changes and failures alone")
	f.on(&g.plain, "plain", "the terminal UI as numbered questions")
}

// call is one call of the program: what it was given, and the exit status.
type call struct {
	Program
	globals
	settings map[string]string // what the flags say of settings, by dotted name
	takeLock bool
	status   int
}

// Run reads the arguments without the program's name, does what they say, and
// returns the exit status.
func (p Program) Run(ctx context.Context, args []string) int {
	c := &call{Program: p, settings: map[string]string{}}
	root := c.root()
	root.SetArgs(args)
	out := &heard{w: p.Out}
	root.SetOut(out)
	root.SetErr(p.Err)
	if err := root.ExecuteContext(ctx); err != nil {
		until := slices.Index(args, "--")
		if until < 0 {
			until = len(args)
		}
		c.json = c.json || slices.Contains(args[:until], "--json") // perhaps it was not reached
		return c.misuse(err)
	}
	if c.status == 0 {
		_ = c.wrote(out.err) // what cobra itself writes, such as what a shell offers
	}
	return c.status
}

// heard writes, and keeps the first error of that.
type heard struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (h *heard) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	if h.err == nil {
		h.err = err
	}
	return n, err
}

// misuse tells of wrong usage or configuration, before a command began.
func (c *call) misuse(err error) int {
	out := c.printer()
	x := session.Explain(err)
	if x.Kind == failure.Failed { // found by cobra or while opening
		x.Kind = failure.Usage
	}
	out.error("", x, false)
	out.failed("", x, false)
	return x.Kind.ExitStatus()
}

func (c *call) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "zenobis [command]",
		Short: "take data out of an openBIS ELN-LIMS and hand it to Zenodo as a draft",
		Long: "zenobis takes data out of an openBIS ELN-LIMS and hands it to Zenodo as a draft.\n" +
			"Without a command it shows the terminal UI.",
		Example:       "  zenobis demo\n  zenobis export --title \"Thin films, 2026\" /LAB/PROJECT\n  zenobis sync --quiet",
		Args:          noCommand,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	var version bool
	flags{root.Flags(), "Flags"}.on(&version, "version", "version, commit and Go version")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if version {
			return c.version()
		}
		return c.front(cmd.Context(), nil)
	}
	c.globals.register(flags{root.PersistentFlags(), "Flags of every command"})
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return c.usable() }
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if err := c.usable(); err != nil {
			c.status = c.misuse(err)
			return
		}
		var text strings.Builder
		writeHelp(&text, cmd)
		_, err := fmt.Fprint(c.Out, text.String())
		_ = c.wrote(err)
	})
	root.SetFlagErrorFunc(misused)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(c.demoCommand(), c.exportCommand(), c.jobsCommand(), c.resumeCommand(), c.syncCommand(), c.verifyCommand(), c.lsCommand(),
		c.discardCommand(), c.doctorCommand(), c.versionCommand(), c.completionCommand(), c.manCommand())
	c.completions(root)
	for _, cmd := range append(root.Commands(), root) {
		cmd.Flags().SortFlags, cmd.PersistentFlags().SortFlags = false, false
	}
	return root
}

// lock registers the flag that takes over a job.
func (c *call) lock(f flags) {
	f.on(&c.takeLock, "take-lock", "take over an export that another host no longer works on")
}

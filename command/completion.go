package command

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"zenobis/safetext"
)

func (c *call) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish",
		Short:     "shell completion",
		Long:      "Print the completion of commands, flags and their values for a shell.",
		Example:   "  source <(zenobis completion bash)\n  zenobis completion fish > ~/.config/fish/completions/zenobis.fish",
		ValidArgs: []string{"bash", "zsh", "fish"},
		Args:      arguments(1, 1, "shell: bash, zsh or fish"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var text bytes.Buffer
			var err error
			switch args[0] {
			case "bash":
				err = cmd.Root().GenBashCompletionV2(&text, true)
			case "zsh":
				err = cmd.Root().GenZshCompletion(&text)
			case "fish":
				err = cmd.Root().GenFishCompletion(&text, true)
			default:
				return fmt.Errorf("%w: no completion for %q; take bash, zsh or fish", errUsage, args[0])
			}
			if err == nil {
				_, err = c.Out.Write(text.Bytes())
			}
			return c.wrote(err)
		},
	}
}

func (c *call) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "write the manual pages into a folder",
		Long:    "Write the manual pages of the program and of each command into a folder.",
		Example: "  zenobis man /usr/local/share/man/man1",
		Args:    arguments(1, 1, "folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return c.wrote(err)
			}
			date := time.Time{} // the same pages for the same program
			return c.wrote(
				doc.GenManTree(cmd.Root(), &doc.GenManHeader{Section: "1", Source: "zenobis " + release, Manual: "zenobis", Date: &date}, args[0]),
			)
		},
	}
}

// wrote tells of output that can't be written.
func (c *call) wrote(err error) error {
	if err != nil {
		c.status = (&invocation{out: c.printer()}).fail("", err)
	}
	return nil
}

// complete offers the values of a flag.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

// completeJobs offers the exports of this machine.
func (c *call) completeJobs(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if s, done, err := c.open(); err == nil && len(args) == 0 {
		defer done()
		jobs, _ := s.Engine(nil).Jobs() // what can't be read is not offered
		for _, j := range jobs {
			out = append(out, cobra.CompletionWithDesc(j.ID, safetext.Line(string(j.State)+" "+j.Title)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

package command

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zenobis/session"
)

func (c *call) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "write the manual pages into a folder",
		Long:    "Write the manual pages of the program and of each command into a folder.",
		Example: "  zenobis man /usr/local/share/man/man1",
		Args:    arguments(1, 1, "folder"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.wrote(writeManual(cmd.Root(), args[0]))
		},
	}
}

// writeManual writes a page for the program and one for each command.
func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, cmd := range append(root.Commands(), root) {
		if cmd != root && !cmd.IsAvailableCommand() {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, manualName(cmd)+".1"), []byte(manual(cmd)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func manualName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// statuses are the exit statuses in words.
var statuses = []struct {
	status int
	means  string
}{
	{session.StatusDone, "done"},
	{session.StatusFailed, "failed"},
	{session.StatusUsage, "wrong usage or configuration"},
	{session.StatusLogin, "a login or token is refused or missing"},
	{session.StatusRefused, "refused before anything was sent"},
	{session.StatusInterrupted, "interrupted and resumable"},
}

// manual is the page of a command, from what its help says: the pages that come with
// cobra have neither the values of flags nor their defaults and examples.
func manual(cmd *cobra.Command) string {
	var b roff
	name := manualName(cmd)
	b.line(".TH \"%s\" \"1\" \"\" \"zenobis %s\" \"zenobis\"\n.nh\n.ad l", roffText(strings.ToUpper(name)), release)
	b.line(".SH NAME\n%s \\- %s", roffText(name), roffText(cmd.Short))
	called, rest, _ := strings.Cut(cmd.UseLine(), cmd.CommandPath())
	b.line(".SH SYNOPSIS\n\\fB%s\\fP%s", roffText(called+cmd.CommandPath()), roffText(rest))
	b.line(".SH DESCRIPTION")
	for i, p := range strings.Split(cmp.Or(cmd.Long, cmd.Short+"."), "\n\n") {
		if i > 0 {
			b.line(".PP")
		}
		b.line("%s", roffText(p))
	}
	if cmd.HasAvailableSubCommands() {
		b.line(".SH COMMANDS")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				b.line(".TP\n\\fB%s\\fP\n%s", roffText(sub.Name()), roffText(sub.Short))
			}
		}
	}
	for _, s := range flagSections(cmd) {
		b.line(".SH %s", roffText(strings.ToUpper(s.heading)))
		for _, f := range s.flags {
			b.flag(f)
		}
	}
	if cmd.Example != "" {
		b.line(".SH EXAMPLES\n.nf\n%s\n.fi", roffText(cmd.Example))
	}
	b.line(".SH EXIT STATUS")
	for _, s := range statuses {
		b.line(".TP\n%d\n%s", s.status, s.means)
	}
	b.line(".SH SEE ALSO")
	var see []string
	for _, other := range append([]*cobra.Command{cmd.Root()}, cmd.Root().Commands()...) {
		if other != cmd && (other == cmd.Root() || cmd == cmd.Root() && other.IsAvailableCommand()) {
			see = append(see, `\fB`+roffText(manualName(other))+`\fP(1)`)
		}
	}
	b.line("%s", strings.Join(see, ",\n"))
	return b.String()
}

// roff is a manual page that is being written.
type roff struct{ strings.Builder }

func (b *roff) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

func (b *roff) flag(f *pflag.Flag) {
	b.WriteString(".TP\n\\fB" + roffText("--"+f.Name) + `\fP`)
	if v := annotation(f, asValue); v != "" {
		b.WriteString(` \fI` + roffText(v) + `\fP`)
	}
	b.line("\n%s\n.br\n%s", roffText(f.Usage), roffText(defaultAndExample(f)))
}

// roffText is a text as it stands in a manual page: no line of it is a request, and
// hyphens can be copied.
func roffText(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

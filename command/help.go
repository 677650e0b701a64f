package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zenobis/export/failure"
	"zenobis/human"
)

// errUsage is wrapped by every mistake on the command line.
var errUsage = failure.Mark(failure.Usage, errors.New("wrong usage"))

// writeHelp writes the help of a command: what it does, how it is called, and
// each flag with its default and an example.
func writeHelp(w io.Writer, cmd *cobra.Command) {
	say := func(format string, args ...any) { fmt.Fprintf(w, format, args...) }
	say("%s\n\n", cmp.Or(cmd.Long, cmd.Short))
	say("Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		say("\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				say("  %-11s  %s\n", c.Name(), c.Short)
			}
		}
	}
	if cmd.Example != "" {
		say("\nExamples:\n%s\n", cmd.Example)
	}
	for _, section := range flagSections(cmd) {
		say("\n%s:\n", section.heading)
		for _, f := range section.flags {
			say("  --%s\n        %s\n        %s\n", strings.TrimSpace(f.Name+" "+annotation(f, asValue)), f.Usage, defaultAndExample(f))
		}
	}
	if cmd.HasAvailableSubCommands() {
		say("\n\"zenobis COMMAND --help\" shows the flags of a command.\n")
	}
}

// flagSection is flags under a heading.
type flagSection struct {
	heading string
	flags   []*pflag.Flag
}

// flagSections are the flags of a command as people read them, its own first.
func flagSections(cmd *cobra.Command) (list []flagSection) {
	add := func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		heading := cmp.Or(annotation(f, asHeading), "Flags")
		i := slices.IndexFunc(list, func(s flagSection) bool { return s.heading == heading })
		if i < 0 {
			i, list = len(list), append(list, flagSection{heading: heading})
		}
		list[i].flags = append(list[i].flags, f)
	}
	global := cmd.Root().PersistentFlags()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if global.Lookup(f.Name) == nil {
			add(f)
		}
	})
	global.VisitAll(add)
	return list
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "help about a command", Example: "  zenobis help export", Args: arguments(0, 1, "command"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (out []string, _ cobra.ShellCompDirective) {
			for _, c := range cmd.Root().Commands() {
				if c.IsAvailableCommand() && len(args) == 0 {
					out = append(out, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of := cmd.Root()
			if len(args) > 0 {
				found, rest, err := of.Find(args)
				if err != nil || len(rest) > 0 || found == of {
					return noCommand(of, args)
				}
				of = found
			}
			return of.Help()
		},
	}
}

func annotation(f *pflag.Flag, key string) string {
	if v := f.Annotations[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func defaultAndExample(f *pflag.Flag) string {
	return fmt.Sprintf(
		"default: %s; example: %s",
		cmp.Or(annotation(f, asDefault), "off"),
		strings.TrimSpace("--"+f.Name+" "+annotation(f, asExample)),
	)
}

// misused words what cobra found wrong with the flags of a command.
func misused(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	text := err.Error()
	switch {
	case errors.As(err, &unknown):
		text = unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		f := missing.GetFlag()
		text = fmt.Sprintf("--%s needs a value, as in --%s %s", f.Name, f.Name, annotation(f, asExample))
	case errors.As(err, &invalid):
		text = badValue(invalid)
	}
	return fmt.Errorf("%w: %s (%s --help lists the flags)", errUsage, text, cmd.CommandPath())
}

// unknownFlag names the flag that may be meant. Flags of one letter there are none:
// -t is as if --t was typed.
func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) string {
	name, dashes := e.GetSpecifiedName(), "--"
	if e.GetSpecifiedShortnames() != "" {
		dashes = "-"
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	text := "there is no flag " + dashes + name
	if near := human.Nearest(name, known); near != "" {
		text += "; did you mean --" + near + "?"
	}
	return text
}

// badValue says what is wrong with the value of a flag.
func badValue(e *pflag.InvalidValueError) string {
	f, cause := e.GetFlag(), e.Unwrap()
	if f.Value.Type() == "bool" {
		return fmt.Sprintf("--%s takes no value, or true or false", f.Name)
	}
	return strings.TrimSpace(fmt.Sprintf("--%s %v", f.Name, cause))
}

// noCommand refuses a first argument that is no command, and names the nearest one.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			known = append(known, c.Name())
		}
	}
	if near := human.Nearest(args[0], known); near != "" {
		return fmt.Errorf("%w: there is no command %q; did you mean %s?", errUsage, args[0], near)
	}
	return fmt.Errorf("%w: there is no command %q; the commands are %s", errUsage, args[0], strings.Join(known, ", "))
}

// arguments refuses too few or too many arguments. what names the one wanted.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > most:
			return fmt.Errorf("%w: %s takes no argument %q", errUsage, cmd.Name(), args[most])
		case len(args) < least:
			return fmt.Errorf("%w: %s: say which %s", errUsage, cmd.Name(), what)
		}
		return nil
	}
}

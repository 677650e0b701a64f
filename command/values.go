package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zenobis/config"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/shape"
)

// offered is a completion function: what may stand after some arguments where something was typed.
type offered func(args []string, typed string) ([]string, cobra.ShellCompDirective)

// only offers words and no files.
func only(words ...string) offered {
	return func([]string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// starts offers how a value begins: the shell adds no blank.
func starts(words ...string) offered {
	return func([]string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// several offers words for a list with commas, those that are not in it yet.
func several(words ...string) offered {
	return func(_ []string, typed string) ([]string, cobra.ShellCompDirective) {
		list := strings.Split(typed, ",")
		before := strings.Join(list[:len(list)-1], ",")
		var out []string
		for _, w := range words {
			if !slices.Contains(list[:len(list)-1], w) {
				out = append(out, strings.TrimPrefix(before+","+w, ","))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// named offers ids that begin as what was typed, each with its name.
func named(list func(yield func(id, name string))) offered {
	return func(_ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var out []string
		list(func(id, name string) {
			if strings.HasPrefix(id, strings.ToLower(typed)) {
				out = append(out, cobra.CompletionWithDesc(id, name))
			}
		})
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// ids are the ids of words, each with what follows it.
func ids(words []record.Word, after string) (out []string) {
	for _, w := range words {
		out = append(out, w.ID+after)
	}
	return out
}

// values is what a shell offers for the value of each flag, by its name. Where there
// is nothing here, the name of the value tells: files, folders, or nothing.
func (c *call) values() map[string]offered {
	return map[string]offered{
		"layout":    only(shape.Words(shape.Layouts())...),
		"pages":     several(shape.Words(shape.Formats())...),
		"crate":     only(shape.Words(shape.Crates())...),
		"log-level": only("debug", "info", "warn", "error"),
		"cite":      only(record.CitationFormats()...),
		"access":    starts(string(record.AccessOpen), string(record.AccessRestricted), string(record.EmbargoUntil(""))),
		"license": named(func(yield func(id, name string)) {
			for _, l := range record.Licenses() {
				yield(l.ID, l.Name)
			}
		}),
		"language": named(func(yield func(id, name string)) {
			for _, l := range record.Languages() {
				yield(l.ID, l.Name)
			}
		}),
		"contributor": starts(ids(record.RoleWords(), ":")...),
		"related":     starts(ids(record.RelationWords(), "")...),
		"profile": func([]string, string) ([]string, cobra.ShellCompDirective) {
			return config.Profiles(config.Options{Path: c.config, SitePath: c.Site, Env: c.Env}), cobra.ShellCompDirectiveNoFileComp
		},
		"new-version-of": func(_ []string, typed string) ([]string, cobra.ShellCompDirective) { return c.jobs(nil, typed) },
	}
}

// completions registers what shells offer for flags and arguments of all commands.
func (c *call) completions(root *cobra.Command) {
	values := c.values()
	for _, cmd := range append(root.Commands(), root) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			offer, ok := values[f.Name]
			switch value := annotation(f, asValue); {
			case ok:
			case value == "" || value == "FILE":
				return // the shell offers files
			case value == "DIR":
				offer = func([]string, string) ([]string, cobra.ShellCompDirective) {
					return nil, cobra.ShellCompDirectiveFilterDirs
				}
			default:
				offer = only()
			}
			_ = cmd.RegisterFlagCompletionFunc(f.Name, offer.cobra()) // the flag is there
		})
		if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil && !cmd.HasSubCommands() {
			cmd.ValidArgsFunction = only().cobra()
		}
	}
}

func (o offered) cobra() cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		return o(args, typed)
	}
}

// jobs offers the exports of this machine for a first argument.
func (c *call) jobs(args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if s, done, err := c.open(); err == nil && len(args) == 0 {
		defer done()
		jobs, _ := s.Engine(nil).Jobs() // what can't be read is not offered
		for _, j := range jobs {
			out = append(out, cobra.CompletionWithDesc(j.ID, safetext.Line(fmt.Sprintf("%s %s", j.State, j.Title))))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// Package command is the work without a screen: export, jobs, resume, sync,
// verify, ls, discard, doctor. Its outside is a contract that scripts rely on:
// names of flags, events and keys, and the exit statuses.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Invocation is a parsed command line.
type Invocation struct {
	Name string   // "" for the terminal UI
	Args []string // what is left besides flags
	Global
	Export ExportFlags

	Serve         bool   // demo
	OpenBISListen string // demo
	ZenodoListen  string // demo
	Watch         bool   // sync
	Deep          bool   // verify
	Cite          string // jobs
	Manifest      bool   // jobs
	TakeLock      bool   // resume, discard: take a lock that another host left behind
	given         map[string]bool
}

// Global are the flags of every command.
type Global struct {
	Config, Profile, OpenBIS, Zenodo, StateDir string
	LogFile, LogLevel, CAFile                  string
	JSON, Quiet, Plain                         bool
}

// ExportFlags are the flags of export.
type ExportFlags struct {
	Only, Exclude, File                                          []string
	Selection                                                    string
	MetadataOnly, WithParents, WithChildren, WithReferences      bool
	OtherSpaces, Unarchive                                       bool
	Layout, Pages, Crate                                         string
	DryRun, Strict, LeaveOutBroken, AcceptFindings, Wait, Open   bool
	LimitRate                                                    int64
	Title, Description, License, Access, Community, Date         string
	Version, Language, MetadataFile, WriteMetadata, NewVersionOf string
	Creators, Contributors, Keywords, Related, Funding, Groups   []string
}

// Commands are the names of all commands, for messages.
var Commands = []string{"demo", "export", "jobs", "resume", "sync", "verify", "ls", "discard", "doctor", "version"}

// ErrUsage is wrapped by every mistake on the command line.
var ErrUsage = errors.New("wrong usage")

// ErrHelp is returned where help was asked for; its text is the help.
type ErrHelp struct{ Text string }

func (e *ErrHelp) Error() string { return e.Text }

// Given reports whether a flag was on the command line.
func (i *Invocation) Given(name string) bool { return i.given[name] }

// Parse reads a command line without the program's name. Global flags may come
// before or after the command, flags and arguments in any order.
func Parse(args []string) (*Invocation, error) {
	inv := &Invocation{given: map[string]bool{}}
	global := flagSet("zenobis")
	inv.Global.register(global)
	if err := inv.parse(global, args, ""); err != nil {
		return nil, err
	}
	rest := global.Args()
	if len(rest) == 0 {
		return inv, nil
	}
	inv.Name = rest[0]
	if inv.Name == "help" {
		if len(rest) > 1 && slices.Contains(Commands, rest[1]) {
			return nil, &ErrHelp{usage(rest[1])}
		}
		return nil, &ErrHelp{usage("")}
	}
	if !slices.Contains(Commands, inv.Name) {
		return nil, fmt.Errorf("%w: there is no command %q; the commands are %s", ErrUsage, inv.Name, strings.Join(Commands, ", "))
	}
	fs := flagSet("zenobis " + inv.Name)
	inv.Global.register(fs)
	inv.register(fs)
	for rest = rest[1:]; ; rest = fs.Args()[1:] {
		if err := inv.parse(fs, rest, inv.Name); err != nil {
			return nil, err
		}
		if fs.NArg() == 0 {
			return inv, inv.check()
		}
		// After "--" everything is an argument.
		if at := len(rest) - fs.NArg(); at > 0 && rest[at-1] == "--" {
			inv.Args = append(inv.Args, fs.Args()...)
			return inv, inv.check()
		}
		inv.Args = append(inv.Args, fs.Arg(0))
	}
}

func flagSet(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

func (i *Invocation) parse(fs *flag.FlagSet, args []string, command string) error {
	err := fs.Parse(args)
	fs.Visit(func(f *flag.Flag) { i.given[f.Name] = true })
	switch {
	case errors.Is(err, flag.ErrHelp):
		return &ErrHelp{usage(command)}
	case err != nil:
		return fmt.Errorf("%w: %s (zenobis %s --help lists the flags)", ErrUsage, err, command)
	}
	return nil
}

// check holds the number of arguments against the command.
func (i *Invocation) check() error {
	limits := map[string][2]int{
		"demo": {0, 0}, "jobs": {0, 1}, "resume": {0, 1}, "sync": {0, 1}, "verify": {1, 1},
		"ls": {0, 1}, "discard": {1, 1}, "doctor": {0, 0}, "version": {0, 0},
	}
	if l, ok := limits[i.Name]; ok {
		switch {
		case len(i.Args) > l[1]:
			return fmt.Errorf("%w: %s takes no argument %q", ErrUsage, i.Name, i.Args[l[1]])
		case len(i.Args) < l[0]:
			return fmt.Errorf("%w: %s wants to know which export (zenobis jobs lists them)", ErrUsage, i.Name)
		}
	}
	if i.Name == "jobs" && (i.Cite != "" || i.Manifest) && len(i.Args) == 0 {
		return fmt.Errorf("%w: --cite and --manifest want to know which export", ErrUsage)
	}
	if i.Export.LimitRate < 0 {
		return fmt.Errorf("%w: --limit-rate takes bytes a second, 0 for as fast as it goes", ErrUsage)
	}
	if i.Cite != "" && !slices.Contains([]string{"bibtex", "cff", "text"}, i.Cite) {
		return fmt.Errorf("%w: --cite takes bibtex, cff or text", ErrUsage)
	}
	return nil
}

func (g *Global) register(fs *flag.FlagSet) {
	fs.StringVar(&g.Config, "config", g.Config, "configuration `FILE`")
	fs.StringVar(&g.Profile, "profile", g.Profile, "profile `NAME` of the configuration")
	fs.StringVar(&g.OpenBIS, "openbis", g.OpenBIS, "address `URL` of the openBIS")
	fs.StringVar(&g.Zenodo, "zenodo", g.Zenodo, "address `URL` of the Zenodo")
	fs.StringVar(&g.StateDir, "state-dir", g.StateDir, "folder `DIR` of the exports")
	fs.StringVar(&g.LogFile, "log-file", g.LogFile, "write a log to `FILE`")
	fs.StringVar(&g.LogLevel, "log-level", g.LogLevel, "`LEVEL` of the log: debug, info, warn, error")
	fs.StringVar(&g.CAFile, "ca-file", g.CAFile, "extra CA `FILE` for both servers")
	fs.BoolVar(&g.JSON, "json", g.JSON, "one JSON object a line on stdout")
	fs.BoolVar(&g.Quiet, "quiet", g.Quiet, "no progress")
	fs.BoolVar(&g.Plain, "plain", g.Plain, "the UI as numbered questions")
}

func (i *Invocation) register(fs *flag.FlagSet) {
	switch i.Name {
	case "demo":
		fs.BoolVar(&i.Serve, "serve", false, "only the two built-in servers")
		fs.StringVar(&i.OpenBISListen, "openbis-listen", "127.0.0.1:0", "`ADDR` of the built-in openBIS")
		fs.StringVar(&i.ZenodoListen, "zenodo-listen", "127.0.0.1:0", "`ADDR` of the built-in Zenodo")
	case "sync":
		fs.BoolVar(&i.Watch, "watch", false, "go on until every export is settled")
	case "verify":
		fs.BoolVar(&i.Deep, "deep", false, "download again and compare every file with openBIS")
	case "jobs":
		fs.StringVar(&i.Cite, "cite", "", "print a citation: `FORMAT` bibtex, cff or text")
		fs.BoolVar(&i.Manifest, "manifest", false, "print permId, path, size, CRC-32, SHA-256 of each file")
	case "resume", "discard":
		fs.BoolVar(&i.TakeLock, "take-lock", false, "take over an export that another host no longer works on")
	}
	if i.Name == "resume" || i.Name == "export" {
		i.Export.registerRun(fs)
	}
	if i.Name == "export" {
		i.Export.register(fs)
	}
}

// registerRun holds the flags that also make sense for an export that goes on.
func (e *ExportFlags) registerRun(fs *flag.FlagSet) {
	fs.BoolVar(&e.LeaveOutBroken, "leave-out-broken", false, "leave out files that can't be had")
	fs.BoolVar(&e.Wait, "wait", false, "stay until the draft is published and registered")
	fs.BoolVar(&e.Open, "open", false, "open the draft in a browser")
}

func (e *ExportFlags) register(fs *flag.FlagSet) {
	list(fs, &e.Only, "only", "`SELECTION` alone, nothing below it (repeatable)")
	list(fs, &e.Exclude, "exclude", "leave out `SELECTION` and what is below it (repeatable)")
	list(fs, &e.File, "file", "`PERMID:GLOB`: of a data set only these files (repeatable)")
	fs.StringVar(&e.Selection, "selection", "", "selection `FILE` (TOML)")
	fs.BoolVar(&e.MetadataOnly, "metadata-only", false, "pages without data files")
	fs.BoolVar(&e.WithParents, "with-parents", false, "parents too, of the same space")
	fs.BoolVar(&e.WithChildren, "with-children", false, "children too, of the same space")
	fs.BoolVar(&e.WithReferences, "with-references", false, "referenced objects too, of the same space")
	fs.BoolVar(&e.OtherSpaces, "other-spaces", false, "such relatives of other spaces too")
	fs.BoolVar(&e.Unarchive, "unarchive", false, "request archived data and wait for it")
	fs.StringVar(&e.Layout, "layout", "", "`LAYOUT`: auto, single, per-dataset, files")
	fs.StringVar(&e.Pages, "pages", "", "`FORMATS`: html,json,txt,docx")
	fs.StringVar(&e.Crate, "crate", "", "`KIND`: ro-crate, eln")
	fs.BoolVar(&e.DryRun, "dry-run", false, "plan only; nothing is created")
	fs.BoolVar(&e.Strict, "strict", false, "fail where anything is left out")
	fs.BoolVar(&e.AcceptFindings, "accept-findings", false, "export although private details were found")
	fs.Int64Var(&e.LimitRate, "limit-rate", 0, "`BYTES` a second")
	fs.StringVar(&e.Title, "title", "", "title `T` (required, here or in --metadata)")
	fs.StringVar(&e.Description, "description", "", "description `TEXT`")
	list(fs, &e.Creators, "creator", "`\"Family, Given[; ORCID][; affiliation]\"` (repeatable)")
	list(fs, &e.Contributors, "contributor", "`\"ROLE: Family, Given[; ORCID][; affiliation]\"` (repeatable)")
	fs.StringVar(&e.License, "license", "", "licence `ID`, such as cc-by-4.0")
	list(fs, &e.Keywords, "keyword", "keyword `K` (repeatable)")
	list(fs, &e.Related, "related", "`\"RELATION IDENTIFIER\"` (repeatable)")
	list(fs, &e.Funding, "funding", "`\"FUNDER AWARD\"` (repeatable)")
	fs.StringVar(&e.Access, "access", "", "`ACCESS`: open, restricted, embargo:YYYY-MM-DD")
	fs.StringVar(&e.Community, "community", "", "community `SLUG`")
	fs.StringVar(&e.Date, "publication-date", "", "`DATE` of publication, YYYY-MM-DD")
	fs.StringVar(&e.Version, "record-version", "", "version `V` of the record")
	fs.StringVar(&e.Language, "language", "", "language `CODE`, ISO 639-3")
	list(fs, &e.Groups, "group", "group `G` of a multi-group openBIS (repeatable)")
	fs.StringVar(&e.MetadataFile, "metadata", "", "the same fields from a TOML `FILE`")
	fs.StringVar(&e.WriteMetadata, "write-metadata", "", "write the fields to `FILE`, filled in, and stop")
	fs.StringVar(&e.NewVersionOf, "new-version-of", "", "new version of the record with this `DOI`")
}

// list registers a repeatable flag.
func list(fs *flag.FlagSet, into *[]string, name, usage string) {
	fs.Func(name, usage, func(s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("is empty")
		}
		*into = append(*into, s)
		return nil
	})
}

// usage is the help of a command, or of the program.
func usage(command string) string {
	var b strings.Builder
	if command == "" {
		b.WriteString(`zenobis takes data out of an openBIS ELN-LIMS and hands it to Zenodo.

  zenobis                      the terminal UI
  zenobis demo                 the same against built-in servers, nothing to configure
  zenobis export SELECTION...  export without the UI
  zenobis jobs                 what was exported, and where it stands
  zenobis resume [JOB]         go on with an interrupted export
  zenobis sync [--watch]       register in openBIS what was published since
  zenobis verify JOB|DOI       compare what lies on Zenodo with what was sent
  zenobis ls [SELECTION]       look around in openBIS
  zenobis discard JOB          delete an unpublished draft
  zenobis doctor               check configuration, servers, logins, limits
  zenobis version

Flags of every command:
`)
	} else {
		fmt.Fprintf(&b, "zenobis %s\n\n", command)
	}
	fs := flagSet(command)
	new(Global).register(fs)
	if command != "" {
		(&Invocation{Name: command}).register(fs)
	}
	fs.SetOutput(&b)
	fs.PrintDefaults()
	return b.String()
}

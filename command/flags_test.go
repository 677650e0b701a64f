package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/session"
	"zenobis/zenodo/zenodotest"
)

// outcome is what a call of the program left behind.
type outcome struct {
	stdout, stderr string
	status         int
}

// try runs the program in this process, with an empty home and no terminal.
func try(t *testing.T, args ...string) outcome {
	t.Helper()
	return person{"HOME": t.TempDir()}.try(t, args...)
}

// person is the environment of somebody who calls the program.
type person map[string]string

func (p person) try(t *testing.T, args ...string) outcome {
	t.Helper()
	return p.into(t, nil, args...)
}

// into is try with another stdout.
func (p person) into(t *testing.T, stdout *os.File, args ...string) outcome {
	t.Helper()
	return p.with(t, func(q *Program) {
		if stdout != nil {
			q.Out = stdout
		}
	}, args...)
}

// with is try of a program of which something else is set.
func (p person) with(t *testing.T, set func(*Program), args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	file := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	program := Program{
		In: file("in"), Out: file("out"), Err: file("err"), Now: time.Now,
		Env:       func(k string) string { return p[k] },
		StartDemo: func(_, _ string) (Demo, error) { return Demo{}, errors.New("no demo here") },
	}
	set(&program)
	o := outcome{status: program.Run(context.Background(), args)}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	o.stdout, o.stderr = read("out"), read("err")
	return o
}

// parse reads a command line as the program does, without running anything.
func parse(t *testing.T, line ...string) (*cobra.Command, *call) {
	t.Helper()
	c := &call{settings: map[string]string{}}
	root := c.root()
	cmd, rest, err := root.Find(line)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Fatal(err)
	}
	return cmd, c
}

// Global flags stand before or after the command; flags and arguments in any order.
func TestWhereFlagsStand(t *testing.T) {
	for name, line := range map[string][]string{
		"before":     {"--json", "--zenodo", "http://z", "export", "A", "B"},
		"after":      {"export", "A", "B", "--json", "--zenodo", "http://z"},
		"both sides": {"--zenodo", "http://z", "export", "--json", "A", "B"},
		"between":    {"export", "A", "--json", "B", "--zenodo=http://z"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd, c := parse(t, line...)
			if cmd.Name() != "export" || !c.json || c.zenodo != "http://z" || strings.Join(cmd.Flags().Args(), " ") != "A B" {
				t.Errorf("%s %v: %+v", cmd.Name(), cmd.Flags().Args(), c.globals)
			}
		})
	}
	cmd, _ := parse(t, "export", "--", "-A", "--title")
	if got := strings.Join(cmd.Flags().Args(), " "); got != "-A --title" {
		t.Errorf("after --: %q", got)
	}
	if _, c := parse(t, "export", "--layout", "files", "--limit-rate", "10 MB", "A"); c.settings["export.layout"] != "files" ||
		c.settings["export.limit_rate"] != "10 MB" {
		t.Errorf("settings: %v", c.settings)
	}
}

// Wrong usage ends with 2 and, with --json, an error event; what is nearly right is named.
func TestWrongUsage(t *testing.T) {
	for line, say := range map[string]string{
		"exprot A":                        "did you mean export?",
		"help exprot":                     "did you mean export?",
		"frobnicate":                      "the commands are",
		"--nope":                          "no flag --nope",
		"export --titel T A":              "did you mean --title?",
		"jobs --manifets X":               "did you mean --manifest?",
		"export --title":                  `as in --title "Thin films, 2026"`,
		"export -t T A":                   "no flag -t",
		"hlep export":                     "did you mean help?",
		"export --json=maybe A":           "--json takes no value",
		"export --layout singel A":        `--layout is wrong: "singel" is no layout; there are auto, single, per-dataset, files; did you mean single?`,
		"export --pages html,doc A":       "did you mean docx?",
		"export --only= A":                "is empty",
		"export --limit-rate x A":         "limit-rate",
		"export --limit-rate -1 A":        "limit-rate",
		"export --title T --layout tar A": "per-dataset",
		"export A":                        "--title",
		"export --title T --file x":       "PERMID:GLOB",
		"export --title T --file x:[":     "bracket",
		"export --title T folder:X":       "prefix",
		"jobs a b":                        `takes no argument "b"`,
		"discard":                         "which export",
		"verify":                          "which export",
		"version x":                       "takes no argument",
		"jobs --cite bibtex":              "which export",
		"jobs --cite pdf J":               "bibtex",
		"completion":                      "shell",
		"completion tcsh":                 "fish",
		"--log-level loud jobs":           "debug",
		"--config nope.toml jobs":         "nope.toml",
		"--profile nope jobs":             "nope",
		"":                                "zenobis export",
	} {
		t.Run(line, func(t *testing.T) {
			o := try(t, strings.Fields(line)...)
			if o.status != session.StatusUsage || !strings.Contains(o.stderr, say) || o.stdout != "" {
				t.Errorf("status %d, stdout %q, stderr, which should say %q: %s", o.status, o.stdout, say, o.stderr)
			}
			o = try(t, append(strings.Fields(line), "--json")...)
			if line == "export --title" {
				return // --json is the title then
			}
			if o.status != session.StatusUsage || !strings.HasPrefix(o.stdout, `{"event":"error","job":"","kind":"`) ||
				strings.Count(o.stdout, "\n") != 1 {
				t.Errorf("with --json: status %d, stdout %q", o.status, o.stdout)
			}
		})
	}
}

// A flag of every command is refused beside whichever command it stands, also
// beside those that would not look at it.
func TestAWrongGlobalFlagIsWrongEverywhere(t *testing.T) {
	for flag, say := range map[string]string{
		"--log-level loud": "take debug", "--log-level=": "is empty", "--openbis ftp://x": "https://", "--openbis no::address": "not an address",
		"--zenodo ftp://x": "https://", "--zenodo ::": "not an address", "--config nope.toml": "nope.toml", "--profile nope": "nope",
		"--ca-file nope.pem": "nope.pem", "--ca-file /dev/null": "no PEM", "--log-file nope/log": "nope", "--json=maybe": "--json takes no value",
		"--quiet=maybe": "--quiet takes no value", "--plain=maybe": "--plain takes no value", "--nope": "no flag --nope",
		"--state-dir=": "is empty",
	} {
		for _, command := range []string{
			"version", "--version", "help", "help export", "export --help", "completion bash", "man " + t.TempDir(), "demo --serve", "jobs", "",
		} {
			o := try(t, strings.Fields(flag+" "+command)...)
			if o.status != session.StatusUsage || !strings.Contains(o.stderr, say) || o.stdout != "" {
				t.Errorf("%s %s: status %d, stdout %q, stderr, which should say %q: %s", flag, command, o.status, o.stdout, say, o.stderr)
			}
		}
	}
}

// Why the built-in servers can't listen is told as what it is.
func TestWhereTheDemoCantListen(t *testing.T) {
	for _, flag := range []string{"--openbis-listen", "--zenodo-listen"} {
		for _, address := range []string{"bad", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", ":-1"} {
			if o := try(t, "demo", "--serve", flag, address); o.status != session.StatusUsage || !strings.Contains(o.stderr, "host and port") {
				t.Errorf("%s %s: %+v", flag, address, o)
			}
		}
	}
	for cause, say := range map[error]string{
		syscall.EADDRINUSE: "listens there already", syscall.EADDRNOTAVAIL: "does not have that address", syscall.EACCES: "below 1024",
		&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}: "no host of that name",
	} {
		why := fmt.Errorf("start the built-in openBIS: %w", &net.OpError{Op: "listen", Net: "tcp", Err: cause})
		o := person{"HOME": t.TempDir()}.with(t, func(p *Program) {
			p.StartDemo = func(_, _ string) (Demo, error) { return Demo{}, why }
		}, "demo", "--serve")
		if o.status != session.StatusFailed || !strings.Contains(o.stderr, say) || strings.Contains(o.stderr, "network") {
			t.Errorf("%v: %+v", cause, o)
		}
	}
}

// The help of each command shows each of its flags as --flag, with its default
// and an example, and the flags of every command.
func TestHelp(t *testing.T) {
	root := (&call{settings: map[string]string{}}).root()
	for _, cmd := range append(root.Commands(), root) {
		args := append(strings.Fields(strings.TrimPrefix(cmd.CommandPath(), "zenobis")), "--help")
		o := try(t, args...)
		if o.status != session.StatusDone || o.stderr != "" {
			t.Errorf("%v: status %d, %s", args, o.status, o.stderr)
		}
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.Name())
		}
		cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) { cmd.LocalFlags().AddFlag(f) })
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			at := strings.Index(o.stdout, "  --"+f.Name)
			if at < 0 {
				t.Errorf("%s: no --%s in the help", cmd.Name(), f.Name)
				return
			}
			if f.Name == "help" {
				return
			}
			lines := strings.Split(o.stdout[at:], "\n")
			if len(lines) < 3 || !strings.Contains(lines[2], "default: ") || !strings.Contains(lines[2], "example: --"+f.Name) {
				t.Errorf("%s --%s: %q", cmd.Name(), f.Name, lines[:3])
			}
			if f.Value.Type() != "bool" && (annotation(f, asValue) == "" || annotation(f, asExample) == "") {
				t.Errorf("%s --%s has no name of its value or no example", cmd.Name(), f.Name)
			}
		})
		if strings.Contains(o.stdout, "\t") {
			t.Errorf("%s: a tab in the help", cmd.Name())
		}
	}
}

// TestFlagsThatScriptsRelyOn: none of these may vanish or change its name.
func TestFlagsThatScriptsRelyOn(t *testing.T) {
	root := (&call{settings: map[string]string{}}).root()
	globals := "config profile openbis zenodo state-dir log-file log-level json quiet plain ca-file"
	for command, names := range map[string]string{
		"export": "only exclude file selection metadata-only with-parents with-children " +
			"with-references other-spaces unarchive layout pages crate " +
			"dry-run strict leave-out-broken accept-findings limit-rate wait open title description creator contributor license keyword related " +
			"funding access community publication-date record-version language group metadata write-metadata new-version-of",
		"resume": "leave-out-broken wait open", "jobs": "cite manifest", "sync": "watch", "verify": "deep",
		"demo": "serve openbis-listen zenodo-listen",
		"ls":   "", "discard": "", "doctor": "", "version": "",
	} {
		cmd, _, err := root.Find([]string{command})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(names + " " + globals) {
			if cmd.Flag(name) == nil && root.PersistentFlags().Lookup(name) == nil {
				t.Errorf("%s has no --%s", command, name)
			}
		}
	}
}

func TestCompletionOfEveryShell(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if o := try(t, "completion", shell); o.status != 0 || !strings.Contains(o.stdout, "zenobis") || o.stderr != "" {
			t.Errorf("%s: %d, %s", shell, o.status, o.stderr)
		}
	}
}

// Output that can't be written is a failure of every command whose output is
// its result.
func TestUnwrittenOutput(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every command")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	ob, ze := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()}), zenodotest.Start(t, zenodotest.Options{RateLimit: -1})
	p := at(t, ob)
	p["ZENOBIS_ZENODO_URL"], p["ZENOBIS_ZENODO_TOKEN"] = ze.URL, ze.Token
	space := lines(t, p.try(t, "ls", "--json").stdout)[0]["code"].(string)
	o := p.try(t, "export", "--json", "--metadata-only", "--accept-findings", "--title", "Things", "space:"+space)
	if o.status != 0 {
		t.Fatalf("%+v", o)
	}
	all := lines(t, o.stdout)
	job := all[len(all)-1]["job"].(string)
	for _, line := range []string{
		"--help", "help", "help export", "__complete jo", "__complete export --", "completion zsh", "completion fish",
		"version", "version --json", "completion bash", "jobs --help", "ls", "ls --json", "ls space:" + space, "jobs", "jobs --json",
		"jobs --cite text " + job, "jobs --manifest " + job, "doctor", "doctor --json", "sync", "sync --json", "verify " + job,
		"export --dry-run space:" + space, "export --dry-run --json space:" + space,
		"export --metadata-only --accept-findings --title Things space:" + space,
		"export --json --metadata-only --accept-findings --title Things space:" + space,
	} {
		if line == "jobs --manifest "+job {
			continue // pages have no data files
		}
		if o := p.into(t, full, strings.Fields(line)...); o.status != session.StatusFailed || strings.Contains(o.stderr, "the network") ||
			strings.Contains(o.stderr, "zenobis resume") ||
			!strings.Contains(o.stderr, "no space left") {
			t.Errorf("%s into a full device: status %d, %s", line, o.status, o.stderr)
		}
	}
}

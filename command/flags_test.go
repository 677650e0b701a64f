package command

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, line string
		check      func(i *Invocation) bool
	}{
		{"the UI", "", func(i *Invocation) bool { return i.Name == "" }},
		{"global flag before", "--json jobs", func(i *Invocation) bool { return i.Name == "jobs" && i.JSON }},
		{"global flag after", "jobs --json", func(i *Invocation) bool { return i.Name == "jobs" && i.JSON }},
		{"global flags on both sides", "--zenodo http://z export --openbis=http://o /A", func(i *Invocation) bool {
			return i.Zenodo == "http://z" && i.OpenBIS == "http://o"
		}},
		{"a flag's value survives the second parse", "--profile p jobs --json", func(i *Invocation) bool { return i.Profile == "p" && i.JSON }},
		{"flags between arguments", "export A --only B C --title T D", func(i *Invocation) bool {
			return reflect.DeepEqual(i.Args, []string{"A", "C", "D"}) && i.Export.Title == "T" && reflect.DeepEqual(i.Export.Only, []string{"B"})
		}},
		{"repeated", "export A --creator X --creator Y", func(i *Invocation) bool { return len(i.Export.Creators) == 2 }},
		{"everything after -- is an argument", "export -- -A --title", func(i *Invocation) bool { return reflect.DeepEqual(i.Args, []string{"-A", "--title"}) }},
		{"given", "export A --layout files", func(i *Invocation) bool { return i.Given("layout") && !i.Given("pages") }},
		{"demo", "demo --serve --openbis-listen :1", func(i *Invocation) bool { return i.Serve && i.OpenBISListen == ":1" && i.ZenodoListen == "127.0.0.1:0" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, err := Parse(strings.Fields(c.line))
			if err != nil || !c.check(i) {
				t.Errorf("%+v, %v", i, err)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{"nope", "--nope", "export --nope", "jobs a b", "discard", "verify", "version x", "jobs --cite bibtex", "jobs --cite pdf J", "export --limit-rate x A"} {
		if _, err := Parse(strings.Fields(line)); !errors.Is(err, ErrUsage) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	var help *ErrHelp
	if _, err := Parse([]string{"export", "--help"}); !errors.As(err, &help) {
		t.Fatal(err)
	}
	for _, f := range strings.Fields("only exclude file selection metadata-only with-parents with-children with-references other-spaces unarchive layout pages crate dry-run strict leave-out-broken accept-findings limit-rate wait open title description creator contributor license keyword related funding access community publication-date record-version language group metadata write-metadata new-version-of config profile openbis zenodo state-dir log-file log-level json quiet plain ca-file") {
		if !strings.Contains(help.Text, "-"+f) {
			t.Errorf("no -%s in the help", f)
		}
	}
}

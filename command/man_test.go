package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The manual has a page for each command, which says all that its help says.
func TestManual(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	if o := try(t, "man", dir); o.status != 0 || o.stderr != "" {
		t.Fatalf("%+v", o)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	root := (&call{settings: map[string]string{}}).root()
	if len(pages) != len(root.Commands())+1 { // the program itself has one
		t.Errorf("%d pages for %d commands", len(pages), len(root.Commands()))
	}
	man, err := exec.LookPath("man")
	if err != nil {
		t.Skip("man is not installed")
	}
	if testing.Short() { // man takes its time
		pages = pages[:3]
	}
	for _, page := range pages {
		args := strings.Split(strings.TrimSuffix(filepath.Base(page), ".1"), "-")[1:]
		cmd := exec.Command(man, "--warnings", "-l", page)
		cmd.Env = append(os.Environ(), "MANWIDTH=100", "MAN_KEEP_FORMATTING=", "LC_ALL=C.UTF-8")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil || stderr.Len() > 0 {
			t.Errorf("%s: %v %s", page, err, &stderr)
		}
		told := strings.Join(strings.Fields(string(out)), " ")
		help := try(t, append([]string{"help"}, args...)...).stdout
		for line := range strings.Lines(help) {
			line = strings.Join(strings.Fields(line), " ")
			if heading, ok := strings.CutSuffix(line, ":"); ok {
				line = strings.ToUpper(heading)
			}
			if line == "USAGE" || strings.Contains(line, "zenobis COMMAND --help") {
				continue
			}
			if !strings.Contains(told, line) {
				t.Errorf("%s does not say %q", filepath.Base(page), line)
			}
		}
		if !strings.Contains(told, "interrupted and resumable") || !strings.Contains(told, "NAME zenobis") {
			t.Errorf("%s: %s", page, told)
		}
	}
}

func TestManualText(t *testing.T) {
	for s, want := range map[string]string{
		"a-b": `a\-b`, ".SH x": `\&.SH x`, "x\n.y": "x\n\\&.y", "'quoted'": `\(aqquoted\(aq`, `C:\dir`: `C:\edir`, "~/x": `\(ti/x`,
	} {
		if got := roffText(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// Libraries start programs too, with the environment that the process has.
func TestChildrenOfLibrariesGetNoSecrets(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(dir, "dump")
	script := "#!/bin/sh\nenv > '" + dump + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte(script), 0o700); err != nil { //nolint:gosec // it is to be started
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	secrets := []string{"ZENOBIS_OPENBIS_TOKEN", "ZENOBIS_OPENBIS_PASSWORD", "ZENOBIS_ZENODO_TOKEN"}
	for _, name := range secrets {
		t.Setenv(name, "opens everything")
	}
	t.Setenv("ZENOBIS_ZENODO_URL", "https://zenodo.example")

	p := program()
	colorprofile.Tmux([]string{"TMUX=/tmp/tmux-0/default,1,0"})

	seen, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(seen), "opens everything") {
		t.Errorf("tmux got\n%s", seen)
	}
	if !strings.Contains(string(seen), "ZENOBIS_ZENODO_URL=") {
		t.Error("what is no secret is gone as well")
	}
	if joined := strings.Join(p.Environ, "\n"); strings.Contains(joined, "opens everything") {
		t.Errorf("the screens get\n%s", joined)
	}
	for _, name := range secrets {
		if p.Env(name) != "opens everything" {
			t.Errorf("%s is not known any more", name)
		}
	}
}

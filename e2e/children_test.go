package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// watched is a person with all secrets in the environment, and with a browser and a
// tmux that write down the environment which they get.
type watched struct {
	*person
	dir string
}

func (s *servers) watched(t *testing.T) *watched {
	dir := t.TempDir()
	for _, name := range []string{"browser", "tmux"} {
		script := fmt.Sprintf("#!/bin/sh\nenv > %[1]s/new.$$ && mv %[1]s/new.$$ %[1]s/%[2]s-$1.$$\ncat > /dev/null\n", dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &watched{s.person(t).with("PATH="+dir+":"+os.Getenv("PATH"), "BROWSER="+filepath.Join(dir, "browser")+" page",
		"TMUX=/tmp/tmux-0/default,1,0", "TERM=tmux-256color", "ZENOBIS_OPENBIS_USER="+s.User, "ZENOBIS_OPENBIS_PASSWORD="+s.Password,
		"ZENOBIS_OTHER_TOKEN=opens everything"), dir}
}

// saw waits for a child, such as "tmux-info", and looks at what all children got.
func (w *watched) saw(child string) {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(w.dir, child+".*")); len(found) > 0 {
			break
		} else if time.Now().After(end) {
			w.t.Fatalf("%s was not started", child)
		}
	}
	all, _ := filepath.Glob(filepath.Join(w.dir, "*-*.*"))
	for _, path := range all {
		env, err := os.ReadFile(path)
		if err != nil {
			w.t.Fatal(err)
		}
		who := filepath.Base(path)
		w.noSecrets("the environment of "+who, string(env))
		for _, name := range []string{"ZENOBIS_OPENBIS_TOKEN=", "ZENOBIS_OPENBIS_PASSWORD=", "ZENOBIS_ZENODO_TOKEN=", "ZENOBIS_OTHER_TOKEN="} {
			if strings.Contains(string(env), name) {
				w.t.Errorf("%s has %s", who, name)
			}
		}
		if !strings.Contains(string(env), "ZENOBIS_ZENODO_URL=") {
			w.t.Errorf("%s does not have what is no secret", who)
		}
	}
}

// TestChildrenGetNoSecrets of the environment: neither those that we start nor those
// of libraries, of which one starts tmux before main.
func TestChildrenGetNoSecrets(t *testing.T) {
	s := serve(t)
	for _, args := range []string{"version", "help", "ls", "doctor", "jobs", "export --dry-run space:JDOE", "demo --plain", "--plain", "__complete export ''"} {
		t.Run(args, func(t *testing.T) {
			w := s.watched(t)
			w.with("TTY_FORCE=1").run(strings.Fields(args)...)
			w.saw("tmux-info")
		})
	}
	t.Run("token_command", func(t *testing.T) {
		w := s.watched(t)
		w.configure(fmt.Sprintf("[zenodo]\nurl = %q\ntoken_command = '%s/browser token; echo %s'\n", s.Zenodo, w.dir, s.ZenodoToken))
		w.with("ZENOBIS_ZENODO_TOKEN=").must(0, "doctor")
		w.saw("browser-token")
	})
	t.Run("screens", func(t *testing.T) {
		slow(t)
		w := s.watched(t)
		w.must(0, "export", "--layout", "single", "--title", "For a browser", firstCollection(t, w.person))
		x := w.terminal(t, 80, 24)
		w.saw("tmux-info")
		x.see("Jane Doe")
		x.keys("C-x")
		x.see("For a browser")
		x.keys("Enter")
		x.see("draft: not public yet")
		x.keys("c")
		w.saw("tmux-load-buffer")
		x.keys("b")
		w.saw("browser-page")
		x.keys("C-c")
		x.ended()
	})
}

// TestSecretsGoFirst: nothing is initialised between syscall, without which nobody can
// look at the environment or start a program, and the package that takes the secrets out.
func TestSecretsGoFirst(t *testing.T) {
	o := serve(t).person(t).with("GODEBUG=inittrace=1").must(0, "version")
	if !regexp.MustCompile(`(?m)^init syscall .*\ninit before.invalid/secrets `).MatchString(o.stderr) {
		t.Errorf("initialised in this order:\n%s", o.stderr)
	}
}

package handoff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// script makes a program named name that stores its environment, arguments and
// input in the folder that is returned, and ends as told.
func script(t *testing.T, name, end string) (program, dir string) {
	t.Helper()
	dir = t.TempDir()
	program = filepath.Join(dir, name)
	text := "#!/bin/sh\nenv > " + dir + "/env\nprintf '%s\\n' \"$@\" > " + dir + "/args\ncat > " + dir + "/in\n" +
		"ps -o sid= -p $$ > " + dir + "/sid 2>/dev/null\necho done > " + dir + "/new && mv " + dir + "/new " + dir + "/done\n" + end + "\n"
	if err := os.WriteFile(program, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, dir
}

// read waits for a script's end and returns one of its files.
func read(t *testing.T, dir, name string) string {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 20*time.Second; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "done")); err == nil {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
	}
	t.Fatal("the child did not end")
	return ""
}

// TestChildren are called as they want it, in the program's environment.
func TestChildren(t *testing.T) {
	t.Setenv("ZENOBIS_CONFIG", "/told")
	check := func(who, env string) {
		t.Helper()
		if !strings.Contains(env, "ZENOBIS_CONFIG=/told") {
			t.Errorf("%s does not get the environment", who)
		}
	}
	program, dir := script(t, "browser", "")
	if err := Open([]string{program, "--new", "at %s"}, "https://zenodo.org/uploads/1"); err != nil {
		t.Fatal(err)
	}
	check("the browser", read(t, dir, "env"))
	if got := read(t, dir, "args"); got != "--new\nat https://zenodo.org/uploads/1\n" {
		t.Errorf("the browser was called with %q", got)
	}

	_, dir = script(t, "tmux", "")
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if err := CopyTmux(context.Background(), env("TMUX", "x"), "copied"); err != nil {
		t.Fatal(err)
	}
	check("tmux", read(t, dir, "env"))
	if args, in := read(t, dir, "args"), read(t, dir, "in"); args != "load-buffer\n-w\n-\n" || in != "copied" {
		t.Errorf("tmux was called with %q and given %q", args, in)
	}
	_, dir = script(t, "tmux", "exit 1")
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if err := CopyTmux(context.Background(), env("TMUX", "x"), "copied"); err == nil || !strings.Contains(err.Error(), "hand to tmux") {
		t.Errorf("tmux fails: %v", err)
	}
}

func TestABrowserOutlivesTheTerminal(t *testing.T) {
	program, dir := script(t, "browser", "")
	if err := Open([]string{program}, "https://zenodo.org"); err != nil {
		t.Fatal(err)
	}
	sid := strings.TrimSpace(read(t, dir, "sid"))
	if sid == "" {
		t.Skip("there is no ps here")
	}
	own, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		t.Skip("there is no /proc here")
	}
	if fields := strings.Fields(string(own)); fields[5] == sid {
		t.Errorf("the browser is in our session %s", sid)
	}
}

// TestSystems covers what Browser takes from the environment of the program.
func TestSystems(t *testing.T) {
	for goos, want := range map[string]string{"windows": "rundll32.exe", "darwin": "open", "linux": "xdg-open", "": "xdg-open"} {
		e := env("DISPLAY", ":0")
		e.OS = goos
		if got, why := e.Browser(); len(got) == 0 || got[0] != want {
			t.Errorf("%q: %q, %s", goos, got, why)
		}
	}
}

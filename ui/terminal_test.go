package ui

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
)

// TestMain lets the test binary be the program itself, for a real terminal.
func TestMain(m *testing.M) {
	if os.Getenv("ZENOBIS_UI_FAKE") == "" {
		os.Exit(m.Run())
	}
	f := flowtest.New()
	f.Changes = make(chan export.Job, 4)
	go func() { // an export that moves
		for range time.Tick(20 * time.Millisecond) {
			f.Mu.Lock()
			if r := f.Run; r != nil {
				r.Mu.Lock()
				r.P.Bytes += 123_457
				r.P.Packages[1].Bytes += 123_457
				r.P.File = fmt.Sprintf("Measurement 1/raw/run%d.csv", r.P.Bytes/1e6)
				r.Mu.Unlock()
			}
			f.Mu.Unlock()
		}
	}()
	sum, err := run(context.Background(), options{backend: f, in: os.Stdin, out: os.Stdout, env: os.Getenv, environ: os.Environ()})
	for _, l := range sum.Lines {
		fmt.Println(l)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestRealTerminal drives the real program in tmux: keys in, screen out.
func TestRealTerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	sock := fmt.Sprintf("zenobis-ui-%d", os.Getpid())
	tmux := func(args ...string) string {
		out, err := exec.Command("tmux", append([]string{"-L", sock, "-f", "/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %q: %v: %s", args, err, out)
		}
		return string(out)
	}
	tmux("new-session", "-d", "-x", "80", "-y", "24",
		"ZENOBIS_UI_FAKE=1 LANG=C.UTF-8 "+os.Args[0]+"; echo ENDED; sleep 30")
	defer func() { _ = exec.Command("tmux", "-L", sock, "kill-server").Run() }()
	see := func(want string) {
		t.Helper()
		screen := ""
		for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
			if screen = tmux("capture-pane", "-p"); strings.Contains(screen, want) {
				return
			}
		}
		t.Fatalf("not seen: %q in\n%s", want, screen)
	}
	see("Your openBIS")
	tmux("send-keys", "-l", "secret")
	tmux("send-keys", "Enter")
	see("LAB NOTEBOOK")
	tmux("send-keys", "Right")
	see("Thin Films")
	tmux("send-keys", "Down", "Space")
	see("☑ Thin Films")
	tmux("resize-window", "-x", "40", "-y", "12")
	see("3/6 Browse")
	tmux("send-keys", "Enter")
	see("4/6 Describe")
	tmux("send-keys", "-l", "Mass loss ?")
	see("Mass loss ?")
	tmux("send-keys", "Enter")
	see("5/6 Review")
	tmux("send-keys", "Enter")
	see("content")
	log := t.TempDir() + "/out"
	tmux("pipe-pane", "cat > "+log)
	const watched = 3
	time.Sleep(watched * time.Second)
	tmux("pipe-pane")
	st, err := os.Stat(log)
	if err != nil {
		t.Fatal(err)
	}
	if n := st.Size(); n == 0 || n > watched*2000 {
		t.Errorf("the running export wrote %d bytes in %d s", n, watched)
	}
	tmux("send-keys", "C-c")
	see("What do you want to do with it?")
	tmux("send-keys", "x")
	see("job1")
	see("ENDED")
}

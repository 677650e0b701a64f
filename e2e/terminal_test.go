package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// terminal is a person's terminal: the real program in tmux.
type terminal struct {
	t    *testing.T
	sock string
	dir  string // of the script that runs the program
}

// terminal starts zenobis in a terminal of a size. Skips without tmux.
func (p *person) terminal(t *testing.T, w, h int, args ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	var script strings.Builder // the environment of a file: tmux keeps one of its own
	for _, e := range p.env {
		name, v, _ := strings.Cut(e, "=")
		fmt.Fprintf(&script, "export %s='%s'\n", name, strings.ReplaceAll(v, "'", `'\''`))
	}
	fmt.Fprintf(&script, "unset SSH_CONNECTION SSH_TTY DISPLAY WAYLAND_DISPLAY XDG_CONFIG_HOME XDG_STATE_HOME\ncd\n")
	dir := t.TempDir()
	path := filepath.Join(dir, "run.sh")
	// tmux 3.3 does not always tell a dead pane's status, so the shell does.
	fmt.Fprintf(
		&script,
		"sh -c 'echo $$ > %[1]s/pid; exec %[2]s %[3]s'\necho $? > %[1]s/status.new\nmv %[1]s/status.new %[1]s/status\n",
		dir,
		p.program,
		strings.Join(args, " "),
	)
	if err := os.WriteFile(path, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t, fmt.Sprintf("zenobis-e2e-%d-%d", os.Getpid(), time.Now().UnixNano()), dir}
	t.Cleanup(func() { exec.Command("tmux", "-L", term.sock, "kill-server").Run() })
	term.tmux("new-session", "-d", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h), "exec sleep 600")
	term.tmux("set-option", "-g", "remain-on-exit", "on")
	term.tmux("respawn-pane", "-k", "exec sh "+path)
	return term
}

func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", x.sock, "-f", "/dev/null"}, args...)...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

// see waits until a text stands on the screen, and returns the screen.
func (x *terminal) see(want string) string {
	x.t.Helper()
	screen := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		// tmux scrolls a line away to say that the program ended: with history.
		if screen = x.tmux("capture-pane", "-p", "-S", "-9"); strings.Contains(screen, want) {
			return screen
		}
	}
	x.t.Fatalf("not seen: %q in\n%s", want, screen)
	return ""
}

func (x *terminal) keys(keys ...string) { x.tmux(append([]string{"send-keys"}, keys...)...) }
func (x *terminal) write(text string)   { x.tmux("send-keys", "-l", text) }

func (x *terminal) resize(w, h int) {
	x.tmux("resize-window", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h))
}

func (x *terminal) pid() int {
	data, err := os.ReadFile(filepath.Join(x.dir, "pid"))
	if err != nil {
		x.t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

// ended waits for the end of the program and returns its status.
func (x *terminal) ended() string {
	x.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if status, err := os.ReadFile(filepath.Join(x.dir, "status")); err == nil {
			return strings.TrimSpace(string(status))
		}
	}
	x.t.Fatalf("still running:\n%s", x.tmux("capture-pane", "-p"))
	return ""
}

// byHand is a person who has to type the password, and the token if asked for.
func (s *servers) byHand(t *testing.T) *person {
	return s.person(t).with("ZENOBIS_OPENBIS_TOKEN=", "ZENOBIS_ZENODO_TOKEN=", "ZENOBIS_OPENBIS_USER="+s.User)
}

// configure writes the person's configuration file.
func (p *person) configure(text string) {
	p.t.Helper()
	path := filepath.Join(p.home, ".config", "zenobis", "config.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

var draftPage = regexp.MustCompile(`http://127\.0\.0\.1:\d+/uploads/\d+`)

// TestTerminalWholeWay goes from the password to the registered publication with
// keys alone, in a usual terminal and in a tiny one.
func TestTerminalWholeWay(t *testing.T) {
	slow(t)
	s := serve(t)
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			p := s.byHand(t)
			p.configure("[export]\nlayout = \"single\"\n") // few requests: a Zenodo has a limit a minute
			x := p.terminal(t, size[0], size[1])
			x.see("Password")
			x.write(s.Password)
			x.keys("Enter")
			x.see("deposit:write")
			x.write(s.ZenodoToken)
			x.keys("Enter")
			x.see("LAB NOTEBOOK")
			x.see("Jane Doe")
			x.keys("Right")
			x.see("Heat Shock")
			x.keys("Down", "Right")
			x.see("Time cour")
			x.keys("Down", "Space")
			x.see("☑ Time cour")

			x.resize(19, 4) // a window manager's whim; nothing is lost
			x.see("too small")
			x.resize(20, 5)
			x.see("▾ ▣ Jane Doe")
			x.resize(size[0], size[1])
			x.see("☑ Time cour")

			x.keys("Enter")
			x.see("Creators")
			title := fmt.Sprintf("Heat shock %d", size[0])
			x.write(title)
			x.see(title)
			x.keys("Enter")
			x.see("Nothing has been se") // the plan is there
			x.keys("Enter")
			draft := draftPage.FindString(x.see("draft: not public yet"))
			if draft == "" {
				t.Fatalf("no address in\n%s", x.see(""))
			}
			publish(t, draft)
			x.see("✓ published")
			x.see("PUBLICATION")
			x.keys("q")
			if status := x.ended(); status != "0" {
				t.Errorf("status %s", status)
			}
			x.see("Published and recorded in openBIS")

			job := last(t, events(t, p.must(0, "jobs", "--json").stdout), "job")
			if objects, _ := job["openbis_objects"].([]any); job.text("state") != "registered" || job.text("title") != title || len(objects) != 1 {
				t.Errorf("afterwards: %v", job)
			}
			p.noSecretsOnDisk()
		})
	}
}

// TestTerminalWrongPassword: the mistake stands under its field and what was
// typed stays.
func TestTerminalWrongPassword(t *testing.T) {
	slow(t)
	s := serve(t)
	p := s.byHand(t)
	x := p.terminal(t, 80, 24)
	x.see("Password")
	x.write("mistyped")
	x.keys("Enter")
	if screen := x.see("✗"); !strings.Contains(screen, s.User) || strings.Contains(screen, "mistyped") {
		t.Errorf("the user did not stay, or the password is readable:\n%s", screen)
	}
	x.keys("C-u")
	x.write(s.Password)
	x.keys("Enter")
	x.see("deposit:write")
	x.keys("C-c")
	if status := x.ended(); status != "0" {
		t.Errorf("status %s", status)
	}
	if out := x.see("Nothing was sent."); strings.Contains(out, s.Password) {
		t.Errorf("the password is on the screen:\n%s", out)
	}
	p.noSecretsOnDisk()
}

// TestTerminalHangUp: the terminal goes away during an export. It goes on, and
// the next start shows it.
func TestTerminalHangUp(t *testing.T) {
	slow(t)
	s := serve(t)
	p := s.person(t)
	x := p.terminal(t, 80, 24)
	x.see("Jane Doe")
	x.keys("s")
	x.write("whole field")
	x.keys("Enter")
	x.see("1 hit")
	x.keys("Space")
	x.see("☑ Whole field")
	x.keys("Enter")
	x.see("Creators")
	x.write("Whole field scan")
	x.see("Whole field scan")
	x.keys("Enter")
	x.see("enter starts")
	x.keys("Enter")
	x.see("uploading")
	x.see("MB/s")
	pid := x.pid()
	x.tmux("kill-server") // closes the terminal: the kernel sends the hangup
	for end := time.Now().Add(30 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the program did not end after its export")
		}
	}
	job := last(t, events(t, p.must(0, "jobs", "--json").stdout), "job")
	if job.text("state") != "draft" || job.text("doi") == "" {
		t.Errorf("after the hangup: %v", job)
	}
	y := p.terminal(t, 80, 24)
	y.see("Jane Doe")
	y.keys("C-x")
	y.see("Whole field scan")
	y.see("draft: not public yet")
	y.keys("C-c")
	if status := y.ended(); status != "0" {
		t.Errorf("status %s", status)
	}
	p.noSecretsOnDisk()
}

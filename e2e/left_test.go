package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zenobis/command"
	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/plain"
	"zenobis/ui"
	"zenobis/zenodo/zenodotest"
)

// countEnv makes the test binary the program itself, which in the end writes to that
// file what it still holds: nobody else can count goroutines.
const countEnv = "ZENOBIS_E2E_COUNT"

// held is what a process holds.
type held struct {
	Goroutines []string // their stacks
	Files      []string // open files and connections
}

// holds tells what this process holds, beside what the Go runtime keeps once it was
// used: the goroutine that hears signals, and what waits for files.
func holds() (h held) {
	stacks := make([]byte, 1<<20)
	for _, s := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if !strings.Contains(s, "e2e.counted") && !strings.Contains(s, "os/signal.loop") {
			h.Goroutines = append(h.Goroutines, s)
		}
	}
	list, _ := os.ReadDir("/proc/self/fd") // none of the listing's own: it is closed again
	for _, e := range list {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && to != "anon_inode:[eventpoll]" && to != "anon_inode:[eventfd]" {
			h.Files = append(h.Files, e.Name()+" "+to)
		}
	}
	return h
}

// counted runs the program and writes what it has left.
func counted(path string) int {
	before := holds()
	status := command.Program{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Getenv, Environ: os.Environ(), Now: time.Now,
		Screens: ui.Run, Questions: plain.Run,
	}.Run(context.Background(), os.Args[1:])
	after := holds()
	// What was told to end may need a moment on a busy computer.
	for range 500 {
		if len(after.Goroutines) <= len(before.Goroutines) && len(after.Files) <= len(before.Files) {
			break
		}
		time.Sleep(20 * time.Millisecond)
		after = holds()
	}
	var left held
	if len(after.Goroutines) > len(before.Goroutines) {
		left.Goroutines = after.Goroutines
	}
	if len(after.Files) > len(before.Files) {
		left.Files = after.Files
	}
	text, err := json.Marshal(left)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	return status
}

// counting is a person whose program counts.
func counting(t *testing.T, s *servers) *person {
	p := s.person(t)
	q := p.with(countEnv + "=" + filepath.Join(p.home, "left.json"))
	q.program = os.Args[0]
	return q
}

// leftNothing fails if the person's last run has left something.
func (p *person) leftNothing(what string) {
	p.t.Helper()
	path := filepath.Join(p.home, "left.json")
	text, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	defer os.Remove(path)
	var left held
	if err := json.Unmarshal(text, &left); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	for _, s := range left.Goroutines {
		p.t.Errorf("%s: left is %s", what, s)
	}
	for _, f := range left.Files {
		p.t.Errorf("%s: open is %s", what, f)
	}
}

// holdsNoJob fails if a program that goes on has something of an export open.
func (p *person) holdsNoJob(what string, pid int) {
	p.t.Helper()
	var open []string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		open = nil
		list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if err != nil {
			p.t.Fatal(err)
		}
		for _, e := range list {
			if to, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, e.Name())); strings.Contains(to, "/jobs/") {
				open = append(open, to)
			}
		}
		if open == nil {
			return
		}
	}
	p.t.Errorf("%s: open is %v", what, open)
}

// both are the two servers in this process, so that they can fail.
func both(t *testing.T) (*servers, *openbistest.Server, *zenodotest.Server) {
	t.Helper()
	if _, err := os.ReadDir("/proc/self/fd"); err != nil {
		t.Skip("there is no /proc here")
	}
	ob := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()})
	ze := zenodotest.Start(t, zenodotest.Options{RateLimit: -1})
	return &servers{ob.URL, ze.URL, ob.User, ob.Password, ob.PAT, ze.Token}, ob, ze
}

// TestCommandsLeaveNothing: no goroutine, no file, no connection, however they end.
func TestCommandsLeaveNothing(t *testing.T) {
	slow(t)
	s, ob, ze := both(t)
	p := counting(t, s)
	small := []string{"export", "--json", "--title", "Left", "--accept-findings", "/JDOE/HEAT_SHOCK"}
	id := func() string { return last(t, events(t, p.run("jobs", "--json").stdout), "job").text("job") }
	for _, c := range []struct {
		what   string
		status int
		args   func() []string
		fault  func() func()
	}{
		{"an export", 0, func() []string { return small }, nil},
		{"a look", 0, func() []string { return []string{"sync"} }, nil},
		{"a comparison", 0, func() []string { return []string{"verify", id()} }, nil},
		{"a deep comparison", 0, func() []string { return []string{"verify", "--deep", id()} }, nil},
		{"a discard", 0, func() []string { return []string{"discard", id()} }, nil},
		{"layout files", 0, func() []string { return append(small, "--layout", "files") }, nil},
		{"a ZIP for each data set", 0, func() []string { return append(small, "--layout", "per-dataset") }, nil},
		{"a dry run", 0, func() []string { return append(small, "--dry-run") }, nil},
		{"a list", 0, func() []string { return []string{"ls", "space:JDOE"} }, nil},
		{"a doctor", 0, func() []string { return []string{"doctor"} }, nil},
		{"an export that is refused", -1, func() []string { return small }, func() func() {
			return ze.Fault(fakehttp.Fault{Kind: zenodotest.FaultBlocked, Method: "PUT", Path: "/content", Times: fakehttp.Always})
		}},
		{"the same again", 0, func() []string { return []string{"resume", id()} }, nil},
		{"an export of a file that is not there", -1, func() []string { return small }, func() func() {
			return ob.Fault(fakehttp.Fault{Kind: openbistest.FaultNotOnDisk, Times: fakehttp.Always})
		}},
		{"a plan that is refused", -1, func() []string { return small }, func() func() {
			return ob.Fault(fakehttp.Fault{Kind: openbistest.FaultRPCError, Call: "searchSamples", Times: fakehttp.Always})
		}},
	} {
		args := c.args()
		if c.fault != nil {
			end := c.fault()
			o := p.run(args...)
			end()
			if o.status == 0 {
				t.Errorf("%s: status 0", c.what)
			}
		} else if o := p.run(args...); o.status != c.status {
			t.Errorf("%s: %+v", c.what, o)
		}
		p.leftNothing(c.what)
	}

	cmd := p.command("export", "--json", "--title", "Left", "--limit-rate", "30000000", "dataset:"+bigDataSet(t, p))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(out); sc.Scan(); {
		if strings.Contains(sc.Text(), `"event":"progress"`) {
			cmd.Process.Signal(syscall.SIGINT)
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
	p.leftNothing("an export that is stopped")
}

// talked is the program's plain way, under way.
type talked struct {
	t    *testing.T
	pid  int
	in   io.WriteCloser
	mu   sync.Mutex
	said strings.Builder
	at   int // seen so far
}

// see waits until something is said after what was seen before.
func (x *talked) see(want string) {
	x.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		x.mu.Lock()
		said := x.said.String()
		x.mu.Unlock()
		if i := strings.Index(said[x.at:], want); i >= 0 {
			x.at += i + len(want)
			return
		}
	}
	x.t.Fatalf("not said: %q in\n%s", want, x.said.String()[x.at:])
}

func (x *talked) answer(to, with string) {
	x.t.Helper()
	x.see(to)
	_, _ = io.WriteString(x.in, with+"\n") // who has ended is told at the next look
}

// talk begins the plain way.
func (p *person) talk() (x *talked, wait func()) {
	p.t.Helper()
	cmd := p.command("--plain")
	in, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = cmd.Process.Kill() })
	x = &talked{t: p.t, pid: cmd.Process.Pid, in: in}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := out.Read(buf)
			x.mu.Lock()
			x.said.Write(buf[:n])
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return x, func() {
		_ = in.Close()
		<-done
		_ = cmd.Wait()
	}
}

// TestPlainLeavesNothing, when it is left after an export, in the middle of one, after
// one that was refused, and after a discard.
func TestPlainLeavesNothing(t *testing.T) {
	slow(t)
	s, _, ze := both(t)
	for what, c := range map[string]struct {
		fault fakehttp.Fault
		rest  func(p *person, x *talked)
	}{
		"after an export": {rest: func(p *person, x *talked) {
			x.answer("Watching.", "")
			p.holdsNoJob("after an export", x.pid)
		}},
		"after a discard": {rest: func(_ *person, x *talked) {
			x.answer("Watching.", "")
			x.answer("Choose", "exports")
			x.answer("discard N", "discard 1")
			x.answer("[", "yes")
			x.see("discarded")
		}},
		"in the middle": {
			fault: fakehttp.Fault{Kind: fakehttp.Stall, Method: "PUT", Path: "/content"},
			rest: func(_ *person, x *talked) {
				x.answer("Draft: ", "stop")
				x.see("Stopped.")
			},
		},
		"after one that was refused": {
			fault: fakehttp.Fault{Kind: zenodotest.FaultBlocked, Method: "PUT", Path: "/content", Times: fakehttp.Always},
			rest:  func(_ *person, x *talked) { x.see("Error") },
		},
	} {
		t.Run(what, func(t *testing.T) {
			if c.fault.Kind != "" {
				defer ze.Fault(c.fault)()
			}
			p := counting(t, s)
			x, wait := p.talk()
			x.answer("Choose", "1")
			x.answer("Choose", "select 1")
			x.answer("Choose", "continue")
			x.answer("Title", "")
			x.answer("Number to change", "continue")
			x.answer("start, layout NAME", "start")
			c.rest(p, x)
			wait()
			p.leftNothing(what)
			if t.Failed() {
				t.Log(x.said.String())
			}
		})
	}
}

// TestScreensLeaveNothing, when they are left after an export, in the middle of one, after
// one that was refused, and after a discard.
func TestScreensLeaveNothing(t *testing.T) {
	slow(t)
	s, _, ze := both(t)
	for what, c := range map[string]struct {
		fault fakehttp.Fault
		rest  func(p *person, x *terminal)
	}{
		"after an export": {rest: func(p *person, x *terminal) {
			x.see("draft: not public yet")
			p.holdsNoJob("after an export", x.pid())
			x.keys("q")
		}},
		"after a discard": {rest: func(_ *person, x *terminal) {
			x.see("draft: not public yet")
			x.keys("C-x")
			x.see("Exports")
			x.keys("d")
			x.see("discard it")
			x.keys("d")
			x.see("discarded")
			x.keys("C-c")
			x.see("Leave zenobis?")
			x.keys("l")
		}},
		"in the middle": {
			fault: fakehttp.Fault{Kind: fakehttp.Stall, Method: "PUT", Path: "/content"},
			rest: func(_ *person, x *terminal) {
				x.see("uploading")
				x.keys("C-c")
				x.see("What do you want to do with it?")
				x.keys("x")
			},
		},
		"after one that was refused": {
			fault: fakehttp.Fault{Kind: zenodotest.FaultBlocked, Method: "PUT", Path: "/content", Times: fakehttp.Always},
			rest: func(_ *person, x *terminal) {
				x.see("✗")
				x.keys("C-c")
			},
		},
	} {
		t.Run(what, func(t *testing.T) {
			if c.fault.Kind != "" {
				defer ze.Fault(c.fault)()
			}
			p := counting(t, s)
			x := p.terminal(t, 80, 24)
			x.see("Jane Doe")
			x.keys("Right")
			x.see("Heat Shock")
			x.keys("Down", "Space")
			x.see("☑ Heat Shock")
			x.keys("Enter")
			x.see("Creators")
			x.write("Left")
			x.keys("Enter")
			x.see("Nothing has been se")
			x.keys("Enter")
			c.rest(p, x)
			x.ended()
			p.leftNothing(what)
		})
	}
}

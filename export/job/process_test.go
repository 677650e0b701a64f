//go:build unix

package job

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestProcesses that live, that are dead but not waited for, and that are gone.
func TestProcesses(t *testing.T) {
	if _, err := os.Stat("/proc/self/ns/pid"); err != nil {
		t.Skip(err)
	}
	me := thisProcess()
	if me.Start == "" || me.Boot == "" || me.Space == "" {
		t.Fatalf("this process is known as %+v", me)
	}
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	program := filepath.Join(t.TempDir(), "a) Z 1 (b") // as a program may be called
	if err := os.Symlink(sleep, program); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "60")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	other := me
	other.PID = c.Process.Pid
	other.Start = startOf(other.PID)
	again, unknown := other, other
	again.Start, unknown.Start = me.Start+"1", ""
	check := func(when string, want bool) {
		t.Helper()
		for name, b := range map[string]By{"it": other, "it, as the former version knew it": unknown} {
			if !b.visible(me) || b.lives() != want {
				t.Errorf("%s: %s lives: %v", when, name, !want)
			}
		}
		if again.lives() {
			t.Errorf("%s: another one with its pid is taken for it", when)
		}
	}
	check("running", true)
	if other.Start == "" || zombie(other.PID) {
		t.Errorf("it runs since %q", other.Start)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); !zombie(other.PID) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	check("not waited for", false)
	_ = c.Wait() // it was killed
	check("gone", false)
	if startOf(other.PID) != "" || zombie(other.PID) {
		t.Error("what is gone has a state")
	}
	if !me.lives() || !alive(1) || alive(0) || alive(-1) {
		t.Error("this process and the first live, and no others below them")
	}
}

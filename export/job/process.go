package job

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"zenobis/safetext"
)

// By says which process of which host something is about.
type By struct {
	Machine string `json:"machine,omitempty"` // id of the installation; "" where the system has none
	Host    string `json:"host"`
	Boot    string `json:"boot,omitempty"`  // id of the host's boot
	Space   string `json:"space,omitempty"` // namespace in which the pid counts
	PID     int    `json:"pid"`
	Start   string `json:"start,omitempty"` // of the process, so that a pid used again is not taken for it
}

// thisProcess identifies this process among all of all hosts.
func thisProcess() By {
	b := By{PID: os.Getpid()}
	b.Host, _ = os.Hostname() // without a name all nameless hosts are one
	b.Start = startOf(b.PID)
	for _, name := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if id, err := os.ReadFile(name); err == nil && b.Machine == "" {
			b.Machine = strings.TrimSpace(string(id))
		}
	}
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		b.Boot = strings.TrimSpace(string(id))
	}
	if s, err := os.Readlink("/proc/self/ns/pid"); err == nil {
		b.Space = s
	}
	return b
}

// name is the process for a person; texts of other hosts are cleaned.
func (b By) name() string { return fmt.Sprintf("process %d on %s", b.PID, safetext.Line(b.Host)) }

// sameMachine reports whether two processes are of one installation. Names are
// no proof: two hosts may have the same.
func (b By) sameMachine(other By) bool { return b.Machine == other.Machine && b.Host == other.Host }

// visible reports whether the process of b would be seen by this process if it
// lived. No two boots have the same id.
func (b By) visible(me By) bool {
	return b.Boot == me.Boot && b.Space == me.Space && (b.Boot != "" || b.sameMachine(me))
}

// lives reports whether the process is there. It must be visible.
func (b By) lives() bool {
	return alive(b.PID) && (b.Start == "" || startOf(b.PID) == b.Start)
}

// alive reports whether a process with that pid runs here.
func alive(pid int) bool { return pid > 0 && exists(pid) && !zombie(pid) }

// startOf is the start time of a process in the kernel's ticks; "" where the
// system has no /proc.
func startOf(pid int) string {
	f := statFields(pid)
	if len(f) < 20 {
		return ""
	}
	return f[19]
}

// zombie reports a process that has ended but was not yet waited for.
func zombie(pid int) bool {
	f := statFields(pid)
	return len(f) > 0 && f[0] == "Z"
}

// statFields are the fields of proc(5) stat from the third, the state, on; the
// second is the program's name, which may hold blanks and brackets.
func statFields(pid int) []string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return nil
	}
	return strings.Fields(string(b[i+1:]))
}

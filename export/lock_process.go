package export

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// thisProcess identifies this process among all of all hosts.
func thisProcess() holder {
	h := holder{PID: os.Getpid()}
	h.Host, _ = os.Hostname() // without a name all nameless hosts are one
	h.Start = startOf(h.PID)
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		h.Boot = strings.TrimSpace(string(b))
	}
	if s, err := os.Readlink("/proc/self/ns/pid"); err == nil {
		h.Space = s
	}
	return h
}

// alive reports whether a process with that pid runs here.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	if err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	return !zombie(pid)
}

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

//go:build unix

package job

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// alone waits until no other process has the file, which ends with its closing.
func alone(f *os.File) {
	for {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != unix.EINTR {
			return // where a file system has no locks there is none to wait for
		}
	}
}

// exists reports whether the system knows a process, dead ones that nobody has
// waited for included.
func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

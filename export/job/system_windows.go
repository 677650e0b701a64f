package job

import (
	"os"

	"golang.org/x/sys/windows"
)

// alone waits until no other process has the file, which ends with its closing.
func alone(f *os.File) {
	const all = ^uint32(0)
	_ = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, all, all, new(windows.Overlapped))
}

// exists reports whether the system knows a process.
func exists(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}

//go:build unix

package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// CanSuspend reports whether a shell waits for this program to be stopped:
// without one that does job control nobody would ever continue it.
func CanSuspend() bool {
	parent := os.Getppid()
	mine, err1 := unix.Getsid(0)
	theirs, err2 := unix.Getsid(parent)
	group, err3 := unix.Getpgid(parent)
	return err1 == nil && err2 == nil && err3 == nil && mine == theirs && group != unix.Getpgrp()
}

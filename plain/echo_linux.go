package plain

import "golang.org/x/sys/unix"

// echoOff switches the echo of a terminal off and returns what puts it back.
func echoOff(fd int) func() {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	old := *t
	t.Lflag &^= unix.ECHO
	_ = unix.IoctlSetTermios(fd, unix.TCSETS, t) // where it fails, what is typed is seen
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, &old) }
}

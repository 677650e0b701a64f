package ui

import (
	"time"

	"golang.org/x/sys/unix"
)

// worked is how long this thread has computed, whatever else the machine does.
func worked() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}

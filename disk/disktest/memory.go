// Package disktest keeps the files of tests that sync thousands of them from
// waiting for a disk.
package disktest

import (
	"os"

	"zenobis/disk"
)

// needed is the room that the folders of a package's tests may take, in bytes.
const needed = 1 << 30

// InMemory runs a package's tests, for TestMain, with the temporary folders of
// testing in memory, where the system has room for that. It returns their status.
func InMemory(run func() int) int {
	const shared = "/dev/shm"
	if disk.Need(shared, needed) != nil {
		return run()
	}
	dir, err := os.MkdirTemp(shared, "zenobis-test-")
	if err != nil {
		return run()
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return run()
	}
	return run()
}

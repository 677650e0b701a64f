package disk

import (
	"fmt"

	"golang.org/x/sys/unix"

	"zenobis/human"
)

// spare is what must be free besides what is known to be needed, in bytes.
const spare = 8 << 20

// Need refuses, with ErrFull, a folder whose disk has no room for so many bytes
// and some to spare. A file system that does not tell is given the benefit of
// the doubt: writing will show.
func Need(dir string, bytes int64) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return nil
	}
	return enough(int64(st.Bavail)*int64(st.Bsize), bytes)
}

func enough(free, bytes int64) error {
	if free < bytes+spare {
		return fmt.Errorf("%w: %s free, %s needed", ErrFull, human.Bytes(free), human.Bytes(bytes+spare))
	}
	return nil
}

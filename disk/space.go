package disk

import (
	"fmt"

	"zenobis/human"
)

// spare is what must be free besides what is known to be needed, in bytes.
const spare = 8 << 20

// Need refuses, with ErrFull, a folder whose disk has no room for so many bytes
// and some to spare. A file system that does not tell is given the benefit of
// the doubt: writing will show.
func Need(dir string, bytes int64) error {
	there, ok := free(dir)
	if !ok {
		return nil
	}
	return enough(there, bytes)
}

func enough(free, bytes int64) error {
	if free < bytes+spare {
		return fmt.Errorf("%w: %s free, %s needed", ErrFull, human.Bytes(free), human.Bytes(bytes+spare))
	}
	return nil
}

package export

import "errors"

// errPending is returned by what is being built.
var errPending = errors.New("not built yet")

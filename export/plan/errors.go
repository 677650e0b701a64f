package plan

import (
	"cmp"
	"errors"
	"fmt"

	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/openbis"
)

// The errors of planning that a caller branches on; test with errors.Is.
var (
	ErrNothing = failure.Mark(failure.Nothing, errors.New("nothing to export")) // nothing selected, or nothing of it can be sent
	ErrLimit   = errors.New("above a limit")                                    // always a *LimitError
	ErrRequest = failure.Mark(failure.Usage, errors.New("options do not go together"))
)

// LimitError says which limit a plan exceeds, by how much and what would help.
// It comes together with the plan, so that the plan can be shown.
type LimitError struct {
	What string // bytes, files, key; members or eln of what importers of .eln take
	Have int64
	Max  int64
	Lab  bool   // the lab's own limit and not the server's
	Hint string // what would help
}

// Error implements error.
func (e *LimitError) Error() string {
	who := "the server takes"
	if e.Lab {
		who = "the lab's configuration allows"
	}
	switch e.What {
	case "bytes":
		return fmt.Sprintf("the export has %s, %s %s a record: %s too much",
			human.Bytes(e.Have), who, human.Bytes(e.Max), human.Bytes(e.Have-e.Max))
	case "files":
		return fmt.Sprintf("the export has %d record files, %s %d a record: %d too many",
			e.Have, who, e.Max, e.Have-e.Max)
	case "members":
		return fmt.Sprintf("the .eln would have %s files and folders, other ELNs import up to %s", human.Number(e.Have), human.Number(e.Max))
	case "eln":
		return fmt.Sprintf("the .eln would have %s, other ELNs import up to %s", human.Bytes(e.Have), human.Bytes(e.Max))
	default:
		return fmt.Sprintf("a record file's name has %d bytes, %s %d", e.Have, who, e.Max)
	}
}

// Is makes errors.Is(err, ErrLimit) true.
func (e *LimitError) Is(target error) bool { return target == ErrLimit }

// FailureKind implements failure.Kinder.
func (e *LimitError) FailureKind() failure.Kind { return failure.Limits }

// label is how a selected entity is called: its identifier, else its code.
func label(r openbis.Ref) string { return cmp.Or(r.Identifier, r.Code) }

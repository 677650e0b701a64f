package job

import (
	"cmp"

	"zenobis/omission"
	"zenobis/openbis"
)

// Omit is an entry of the list of what is left out; without a message what its
// reason means.
func Omit(e openbis.Ref, reason omission.Reason, message string) Omission {
	return Omission{Entity: e, Reason: reason, Message: cmp.Or(message, reason.ToExporter())}
}

package job

import (
	"cmp"

	"zenobis/openbis"
)

// Omit is an entry of the list of what is left out; without a message what its
// reason means.
func Omit(e openbis.Ref, reason, message string) Omission {
	return Omission{Entity: e, Reason: reason, Message: cmp.Or(message, Reasons[reason])}
}

// Reasons says what the reasons mean, to the person who exports. The readers of a
// record are told less (page.Reason).
var Reasons = map[string]string{
	"link":             "link data set: its data lies outside openBIS",
	"archived":         "its data is in the archive; ask for unarchiving to bring it back",
	"no-access":        "you may not read it",
	"missing":          "it does not exist any more, or you may not see it",
	"other-data-store": "its data store is not known here, has no address, or its address was not agreed to",
	"empty":            "the data set has no files",
	"settings":         "it holds the lab notebook's own settings",
	"unreadable":       "the file can't be read",
	"corrupt":          "the file is not what openBIS has recorded",
}

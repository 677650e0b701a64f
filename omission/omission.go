// Package omission has the reasons for which something that was selected is left
// out: their words, which scripts and readers rely on, and what each means to whom.
package omission

import (
	"cmp"

	"zenobis/openbis"
	"zenobis/safetext"
)

// Reason is why something is left out, by its word in events, journals and omitted.txt.
type Reason string

// The reasons.
const (
	Link           Reason = "link"
	Archived       Reason = "archived"
	NoAccess       Reason = "no-access"
	Missing        Reason = "missing"
	OtherDataStore Reason = "other-data-store"
	Empty          Reason = "empty"
	Settings       Reason = "settings"
	Unreadable     Reason = "unreadable"
	Corrupt        Reason = "corrupt"
)

// Entry is something that was left out, with its reason.
type Entry struct {
	Entity  openbis.Ref `json:"entity"`
	File    string      `json:"file,omitempty"` // path in the data set, where only a file is missing
	Reason  Reason      `json:"reason"`
	Message string      `json:"message"` // to the person who exports
}

// Of is an entry for an entity; without a message it says what the reason means.
func Of(e openbis.Ref, reason Reason, message string) Entry {
	return Entry{Entity: e, Reason: reason, Message: cmp.Or(message, reason.ToExporter())}
}

// words are what a reason means.
type words struct {
	exporter string // to the person who exports
	public   string // to the readers of the record, who are told nothing of the lab's network
	screen   string // beside the data set that is looked at; "" for what the exporter is told
}

var meanings = map[Reason]words{
	Link: {
		exporter: "link data set: its data lies outside openBIS",
		public:   "its files are outside of openBIS",
		screen:   "its files are outside of openBIS",
	},
	Archived: {
		exporter: "its data is in the archive; ask for unarchiving to bring it back",
		public:   "its files are in the archive of openBIS",
		screen:   "its files are in the archive of openBIS, until unarchived (a choice at the review)",
	},
	NoAccess: {
		exporter: "you may not read it",
		public:   "the person who exported may not read it",
	},
	Missing: {
		exporter: "it does not exist any more, or you may not see it",
		public:   "it is missing in openBIS",
	},
	OtherDataStore: {
		exporter: "its data store is not known here, has no address, or its address was not agreed to",
		public:   "its data store is not known, has no address, or was not to be asked",
	},
	Empty: {
		exporter: "the data set has no files",
		public:   "it has no files, or none that were asked for",
	},
	Settings: {
		exporter: "it holds the lab notebook's own settings",
		public:   "it holds settings of the lab notebook",
	},
	Unreadable: {
		exporter: "the file can't be read",
		public:   "it could not be read",
	},
	Corrupt: {
		exporter: "the file is not what openBIS has recorded",
		public:   "it is not what the checksum in openBIS says",
	},
}

// ToExporter says what a reason means to the person who exports; "" for a word
// that is not one of ours, such as of another version's job.
func (r Reason) ToExporter() string { return meanings[r].exporter }

// Public says what a reason means to the readers of a record. Unknown words stand
// for themselves.
func (r Reason) Public() string { return cmp.Or(meanings[r].public, safetext.Line(string(r))) }

// OnScreen says what a reason means beside the data set that is looked at.
func (r Reason) OnScreen() string {
	return cmp.Or(meanings[r].screen, meanings[r].exporter, safetext.Line(string(r)))
}

// OfData is the reason for which a data set's files can't be had, as far as openBIS
// tells before they are asked for; "" for none. A container has no files of its own:
// its components are data sets, and may have.
func OfData(d *openbis.Data) Reason {
	switch {
	case d == nil:
		return Missing
	case d.Kind == openbis.Container:
		return ""
	case d.Kind == openbis.Link:
		return Link
	case d.Store.Code == "": // its address may be configured, whatever openBIS announces
		return OtherDataStore
	case d.Archived():
		return Archived
	}
	return ""
}

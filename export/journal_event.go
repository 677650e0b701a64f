package export

import (
	"time"

	"zenobis/zenodo"
)

// entry is one line of a journal. Which fields count depends on Event.
type entry struct {
	Time     time.Time           `json:"t"`
	Event    step                `json:"e"`
	ID       string              `json:"id,omitempty"`  // of the draft
	URL      string              `json:"url,omitempty"` // of its page
	DOI      string              `json:"doi,omitempty"`
	Concept  string              `json:"concept,omitempty"`
	Revision int                 `json:"rev,omitempty"`
	Package  string              `json:"pkg,omitempty"`
	Bytes    int64               `json:"bytes,omitempty"`
	MD5      string              `json:"md5,omitempty"`
	SHA256   string              `json:"sha256,omitempty"`
	Attempt  int                 `json:"n,omitempty"`
	Keys     []string            `json:"keys,omitempty"`
	State    State               `json:"state,omitempty"`
	Reason   string              `json:"reason,omitempty"`
	Kind     string              `json:"kind,omitempty"`
	Resume   bool                `json:"resume,omitempty"`
	Objects  []string            `json:"objects,omitempty"`
	Confirm  bool                `json:"confirmed,omitempty"`
	Fields   []zenodo.FieldError `json:"fields,omitempty"`
	Title    string              `json:"title,omitempty"`
	Marker   string              `json:"marker,omitempty"`
	PID      int                 `json:"pid,omitempty"`
	Host     string              `json:"host,omitempty"`
	Program  string              `json:"program,omitempty"`
	Omission *Omission           `json:"omission,omitempty"`
}

// step is what a journal's line tells.
type step string

// The steps. Those that end in -ing are noted before what they name, so that
// after a death it is known what may have happened.
const (
	stepPlanned      step = "planned"
	stepStarted      step = "started"
	stepCreating     step = "draft-creating"
	stepNotCreated   step = "draft-refused" // or taken back at once
	stepDraft        step = "draft"
	stepSaved        step = "saved"
	stepDOI          step = "doi" // reserved, or without one: the server reserves none
	stepReview       step = "review"
	stepAnnounced    step = "announced"
	stepUnarchiving  step = "unarchiving"
	stepSending      step = "sending"
	stepSent         step = "sent" // all bytes handed over and measured, not yet committed
	stepConfirmed    step = "confirmed"
	stepDeleting     step = "deleting" // one file at Zenodo, to be sent again
	stepOmitted      step = "omitted"
	stepUploaded     step = "uploaded" // the draft is complete
	stepInterrupted  step = "interrupted"
	stepFailed       step = "failed"
	stepGone         step = "draft-gone"
	stepState        step = "state" // as looked up at Zenodo
	stepRegistering  step = "registering"
	stepRegistered   step = "registered"
	stepUnregistered step = "register-failed"
	stepDiscarding   step = "discarding"
	stepDiscarded    step = "discarded"
)

// durable reports whether a step has to survive a power cut before the next begins.
func (s step) durable() bool {
	return s != stepStarted && s != stepSending && s != stepInterrupted
}

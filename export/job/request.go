// Package job is an export's folder in the state directory: what was asked for,
// the journal, the lock, the checksums of what was sent. Whoever works on an
// export holds it by one Handle.
package job

import (
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
)

// Request is what was asked for. It is kept in the job.
type Request struct {
	Selection      selection.Selection `json:"selection"`
	Layout         shape.Layout        `json:"layout"`
	Pages          []shape.Format      `json:"pages"`
	Crate          shape.Crate         `json:"crate"`
	MetadataOnly   bool                `json:"metadataOnly"`
	WithParents    bool                `json:"withParents"`
	WithChildren   bool                `json:"withChildren"`
	WithReferences bool                `json:"withReferences"`
	OtherSpaces    bool                `json:"otherSpaces"`
	Unarchive      bool                `json:"unarchive"`
	Strict         bool                `json:"strict"`
	LeaveOutBroken bool                `json:"leaveOutBroken"`
	AcceptFindings bool                `json:"acceptFindings"`
	LimitRate      int64               `json:"limitRate,omitempty"` // bytes a second; 0 unlimited
	PartSize       int64               `json:"partSize"`            // bytes; 0 splits nothing
	MaxBytes       int64               `json:"maxBytes,omitempty"`  // the lab's own limit; 0 none
	Metadata       record.Metadata     `json:"metadata"`
	Groups         []string            `json:"groups,omitempty"` // multi-group servers
	NewVersionOf   string              `json:"newVersionOf,omitempty"`
	IntoDraft      string              `json:"intoDraft,omitempty"`      // id of an open draft of that new version: ours is added to it
	AcceptRemovals bool                `json:"acceptRemovals,omitempty"` // files of the former version may be missing
	ShowSource     bool                `json:"showSource"`               // the lab allows its openBIS address to be seen
}

// Package export is the engine: from a selection to a plan, to packages at
// Zenodo, to a publication registered in openBIS. It knows no terminal.
package export

import (
	"time"

	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/zenodo"
)

// Layout is how a tree is cut into record files.
type Layout string

// The layouts.
const (
	LayoutAuto       Layout = "auto"
	LayoutSingle     Layout = "single"
	LayoutPerDataSet Layout = "per-dataset"
	LayoutFiles      Layout = "files"
)

// Request is what was asked for. It is kept in the job.
type Request struct {
	Selection      selection.Selection `json:"selection"`
	Layout         Layout              `json:"layout"`
	Pages          []string            `json:"pages"` // html, json, txt, docx
	Crate          string              `json:"crate"` // ro-crate, eln
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
	PartSize       int64               `json:"partSize"`            // bytes; 0 means 8 GB
	MaxBytes       int64               `json:"maxBytes,omitempty"`  // the lab's own limit; 0 none
	Metadata       record.Metadata     `json:"metadata"`
	Groups         []string            `json:"groups,omitempty"` // multi-group servers
	NewVersionOf   string              `json:"newVersionOf,omitempty"`
	ShowSource     bool                `json:"showSource"` // the lab allows its openBIS address to be seen
}

// Omission is something left out, with its reason.
type Omission struct {
	Entity  openbis.Ref `json:"entity"`
	File    string      `json:"file,omitempty"`
	Reason  string      `json:"reason"` // link, archived, no-access, missing, other-data-store, empty, unreadable, corrupt
	Message string      `json:"message"`
}

// Package is one record file of a plan.
type Package struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"` // exact
	Files int    `json:"files"` // data files in it
}

// Plan is the summary of a snapshot. Bytes are exact: what will lie on Zenodo.
type Plan struct {
	Entities  int           `json:"entities"`
	DataSets  int           `json:"datasets"`
	Files     int           `json:"files"`
	Bytes     int64         `json:"bytes"`
	Layout    Layout        `json:"layout"` // never auto
	Packages  []Package     `json:"packages"`
	Omitted   []Omission    `json:"omitted"`
	Gaps      []string      `json:"gaps,omitempty"`     // broken values, marked in their pages
	Findings  []Finding     `json:"findings,omitempty"` // the privacy look
	Published []Published   `json:"published,omitempty"`
	LongPaths []string      `json:"longPaths,omitempty"` // above 240 characters, the first few
	Limits    zenodo.Limits `json:"limits"`
	Roots     []openbis.Ref `json:"roots"`               // the selected entities
	Notes     []string      `json:"notes,omitempty"`     // what the server takes otherwise than written, and what could not be checked
	Unarchive []string      `json:"unarchive,omitempty"` // data sets to be brought back first
	Created   time.Time     `json:"created"`
	Collected string        `json:"collected,omitempty"` // earliest to latest registration, EDTF
}

// Finding is something private in a text that would be published.
type Finding struct {
	Kind   string `json:"kind"`   // e-mail, user-id, host, address, token
	Where  string `json:"where"`  // entity and property
	Sample string `json:"sample"` // what was found; masked for tokens
}

// Published names an entity that was published before.
type Published struct {
	Entity openbis.Ref `json:"entity"`
	DOI    string      `json:"doi"`
}

// State is where a job stands.
type State string

// The states of a job, as the command line prints them.
const (
	StatePlanned     State = "planned"
	StateUploading   State = "uploading"
	StateInterrupted State = "interrupted"
	StateFailed      State = "failed"
	StateDraft       State = "draft"
	StateInReview    State = "in_review"
	StatePublished   State = "published"
	StateRegistered  State = "registered"
	StateDiscarded   State = "discarded"
)

// Settled reports whether nothing is left to be done for a job.
func (s State) Settled() bool { return s == StateRegistered || s == StateDiscarded }

// Job is an export as the journal tells it.
type Job struct {
	ID        string
	Dir       string
	Title     string
	State     State
	RecordID  string
	URL       string // of the draft's form, later of the record
	DOI       string // reserved, later published
	Zenodo    string // base address
	OpenBIS   string // base address
	Publisher string // as configured for that Zenodo
	Created   time.Time
	Updated   time.Time
	Looked    time.Time // when its state at Zenodo was last looked at; zero if never
	Objects   []string  // permIds of the publication objects, once registered
	// Confirmed is false where the registration was answered with OK but the
	// object is not visible to the user.
	Confirmed bool
	Reason    string // why it failed or was interrupted
	Resumable bool
	Running   bool // by a live process
	Request   Request
	Plan      *Plan
}

// EventKind tells events apart; the names are those of the command line.
type EventKind string

// The kinds of events.
const (
	EventPlan     EventKind = "plan"
	EventDraft    EventKind = "draft"
	EventProgress EventKind = "progress"
	EventUploaded EventKind = "uploaded"
	EventRetry    EventKind = "retry"
	EventOmitted  EventKind = "omitted"
	EventWaiting  EventKind = "waiting"  // for the request budget, for unarchiving
	EventQuestion EventKind = "question" // a file can't be had: leave it out?
	EventDone     EventKind = "done"
	EventError    EventKind = "error"
	EventNote     EventKind = "note" // something a person should know
	EventJob      EventKind = "job"  // a change of state while waiting for publication
)

// Event is one thing that happened to a running export.
type Event struct {
	Kind     EventKind
	Time     time.Time
	Job      string
	Plan     *Plan
	RecordID string
	URL      string
	DOI      string
	Package  string
	Bytes    int64
	Total    int64
	MD5      string
	Attempt  int
	Message  string
	Hint     string
	Omission *Omission
	Err      error
	State    Job
}

// Progress is a look at a running export; sample it, do not wait for it.
type Progress struct {
	Stage    string            `json:"stage"` // planning, unarchiving, draft, uploading, verifying, paused, done, failed
	Bytes    int64             `json:"bytes"` // sent and still standing
	Total    int64             `json:"total"`
	Packages []PackageProgress `json:"packages"`
	File     string            `json:"file"` // under way, clean
	Retries  int               `json:"retries"`
	Waiting  string            `json:"waiting,omitempty"` // what is waited for, "" if nothing
	Started  time.Time         `json:"started"`
	Updated  time.Time         `json:"updated"`
	RecordID string            `json:"recordId,omitempty"`
	URL      string            `json:"url,omitempty"`
	DOI      string            `json:"doi,omitempty"`
}

// PackageProgress is the progress of one record file.
type PackageProgress struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	Total   int64  `json:"total"`
	Done    bool   `json:"done"`
	Attempt int    `json:"attempt"`
}

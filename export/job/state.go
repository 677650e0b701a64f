package job

import "time"

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

// Review is how a community's review of a draft stands; "" without one.
type Review string

// The reviews, as the command line prints them.
const (
	ReviewSubmitted Review = "submitted"
	ReviewAccepted  Review = "accepted"
	ReviewDeclined  Review = "declined"
	ReviewExpired   Review = "expired"
)

// Settled reports whether nothing is left to be done for a job.
func (s State) Settled() bool { return s == StateRegistered || s == StateDiscarded }

// Public reports whether what was sent can be read by others: it was published.
func (s State) Public() bool { return s == StatePublished || s == StateRegistered }

// Job is an export as the journal tells it.
type Job struct {
	ID       string
	Dir      string
	Title    string
	State    State
	RecordID string
	URL      string // of the draft's form, later of the record
	DOI      string // reserved, later published
	Zenodo   string // base address
	OpenBIS  string // base address
	// Publisher is what the Zenodo is called.
	Publisher string
	Created   time.Time
	Updated   time.Time
	Looked    time.Time // when its state at Zenodo was last looked at; zero if never
	Review    Review    // as it was then
	Lacking   []string  // packages that were not published, or not as they were planned
	Objects   []string  // permIds of the publication objects, once registered
	// Confirmed is false where the registration was answered with OK but the
	// object is not visible to the user.
	Confirmed bool
	Reason    string // why it failed or was interrupted
	Resumable bool
	Running   bool   // by a live process
	Holder    string // another process that works on it, or has planned it and may start it: "process 42 on lab1"
	Request   Request
	Plan      *Plan
}

// Incomplete reports whether the export can be gone on with: it was interrupted, or is
// planned and was not started.
func (j Job) Incomplete() bool { return j.Resumable || j.State == StatePlanned }

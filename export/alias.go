package export

import (
	"time"

	"zenobis/crate"
	"zenobis/export/job"
	"zenobis/export/plan"
	"zenobis/export/transfer"
	"zenobis/export/verify"
	"zenobis/omission"
	"zenobis/shape"
)

// What the engine's rooms share, as the front ends see it.
type (
	Memory          = plan.Memory
	Catalog         = plan.Catalog
	Request         = job.Request
	Layout          = shape.Layout
	Plan            = job.Plan
	Package         = job.Package
	VersionFile     = job.VersionFile
	Omission        = omission.Entry
	Finding         = crate.Finding
	Published       = job.Published
	Job             = job.Job
	State           = job.State
	Review          = job.Review
	Progress        = job.Progress
	PackageProgress = job.PackageProgress
	ManifestLine    = job.ManifestLine
)

// The layouts.
const (
	LayoutAuto       = shape.LayoutAuto
	LayoutSingle     = shape.LayoutSingle
	LayoutPerDataSet = shape.LayoutPerDataSet
	LayoutFiles      = shape.LayoutFiles
)

// The states of a job, as the command line prints them.
const (
	StatePlanned     = job.StatePlanned
	StateUploading   = job.StateUploading
	StateInterrupted = job.StateInterrupted
	StateFailed      = job.StateFailed
	StateDraft       = job.StateDraft
	StateInReview    = job.StateInReview
	StatePublished   = job.StatePublished
	StateRegistered  = job.StateRegistered
	StateDiscarded   = job.StateDiscarded
	ReviewSubmitted  = job.ReviewSubmitted
	ReviewAccepted   = job.ReviewAccepted
	ReviewDeclined   = job.ReviewDeclined
	ReviewExpired    = job.ReviewExpired
)

// The rest of what the rooms hand out.
type (
	// Run is an export under way.
	Run = transfer.Run
	// Verified is one comparison.
	Verified = verify.Verified
	// LimitError says which limit a plan exceeds.
	LimitError = plan.LimitError
)

// The events of a run.
type (
	Event           = transfer.Event
	Advanced        = transfer.Advanced
	DraftReady      = transfer.DraftReady
	PackageUploaded = transfer.PackageUploaded
	Retried         = transfer.Retried
	FileLeftOut     = transfer.FileLeftOut
	PlanChanged     = transfer.PlanChanged
	Waiting         = transfer.Waiting
	Question        = transfer.Question
	Noted           = transfer.Noted
	Completed       = transfer.Completed
	Ended           = transfer.Ended
)

// The errors of planning; test with errors.Is.
var (
	ErrNothing = plan.ErrNothing // nothing selected, or nothing of it can be sent
	ErrLimit   = plan.ErrLimit   // always a *LimitError
	ErrRequest = plan.ErrRequest
)

// NewMemory keeps what openBIS answers to plans, below a folder.
func NewMemory(parent string, now func() time.Time) *Memory { return plan.NewMemory(parent, now) }

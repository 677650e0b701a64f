package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"zenobis/export"
	"zenobis/names"
	"zenobis/safetext"
	"zenobis/session"
)

// Earlier are the exports known on this machine, newest first.
type Earlier struct {
	Jobs   []export.Job
	Loaded bool
	Show   Show
	Order  Order

	Orphans []export.Orphan // drafts that no export needs
}

// Take takes the list. Plans that were dropped are not worth a line.
func (e *Earlier) Take(jobs []export.Job) {
	e.Loaded = true
	e.Jobs = nil
	for _, j := range jobs {
		if j.State != export.StateDiscarded || j.RecordID != "" {
			e.Jobs = append(e.Jobs, j)
		}
	}
}

// TakeExports takes the list of exports; the draft that is followed is one of them.
func (f *Flow) TakeExports(jobs []export.Job) {
	f.Earlier.Take(jobs)
	for _, j := range jobs {
		if j.ID == f.Draft.Job.ID && !j.Looked.Before(f.Draft.Job.Looked) { // else the list is older than what is known
			f.Draft.Job = j
		}
	}
}

// Changed takes what has become of one export.
func (f *Flow) Changed(j export.Job) {
	if f.Draft.Job.ID == j.ID {
		f.Draft.Job = j
	}
	for i := range f.Earlier.Jobs {
		if f.Earlier.Jobs[i].ID == j.ID {
			f.Earlier.Jobs[i] = j
		}
	}
}

// ListedExports are the exports of the list that a person has begun: the plan of the
// review is none yet.
func (f *Flow) ListedExports() []export.Job {
	return slices.DeleteFunc(f.Earlier.List(), func(j export.Job) bool {
		return j.ID == f.Plan.Job.ID && !f.Plan.started && j.State == export.StatePlanned
	})
}

// VersionText tells versions of the same title apart; "" where nothing is known.
func VersionText(j export.Job) string {
	var parts []string
	if v := j.Request.Metadata.Version; v != "" {
		parts = append(parts, "version "+v)
	}
	if v := j.Request.NewVersionOf; v != "" {
		parts = append(parts, "new version of "+v)
	}
	return safetext.Line(strings.Join(parts, ", "))
}

// RunsHere reports whether a job is the one that runs in this program.
func (f *Flow) RunsHere(j export.Job) bool { return f.Run.Live() && f.Run.Job.ID == j.ID }

// DiscardText says what goes with an export.
func DiscardText(j export.Job) string {
	if j.RecordID != "" && !j.State.Public() {
		return "The draft on Zenodo is deleted with its files. That can't be undone."
	}
	return "What zenobis keeps of it is deleted."
}

// Discard is the call that deletes an export with its draft. It may be made beside
// the flow; what it returns is to be called in it, whatever the error is.
func (f *Flow) Discard(j export.Job) func(ctx context.Context) (forget func(), err error) {
	k := f.Keeper()
	return func(ctx context.Context) (func(), error) {
		if err := k.Discard(ctx, j.ID); err != nil {
			return func() {}, err
		}
		return func() { f.forget(j.ID) }, nil
	}
}

// forget takes a discarded export out of everything that shows it or would start it.
func (f *Flow) forget(id string) {
	if f.Draft.Job.ID == id {
		f.Draft, f.discarded = Draft{}, true
	}
	f.Waiting = slices.DeleteFunc(f.Waiting, func(j export.Job) bool { return j.ID == id })
	if f.Run.Job.ID == id && !f.Run.Live() {
		f.Run = Run{}
		f.resumable = false
	}
}

// AgainstResume says why an export can't be gone on with; "" if it can.
func AgainstResume(j export.Job) string {
	if held := HeldText(j); held != "" || j.Incomplete() {
		return held
	}
	return "There is nothing to resume: " + StateText(j) + "."
}

// HeldText says that another process works on an export, or may start it; "" if
// none does.
func HeldText(j export.Job) string {
	switch {
	case j.Holder == "":
		return ""
	case j.Running:
		return "Another zenobis runs this export: " + j.Holder + "."
	}
	return "Another zenobis has planned this export and may start it: " + j.Holder + "."
}

// SameBefore are the earlier exports of exactly what is selected now that came
// to a draft or further.
func (f *Flow) SameBefore() []export.Job { return session.SameBefore(f.Earlier.Jobs, f.Selection()) }

// Show is by which states the list of exports is filtered.
type Show int

// What is shown.
const (
	ShowAll Show = iota
	ShowOpen
	ShowPublished
	ShowBroken
	shows
)

// String names what is shown.
func (s Show) String() string {
	return [...]string{"all", "drafts and reviews", "published", "interrupted or failed"}[s]
}

// Next is the filter after this one.
func (s Show) Next() Show { return (s + 1) % shows }

func (s Show) holds(j export.Job) bool {
	switch s {
	case ShowOpen:
		return j.State == export.StateDraft || j.State == export.StateInReview || j.State == export.StateUploading
	case ShowPublished:
		return j.State.Public()
	case ShowBroken:
		return j.State == export.StateInterrupted || j.State == export.StateFailed || j.State == export.StatePlanned
	}
	return true
}

// Order is an order of exports.
type Order int

// The orders; the newest first is what it begins with.
const (
	NewestFirst Order = iota
	ByTitle
	ByState
	BySize
	jobOrders
)

// String names an order.
func (o Order) String() string {
	return [...]string{"newest first", "by title", "by state", "largest first"}[o]
}

// Next is the order after this one.
func (o Order) Next() Order { return (o + 1) % jobOrders }

// List are the exports that are to be shown, in an order.
func (e *Earlier) List() []export.Job {
	out := make([]export.Job, 0, len(e.Jobs))
	for _, j := range e.Jobs {
		if e.Show.holds(j) {
			out = append(out, j)
		}
	}
	size := func(j export.Job) int64 {
		if j.Plan == nil {
			return 0
		}
		return j.Plan.Bytes
	}
	slices.SortStableFunc(out, func(a, b export.Job) int {
		switch e.Order {
		case ByTitle:
			return names.Natural(a.Title, b.Title)
		case ByState:
			return cmp.Compare(a.State, b.State)
		case BySize:
			return cmp.Compare(size(b), size(a))
		}
		return 0 // as they come
	})
	return out
}

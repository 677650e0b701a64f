package flow

import "zenobis/export"

// Earlier are the exports known on this machine, newest first.
type Earlier struct {
	Jobs   []export.Job
	Loaded bool
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

// RunsHere reports whether a job is the one that runs in this program.
func (f *Flow) RunsHere(j export.Job) bool { return f.Run.Live() && f.Run.Job.ID == j.ID }

// Forget takes a discarded export out of everything that shows it.
func (f *Flow) Forget(id string) {
	if f.Draft.Job.ID == id {
		f.Draft = Draft{}
	}
	if f.Run.Job.ID == id && !f.Run.Live() {
		f.Run = Run{}
		f.resumable = false
	}
}

// SameBefore are the earlier exports of exactly what is selected now that came
// to a draft or further.
func (f *Flow) SameBefore() []export.Job {
	key := selectionKey(f.Selection())
	var out []export.Job
	for _, j := range f.Earlier.Jobs {
		if j.RecordID != "" && j.State != export.StateDiscarded && selectionKey(j.Request.Selection) == key {
			out = append(out, j)
		}
	}
	return out
}

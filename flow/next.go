package flow

import (
	"maps"
	"time"

	"zenobis/export"
)

// handed is what an export took with it when it was started, or let wait.
type handed struct {
	job      string
	of       *Description // as it was typed then; another one is another export's
	switches export.Request
	title    string
	typed    map[string]string
}

// handOver gives the description to the export of the plan, which is not ours to
// drop any more.
func (f *Flow) handOver(job export.Job, now time.Time) {
	f.KeepRecent(now)
	d := f.Description
	f.handed = handed{job.ID, d, f.Switches, d.Title, d.typedValues()}
	f.Plan.started = true
}

// BeginNext begins the export after the one that took the description: with an
// empty title and all else as it was at first, since version, related works,
// accepted findings and the like are of that export's data alone. What was typed
// since then stays; the selection does as well. Where no export has taken the
// description it is still being typed, and nothing changes.
func (f *Flow) BeginNext() {
	h, old := f.handed, f.Description
	if h.of == nil || h.of != old {
		return
	}
	d := f.freshDescription()
	if old.Title != h.title {
		d.Title = old.Title
	}
	for name, text := range old.typedValues() {
		if was, there := h.typed[name]; !there || was != text {
			d.Put(name, text)
		}
	}
	f.Description, f.Switches = d, f.firstSwitches()
	f.ForgetPlan()
}

// freshDescription is what an export begins with. Who was asked whether to be
// remembered is not asked again.
func (f *Flow) freshDescription() *Description {
	d := newDescription(f.Facts.Request.Metadata, f.Facts.Locked)
	d.askedMe = f.Description.askedMe
	return d
}

// firstSwitches are the choices that an export begins with. What the program was
// started with as a new version was the first one's alone.
func (f *Flow) firstSwitches() export.Request {
	r := f.Facts.Request
	r.NewVersionOf, r.IntoDraft = "", ""
	return r
}

// ReturnToRun goes back to the description of the export that failed, unless
// something was typed or selected for another one meanwhile. It reports whether
// the description is that export's now, with what the server said of it.
func (f *Flow) ReturnToRun() bool {
	if !f.canReturn() {
		return false
	}
	if f.Description != f.handed.of {
		f.Description, f.Switches = f.handed.of, f.handed.switches
		f.ForgetPlan()
	}
	f.Refused(f.Run.Err)
	return true
}

func (f *Flow) canReturn() bool {
	h := f.handed
	switch {
	case h.of == nil || h.job != f.Run.Job.ID:
		return false
	case h.of == f.Description:
		return true
	}
	same := f.Selection().Fingerprint() == f.Run.Job.Request.Selection.Fingerprint()
	return same && !f.Description.touched()
}

// RefusedFields reports whether the server refused fields of the export that
// failed, and one can go back to them.
func (f *Flow) RefusedFields() bool {
	return f.canReturn() && f.Description.refusalOf(f.Run.Err) != nil
}

// typedValues are the fields that were typed.
func (d *Description) typedValues() map[string]string {
	out := make(map[string]string, len(d.typed))
	for name := range d.typed {
		out[name] = d.text[name]
	}
	return out
}

// takenWhole reports whether the last export that started or waits took
// everything that is typed now.
func (f *Flow) takenWhole() bool {
	typed := f.Description.typedValues()
	return len(typed) == 0 || maps.Equal(typed, f.handed.typed)
}

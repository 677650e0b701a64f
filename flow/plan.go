package flow

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/shape"
)

// Plan is what the engine made of the request; nothing has been sent yet.
type Plan struct {
	Job export.Job
	Got *export.Plan // nil while there is none
	Err error

	key     string // the request that it belongs to
	started bool   // the job was started: the plan is not ours to drop any more
}

// requestKey tells requests apart, as a job would keep them.
func requestKey(r export.Request) string {
	b, _ := json.Marshal(r) // plain data: it can't fail
	return string(b)
}

// PlanFits reports whether the plan belongs to what is chosen now.
func (f *Flow) PlanFits() bool {
	return f.Plan.key == requestKey(f.Request()) && !f.Plan.started
}

// BeginPlan returns the request to plan and the job of the plan before, which
// nobody will start: the caller discards it. "" if there is none.
func (f *Flow) BeginPlan() (r export.Request, drop string) {
	r = f.Request()
	if !f.Plan.started {
		drop = f.Plan.Job.ID
	}
	f.Plan = Plan{key: requestKey(r)}
	return r, drop
}

// Planned takes the engine's answer, and says what to ask before it is planned
// again. An answer to our own giving up is none.
func (f *Flow) Planned(job export.Job, got *export.Plan, err error) Need {
	need := f.planNeeds(err)
	f.Refused(err)
	if Silent(err) {
		err = nil
	}
	f.Plan.Job, f.Plan.Got, f.Plan.Err = job, got, err
	if got == nil {
		return need
	}
	before := make(map[string]string, len(got.Published))
	for _, p := range got.Published { // so that the tree tells it, too
		before[p.Entity.PermID] = p.DOI
	}
	f.TellPublished(before)
	return need
}

// TellPublished lets the tree tell under which DOI entities were published, by
// permId.
func (f *Flow) TellPublished(dois map[string]string) {
	words := make(map[string]string, len(dois))
	for id, doi := range dois {
		words[id] = publishedWord + " " + safetext.Line(doi)
	}
	f.Tree.Tell(words)
}

const publishedWord = "published"

// WaitingText says what the servers are waited for, "" for nothing.
func (f *Flow) WaitingText() string {
	if why := f.Backend.Waiting(); why != "" {
		return "Waiting: " + safetext.Line(why)
	}
	return ""
}

// ForgetPlan makes the next look at the review plan anew.
func (f *Flow) ForgetPlan() { f.Plan.key, f.Plan.Got = "", nil }

// DropPlan deletes a plan that was not started, waiting for it.
func (f *Flow) DropPlan(ctx context.Context) {
	if f.Plan.Job.ID != "" && !f.Plan.started {
		_ = f.Backend.Discard(ctx, f.Plan.Job.ID) // only a folder of ours: the next start lists it, if it stays
	}
	f.Plan = Plan{}
}

// Private reports whether there are findings that nobody has accepted yet. The
// engine refuses the plan then, but shows it.
func (f *Flow) Private() bool {
	return f.Plan.Got != nil && len(f.Plan.Got.Findings) > 0 && !f.Switches.AcceptFindings
}

// Missing reports whether files of the former version would be missing in the new
// one and nobody has allowed that yet; it is refused then as findings are.
func (f *Flow) Missing() bool {
	return f.Plan.Got != nil && len(f.Plan.Got.Removed) > 0 && !f.Switches.AcceptRemovals
}

// missingText says so.
const missingText = "Files of the former version would be missing in the new one: look at them, and allow it with v."

// privateText says so.
const privateText = "There are private details in the texts: look at them, then a accepts them."

// AgainstStart says why the plan can't be started; "" if it can.
func (f *Flow) AgainstStart() string {
	switch {
	case f.Private():
		return privateText
	case f.Missing():
		return missingText
	case f.Plan.Err != nil:
		return f.PlanProblem(f.Plan.Err)
	case f.Plan.Got == nil:
		return "There is no plan yet."
	}
	return ""
}

// Enqueue lets the job of the plan wait for the export that runs. One that still
// waits when the program ends can be resumed.
func (f *Flow) Enqueue(now time.Time) {
	f.handOver(f.Plan.Job, now)
	f.Waiting = append(f.Waiting, f.Plan.Job)
	f.BeginNext()
}

// NextWaiting takes the export that waits longest.
func (f *Flow) NextWaiting() (export.Job, bool) {
	if len(f.Waiting) == 0 {
		return export.Job{}, false
	}
	job := f.Waiting[0]
	f.Waiting = f.Waiting[1:]
	return job, true
}

// PlanProblem says why a plan can't be sent and what would help.
func (f *Flow) PlanProblem(err error) string {
	var le *export.LimitError
	if errors.As(err, &le) {
		return strings.TrimSpace("Too large: " + le.Error() + ". " + session.Sentence(le.Hint))
	}
	if e := openDraft(err); e != nil {
		return openDraftText(e)
	}
	text := Words(err)
	if errors.Is(err, export.ErrNothing) && !f.Switches.MetadataOnly {
		text += " Select more, or press m: the pages alone, without data files."
	}
	return text
}

// Switch is a choice of the review that is on or off.
type Switch struct {
	Key   string // its letter
	Name  string
	Label string
	On    *bool
}

// SwitchList are the choices of the review, in their order.
func (f *Flow) SwitchList() []Switch {
	r := &f.Switches
	list := []Switch{
		{"m", "metadata only", "metadata only, no data files", &r.MetadataOnly},
		{"p", "parents", "parents as well", &r.WithParents},
		{"c", "children", "children in other collections as well", &r.WithChildren},
		{"f", "references", "referenced objects as well", &r.WithReferences},
		{"o", "other spaces", "relatives of other spaces too", &r.OtherSpaces},
		{"u", "unarchive", "bring archived data back first", &r.Unarchive},
	}
	if p := f.Plan.Got; p != nil && len(p.Removed) > 0 {
		list = append(list, Switch{"v", "missing files", "a new version although files of the former one are missing", &r.AcceptRemovals})
	}
	return list
}

// LayoutChoice is one way to cut the data into files of the record.
type LayoutChoice struct {
	Layout shape.Layout
	What   string
}

// layoutWords say what the layouts do.
var layoutWords = map[shape.Layout]string{
	shape.LayoutAuto:       "as fits best",
	shape.LayoutSingle:     "one ZIP with everything",
	shape.LayoutPerDataSet: "one ZIP per data set",
	shape.LayoutFiles:      "every data file by itself",
}

// Layouts are the ways that there are.
func Layouts() (list []LayoutChoice) {
	for _, l := range shape.Layouts() {
		list = append(list, LayoutChoice{l, layoutWords[l]})
	}
	return list
}

// Layout is the one that is chosen.
func (f *Flow) Layout() shape.Layout {
	if f.Switches.Layout == "" {
		return shape.LayoutAuto
	}
	return f.Switches.Layout
}

// FixedText says of a field or a choice that it can't be changed.
const FixedText = "fixed by this computer's administrator"

// Fixed reports whether the administrator fixes a setting, by its name in a
// configuration file, such as "openbis.user".
func (f *Flow) Fixed(name string) bool { return slices.Contains(f.Facts.Locked, name) }

// FixedSettings are the settings of an export that are fixed and have no field and no
// choice of their own, each with its value.
func (f *Flow) FixedSettings() (lines []string) {
	r := f.Facts.Request
	size := func(n int64, none string) string {
		if n == 0 {
			return none
		}
		return human.Bytes(n)
	}
	source := "not named"
	if r.ShowSource {
		source = "named"
	}
	speed := size(r.LimitRate, "no limit")
	if r.LimitRate > 0 {
		speed = "at most " + speed + " a second"
	}
	for _, s := range []struct{ name, label, value string }{
		{"export.pages", "pages", strings.Join(shape.Words(r.Pages), ", ")},
		{"export.crate", "crate", string(r.Crate)},
		{"export.limit_rate", "speed", speed},
		{"export.part_size", "parts", "of " + size(r.PartSize, "any size")},
		{"export.max_bytes", "at most", size(r.MaxBytes, "what Zenodo takes")},
		{"export.show_source", "address of openBIS", source},
	} {
		if f.Fixed(s.name) {
			lines = append(lines, s.label+": "+s.value)
		}
	}
	return lines
}

// LayoutFixed reports whether the administrator fixes the layout.
func (f *Flow) LayoutFixed() bool { return f.Fixed("export.layout") }

// SetLayout chooses a layout, unless it is fixed.
func (f *Flow) SetLayout(l shape.Layout) {
	if !f.LayoutFixed() {
		f.Switches.Layout = l
	}
}

package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

// Run is an export under way, or the last one.
type Run struct {
	Job      export.Job
	Running  session.Running // nil before it has started
	Over     bool            // its events have ended, or it could not start
	Err      error
	Paused   bool
	Question *export.Question // a file can't be had: leave it out?
	Progress export.Progress
	Note     string // the last retry or waiting, told calmly
	URL, DOI string // of the draft, as soon as there is one
	Omitted  int    // files left out on the way

	rate rate
}

// Live reports whether an export runs in this program.
func (r *Run) Live() bool { return r.Running != nil && !r.Over }

// BeginRun takes a job that is about to start; the plan of the review, if it is
// this one, is not ours to drop any more.
func (f *Flow) BeginRun(job export.Job, now time.Time) {
	if f.Plan.Job.ID == job.ID && !f.Plan.started {
		f.handOver(job, now)
	}
	f.Run = Run{Job: job}
	f.resumable = false
}

// Started takes the running export, or why it could not start.
func (r *Run) Started(run session.Running, err error) {
	r.Running, r.Err, r.Over = run, err, err != nil
}

// Sample looks at how far it is.
func (r *Run) Sample(now time.Time) {
	if r.Running == nil {
		return
	}
	r.Progress = r.Running.Progress()
	r.rate.add(now, r.Progress.Bytes)
}

// EventText is the line that is said about an event, for whoever shows a run; ""
// for one that only shows in the progress.
func EventText(e export.Event) string {
	switch e := e.(type) {
	case export.DraftReady:
		return "Draft: " + safetext.Line(e.URL)
	case export.Retried:
		return fmt.Sprintf("Trying again (%d): %s", e.Attempt, safetext.Line(e.Message))
	case export.Waiting:
		return "Waiting: " + safetext.Line(e.Message)
	case export.FileLeftOut:
		return "Left out: " + safetext.Line(e.Omission.Message)
	case export.PackageUploaded:
		return safetext.Line(e.Package) + " is uploaded and verified."
	case export.Question:
		return "Question: " + safetext.Block(e.Message)
	}
	return ""
}

// Take takes one event and returns its line.
func (r *Run) Take(e export.Event) string {
	text := EventText(e)
	switch e := e.(type) {
	case export.DraftReady:
		r.URL, r.DOI = e.URL, e.DOI
	case export.FileLeftOut:
		r.Omitted++
		r.Question, r.Note = nil, text
	case export.Retried, export.Waiting, export.PackageUploaded:
		r.Note = text
	case export.Question:
		r.Question = &e
	}
	return text
}

// TogglePause pauses or goes on.
func (r *Run) TogglePause() {
	if r.Live() {
		r.Paused = !r.Paused
		r.Running.Pause(r.Paused)
	}
}

// GoOn ends a pause, for those who leave the export to itself.
func (r *Run) GoOn() {
	if r.Paused {
		r.TogglePause()
	}
}

// PauseText says what a pause comes to.
func (r *Run) PauseText() string {
	if r.Paused {
		return "Paused; the file under way is sent again when it goes on."
	}
	return "Going on."
}

// AnswerText says what x does at the question about a file that can't be had.
const AnswerText = "x leaves it out and lists it as missing"

// Answer answers the question about a file that can't be had.
func (r *Run) Answer(leaveOut bool) {
	if r.Question != nil && r.Running != nil {
		r.Running.LeaveOut(leaveOut)
		r.Question = nil
	}
}

// Halt stops the export so that it can be resumed.
func (r *Run) Halt() {
	if r.Live() {
		r.Running.Stop()
	}
}

// Ended takes how a run ended: its error, and its job as the list of exports
// has it now, if it could be read.
func (f *Flow) Ended(err error, jobs []export.Job) {
	r := &f.Run
	r.Progress = r.Running.Progress()
	r.Over, r.Err, r.Question = true, err, nil
	if p := r.Job.Plan; err == nil && p != nil && len(p.Unarchive) > 0 && f.Tree != nil {
		f.Tree.Returned(p.Unarchive)
	}
	for _, j := range jobs {
		if j.ID == r.Job.ID {
			r.Job = j
		}
	}
	if err != nil {
		f.resumable = true
		if f.handed.of == f.Description && f.handed.job == r.Job.ID {
			f.Refused(err)
		}
		return
	}
	if r.Job.State == export.StatePlanned || r.Job.State == "" {
		r.Job.State = export.StateDraft // the list could not be read
	}
	if r.Job.URL == "" {
		r.Job.URL, r.Job.DOI = cmp.Or(r.URL, r.Progress.URL), cmp.Or(r.DOI, r.Progress.DOI)
	}
	if f.handed.job == r.Job.ID {
		f.BeginNext()
	}
}

// EndText says why an export ended early; stopped is true where a person did it.
func EndText(err error) (text string, stopped bool) {
	if errors.Is(err, context.Canceled) || errors.Is(err, failure.Interrupted) {
		return "Stopped.", true
	}
	return Words(err), false
}

// Percent is how much of the bytes is there, 0 to 100.
func (r *Run) Percent() int {
	if r.Progress.Total <= 0 {
		return 0
	}
	return int(min(max(r.Progress.Bytes*100/r.Progress.Total, 0), 100))
}

// Total is how far it is, how fast, and how long it will take.
func (r *Run) Total(now time.Time) string {
	p := r.Progress
	total := human.Bytes(p.Bytes) + " of " + human.Bytes(p.Total)
	if !r.Live() {
		return total
	}
	if v := r.rate.perSecond(); v > 0 {
		total += " · " + human.Bytes(int64(v)) + "/s"
	}
	if p.Left > 0 {
		total += " · " + human.Duration(time.Duration(p.Left*float64(time.Second))) + " left"
	}
	return total
}

// whole are the files that are at the server whole, of how many. No other stays
// there when an export ends early.
func (r *Run) whole() (n, of int) {
	for _, k := range r.Progress.Packages {
		if k.Done {
			n++
		}
	}
	return n, len(r.Progress.Packages)
}

// StopCost says what is lost by stopping now.
func (r *Run) StopCost() string {
	var sent int64
	for _, k := range r.Progress.Packages {
		if !k.Done {
			sent += k.Bytes
		}
	}
	n, of := r.whole()
	stay := fmt.Sprintf("%d of %s arrived whole and will stay.", n, human.Count(of, "file", "files"))
	switch {
	case sent == 0 && n == 0:
		return "Nothing has arrived yet that stopping could lose."
	case sent == 0:
		return "Stopping loses nothing: " + stay
	}
	lost := "Stopping loses the " + human.Bytes(sent) + " sent of the file under way: it starts again at 0."
	if n == 0 {
		return lost
	}
	return lost + " " + stay
}

// ResumeText says what going on after an end comes to.
func (r *Run) ResumeText() string {
	if n, _ := r.whole(); n == 0 {
		return "r starts again from the beginning."
	}
	return "r goes on: the file that was under way starts again, what arrived whole stays."
}

// StoppedText says what an export that ended early left at the server.
func (r *Run) StoppedText() string {
	n, of := r.whole()
	if n == 0 {
		return "No file had arrived whole: nothing of it stays."
	}
	return fmt.Sprintf("%d of %s arrived whole and stay there.", n, human.Count(of, "file", "files"))
}

// OmittedText says how many files were left out on the way, "" for none.
func (r *Run) OmittedText() string {
	if r.Omitted == 0 {
		return ""
	}
	return human.Count(r.Omitted, "file", "files") + " left out, listed in the package"
}

// Address is that of the draft, as soon as there is one.
func (r *Run) Address() string { return safetext.Line(cmp.Or(r.URL, r.Progress.URL)) }

// rate measures speed over a window, long enough to be calm and short enough
// to follow a change.
type rate struct {
	samples []sample
}

type sample struct {
	at    time.Time
	bytes int64
}

const rateWindow = 20 * time.Second

// add takes a sample. Bytes that fall (a package is sent again) start anew.
func (r *rate) add(at time.Time, bytes int64) {
	if n := len(r.samples); n > 0 && bytes < r.samples[n-1].bytes {
		r.samples = r.samples[:0]
	}
	r.samples = append(r.samples, sample{at, bytes})
	drop := 0
	for drop < len(r.samples)-2 && at.Sub(r.samples[drop].at) > rateWindow {
		drop++
	}
	r.samples = r.samples[drop:]
}

// perSecond is the speed in bytes a second, 0 while it is not known.
func (r *rate) perSecond() float64 {
	if len(r.samples) < 2 {
		return 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	d := last.at.Sub(first.at)
	if d < time.Second {
		return 0
	}
	return float64(last.bytes-first.bytes) / d.Seconds()
}

package flow

import (
	"context"
	"fmt"
	"time"

	"zenobis/doi"
	"zenobis/export"
	"zenobis/safetext"
	"zenobis/session"
)

// What is said of leaving: the demo's servers and exports end with it.
const (
	demoLeaves = "The demo keeps nothing: what you selected and typed, its drafts and its servers end with it."
	demoLeft   = "The demo has ended and keeps nothing."
)

// LeaveText says what becomes of what was selected and typed.
func (f *Flow) LeaveText() string {
	if f.Demo {
		return demoLeaves
	}
	return "What you selected and typed is kept on this machine, and offered at the next start."
}

// StopText is the choice of stopping an export and leaving.
func (f *Flow) StopText() string {
	if f.Demo {
		return "stop it and leave; the demo keeps nothing"
	}
	return "stop it, to be resumed later"
}

// LeaveRunText asks what becomes of an export that runs when one leaves.
func (f *Flow) LeaveRunText() string {
	const ask = "What do you want to do with it?"
	if f.Demo {
		return ask // nothing of it stays, whatever is chosen
	}
	return ask + " " + f.Run.StopCost()
}

// WatchText says what becomes of a draft that is watched when one leaves.
func (f *Flow) WatchText() string {
	if f.Demo {
		return "Watching. The demo's servers end when you leave."
	}
	return "Watching. You may leave at any time: zenobis sync picks up from here."
}

// Leave ends the way and says what is left to say. An export that still runs is
// handed on where its own context lives (alive); its session goes with it.
func (f *Flow) Leave(ctx context.Context, alive bool, now time.Time) session.Summary {
	var s session.Summary
	unfinished := f.Unfinished()
	kept := f.KeepUnfinished(now)
	if f.Run.Live() {
		if alive {
			s.Running = f.Run.Running
			if !f.Demo {
				s.RunningJob = f.Run.Job.ID
			}
		} else {
			f.resumable = true
		}
	}
	s.Interrupted = f.resumable
	f.DropPlan(context.WithoutCancel(ctx))
	switch {
	case f.Session == nil:
	case s.Running != nil:
		s.Close = f.Session.Close
	default:
		if f.Run.Live() { // it was stopped: it must have ended before its session goes
			_ = f.Run.Running.Wait()
		}
		_ = f.Session.Close(ctx) // openBIS ends it by itself after a while
	}
	s.Lines = f.lastWords(s)
	switch {
	case kept != nil:
		s.Lines = append(s.Lines, safetext.Safe("What was selected and typed could not be kept: "+kept.Error()))
	case unfinished && !f.Demo:
		s.Lines = append(s.Lines, "What was selected and typed is kept for the next start.")
	}
	return s
}

// lastWords are for the normal screen: what was done, and what comes next.
func (f *Flow) lastWords(s session.Summary) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, safetext.Line(fmt.Sprintf(format, args...))) }
	d := f.Draft.Job
	if f.Demo {
		return f.demoWords(s)
	}
	switch {
	case s.Running != nil:
		say("The export %s goes on. zenobis jobs shows it.", s.RunningJob)
	case s.Interrupted:
		say("The export was stopped. To go on: zenobis resume %s", f.Run.Job.ID)
	case d.ID != "" && d.State == export.StateRegistered:
		say("Published and recorded in openBIS: %s", doi.Address(d.DOI))
	case d.ID != "" && d.State == export.StatePublished:
		say("Published: %s. To record it in openBIS: zenobis sync", doi.Address(d.DOI))
	case f.discarded || d.State == export.StateDiscarded:
		say("The draft was discarded.")
	case d.URL != "" && d.State == export.StateInReview:
		say("The draft is in review: %s", d.URL)
		say("Once the community accepts it, zenobis sync records it in openBIS.")
	case d.URL != "" && d.State != export.StateDraft:
		say("The draft is not complete: %s", d.URL)
		say("zenobis jobs says what became of it.")
	case d.URL != "":
		say("The draft is ready: %s", d.URL)
		if text := session.LeftOutText(d); text != "" {
			say("Left out: %s.", text)
		}
		say("Publish it there; zenobis sync then records it in openBIS.")
	case f.Session != nil:
		say("Nothing was sent.")
	}
	return out
}

// demoWords name nothing that ends with the demo: no address, no way to go on.
func (f *Flow) demoWords(s session.Summary) []string {
	var first string
	switch d := f.Draft.Job; {
	case s.Running != nil:
		return []string{"The export goes on. The demo ends with it, and keeps nothing."}
	case s.Interrupted:
		first = "The export was stopped. "
	case d.State.Public():
		first = "Published on the demo's own Zenodo. "
	case f.discarded || d.State == export.StateDiscarded:
		first = "The draft was discarded. "
	case d.URL != "":
		first = "The draft was made on the demo's own Zenodo. "
	case f.Session != nil:
		first = "Nothing was sent. "
	}
	return []string{first + demoLeft}
}

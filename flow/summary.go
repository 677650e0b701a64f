package flow

import (
	"context"
	"fmt"
	"time"

	"zenobis/export"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/session"
)

// LogoutPatience is how long leaving may take for the sake of a clean logout.
const LogoutPatience = 5 * time.Second

// Leave ends the way and says what is left to say. An export that still runs is
// handed on where its own context lives (alive); its session goes with it.
func (f *Flow) Leave(ctx context.Context, alive bool, now time.Time) session.Summary {
	var s session.Summary
	unfinished := f.Unfinished()
	kept := f.KeepUnfinished(now)
	if f.Run.Live() {
		if alive {
			s.Running, s.RunningJob = f.Run.Running, f.Run.Job.ID
		} else {
			f.resumable = true
		}
	}
	s.Interrupted = f.resumable
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), LogoutPatience)
	defer cancel()
	f.DropPlan(ctx)
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
		s.Lines = append(s.Lines, safetext.Redact(safetext.Line("What was selected and typed could not be kept: "+kept.Error())))
	case unfinished:
		s.Lines = append(s.Lines, "What was selected and typed is kept for the next start.")
	}
	return s
}

// lastWords are for the normal screen: what was done, and what comes next.
func (f *Flow) lastWords(s session.Summary) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, safetext.Line(fmt.Sprintf(format, args...))) }
	d := f.Draft.Job
	switch {
	case s.Running != nil:
		say("The export %s goes on. zenobis jobs shows it.", s.RunningJob)
	case s.Interrupted:
		say("The export was stopped. To go on: zenobis resume %s", f.Run.Job.ID)
	case d.ID != "" && d.State == export.StateRegistered:
		say("Published and recorded in openBIS: %s", record.DOIAddress(d.DOI))
	case d.ID != "" && d.State == export.StatePublished:
		say("Published: %s. To record it in openBIS: zenobis sync", record.DOIAddress(d.DOI))
	case d.ID != "" && d.URL != "":
		say("The draft is ready: %s", d.URL)
		say("Publish it there; zenobis sync then records it in openBIS.")
	case f.Session != nil:
		say("Nothing was sent.")
	}
	return out
}

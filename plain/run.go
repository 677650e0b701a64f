package plain

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

// progressEvery is how often a running export says how far it is.
const progressEvery = 10 * time.Second

// stepExport runs the job of the review, then hands the draft over.
func (t *talk) stepExport(ctx context.Context) error { return t.export(ctx, t.Plan.Job) }

func (t *talk) export(ctx context.Context, job export.Job) error {
	if t.Facts.HistoryHint != "" {
		t.say(t.Facts.HistoryHint)
	}
	err, stop := t.called(ctx, func() error { return t.send(ctx, job) })
	switch {
	case stop != nil:
		return stop
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil && t.Run.Running == nil: // it could not start
		t.complain(err)
		return errBack
	case err != nil:
		text, stopped := flow.EndText(err)
		if !stopped {
			text = "Error: " + text
		}
		t.say(text)
		t.say(t.Run.StoppedText())
		if t.RefusedFields() && t.ReturnToRun() {
			return errDescribe
		}
		return errBack
	}
	t.Follow(t.Run.Job, false)
	t.say("The draft is ready. Look it over and publish it there:")
	t.say(t.Draft.Address())
	if doi := t.Draft.Job.DOI; doi != "" {
		t.say("Its DOI, once it is published: " + safetext.Line(doi))
	}
	t.leftOut(t.Draft.Job)
	if ok, why := t.Backend.OpenBrowser(ctx, t.Draft.Job.URL); ok {
		t.say(flow.OpenedText)
	} else if why != "" {
		t.say("The browser was not opened: " + safetext.Line(why) + ".")
	}
	return t.watchJob(ctx, t.Draft.Job)
}

// leftOut names the files that an export had to leave out.
func (t *talk) leftOut(j export.Job) {
	if text := session.LeftOutText(j); text != "" {
		t.say("Left out: " + text + ".")
	}
}

// send starts a job, or goes on with it, and tells what happens until its end.
func (t *talk) send(ctx context.Context, job export.Job) error {
	t.BeginRun(job, t.now())
	run, err := t.Session.Start(t.runCtx, job.ID)
	t.Run.Started(run, err)
	if err != nil {
		return err
	}
	t.say("Exporting. What you can type: pause, stop.")
	if err := t.follow(ctx, run); err != nil {
		return err
	}
	err = run.Wait()
	jobs, _ := t.Backend.Jobs(ctx) // without it the events tell enough
	t.Ended(err, jobs)
	return err
}

// follow tells what happens until the run ends.
func (t *talk) follow(ctx context.Context, run session.Running) error {
	r := &t.Run
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	lines, said := t.lines, ""
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ev, ok := <-run.Events():
			if !ok {
				return nil
			}
			if line := r.Take(ev); line != "" && unlike(line, said) { // a wait that counts down is said once
				t.say(line)
				said = line
			}
			if _, asks := ev.(export.Question); asks {
				fmt.Fprint(t.out, "\a")
				t.say(flow.AnswerText + ", stop stops here (resumable).")
			}
		case <-tick.C:
			r.Sample(t.now())
			t.sayf("%d %%, %s", r.Percent(), r.Total(t.now()))
		case l, ok := <-lines:
			if !ok {
				lines = nil // the input has ended: the export goes on
				continue
			}
			t.command(strings.TrimSpace(l))
		}
	}
}

// command is a line typed while an export runs.
func (t *talk) command(line string) {
	switch line {
	case "pause", "p":
		t.Run.TogglePause()
		t.say(t.Run.PauseText())
	case "stop", "n", "quit":
		t.Run.Halt()
	case "x":
		t.Run.Answer(true)
	}
}

// watchJob says how the draft fares until it is settled or a line is typed.
func (t *talk) watchJob(ctx context.Context, j export.Job) error {
	t.say(t.WatchText() + watchEnds)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seen := make(chan export.Job, 16)
	ended := make(chan error, 1)
	go func() {
		ended <- t.Session.Watch(ctx, j.ID, t.WatchEvery(), func(j export.Job) {
			select {
			case seen <- j:
			case <-ctx.Done():
			}
		})
	}()
	for {
		select {
		case n := <-seen:
			t.tell(n)
		case err := <-ended:
			for len(seen) > 0 {
				t.tell(<-seen)
			}
			again, stop := t.given(ctx, t.Needs(err))
			switch {
			case stop != nil:
				return stop
			case again:
				return t.watchJob(ctx, t.Draft.Job)
			}
			t.complain(err)
			yes, err := t.yes(ctx, "Another export?", false)
			if err != nil || !yes {
				return errLeave
			}
			return nil
		case l, ok := <-t.lines:
			if !ok {
				return io.EOF
			}
			if stop, err := t.watching(ctx, safetext.Line(l)); stop || err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// watching is a line typed while a draft is watched; stop ends the watching.
func (t *talk) watching(ctx context.Context, line string) (stop bool, err error) {
	switch {
	case line == "" || line == "back":
		return true, nil
	case line == "quit":
		err = t.leave(ctx)
	case line == "exports":
		err = t.exportsList(ctx)
	case asksHelp(line):
		t.say("An empty line, or back: end the watching and go back to choosing data")
		t.say("exports: what was exported earlier")
		t.say("quit: leave")
		return false, nil
	default:
		t.say("Not understood: " + line + ". help lists all commands.")
		return false, nil
	}
	if err == nil && t.Draft.Job.ID == "" { // it was discarded
		return true, nil
	}
	if err == nil {
		t.say(t.WatchText() + watchEnds)
	}
	return false, err
}

// watchEnds says how the watching ends.
const watchEnds = " An empty line ends the watching."

func (t *talk) tell(j export.Job) {
	if j.State != t.Draft.Job.State {
		t.sayf("%s %s %s", flow.StateText(j), flow.DOIOf(j), strings.Join(j.Objects, ", "))
	}
	t.Draft.Job = j
}

// unlike reports whether a line says more than the one before: of waits only
// what differs in more than its numbers.
func unlike(a, b string) bool {
	return !strings.HasPrefix(a, "Waiting:") || human.Unnumbered(a) != human.Unnumbered(b)
}

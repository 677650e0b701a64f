package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/safetext"
)

// stepDescribe asks for the title and offers the rest.
func (p *plain) stepDescribe(ctx context.Context) error {
	d := p.describe
	m, offers, err := p.sess.DefaultMetadata(ctx, p.selection())
	if p.renewed(ctx, err) {
		return p.stepDescribe(ctx)
	}
	if err != nil {
		p.complain(err)
	} else {
		d.offers = offers
		d.fillIn(m)
		d.suggestTitle(m.Title)
	}
	for {
		title, err := p.ask(ctx, "Title", cmp.Or(d.title.Value(), d.offer))
		if err != nil {
			return err
		}
		d.title.SetValue(title)
		d.touched = true
		if t := d.problems()["title"]; t != "" {
			p.say("Error: " + t)
			continue
		}
		break
	}
	for {
		problems := d.problems()
		for i, f := range d.fields {
			p.sayf("%d  %s: %s", i+1, f.label, d.glance(f, 200))
			if t := problems[f.name]; t != "" {
				p.say("   Error: " + t)
			}
		}
		if d.multiGroup() {
			p.sayf("%d  Groups: %s", len(d.fields)+1, strings.Join(d.chosenGroups(), ", "))
		}
		s, err := p.ask(ctx, "Number to change, or", "continue")
		if err != nil {
			return err
		}
		if s == "continue" {
			if len(problems) == 0 {
				return nil
			}
			p.say("There is still a mistake.")
			continue
		}
		n, err := strconv.Atoi(s)
		switch {
		case err == nil && n >= 1 && n <= len(d.fields):
			err = p.change(ctx, d.fields[n-1])
		case err == nil && n == len(d.fields)+1 && d.multiGroup():
			err = p.changeGroups(ctx)
		default:
			p.say("Not understood: " + s)
			continue
		}
		if err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

func (p *plain) change(ctx context.Context, f metaField) error {
	d := p.describe
	p.say(f.hint)
	if !f.area {
		s, err := p.ask(ctx, f.label, d.text[f.name])
		if err != nil {
			return err
		}
		d.text[f.name], d.typed[f.name] = s, true
		return nil
	}
	for _, l := range strings.Split(d.text[f.name], "\n") {
		p.say("now: " + l)
	}
	p.say("Type the new lines; a line with a single dot ends. Only a dot leaves it as it is.")
	var lines []string
	for {
		s, err := p.ask(ctx, f.label, "")
		if err != nil {
			return err
		}
		if s == "." {
			break
		}
		lines = append(lines, s)
	}
	if len(lines) > 0 {
		d.text[f.name], d.typed[f.name] = strings.Join(lines, "\n"), true
	}
	return nil
}

func (p *plain) changeGroups(ctx context.Context) error {
	s, err := p.ask(ctx, "Groups, with commas ("+strings.Join(p.who.Groups, ", ")+")", strings.Join(p.describe.chosenGroups(), ","))
	if err != nil {
		return err
	}
	clear(p.describe.groups)
	for _, g := range strings.Split(s, ",") {
		p.describe.groups[strings.TrimSpace(g)] = true
	}
	return nil
}

// stepReview plans, and shows what will lie on Zenodo.
func (p *plain) stepReview(ctx context.Context) error {
	r := p.review
	for {
		p.say("Planning...")
		r.dropNow(ctx)
		var err error
		r.job, r.got, err = p.sess.Plan(ctx, r.request(), false, func(string, int) {})
		r.err = err
		if p.renewed(ctx, err) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, l := range r.lines(100) {
			p.say(l)
		}
		s, err := p.ask(ctx, "start, layout NAME, or the letter of a choice", "start")
		if err != nil {
			return err
		}
		q := &p.request
		verb, arg, _ := strings.Cut(s, " ")
		switch verb {
		case "start":
			switch {
			case r.private():
				p.say(privateText)
			case r.err != nil || r.got == nil:
				p.say("This can't be sent as it is: back, or another choice.")
			default:
				return nil
			}
		case "layout", "l":
			q.Layout = export.LayoutAuto
			for _, l := range layouts {
				if string(l.layout) == arg {
					q.Layout = l.layout
				}
			}
		case "m":
			q.MetadataOnly = !q.MetadataOnly
		case "p":
			q.WithParents = !q.WithParents
		case "c":
			q.WithChildren = !q.WithChildren
		case "f":
			q.WithReferences = !q.WithReferences
		case "o":
			q.OtherSpaces = !q.OtherSpaces
		case "u":
			q.Unarchive = !q.Unarchive
		case "a":
			q.AcceptFindings = !q.AcceptFindings
		default:
			p.say("Not understood: " + s)
		}
	}
}

// dropNow forgets a plan that was not started, waiting for it.
func (s *reviewScreen) dropNow(ctx context.Context) {
	if s.job.ID != "" && !s.started {
		_ = s.app.be.Discard(ctx, s.job.ID) // only a folder of ours
	}
	s.job, s.started = export.Job{}, false
}

// stepExport runs the job of the review, then hands the draft over.
func (p *plain) stepExport(ctx context.Context) error {
	job := p.review.job
	if p.facts.HistoryHint != "" {
		p.say(p.facts.HistoryHint)
	}
	p.review.started = true // from here on it is no plan of ours to drop
	run, err := p.sess.Start(p.runCtx, job.ID)
	if err != nil {
		p.complain(err)
		return errBack
	}
	e := p.export
	*e = exportScreen{app: p.app, job: job, run: run}
	p.say("Exporting. Lines that are understood: pause, stop.")
	if err := p.follow(ctx, run); err != nil {
		return err
	}
	e.err, e.over = run.Wait(), true
	jobs, err := p.be.Jobs(ctx)
	for _, j := range jobs {
		if err == nil && j.ID == job.ID {
			e.job = j
		}
	}
	if e.err != nil {
		p.say("Error: " + endText(e.err))
		return errBack
	}
	if e.job.URL == "" {
		e.job.URL, e.job.DOI = e.url, e.doi
	}
	p.done.job = e.job
	p.say("The draft is ready. Look it over and publish it there:")
	p.say(safetext.Line(e.job.URL))
	if ok, why := p.be.OpenBrowser(ctx, e.job.URL); ok {
		p.say("Opened in your browser.")
	} else if why != "" {
		p.say(safetext.Line(why))
	}
	return p.watchJob(ctx, e.job)
}

// follow tells what happens until the run ends.
func (p *plain) follow(ctx context.Context, run Running) error {
	e := p.export
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	lines := p.lines
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ev, ok := <-run.Events():
			if !ok {
				return nil
			}
			p.event(ev)
		case <-tick.C:
			e.p = run.Progress()
			e.rate.add(p.now(), e.p.Bytes)
			p.sayf("%d %%, %s", e.percent(), strings.Join(e.foot(200), ", "))
		case l, ok := <-lines:
			if !ok {
				lines = nil // the input has ended: the export goes on
				continue
			}
			switch strings.TrimSpace(l) {
			case "pause", "p":
				e.paused = !e.paused
				run.Pause(e.paused)
				p.sayf("Paused from the next package on: %v", e.paused)
			case "stop", "n", "quit":
				e.halt()
			case "x":
				if e.question != nil {
					run.LeaveOut(true)
					e.question = nil
				}
			}
		}
	}
}

func (p *plain) event(ev export.Event) {
	e := p.export
	switch ev.Kind {
	case export.EventDraft:
		e.url, e.doi = ev.URL, ev.DOI
		p.sayf("Draft: %s", ev.URL)
	case export.EventUploaded:
		p.sayf("%s is there and checked.", ev.Package)
	case export.EventRetry:
		p.sayf("Trying again (%d): %s", ev.Attempt, safetext.Line(ev.Message))
	case export.EventWaiting:
		p.sayf("Waiting: %s", safetext.Line(ev.Message))
	case export.EventOmitted:
		p.sayf("Left out: %s", safetext.Line(ev.Message))
	case export.EventQuestion:
		e.question = &ev
		fmt.Fprint(p.out, "\a")
		p.sayf("Question: %s %s", safetext.Block(ev.Message), ev.Hint)
		p.say("x leaves it out and lists it as missing, stop stops here (resumable).")
	}
}

// watchJob says how the draft fares until it is settled or a line is typed.
func (p *plain) watchJob(ctx context.Context, j export.Job) error {
	p.say("Watching the draft. An empty line ends the watching; zenobis sync goes on later.")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seen := make(chan export.Job, 16)
	ended := make(chan error, 1)
	go func() {
		ended <- p.sess.Watch(ctx, j.ID, watchEvery, func(j export.Job) {
			select {
			case seen <- j:
			case <-ctx.Done():
			}
		})
	}()
	for {
		select {
		case n := <-seen:
			p.tell(n)
		case err := <-ended:
			for len(seen) > 0 {
				p.tell(<-seen)
			}
			if err != nil {
				p.complain(err)
			}
			s, err := p.ask(ctx, "Another export? yes or no", "no")
			if err != nil || s != "yes" {
				return errLeave
			}
			return nil
		case _, ok := <-p.lines:
			if !ok {
				return io.EOF
			}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *plain) tell(j export.Job) {
	if j.State != p.done.job.State {
		p.sayf("%s %s %s", stateText(j), j.DOI, strings.Join(j.Objects, " "))
	}
	p.done.job = j
}

package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/ui/cells"
)

// exportScreen follows a running export. The export is the engine's: leaving
// the screen does not end it.
type exportScreen struct {
	app    *app
	begin  task
	end    task
	open   task
	scroll scroller
}

func newExport(a *app) screen { return &exportScreen{app: a} }

// startRun begins or resumes a job and shows it.
func (a *app) startRun(job export.Job) tea.Cmd {
	a.flow.BeginRun(job, a.now())
	return a.goTo(atExport)
}

// enter starts the job that was chosen; one that runs is only shown.
func (s *exportScreen) enter(bool) tea.Cmd {
	a, r := s.app, &s.app.flow.Run
	if r.Running != nil || r.Over || r.Job.ID == "" || s.begin.busy {
		return s.sample()
	}
	if a.flow.Facts.HistoryHint != "" {
		a.say(a.flow.Facts.HistoryHint)
	}
	a.stop(&s.end)                                       // of a run before
	sess, parent, job := a.flow.Session, a.runCtx, r.Job // the run must not end with the task
	return a.do(&s.begin, "Starting", 0, func(context.Context, *stage) func() tea.Cmd {
		run, err := sess.Start(parent, job.ID)
		return func() tea.Cmd {
			r.Started(run, err)
			if err != nil {
				return a.give(a.flow.Needs(err), func() tea.Cmd { return a.startRun(job) })
			}
			return tea.Batch(s.listen(run), s.sample(), a.tick())
		}
	})
}

// listen waits for the next event of a run.
func (s *exportScreen) listen(run session.Running) tea.Cmd {
	return func() tea.Msg {
		e, ok := <-run.Events()
		return arrived(func() tea.Cmd {
			r := &s.app.flow.Run
			switch {
			case run != r.Running:
				return nil
			case !ok:
				return s.finish()
			}
			r.Take(e)
			cmd := tea.Batch(s.listen(run), s.sample())
			if _, asks := e.(export.Question); asks {
				cmd = tea.Batch(cmd, tea.Raw("\a"))
			}
			return cmd
		})
	}
}

// finish waits for the run to clean up and says how it ended.
func (s *exportScreen) finish() tea.Cmd {
	a := s.app
	run, job := a.flow.Run.Running, a.flow.Run.Job
	return a.do(&s.end, "Finishing", 0, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := run.Wait()
		jobs, _ := a.flow.Backend.Jobs(ctx) // without it the events tell enough
		return func() tea.Cmd {
			a.flow.Ended(err, jobs)
			a.take(jobs)
			bell := tea.Raw("\a")
			if err == nil { // what came back from the archive weighs more now
				bell = tea.Batch(bell, a.countSelection())
			}
			if a.at == atDescribe { // what is described now may be another export
				bell = tea.Batch(bell, a.backTo(atDescribe))
			}
			switch {
			case err != nil:
				return tea.Batch(bell, a.give(a.flow.Needs(err), func() tea.Cmd { return a.startRun(job) }))
			case a.at == atExport && len(a.flow.Waiting) == 0:
				return tea.Batch(bell, a.showDraft(a.flow.Run.Job, true))
			}
			a.say("The draft of " + safetext.Line(a.flow.Run.Job.Title) + " is ready; ctrl+x shows it.")
			if next, ok := a.flow.NextWaiting(); ok {
				a.flow.BeginRun(next, a.now())
				return tea.Batch(bell, s.enter(false))
			}
			return bell
		}
	})
}

// toField goes to the field that the server refused.
func (s *exportScreen) toField() tea.Cmd {
	s.app.flow.ReturnToRun()
	cmd := s.app.backTo(atDescribe)
	if d, ok := s.app.cur().(*describeScreen); ok {
		return tea.Batch(cmd, d.toMistake())
	}
	return cmd
}

// sample looks at how far the export is, and looks again later.
func (s *exportScreen) sample() tea.Cmd {
	s.app.flow.Run.Sample(s.app.now())
	if s.app.flow.Run.Live() {
		return s.app.tick()
	}
	return nil
}

func (s *exportScreen) input(tea.Msg) tea.Cmd { return nil }
func (s *exportScreen) typing() bool          { return false }

func (s *exportScreen) actions() []action {
	a, r := s.app, &s.app.flow.Run
	do := func(f func()) func() tea.Cmd {
		return func() tea.Cmd {
			f()
			return nil
		}
	}
	there := flow.OpenDraftOf(r.Err)
	failed, asked := r.Over && r.Err != nil, r.Question != nil
	esc := "stop or leave"
	if !r.Live() || asked { // beside its answers there is little room
		esc = "back"
	}
	pause := "pause"
	if r.Paused {
		pause = "go on"
	}
	return append([]action{
		on("x", "x", "leave out", do(func() { r.Answer(true) })).when(asked).help(choosing, "leave the file out, listed as missing", ""),
		on("n", "n", "stop", do(func() { r.Answer(false) })).when(asked).help(choosing, "stop here, to be resumed later", ""),
		on("r", "r", "resume", func() tea.Cmd { return a.startRun(r.Job) }).when(failed),
		on("enter", "enter", "show the draft", func() tea.Cmd { return a.showDraft(r.Job, false) }).when(r.Over && r.Err == nil),
		on("p", "p", pause, do(r.TogglePause)).when(r.Live() && !asked),
		on(
			"b",
			"b",
			"browse",
			s.lookAround,
		).when(r.Live()).
			help(going, "look around, and prepare the next one; this goes on", ""),
		on(
			"d",
			"d",
			"to the field",
			func() tea.Cmd { return s.toField() },
		).when(failed && a.flow.RefusedFields()).
			help(going, "to the field that was refused", ""),
		on("b", "b", "show the draft", func() tea.Cmd { return a.openPage(&s.open, there.URL) }).
			when(failed && there != nil && there.URL != "").
			help(going, "show the draft that is open already in the browser", ""),
		on("esc", "esc", esc, s.escape),
		on("e", "e", "exports", a.toExports),
	}, s.scroll.actions()...)
}

// lookAround leaves the export to itself: what is chosen and typed from now on is
// the next one's. A pause stays; the header says so.
func (s *exportScreen) lookAround() tea.Cmd {
	s.app.flow.BeginNext()
	return s.app.goTo(atBrowse)
}

// escape leaves the screen; while the export runs it asks what to do with it.
func (s *exportScreen) escape() tea.Cmd {
	a, r := s.app, &s.app.flow.Run
	switch {
	case s.begin.busy:
		return nil
	case !r.Live():
		if r.Err != nil {
			a.flow.ReturnToRun()
		}
		return a.backTo(atReview)
	}
	title, around := "The export is running", "let it go on and look around"
	if r.Paused {
		title, around = "The export is paused", "look around; it stays paused"
	}
	a.ask(a.whileRunning(&dialog{title: title, choices: []choice{
		{"s", "stay here", nil},
		{"b", around, s.lookAround},
		{"x", "stop it, to be resumed later", func() tea.Cmd { r.Halt(); return nil }},
	}}, func() string { return "What do you want to do with it? " + r.StopCost() }))
	return nil
}

// whileRunning is a question about the export that runs now: what it says follows that,
// and it ends with it.
func (a *app) whileRunning(d *dialog, text func() string) *dialog {
	id := a.flow.Run.Job.ID
	d.text, d.over = text(), exportEnded
	d.follow = func(d *dialog) bool {
		d.text = text()
		return a.flow.Run.Live() && a.flow.Run.Job.ID == id
	}
	return d
}

const exportEnded = "The export has ended meanwhile."

func (s *exportScreen) view(w, h int) []string {
	th, r := s.app.th, &s.app.flow.Run
	tw := min(w-2, textWidth)
	if r.Question != nil {
		return s.scroll.window(s.app, s.question(tw, h), w, h)
	}
	var out []string
	add := func(l string) { out = append(out, " "+l) }
	para := func(text string) {
		for _, l := range cells.Wrap(text, tw) {
			add(l)
		}
	}
	if h > 10 {
		add("")
	}
	add(th.Bold.Render(cells.Clip(safetext.Line(r.Job.Title), tw)))
	if s.begin.busy {
		add(s.app.waitText(&s.begin))
	}
	if r.Over && r.Err != nil {
		add("")
		text, stopped := flow.EndText(r.Err)
		if there := flow.OpenDraftOf(r.Err); there != nil {
			text += " b shows it in the browser; esc goes back to the review."
		}
		st := th.Warn
		if !stopped {
			text, st = "✗ "+text, th.Bad
		}
		for _, l := range cells.Wrap(byKey(text), tw) {
			add(st.Render(l))
		}
		para(r.ResumeText())
	}
	foot := s.foot(tw)
	room := max(h-len(out)-len(foot)-1, 1)
	out = append(out, s.packages(tw, room)...)
	if len(out)+len(foot) < h {
		add("")
	}
	for _, l := range foot {
		add(l)
	}
	return s.scroll.window(s.app, out, w, h)
}

// question asks what to do about a file that can't be had. Where there is little room
// all else gives way to the question and its answers.
func (s *exportScreen) question(w, h int) []string {
	th, r := s.app.th, &s.app.flow.Run
	asked := cells.Wrap("? "+safetext.Block(r.Question.Message), w) // its hint is about flags of the command line
	for _, l := range cells.Wrap(flow.AnswerText+", n stops here (resumable)", w) {
		asked = append(asked, th.Warn.Render(l))
	}
	title, foot := th.Bold.Render(cells.Clip(safetext.Line(r.Job.Title), w)), s.foot(w)
	var out []string
	if len(asked)+len(foot)+4 < h {
		out = append(out, "")
	}
	if len(asked)+1 < h {
		out = append(out, title)
	}
	if len(asked)+3 < h {
		out = append(out, "")
	}
	out = append(out, asked...)
	for i, l := range out {
		out[i] = " " + l
	}
	if room := h - len(out) - len(foot) - 1; room > 0 {
		out = append(append(out, s.packages(w, room)...), "")
	}
	for _, l := range foot[max(0, len(foot)-max(h-len(out), 0)):] {
		out = append(out, " "+l)
	}
	return out
}

// packages is one line a package; when there are more than fit, those around
// the one under way.
func (s *exportScreen) packages(w, room int) []string {
	list := s.app.flow.Run.Progress.Packages
	if len(list) > room {
		at := 0
		for at < len(list)-1 && list[at].Done {
			at++
		}
		first := max(min(at-room/2, len(list)-room), 0)
		list = list[first : first+room]
	}
	nameW := 8
	for _, k := range list {
		nameW = max(nameW, cells.Width(k.Name))
	}
	barW, narrow := 20, w < 60
	room = w - barW - 24
	if narrow {
		barW = 8
		room = w - barW - 14
	}
	nameW = min(nameW, max(room, 8))
	var out []string
	for _, k := range list {
		part := 0.0
		if k.Total > 0 {
			part = float64(k.Bytes) / float64(k.Total)
		}
		end := fmt.Sprintf("%3d %%  ", int(part*100))
		if !narrow {
			end += human.Short(k.Bytes) + " of "
		}
		end += human.Short(k.Total)
		if k.Done {
			part, end = 1, "✓ done "+cells.PadLeft(human.Short(k.Total), 5)
		} else if k.Attempt > 1 {
			end += fmt.Sprintf("  try %d", k.Attempt)
		}
		out = append(out, " "+cells.Clip(cells.Pad(cells.ClipMiddle(k.Name, nameW), nameW)+" "+s.drawBar(part, barW)+" "+end, w))
	}
	return out
}

// drawBar is a thin line, its share heavy.
func (s *exportScreen) drawBar(part float64, w int) string {
	full := int(min(max(part, 0), 1) * float64(w))
	return s.app.th.Accent.Render(strings.Repeat("━", full)) + s.app.th.Dim.Render(strings.Repeat("─", w-full))
}

// foot is the file under way, total, speed, time left, and what is waited for.
func (s *exportScreen) foot(w int) []string {
	th, r := s.app.th, &s.app.flow.Run
	var out []string
	if r.Live() && r.Progress.File != "" {
		out = append(out, th.Dim.Render(cells.ClipMiddle(safetext.Line(r.Progress.File), w)))
	}
	out = append(out, cells.Clip(r.Total(s.app.now()), w))
	switch {
	case !r.Live():
	case r.Paused:
		for _, l := range cells.Wrap("Paused. p goes on; the file under way is sent again.", w) {
			out = append(out, th.Warn.Render(l))
		}
	case r.Progress.Waiting != "":
		out = append(out, cells.Wrap("Waiting: "+safetext.Line(r.Progress.Waiting), w)...)
	case r.Note != "":
		out = append(out, th.Dim.Render(cells.Clip(r.Note, w)))
	}
	if n := len(s.app.flow.Waiting); n > 0 {
		out = append(out, cells.Clip("Then: "+safetext.Line(s.app.flow.Waiting[0].Title)+more(n-1), w))
	}
	if t := r.OmittedText(); t != "" {
		out = append(out, cells.Clip(t, w))
	}
	return out
}

func (s *exportScreen) status(w int) string {
	r := &s.app.flow.Run
	switch {
	case s.end.busy:
		return s.app.waitText(&s.end)
	case r.Over && r.Err == nil:
		return "Done; enter shows the draft."
	case r.Over:
		return r.StoppedText()
	}
	left := r.Progress.Stage
	if r.Paused {
		left = "paused"
	}
	if u := r.Address(); u != "" {
		left += " · " + u
	}
	return cells.Spread(left, fmt.Sprintf("%d %%", r.Percent()), w)
}

func (s *exportScreen) legend() string {
	return "Pausing in the middle of a file sends that file again: a server cuts a connection on which nothing moves."
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return ", and " + human.Number(n) + " more"
}

package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// exportScreen follows a running export. The export is the engine's: leaving
// the screen does not end it.
type exportScreen struct {
	app      *app
	job      export.Job
	run      Running
	begin    task
	end      task
	over     bool // the events have ended
	err      error
	paused   bool
	question *export.Event
	p        export.Progress
	rate     rate
	calm     string // the last retry or waiting, told calmly
	url, doi string
	omitted  int
}

// eventMsg brings one event of a run; ok is false at their end.
type eventMsg struct {
	run Running
	e   export.Event
	ok  bool
}

// live reports whether an export runs in this program.
func (s *exportScreen) live() bool { return s.run != nil && !s.over }

// start begins or resumes a job and shows it.
func (s *exportScreen) start(job export.Job) tea.Cmd {
	a := s.app
	sess := a.sess
	a.stop(&s.begin)
	a.stop(&s.end)
	*s = exportScreen{app: a, job: job, begin: s.begin, end: s.end} // late answers stay late
	a.at = atExport
	if a.facts.HistoryHint != "" {
		a.say(a.facts.HistoryHint)
	}
	parent := a.runCtx // the run must not end with the task
	return a.do(&s.begin, "Starting", 0, func(context.Context, *stage) func() tea.Cmd {
		run, err := sess.Start(parent, job.ID)
		return func() tea.Cmd {
			if err != nil {
				s.err, s.over = err, true
				if a.sessionEnded(err) {
					return a.askRenewal(func() tea.Cmd { return s.start(job) })
				}
				return nil
			}
			s.run = run
			return tea.Batch(s.listen(), s.sample(), a.tick())
		}
	})
}

func (s *exportScreen) listen() tea.Cmd {
	run := s.run
	return func() tea.Msg {
		e, ok := <-run.Events()
		return eventMsg{run, e, ok}
	}
}

// event takes one event; the rest is sampled.
func (s *exportScreen) event(m eventMsg) tea.Cmd {
	if m.run != s.run {
		return nil
	}
	if !m.ok {
		return s.finish()
	}
	cmd := s.listen()
	switch m.e.Kind {
	case export.EventDraft:
		s.url, s.doi = m.e.URL, m.e.DOI
	case export.EventRetry:
		s.calm = fmt.Sprintf("Trying again (%d): %s", m.e.Attempt, m.e.Message)
	case export.EventWaiting:
		s.calm = m.e.Message
	case export.EventOmitted:
		s.omitted++
		s.calm = "Left out: " + m.e.Message
		s.question = nil
	case export.EventUploaded:
		s.calm = m.e.Package + " is there and checked"
	case export.EventQuestion:
		e := m.e
		s.question = &e
		return tea.Batch(cmd, tea.Raw("\a"), s.sample())
	}
	return tea.Batch(cmd, s.sample())
}

// finish waits for the run to clean up and says how it ended.
func (s *exportScreen) finish() tea.Cmd {
	a, run, id := s.app, s.run, s.job.ID
	return a.do(&s.end, "Finishing", 0, func(ctx context.Context, _ *stage) func() tea.Cmd {
		err := run.Wait()
		jobs, jerr := a.be.Jobs(ctx)
		return func() tea.Cmd {
			s.p = run.Progress()
			s.over, s.err, s.question = true, err, nil
			if jerr == nil {
				for _, j := range jobs {
					if j.ID == id {
						s.job = j
					}
				}
			}
			if err != nil {
				cmd := tea.Raw("\a")
				if job := s.job; a.sessionEnded(err) {
					return tea.Batch(cmd, a.askRenewal(func() tea.Cmd { return s.start(job) }))
				}
				return cmd
			}
			if s.job.State == export.StatePlanned || s.job.State == "" {
				s.job.State = export.StateDraft // the list could not be read
			}
			a.review.got = nil
			a.review.key0 = ""
			if s.job.URL == "" {
				s.job.URL, s.job.DOI = cmp.Or(s.url, s.p.URL), cmp.Or(s.doi, s.p.DOI)
			}
			if a.at != atExport {
				a.say("The export is on Zenodo: ctrl+x shows it.")
				return tea.Raw("\a")
			}
			return tea.Batch(tea.Raw("\a"), a.done.show(s.job, true))
		}
	})
}

// sample looks at the run; called on ticks and events.
func (s *exportScreen) sample() tea.Cmd {
	if s.run != nil && !s.over {
		s.p = s.run.Progress()
		s.rate.add(s.app.now(), s.p.Bytes)
	}
	return nil
}

// halt stops the run; it can be resumed.
func (s *exportScreen) halt() {
	if s.live() {
		s.run.Stop()
		s.app.summary.Interrupted = true
	}
}

func (s *exportScreen) enter() tea.Cmd             { return s.sample() }
func (s *exportScreen) paste(tea.PasteMsg) tea.Cmd { return nil }
func (s *exportScreen) typing() bool               { return false }

func (s *exportScreen) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "p":
		if s.live() {
			s.paused = !s.paused
			s.run.Pause(s.paused)
		}
	case "x":
		if s.question != nil {
			s.run.LeaveOut(true)
			s.question = nil
		}
	case "n":
		if s.question != nil {
			s.run.LeaveOut(false)
			s.question = nil
		}
	case "r":
		if s.over && s.err != nil {
			return s.start(s.job)
		}
	case "e":
		s.app.back = s.app.at
		return s.app.goTo(atExports)
	case "enter":
		if s.over && s.err == nil && s.run != nil {
			return s.app.done.show(s.job, false)
		}
	case "esc":
		if !s.live() {
			if s.begin.busy {
				return nil
			}
			return s.app.goTo(atReview)
		}
		s.app.ask(&dialog{title: "The export is running", text: "What shall become of it?", choices: []choice{
			{"s", "stay here", nil},
			{"b", "let it go on and look around", func() tea.Cmd { return s.app.goTo(atBrowse) }},
			{"x", "stop it, to be resumed later", func() tea.Cmd { s.halt(); return nil }},
		}})
	}
	return nil
}

func (s *exportScreen) percent() int {
	if s.p.Total <= 0 {
		return 0
	}
	return int(min(max(s.p.Bytes*100/s.p.Total, 0), 100))
}

// bar is the terminal's own progress display.
func (s *exportScreen) bar() *tea.ProgressBar {
	switch {
	case !s.live():
		return nil
	case s.question != nil:
		return tea.NewProgressBar(tea.ProgressBarError, s.percent())
	case s.paused || s.p.Waiting != "":
		return tea.NewProgressBar(tea.ProgressBarWarning, s.percent())
	}
	return tea.NewProgressBar(tea.ProgressBarDefault, s.percent())
}

func (s *exportScreen) titleLine() string {
	if !s.live() {
		return ""
	}
	if s.question != nil {
		return "? zenobis asks"
	}
	return fmt.Sprintf("%d %% zenobis", s.percent())
}

func (s *exportScreen) view(w, h int) []string {
	th := s.app.th
	tw := min(w-2, textWidth)
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
	add(th.bold.Render(cells.Clip(safetext.Line(s.job.Title), tw)))
	if s.begin.busy {
		add(s.app.waitText(&s.begin))
	}
	if q := s.question; q != nil { // its hint is about flags of the command line
		add("")
		para("? " + safetext.Block(q.Message))
		add(th.warn.Render("x leaves it out and lists it as missing, n stops here (resumable)"))
	}
	if s.over && s.err != nil {
		add("")
		for _, l := range cells.Wrap("✗ "+endText(s.err), tw) {
			add(th.bad.Render(l))
		}
		add("r goes on where it stopped; nothing that arrived is sent again.")
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
	return out
}

// endText says why an export ended early.
func endText(err error) string {
	if errors.Is(err, context.Canceled) || errors.Is(err, failure.Interrupted) {
		return "Stopped."
	}
	return explain(err).String()
}

// packages is one line a package; when there are more than fit, those around
// the one under way.
func (s *exportScreen) packages(w, room int) []string {
	list := s.p.Packages
	first := 0
	if len(list) > room {
		at := 0
		for at < len(list)-1 && list[at].Done {
			at++
		}
		first = max(min(at-room/2, len(list)-room), 0)
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

func (s *exportScreen) drawBar(part float64, w int) string {
	full := int(min(max(part, 0), 1) * float64(w))
	return s.app.th.accent.Render(strings.Repeat("█", full)) + s.app.th.dim.Render(strings.Repeat("░", w-full))
}

// foot is the file under way, total, speed, time left, and what is waited for.
func (s *exportScreen) foot(w int) []string {
	var out []string
	p := s.p
	if s.live() && p.File != "" {
		out = append(out, s.app.th.dim.Render(cells.ClipMiddle(safetext.Line(p.File), w)))
	}
	total := human.Bytes(p.Bytes) + " of " + human.Bytes(p.Total)
	if s.live() {
		if v := s.rate.perSecond(); v > 0 {
			total += " · " + human.Bytes(int64(v)) + "/s"
		}
		if d, ok := s.rate.left(s.app.now(), p.Total-p.Bytes); ok {
			total += " · " + human.Duration(d) + " left"
		}
	}
	out = append(out, cells.Clip(total, w))
	switch {
	case !s.live():
	case s.paused:
		out = append(out, s.app.th.warn.Render(cells.Clip("Paused. p goes on; the file under way is sent anew.", w)))
	case p.Waiting != "":
		out = append(out, cells.Clip("Waiting: "+p.Waiting, w))
	case s.calm != "":
		out = append(out, s.app.th.dim.Render(cells.Clip(safetext.Line(s.calm), w)))
	}
	if s.omitted > 0 {
		out = append(out, cells.Clip(human.Count(s.omitted, "file", "files")+" left out, listed in the package", w))
	}
	return out
}

func (s *exportScreen) status(w int) string {
	switch {
	case s.end.busy:
		return s.app.waitText(&s.end)
	case s.over && s.err == nil && s.run != nil:
		return "Done; enter shows the draft."
	case s.over:
		return "Stopped: what arrived stays there."
	}
	left := s.p.Stage
	if u := cmp.Or(s.url, s.p.URL); u != "" {
		left += " · " + safetext.Line(u)
	}
	return cells.Spread(left, fmt.Sprintf("%d %%", s.percent()), w)
}

func (s *exportScreen) hints() []hint {
	switch {
	case s.question != nil:
		return []hint{{"x", "leave the file out"}, {"n", "stop here"}, {"esc", "stop or background"}}
	case s.over && s.err != nil:
		return []hint{{"r", "resume"}, {"e", "exports"}, {"esc", "back"}}
	}
	return []hint{{"p", "pause"}, {"esc", "stop or background"}, {"e", "exports"}}
}

func (s *exportScreen) legend() string {
	return "Pausing in the middle of a file sends that file again: a server cuts a connection on which nothing moves."
}

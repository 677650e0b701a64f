package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// exportsScreen lists what was started on this machine.
type exportsScreen struct {
	app    *app
	jobs   []export.Job
	sel    int
	offset int
	loaded bool
	want   string // job to put the cursor on
	list   task
	act    task
}

func (s *exportsScreen) enter() tea.Cmd {
	a := s.app
	be := a.be
	return a.do(&s.list, "Reading the exports", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		jobs, err := be.Jobs(ctx)
		return func() tea.Cmd {
			if err != nil {
				return a.failed(err, nil)
			}
			s.take(jobs)
			return nil
		}
	})
}

// take keeps the cursor on its job. Plans that were dropped are not worth a line.
func (s *exportsScreen) take(jobs []export.Job) {
	id := s.want
	if id == "" && s.sel < len(s.jobs) {
		id = s.jobs[s.sel].ID
	}
	s.want, s.loaded = "", true
	s.jobs = s.jobs[:0:0]
	for _, j := range jobs {
		if j.State == export.StateDiscarded && j.RecordID == "" {
			continue
		}
		s.jobs = append(s.jobs, j)
	}
	s.sel = min(s.sel, max(len(s.jobs)-1, 0))
	for i, j := range s.jobs {
		if j.ID == id {
			s.sel = i
		}
	}
}

func (s *exportsScreen) current() (export.Job, bool) {
	if s.sel >= len(s.jobs) {
		return export.Job{}, false
	}
	return s.jobs[s.sel], true
}

func (s *exportsScreen) paste(tea.PasteMsg) tea.Cmd { return nil }
func (s *exportsScreen) typing() bool               { return false }

func (s *exportsScreen) key(k tea.KeyPressMsg) tea.Cmd {
	a := s.app
	move := func(by int) tea.Cmd {
		s.sel = max(min(s.sel+by, len(s.jobs)-1), 0)
		return nil
	}
	switch k.String() {
	case "up", "k":
		return move(-1)
	case "down", "j":
		return move(1)
	case "pgup":
		return move(-10)
	case "pgdown":
		return move(10)
	case "home", "g":
		return move(-len(s.jobs))
	case "end", "G":
		return move(len(s.jobs))
	case "r":
		return s.enter()
	case "esc", "ctrl+x":
		return a.goTo(a.back)
	}
	j, ok := s.current()
	if !ok {
		return nil
	}
	switch k.String() {
	case "enter":
		return s.open(j)
	case "s":
		return s.sync(j)
	case "d":
		s.askDiscard(j)
	case "c":
		if j.URL != "" {
			return a.copyText(j.URL)
		}
	}
	return nil
}

// open goes to what a job needs next.
func (s *exportsScreen) open(j export.Job) tea.Cmd {
	a := s.app
	switch {
	case a.export.live() && a.export.job.ID == j.ID:
		return a.goTo(atExport)
	case j.Running:
		a.fail("Another zenobis runs this export.")
	case j.State == export.StatePlanned, j.Resumable:
		return s.resume(j)
	case j.URL != "":
		return a.done.show(j, false)
	case j.Reason != "":
		a.fail(safetext.Line(j.Reason))
	}
	return nil
}

func (s *exportsScreen) resume(j export.Job) tea.Cmd {
	a := s.app
	switch {
	case a.export.live():
		a.fail("Another export is running.")
	case a.sess == nil:
		a.back = atConnect
		cmd := a.goTo(atConnect)
		a.fail("To resume, log in to openBIS first; then ctrl+x.")
		return cmd
	default:
		return a.export.start(j)
	}
	return nil
}

// sync looks at one export and registers it if it was published.
func (s *exportsScreen) sync(j export.Job) tea.Cmd {
	a := s.app
	be := a.keeper()
	return a.do(&s.act, "Looking at "+safetext.Line(j.Title), 2*time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		got, err := be.Sync(ctx, j.ID)
		jobs, _ := be.Jobs(ctx)
		return func() tea.Cmd {
			if len(jobs) > 0 {
				s.take(jobs)
			}
			if err != nil {
				return a.failed(err, func() tea.Cmd { return s.sync(j) })
			}
			for _, g := range got {
				if g.ID == j.ID {
					a.say(stateText(g))
				}
			}
			return nil
		}
	})
}

func (s *exportsScreen) askDiscard(j export.Job) {
	a := s.app
	if a.export.live() && a.export.job.ID == j.ID || j.Running {
		a.fail("It is running: stop it first.")
		return
	}
	text := "What zenobis keeps of it is deleted."
	if j.RecordID != "" && j.State != export.StatePublished && j.State != export.StateRegistered {
		text = "The draft at Zenodo is deleted with its files. That can't be undone."
	}
	be := a.keeper()
	a.ask(&dialog{title: "Discard this export?", text: safetext.Line(j.Title) + "\n" + text, choices: []choice{
		{"k", "keep it", nil},
		{"d", "discard it", func() tea.Cmd {
			return a.do(&s.act, "Discarding", 2*time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
				err := be.Discard(ctx, j.ID)
				jobs, jerr := be.Jobs(ctx)
				return func() tea.Cmd {
					if err == nil {
						a.forget(j.ID)
					}
					if jerr == nil {
						s.take(jobs)
					}
					if err != nil {
						return a.failed(err, nil)
					}
					a.say("Discarded.")
					return nil
				}
			})
		}},
	}})
}

func (s *exportsScreen) view(w, h int) []string {
	th := s.app.th
	if len(s.jobs) == 0 {
		text := "No exports yet."
		if s.list.busy && !s.loaded {
			text = s.app.waitText(&s.list)
		}
		return []string{"", "  " + text}
	}
	per := 2 // lines an export
	if w >= 90 {
		per = 1
	}
	room := max(h/per, 1)
	if s.sel < s.offset {
		s.offset = s.sel
	}
	if s.sel >= s.offset+room {
		s.offset = s.sel - room + 1
	}
	s.offset = max(min(s.offset, len(s.jobs)-room), 0)
	var out []string
	for i := s.offset; i < min(s.offset+room, len(s.jobs)); i++ {
		for _, l := range s.row(s.jobs[i], min(w-2, 160), per) {
			if i == s.sel {
				l = th.here.Render(cells.Pad(l, min(w-2, 160)))
			}
			out = append(out, " "+l)
		}
	}
	return out
}

func (s *exportsScreen) row(j export.Job, w, per int) []string {
	date := j.Created.Local().Format("2006-01-02")
	bytes := ""
	if j.Plan != nil {
		bytes = human.Bytes(j.Plan.Bytes)
	}
	state := stateText(j)
	if s.app.export.live() && s.app.export.job.ID == j.ID || j.Running {
		state = "running"
	}
	title := safetext.Line(j.Title)
	if title == "" {
		title = j.ID
	}
	if per == 1 {
		right := cells.Pad(state, 32) + " " + date + " " + cells.PadLeft(bytes, 8) + "  " + cells.Pad(j.DOI, 24)
		return []string{cells.Spread(stateMark(j.State)+" "+title, right, w)}
	}
	return []string{
		cells.Clip(stateMark(j.State)+" "+title, w),
		cells.Clip("  "+cells.Spread(state, date+" "+bytes, w-2), w),
	}
}

func (s *exportsScreen) status(w int) string {
	if s.act.busy {
		return s.app.waitText(&s.act)
	}
	if j, ok := s.current(); ok {
		if j.URL != "" {
			return cells.Spread(j.URL, j.DOI, w)
		}
		if j.Reason != "" {
			return safetext.Line(j.Reason)
		}
		return j.ID
	}
	return ""
}

func (s *exportsScreen) hints() []hint {
	open := "open"
	if j, ok := s.current(); ok && (j.Resumable || j.State == export.StatePlanned) {
		open = "resume"
		if j.Running || s.app.export.live() && s.app.export.job.ID == j.ID {
			open = "show"
		}
	}
	return []hint{{"enter", open}, {"s", "look, register"}, {"d", "discard"}, {"c", "copy"}, {"r", "read again"}, {"esc", "back"}}
}

func (s *exportsScreen) legend() string { return "" }

// forget takes a discarded export from the screens that showed it.
func (a *app) forget(id string) {
	if a.done.job.ID == id {
		a.stop(&a.done.watch)
		a.done.job, a.done.ch = export.Job{}, nil
	}
	if a.export.job.ID == id && !a.export.live() {
		a.export.job, a.export.run, a.export.err = export.Job{}, nil, nil
		a.summary.Interrupted = false
	}
	if a.back == atDone && a.done.job.ID == "" || a.back == atExport && a.export.job.ID == "" {
		a.back = atConnect
		if a.sess != nil {
			a.back = atBrowse
		}
	}
}

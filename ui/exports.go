package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// exportsScreen lists what was started on this machine.
type exportsScreen struct {
	app    *app
	sel    int
	offset int
	list   task
	act    task
	page   task

	want    string // the export that the cursor is to go to
	poll    task   // reads the list again while it is shown
	failed  bool   // the list could not be read
	orphans task
}

func newExports(a *app) screen { return &exportsScreen{app: a} }

func (s *exportsScreen) enter(bool) tea.Cmd {
	a := s.app
	be := a.flow.Backend
	read := a.do(&s.list, "Reading the exports", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		jobs, err := be.Jobs(ctx)
		return func() tea.Cmd {
			if s.failed = err != nil; s.failed {
				return a.failed(err, func() tea.Cmd { return s.enter(false) })
			}
			s.take(jobs)
			return nil
		}
	})
	return tea.Batch(read, s.reread(), s.readOrphans())
}

// take keeps the cursor on its job.
func (s *exportsScreen) take(jobs []export.Job) {
	was, _ := s.current()
	s.app.flow.TakeExports(jobs)
	at := cmp.Or(s.want, was.ID)
	s.want = ""
	list := s.jobs()
	s.sel = min(s.sel, max(len(list)-1, 0))
	for i, j := range list {
		if j.ID == at {
			s.sel = i
		}
	}
}

// take takes the list of exports for whoever shows it; nil could not be read.
func (a *app) take(jobs []export.Job) {
	if list, ok := a.screens[atExports].(*exportsScreen); ok && jobs != nil {
		list.take(jobs)
	}
}

// rereads is how often the list is read again while it is shown: other screens
// and other programs go on with exports meanwhile.
const rereads = 3 * time.Second

// reread reads the list again by itself while it is shown.
func (s *exportsScreen) reread() tea.Cmd {
	a := s.app
	be := a.flow.Backend
	return a.later(&s.poll, rereads, func() tea.Cmd {
		if a.at != atExports {
			return nil
		}
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(a.ctx, patience)
			defer cancel()
			jobs, err := be.Jobs(ctx)
			return arrived(func() tea.Cmd {
				if err == nil && a.at == atExports && !s.act.busy && !s.list.busy {
					s.take(jobs)
				}
				return s.reread()
			})
		}
	})
}

func (s *exportsScreen) jobs() []export.Job { return s.app.flow.ListedExports() }

func (s *exportsScreen) current() (export.Job, bool) {
	if s.sel >= len(s.jobs()) {
		return export.Job{}, false
	}
	return s.jobs()[s.sel], true
}

func (s *exportsScreen) input(tea.Msg) tea.Cmd { return nil }
func (s *exportsScreen) typing() bool          { return false }

func (s *exportsScreen) actions() []action {
	a := s.app
	move := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.sel = max(min(s.sel+by, len(s.jobs())-1), 0)
			return nil
		}
	}
	j, there := s.current()
	with := func(f func(export.Job) tea.Cmd) func() tea.Cmd { return func() tea.Cmd { return f(j) } }
	open := "open"
	switch {
	case a.flow.RunsHere(j) || j.Running:
		open = "show"
	case j.Incomplete():
		open = "resume"
	}
	n := len(s.jobs())
	return []action{
		on("enter", "enter", open, with(s.open)).when(there).help(going, "open the export: what became of it, or go on with it", ""),
		on("s", "s", "look, register", with(s.sync)).when(there).
			help(going, "look at its draft, and record it in openBIS once it is published", ""),
		on("d", "d", "discard", with(s.askDiscard)).when(there && a.flow.AgainstDiscard(j) == "").
			help(choosing, "delete the draft and the export, after a question", ""),
		on("d", "", "", func() tea.Cmd { a.fail(a.flow.AgainstDiscard(j)); return nil }).when(there), // says why not
		on("c", "c", "copy", with(func(j export.Job) tea.Cmd { return a.copyText("The address", flow.AddressOf(j)) })).
			when(flow.AddressOf(j) != "").
			help(choosing, "copy the address", ""),
		on(
			"v",
			"v",
			"next version",
			with(s.nextVersion),
		).when(there && a.flow.AgainstVersion(j) == "").
			help(going, "the same selection as a new version of the record", ""),
		on(
			"R",
			"R",
			"other target",
			with(s.askTarget),
		).when(there && a.flow.Session != nil).
			help(going, "the same selection to another Zenodo", "first the sandbox, then the real one"),
		on("S", "S", "sort", func() tea.Cmd {
			a.flow.Earlier.Order = a.flow.Earlier.Order.Next()
			a.say("Exports " + a.flow.Earlier.Order.String() + ".")
			return nil
		}).help(moving, "newest first, by title, by state, by size", ""),
		on("f", "f", "filter", func() tea.Cmd {
			a.flow.Earlier.Show = a.flow.Earlier.Show.Next()
			s.sel = 0
			a.say("Shown: " + a.flow.Earlier.Show.String() + ".")
			return nil
		}).help(finding, "all, drafts, published, interrupted or failed", ""),
		on("l", "l", "left over", s.askOrphan).when(len(a.flow.Earlier.Orphans) > 0).
			help(finding, "drafts on Zenodo that no export needs, to be deleted", ""),
		on("r", "r", "read again", func() tea.Cmd {
			a.say("The list is read again.")
			return s.enter(false)
		}).help(moving, "read the list again", ""),
		on("up k", "", "", move(-1)),
		on("down j", "", "", move(1)),
		on("pgup", "", "", move(-10)),
		on("pgdown", "", "", move(10)),
		on("home g", "", "", move(-n)),
		on("end G", "", "", move(n)),
		on("esc ctrl+x", "esc", "back", a.leaveExports),
	}
}

// nextVersion describes a new version of what was published.
func (s *exportsScreen) nextVersion(j export.Job) tea.Cmd {
	a := s.app
	said := a.flow.NextVersion(j)
	cmd := a.goTo(atDescribe)
	a.say(said)
	return cmd
}

// askTarget takes the same selection and description to another Zenodo.
func (s *exportsScreen) askTarget(j export.Job) tea.Cmd {
	a := s.app
	targets := a.flow.Targets()
	if len(targets) == 0 {
		a.fail("There is no other Zenodo to go to from here.")
		return nil
	}
	d := &dialog{
		title: "The same to another Zenodo",
		text:  "Selection and description are taken over; a token for that server is looked for.",
		keep:  true,
	}
	for _, url := range targets {
		d.choices = append(d.choices, choice{"", flow.Host(url), func() tea.Cmd {
			if err := a.flow.Retarget(url); err != nil {
				a.fail(flow.Words(err))
				return nil
			}
			a.flow.Take(j)
			for _, sc := range a.screens {
				if r, ok := sc.(retargeter); ok {
					r.retarget()
				}
			}
			return tea.Batch(a.goTo(atToken), a.countSelection())
		}})
	}
	a.ask(d)
	return nil
}

// open goes to what a job needs next.
func (s *exportsScreen) open(j export.Job) tea.Cmd {
	a := s.app
	switch {
	case a.flow.RunsHere(j):
		return a.goTo(atExport)
	case j.Holder != "":
		a.fail(flow.HeldText(j))
	case j.Incomplete():
		return s.resume(j)
	case j.URL != "", j.State == export.StateDiscarded:
		return a.showDraft(j, false)
	case j.Reason != "":
		a.fail(safetext.Line(j.Reason))
	}
	return nil
}

func (s *exportsScreen) resume(j export.Job) tea.Cmd {
	a := s.app
	switch {
	case a.flow.Run.Live():
		a.fail("Another export is running.")
	case a.flow.Session == nil:
		a.back = atConnect
		cmd := a.goTo(atConnect)
		a.fail("To resume, log in to openBIS first; then ctrl+x.")
		return cmd
	default:
		return a.startRun(j)
	}
	return nil
}

// sync looks at one export and registers it if it was published.
func (s *exportsScreen) sync(j export.Job) tea.Cmd {
	a := s.app
	be := a.flow.Keeper()
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
					a.sayState("", g)
				}
			}
			return nil
		}
	})
}

func (s *exportsScreen) askDiscard(j export.Job) tea.Cmd {
	a := s.app
	be, discard := a.flow.Keeper(), a.flow.Discard(j)
	same := func(*dialog) bool {
		return slices.ContainsFunc(a.flow.Earlier.Jobs, func(now export.Job) bool {
			return now.ID == j.ID && now.State == j.State && now.Running == j.Running && !a.flow.RunsHere(now)
		})
	}
	a.ask(&dialog{title: "Discard this export?", text: cells.Clip(safetext.Line(j.Title), 66) + "\n" + flow.DiscardText(j), follow: same,
		over: "Its state has changed: look at it again.", choices: []choice{
			{"k", "keep it", nil},
			{"d", "discard it", func() tea.Cmd {
				return a.do(&s.act, "Discarding", 2*time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
					forget, err := discard(ctx)
					jobs, jerr := be.Jobs(ctx)
					return func() tea.Cmd {
						forget()
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
	return nil
}

func (s *exportsScreen) view(w, h int) []string {
	th, jobs := s.app.th, s.jobs()
	if len(jobs) == 0 {
		text := "No exports yet: what you start is listed here, with its state and DOI."
		switch {
		case s.failed:
			text = "The exports could not be read; r tries again."
		case s.app.flow.Earlier.Show != flow.ShowAll:
			text = "None of these: f shows " + s.app.flow.Earlier.Show.Next().String() + "."
		}
		if s.list.busy && !s.app.flow.Earlier.Loaded {
			text = s.app.waitText(&s.list)
		} else if lost := flow.OrphansText(s.app.flow.Earlier.Orphans); lost != "" {
			text = "▲ " + lost + " l lists them."
		}
		return []string{"", "  " + text}
	}
	per := 2 // lines an export
	if w >= 90 {
		per = 1
	}
	lost := flow.OrphansText(s.app.flow.Earlier.Orphans)
	if lost != "" {
		h--
	}
	room := max(h/per, 1)
	if s.sel < s.offset {
		s.offset = s.sel
	}
	if s.sel >= s.offset+room {
		s.offset = s.sel - room + 1
	}
	s.offset = max(min(s.offset, len(jobs)-room), 0)
	var out []string
	if lost != "" {
		out = append(out, " "+th.Warn.Render(cells.Clip("▲ "+lost+" l lists them.", w-2)))
	}
	for i := s.offset; i < min(s.offset+room, len(jobs)); i++ {
		for _, l := range s.row(jobs[i], min(w-2, 160), per) {
			if i == s.sel {
				l = th.Here.Render(cells.Pad(l, min(w-2, 160)))
			}
			out = append(out, " "+l)
		}
	}
	return out
}

func (s *exportsScreen) row(j export.Job, w, per int) []string {
	date := human.Day(j.Created)
	bytes := ""
	if j.Plan != nil {
		bytes = human.Bytes(j.Plan.Bytes)
	}
	state := flow.StateText(j)
	switch here := s.app.flow.RunsHere(j); {
	case here && s.app.flow.Run.Paused:
		state = "paused"
	case here, j.Running:
		state = "running"
	}
	title := safetext.Line(j.Title)
	if title == "" {
		title = j.ID
	}
	if v := flow.VersionText(j); v != "" {
		title += " · " + v
	}
	if per == 1 {
		right := cells.Pad(state, 32) + " " + date + " " + cells.PadLeft(bytes, 8) + "  " + cells.Pad(flow.DOIOf(j), 24)
		return []string{cells.Spread(flow.StateMark(j.State)+" "+title, right, w)}
	}
	return []string{
		cells.Clip(flow.StateMark(j.State)+" "+title, w),
		cells.Clip("  "+cells.Spread(state, date+" "+bytes, w-2), w),
	}
}

func (s *exportsScreen) status(w int) string {
	if s.act.busy {
		return s.app.waitText(&s.act)
	}
	if j, ok := s.current(); ok {
		if u := flow.AddressOf(j); u != "" {
			return cells.Spread(u, flow.DOIOf(j), w)
		}
		if j.Reason != "" {
			return byKey(safetext.Line(j.Reason))
		}
		return j.ID
	}
	return ""
}

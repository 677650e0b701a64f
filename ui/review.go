package ui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
	"zenobis/ui/cells"
)

// reviewScreen shows what will lie on Zenodo, before anything is sent.
type reviewScreen struct {
	app     *app
	plan    task
	compare task
	list    task
	open    task
	top     int
	keep    int // the line on top, or from the end where negative, while the rest is planned anew; 0 for none
	height  int
	count   int  // of lines, as of the last frame
	whole   bool // long lists are not folded
}

func newReview(a *app) screen { return &reviewScreen{app: a} }

func (s *reviewScreen) enter(bool) tea.Cmd {
	f := s.app.flow
	cmd := s.readEarlier()
	if f.PlanFits() && (s.plan.busy || f.Plan.Got != nil) {
		return cmd
	}
	return tea.Batch(cmd, s.replan())
}

// readEarlier reads which exports there were, to name those of the same selection.
func (s *reviewScreen) readEarlier() tea.Cmd {
	be := s.app.flow.Backend
	return s.app.do(&s.list, "Reading the exports", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		jobs, err := be.Jobs(ctx)
		return func() tea.Cmd {
			if err == nil { // else nothing is named: the list itself tells why
				s.app.flow.TakeExports(jobs)
			}
			return nil
		}
	})
}

// replan asks the engine anew and shows what it says from the top.
func (s *reviewScreen) replan() tea.Cmd {
	s.top, s.keep = 0, 0
	return s.planAnew()
}

// planAnew asks the engine; the plan before is dropped.
func (s *reviewScreen) planAnew() tea.Cmd {
	a := s.app
	req, drop := a.flow.BeginPlan()
	sess, be := a.flow.Session, a.flow.Backend
	cmd := a.do(&s.plan, "Planning", 0, func(ctx context.Context, st *stage) func() tea.Cmd {
		if drop != "" {
			_ = be.Discard(ctx, drop) // only a folder of ours: the next start lists it, if it stays
		}
		job, plan, err := sess.Plan(ctx, req, false, st.set)
		if ctx.Err() != nil && job.ID != "" { // given up meanwhile: nobody will start it
			_ = be.Discard(context.WithoutCancel(ctx), job.ID)
			job = export.Job{}
		}
		return func() tea.Cmd {
			return a.give(a.flow.Planned(job, plan, err), s.replan)
		}
	})
	return cmd
}

func (s *reviewScreen) input(tea.Msg) tea.Cmd { return nil }
func (s *reviewScreen) typing() bool          { return false }

func (s *reviewScreen) actions() []action {
	f := s.app.flow
	flip := func(what string, b *bool, then func() tea.Cmd) func() tea.Cmd {
		return func() tea.Cmd {
			*b = !*b
			s.switched(what, *b)
			return then()
		}
	}
	to := func(top func() int) func() tea.Cmd {
		return func() tea.Cmd {
			s.top, s.keep = max(top(), 0), 0
			return nil
		}
	}
	page := max(s.height-1, 1)
	findings := f.Plan.Got != nil && len(f.Plan.Got.Findings) > 0
	out := []action{
		on("a", "a", "accept findings", flip("private details are accepted", &f.Switches.AcceptFindings, s.replan)).when(findings),
		on("enter", "enter", "start", s.startExport).when(!s.plan.busy && f.AgainstStart() == ""),
		on("enter", "", "", s.startExport), // else it says why not
		on("l", "l", "layout", s.askLayout),
		on("n", "n", "new record", func() tea.Cmd {
			f.NewRecord()
			s.app.say("It becomes a record of its own, no new version.")
			return s.replan()
		}).when(f.Switches.NewVersionOf != "").help(choosing, "make a record of its own, no new version", ""),
		on("b", "b", "show the draft", func() tea.Cmd { return s.app.openPage(&s.open, f.OpenDraft().URL) }).
			when(f.OpenDraft() != nil && f.OpenDraft().URL != "").help(going, "show the draft that is open already in the browser", ""),
		on("i", "i", "into that draft", func() tea.Cmd {
			f.IntoOpenDraft()
			s.switched("add to the draft that is open already", f.Switches.IntoDraft != "")
			return s.replan()
		}).when(f.Switches.IntoDraft != "" || f.OpenDraft() != nil && f.OpenDraft().ID != "").
			help(choosing, "add the files to the draft that is open already, or not", ""),
		on("d", "d", "describe", s.toField).help(going, "to the field that is wrong, or the description", ""),
		on(
			"z",
			"z",
			"whole lists",
			func() tea.Cmd { s.whole = !s.whole; return nil },
		).help(moving, "unfold long lists and the description, or fold them", ""),
		on("e", "e", "exports", s.app.toExports),
		on("down j", "↑↓", "scroll", to(func() int { return s.top + 1 })),
		on("up k", "", "", to(func() int { return s.top - 1 })),
		on("pgdown space", "", "", to(func() int { return s.top + page })),
		on("pgup", "", "", to(func() int { return s.top - page })),
		on("home g", "", "", to(func() int { return 0 })),
		on("end G", "", "", to(func() int { return 1 << 20 })),
		on("esc", "esc", "back", func() tea.Cmd {
			if s.plan.busy {
				s.app.stop(&s.plan)
				f.ForgetPlan()
			}
			return s.app.backTo(atDescribe)
		}),
	}
	for _, sw := range f.SwitchList() {
		out = append(out, on(sw.Key, sw.Key, sw.Name, flip(sw.Label, sw.On, s.replanHere)))
	}
	again := on("r", "r", "plan again", func() tea.Cmd {
		f.Session.ForgetAnswers()
		return s.replan()
	}).when(!s.plan.busy)
	if f.Plan.Err != nil {
		return append([]action{again}, out...)
	}
	return append(out, again)
}

// switched says what a key has switched, which may stand far below.
func (s *reviewScreen) switched(what string, on bool) {
	state := "Switched off: "
	if on {
		state = "Switched on: "
	}
	s.app.say(state + what + ".")
}

// replanHere plans anew because of a choice, and keeps what is on the screen where it
// is, although most lines go until the plan is there: the choices, where they are seen,
// else the top.
func (s *reviewScreen) replanHere() tea.Cmd {
	choices := len(s.choices(min(s.app.panes.w-2, textWidth+20)))
	if left := s.count - s.top; s.top+s.height > s.count-choices+2 && s.count > s.height {
		s.keep = -left
	} else if s.keep == 0 {
		s.keep = s.top
	}
	return s.planAnew()
}

// startExport begins the export, if nothing stands against it.
func (s *reviewScreen) startExport() tea.Cmd {
	a := s.app
	if s.plan.busy {
		a.failWhile("Still planning; enter starts once that is done.", func() bool { return s.plan.busy })
		return nil
	}
	if a.flow.Plan.Got == nil && a.flow.Plan.Err == nil {
		return s.replan()
	}
	if why := a.flow.AgainstStart(); why != "" {
		a.failWhile(why, func() bool { return a.flow.AgainstStart() != "" })
		return nil
	}
	if a.flow.Run.Live() {
		a.flow.Enqueue(a.now())
		a.say("It waits for the export that runs, and starts automatically. ctrl+x shows both.")
		return a.goTo(atBrowse)
	}
	return a.startRun(a.flow.Plan.Job)
}

// toField goes to the field that is wrong.
func (s *reviewScreen) toField() tea.Cmd {
	cmd := s.app.backTo(atDescribe)
	if d, ok := s.app.cur().(*describeScreen); ok {
		return tea.Batch(cmd, d.toMistake())
	}
	return cmd
}

// askLayout shows the layouts side by side; what each comes to is planned while
// the choice is open.
func (s *reviewScreen) askLayout() tea.Cmd {
	a := s.app
	if a.flow.LayoutFixed() {
		a.fail("The layout is " + flow.FixedText + ".")
		return nil
	}
	d := &dialog{title: "How should files be arranged?", keep: true}
	label := func(l flow.LayoutChoice, result string) string {
		mark := "☐ "
		if l.Layout == a.flow.Layout() {
			mark = "◉ "
		}
		what := ""
		if a.panes.w >= 60 { // what it comes to says more
			what = cells.Pad(l.What, 27)
		}
		return mark + cells.Pad(string(l.Layout), 12) + what + result
	}
	for i, l := range flow.Layouts() {
		d.choices = append(d.choices, choice{"", label(l, "planning…"), func() tea.Cmd {
			a.stop(&s.compare)
			a.flow.SetLayout(l.Layout)
			a.say("Layout: " + string(l.Layout) + ", " + l.What + ".")
			return s.replanHere()
		}})
		if l.Layout == a.flow.Layout() {
			d.sel = i
		}
	}
	a.ask(d)
	return s.comparePlans(d, label, 0)
}

func (s *reviewScreen) comparePlans(d *dialog, label func(flow.LayoutChoice, string) string, i int) tea.Cmd {
	a, layouts := s.app, flow.Layouts()
	if i == len(layouts) || !slices.Contains(a.dialogs, d) {
		return nil
	}
	req := a.flow.Request()
	req.Layout = layouts[i].Layout
	sess := a.flow.Session
	return a.do(&s.compare, "Comparing layouts", 0, func(ctx context.Context, st *stage) func() tea.Cmd {
		_, plan, err := sess.Plan(ctx, req, true, st.set)
		return func() tea.Cmd {
			result := "?"
			if plan != nil {
				result = human.Count(len(plan.Packages), "file", "files") + ", " + human.Bytes(plan.Bytes)
			}
			if err != nil && errors.Is(err, export.ErrLimit) {
				result = "✗ " + result
			}
			d.choices[i].label = label(layouts[i], result)
			return s.comparePlans(d, label, i+1)
		}
	})
}

func (s *reviewScreen) view(w, h int) []string {
	s.height = h
	out := s.lines(min(w-2, textWidth+20))
	for i, l := range out {
		out[i] = " " + l
	}
	s.count = len(out)
	switch {
	case s.keep < 0 && -s.keep <= s.app.panes.body: // the end was seen, and is also where a message takes lines
		s.top = s.count
	case s.keep < 0:
		s.top = s.count + s.keep
	case s.keep > 0:
		s.top = s.keep
	}
	s.top = max(min(s.top, s.count-h), 0)
	if s.count > h {
		out = s.app.edges(out, s.top, w, h)
	}
	return out
}

// folded is how many lines of a long list are shown at first.
const folded = 5

// lines is the whole review, to be scrolled.
func (s *reviewScreen) lines(w int) []string {
	a, th := s.app, s.app.th
	var out []string
	before := flow.Calm
	for i, sec := range a.flow.ReviewSections() {
		oneLine := sec.Tone != flow.Calm
		if i > 0 && !(oneLine && before != flow.Calm) && sec.Title != "" {
			out = append(out, "")
		}
		before = sec.Tone
		st := map[flow.Tone]lipgloss.Style{flow.Calm: th.Bold, flow.Notable: th.Warn, flow.Alarming: th.Bad}[sec.Tone]
		title := sec.Title
		switch {
		case i == 0:
		case sec.Tone == flow.Alarming:
			title = "✗ " + byKey(title)
		case sec.Tone == flow.Notable:
			title = "▲ " + title
		}
		if title != "" {
			for _, l := range cells.Wrap(title, w) {
				out = append(out, st.Render(l))
			}
		}
		out = append(out, s.section(sec, w)...)
		if i == 0 && s.plan.busy {
			out = append(out, "", a.waitText(&s.plan))
			if why := a.flow.WaitingText(); why != "" {
				out = append(out, cells.Wrap(why, w)...)
			}
		}
	}
	return append(out, s.choices(w)...)
}

func (s *reviewScreen) section(sec flow.Section, w int) []string {
	th := s.app.th
	labelW := 10
	for _, f := range sec.Facts {
		labelW = max(labelW, min(cells.Width(f[0]), w/3))
	}
	var out []string
	for _, f := range sec.Facts {
		for i, l := range cells.Wrap(f[1], w-labelW-1) {
			label := f[0]
			if i > 0 {
				label = ""
			}
			out = append(out, th.Dim.Render(cells.Pad(label, labelW))+" "+l)
		}
	}
	var list []string
	if sec.Text != "" {
		list = th.Rich(sec.Text, w)
	}
	rightW := 0
	for _, r := range sec.Rows {
		rightW = max(rightW, cells.Width(r[1]))
	}
	rightW = min(rightW, w*2/3)
	for _, r := range sec.Rows {
		right := cells.PadLeft(r[1], rightW)
		list = append(list, cells.Spread(cells.ClipMiddle(r[0], w-rightW-1), right, w))
	}
	for _, it := range sec.Items {
		for j, l := range cells.Wrap(it, w-2) {
			lead := "· "
			if j > 0 {
				lead = "  "
			}
			list = append(list, lead+l)
		}
	}
	more := sec.More
	if sec.Long && !s.whole && len(list) > folded+1 {
		more += len(list) - folded
		list = list[:folded]
		return append(append(out, list...), th.Dim.Render("  … "+human.Number(more)+" more lines: z shows them"))
	}
	out = append(out, list...)
	if more > 0 {
		out = append(out, "  and "+human.Number(more)+" more")
	}
	return out
}

// choices are the switches, with the key beside each.
func (s *reviewScreen) choices(w int) []string {
	out := []string{"", s.app.th.Bold.Render("Choices")}
	layout := "l   layout: " + string(s.app.flow.Layout())
	if s.app.flow.LayoutFixed() {
		layout += " (" + flow.FixedText + ")"
	}
	out = append(out, cells.Clip(layout, w))
	for _, l := range s.app.flow.FixedSettings() {
		for i, l := range cells.Wrap(l+" ("+flow.FixedText+")", w-4) {
			out = append(out, strings.Repeat(" ", 4+min(i, 1)*2)+l)
		}
	}
	for _, c := range s.app.flow.SwitchList() {
		box := "☐"
		if *c.On {
			box = "☑"
		}
		out = append(out, cells.Clip(strings.Join([]string{c.Key, box, c.Label}, " "), w))
	}
	return out
}

func (s *reviewScreen) status(w int) string {
	p := &s.app.flow.Plan
	switch {
	case s.plan.busy:
		return s.app.waitText(&s.plan) + " esc cancels"
	case p.Err != nil:
		return "✗ This can't be sent as it is. r plans again, d goes to the description."
	case p.Got == nil:
		return "No plan; r makes one."
	}
	return cells.Spread(
		"Nothing has been sent. enter starts.",
		human.Count(len(p.Got.Packages), "file", "files")+", "+human.Bytes(p.Got.Bytes),
		w,
	)
}

func (s *reviewScreen) legend() string {
	return "Every choice is planned again; nothing is sent before enter."
}

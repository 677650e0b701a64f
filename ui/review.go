package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/human"
	"zenobis/ui/cells"
)

// reviewScreen shows what will lie on Zenodo, before anything is sent.
type reviewScreen struct {
	app     *app
	plan    task
	compare task
	key0    string // the request that the plan belongs to
	job     export.Job
	got     *export.Plan
	err     error
	top     int
	height  int
	started bool // the job was started: its plan is not ours to drop any more
}

// request is everything that was chosen, as the engine is asked for it.
func (s *reviewScreen) request() export.Request {
	r := s.app.request
	r.Selection = s.app.selection()
	r.Metadata = s.app.describe.metadata()
	r.Groups = s.app.describe.chosenGroups()
	return r
}

func (s *reviewScreen) enter() tea.Cmd {
	if key := fmt.Sprintf("%+v", s.request()); key == s.key0 && !s.started && (s.plan.busy || s.got != nil) {
		return nil
	}
	return s.replan()
}

// replan asks the engine anew; the plan before is dropped.
func (s *reviewScreen) replan() tea.Cmd {
	a := s.app
	req := s.request()
	s.key0 = fmt.Sprintf("%+v", req)
	drop := s.dropPlan()
	s.got, s.err, s.top = nil, nil, 0
	sess, be := a.sess, a.be
	cmd := a.do(&s.plan, "Planning", 0, func(ctx context.Context, st *stage) func() tea.Cmd {
		job, plan, err := sess.Plan(ctx, req, false, st.set)
		if ctx.Err() != nil && job.ID != "" { // given up meanwhile: nobody will start it
			_ = be.Discard(context.WithoutCancel(ctx), job.ID)
			job = export.Job{}
		}
		return func() tea.Cmd {
			s.job, s.got, s.err = job, plan, err
			if silent(err) {
				s.err = nil
				return nil
			}
			if err != nil && a.sessionEnded(err) {
				return a.askRenewal(s.replan)
			}
			return a.askStores(s.replan)
		}
	})
	return tea.Batch(drop, cmd)
}

// dropPlan forgets a plan that was not started.
func (s *reviewScreen) dropPlan() tea.Cmd {
	id := s.job.ID
	s.job = export.Job{}
	if id == "" || s.started {
		s.started = false
		return nil
	}
	be, ctx := s.app.be, s.app.ctx
	return func() tea.Msg {
		_ = be.Discard(ctx, id) // only a folder of ours: the next start lists it, if it stays
		return nil
	}
}

func (s *reviewScreen) paste(tea.PasteMsg) tea.Cmd { return nil }
func (s *reviewScreen) typing() bool               { return false }

func (s *reviewScreen) key(k tea.KeyPressMsg) tea.Cmd {
	r := &s.app.request
	flip := func(b *bool) tea.Cmd {
		*b = !*b
		return s.replan()
	}
	switch k.String() {
	case "esc":
		if s.plan.busy {
			s.app.stop(&s.plan)
			s.key0 = ""
		}
		return s.app.goTo(atDescribe)
	case "enter":
		return s.start()
	case "down", "j":
		s.top++
	case "up", "k":
		s.top = max(s.top-1, 0)
	case "pgdown", "space":
		s.top += max(s.height-1, 1)
	case "pgup":
		s.top = max(s.top-max(s.height-1, 1), 0)
	case "home", "g":
		s.top = 0
	case "end", "G":
		s.top = 1 << 20
	case "m":
		return flip(&r.MetadataOnly)
	case "p":
		return flip(&r.WithParents)
	case "c":
		return flip(&r.WithChildren)
	case "f":
		return flip(&r.WithReferences)
	case "o":
		return flip(&r.OtherSpaces)
	case "u":
		return flip(&r.Unarchive)
	case "a":
		if s.got != nil && len(s.got.Findings) > 0 {
			return flip(&r.AcceptFindings)
		}
	case "l":
		return s.askLayout()
	case "r":
		if !s.plan.busy {
			return s.replan()
		}
	}
	return nil
}

// start begins the export, if nothing stands against it.
func (s *reviewScreen) start() tea.Cmd {
	a := s.app
	switch {
	case s.plan.busy:
		a.fail("Still planning.")
	case s.private():
		a.fail(privateText)
	case s.err != nil:
		a.fail(problemText(s.err))
	case s.got == nil:
		return s.replan()
	case a.export.live():
		a.fail("Another export is running: ctrl+x shows it.")
	default:
		s.started = true
		return a.export.start(s.job)
	}
	return nil
}

// problemText says why a plan can't be sent and what would help.
func problemText(err error) string {
	var le *export.LimitError
	if errors.As(err, &le) {
		return strings.TrimSpace("Too large: " + le.Error() + ". " + sentence(le.Hint))
	}
	text := explain(err).String()
	if errors.Is(err, export.ErrNothing) {
		text += " Select more, or press m: the pages alone, without data files."
	}
	return text
}

// private reports whether there are findings that nobody has accepted yet. The
// engine refuses the plan then, but shows it.
func (s *reviewScreen) private() bool {
	return s.got != nil && len(s.got.Findings) > 0 && !s.app.request.AcceptFindings
}

const privateText = "There are private things in the texts: look at them, and accept them with a."

// layouts are what a tree can be cut into.
var layouts = []struct {
	layout export.Layout
	what   string
}{
	{export.LayoutAuto, "as fits best"},
	{export.LayoutSingle, "one ZIP with everything"},
	{export.LayoutPerDataSet, "one ZIP a data set"},
	{export.LayoutFiles, "every data file by itself"},
}

// askLayout shows the layouts side by side; what each comes to is planned while
// the choice is open.
func (s *reviewScreen) askLayout() tea.Cmd {
	a := s.app
	d := &dialog{title: "How shall the data lie on Zenodo?", keep: true}
	label := func(i int, result string) string {
		l := layouts[i]
		mark := "☐ "
		if l.layout == a.request.Layout || l.layout == export.LayoutAuto && a.request.Layout == "" {
			mark = "◉ "
		}
		what := ""
		if a.f.w >= 60 { // what it comes to says more
			what = cells.Pad(l.what, 27)
		}
		return mark + cells.Pad(string(l.layout), 12) + what + result
	}
	for i, l := range layouts {
		d.choices = append(d.choices, choice{"", label(i, "…"), func() tea.Cmd {
			a.stop(&s.compare)
			a.request.Layout = l.layout
			return s.replan()
		}})
		if l.layout == a.request.Layout {
			d.sel = i
		}
	}
	a.ask(d)
	return s.comparePlans(d, label, 0)
}

func (s *reviewScreen) comparePlans(d *dialog, label func(int, string) string, i int) tea.Cmd {
	a := s.app
	if i == len(layouts) || !slices.Contains(a.dialogs, d) {
		return nil
	}
	req := s.request()
	req.Layout = layouts[i].layout
	sess := a.sess
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
			d.choices[i].label = label(i, result)
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
	s.top = max(min(s.top, len(out)-h), 0)
	if len(out) > h {
		out = out[s.top : s.top+h]
	}
	return out
}

func (s *reviewScreen) status(w int) string {
	switch {
	case s.plan.busy:
		return s.app.waitText(&s.plan) + " esc gives up"
	case s.err != nil:
		return "✗ This can't be sent as it is."
	case s.got == nil:
		return "No plan; r makes one."
	}
	return cells.Spread("Nothing has been sent. enter starts.", human.Number(s.got.Bytes)+" bytes", w)
}

func (s *reviewScreen) hints() []hint {
	h := []hint{{"enter", "start"}, {"l", "layout"}, {"↑↓", "scroll"}, {"esc", "back"}}
	if s.got != nil && len(s.got.Findings) > 0 {
		h = append([]hint{{"a", "accept findings"}}, h...)
	}
	return append(h, hint{"m", "metadata only"}, hint{"p", "parents"}, hint{"c", "children"},
		hint{"f", "references"}, hint{"o", "other spaces"}, hint{"u", "unarchive"}, hint{"r", "plan again"})
}

func (s *reviewScreen) legend() string {
	return "Every choice is planned anew; nothing is sent before enter."
}

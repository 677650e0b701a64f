package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// describeScreen is the metadata form: the title first, the rest prefilled.
type describeScreen struct {
	app     *app
	title   textinput.Model
	of      *flow.Description // what is shown
	touched bool              // the title was typed in
	row     int               // 0 the title, then the fields, the groups if any, "continue"
	offset  int
	edit    *editor
	fill    task
	onwards bool // enter was pressed before prefilling had ended
}

func newDescribe(a *app) screen {
	s := &describeScreen{app: a}
	s.anew()
	return s
}

// anew starts with the title again, for another server or person.
func (s *describeScreen) anew() {
	s.app.stop(&s.fill)
	s.title = s.app.newInput("", false)
	s.title.CharLimit = 500
	s.of = nil
	s.follow()
}

// follow shows what the flow has: the title, and the one it offers. Another
// export's description is begun at its title.
func (s *describeScreen) follow() {
	d := s.desc()
	if d != s.of {
		if s.edit != nil {
			s.edit.leave()
		}
		s.of, s.touched = d, false
		s.goRow(0)
	}
	s.title.Placeholder = "(" + titlePrompt + ")"
	if d.Offer != "" {
		s.title.Placeholder = s.app.named("(→ takes: ") + d.Offer + ")"
	}
	if s.title.Value() != d.Title {
		s.title.SetValue(d.Title)
	}
}

func (s *describeScreen) desc() *flow.Description { return s.app.flow.Description }

const titlePrompt = "What is this data? One line."

func (s *describeScreen) restyle() { s.title.SetStyles(s.app.th.Input()) }

func (s *describeScreen) enter(back bool) tea.Cmd {
	a := s.app
	if !back && s.edit == nil && s.desc().Title == "" {
		s.goRow(0) // who comes to a form without a title begins to type it
	}
	s.follow()
	sel := a.flow.Selection()
	if s.desc().Filled(sel) || s.fill.busy {
		return nil
	}
	prefill := a.flow.Prefill()
	return a.do(&s.fill, "Reading what openBIS knows", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		take, err := prefill(ctx)
		return func() tea.Cmd {
			goOn := s.onwards && a.at == atDescribe
			s.onwards = false
			if err != nil {
				return a.failed(err, func() tea.Cmd { return s.enter(true) })
			}
			take()
			s.follow()
			if !s.desc().Filled(a.flow.Selection()) && a.at == atDescribe { // it was for another one
				s.onwards = goOn
				return s.enter(true)
			}
			if goOn {
				return s.onward()
			}
			return nil
		}
	})
}

// last is the row that goes on.
func (s *describeScreen) last() int {
	n := len(s.desc().Fields()) + 1
	if s.app.flow.MultiGroup() {
		n++
	}
	return n
}

func (s *describeScreen) typing() bool { return s.edit != nil || s.row == 0 }

func (s *describeScreen) actions() []action {
	if s.edit != nil {
		return s.edit.actions()
	}
	row := func(to func() int) func() tea.Cmd {
		return func() tea.Cmd {
			s.goRow(max(min(to(), s.last()), 0))
			return nil
		}
	}
	title := s.row == 0
	does := "open"
	if title || s.row == s.last() {
		does = "review"
	}
	return []action{
		on("enter", "enter", does, s.enterKey),
		on("c", "c", "continue", s.onward).when(!title),
		on("down tab", "↓", "the rest", row(func() int { return s.row + 1 })).when(title),
		on("down tab", "↑↓", "move", row(func() int { return s.row + 1 })).when(!title),
		on("up shift+tab", "", "", row(func() int { return s.row - 1 })),
		on("pgdown", "", "", row(s.last)),
		on("pgup", "", "", row(func() int { return 0 })),
		on("right", "", "", s.takeOffer).when(title && s.title.Value() == ""),
		on("esc", "esc", "back", func() tea.Cmd { return s.app.backTo(atBrowse) }),
	}
}

func (s *describeScreen) enterKey() tea.Cmd {
	fields := s.desc().Fields()
	switch {
	case s.row == 0 || s.row == s.last():
		return s.onward()
	case s.row <= len(fields) && fields[s.row-1].Fixed:
		s.app.fail(fields[s.row-1].Label + " is " + flow.FixedText + ".")
		return nil
	case s.row <= len(fields):
		return s.open(fields[s.row-1])
	}
	s.askGroups()
	return nil
}

// takeOffer takes the title that the selection suggests.
func (s *describeScreen) takeOffer() tea.Cmd {
	s.desc().Title = s.desc().Offer
	s.follow()
	s.title.CursorEnd()
	s.touched = true
	return nil
}

func (s *describeScreen) input(m tea.Msg) tea.Cmd {
	s.onwards = false
	p, pasted := m.(tea.PasteMsg)
	if pasted {
		p.Content = safetext.Block(p.Content)
		m = p
	}
	if s.edit != nil {
		return s.edit.input(m)
	}
	if pasted {
		s.goRow(0)
	}
	s.follow()
	if s.row != 0 {
		return nil
	}
	var cmd tea.Cmd
	s.title, cmd = s.title.Update(m)
	s.desc().Title = s.title.Value()
	s.touched = true
	return cmd
}

func (s *describeScreen) goRow(row int) {
	s.row = row
	if row == 0 {
		s.title.Focus()
	} else {
		s.title.Blur()
	}
}

// onward goes to the review, or to the first mistake.
func (s *describeScreen) onward() tea.Cmd {
	s.touched = true
	if s.fill.busy { // what it brings may be all that is missing
		s.onwards = true
		return nil
	}
	if _, found := s.app.flow.FirstMistake(); found {
		return s.toMistake()
	}
	if me, ask := s.app.flow.AskMe(); ask {
		on := func() tea.Cmd { return s.app.goTo(atReview) }
		s.app.ask(&dialog{title: "Remember you?", text: flow.AskMeText(me), choices: []choice{
			{"y", "remember it", func() tea.Cmd {
				if err := s.app.flow.Session.KeepMe(me); err != nil {
					s.app.fail(flow.Words(err))
				}
				return on()
			}},
			{"n", "not now", on},
		}})
		return nil
	}
	return s.app.goTo(atReview)
}

// toMistake goes to the first mistake, and says it.
func (s *describeScreen) toMistake() tea.Cmd {
	s.touched = true
	wrong, found := s.app.flow.FirstMistake()
	if !found {
		return nil
	}
	switch fields := s.desc().Fields(); wrong.Field {
	case "title":
		s.goRow(0)
	case "groups":
		s.goRow(len(fields) + 1)
	default:
		s.goRow(1 + slices.IndexFunc(fields, func(f flow.Field) bool { return f.Name == wrong.Field }))
	}
	s.app.failWhile(wrong.Text, func() bool {
		now, still := s.app.flow.FirstMistake()
		return still && now == wrong
	})
	return nil
}

func (s *describeScreen) askGroups() {
	d := &dialog{title: "Groups", keep: true,
		text: "In whose lists should the publication appear? Choose one after the other; choosing again removes it."}
	for i, g := range s.app.flow.OwnGroups() {
		box := "☐ "
		if s.app.flow.InGroup(g) {
			box = "☑ "
		}
		d.choices = append(d.choices, choice{"", box + g, func() tea.Cmd {
			s.app.flow.SetGroup(g, !s.app.flow.InGroup(g))
			s.askGroups()
			s.app.top().sel = i
			return nil
		}})
	}
	d.choices = append(d.choices, choice{"d", "done", nil})
	s.app.ask(d)
}

func (s *describeScreen) view(w, h int) []string {
	s.follow()
	if s.edit != nil {
		return s.edit.view(w, h)
	}
	th := s.app.th
	tw := min(w-2, textWidth+20)
	problems := s.app.flow.Problems()
	var out []string
	at := 0 // line of the cursor
	add := func(row int, text string) {
		if row == s.row {
			at = len(out)
			if row > 0 {
				text = th.Here.Render(cells.Pad("▸ "+strings.TrimPrefix(text, "  "), tw))
			}
		}
		out = append(out, " "+text)
	}
	complain := func(name string) {
		if p := problems[name]; p != "" && !s.fill.busy { // what it brings may be all that is missing
			for _, l := range cells.Wrap("✗ "+p, tw-16) {
				out = append(out, strings.Repeat(" ", 16)+th.Bad.Render(l))
			}
		}
	}
	s.title.SetWidth(max(tw-17, 4))
	if h > 10 {
		out = append(out, "")
	}
	mark := "  "
	if s.row == 0 {
		mark = "▸ "
	}
	add(0, mark+th.Bold.Render(cells.Pad("Title", 13))+labelled(" ", &s.title))
	if s.touched {
		complain("title")
	}
	if h > 12 {
		out = append(out, "")
	}
	for i, f := range s.desc().Fields() {
		glance := s.desc().Glance(f)
		fixed := ""
		if f.Fixed {
			fixed = " (fixed)" // of a long value the end goes, not this
		}
		add(i+1, "  "+cells.Pad(f.Label, 14)+cells.Clip(glance, max(tw-16-len(fixed), 0))+fixed)
		complain(f.Name)
	}
	if s.app.flow.MultiGroup() {
		add(len(s.desc().Fields())+1, "  "+cells.Pad("Groups", 14)+s.app.flow.GroupsText())
	}
	add(s.last(), "  Continue to the review")
	if len(out) <= h {
		s.offset = 0
		return out
	}
	if at < s.offset+1 {
		s.offset = max(at-1, 0)
	}
	if at >= s.offset+h-1 {
		s.offset = at - h + 2
	}
	s.offset = max(min(s.offset, len(out)-h), 0)
	if s.offset > 0 { // so that the signs have room
		out[s.offset] = cells.Clip(out[s.offset], w-2)
	}
	if end := s.offset + h; end < len(out) {
		out[end-1] = cells.Clip(out[end-1], w-2)
	}
	return s.app.edges(out, s.offset, w, h)
}

func (s *describeScreen) status(w int) string {
	if s.fill.busy && s.onwards {
		return s.app.waitText(&s.fill) + " then the review"
	}
	if s.fill.busy {
		return s.app.waitText(&s.fill)
	}
	if s.edit != nil {
		return s.edit.field.Hint
	}
	if s.row == 0 {
		if s.desc().Offer != "" && s.title.Value() == "" {
			return "The title is the one thing that must be typed; → takes what is offered."
		}
		return "The title is the one thing that must be typed; the rest is prefilled."
	}
	if s.row <= len(s.desc().Fields()) {
		f := s.desc().Fields()[s.row-1]
		return cells.Spread(f.Hint, s.desc().Origin(f.Name), w)
	}
	return "Nothing is sent yet: the review comes first."
}

// legend says what goes into the field that is open, or that the cursor is on.
func (s *describeScreen) legend() string {
	var f flow.Field
	switch n := s.row - 1; {
	case s.edit != nil:
		f = s.edit.field
	case n >= 0 && n < len(s.desc().Fields()):
		f = s.desc().Fields()[n]
	default:
		return "Title\nWhat is this data? One line."
	}
	text := f.Label + "\n" + f.Hint
	if f.Example != "" {
		text += "\nSuch as: " + f.Example
	}
	return text
}

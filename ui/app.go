package ui

import (
	"context"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"zenobis/flow"
	"zenobis/session"
	"zenobis/ui/style"
	"zenobis/ui/term"
)

// app is the one root model. Everything it holds belongs to the event loop.
type app struct {
	ctx    context.Context // ends with the screen
	runCtx context.Context // of exports, which may outlive it
	demo   *session.Login
	flow   *flow.Flow
	now    func() time.Time

	panes     panes
	th        style.Theme
	ground    style.Ground
	profile   colorprofile.Profile
	ascii     bool
	env       func(string) string
	late      term.Late
	ticking   bool
	tickEvery time.Duration
	busy      map[*task]bool

	at      place
	back    place // from which the exports list was opened
	screens []screen
	places  []registered
	dialogs []*dialog
	closed  time.Time // when a dialog closed by itself
	notice  notice

	offerDue bool // what was kept from before has not been looked for

	quits  int    // how often ctrl+c was pressed in a row
	once   string // the key that said what it would do if pressed again
	goesOn bool   // the export is to go on after the screen is left
}

func newApp(ctx context.Context, o options) *app {
	a := &app{
		ctx: ctx, runCtx: o.runContext, demo: o.demo, flow: flow.New(o.backend, o.demo != nil), now: o.now,
		tickEvery: time.Second / 2, busy: make(map[*task]bool), places: registry(),
	}
	if a.runCtx == nil {
		a.runCtx = ctx
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.env = o.env
	a.ascii = style.WantsASCII(o.env)
	a.profile = colorprofile.ANSI
	a.th = style.New(a.ground, a.profile)
	for _, r := range a.places {
		a.screens = append(a.screens, r.make(a))
	}
	return a
}

func (a *app) cur() screen { return a.screens[a.at] }

// Init starts with the first screen.
func (a *app) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor}
	for _, s := range a.screens {
		if s, ok := s.(starter); ok {
			cmds = append(cmds, s.start())
		}
	}
	return tea.Batch(cmds...)
}

// goTo shows a screen.
func (a *app) goTo(p place) tea.Cmd {
	a.at = p
	cmd := a.cur().enter(false)
	a.offer()
	return cmd
}

// backTo goes back to a screen.
func (a *app) backTo(p place) tea.Cmd {
	a.at = p
	cmd := a.cur().enter(true)
	a.offer()
	return cmd
}

// toExports shows what was started earlier, with the cursor on the export that
// the screen before is about; esc comes back from there.
func (a *app) toExports() tea.Cmd {
	a.back = a.at
	if list, ok := a.screens[atExports].(*exportsScreen); ok {
		list.want = a.aboutExport()
	}
	return a.goTo(atExports)
}

// aboutExport is the export that the present screen is about; "" if it is about none.
func (a *app) aboutExport() string {
	switch a.at {
	case atDone:
		return a.flow.Draft.Job.ID
	case atExport:
		return a.flow.Run.Job.ID
	case atReview:
		if same := a.flow.SameBefore(); len(same) > 0 {
			return same[0].ID
		}
	}
	return ""
}

// leaveExports goes back to where the list was opened from, unless that shows
// an export that is gone.
func (a *app) leaveExports() tea.Cmd {
	gone := a.back == atDone && a.flow.Draft.Job.ID == "" || a.back == atExport && a.flow.Run.Job.ID == ""
	if gone && a.flow.Session != nil {
		return a.goTo(atBrowse)
	} else if gone {
		return a.goTo(atConnect)
	}
	return a.backTo(a.back)
}

// connected takes a new session; the screens drop what belongs to another one.
func (a *app) connected(s flow.Session) {
	anew := a.flow.Connected(s)
	for _, s := range a.screens {
		if s, ok := s.(forgetter); ok && anew {
			s.anew()
		}
	}
	a.offerDue = true
}

// offer offers what was kept from before: in the tree, where no letter is typed
// that could answer it, and once there is nothing that it would replace.
func (a *app) offer() {
	if !a.offerDue || a.at != atBrowse || !a.flow.Untouched() {
		return
	}
	a.offerDue = false
	if k, ok := a.flow.Offer(); ok {
		a.interrupt(&dialog{
			title: "Go on where you stopped?", text: "Kept from before: " + k.Words() + ". It is offered only once.",
			choices: []choice{
				{"g", "go on with it", func() tea.Cmd {
					a.flow.Resume(k)
					return a.countSelection()
				}},
				{"n", "start over", func() tea.Cmd { a.flow.StartOver(); return nil }},
			},
		})
	}
}

// countSelection finds out what was selected otherwise than in the tree, and
// what it weighs.
func (a *app) countSelection() tea.Cmd { return a.screens[atBrowse].(counter).countSelection() }

// failed tells an error, unless it is our own giving up. An ended session asks
// for the way back in, and then tries again.
func (a *app) failed(err error, again func() tea.Cmd) tea.Cmd {
	if flow.Silent(err) {
		return nil
	}
	if a.flow.SessionEnded(err) {
		return a.askRenewal(again)
	}
	a.fail(flow.Words(err))
	return nil
}

// Update routes: sizes and colours to all, keys to the dialog on top or the
// screen, results to whoever waits for them. It never blocks.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer a.settle()
	defer a.followAll()
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.panes = split(m.Width, m.Height)
	case tea.BackgroundColorMsg:
		a.ground = style.GroundOf(m.IsDark())
		a.restyle()
	case tea.ColorProfileMsg:
		a.profile = m.Profile
		a.restyle()
	case tea.KeyPressMsg:
		return a, a.keyPress(m)
	case tea.PasteMsg:
		if d := a.top(); d != nil && !a.beside(d) {
			if d.input != nil {
				*d.input, _ = d.input.Update(m)
			}
			return a, nil
		}
		return a, a.cur().input(m)
	case finished:
		return a, a.finish(m)
	case arrived:
		return a, m()
	case tickMsg:
		return a, a.ticked()
	}
	return a, nil
}

// settle tells what went with the last of the selection.
func (a *app) settle() {
	if text := a.flow.Settle(); text != "" {
		a.say(text)
	}
}

// restyle draws anew in what has become known of the terminal's colours.
func (a *app) restyle() {
	a.th = style.New(a.ground, a.profile)
	for _, s := range a.screens {
		if s, ok := s.(restyler); ok {
			s.restyle()
		}
	}
}

func (a *app) keyPress(k tea.KeyPressMsg) tea.Cmd {
	if a.late.Swallows(k, a.now()) {
		return nil
	}
	s := k.String()
	if now := a.now(); !a.closed.IsZero() && now.Sub(a.closed) < grace && s != "ctrl+c" {
		a.closed = now // who types on still answers what has closed
		return nil
	}
	a.closed = time.Time{}
	a.notice = notice{}
	if s != "ctrl+c" {
		a.quits = 0
	}
	if s != a.once {
		a.once = ""
	}
	switch {
	case s == "ctrl+c":
		a.quits++
		return a.leave()
	case s == "ctrl+l":
		return tea.ClearScreen
	case s == "ctrl+z":
		return a.suspend()
	case a.panes.tooSmall:
		return nil
	}
	if d := a.top(); d != nil && (s == "tab" || !a.beside(d)) {
		return a.dialogKey(d, k)
	} else if d != nil {
		d.opened = a.now() // who types on does not answer it
	}
	typing := a.cur().typing() && k.Text != ""
	for _, act := range append(a.cur().actions(), a.everywhere()...) {
		if act.run != nil && (!typing || act.letters) && key.Matches(k, act.Binding) {
			return act.run()
		}
	}
	if !typing && a.idle(s) {
		return nil
	}
	if s == "q" && !a.cur().typing() {
		a.hint("ctrl+c leaves zenobis.")
		return nil
	}
	return a.cur().input(k)
}

// idle says of a key that the help tells of what it would do, where it can't do
// it now.
func (a *app) idle(pressed string) bool {
	for _, act := range a.cur().actions() {
		if !act.Enabled() && act.long != "" && slices.Contains(act.Keys(), pressed) {
			a.fail("Not possible here: " + act.long + ".")
			return true
		}
	}
	return false
}

// again reports whether a key was pressed a second time in a row; the first time
// only says what it would do.
func (a *app) again(key string) bool {
	if a.once == key {
		return true
	}
	a.once = key
	return false
}

// suspend stops the program until the shell continues it, where there is one
// that would. A running export stops with it, so then it asks to be left alone.
func (a *app) suspend() tea.Cmd {
	switch {
	case !term.CanSuspend():
		a.fail("There is no shell here that could continue it.")
		return nil
	case a.flow.Run.Live():
		a.ask(
			&dialog{
				title:  "Suspend while an export runs?",
				text:   "It stops with the program until fg; the server may cut its connection meanwhile.",
				follow: func(*dialog) bool { return a.flow.Run.Live() }, over: exportEnded,
				choices: []choice{
					{"s", "stay", nil},
					{"z", "suspend", func() tea.Cmd { return tea.Suspend }},
				},
			},
		)
		return nil
	}
	return tea.Suspend
}

// leave ends the program. It asks first where something would be lost or left
// alone; pressed again it takes the safe way.
func (a *app) leave() tea.Cmd {
	switch {
	case a.flow.Run.Live():
		return a.leaveRunning()
	case a.quits > 1 || !a.flow.AskLeave():
		return tea.Quit
	}
	return a.askLeave()
}

// askLeave asks, whatever there is to lose, and says what becomes of it.
func (a *app) askLeave() tea.Cmd {
	if a.flow.Run.Live() {
		a.quits = 1
		return a.leaveRunning()
	}
	text := ""
	if a.flow.AskLeave() {
		text = a.flow.LeaveText()
	}
	a.ask(&dialog{title: "Leave zenobis?", text: text, choices: []choice{
		{"s", "stay", nil},
		{"l", "leave", func() tea.Cmd { return tea.Quit }},
	}})
	return nil
}

func (a *app) leaveRunning() tea.Cmd {
	switch a.quits {
	case 1:
		title := "An export is running"
		if a.flow.Run.Paused {
			title = "An export is paused"
		}
		a.ask(a.whileRunning(&dialog{title: title, choices: []choice{
			{"s", "stay here", nil},
			{"b", "leave the screen, let it go on", func() tea.Cmd {
				a.goesOn = true
				a.flow.Run.GoOn()
				return tea.Quit
			}},
			{"x", a.flow.StopText(), func() tea.Cmd {
				a.flow.Run.Halt()
				return tea.Quit
			}},
		}}, a.flow.LeaveRunText))
		return nil
	case 2:
		a.flow.Run.Halt()
		a.say("Stopping. ctrl+c once more leaves.")
		return nil
	}
	return tea.Quit
}

// newInput makes a text field.
func (a *app) newInput(value string, secret bool) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.SetStyles(a.th.Input())
	in.SetVirtualCursor(true)
	if secret {
		in.EchoMode, in.EchoCharacter = textinput.EchoPassword, '*'
	}
	in.SetValue(value)
	return in
}

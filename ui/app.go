package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/tree"
)

// place names a screen.
type place int

const (
	atConnect place = iota
	atToken
	atBrowse
	atDescribe
	atReview
	atExport
	atDone
	atExports
)

// screen is what the root model shows. Screens live as long as the program: going
// back finds everything as it was left.
type screen interface {
	enter() tea.Cmd // called each time it comes on
	key(tea.KeyPressMsg) tea.Cmd
	paste(tea.PasteMsg) tea.Cmd
	view(w, h int) []string // at most h lines; the root clips and fills
	status(w int) string    // the line below the body
	hints() []hint
	legend() string // more for the help
	typing() bool   // letters go into a text
}

// app is the one root model. Everything it holds belongs to the event loop.
type app struct {
	ctx    context.Context // ends with the screen
	runCtx context.Context // of exports, which may outlive it
	opt    Options
	be     Backend
	facts  Facts
	now    func() time.Time

	sess Session
	who  Who

	f         frame
	th        theme
	ascii     bool
	ticking   bool
	tickEvery time.Duration
	busy      map[*task]bool

	at      place
	back    place // from which the exports list was opened
	screens [atExports + 1]screen
	dialogs []*dialog
	notice  string // what the last action came to; gone with the next key
	wrong   bool   // the notice is about a failure

	connect  *connectScreen
	token    *tokenScreen
	browse   *browseScreen
	describe *describeScreen
	review   *reviewScreen
	export   *exportScreen
	done     *doneScreen
	exports  *exportsScreen

	tree    *tree.Tree
	request export.Request
	quits   int // how often ctrl+c was pressed in a row
	summary Summary
	asked   map[string]bool // data stores that were asked about
}

func newApp(ctx context.Context, o Options) *app {
	a := &app{
		ctx: ctx, runCtx: o.RunContext, opt: o, be: o.Backend, facts: o.Backend.Facts(), now: time.Now,
		tickEvery: time.Second / 2, busy: make(map[*task]bool), tree: tree.New(),
		asked: make(map[string]bool),
	}
	if a.runCtx == nil {
		a.runCtx = ctx
	}
	a.request = a.facts.Request
	a.ascii = wantsASCII(o.Env)
	a.th = newTheme(true)
	a.connect = newConnect(a)
	a.token = newToken(a)
	a.browse = newBrowse(a)
	a.describe = newDescribe(a)
	a.review = &reviewScreen{app: a}
	a.export = &exportScreen{app: a}
	a.done = &doneScreen{app: a}
	a.exports = &exportsScreen{app: a}
	a.screens = [...]screen{a.connect, a.token, a.browse, a.describe, a.review, a.export, a.done, a.exports}
	return a
}

func (a *app) cur() screen { return a.screens[a.at] }

// Init starts with the first screen.
func (a *app) Init() tea.Cmd {
	cmd := a.connect.start()
	if a.opt.Job != "" {
		a.at = atExports
		a.exports.want = a.opt.Job
		return tea.Batch(cmd, a.exports.enter(), tea.RequestBackgroundColor)
	}
	return tea.Batch(cmd, tea.RequestBackgroundColor)
}

// keeper is what looks at exports: the session, once there is one.
func (a *app) keeper() Keeper {
	if a.sess != nil {
		return a.sess
	}
	return a.be
}

// goTo shows a screen.
func (a *app) goTo(p place) tea.Cmd {
	a.at = p
	return a.cur().enter()
}

func (a *app) say(s string)  { a.notice, a.wrong = s, false }
func (a *app) fail(s string) { a.notice, a.wrong = s, true }

// failed tells an error, unless it is our own giving up. An ended session asks
// for the way back in, and then tries again.
func (a *app) failed(err error, again func() tea.Cmd) tea.Cmd {
	if silent(err) {
		return nil
	}
	if a.sessionEnded(err) {
		return a.askRenewal(again)
	}
	a.fail(explain(err).String())
	return nil
}

// Update routes: sizes and colours to all, keys to the dialog on top or the
// screen, results to whoever waits for them. It never blocks.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.f = layout(m.Width, m.Height)
	case tea.BackgroundColorMsg:
		a.th = newTheme(m.IsDark())
		a.restyle()
	case tea.KeyPressMsg:
		return a, a.keyPress(m)
	case tea.PasteMsg:
		if d := a.top(); d != nil {
			if d.input != nil {
				*d.input, _ = d.input.Update(m)
			}
			return a, nil
		}
		return a, a.cur().paste(m)
	case finished:
		return a, a.finish(m)
	case tickMsg:
		a.ticking = false
		cmd := a.export.sample()
		if len(a.busy) > 0 || a.export.live() {
			return a, tea.Batch(cmd, a.tick())
		}
		return a, cmd
	case eventMsg:
		return a, a.export.event(m)
	case jobMsg:
		return a, a.done.watched(m)
	}
	return a, nil
}

func (a *app) keyPress(k tea.KeyPressMsg) tea.Cmd {
	a.notice = ""
	s := k.String()
	if s != "ctrl+c" {
		a.quits = 0
	}
	switch s {
	case "ctrl+c":
		a.quits++
		return a.leave()
	case "ctrl+l":
		return tea.ClearScreen
	}
	if a.f.tooSmall {
		return nil
	}
	if d := a.top(); d != nil {
		return a.dialogKey(d, k)
	}
	switch {
	case s == "f1", s == "?" && !a.cur().typing():
		a.ask(a.helpDialog())
		return nil
	case s == "ctrl+x" && a.at != atExports:
		a.back = a.at
		return a.goTo(atExports)
	}
	return a.cur().key(k)
}

// leave ends the program. While an export runs it asks first; pressed again it
// takes the safe way, which can be resumed.
func (a *app) leave() tea.Cmd {
	if !a.export.live() {
		return tea.Quit
	}
	switch a.quits {
	case 1:
		a.ask(&dialog{title: "An export is running", text: "What shall become of it?", choices: []choice{
			{"s", "stay here", nil},
			{"b", "leave the screen, let it go on", func() tea.Cmd {
				a.summary.Running, a.summary.RunningJob = a.export.run, a.export.job.ID
				return tea.Quit
			}},
			{"x", "stop it, to be resumed later", func() tea.Cmd {
				a.export.halt()
				return tea.Quit
			}},
		}})
		return nil
	case 2:
		a.export.halt()
		a.say("Stopping. ctrl+c once more leaves.")
		return nil
	}
	return tea.Quit
}

func (a *app) restyle() {
	for _, s := range a.screens {
		if r, ok := s.(interface{ restyle() }); ok {
			r.restyle()
		}
	}
}

// logoutPatience is how long leaving may take for the sake of a clean logout.
const logoutPatience = 5 * time.Second

// newInput makes a text field.
func (a *app) newInput(value string, secret bool) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.SetStyles(a.th.input())
	in.SetVirtualCursor(true)
	if secret {
		in.EchoMode, in.EchoCharacter = textinput.EchoPassword, '*'
	}
	in.SetValue(value)
	return in
}

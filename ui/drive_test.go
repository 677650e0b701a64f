package ui

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/ui/cells"
)

// driver runs an app without a terminal: commands run as Bubble Tea runs them,
// but on a clock that costs no time.
type driver struct {
	t    testing.TB
	a    *app
	f    *flowtest.Fake
	msgs chan tea.Msg
	quit bool
	fits map[string]int // widths of lines that were measured: most stand in the next frame, too
	raw  []string       // what was written to the terminal beside the frames
	clip string
}

// drive runs a test in a bubble with a fresh app of the given size.
func drive(t *testing.T, f *flowtest.Fake, w, h int, test func(d *driver)) {
	t.Helper()
	driveWith(t, options{backend: f}, f, w, h, test)
}

func driveWith(t *testing.T, o options, f *flowtest.Fake, w, h int, test func(d *driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f.Changes = make(chan export.Job, 4) // a channel of this bubble
		ctx, cancel := context.WithCancel(t.Context())
		defer func() {
			cancel()
			time.Sleep(time.Hour) // the bubble's: timers that are still armed end
		}()
		if o.env == nil {
			o.env = func(k string) string { return map[string]string{"LANG": "C.UTF-8"}[k] }
		}
		d := &driver{t: t, a: newApp(ctx, o), f: f, msgs: make(chan tea.Msg, 1000), fits: map[string]int{}}
		d.run(d.a.Init())
		d.send(tea.WindowSizeMsg{Width: w, Height: h})
		d.wait(2 * frame) // what begins after the first frame
		test(d)
	})
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() { d.msgs <- cmd() }()
}

// settle handles everything that arrives by itself, and draws; what comes at once is
// drawn at once, as Bubble Tea does it.
func (d *driver) settle() {
	d.drain()
	d.check()
}

func (d *driver) drain() {
	for {
		synctest.Wait()
		select {
		case m := <-d.msgs:
			d.handle(m)
		default:
			return
		}
	}
}

func (d *driver) handle(m tea.Msg) {
	switch m := m.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			d.run(c)
		}
	case tea.QuitMsg:
		d.quit = true
	case tea.RawMsg:
		d.raw = append(d.raw, m.Msg.(string))
	default:
		if s, ok := asClipboard(m); ok {
			d.clip = s
			return
		}
		_, cmd := d.a.Update(m)
		d.run(cmd)
	}
}

// asClipboard recognises Bubble Tea's internal message by its name.
func asClipboard(m tea.Msg) (string, bool) {
	if v := reflect.ValueOf(m); v.Kind() == reflect.String && strings.HasSuffix(v.Type().String(), "setClipboardMsg") {
		return v.String(), true
	}
	return "", false
}

func (d *driver) send(m tea.Msg) {
	d.handle(m)
	d.settle()
}

// wait lets time go by.
func (d *driver) wait(t time.Duration) {
	time.Sleep(t)
	d.settle()
}

// keys presses keys: names in blanks, such as "down space enter".
func (d *driver) keys(names string) {
	for _, n := range strings.Fields(names) {
		d.send(press(n))
	}
}

// write types a text, faster than it is drawn.
func (d *driver) write(text string) {
	for _, r := range text {
		d.handle(tea.KeyPressMsg{Code: r, Text: string(r)})
		d.drain()
	}
	d.check()
}

func press(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
		"space": {Code: tea.KeySpace, Text: " "}, "backspace": {Code: tea.KeyBackspace}, "f1": {Code: tea.KeyF1},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	}
	if k, ok := special[name]; ok {
		return k
	}
	if c, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(c[0]), Mod: tea.ModCtrl}
	}
	if c, ok := strings.CutPrefix(name, "alt+"); ok {
		k := special[c]
		k.Mod |= tea.ModAlt
		return k
	}
	return tea.KeyPressMsg{Code: rune(name[0]), Text: name}
}

// frame is the screen as the renderer lays it out.
func (d *driver) frame() string {
	d.t.Helper()
	w, h := d.a.panes.w, d.a.panes.h
	buf := uv.NewScreenBuffer(w, h)
	buf.Method = ansi.WcWidth
	uv.NewStyledString(d.a.View().Content).Draw(buf, buf.Bounds())
	ls := strings.Split(strings.ReplaceAll(ansi.Strip(buf.Render()), "\r\n", "\n"), "\n")
	for i, l := range ls {
		ls[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(ls, "\n") + "\n"
}

// check holds every frame to its size.
func (d *driver) check() {
	d.t.Helper()
	f := d.a.panes
	if f.w == 0 {
		return
	}
	ls := strings.Split(d.a.View().Content, "\n")
	if len(ls) != f.h {
		d.t.Fatalf("%d lines at %dx%d:\n%s", len(ls), f.w, f.h, d.a.View().Content)
	}
	if q := d.a.top(); q != nil && (len(q.choices) > 0 || q.input != nil) && len(q.choices) <= 6 {
		// At 40x12 a question and its answers are whole, whatever size this test has.
		body, foot := q.lines(34)
		if len(body)+len(foot) > 10 || cells.Width(q.title) > 32 {
			d.t.Errorf("a question of %d lines and %d of answers, its title %d wide: %q %q %q", len(body), len(foot), cells.Width(q.title), q.title,
				body, foot)
		}
	}
	v := d.a.View()
	for _, l := range append(ls, v.WindowTitle) {
		if harm(l) {
			d.t.Errorf("not clean: %q", l)
		}
	}
	for _, l := range d.raw {
		if l = ansi.Strip(l); harm(l) {
			d.t.Errorf("not clean: %q", l)
		}
	}
	for _, l := range ls {
		n, ok := d.fits[l]
		if !ok {
			n = cells.Width(l)
			d.fits[l] = n
		}
		if n > f.w {
			d.t.Fatalf("a line of %d cells at %dx%d: %q", n, f.w, f.h, l)
		}
	}
}

// shows fails unless the frame holds a text.
func (d *driver) shows(texts ...string) {
	d.t.Helper()
	fr := d.frame()
	for _, t := range texts {
		if !strings.Contains(fr, t) {
			d.t.Errorf("not shown: %q in\n%s", t, fr)
		}
	}
}

func (d *driver) hides(texts ...string) {
	d.t.Helper()
	fr := d.frame()
	for _, t := range texts {
		if strings.Contains(fr, t) {
			d.t.Errorf("shown: %q in\n%s", t, fr)
		}
	}
}

// login goes to the browse screen.
func (d *driver) login() {
	d.write("secret")
	d.keys("enter")
}

// pick selects the first measurement.
func (d *driver) pick() {
	d.login()
	d.keys("right down right down right down space")
	d.wait(time.Second)
}

// toReview goes on to the review.
func (d *driver) toReview() {
	d.pick()
	d.keys("enter")
	d.write("Mass loss of coated plates")
	d.keys("enter")
	d.wait(time.Second)
}

func windowSize(w, h int) tea.Msg { return tea.WindowSizeMsg{Width: w, Height: h} }

package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/ui/cells"
)

// dialog asks one question on top of a screen. The first choice is the safe
// one: it is what enter does and what esc means.
type dialog struct {
	title   string
	text    string
	choices []choice
	sel     int
	top     int    // first line shown, where there are more than fit
	room    int    // lines of text on the screen
	label   string // of the field
	input   *textinput.Model
	need    string // said where the field is left empty
	// opened is set where a dialog opens by itself: keys typed ahead must not
	// answer it.
	opened time.Time
	keep   bool // esc closes without calling the first choice
	// follow brings a question up to date about something that goes on meanwhile;
	// false: that is over, and the question with it. nil where nothing can change.
	follow func(*dialog) bool
	over   string // said where it closes by itself
}

type choice struct {
	key   string
	label string
	run   func() tea.Cmd // may be nil
}

// grace is the pause in the keys after which a dialog that opened by itself takes
// them as meant for it.
const grace = 400 * time.Millisecond

// ask opens a dialog because of a key.
func (a *app) ask(d *dialog) { a.dialogs = append(a.dialogs, d) }

// interrupt opens a dialog by itself.
func (a *app) interrupt(d *dialog) {
	d.opened = a.now()
	a.dialogs = append(a.dialogs, d)
}

func (a *app) top() *dialog {
	if len(a.dialogs) == 0 {
		return nil
	}
	return a.dialogs[len(a.dialogs)-1]
}

func (a *app) closeDialog(d *dialog) {
	for i, e := range a.dialogs {
		if e == d {
			a.dialogs = append(a.dialogs[:i], a.dialogs[i+1:]...)
			return
		}
	}
}

// followAll brings the questions up to date and closes those whose cause is gone. A
// key that was meant for one of them must not reach the screen behind.
func (a *app) followAll() {
	for _, d := range slices.Clone(a.dialogs) {
		if d.follow == nil || d.follow(d) {
			continue
		}
		if d == a.top() {
			a.closed = a.now()
		}
		a.closeDialog(d)
		a.quits = 0
		if a.notice.text == "" {
			a.say(d.over)
		}
	}
}

// beside reports whether a dialog that opened by itself stands over a field in
// which a person types: keys and pastes go on into that, until tab turns to the
// dialog.
func (a *app) beside(d *dialog) bool { return !d.opened.IsZero() && a.cur().typing() }

const besideText = "What you type goes on into the field; tab turns to this question."

func (a *app) dialogKey(d *dialog, k tea.KeyPressMsg) tea.Cmd {
	if a.beside(d) { // tab
		d.opened = time.Time{}
		return nil
	}
	if now := a.now(); !d.opened.IsZero() && now.Sub(d.opened) < grace {
		d.opened = now // who types on does not answer it
		return nil
	}
	pick := func(i int) tea.Cmd {
		a.closeDialog(d)
		if i < len(d.choices) && d.choices[i].run != nil {
			return d.choices[i].run()
		}
		return nil
	}
	switch s := k.String(); s {
	case "esc":
		if d.keep {
			a.closeDialog(d)
			return nil
		}
		return pick(0)
	case "enter":
		if d.input != nil && d.need != "" && d.input.Value() == "" {
			a.fail(d.need)
			return nil
		}
		return pick(d.sel)
	case "up", "shift+tab":
		if len(d.choices) == 0 {
			d.top = max(d.top-1, 0)
			return nil
		}
		d.sel = (d.sel + len(d.choices) - 1) % len(d.choices)
		return nil
	case "down", "tab":
		if len(d.choices) == 0 {
			d.top++
			return nil
		}
		d.sel = (d.sel + 1) % len(d.choices)
		return nil
	case "pgdown":
		d.top += max(d.room-1, 1)
		return nil
	case "pgup":
		d.top = max(d.top-max(d.room-1, 1), 0)
		return nil
	case "home":
		if d.input == nil {
			d.top = 0
			return nil
		}
	case "end":
		if d.input == nil {
			d.top = 1 << 20
			return nil
		}
	}
	return a.dialogOther(d, k, pick)
}

// dialogOther is a key that is no dialog's own: it goes into the field, or is
// the letter of a choice, or closes what has none.
func (a *app) dialogOther(d *dialog, k tea.KeyPressMsg, pick func(int) tea.Cmd) tea.Cmd {
	if d.input != nil {
		var cmd tea.Cmd
		*d.input, cmd = d.input.Update(k)
		return cmd
	}
	s := k.String()
	for i, c := range d.choices {
		if c.key == s && s != "" {
			return pick(i)
		}
	}
	if len(d.choices) > 0 {
		return nil
	}
	switch s {
	case "q", "?", "f1":
		a.closeDialog(d)
	case "j":
		d.top++
	case "k":
		d.top = max(d.top-1, 0)
	case "space":
		d.top += max(d.room-1, 1)
	}
	return nil
}

// hints are the keys of a dialog while it is open: those of the screen behind do not
// work.
func (d *dialog) hints(beside bool) []key.Help {
	h := func(keys, does string) key.Help { return key.Help{Key: keys, Desc: does} }
	switch {
	case beside:
		return []key.Help{h("tab", "to the question")}
	case len(d.choices) == 0:
		return []key.Help{h("↑↓", "scroll"), h("esc", "close")}
	case d.input != nil:
		return []key.Help{h("enter", d.choices[0].label), h("esc", "close")}
	}
	out := []key.Help{h("enter", "choose")}
	if len(d.choices) > 1 {
		out = append(out, h("↑↓", "move"))
	}
	if d.keep {
		return append(out, h("esc", "close"))
	}
	return append(out, h("esc", d.choices[0].label))
}

// lines are the text of the dialog and its answers, without a field, as they are
// wrapped.
func (d *dialog) lines(w int) (body []string, answers []string) {
	body = cells.Wrap(d.text, w)
	if d.input != nil {
		answers = append(answers, "")
	}
	for _, c := range d.choices {
		answers = append(answers, cells.Wrap("  "+c.key+"  "+c.label, w)...)
	}
	return body, answers
}

// overlay draws the dialog over the frame; it never needs more than there is.
func (a *app) overlay(lines []string, d *dialog) []string {
	w, h := a.panes.w, len(lines)
	bw := min(w-2, 72)
	inner := bw - 4
	if inner < 8 {
		return lines
	}
	body := cells.Wrap(d.text, inner)
	beside := a.beside(d)
	if beside {
		body = append(cells.Wrap(besideText, inner), body...)
	}
	var foot []string
	at := 0 // last line of the choice that the cursor is on
	if d.input != nil {
		label := d.label + " "
		d.input.SetWidth(max(inner-cells.Width(label)-4, 4)) // room for a sign
		foot = append(foot, label+cells.Pad(labelled("[", d.input), inner-cells.Width(label)-1)+"]")
	}
	for i, c := range d.choices {
		label := "  " + c.label
		if c.key != "" && d.input == nil {
			label = "  " + c.key + "  " + c.label // first, since ends are cut
		}
		lines := cells.Wrap(label, inner)
		for j, l := range lines {
			if j > 0 {
				l = "     " + strings.TrimLeft(l, " ")
			}
			if i == d.sel && !beside {
				if j == 0 {
					l = "▸ " + strings.TrimPrefix(l, "  ")
				}
				at = len(foot)
				l = a.th.Here.Render(cells.Clip(l, inner))
			}
			foot = append(foot, l)
		}
	}
	if len(foot) == 0 {
		foot = []string{a.th.Dim.Render(a.named("esc closes, ↑↓ scroll"))}
	}
	room := max(h-2-len(foot), 0)
	d.room = room
	if len(body) > room {
		d.top = min(d.top, len(body)-room)
		body = body[d.top : d.top+room]
	}
	if len(foot) > h-2 {
		first := min(max(at-(h-3), 0), len(foot)-(h-2))
		foot = foot[first:min(first+h-2, len(foot))]
	}
	rows := append(append([]string{}, body...), foot...)
	title := cells.Clip(" "+d.title+" ", inner)
	box := []string{"╭─" + title + strings.Repeat("─", max(bw-3-cells.Width(title), 0)) + "╮"}
	for _, r := range rows {
		box = append(box, "│ "+cells.Pad(r, inner)+" │")
	}
	box = append(box, "╰"+strings.Repeat("─", bw-2)+"╯")
	if len(box) > h {
		box = box[:h]
	}
	x, y := (w-bw)/2, max((h-len(box))/2, 0)
	for i, b := range box {
		lines[y+i] = cells.Splice(lines[y+i], b, x, w)
	}
	return lines
}

// askRenewal asks for the password again and then repeats what had failed.
func (a *app) askRenewal(again func() tea.Cmd) tea.Cmd {
	for _, d := range a.dialogs {
		if d.title == flow.EndedText() {
			return nil // several requests failed at once
		}
	}
	in := a.newInput("", true)
	in.Focus()
	t := new(task)
	a.interrupt(&dialog{
		title: flow.EndedText(), label: flow.RenewLabel, input: &in, need: "Type the password, or paste a token; esc leaves it for now.",
		keep: true, text: a.flow.RenewText(),
		choices: []choice{{"", "log in again", func() tea.Cmd {
			sess, typed := a.flow.Session, in.Value()
			return a.do(t, "Logging in", time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
				err := sess.Renew(ctx, typed)
				return func() tea.Cmd {
					if err != nil {
						a.fail(flow.Words(err))
						return a.askRenewal(again)
					}
					a.flow.Renewed()
					if again != nil {
						return again()
					}
					return nil
				}
			})
		}}},
	})
	return nil
}

// give asks a person for what is needed, and then does again what fell short.
// nil where nothing is needed.
func (a *app) give(n flow.Need, again func() tea.Cmd) tea.Cmd {
	if n.Login {
		return a.askRenewal(again)
	}
	a.askStore(n.Store, again, false)
	return nil
}

// askStore asks about one data store after the other, and does it again at the end
// if one of them was agreed to. esc leaves the question for the next time.
func (a *app) askStore(c *flow.Consent, again func() tea.Cmd, agreed bool) {
	if c == nil || slices.ContainsFunc(a.dialogs, func(d *dialog) bool { return d.title == c.Title }) {
		return // several requests fell short at once
	}
	answer := func(yes bool) func() tea.Cmd {
		return func() tea.Cmd {
			next := a.flow.Answered(c, yes)
			if next == nil && (agreed || yes) && again != nil {
				return again()
			}
			a.askStore(next, again, agreed || yes)
			return nil
		}
	}
	a.interrupt(&dialog{
		title: c.Title, text: c.Text, keep: true,
		choices: []choice{{"n", c.No, answer(false)}, {"y", c.Yes, answer(true)}},
	})
}

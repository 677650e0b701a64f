package ui

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"zenobis/ui/cells"
)

// action is what a key does on a screen. The same list takes the key press,
// draws the bottom line and fills the help, so that they can't disagree.
type action struct {
	key.Binding
	run     func() tea.Cmd // nil for a key that only the help tells of
	letters bool           // it works while a text is typed as well
	want    want           // what one wants to do with it
	long    string         // what it does, for the help
	example string
}

// want is what a person wants to do: the help is sorted by it.
type want int

const (
	anything want = iota
	moving
	choosing
	finding
	typing
	going
	later // what can't be done now
)

var wants = map[want]string{
	moving: "Look around", choosing: "Choose", finding: "Find", typing: "Type", going: "Go on", anything: "Other", later: "At other times",
}

// help says more about an action, with an example where that helps.
func (a action) help(w want, long, example string) action {
	a.want, a.long, a.example = w, long, example
	return a
}

// on makes an action. Keys stand in blanks, "up k"; shown and does are its hint,
// both empty for a key that needs none.
func on(keys, shown, does string, run func() tea.Cmd) action {
	return action{Binding: key.NewBinding(key.WithKeys(strings.Fields(keys)...), key.WithHelp(shown, does)), run: run}
}

// when leaves an action out where it can't be used now.
func (a action) when(possible bool) action {
	a.SetEnabled(possible)
	return a
}

// everywhere are the keys that work on every screen.
func (a *app) everywhere() []action {
	help := func() tea.Cmd {
		a.ask(a.helpDialog())
		return nil
	}
	out := []action{
		on("f1", "F1", "keys", help).when(a.cur().typing()),
		on("? f1", "?", "keys", help).when(!a.cur().typing()),
	}
	exports := on("ctrl+x", "ctrl+x", "exports started earlier", a.toExports).when(a.at != atExports)
	record := on("ctrl+n", "ctrl+n", "make a record of its own, no new version", func() tea.Cmd {
		a.flow.NewRecord()
		a.say("This becomes a record of its own.")
		return nil
	}).when(a.makesVersion())
	return append(out, exports, record)
}

// hints are the hints of the screen, then the way out unless the screen has one
// of its own, the way to all keys last.
func (a *app) hints() []key.Help {
	if d := a.top(); d != nil {
		return d.hints(a.beside(d))
	}
	var out []key.Help
	acts := a.cur().actions()
	own := slices.ContainsFunc(acts, func(act action) bool { return act.Enabled() && act.Help().Desc == leaveHint })
	acts = append(acts, on("", "ctrl+c", leaveHint, nil).when(!own))
	for _, act := range append(acts, a.everywhere()[:2]...) {
		if h := act.Help(); act.Enabled() && h.Desc != "" {
			out = append(out, h)
		}
	}
	return out
}

// helpLine fits as many hints as there is room for, the most important first and
// the way to all of them last. That one, the first and the way back always have their room.
func (a *app) helpLine(hints []key.Help, w int) string {
	out := slices.IndexFunc(hints, func(h key.Help) bool { return strings.HasPrefix(h.Key, "esc") })
	shown, room := make([]bool, len(hints)), w+2
	take := func(i int) {
		if i < 0 || i >= len(hints) || shown[i] {
			return
		}
		n := cells.Width(a.named(hints[i].Key)) + 1 + cells.Width(hints[i].Desc) + 2
		if n <= room {
			shown[i], room = true, room-n
		}
	}
	for _, i := range []int{len(hints) - 1, 0, out} {
		take(i)
	}
	var parts []string
	for i, h := range hints {
		if take(i); shown[i] {
			parts = append(parts, a.th.Accent.Render(a.named(h.Key))+" "+a.th.Dim.Render(h.Desc))
		}
	}
	return strings.Join(parts, "  ")
}

// leaveHint is the hint of a key that leaves the program.
const leaveHint = "leave"

// helpDialog lists every key of the screen by what one wants to do, and those
// that work everywhere.
func (a *app) helpDialog() *dialog {
	by := make(map[want][]action)
	acts := a.cur().actions()
	for _, act := range acts {
		// What a key does at other times is told apart, unless it does something
		// else here, or is a letter that is typed here.
		elsewhere := !act.Enabled() && (a.cur().typing() || slices.ContainsFunc(acts, func(other action) bool {
			return other.Enabled() && other.Help().Key == act.Help().Key
		}))
		if !elsewhere && (act.Help().Desc != "" || act.long != "") {
			w := act.want
			if !act.Enabled() {
				w = later
			}
			by[w] = append(by[w], act)
		}
	}
	for _, act := range a.everywhere()[2:] {
		if act.Enabled() {
			by[going] = append(by[going], act)
		}
	}
	if !slices.ContainsFunc(a.cur().actions(), func(act action) bool { return act.Help().Key == "esc" && act.Help().Desc != "" }) {
		by[anything] = append(by[anything], on("", "esc", "back a step; what was typed stays", nil))
	}
	by[anything] = append(by[anything],
		on("", "ctrl+l", "redraw the screen", nil),
		on("", "ctrl+c", "leave; asks where something would be lost", nil),
		on("", "ctrl+z", "suspend; fg comes back", nil))
	keyW := 8
	if a.panes.w < 60 {
		keyW = 1
	}
	var b strings.Builder
	for _, w := range []want{moving, choosing, finding, typing, going, anything, later} {
		if len(by[w]) == 0 {
			continue
		}
		b.WriteString(wants[w] + "\n")
		for _, act := range by[w] {
			h := act.Help()
			keys := a.named(cmp.Or(h.Key, keyNames(act.Keys())))
			b.WriteString("  " + cells.Pad(keys, max(keyW, cells.Width(keys))) + " " + cmp.Or(act.long, h.Desc) + "\n")
			if act.example != "" && a.panes.w >= 60 {
				b.WriteString("           as in: " + act.example + "\n")
			}
		}
	}
	if l, ok := a.cur().(legend); ok && l.legend() != "" {
		b.WriteString("\n" + l.legend())
	}
	if a.ascii {
		return &dialog{title: "Help: " + a.here(), text: spelled.Replace(strings.TrimRight(b.String(), "\n")), keep: true}
	}
	return &dialog{title: "Help: " + a.here(), text: strings.TrimRight(b.String(), "\n"), keep: true}
}

// keyNames spells keys that have no hint.
func keyNames(keys []string) string {
	names := strings.NewReplacer("up", "↑", "down", "↓", "left", "←", "right", "→", "pg↑", "pgup", "pg↓", "pgdown")
	return names.Replace(strings.Join(keys, " "))
}

// named is a text in which keys are named: by words where there is only ASCII.
func (a *app) named(s string) string {
	if a.ascii {
		return spelled.Replace(s)
	}
	return s
}

// byKey names keys where an advice names commands: who reads it has screens.
func byKey(advice string) string {
	return commands.ReplaceAllStringFunc(advice, func(s string) string {
		return commandKeys[commands.FindStringSubmatch(s)[1]]
	})
}

// commands finds a command of the command line in an advice, with its export.
var commands = regexp.MustCompile(`\bzenobis (discard|resume|sync|jobs|ls)\b(?: \d{8}-[a-z0-9]+)?`)

var commandKeys = map[string]string{
	"discard": "d in Exports", "resume": "enter in Exports", "sync": "s in Exports", "jobs": "ctrl+x", "ls": "Browse",
}

// spelled names the arrow keys where there is only ASCII: what stands there for
// the arrows are other keys.
var spelled = strings.NewReplacer("↑↓", "up/down", "←→", "left/right", "↑", "up", "↓", "down", "←", "left", "→", "right")

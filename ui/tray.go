package ui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/tree"
	"zenobis/ui/cells"
)

// trayScreen shows what is chosen as rules, to be pruned, and earlier selections.
type trayScreen struct {
	app    *app
	sel    int
	offset int
	height int
	recent []flow.Recent
	load   task
}

func newTray(a *app) screen { return &trayScreen{app: a} }

func (s *trayScreen) enter(bool) tea.Cmd {
	s.recent = s.app.flow.RecentSelections()
	s.sel = 0
	return nil
}

func (s *trayScreen) input(tea.Msg) tea.Cmd { return nil }
func (s *trayScreen) typing() bool          { return false }

// count is how many lines the cursor can be on.
func (s *trayScreen) count() int { return s.app.flow.Tree.RuleCount() + len(s.recent) }

func (s *trayScreen) actions() []action {
	f := s.app.flow
	rules := f.Tree.RuleCount()
	move := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.sel = max(min(s.sel+by, s.count()-1), 0)
			return nil
		}
	}
	onRule, onRecent := s.sel < rules, s.sel >= rules && s.sel < s.count()
	return []action{
		on("enter", "enter", "show it", s.show).when(onRule).help(moving, "go to it in the tree", ""),
		on("enter", "enter", "take this selection", s.takeRecent).when(onRecent).help(choosing, "select what an earlier export took", ""),
		on(
			"d space backspace delete",
			"d",
			"drop",
			s.drop,
		).when(onRule).
			help(choosing, "remove this rule; the next one above decides again", ""),
		on("u", "u", "undo", func() tea.Cmd { f.Tree.Undo(); return s.app.countSelection() }).help(choosing, "undo the last change", ""),
		on("w", "w", "save", s.askSave).when(rules > 0).help(going, "save as a file, for zenobis export --selection", ""),
		on("l", "l", "load", s.askLoad).help(choosing, "load such a file", ""),
		on(
			"c",
			"c",
			"continue",
			func() tea.Cmd { return s.app.goTo(atDescribe) },
		).when(f.AgainstDescribe() == "").
			help(going, "describe what is selected", ""),
		on("up k", "", "", move(-1)).help(moving, "move", ""),
		on("down j", "", "", move(1)),
		on("pgup", "", "", move(-max(s.height-1, 1))),
		on("pgdown", "", "", move(max(s.height-1, 1))),
		on("home g", "", "", move(-s.count())),
		on("end G", "", "", move(s.count())),
		on("esc T", "esc", "back", func() tea.Cmd { return s.app.backTo(atBrowse) }),
	}
}

func (s *trayScreen) drop() tea.Cmd {
	r := s.app.flow.Tree.RuleAt(s.sel)
	s.app.flow.Tree.Drop(tree.Key{Kind: r.Kind, PermID: r.PermID})
	s.sel = max(min(s.sel, s.count()-1), 0)
	s.app.say("Dropped; u undoes it.")
	return s.app.countSelection()
}

func (s *trayScreen) show() tea.Cmd {
	r := s.app.flow.Tree.RuleAt(s.sel)
	return tea.Batch(s.app.backTo(atBrowse), s.app.screens[atBrowse].(finder).goToEntity(r.Kind, r.PermID, true))
}

func (s *trayScreen) takeRecent() tea.Cmd {
	r := s.recent[s.sel-s.app.flow.Tree.RuleCount()]
	s.app.flow.Tree.Restore(r.Selection)
	s.sel = 0
	s.app.say("Selected as before; u undoes it.")
	return s.app.countSelection()
}

func (s *trayScreen) askSave() tea.Cmd {
	return s.askPath("Save the selection", "zenobis export --selection takes the file.", func(path string) tea.Cmd {
		if err := s.app.flow.SaveSelection(path); err != nil {
			s.app.fail(flow.Words(err))
			return nil
		}
		s.app.say("Saved as " + path)
		return nil
	})
}

func (s *trayScreen) askLoad() tea.Cmd {
	return s.askPath("Load a selection", "A file of zenobis, as zenobis export --selection takes it.", s.loadFile)
}

func (s *trayScreen) loadFile(path string) tea.Cmd {
	a := s.app
	sess := a.flow.Session
	return a.do(&s.load, "Looking up the selection", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		sel, err := flow.ReadSelection(ctx, sess, path)
		return func() tea.Cmd {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				a.fail("There is no file " + path + ".")
				return nil
			case err != nil:
				return a.failed(err, func() tea.Cmd { return s.loadFile(path) })
			}
			a.flow.Tree.Restore(sel)
			s.sel = 0
			a.say("Loaded; u undoes it.")
			return a.countSelection()
		}
	})
}

// askPath asks for the path of a file; "~" is the home directory.
func (s *trayScreen) askPath(title, text string, then func(string) tea.Cmd) tea.Cmd {
	in := s.app.newInput("selection.toml", false)
	in.CursorEnd()
	cmd := in.Focus()
	s.app.ask(&dialog{title: title, text: text, label: "File", input: &in, keep: true, need: "Type the path of a file; esc leaves it.",
		choices: []choice{{"", "do it", func() tea.Cmd {
			path := strings.TrimSpace(in.Value())
			if rest, ok := strings.CutPrefix(path, "~/"); ok {
				if home, err := os.UserHomeDir(); err == nil {
					path = filepath.Join(home, rest)
				}
			}
			return then(path)
		}}},
	})
	return cmd
}

func (s *trayScreen) view(w, h int) []string {
	th := s.app.th
	s.height = h
	tw := min(w-2, textWidth+40)
	n := s.app.flow.Tree.RuleCount()
	var head, tail []string
	at := s.sel
	if n == 0 {
		head = []string{" Nothing is selected yet: in Browse, space selects what the cursor is on.", ""}
		at += len(head)
	}
	if len(s.recent) > 0 {
		tail = append(tail, "", " "+th.Bold.Render("Earlier selections"))
		if s.sel >= n {
			at += len(tail)
		}
	}
	here := func(i int, line string) string {
		if i == s.sel {
			line = th.Here.Render(cells.Pad(line, tw))
		}
		return " " + line
	}
	for i, r := range s.recent {
		rules := flow.RulesText(r.Selection)
		if w >= 60 {
			rules = cells.PadLeft(rules, 10)
		}
		tail = append(tail, here(n+i, cells.Spread(r.Title, human.Day(r.Saved)+"  "+rules, tw)))
	}
	if at < s.offset {
		s.offset = at
	}
	if at >= s.offset+h {
		s.offset = at - h + 1
	}
	s.offset = max(min(s.offset, len(head)+n+len(tail)-h), 0)
	var out []string
	for i := s.offset; len(out) < h; i++ { // of the rules, which may be many, only those on the screen
		switch {
		case i < len(head):
			out = append(out, head[i])
		case i < len(head)+n:
			out = append(out, here(i-len(head), s.line(i-len(head), w, tw)))
		case i < len(head)+n+len(tail):
			out = append(out, tail[i-len(head)-n])
		default:
			return out
		}
	}
	return out
}

// line is one rule, with its weight where there is room.
func (s *trayScreen) line(i, w, tw int) string {
	l := s.app.flow.TrayLine(i)
	name, right := flow.Sign(l.Mark)+" "+l.Name, l.Kind
	if l.Weight != "" && w >= 60 {
		right = l.Weight + "  " + cells.Pad(l.Kind, 10)
	}
	return cells.Spread(cells.ClipMiddle(name, tw-cells.Width(right)-1), right, tw)
}

func (s *trayScreen) status(w int) string {
	if s.load.busy {
		return s.app.waitText(&s.load)
	}
	weight, _ := s.app.flow.Weight(w >= 60)
	return cells.Spread(s.app.flow.SelectedText(), weight, w)
}

func (s *trayScreen) legend() string {
	return "☑ with everything below   ◉ only this   ☒ taken out   ▣ some files of a data set\nThe nearest rule above an entity " +
		"decides."
}

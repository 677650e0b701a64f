package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/tree"
)

// What the bottom line of the browse screen asks for.
type asking int

const (
	askNothing asking = iota
	askFilter
	askSearch
)

// browseScreen is the lazy tree with its preview.
type browseScreen struct {
	app    *app
	offset int // first row on the screen
	height int // rows of the last view, for paging
	input  textinput.Model
	asking asking

	spaces task
	filter task
	search task
	loads  map[tree.ID]*task
	files  map[string][]openbis.File // listed data sets, to be shown page by page
	budget int                       // requests left for counting the selection
	done   bool                      // the spaces are there

	look    task
	wait    task
	preview *preview // of the row under the cursor, as far as it is known
	cache   map[tree.Key]*preview
	types   map[openbis.Kind]map[string]openbis.EntityType
	full    bool // the preview takes the whole screen
	ptop    int
}

func newBrowse(a *app) *browseScreen {
	s := &browseScreen{app: a}
	s.input = a.newInput("", false)
	s.clear()
	return s
}

func (s *browseScreen) restyle() { s.input.SetStyles(s.app.th.input()) }

func (s *browseScreen) clear() {
	s.loads = make(map[tree.ID]*task)
	s.files = make(map[string][]openbis.File)
	s.cache = make(map[tree.Key]*preview)
	s.types = make(map[openbis.Kind]map[string]openbis.EntityType)
	s.preview, s.offset, s.done = nil, 0, false
}

// reset forgets everything of the server before.
func (s *browseScreen) reset() {
	for _, t := range []*task{&s.spaces, &s.filter, &s.search, &s.look, &s.wait} {
		s.app.stop(t)
	}
	for _, t := range s.loads {
		s.app.stop(t)
	}
	s.app.tree = tree.New()
	s.clear()
}

func (s *browseScreen) enter() tea.Cmd {
	if s.done || s.spaces.busy {
		return s.moved()
	}
	return s.loadSpaces()
}

func (s *browseScreen) paste(m tea.PasteMsg) tea.Cmd {
	if s.asking == askNothing {
		return nil
	}
	s.input, _ = s.input.Update(m)
	return s.typed()
}

func (s *browseScreen) typing() bool { return s.asking != askNothing }

func (s *browseScreen) key(k tea.KeyPressMsg) tea.Cmd {
	if s.asking != askNothing {
		return s.askKey(k)
	}
	t := s.app.tree
	id, _ := t.Cursor()
	switch k.String() {
	case "up", "k":
		return s.move(-1)
	case "down", "j":
		return s.move(1)
	case "pgup", "ctrl+u":
		return s.move(-max(s.height-1, 1))
	case "pgdown", "ctrl+d":
		return s.move(max(s.height-1, 1))
	case "home", "g":
		return s.move(-t.RowCount())
	case "end", "G":
		return s.move(t.RowCount())
	case "right", "l":
		return s.right(id)
	case "left":
		return s.left(id)
	case "space":
		return s.toggle(id)
	case "o":
		return s.only(id)
	case "enter":
		if id != 0 && t.Item(id).Kind == tree.More {
			return s.load(id, pageSize)
		}
		return s.onward()
	case "/":
		return s.ask(askFilter)
	case "s":
		return s.ask(askSearch)
	case "h":
		t.ShowHidden(!t.Hidden())
		if t.Hidden() {
			s.app.say("The ELN's system spaces are shown.")
		} else {
			s.app.say("The ELN's system spaces are hidden.")
		}
	case "r":
		return s.retry(id)
	case "p":
		s.full, s.ptop = !s.full, 0
		return s.moved()
	case "[":
		s.ptop = max(s.ptop-3, 0)
	case "]":
		s.ptop += 3
	case "e":
		s.app.back = s.app.at
		return s.app.goTo(atExports)
	case "X":
		s.askClear()
	case "esc":
		return s.escape()
	}
	return nil
}

// escape undoes one thing at a time: preview, filter, search; then goes back.
func (s *browseScreen) escape() tea.Cmd {
	t := s.app.tree
	text, _ := t.Filtering()
	switch {
	case s.full:
		s.full = false
	case text != "":
		t.Filter("")
		s.input.SetValue("")
	case s.search.busy:
		s.app.stop(&s.search)
	case t.HasFound():
		t.SetFound(nil)
	default:
		return s.app.goTo(atToken)
	}
	return s.moved()
}

func (s *browseScreen) move(by int) tea.Cmd {
	s.app.tree.Move(by)
	return s.moved()
}

func (s *browseScreen) right(id tree.ID) tea.Cmd {
	t := s.app.tree
	if id == 0 {
		return nil
	}
	if t.Item(id).Kind == tree.More {
		return s.load(id, pageSize)
	}
	if !t.Foldable(id) {
		return nil
	}
	if t.Open(id) {
		return s.move(1)
	}
	t.Unfold(id)
	if st, _ := t.State(id); st == tree.Unloaded || st == tree.Failed {
		return s.load(id, pageSize)
	}
	return nil
}

func (s *browseScreen) left(id tree.ID) tea.Cmd {
	t := s.app.tree
	if id == 0 {
		return nil
	}
	node := id
	if t.Item(id).Kind == tree.More {
		node = t.Parent(id)
	}
	if work := s.loads[node]; work != nil { // leaving what is waited for
		s.app.stop(work)
		delete(s.loads, node)
		t.Cancel(node)
	}
	if !t.Fold(id) {
		if p := t.Parent(id); p != 0 && t.Item(p).Kind != tree.Section {
			t.SetCursor(p)
		}
	}
	return s.moved()
}

func (s *browseScreen) toggle(id tree.ID) tea.Cmd {
	t := s.app.tree
	if id == 0 {
		return nil
	}
	switch it := t.Item(id); it.Kind {
	case tree.More:
		return s.load(id, pageSize)
	case tree.File:
		if !t.ToggleFile(id) {
			s.app.fail("List all files first (down to the end): what stays could not be said otherwise.")
		}
	default:
		t.Toggle(id)
		if it.LeftOut != "" && t.Mark(id) == tree.Full {
			s.app.say("Its page is exported; its data is left out: " + leftOutWhy(it.LeftOut))
		}
	}
	return s.countSelection()
}

func (s *browseScreen) only(id tree.ID) tea.Cmd {
	if id != 0 && !s.app.tree.ToggleOnly(id) {
		s.app.fail("A mark above takes this with everything below; take that one away first.")
	}
	return nil
}

func (s *browseScreen) retry(id tree.ID) tea.Cmd {
	if !s.done {
		return s.loadSpaces()
	}
	if id == 0 {
		return nil
	}
	if st, _ := s.app.tree.State(id); st == tree.Failed {
		return s.load(id, pageSize)
	}
	return nil
}

func (s *browseScreen) askClear() {
	if s.app.tree.Empty() {
		return
	}
	s.app.ask(&dialog{title: "Clear the selection?", choices: []choice{
		{"k", "keep it", nil},
		{"c", "clear it", func() tea.Cmd { s.app.tree.Clear(); return nil }},
	}})
}

// onward goes to the describe screen, if there is something to describe.
func (s *browseScreen) onward() tea.Cmd {
	if s.app.tree.Empty() {
		s.app.fail("Nothing is selected yet: space selects what the cursor is on.")
		return nil
	}
	return s.app.goTo(atDescribe)
}

// selection is what the engine is asked for.
func (a *app) selection() export.Selection {
	var sel export.Selection
	for _, r := range a.tree.Rules() {
		sel.Rules = append(sel.Rules, export.Rule{
			Mode: export.Mode(r.Mode), Kind: openbis.Kind(r.Kind), PermID: r.PermID, Label: r.Label,
		})
	}
	for _, f := range a.tree.Files() {
		sel.Files = append(sel.Files, export.FileRule{DataSet: f.DataSet, Glob: globOf(f.Path)})
	}
	return sel
}

func (s *browseScreen) ask(what asking) tea.Cmd {
	s.asking = what
	s.input.SetValue("")
	if what == askFilter {
		text, _ := s.app.tree.Filtering()
		s.input.SetValue(text)
	}
	s.input.CursorEnd()
	return s.input.Focus()
}

func (s *browseScreen) askKey(k tea.KeyPressMsg) tea.Cmd {
	was := s.asking
	switch k.String() {
	case "esc":
		s.asking = askNothing
		if was == askFilter {
			s.app.stop(&s.filter)
			s.app.tree.Filter("")
		}
		return s.moved()
	case "enter":
		s.asking = askNothing
		if was == askSearch {
			return s.searchServer(s.input.Value())
		}
		s.app.stop(&s.filter)
		s.app.tree.Filter(s.input.Value())
		return s.moved()
	case "up", "down", "pgup", "pgdown":
		if was == askFilter {
			s.asking = askNothing
			return s.key(k)
		}
	}
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(k)
	return tea.Batch(cmd, s.typed())
}

// typed filters what is loaded; in a large tree once the typing pauses.
func (s *browseScreen) typed() tea.Cmd {
	if s.asking != askFilter {
		return nil
	}
	apply := func() tea.Cmd {
		s.app.tree.Filter(s.input.Value())
		return s.moved()
	}
	if s.app.tree.Len() < 20_000 {
		return apply()
	}
	return s.app.later(&s.filter, 100*time.Millisecond, apply)
}

// searchServer asks openBIS and shows what it found above the tree.
func (s *browseScreen) searchServer(text string) tea.Cmd {
	if text == "" {
		return nil
	}
	sess := s.app.sess
	return s.app.do(&s.search, "Searching openBIS for "+text, time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		found, err := sess.SearchText(ctx, text, searchLimit)
		return func() tea.Cmd {
			if err != nil {
				return s.app.failed(err, func() tea.Cmd { return s.searchServer(text) })
			}
			items := make([]tree.Item, 0, len(found))
			for i := range found {
				it := itemOf(&found[i])
				it.Above = aboveOf(&found[i])
				items = append(items, it)
			}
			s.app.tree.SetFound(items)
			switch {
			case len(items) == 0:
				s.app.fail("openBIS found nothing for " + text)
			case len(items) == searchLimit:
				s.app.say("The first " + human.Count(len(items), "hit", "hits") + "; esc takes them away.")
			default:
				s.app.say(human.Count(len(items), "hit", "hits") + "; esc takes them away.")
			}
			return s.moved()
		}
	})
}

const searchLimit = 200

func leftOutWhy(reason string) string {
	switch reason {
	case "link":
		return "the bytes are outside of openBIS"
	case "archived":
		return "the bytes are in the archive, until unarchived (a choice at the review)"
	case "container":
		return "a container has no bytes of its own"
	}
	return reason
}

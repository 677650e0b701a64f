package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
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
	field  textinput.Model
	asking asking

	spaces task
	filter task
	search task
	loads  map[tree.ID]*task
	counts map[tree.Key]*task // openBIS counts what is below these
	budget int                // rows that may still be opened to count the selection
	done   bool               // the spaces are there

	look    task
	wait    task
	preview *preview // of the row under the cursor, as far as it is known
	cache   map[tree.Key]*preview
	types   map[openbis.Kind]map[string]openbis.EntityType
	full    bool // the preview takes the whole screen
	ptop    int
}

func newBrowse(a *app) screen {
	s := &browseScreen{app: a}
	s.field = a.newInput("", false)
	s.clear()
	return s
}

func (s *browseScreen) restyle() { s.field.SetStyles(s.app.th.input()) }

func (s *browseScreen) clear() {
	s.loads = make(map[tree.ID]*task)
	s.counts = make(map[tree.Key]*task)
	s.cache = make(map[tree.Key]*preview)
	s.types = make(map[openbis.Kind]map[string]openbis.EntityType)
	s.preview, s.offset, s.done = nil, 0, false
}

// anew forgets everything of the server before.
func (s *browseScreen) anew() {
	for _, t := range []*task{&s.spaces, &s.filter, &s.search, &s.look, &s.wait} {
		s.app.stop(t)
	}
	for _, t := range s.loads {
		s.app.stop(t)
	}
	for _, t := range s.counts {
		s.app.stop(t)
	}
	s.clear()
}

func (s *browseScreen) enter(bool) tea.Cmd {
	if s.done || s.spaces.busy {
		return s.moved()
	}
	return s.loadSpaces()
}

func (s *browseScreen) input(m tea.Msg) tea.Cmd {
	if s.asking == askNothing {
		return nil
	}
	var cmd tea.Cmd
	s.field, cmd = s.field.Update(m)
	return tea.Batch(cmd, s.typed())
}

func (s *browseScreen) typing() bool { return s.asking != askNothing }

func (s *browseScreen) actions() []action {
	if s.asking != askNothing {
		return s.askActions()
	}
	t := s.app.flow.Tree
	move := func(by func() int) func() tea.Cmd { return func() tea.Cmd { return s.move(by()) } }
	fixed := func(by int) func() tea.Cmd { return func() tea.Cmd { return s.move(by) } }
	at := func(f func(tree.ID) tea.Cmd) func() tea.Cmd {
		return func() tea.Cmd {
			id, _ := t.Cursor()
			return f(id)
		}
	}
	page := max(s.height-1, 1)
	scroll := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.ptop = max(s.ptop+by, 0)
			return nil
		}
	}
	return []action{
		on("space", "space", "select", at(s.toggle)),
		on("enter", "enter", "continue", at(s.enterKey)),
		on("right l", "←→", "fold", at(s.right)),
		on("left", "", "", at(s.left)),
		on("/", "/", "filter", func() tea.Cmd { return s.ask(askFilter) }),
		on("s", "s", "search", func() tea.Cmd { return s.ask(askSearch) }),
		on("o", "o", "only this", at(s.only)),
		on("p", "p", "preview", func() tea.Cmd {
			s.full, s.ptop = !s.full, 0
			return s.moved()
		}),
		on("h", "h", "hidden spaces", s.hidden),
		on("r", "r", "try again", at(s.retry)),
		on("X", "X", "clear", s.askClear),
		on("e", "e", "exports", s.app.toExports),
		on("]", "[ ]", "scroll preview", scroll(3)),
		on("[", "", "", scroll(-3)),
		on("up k", "", "", fixed(-1)),
		on("down j", "", "", fixed(1)),
		on("pgup ctrl+u", "", "", fixed(-page)),
		on("pgdown ctrl+d", "", "", fixed(page)),
		on("home g", "", "", move(func() int { return -t.RowCount() })),
		on("end G", "", "", move(t.RowCount)),
		on("esc", "", "", s.escape),
	}
}

func (s *browseScreen) enterKey(id tree.ID) tea.Cmd {
	if id != 0 && s.app.flow.Tree.Item(id).Kind == tree.More {
		return s.load(id, flow.PageSize)
	}
	return s.onward()
}

func (s *browseScreen) hidden() tea.Cmd {
	t := s.app.flow.Tree
	t.ShowHidden(!t.Hidden())
	if t.Hidden() {
		s.app.say("The ELN's system spaces are shown.")
	} else {
		s.app.say("The ELN's system spaces are hidden.")
	}
	return nil
}

// escape undoes one thing at a time: preview, filter, search; then goes back.
func (s *browseScreen) escape() tea.Cmd {
	t := s.app.flow.Tree
	text, _, _ := t.Filtering()
	switch {
	case s.full:
		s.full = false
	case text != "":
		t.Filter("")
		s.field.SetValue("")
	case s.search.busy:
		s.app.stop(&s.search)
	case t.HasFound():
		t.SetFound(nil)
	default:
		return s.app.backTo(atToken)
	}
	return s.moved()
}

func (s *browseScreen) move(by int) tea.Cmd {
	s.app.flow.Tree.Move(by)
	return s.moved()
}

func (s *browseScreen) right(id tree.ID) tea.Cmd {
	t := s.app.flow.Tree
	if id == 0 {
		return nil
	}
	if t.Item(id).Kind == tree.More {
		return s.load(id, flow.PageSize)
	}
	if !t.Foldable(id) {
		return nil
	}
	if t.Open(id) {
		return s.move(1)
	}
	t.Unfold(id)
	if st, _ := t.State(id); st == tree.Unloaded || st == tree.Failed {
		return s.load(id, flow.PageSize)
	}
	return nil
}

func (s *browseScreen) left(id tree.ID) tea.Cmd {
	t := s.app.flow.Tree
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
	t := s.app.flow.Tree
	if id == 0 {
		return nil
	}
	it := t.Item(id)
	switch {
	case it.Kind == tree.More:
		return s.load(id, flow.PageSize)
	case !t.Toggle(id):
		s.app.fail(flow.CutChoice)
	case s.app.flow.OnlyLinks():
		s.app.failWhile(flow.OnlyLinksText, s.app.flow.OnlyLinks)
	case it.LeftOut != "" && t.Mark(id) == tree.Full:
		s.app.say("Its page is exported; its data is left out: " + flow.LeftOutWhy(it.LeftOut))
	}
	return s.countSelection()
}

func (s *browseScreen) only(id tree.ID) tea.Cmd {
	if id != 0 && !s.app.flow.Tree.ToggleOnly(id) {
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
	if st, _ := s.app.flow.Tree.State(id); st == tree.Failed {
		return s.load(id, flow.PageSize)
	}
	return nil
}

func (s *browseScreen) askClear() tea.Cmd {
	if s.app.flow.Tree.Empty() {
		return nil
	}
	s.app.ask(&dialog{title: "Clear the selection?", choices: []choice{
		{"k", "keep it", nil},
		{"c", "clear it", func() tea.Cmd { s.app.flow.Tree.Clear(); return nil }},
	}})
	return nil
}

// onward goes to the describe screen, if there is something to describe.
func (s *browseScreen) onward() tea.Cmd {
	if why := s.app.flow.AgainstDescribe(); why != "" {
		s.app.failWhile(why, func() bool { return s.app.flow.AgainstDescribe() != "" })
		return nil
	}
	return s.app.goTo(atDescribe)
}

func (s *browseScreen) ask(what asking) tea.Cmd {
	s.asking = what
	s.field.SetValue("")
	if what == askFilter {
		text, _, _ := s.app.flow.Tree.Filtering()
		s.field.SetValue(text)
	}
	s.field.CursorEnd()
	return s.field.Focus()
}

func (s *browseScreen) askActions() []action {
	t := s.app.flow.Tree
	done := func(f func() tea.Cmd) func() tea.Cmd {
		return func() tea.Cmd {
			s.asking = askNothing
			s.app.stop(&s.filter)
			return f()
		}
	}
	if s.asking == askSearch {
		return []action{
			on("enter", "enter", "search", done(func() tea.Cmd { return s.searchServer(s.field.Value()) })),
			on("esc", "esc", "back to the tree", done(s.moved)),
		}
	}
	keep := func() tea.Cmd { return s.filterBy(s.field.Value()) }
	rows := func(by int) func() tea.Cmd { return done(func() tea.Cmd { return s.move(by) }) }
	return []action{
		on("enter", "enter", "keep it", done(keep)),
		on("down", "↑↓", "to the rows", rows(1)),
		on("up", "", "", rows(-1)),
		on("pgdown", "", "", rows(max(s.height-1, 1))),
		on("pgup", "", "", rows(-max(s.height-1, 1))),
		on("esc", "esc", "all rows again", done(func() tea.Cmd {
			t.Filter("")
			return s.moved()
		})),
	}
}

// typed filters what is loaded; in a large tree once the typing pauses.
func (s *browseScreen) typed() tea.Cmd {
	if s.asking != askFilter {
		return nil
	}
	return s.filterBy(s.field.Value())
}

// filterBy reduces the tree to what holds a text. A large tree is looked through
// in steps, so that typing goes on.
func (s *browseScreen) filterBy(text string) tea.Cmd {
	t := s.app.flow.Tree
	s.app.stop(&s.filter)
	if t.Filter(text) {
		return s.moved()
	}
	return s.filterOn()
}

const (
	filterStep  = 50_000 // rows looked at between two keys
	filterPause = time.Millisecond
)

func (s *browseScreen) filterOn() tea.Cmd {
	return s.app.later(&s.filter, filterPause, func() tea.Cmd {
		if s.app.flow.Tree.FilterMore(filterStep) {
			return s.moved()
		}
		return s.filterOn()
	})
}

// searchServer asks openBIS and shows what it found above the tree.
func (s *browseScreen) searchServer(text string) tea.Cmd {
	if text == "" {
		return nil
	}
	sess := s.app.flow.Session
	return s.app.do(&s.search, "Searching openBIS for "+text, time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		found, err := sess.SearchText(ctx, text, flow.SearchLimit)
		return func() tea.Cmd {
			if err != nil {
				return s.app.failed(err, func() tea.Cmd { return s.searchServer(text) })
			}
			items := make([]tree.Item, 0, len(found))
			for i := range found {
				items = append(items, flow.FoundItem(&found[i]))
			}
			s.app.flow.Tree.SetFound(items)
			switch {
			case len(items) == 0:
				s.app.fail("openBIS found nothing for " + text)
			case len(items) == flow.SearchLimit:
				s.app.say("The first " + human.Count(len(items), "hit", "hits") + "; esc takes them away.")
			default:
				s.app.say(human.Count(len(items), "hit", "hits") + "; esc takes them away.")
			}
			return s.moved()
		}
	})
}

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
	askPlace
)

// browseScreen is the lazy tree with its preview.
type browseScreen struct {
	app    *app
	offset int // first row on the screen
	height int // rows of the last view, for paging
	field  textinput.Model
	asking asking
	wrong  string // with what was asked for

	spaces task
	filter task
	search task
	place  task
	told   task // what was published before
	lookUp task // of what is selected but not loaded
	family task // of what is below selected objects
	sorts  task // many rows are being sorted
	taking task // many rows are being selected
	taken  string
	loads  map[tree.ID]*task
	inside map[tree.ID]bool   // the cursor goes in once the children are there
	counts map[tree.Key]*task // openBIS counts what is below these
	weighs bool               // the selection is counted as it changes
	done   bool               // the spaces are there

	from  tree.ID // where a range begins, 0 without one
	trail trail

	hits       hits
	before     tree.Key // where the cursor was before the search
	unfiltered tree.ID  // and before the filter
	lost       string   // a place that was asked for and not found
	pane       pane
}

func newBrowse(a *app) screen {
	s := &browseScreen{app: a}
	s.field = a.newInput("", false)
	s.pane.app = a
	s.clear()
	return s
}

func (s *browseScreen) restyle() { s.field.SetStyles(s.app.th.Input()) }

func (s *browseScreen) clear() {
	s.loads, s.inside = make(map[tree.ID]*task), make(map[tree.ID]bool)
	s.counts = make(map[tree.Key]*task)
	s.offset, s.done, s.from, s.trail, s.hits.query = 0, false, 0, trail{}, ""
	s.lost, s.unfiltered = "", 0
	s.pane.clear()
}

// anew forgets everything of the server before.
func (s *browseScreen) anew() {
	for _, t := range []*task{&s.spaces, &s.filter, &s.search, &s.place, &s.lookUp, &s.family, &s.told, &s.sorts, &s.taking} {
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
	s.wrong = ""
	var cmd tea.Cmd
	s.field, cmd = s.field.Update(m)
	if s.asking == askFilter {
		return tea.Batch(cmd, s.filterBy(s.field.Value()))
	}
	return cmd
}

func (s *browseScreen) typing() bool { return s.asking != askNothing }

func (s *browseScreen) tree() *tree.Tree { return s.app.flow.Tree }

func (s *browseScreen) cursor() tree.ID {
	id, row := s.tree().Cursor()
	if row < 0 {
		return 0
	}
	return id
}

func (s *browseScreen) actions() []action {
	switch {
	case s.asking != askNothing:
		return s.askActions()
	case s.pane.focused:
		return s.paneActions()
	case s.taking.busy && !s.tree().Undoing():
		return []action{on("esc", "esc", "stop there", s.escape)}
	case s.taking.busy:
		return nil
	}
	t := s.tree()
	text, _, _ := t.Filtering()
	found, page := t.HasFound(), max(s.height-1, 1)
	move := func(by int) func() tea.Cmd { return func() tea.Cmd { return s.move(by) } }
	ask := func(what asking) func() tea.Cmd { return func() tea.Cmd { return s.ask(what) } }
	space, does := "select", "select it with everything below it, or deselect it"
	if s.from != 0 {
		space, does = "take range", "select all rows of the range, or deselect them"
	}
	return append([]action{
		on("space", "space", space, s.selectHere).help(choosing, does, "space on a project: all of it, at export time"),
		on("enter", "enter", "continue", s.enterKey).help(going, "go on to describe what is selected", ""),
		on("right l", "←→", "fold", s.right).help(moving, "unfold, and go in; ← folds, and goes up", "→ on a data set shows its files"),
		on("left", "", "", s.left),
		on("/", "/", "filter", ask(askFilter)).help(finding, "show only loaded rows that hold a text", "/ thin"),
		on(
			"n",
			"n",
			"next match",
			func() tea.Cmd { t.NextMatch(false); return s.moved() },
		).when(text != "").
			help(finding, "next match; N the one before", ""),
		on("N", "", "", func() tea.Cmd { t.NextMatch(true); return s.moved() }).when(text != ""),
		on("s", "s", "search", ask(askSearch)).help(finding, "ask the server, with words and fields", "s coating type:ENTRY from:2025-01-01"),
		on("a", "a", "select hits", s.selectHits).when(found).help(choosing, "select everything that was found", ""),
		on("g", "g", "go to", ask(askPlace)).help(finding, "go to a path, permId or pasted link", "g /LAB/THIN_FILMS/EXP1"),
		on("T", "T", "tray", func() tea.Cmd { return s.app.goTo(atTray) }).help(choosing, "what is selected, as a list; earlier selections", ""),
		on("o", "o", "only this", s.only).help(choosing, "select it alone, nothing below it", "o on a collection: its page only"),
		on("u", "u", "undo", s.undo).help(choosing, "undo the last change of the selection", ""),
		on("v", "v", "range", s.startRange).help(choosing, "begin a range; move, then space", "v ↓ ↓ space: three rows"),
		on("t", "t", "by type", s.askType).help(choosing, "select all of a type below the cursor", ""),
		on("i", "i", "invert", s.invert).help(choosing, "invert the selection among the siblings", ""),
		on("X", "X", "clear", s.askClear).help(choosing, "clear the selection", ""),
		on("p tab", "p", "preview", s.focusPane).help(moving, "into the preview: scroll, go to relatives", ""),
		on("S", "S", "sort", s.sort).help(moving, "next order: ELN, name, code, date, type", ""),
		on(
			"[",
			"[ ]",
			"back, forward",
			func() tea.Cmd { return s.step(-1) },
		).when(s.trail.can(-1) || s.trail.can(1)).
			help(moving, "back to where you came from, and forward again", ""),
		on("]", "", "", func() tea.Cmd { return s.step(1) }),
		on("h", "h", "hidden spaces", s.hidden).help(moving, "show or hide the ELN's system spaces", ""),
		on("r", "r", "try again", s.retry).help(moving, "load again what failed", ""),
		on("e", "e", "exports", s.app.toExports).help(going, "exports started earlier", ""),
		on("up k", "", "", move(-1)).help(moving, "move; pgup, pgdown, home, end", ""),
		on("down j", "", "", move(1)),
		on("pgup ctrl+u", "", "", move(-page)),
		on("pgdown ctrl+d", "", "", move(page)),
		on("home", "", "", func() tea.Cmd { return s.move(-t.RowCount()) }),
		on("end G", "", "", func() tea.Cmd { return s.move(t.RowCount()) }),
		on("esc", "", "", s.escape),
	}, s.chipActions()...)
}

func (s *browseScreen) legend() string {
	return "☑ with everything below, at export time   ▣ a part of it\n◉ only this, nothing below   ☒ taken out   ☐ not selected\n" +
		"Taking a mark away below a marked row takes that branch out."
}

func (s *browseScreen) enterKey() tea.Cmd {
	if id := s.cursor(); id != 0 && s.tree().Kind(id) == tree.More {
		return s.load(id, flow.PageSize)
	}
	return s.onward()
}

// onward goes to the describe screen, if there is something to describe.
func (s *browseScreen) onward() tea.Cmd {
	if why := s.app.flow.AgainstDescribe(); why != "" {
		if s.tree().Empty() {
			why = "Nothing is selected yet: press space" // fits 40 columns
		}
		s.app.failWhile(why, func() bool { return s.app.flow.AgainstDescribe() != "" })
		return nil
	}
	return s.app.goTo(atDescribe)
}

// escape undoes one thing at a time: range, search, filter. With nothing left it
// stops once, so that one esc too many does not leave.
func (s *browseScreen) escape() tea.Cmd {
	t := s.tree()
	text, _, _ := t.Filtering()
	switch {
	case s.from != 0:
		s.from = 0
	case s.taking.busy:
		s.app.stop(&s.taking)
		s.app.say(s.taken + " done; u undoes it.")
		return s.countSelection()
	case s.search.busy:
		s.app.stop(&s.search)
	case s.place.busy:
		s.app.stop(&s.place)
	case t.HasFound():
		t.SetFound(nil)
		s.hits = hits{}
		if id, ok := t.Find(s.before); ok {
			t.SetCursor(id)
		}
		return tea.Batch(s.moved(), s.countSelection())
	case text != "":
		return s.allRows(true)
	case !s.app.again("esc"):
		s.app.hint("esc once more goes back to the token; what is selected stays.")
		return nil
	default:
		return s.app.backTo(atToken)
	}
	return s.moved()
}

func (s *browseScreen) move(by int) tea.Cmd {
	s.tree().Move(by)
	return s.moved()
}

func (s *browseScreen) right() tea.Cmd {
	t, id := s.tree(), s.cursor()
	if id == 0 {
		return nil
	}
	if t.Kind(id) == tree.More {
		return s.load(id, flow.PageSize)
	}
	if !t.Foldable(id) {
		return nil
	}
	st, _ := t.State(id)
	if t.Open(id) {
		if st == tree.Loading { // in, as soon as there is something to go to
			s.inside[id] = true
			return nil
		}
		return s.move(1)
	}
	t.Unfold(id)
	if st == tree.Unloaded || st == tree.Failed {
		return s.load(id, flow.PageSize)
	}
	return nil
}

func (s *browseScreen) left() tea.Cmd {
	t, id := s.tree(), s.cursor()
	if id == 0 {
		return nil
	}
	node := id
	if t.Kind(id) == tree.More {
		node = t.Parent(id)
	}
	delete(s.inside, node)
	if work := s.loads[node]; work != nil { // leaving what is waited for
		s.app.stop(work)
		delete(s.loads, node)
		t.Cancel(node)
	}
	if !t.Fold(id) {
		if p := t.Parent(id); p != 0 && t.Kind(p) != tree.Section {
			t.SetCursor(p)
		}
	}
	return s.moved()
}

func (s *browseScreen) hidden() tea.Cmd {
	t := s.tree()
	t.ShowHidden(!t.Hidden())
	if t.Hidden() {
		s.app.say("The ELN's system spaces are shown.")
	} else {
		s.app.say("The ELN's system spaces are hidden.")
	}
	return nil
}

func (s *browseScreen) retry() tea.Cmd {
	if !s.done || s.tree().Len() == 0 {
		return s.loadSpaces()
	}
	id := s.cursor()
	if id == 0 {
		return nil
	}
	if st, _ := s.tree().State(id); st == tree.Failed {
		return s.load(id, flow.PageSize)
	}
	return nil
}

// sort goes to the next order of the kind that the cursor is on.
func (s *browseScreen) sort() tea.Cmd {
	t, id := s.tree(), s.cursor()
	if id == 0 {
		return nil
	}
	kind := t.Kind(id)
	if t.IsFound(id) {
		s.app.hint("Search results stand as openBIS found them.")
		return nil
	}
	switch kind {
	case openbis.KindSpace, openbis.KindProject, openbis.KindCollection, openbis.KindObject, openbis.KindDataSet:
	default:
		s.app.hint("Files are sorted by name, folders first.")
		return nil
	}
	o := t.OrderOf(kind).Next()
	todo := t.Order(kind, o)
	text := flow.KindsName(kind) + " " + o.String() + "."
	if p := t.Parent(id); p != 0 {
		if st, _ := t.State(p); st != tree.Loaded || t.Unsorted(p) {
			text += " Sorted here once all are loaded."
		}
	}
	return s.arrange(todo, text)
}

// sortAtOnce is how many rows are sorted before the key is answered.
const sortAtOnce = 2_000

// arrange sorts rows and shows them so: many of them beside the screen, with a
// sign meanwhile. It says so at the end.
func (s *browseScreen) arrange(todo *tree.Sorting, said string) tea.Cmd {
	t := s.tree()
	var show func() tea.Cmd
	show = func() tea.Cmd {
		if t != s.tree() {
			return nil // of a session that is gone
		}
		if !t.ArrangeMore(todo, filterStep) {
			return s.app.later(&s.sorts, filterPause, show)
		}
		if said != "" {
			s.app.say(said)
		}
		if late := t.Late(); late != nil {
			return tea.Batch(s.moved(), s.arrange(late, ""))
		}
		return s.moved()
	}
	if todo.Count() <= sortAtOnce {
		todo.Sort()
		t.Arrange(todo)
		if said != "" {
			s.app.say(said)
		}
		return s.moved()
	}
	return s.app.do(&s.sorts, "Sorting "+human.Count(todo.Count(), "row", "rows"), patience, func(context.Context, *stage) func() tea.Cmd {
		todo.Sort()
		return show
	})
}

// trail is where the cursor jumped from.
type trail struct {
	keys []tree.Key
	at   int // the place now
}

func (r *trail) can(by int) bool { return r.at+by >= 0 && r.at+by < len(r.keys) }

// jumped notes a jump from one entity to another.
func (s *browseScreen) jumped(from, to tree.Key) {
	r := &s.trail
	r.keys = append(r.keys[:min(r.at, len(r.keys))], from, to)
	r.at = len(r.keys) - 1
}

// step goes along the trail.
func (s *browseScreen) step(by int) tea.Cmd {
	if !s.trail.can(by) {
		s.app.hint("No further.")
		return nil
	}
	s.trail.at += by
	k := s.trail.keys[s.trail.at]
	if id, ok := s.tree().Find(k); ok {
		s.tree().Reveal(id)
		return s.moved()
	}
	return s.goToEntity(k.Kind, k.PermID, false)
}

// moved follows the cursor with the preview.
func (s *browseScreen) moved() tea.Cmd { return s.pane.follow(s.cursor(), s.app.at == atBrowse) }

// previewRest is how long the cursor rests before the server is asked about it.
const previewRest = 150 * time.Millisecond

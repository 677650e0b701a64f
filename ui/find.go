package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/session"
	"zenobis/tree"
	"zenobis/ui/cells"
)

// hits is what the last search came to.
type hits struct {
	query        string
	chips        []flow.Chip
	shown, total int // total is -1 where the server did not tell
}

func (s *browseScreen) ask(what asking) tea.Cmd {
	s.asking, s.wrong = what, ""
	text := ""
	switch what {
	case askFilter:
		if text, _, _ = s.tree().Filtering(); text == "" {
			s.unfiltered = s.cursor()
		}
	case askPlace:
		text = s.lost
	case askSearch:
		text = s.hits.query
	}
	s.field.SetValue(text)
	s.field.CursorEnd()
	return s.field.Focus()
}

func (s *browseScreen) askActions() []action {
	done := func(f func() tea.Cmd) func() tea.Cmd {
		return func() tea.Cmd {
			s.asking = askNothing
			return f()
		}
	}
	value := func() string { return strings.TrimSpace(s.field.Value()) }
	back := on("esc", "esc", "back", done(s.moved))
	switch s.asking {
	case askSearch:
		return []action{
			on("enter", "enter", "search", done(func() tea.Cmd { return s.runSearch(value(), flow.SearchLimit, nil) })),
			on("up", "↑↓", "earlier searches", func() tea.Cmd { s.recall(1); return nil }),
			on("down", "", "", func() tea.Cmd { s.recall(-1); return nil }),
			back,
		}
	case askPlace:
		return []action{on("enter", "enter", "go there", done(func() tea.Cmd { return s.goToPlace(value()) })), back}
	}
	rows := func(by int) func() tea.Cmd { return done(func() tea.Cmd { return s.move(by) }) }
	page := max(s.height-1, 1)
	return []action{
		on("enter", "enter", "keep it", done(s.toMatch)),
		on("down", "↑↓", "to the rows", rows(1)),
		on("up", "", "", rows(-1)),
		on("pgdown", "", "", rows(page)),
		on("pgup", "", "", rows(-page)),
		on("esc", "esc", "all rows", done(func() tea.Cmd { return s.allRows(false) })),
	}
}

// allRows ends the filter. The cursor stays on a row that matched, or that it was moved
// to while the filter was kept; else it goes back to where it was before.
func (s *browseScreen) allRows(kept bool) tea.Cmd {
	t := s.tree()
	s.app.stop(&s.filter)
	stays := t.RowCount() > 0 && (kept || t.Matches(s.cursor()))
	t.Filter("")
	if !stays && s.unfiltered != 0 {
		t.SetCursor(s.unfiltered)
	}
	return s.moved()
}

// recall puts an earlier search into the field.
func (s *browseScreen) recall(by int) {
	list := s.app.flow.Searches
	at := -1
	for i, q := range list {
		if q == s.field.Value() {
			at = i
		}
	}
	if at += by; at >= 0 && at < len(list) {
		s.field.SetValue(list[at])
	} else if at < 0 {
		s.field.SetValue("")
	}
	s.field.CursorEnd()
}

// filterBy reduces the tree to what holds a text. A large tree is looked through
// in steps, so that typing goes on.
func (s *browseScreen) filterBy(text string) tea.Cmd {
	s.app.stop(&s.filter)
	if s.tree().Filter(text) {
		return s.moved()
	}
	return s.filterOn()
}

// toMatch leaves the field and puts the cursor on a row that matches: what is
// selected next is not what only holds one.
func (s *browseScreen) toMatch() tea.Cmd {
	if id := s.cursor(); id != 0 && !s.tree().Matches(id) {
		s.tree().NextMatch(false)
	}
	return s.moved()
}

const (
	filterStep  = 10_000 // rows looked at between two keys
	filterPause = time.Millisecond
)

func (s *browseScreen) filterOn() tea.Cmd {
	return s.app.later(&s.filter, filterPause, func() tea.Cmd {
		if s.tree().FilterMore(filterStep) {
			return s.moved()
		}
		return s.filterOn()
	})
}

// runSearch asks openBIS and shows what it found above the tree.
func (s *browseScreen) runSearch(text string, limit int, then func() tea.Cmd) tea.Cmd {
	q, chips, err := flow.ParseQuery(text)
	switch {
	case err != nil:
		return s.wrongSearch(text, err)
	case q.Empty():
		return nil
	}
	f := s.app.flow
	f.Remember(text)
	sess := f.Session
	return s.app.do(&s.search, "Searching openBIS for "+text, time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
		found, total, err := flow.Find(ctx, sess, q, min(limit, flow.SearchMost))
		return func() tea.Cmd {
			if wrong := (*flow.QueryError)(nil); errors.As(err, &wrong) {
				return s.wrongSearch(text, wrong)
			}
			if err != nil {
				return s.app.failed(err, func() tea.Cmd { return s.runSearch(text, limit, then) })
			}
			items := make([]tree.Item, len(found))
			for i := range found {
				items[i] = flow.FoundItem(&found[i])
			}
			s.tree().Filter("")
			if !s.tree().HasFound() { // esc comes back here
				s.before = s.tree().Key(s.cursor())
			}
			s.tree().SetFound(items)
			s.offset = 0
			s.hits = hits{query: text, chips: chips, shown: len(items), total: total}
			switch {
			case len(items) == 0:
				s.app.fail("openBIS found nothing for " + text + "; s changes the search.")
			case then != nil:
				return then()
			default:
				s.app.say(session.Sentence(flow.HitsText(len(items), total)) + " a selects them, esc closes the search.")
			}
			return s.moved()
		}
	})
}

// wrongSearch asks for a search again, as it was typed, and says what is wrong.
func (s *browseScreen) wrongSearch(text string, err error) tea.Cmd {
	cmd := s.ask(askSearch)
	s.field.SetValue(text)
	s.field.CursorEnd()
	s.wrong = err.Error()
	return cmd
}

// chipActions take a condition of the search away.
func (s *browseScreen) chipActions() []action {
	var out []action
	for i, c := range s.hits.chips {
		if !s.tree().HasFound() || i == 9 || len(s.hits.chips) < 2 {
			break
		}
		n := strconv.Itoa(i + 1)
		out = append(out, on(n, n, "without "+c.Text, func() tea.Cmd {
			return s.runSearch(flow.Without(s.hits.chips, i), flow.SearchLimit, nil)
		}).help(finding, "search without "+c.Text, ""))
	}
	return out
}

// chipLine is the search as its conditions, each with the key that takes it away.
func (s *browseScreen) chipLine(w int) string {
	var parts []string
	for i, c := range s.hits.chips {
		text := c.Text
		if len(s.hits.chips) > 1 && i < 9 {
			text = strconv.Itoa(i+1) + "×" + text
		}
		parts = append(parts, "["+text+"]")
	}
	return cells.Spread(strings.Join(parts, " "), flow.HitsText(s.hits.shown, s.hits.total), w)
}

// goToPlace goes to a path, a permId, an identifier or a link, loading what is
// on the way.
func (s *browseScreen) goToPlace(text string) tea.Cmd {
	if text == "" {
		return nil
	}
	s.lost = text // until it is found: what was typed is not typed again
	return s.find(text, true)
}

func (s *browseScreen) goToEntity(kind openbis.Kind, permID string, note bool) tea.Cmd {
	return s.find(string(kind)+":"+permID, note)
}

// find looks a place up and puts the cursor on it; note remembers where it came from.
func (s *browseScreen) find(text string, note bool) tea.Cmd {
	a := s.app
	sess := a.flow.Session
	var from tree.Key
	if id := s.cursor(); id != 0 {
		from = s.tree().Key(id)
	}
	return a.do(&s.place, "Looking for "+text, patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		way, err := flow.FindPlace(ctx, sess, text)
		return func() tea.Cmd {
			switch {
			case errors.Is(err, flow.ErrNoPlace):
				a.fail(text + ": " + err.Error() + ".")
				return nil
			case err != nil:
				return a.failed(err, func() tea.Cmd { return s.find(text, note) })
			case !a.flow.Show(way):
				a.fail("Its space is not in the tree.")
				return nil
			}
			s.lost = ""
			if note {
				s.jumped(from, s.tree().Key(s.cursor()))
				a.say("At " + flow.PlaceText(way) + "; [ goes back.")
			}
			return tea.Batch(s.moved(), s.loadBeside(s.cursor()))
		}
	})
}

// loadBeside reads what stands beside a row that was gone to, on its way down: no row
// for more is left that may stand for nothing.
func (s *browseScreen) loadBeside(id tree.ID) tea.Cmd {
	t := s.tree()
	var cmds []tea.Cmd
	for up := t.Parent(id); up != 0 && t.Kind(up) != tree.Section; up = t.Parent(up) {
		if loaded, _ := t.Children(up); loaded == 1 && t.Unsorted(up) {
			cmds = append(cmds, s.load(up, flow.PageSize))
		}
	}
	return tea.Batch(cmds...)
}

// askLine is the field at the bottom while something is asked.
func (s *browseScreen) askLine(w int) string {
	switch s.asking {
	case askFilter:
		s.field.SetWidth(max(w-30, 8))
		_, n, done := s.tree().Filtering()
		text := human.Count(n, "loaded row", "loaded rows")
		switch {
		case s.field.Value() == "":
			text = "among loaded rows"
		case !done:
			text = "looking…"
		}
		return cells.Spread(labelled("/", &s.field), text, w)
	case askPlace:
		s.field.SetWidth(max(w-30, 8))
		label := "Go to (path, permId, link): "
		if w < 60 {
			label = "Go to: "
		}
		s.field.SetWidth(max(w-1-len(label), 8))
		return labelled(label, &s.field)
	}
	s.field.SetWidth(max(w-18, 8))
	if s.wrong != "" {
		s.field.SetWidth(max(w-12-cells.Width(s.wrong), 12))
		return cells.Spread(labelled("Search: ", &s.field), s.app.th.Bad.Render("✗ "+s.wrong), w)
	}
	if s.field.Value() == "" {
		return cells.Spread("Search: "+s.field.View(), s.app.th.Dim.Render(flow.SearchHint), w)
	}
	return labelled("Search: ", &s.field)
}

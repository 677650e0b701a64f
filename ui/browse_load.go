package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/tree"
)

const patience = time.Minute

func (s *browseScreen) loadSpaces() tea.Cmd {
	a := s.app
	sess := a.flow.Session
	if sess == nil {
		return nil
	}
	return a.do(&s.spaces, "Loading the spaces", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		spaces, err := sess.Spaces(ctx)
		return func() tea.Cmd {
			if err != nil {
				return a.failed(err, s.loadSpaces)
			}
			a.flow.AddSpaces(spaces)
			s.done = true
			a.flow.Tree.Move(-a.flow.Tree.RowCount())
			if len(spaces) == 0 {
				a.fail("openBIS shows you no spaces: ask your lab manager for a role.")
			}
			return tea.Batch(s.moved(), s.tellPublished())
		}
	})
}

// tellPublished asks once what was published before, beside everything else.
func (s *browseScreen) tellPublished() tea.Cmd {
	a := s.app
	t, sess := a.flow.Tree, a.flow.Session
	return a.do(&s.told, "Looking for what was published", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		dois, err := sess.Published(ctx)
		return func() tea.Cmd {
			if err == nil && t == a.flow.Tree { // without it the review tells
				a.flow.TellPublished(dois)
			}
			return nil
		}
	})
}

// load reads the next page below a node. Its task is its own: others go on.
func (s *browseScreen) load(id tree.ID, count int) tea.Cmd {
	a := s.app
	t := a.flow.Tree
	if t.Kind(id) == tree.More {
		id = t.Parent(id)
	}
	gen, at, ok := t.Begin(id)
	if !ok {
		return nil
	}
	ref := a.flow.Ref(id)
	if files, listed := a.flow.Listed[ref.PermID]; ref.Kind == openbis.KindDataSet && listed {
		a.flow.AddFiles(id, gen, files)
		return s.moved()
	}
	work := s.loads[id]
	if work == nil {
		work = new(task)
		s.loads[id] = work
	}
	sess := a.flow.Session
	store, _ := t.Item(id).Data.(openbis.DataStore)
	return a.do(work, "Loading "+ref.Label(), patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		var p flow.Page
		var files flow.Files
		var err error
		if ref.Kind == openbis.KindDataSet {
			files, err = flow.ListFiles(ctx, sess, store, ref.PermID)
		} else {
			p, err = flow.Children(ctx, sess, ref, at, count)
		}
		return func() tea.Cmd {
			delete(s.loads, id)
			if t != a.flow.Tree {
				return nil // of a session that is gone
			}
			if err != nil {
				return s.loadFailed(id, gen, err)
			}
			if ref.Kind == openbis.KindDataSet {
				a.flow.AddFiles(id, gen, files)
				if !files.Complete {
					a.say(flow.CutText)
				}
			} else {
				t.Add(id, gen, p.Items(), p.Next, p.More, -1)
			}
			s.goIn(id)
			cmds := []tea.Cmd{s.moved(), s.countNext()}
			if !s.sorts.busy { // what comes in meanwhile follows
				if late := t.Late(); late != nil {
					cmds = append(cmds, s.arrange(late, ""))
				}
			}
			return tea.Batch(cmds...)
		}
	})
}

// goIn goes to the first child, if that was asked for while they were loading
// and the cursor has not moved since.
func (s *browseScreen) goIn(id tree.ID) {
	t := s.app.flow.Tree
	if s.inside[id] && s.cursor() == id && t.Open(id) {
		t.Move(1)
	}
	delete(s.inside, id)
}

func (s *browseScreen) loadFailed(id tree.ID, gen uint32, err error) tea.Cmd {
	a := s.app
	if flow.Silent(err) {
		a.flow.Tree.Cancel(id)
		return nil
	}
	a.flow.Tree.Fail(id, gen, flow.Words(err))
	if need := a.flow.Needs(err); need != (flow.Need{}) {
		return a.give(need, func() tea.Cmd { return s.load(id, flow.PageSize) })
	}
	return s.countNext()
}

// countSelection finds out what the selection weighs: openBIS says what is below
// spaces, projects and collections; below objects rows are loaded, many at once.
func (s *browseScreen) countSelection() tea.Cmd {
	s.weighs = true
	return tea.Batch(s.learn(), s.countNext())
}

// learn looks up what is selected but known by nothing else: rules of an earlier
// start, of a file, of an earlier export.
func (s *browseScreen) learn() tea.Cmd {
	a := s.app
	t, sess := a.flow.Tree, a.flow.Session
	keys := t.Unplaced()
	if len(keys) == 0 || sess == nil {
		return nil
	}
	return a.do(&s.lookUp, "Looking up the selection", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		items, err := flow.Learn(ctx, sess, keys)
		return func() tea.Cmd {
			if t != a.flow.Tree {
				return nil // of a session that is gone
			}
			if err != nil {
				return a.failed(err, s.countSelection)
			}
			t.Learn(keys, items)
			return s.countNext()
		}
	})
}

func (s *browseScreen) countNext() tea.Cmd {
	cmds := s.countKnown()
	if s.weighs && len(s.loads) == 0 && !s.family.busy {
		ids := s.app.flow.Tree.Pending(flow.CountSize)
		if refs, ok := s.app.flow.FamilyRefs(ids); ok {
			cmds = append(cmds, s.loadFamilies(ids, refs))
		} else if len(ids) > 0 {
			cmds = append(cmds, s.load(ids[0], flow.CountSize))
		}
	}
	return tea.Batch(cmds...)
}

// loadFamilies loads what is below several objects, to count it.
func (s *browseScreen) loadFamilies(ids []tree.ID, refs []openbis.Ref) tea.Cmd {
	a := s.app
	t, sess := a.flow.Tree, a.flow.Session
	return a.do(&s.family, "Counting below "+human.Count(len(ids), "object", "objects"), patience,
		func(ctx context.Context, _ *stage) func() tea.Cmd {
			pages, err := flow.Families(ctx, sess, refs)
			return func() tea.Cmd {
				switch {
				case t != a.flow.Tree || err != nil && flow.Silent(err):
					return nil
				case err != nil && a.flow.SessionEnded(err):
					return a.askRenewal(s.countSelection)
				}
				a.flow.AddFamilies(ids, pages, err)
				return tea.Batch(s.moved(), s.countNext())
			}
		})
}

// countKnown asks openBIS about each entity that is not counted yet, two at once,
// and gives up what is not selected any more.
func (s *browseScreen) countKnown() (cmds []tea.Cmd) {
	a := s.app
	t := a.flow.Tree
	todo := t.Uncounted()
	for k, work := range s.counts {
		if _, still := todo[k]; !still {
			a.stop(work)
			delete(s.counts, k)
		}
	}
	for k, so := range todo {
		if id, ok := t.Find(k); ok && s.counts[k] == nil && len(s.counts) < 2 {
			cmds = append(cmds, s.count(k, a.flow.Ref(id), so, t.Asked(k)))
		}
	}
	return cmds
}

// count makes the next step of counting below one entity.
func (s *browseScreen) count(k tree.Key, ref openbis.Ref, so tree.Known, asked bool) tea.Cmd {
	a := s.app
	t, sess := a.flow.Tree, a.flow.Session
	work := new(task)
	s.counts[k] = work
	return a.do(work, "Counting "+ref.Label(), patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		so, err := flow.Count(ctx, sess, ref, asked, so)
		return func() tea.Cmd {
			delete(s.counts, k)
			if t != a.flow.Tree {
				return nil // of a session that is gone
			}
			switch {
			case err != nil && flow.Silent(err):
				return nil
			case err != nil && a.flow.SessionEnded(err):
				return a.askRenewal(s.countSelection)
			case err != nil:
				so.Failed = true // the rows below are loaded instead
			}
			t.Know(k, so)
			return s.countNext()
		}
	})
}

// counting reports whether the totals are still growing by themselves.
func (s *browseScreen) counting() bool {
	return s.lookUp.busy || s.family.busy || len(s.counts) > 0 || len(s.loads) > 0 && s.weighs
}

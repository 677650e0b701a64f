package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/tree"
)

const (
	pageSize  = 100
	countSize = 500     // page when only counting
	countMost = 200     // requests that counting one selection may take
	maxFiles  = 100_000 // files of one data set that are shown one by one
	patience  = time.Minute
)

// entry is what a row keeps of its entity.
type entry struct {
	ref  openbis.Ref
	data *openbis.Data
}

// itemOf makes a row of an entity, named as in the ELN's menu.
func itemOf(e *openbis.Entity) tree.Item {
	it := tree.Item{
		Key: tree.Key{Kind: tree.Kind(e.Kind), PermID: e.PermID}, Label: e.Label(), Code: e.Code, Type: e.Type,
		Identifier: e.Identifier, Size: -1, Data: &entry{ref: e.Ref, data: e.Data},
	}
	switch e.Kind {
	case openbis.KindSpace, openbis.KindProject:
		it.Label = openbis.PrettyCode(e.Code)
		if it.Label == "" {
			it.Label = e.Code
		}
	case openbis.KindDataSet:
		it.Code = e.Type
		if d := e.Data; d != nil {
			it.Size = d.Size
			switch {
			case d.Kind == openbis.Link:
				it.LeftOut, it.Leaf = "link", true
			case d.Kind == openbis.Container:
				it.Size, it.Leaf = 0, true
			case d.Archived():
				it.LeftOut = "archived"
			}
		}
	}
	return it
}

// aboveOf lists what is known to hold an entity, nearest first.
func aboveOf(e *openbis.Entity) []tree.Key {
	var out []tree.Key
	add := func(k tree.Kind, id string) {
		if id != "" {
			out = append(out, tree.Key{Kind: k, PermID: id})
		}
	}
	if e.ObjectRef != nil {
		add(tree.Object, e.ObjectRef.PermID)
	}
	if e.CollRef != nil {
		add(tree.Collection, e.CollRef.PermID)
	} else {
		add(tree.Collection, e.Collection)
	}
	if e.ProjectRef != nil {
		add(tree.Project, e.ProjectRef.PermID)
	}
	if e.Kind != openbis.KindSpace {
		add(tree.Space, e.Space)
	}
	return out
}

// page is one answer for a node.
type page struct {
	items []tree.Item
	next  tree.Cursor
	more  bool
	total int // -1 unknown
	files []openbis.File
}

// children reads the next page below an entity. A node is made of up to two
// listings, as the ELN draws it; at says how far it was read. An answer is only
// empty at the end.
func children(ctx context.Context, cat Catalog, e entry, at tree.Cursor, count int) (page, error) {
	out := page{next: at, total: -1}
	lists := listings(cat, e)
	for out.next.Phase < len(lists) && len(out.items) < count {
		l, err := lists[out.next.Phase](ctx, openbis.Page{From: out.next.From, Count: count})
		if err != nil {
			return page{}, err
		}
		for i := range l.Entities {
			if c := &l.Entities[i]; !shownBelowParent(e, c) {
				out.items = append(out.items, itemOf(c))
			}
		}
		out.next.From = l.Next
		if l.Next < 0 {
			out.next = tree.Cursor{Phase: out.next.Phase + 1}
		} else if len(out.items) > 0 {
			break
		}
	}
	out.more = out.next.Phase < len(lists)
	return out, nil
}

type listing func(context.Context, openbis.Page) (openbis.Listing, error)

func listings(cat Catalog, e entry) []listing {
	id := e.ref.PermID
	by := func(f func(context.Context, string, openbis.Page) (openbis.Listing, error), id string) listing {
		return func(ctx context.Context, p openbis.Page) (openbis.Listing, error) { return f(ctx, id, p) }
	}
	switch e.ref.Kind {
	case openbis.KindSpace:
		return []listing{by(cat.Projects, e.ref.Code), by(cat.SpaceObjects, e.ref.Code)}
	case openbis.KindProject:
		return []listing{by(cat.Collections, id), by(cat.ProjectObjects, id)}
	case openbis.KindCollection:
		return []listing{by(cat.CollectionObjects, id), by(cat.CollectionDataSets, id)}
	case openbis.KindObject:
		sets := by(cat.ObjectDataSets, id)
		if e.ref.Collection == "" { // the ELN nests objects within a collection only
			return []listing{sets}
		}
		return []listing{func(ctx context.Context, p openbis.Page) (openbis.Listing, error) {
			return cat.ChildObjects(ctx, id, e.ref.Collection, p)
		}, sets}
	}
	return nil
}

// shownBelowParent reports whether the ELN draws an object of a collection below
// another object of it instead (reference openbis-api.md, section 4).
func shownBelowParent(above entry, c *openbis.Entity) bool {
	if above.ref.Kind != openbis.KindCollection || c.Kind != openbis.KindObject {
		return false
	}
	for _, p := range c.Parents {
		if p.Collection == above.ref.PermID && p.PermID != c.PermID {
			if part, _ := tree.PartOf(p.Space); part == tree.LabNotebook {
				return true
			}
		}
	}
	return false
}

// cutText is said at the end of a list of files that was cut.
const cutText = "Only the first 100,000 files are shown; all are exported. By pattern: zenobis export --file"

// fileList reads the files of a data set, as many as are worth showing and one
// more, which tells that there are others.
func fileList(ctx context.Context, cat Catalog, e entry) ([]openbis.File, error) {
	var out []openbis.File
	stop := errors.New("enough")
	err := cat.Files(ctx, e.data.Store, e.ref.PermID, func(f openbis.File) error {
		if len(out) > maxFiles {
			return stop
		}
		out = append(out, f)
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return out, err
}

// filePage shows the next files of a listed data set. A list that was cut never
// ends: what is not shown can't be told from what was not wanted.
func filePage(files []openbis.File, from, count int) page {
	end := min(from+count, len(files), maxFiles)
	out := page{next: tree.Cursor{From: end}, more: end < len(files), total: len(files)}
	if len(files) > maxFiles {
		out.total = -1
	}
	for _, f := range files[from:end] {
		out.items = append(out.items, tree.Item{
			Key: tree.Key{Kind: tree.File, PermID: f.Path}, Label: safetext.Line(f.Path), Size: f.Size, Leaf: true,
		})
	}
	return out
}

func (s *browseScreen) loadSpaces() tea.Cmd {
	a := s.app
	sess := a.sess
	if sess == nil {
		return nil
	}
	return a.do(&s.spaces, "Loading the spaces", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		spaces, err := sess.Spaces(ctx)
		return func() tea.Cmd {
			if err != nil {
				return a.failed(err, s.loadSpaces)
			}
			items := make([]tree.Item, 0, len(spaces))
			for i := range spaces {
				items = append(items, a.spaceItem(&spaces[i]))
			}
			a.tree.AddSpaces(items, a.who.HomeSpace)
			s.done = true
			a.tree.Move(-a.tree.RowCount())
			if len(items) == 0 {
				a.fail("openBIS shows you no spaces: ask your lab manager for a role.")
			}
			return s.moved()
		}
	})
}

// spaceItem names the home space after its owner, as the ELN does.
func (a *app) spaceItem(e *openbis.Entity) tree.Item {
	it := itemOf(e)
	if name := a.who.Person.Name(); e.Code == a.who.HomeSpace && name != "" {
		it.Label = name
	}
	return it
}

// load reads the next page below a node. Its task is its own: others go on.
func (s *browseScreen) load(id tree.ID, count int) tea.Cmd {
	a := s.app
	t := a.tree
	if t.Item(id).Kind == tree.More {
		id = t.Parent(id)
	}
	e, ok := t.Item(id).Data.(*entry)
	if !ok {
		return nil
	}
	gen, at, ok := t.Begin(id)
	if !ok {
		return nil
	}
	ds := e.ref.Kind == openbis.KindDataSet
	if files, listed := s.files[e.ref.PermID]; ds && listed {
		p := filePage(files, at.From, max(count, 500))
		if at.From == maxFiles {
			a.say(cutText)
		}
		t.Add(id, gen, p.items, p.next, p.more, p.total)
		return s.moved()
	}
	work := s.loads[id]
	if work == nil {
		work = new(task)
		s.loads[id] = work
	}
	sess, ent := a.sess, *e
	label := t.Item(id).Label
	return a.do(work, "Loading "+label, patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		var p page
		var err error
		if ds {
			if ent.data != nil {
				p.files, err = fileList(ctx, sess, ent)
			}
		} else {
			p, err = children(ctx, sess, ent, at, count)
		}
		return func() tea.Cmd {
			delete(s.loads, id)
			if t != a.tree {
				return nil // of a session that is gone
			}
			if err != nil {
				return s.loadFailed(id, gen, err)
			}
			if ds {
				s.files[ent.ref.PermID] = p.files
				p = filePage(p.files, at.From, 500)
			}
			t.Add(id, gen, p.items, p.next, p.more, p.total)
			return tea.Batch(s.moved(), s.countNext())
		}
	})
}

func (s *browseScreen) loadFailed(id tree.ID, gen uint32, err error) tea.Cmd {
	a := s.app
	if silent(err) {
		a.tree.Cancel(id)
		return nil
	}
	a.tree.Fail(id, gen, explain(err).String())
	if errors.Is(err, openbis.ErrStoreURL) {
		return a.askStores(func() tea.Cmd { return s.load(id, pageSize) })
	}
	if a.sessionEnded(err) {
		return a.askRenewal(func() tea.Cmd { return s.load(id, pageSize) })
	}
	return s.countNext()
}

// countSelection loads on below the selection, so that the totals become exact:
// one request after the other, and not without end.
func (s *browseScreen) countSelection() tea.Cmd {
	s.budget = countMost
	return s.countNext()
}

func (s *browseScreen) countNext() tea.Cmd {
	if s.budget <= 0 || len(s.loads) > 0 {
		return nil
	}
	id, ok := s.app.tree.NextPending()
	if !ok {
		return nil
	}
	s.budget--
	return s.load(id, countSize)
}

// counting reports whether the totals are still growing by themselves.
func (s *browseScreen) counting() bool { return len(s.loads) > 0 && s.budget > 0 }

// askStores asks whether the session may be sent to data stores at another
// address; each is asked about once.
func (a *app) askStores(again func() tea.Cmd) tea.Cmd {
	for _, st := range a.sess.PendingStores() {
		if a.asked[st.Code] {
			continue
		}
		a.asked[st.Code] = true
		code := st.Code
		a.interrupt(&dialog{
			title: "Trust this data store?",
			text:  "openBIS keeps data at " + safetext.Line(st.URL) + " (" + safetext.Line(code) + "), another address than its own, or one without encryption. To read files your session must be sent there.",
			choices: []choice{
				{"n", "no, leave its files out", nil},
				{"y", "yes, send the session there", func() tea.Cmd {
					a.sess.AllowStore(code)
					if again != nil {
						return again()
					}
					return nil
				}},
			},
		})
		return nil
	}
	return nil
}

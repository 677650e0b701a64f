package flow_test

import (
	"testing"
	"time"

	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
	"zenobis/tree"
)

// counter is a lab behind HTTP, with a tree whose selection is counted as the front
// ends do it.
type counter struct {
	t *testing.T
	s *openbistest.Server
	c *openbis.Client
	f *flow.Flow
}

func newCounter(t *testing.T, l *labdata.Lab) *counter {
	t.Helper()
	s := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: s.URL, Keep: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	spaces, err := c.Spaces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := &counter{t, s, c, &flow.Flow{Tree: tree.New(func(s string) string { return s })}}
	k.f.AddSpaces(spaces)
	return k
}

// at is the node of an entity, which is loaded along its way.
func (k *counter) at(keys ...tree.Key) (id tree.ID) {
	k.t.Helper()
	for _, key := range keys {
		if id != 0 {
			for {
				gen, at, ok := k.f.Tree.Begin(id)
				if !ok {
					break
				}
				p, err := flow.Children(k.t.Context(), k.c, k.f.Ref(id), at, flow.CountSize)
				if err != nil {
					k.t.Fatal(err)
				}
				k.f.Tree.Add(id, gen, p.Items(), p.Next, p.More, -1)
			}
		}
		var ok bool
		if id, ok = k.f.Tree.Find(key); !ok {
			k.t.Fatalf("no %v in the tree", key)
		}
	}
	return id
}

// step counts what is counted next, and reports whether there was something.
func (k *counter) step() bool {
	k.t.Helper()
	for key, so := range k.f.Tree.Uncounted() {
		id, _ := k.f.Tree.Find(key)
		got, err := flow.Count(k.t.Context(), k.c, k.f.Ref(id), k.f.Tree.Asked(key), so)
		if err != nil {
			k.t.Fatal(err)
		}
		k.f.Tree.Know(key, got)
		return true
	}
	ids := k.f.Tree.Pending(flow.CountSize)
	refs, ok := k.f.FamilyRefs(ids)
	if !ok {
		if len(ids) > 0 {
			k.t.Fatalf("%v would be loaded one by one", ids)
		}
		return false
	}
	pages, err := flow.Families(k.t.Context(), k.c, refs)
	k.f.AddFamilies(ids, pages, err)
	return err == nil
}

// Counts of whole spaces, projects and collections, and of what is taken out at these
// levels, are exact after two requests for each; sizes follow page by page, to the end.
func TestTotalsAreExactAfterAHandfulOfRequests(t *testing.T) {
	l := labdata.MadeUp(labdata.Size{Objects: 2400, DataSets: 2600, Files: 1})
	k := newCounter(t, l)
	key := func(kind openbis.Kind, identifier string) tree.Key {
		id := l.PermID(identifier)
		if kind == openbis.KindSpace {
			id = identifier[1:]
		}
		if id == "" {
			t.Fatalf("no %s", identifier)
		}
		return tree.Key{Kind: kind, PermID: id}
	}
	space := key(openbis.KindSpace, "/LAB0")
	project, other := key(openbis.KindProject, "/LAB0/P1"), key(openbis.KindProject, "/LAB0/P2")
	collection := key(openbis.KindCollection, "/LAB0/P2/C0")
	k.at(space, other, collection) // what can be taken out is on the screen
	k.s.ForgetRequests()
	asked := func() int { return len(k.s.Requests()) }
	exact := func(when string, most int, in func(*labdata.Entity) bool) {
		t.Helper()
		got := k.f.Tree.Totals()
		count := func(list []*labdata.Entity) (n int) {
			for _, e := range list {
				if in(e) {
					n++
				}
			}
			return n
		}
		objects, sets := count(l.All[labdata.KindSample]), count(l.All[labdata.KindDataSet])
		if got.Objects != objects || got.DataSets+got.LeftOut != sets || got.AtLeast {
			t.Errorf("%s: %+v, want %d objects and %d data sets", when, got, objects, sets)
		}
		if n := asked(); n > most {
			t.Errorf("%s: %d requests, want at most %d", when, n, most)
		}
	}
	inSpace := func(e *labdata.Entity) bool { return e.Space != nil && e.Space.Code == "LAB0" }
	id, _ := k.f.Tree.Find(space)
	k.f.Tree.Toggle(id)
	k.step()
	exact("the space", 2, inSpace)

	for _, out := range []tree.Key{project, collection} {
		id, _ := k.f.Tree.Find(out)
		k.f.Tree.Toggle(id)
		if got := k.f.Tree.Totals(); !got.AtLeast {
			t.Errorf("%v is taken out and not counted yet: %+v", out, got)
		}
	}
	for i := 0; i < 2; i++ { // in any order, pages of the space may come first
		for key, so := range k.f.Tree.Uncounted() {
			if k.f.Tree.Asked(key) {
				continue
			}
			id, _ := k.f.Tree.Find(key)
			got, err := flow.Count(t.Context(), k.c, k.f.Ref(id), false, so)
			if err != nil {
				t.Fatal(err)
			}
			k.f.Tree.Know(key, got)
		}
	}
	left := func(e *labdata.Entity) bool {
		in := e.Project
		if in == nil && e.Exp != nil {
			in = e.Exp.Project
		}
		if in == nil && e.Sample != nil {
			in = e.Sample.Project
		}
		return inSpace(e) && (in == nil || in.PermID != project.PermID) && (e.Exp == nil || e.Exp.PermID != collection.PermID)
	}
	exact("less a project and a collection", 6+1, left) // one a session: what its projects hold
	if got := k.f.Tree.Totals(); !got.BytesAtLeast {
		t.Errorf("no size was asked for yet: %+v", got)
	}
	for k.step() {
	}
	exact("with all sizes", 6+1+3+2*((2600/4)/flow.CountSize+2), left)
	if got := k.f.Tree.Totals(); got.BytesAtLeast || got.Bytes == 0 {
		t.Errorf("all pages were read: %+v", got)
	}

	// The pages that were read are the plan's.
	k.s.ForgetRequests()
	for p := (openbis.Page{Count: flow.CountSize, Detail: true, Last: true}); p.From >= 0; {
		got, err := k.c.Below(t.Context(), openbis.KindDataSet, k.f.Ref(id), p)
		if err != nil {
			t.Fatal(err)
		}
		p.From = got.Next
	}
	if n := asked(); n > 0 {
		t.Errorf("the plan asks %d times for what was counted", n)
	}
}

// Below objects, where openBIS does not count, rows are loaded many at once, and
// however many there are.
func TestSelectedObjectsAreCountedTogether(t *testing.T) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "secret", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	const families, long = 40, 25
	at := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/C"})
	var tops []string
	for range families {
		var above []string
		for i := range long {
			id := l.AddObject(labdata.ObjectSpec{Collection: at, Parents: above})
			if above = []string{id}; i == 0 {
				tops = append(tops, id)
			}
			l.AddDataSet(labdata.DataSetSpec{Object: id})
		}
	}
	k := newCounter(t, l)
	k.f.Tree.Restore(selection.Selection{Rules: func() (rules []selection.Rule) {
		for _, id := range tops {
			rules = append(rules, selection.Rule{Mode: selection.All, Kind: openbis.KindObject, PermID: l.PermID(id), Label: id})
		}
		return rules
	}()})
	items, err := flow.Learn(t.Context(), k.c, k.f.Tree.Unplaced())
	if err != nil {
		t.Fatal(err)
	}
	k.f.Tree.Learn(k.f.Tree.Unplaced(), items)
	k.s.ForgetRequests()
	if got := k.f.Tree.Totals(); got.Objects != families || !got.AtLeast {
		t.Errorf("before the pages are read: %+v", got)
	}
	for k.step() {
	}
	if got := k.f.Tree.Totals(); got.Objects != families*long || got.DataSets != families*long || got.AtLeast {
		t.Errorf("%+v, want %d of each", got, families*long)
	}
	if n := len(k.s.Requests()); n > 2*(long+1) {
		t.Errorf("%d requests for %d objects", n, families*long)
	}
}

package plan

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
	"zenobis/shape"
)

// A plan that is cut in another way asks openBIS for nothing, and is what it would
// have been.
func TestAnotherCutAsksNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	l := labdata.MadeUp(labdata.Size{Objects: 120, DataSets: 80, Files: 2})
	srv := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
		t.Fatal(err)
	}
	var sets []string
	for _, e := range l.All[labdata.KindDataSet] {
		if e.Data.Kind == "PHYSICAL" && e.Data.Status == "AVAILABLE" && e.Space.Code == "LAB0" {
			sets = append(sets, e.Code)
		}
	}
	srv.Fault(fakehttp.Fault{Kind: openbistest.FaultNotFed, Of: sets[0], Times: fakehttp.Always}) // its store refuses it
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := NewMemory(t.TempDir(), func() time.Time { return now })
	over := func(owner string) *Planner {
		p := demoPlanner(c)
		p.Catalog = m.Over(c, "lab", owner)
		return p
	}
	base := wholeLab("LAB0", "LAB1")
	plan(t, over("ann"), base)
	without := func(ids ...string) func(*job.Request) {
		return func(r *job.Request) {
			for _, id := range ids {
				r.Selection.Rules = append(r.Selection.Rules[:len(r.Selection.Rules):len(r.Selection.Rules)],
					selection.Rule{Mode: selection.Exclude, Kind: openbis.KindDataSet, PermID: id, Label: id})
			}
		}
	}
	ids := func(kind labdata.Kind, n int, fits func(*labdata.Entity) bool) (list []string) {
		for _, e := range l.All[kind] {
			if e.Space != nil && e.Space.Code == "LAB0" && len(list) < n && fits(e) {
				list = append(list, e.PermID)
			}
		}
		if len(list) < n {
			t.Fatalf("the lab has only %d of kind %v", len(list), kind)
		}
		return list
	}
	out := func(kind openbis.Kind, ids ...string) func(*job.Request) {
		return func(r *job.Request) {
			for _, id := range ids {
				r.Selection.Rules = append(slices.Clone(r.Selection.Rules), selection.Rule{Mode: selection.Exclude, Kind: kind, PermID: id, Label: id})
			}
		}
	}
	both := func(all ...func(*job.Request)) func(*job.Request) {
		return func(r *job.Request) {
			for _, f := range all {
				f(r)
			}
		}
	}
	any := func(*labdata.Entity) bool { return true }
	objects := out(openbis.KindObject, ids(labdata.KindSample, 9, func(e *labdata.Entity) bool { return len(e.Children) > 0 })...)
	collections := out(openbis.KindCollection, ids(labdata.KindExperiment, 2, any)...)
	projects := out(openbis.KindProject, ids(labdata.KindProject, 1, any)...)
	for name, change := range map[string]func(*job.Request){
		"objects taken out":     objects,
		"collections taken out": collections,
		"a project taken out":   projects,
		"all of that taken out": both(objects, collections, projects, without(sets[1])),
		"the same":              func(*job.Request) {},
		"layout":                func(r *job.Request) { r.Layout = shape.LayoutPerDataSet },
		"pages":                 func(r *job.Request) { r.Pages = []shape.Format{"txt", "docx"} },
		"metadata only":         func(r *job.Request) { r.MetadataOnly = true },
		"an omission":           without(sets[3], sets[5]),
		"part size":             func(r *job.Request) { r.PartSize = 1000; r.Layout = shape.LayoutPerDataSet },
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && (name == "alone" || name == "in another order") {
				t.Skip("one of a kind is enough for short tests")
			}
			req := base
			change(&req)
			srv.ForgetRequests()
			s, got := plan(t, over("ann"), req)
			for _, q := range srv.Requests() {
				t.Errorf("openBIS was asked: %s", q.Call)
			}
			fresh, want := plan(t, demoPlanner(c), req)
			if a, b := planList(t, s, srv.URL), planList(t, fresh, srv.URL); len(a) != len(b) || got.Bytes != want.Bytes {
				t.Fatalf("%d lines and %d bytes, want %d and %d", len(a), got.Bytes, len(b), want.Bytes)
			} else {
				for i := range a {
					if a[i] != b[i] {
						t.Fatalf("line %d\n%s\nwant\n%s", i, a[i], b[i])
					}
				}
			}
		})
	}
	asked := func() int { return len(srv.Requests()) }
	for name, again := range map[string]func(){
		"forgotten":    m.Forget,
		"much later":   func() { now = now.Add(time.Hour) },
		"somebody new": func() {},
	} {
		owner := "ann"
		if name == "somebody new" {
			owner = "bob"
		}
		again()
		srv.ForgetRequests()
		if plan(t, over(owner), base); asked() == 0 {
			t.Errorf("%s: openBIS was not asked", name)
		}
		plan(t, over("ann"), base)
	}
	m.Forget()
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(m.dir), memoryName+"*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// So is one of single objects, of which some are taken away or out.
func TestFewerObjectsAskNothing(t *testing.T) {
	l := labdata.MadeUp(labdata.Size{Objects: 50, DataSets: 30, Files: 1})
	srv := openbistest.Start(t, openbistest.Options{Lab: l})
	c, err := openbis.New(openbis.Options{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
		t.Fatal(err)
	}
	m := NewMemory(t.TempDir(), time.Now)
	over := func() *Planner {
		p := demoPlanner(c)
		p.Catalog = m.Over(c, "lab", "ann")
		return p
	}
	base := job.Request{Layout: shape.LayoutSingle, Pages: []shape.Format{"txt"}, Metadata: wholeLab().Metadata,
		WithParents: true, WithChildren: true, WithReferences: true}
	var inner []string
	for _, e := range l.All[labdata.KindSample][:25] {
		if len(e.Parents) > 0 {
			inner = append(inner, e.PermID)
		}
		base.Selection.Rules = append(base.Selection.Rules, selection.Rule{Mode: selection.All, Kind: openbis.KindObject, PermID: e.PermID})
	}
	plan(t, over(), base)
	for name, change := range map[string]func(*job.Request){
		"the same":          func(*job.Request) {},
		"fewer":             func(r *job.Request) { r.Selection.Rules = r.Selection.Rules[7:20] },
		"in another order":  func(r *job.Request) { slices.Reverse(r.Selection.Rules) },
		"without relatives": func(r *job.Request) { r.WithParents, r.WithChildren, r.WithReferences = false, false, false },
		"alone": func(r *job.Request) {
			for i := range r.Selection.Rules {
				r.Selection.Rules[i].Mode = selection.Only
			}
		},
		"some taken out": func(r *job.Request) {
			for i, rule := range r.Selection.Rules {
				if slices.Contains(inner[:5], rule.PermID) {
					r.Selection.Rules[i].Mode = selection.Exclude
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && (name == "alone" || name == "in another order") {
				t.Skip("one of a kind is enough for short tests")
			}
			req := base
			req.Selection.Rules = slices.Clone(base.Selection.Rules)
			change(&req)
			srv.ForgetRequests()
			s, _ := plan(t, over(), req)
			for _, q := range srv.Requests() {
				t.Errorf("openBIS was asked: %s", q.Call)
			}
			fresh, _ := plan(t, demoPlanner(c), req)
			if a, b := planList(t, s, srv.URL), planList(t, fresh, srv.URL); !slices.Equal(a, b) {
				t.Errorf("%d lines, want %d, or they differ", len(a), len(b))
			}
		})
	}
}

// A full disk, or none, keeps nobody from planning.
func TestMemoryThatCannotKeep(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	l.dataSet(co, "", map[string][]byte{"original/a": []byte("a")})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := planner(l)
	p.Catalog = NewMemory(file, time.Now).Over(l, "lab", "ann")
	var s *snapshot.Snapshot
	if s, _ = plan(t, p, wanted(t, l, "space:LAB")); s.Plan().Files != 1 {
		t.Errorf("%+v", s.Plan())
	}
}

// What ends a plan is not remembered.
func TestMemoryOfFailures(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", map[string][]byte{"original/a": []byte("a")})
	m := NewMemory(t.TempDir(), time.Now)
	p := planner(l)
	p.Catalog = m.Over(l, "lab", "ann")
	l.fail[ds.PermID] = openbis.ErrUnreachable
	if _, err := p.Plan(context.Background(), wanted(t, l, "space:LAB"), t.TempDir()); !errors.Is(err, openbis.ErrUnreachable) {
		t.Fatal(err)
	}
	delete(l.fail, ds.PermID)
	if _, got := plan(t, p, wanted(t, l, "space:LAB")); got.Files != 1 {
		t.Errorf("%+v", got)
	}
}

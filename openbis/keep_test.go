package openbis_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
)

// A client for one thing asks the same question once, as long as nobody could have been
// told something else.
func TestWhatABriefClientAsksTwice(t *testing.T) {
	l := labdata.MadeUp(labdata.Size{Objects: 100, DataSets: 100, Files: 1})
	var object, set string
	for _, e := range l.All[labdata.KindSample] {
		object = e.PermID
	}
	for _, e := range l.All[labdata.KindDataSet] {
		set = e.PermID
	}
	questions := map[string]struct {
		ask   func(ctx context.Context, c *openbis.Client) error
		again int // calls of a second time
	}{
		"a space": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.Get(ctx, openbis.KindSpace, "LAB1")
			return err
		}, 0},
		"an object": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.Get(ctx, openbis.KindObject, object)
			return err
		}, 0},
		"a data set, which may have been archived": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.Get(ctx, openbis.KindDataSet, set)
			return err
		}, 1},
		"projects": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.Projects(ctx, "LAB1", openbis.Page{Count: 500, Detail: true})
			return err
		}, 0},
		"other projects": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.Projects(ctx, "LAB2", openbis.Page{Count: 500, Detail: true})
			return err
		}, 0},
		"types": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.Types(ctx, openbis.KindObject)
			return err
		}, 0},
		"what was published": {func(ctx context.Context, c *openbis.Client) error {
			all, err := c.Published(ctx)
			all["changed"] = "by who asked"
			return err
		}, 0},
		"settings": {func(ctx context.Context, c *openbis.Client) error {
			_, err := c.ExportSwitch(ctx)
			return err
		}, 0},
	}
	all := 0
	for _, q := range questions {
		all += q.again
	}
	for name, c := range map[string]struct {
		brief   bool
		between func(t *testing.T, s *openbistest.Server, c *openbis.Client, now *time.Time)
		calls   int
	}{
		"at once":             {true, nil, all},
		"a client that stays": {false, nil, len(questions) - 1}, // settings are remembered there, too
		"half a minute after": {true, func(_ *testing.T, _ *openbistest.Server, _ *openbis.Client, now *time.Time) {
			*now = now.Add(31 * time.Second)
		}, len(questions)},
		"in another session": {true, func(t *testing.T, s *openbistest.Server, c *openbis.Client, _ *time.Time) {
			if err := c.Login(t.Context(), s.User, s.Password); err != nil {
				t.Fatal(err)
			}
		}, len(questions)},
	} {
		t.Run(name, func(t *testing.T) {
			s := openbistest.Start(t, openbistest.Options{Lab: labdata.MadeUp(labdata.Size{Objects: 100, DataSets: 100, Files: 1})})
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			cl := brief(t, s, c.brief, &now)
			ask := func() {
				for _, name := range slices.Sorted(maps.Keys(questions)) {
					if err := questions[name].ask(t.Context(), cl); err != nil {
						t.Fatal(name, err)
					}
				}
			}
			ask()
			if c.between != nil {
				c.between(t, s, cl, &now)
			}
			s.ForgetRequests()
			ask()
			n := 0
			for _, q := range s.Requests() {
				n++
				t.Log(q.Call)
			}
			if n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
			if all, err := cl.Published(t.Context()); err != nil || all["changed"] != "" {
				t.Errorf("%v, %v: what one changes the other reads", all, err)
			}
		})
	}
}

func brief(t *testing.T, s *openbistest.Server, brief bool, now *time.Time) *openbis.Client {
	t.Helper()
	c, err := openbis.New(openbis.Options{URL: s.URL, Keep: 5 * time.Minute, Brief: brief, Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	return c
}

// Several that ask at once share one call; one of them that gives up, or an error, spoils
// nothing for who asks next.
func TestAskedByOneForSeveral(t *testing.T) {
	s := openbistest.Start(t, openbistest.Options{
		Lab: labdata.MadeUp(labdata.Size{Objects: 10}), Options: fakehttp.Options{Latency: 50 * time.Millisecond},
	})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := brief(t, s, true, &now)
	calls := func() (n int) {
		for _, q := range s.Requests() {
			if q.Call == "searchSampleTypes" {
				n++
			}
		}
		return n
	}
	ctx, cancel := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() { _, _ = c.Types(ctx, openbis.KindObject) })
	for calls() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if types, err := c.Types(t.Context(), openbis.KindObject); err != nil || len(types) == 0 {
		t.Errorf("%d types, %v: who asked first gave up", len(types), err)
	}
	first.Wait()
	now = now.Add(time.Hour)
	s.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "searchSampleTypes"})
	if _, err := c.Types(t.Context(), openbis.KindObject); err == nil {
		t.Error("no error")
	}
	s.ForgetRequests()
	var several sync.WaitGroup
	for range 8 {
		several.Go(func() {
			if types, err := c.Types(t.Context(), openbis.KindObject); err != nil || len(types) == 0 {
				t.Errorf("%d types, %v: after an error", len(types), err)
			}
		})
	}
	several.Wait()
	if calls() != 1 {
		t.Errorf("%d calls, want 1", calls())
	}
}

// Such a client does not ask whether a page still holds, and keeps none for so long that
// it would have to.
func TestPagesOfABriefClient(t *testing.T) {
	s := openbistest.Start(t, openbistest.Options{Lab: labdata.MadeUp(labdata.Size{Objects: 100, DataSets: 100, Files: 1})})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := brief(t, s, true, &now)
	node := get(t, c, openbis.KindSpace, "LAB1")
	page := openbis.Page{Count: 10, Detail: true}
	last := page
	last.Last = true
	for i, step := range []struct {
		after time.Duration
		page  openbis.Page
		kept  bool
		calls int
	}{
		{0, page, false, 1}, {29 * time.Second, page, true, 0}, {2 * time.Second, page, false, 1},
		{time.Second, last, true, 0}, {0, last, false, 1}, {0, page, false, 1},
	} {
		now = now.Add(step.after)
		s.ForgetRequests()
		if kept := c.Kept(openbis.KindDataSet, node.Ref, step.page); kept != step.kept {
			t.Errorf("step %d: kept %t", i, kept)
		}
		if l, err := c.Below(t.Context(), openbis.KindDataSet, node.Ref, step.page); err != nil || len(l.Entities) != 10 {
			t.Errorf("step %d: %d data sets, %v", i, len(l.Entities), err)
		}
		if n := len(s.Requests()); n != step.calls {
			t.Errorf("step %d: %d calls, want %d", i, n, step.calls)
		}
	}
}

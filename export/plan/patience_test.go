package plan

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
	"zenobis/shape"
	"zenobis/wire"
)

// hurry is a clock on which waiting takes no time.
type hurry struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hurry) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hurry) Sleep(ctx context.Context, d time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
	return ctx.Err()
}

// moody is a small lab with everything that planning asks for: a space, objects
// with children, pictures, data sets of two stores, containers.
func moody() (*labdata.Lab, selection.Selection) {
	l := labdata.NewLab()
	l.AddUser(
		labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", FirstName: "Jane", LastName: "Doe", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}},
	)
	coll := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL", Name: "Growth"})
	above := l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "ABOVE", Name: "Above"})
	below := l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "BELOW", Name: "Below", Parents: []string{above}})
	for i, o := range []string{above, below} {
		l.AddDataSet(
			labdata.DataSetSpec{
				Object: o,
				Name:   fmt.Sprint("raw ", i),
				Files:  map[string][]byte{"original/a.txt": []byte("a"), "original/b.txt": []byte("bb")},
			},
		)
	}
	part := l.AddDataSet(labdata.DataSetSpec{Collection: coll, Name: "part", Files: map[string][]byte{"original/part.txt": []byte("part")}})
	l.AddDataSet(labdata.DataSetSpec{Collection: coll, Kind: "CONTAINER", Name: "whole", Components: []string{part}})
	return l, selection.Selection{Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindSpace, PermID: "LAB", Label: "/LAB"}}}
}

// TestEveryPlanningCallFails lets each call of a plan fail, once and for ever, in
// every way in which servers fail: the plan is the same, or there is none.
func TestEveryPlanningCallFails(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	lab, sel := moody()
	srv := openbistest.Start(t, openbistest.Options{Lab: lab})
	req := job.Request{Selection: sel, Layout: shape.LayoutPerDataSet, WithParents: true, WithReferences: true}
	attempt := func(t *testing.T) (*job.Plan, error) {
		t.Helper()
		h := &hurry{now: time.Now()}
		var c *openbis.Client
		c, err := openbis.New(openbis.Options{
			URL: srv.URL, HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
			Retry: &wire.Retry{Now: h.Now, Sleep: h.Sleep},
			Renew: func(ctx context.Context) error { return c.Login(ctx, srv.User, srv.Password) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
			return nil, err
		}
		return demoPlanner(c).Plan(t.Context(), req, t.TempDir())
	}
	srv.ForgetRequests()
	want, err := attempt(t)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, r := range srv.Requests() {
		if r.Call != "" && r.Call != "login" && r.Call != "getSessionInformation" { // before the plan
			calls[r.Call]++
		}
	}
	if len(calls) < 5 || calls["searchFiles"] == 0 {
		t.Fatalf("planning made the calls %v", calls)
	}
	for kind, f := range map[string]fakehttp.Fault{
		"502":             {Kind: fakehttp.Gateway, Status: 502},
		"503":             {Kind: fakehttp.Gateway, Status: 503},
		"429":             {Kind: fakehttp.Gateway, Status: 429},
		"reset":           {Kind: fakehttp.CutUnseen},
		"no answer":       {Kind: fakehttp.CutAnswer},
		"cut JSON":        {Kind: fakehttp.CutAnswer, Bytes: 40},
		"maintenance":     {Kind: fakehttp.Gateway, Status: 200},
		"error":           {Kind: openbistest.FaultRPCError, Message: "something broke"},
		"session expires": {Kind: openbistest.FaultRPCError, Message: "Session no longer available"},
	} {
		if testing.Short() && kind != "502" && kind != "cut JSON" {
			continue
		}
		for call := range calls {
			for _, times := range []int{1, fakehttp.Always} {
				for _, skip := range []int{0, calls[call] - 1} {
					if testing.Short() && (skip > 0 || times != 1) {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%d/%d", kind, call, times, skip), func(t *testing.T) {
						f := f
						f.Call, f.Times, f.Skip = call, times, skip
						takeBack := srv.Fault(f)
						defer takeBack()
						got, err := attempt(t)
						if err != nil {
							if s := failure.Of(err).ExitStatus(); s != failure.StatusFailed && s != failure.StatusLogin {
								t.Errorf("status %d: %v", s, err)
							}
							if times == 1 && kind != "error" {
								t.Errorf("given up at once: %v", err)
							}
							return
						}
						same := got.DataSets == want.DataSets && got.Files == want.Files && got.Entities == want.Entities &&
							slices.Equal(got.Packages, want.Packages) && len(got.Omitted) == len(want.Omitted)
						if kind == "error" && call == "searchFiles" && times == fakehttp.Always && skip > 0 && len(got.Omitted) == 1 {
							return // its store answers for the others: the data set is named
						}
						if !same {
							t.Errorf("a plan of %d entities, %d data sets and %d files, without the fault %d, %d and %d; left out: %v",
								got.Entities, got.DataSets, got.Files, want.Entities, want.DataSets, want.Files, got.Omitted)
						}
					})
				}
			}
		}
	}
}

// TestAStoreThatStaysAway ends the plan after the whole patience, and can be left.
func TestAStoreThatStaysAway(t *testing.T) {
	lab, sel := moody()
	srv := openbistest.Start(t, openbistest.Options{Lab: lab})
	srv.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "searchFiles", Status: 502, Times: fakehttp.Always})
	h := &hurry{now: time.Now()}
	var waits []string
	login := func(sleep func(context.Context, time.Duration) error) *openbis.Client {
		c, err := openbis.New(openbis.Options{URL: srv.URL, Retry: &wire.Retry{Now: h.Now, Sleep: sleep, Waiting: func(w wire.Wait) {
			h.mu.Lock()
			defer h.mu.Unlock()
			waits = append(waits, w.What)
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
			t.Fatal(err)
		}
		return c
	}
	_, err := demoPlanner(login(h.Sleep)).Plan(t.Context(), job.Request{Selection: sel}, t.TempDir())
	var up *wire.GivenUp
	if !errors.As(err, &up) || up.For < wire.Patience || failure.Of(err) != failure.Unreachable {
		t.Fatalf("%v", err)
	}
	if len(waits) == 0 || !strings.Contains(waits[0], "list files in the data store") {
		t.Errorf("waited for %q", waits)
	}
	ctx, cancel := context.WithCancel(t.Context())
	leave := func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	if _, err := demoPlanner(login(leave)).Plan(ctx, job.Request{Selection: sel}, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v", err)
	}
}

// TestOneDataSetThatCantBeListed is named and left out; where its store answers
// for no other there is no plan.
func TestOneDataSetThatCantBeListed(t *testing.T) {
	lab, sel := moody()
	srv := openbistest.Start(t, openbistest.Options{Lab: lab})
	c, err := openbis.New(openbis.Options{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
		t.Fatal(err)
	}
	whole, err := demoPlanner(c).Plan(t.Context(), job.Request{Selection: sel}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	listed, err := c.CollectionDataSets(t.Context(), lab.PermID("/LAB/PROJ/COLL"), openbis.Page{Count: 10})
	if err != nil || len(listed.Entities) == 0 {
		t.Fatal(err)
	}
	one := listed.Entities[0].PermID
	srv.Fault(fakehttp.Fault{Kind: openbistest.FaultNotFed, Of: one, Times: fakehttp.Always})
	got, err := demoPlanner(c).Plan(t.Context(), job.Request{Selection: sel}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got.DataSets != whole.DataSets-1 || len(got.Omitted) != 1 || got.Omitted[0].Entity.PermID != one ||
		got.Omitted[0].Reason != "unreadable" {
		t.Errorf("%d of %d data sets, left out: %v", got.DataSets, whole.DataSets, got.Omitted)
	}
	alone := selection.Selection{Rules: []selection.Rule{{Mode: selection.All, Kind: openbis.KindDataSet, PermID: one, Label: one}}}
	if _, err := demoPlanner(c).Plan(t.Context(), job.Request{Selection: alone}, t.TempDir()); failure.Of(err).
		ExitStatus() !=
		failure.StatusFailed {
		t.Errorf("alone: %v", err)
	}
}

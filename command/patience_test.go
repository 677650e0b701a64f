package command

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/wire"
	"zenobis/zenodo/zenodotest"
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

// illustrated is a small lab with everything that a plan asks for, and somebody with
// a login at it and at a Zenodo.
func illustrated(t *testing.T) (person, *openbistest.Server, *zenodotest.Server) {
	t.Helper()
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", FirstName: "Jane", LastName: "Doe", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	coll := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL", Name: "Growth"})
	pic := l.AddImage("growth.png", "image/png", []byte("\x89PNG\r\n\x1a\n"))
	above := l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "ABOVE", Name: "Above", Type: "EXPERIMENTAL_STEP",
		Properties: map[string]string{"EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": `<p>To grow.</p><img src="` + pic + `">`}})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	other := l.AddObject(labdata.ObjectSpec{Collection: l.AddCollection(labdata.CollectionSpec{Identifier: "/OTHER/PROJ/COLL"}), Code: "FAR"})
	below := l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "BELOW", Name: "Below", Parents: []string{above, other}})
	l.AddDataSet(labdata.DataSetSpec{Object: below, Files: map[string][]byte{"original/a.txt": []byte("a"), "original/b.txt": []byte("bb")}})
	ob, ze := openbistest.Start(t, openbistest.Options{Lab: l}), zenodotest.Start(t, zenodotest.Options{RateLimit: -1})
	p := at(t, ob)
	p["ZENOBIS_ZENODO_URL"], p["ZENOBIS_ZENODO_TOKEN"] = ze.URL, ze.Token
	return p, ob, ze
}

// TestEveryCallOfAPlanFails lets each call that a plan makes of either server fail,
// once and for ever: the plan is the same, or there is none, with status 1 within
// about the patience that one server has.
func TestEveryCallOfAPlanFails(t *testing.T) {
	if testing.Short() {
		t.Skip("plans a hundred times")
	}
	p, ob, ze := illustrated(t)
	args := []string{
		"export", "--json", "--dry-run", "--with-parents", "--with-references", "--other-spaces", "--license", "cc-by-4.0",
		"--language", "eng", "--funding", "Swiss National Science Foundation", "--creator", "Doe, Jane; 05a28rw58", "--community", "my-lab",
		"space:LAB",
	}
	plan := func() (outcome, time.Duration) {
		h := &hurry{now: time.Now()}
		began := h.now
		o := p.with(t, func(q *Program) { q.Now, q.Sleep = h.Now, h.Sleep }, args...)
		return o, h.Now().Sub(began)
	}
	want, _ := plan()
	if want.status != 0 || !strings.Contains(want.stdout, `"files":2`) {
		t.Fatalf("%+v", want)
	}
	type asked struct {
		fault func(fakehttp.Fault) func()
		of    fakehttp.Fault
	}
	calls := map[string]asked{}
	for _, r := range ob.Requests() {
		switch {
		case r.Call == "logout":
		case r.Call != "":
			calls[r.Call] = asked{ob.Fault, fakehttp.Fault{Call: r.Call}}
		default:
			path, _, _ := strings.Cut(r.Path, "?")
			calls[path] = asked{ob.Fault, fakehttp.Fault{Path: path}}
		}
	}
	for _, r := range ze.Requests() {
		path, _, _ := strings.Cut(r.Path, "?")
		calls[path] = asked{ze.Fault, fakehttp.Fault{Path: path}}
	}
	if len(calls) < 20 {
		t.Fatalf("a plan makes the calls %v", calls)
	}
	for name, c := range calls {
		for kind, f := range map[string]fakehttp.Fault{
			"502": {Kind: fakehttp.Gateway, Status: 502}, "429": {Kind: fakehttp.Gateway, Status: 429},
			"page": {Kind: fakehttp.Gateway, Status: 200}, "reset": {Kind: fakehttp.CutUnseen}, "half": {Kind: fakehttp.CutAnswer, Bytes: 40},
		} {
			for _, times := range []int{1, fakehttp.Always} {
				if times == fakehttp.Always && (kind == "reset" || kind == "429") {
					continue // told as 502 is
				}
				f.Call, f.Path, f.Times = c.of.Call, c.of.Path, times
				takeBack := c.fault(f)
				got, took := plan()
				takeBack()
				what := fmt.Sprintf("%s, %s, %d times", name, kind, times)
				switch {
				case times == 1 && (got.status != 0 || got.stdout != want.stdout):
					t.Errorf("%s: status %d, %s\n%s", what, got.status, got.stderr, got.stdout)
				case name == "image" && got.status == 0 && (kind == "half" || strings.Contains(got.stdout, `"gaps":["`)): // the server answers: it is named
				case times == fakehttp.Always && (got.status != 1 || strings.Contains(got.stdout, `"plan"`) || took > wire.Patience+20*time.Second):
					t.Errorf("%s: status %d after %v, %s\n%s", what, got.status, took, got.stderr, got.stdout)
				}
			}
		}
	}
}
